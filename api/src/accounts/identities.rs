//! The accounts of people for whom another issuer vouches.

use chrono::{DateTime, Utc};
use entity::account;
use entity::values::{AccountLanguage, LinkPurpose, Role};
use sea_orm::{DatabaseTransaction, Set};
use uuid::Uuid;

use super::model::{Email, Office, actor, checked_name};
use super::sessions::{change, updated};
use super::store::{self, NewAccount, principal_of};
use super::{identity_store, links};
use crate::app::App;
use crate::auth::issuer::{Foreign, Options, lower};
use crate::change::{Action, Change};
use crate::database;
use crate::problem::WriteError;
use crate::viewer::Principal;

/// Why somebody for whom an issuer vouches is nobody here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stranger {
    /// The issuer does not say that an e-mail address is theirs.
    Unverified,
    /// No account has their address.
    Unknown,
    /// Their account was closed.
    Closed,
    /// The account with their address is bound to somebody else whom the issuer knows.
    OtherPerson,
}

/// The account of somebody for whom the issuer of `options` vouches, found by who they are
/// to the issuer; the first time, by their address.
///
/// # Errors
/// When the database cannot be read or written. Within: why there is none.
pub async fn principal_of_foreign(
    app: &App,
    options: &Options,
    foreign: &Foreign,
) -> Result<Result<Principal, Stranger>, WriteError> {
    let found = match find_or_bind(app, options, foreign).await {
        // Another request of theirs bound it at the same time.
        Err(WriteError::Database(error)) if database::is_taken(&error) => {
            find_or_bind(app, options, foreign).await
        }
        found => found,
    };
    Ok(found?.and_then(|account| {
        if account.deactivated_at.is_some() {
            return Err(Stranger::Closed);
        }
        let principal = principal_of(&account, None);
        let most = foreign.role.unwrap_or(principal.role);
        Ok(Principal {
            role: lower(principal.role, most),
            ..principal
        })
    }))
}

async fn find_or_bind(
    app: &App,
    options: &Options,
    foreign: &Foreign,
) -> Result<Result<account::Model, Stranger>, WriteError> {
    let (issuer, subject) = (&options.issuer, &foreign.subject);
    let bound = identity_store::account_of(&app.database, issuer, subject).await?;
    if let Some(account) = bound {
        return Ok(Ok(account));
    }
    let email = foreign.email.as_deref().filter(|_| foreign.email_verified);
    let Some(email) = email.and_then(Email::parse) else {
        return Ok(Err(Stranger::Unverified));
    };
    match store::by_email(&app.database, email.as_str()).await? {
        None if !options.sign_up => Ok(Err(Stranger::Unknown)),
        None => bind(app, options, foreign, &email, None).await.map(Ok),
        Some(account) if account.deactivated_at.is_some() => Ok(Err(Stranger::Closed)),
        Some(account) => {
            match identity_store::subject_of(&app.database, account.id, issuer).await? {
                None => {
                    let bound = bind(app, options, foreign, &email, Some(account)).await;
                    bound.map(Ok)
                }
                // Bound meanwhile by another request of theirs.
                Some(bound) if bound == *subject => Ok(Ok(account)),
                Some(_) => Ok(Err(Stranger::OtherPerson)),
            }
        }
    }
}

/// Binds an account, or a new one with this address, to `foreign`, for ever.
async fn bind(
    app: &App,
    options: &Options,
    foreign: &Foreign,
    email: &Email,
    account: Option<account::Model>,
) -> Result<account::Model, WriteError> {
    let now = app.clock.now();
    let account = &account;
    let id = account
        .as_ref()
        .map_or_else(|| app.clock.new_id(), |account| account.id);
    database::write(
        &app.database,
        &app.clock,
        &actor(id),
        |transaction| async move {
            let (account, mut changes) = match account {
                Some(account) => {
                    // It may have been closed, or got another address, since it was found.
                    let same = |row: &account::Model| {
                        row.email == account.email && row.deactivated_at.is_none()
                    };
                    let row = store::locked(&*transaction, id).await?.filter(same);
                    let row = row.ok_or(WriteError::Internal("an account changed meanwhile"))?;
                    let changes = open(&transaction, &row, now).await?;
                    (row, changes)
                }
                None => {
                    let account = sign_up(&transaction, id, email, foreign, now).await?;
                    (account, vec![change(id, Action::SignedUp)])
                }
            };
            let (issuer, subject) = (&options.issuer, &foreign.subject);
            identity_store::insert(&*transaction, id, issuer, subject, now).await?;
            changes.push(updated(id, &["identity"]));
            Ok((account, changes))
        },
    )
    .await
}

/// Opens an account whose address was not confirmed yet: the issuer has done it.
async fn open(
    transaction: &DatabaseTransaction,
    account: &account::Model,
    now: DateTime<Utc>,
) -> Result<Vec<Change>, WriteError> {
    if account.email_verified_at.is_some() {
        return Ok(Vec::new());
    }
    verify(transaction, account.id, now).await?;
    let purposes = [LinkPurpose::Invitation, LinkPurpose::EmailVerification];
    links::withdraw(transaction, account.id, &purposes).await?;
    Ok(vec![change(account.id, Action::Verified)])
}

async fn sign_up(
    transaction: &DatabaseTransaction,
    id: Uuid,
    email: &Email,
    foreign: &Foreign,
    now: DateTime<Utc>,
) -> Result<account::Model, WriteError> {
    let new = NewAccount {
        id,
        email: Some(email.as_str().to_owned()),
        display_name: checked_name("name", foreign.name.as_deref()).unwrap_or_default(),
        office: Office {
            role: foreign.role.unwrap_or(Role::ProjectHolder),
            commune: None,
            intercommunality: None,
        },
        language: AccountLanguage::French,
    };
    let account = store::insert(transaction, new, now).await?;
    verify(transaction, id, now).await?;
    Ok(account)
}

async fn verify(
    transaction: &DatabaseTransaction,
    account: Uuid,
    now: DateTime<Utc>,
) -> Result<(), WriteError> {
    let columns = account::ActiveModel {
        email_verified_at: Set(Some(now)),
        ..Default::default()
    };
    Ok(store::update(transaction, account, columns, now).await?)
}
