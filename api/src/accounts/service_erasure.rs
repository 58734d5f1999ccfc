//! The end of an account: its person erased from everywhere.

use entity::account;
use entity::values::{Attachment, Role};
use sea_orm::DatabaseTransaction;
use uuid::Uuid;

use super::caller::Caller;
use super::held::erase;
use super::policy;
use super::service::{keep_an_administrator, no_such_account, on};
use super::sessions::{change, confirm_password, still_proved};
use crate::app::App;
use crate::change::{Action, Change, Subject};
use crate::database;
use crate::permission::{Permit, Relation, authorize};
use crate::problem::WriteError;
use crate::viewer::Scope;
use crate::{contacts, files, members, review};

/// Erases who asks, if they prove by their password that it is them.
///
/// # Errors
/// When the password is wrong, or it is the last administrator's.
pub async fn erase_self(
    app: &App,
    scope: Scope,
    caller: &Caller,
    password: &str,
) -> Result<(), WriteError> {
    let operation = &policy::ERASE_SELF;
    let (permit, account) =
        confirm_password(app, scope, caller, operation, "password", password).await?;
    erase_account(app, scope, &permit, account.id, Some(&account)).await?;
    Ok(())
}

/// Erases the person of an account, who asked for it in writing.
///
/// # Errors
/// When who asks may not, there is no such account, or it is the last administrator's.
pub async fn erase_by_request(app: &App, scope: Scope, id: Uuid) -> Result<Uuid, WriteError> {
    let permit = authorize(scope.viewer, &policy::ERASE, Relation::Other)?;
    erase_account(app, scope, &permit, id, None).await
}

/// Erases the person of an entry of the directory, who asked for it in writing.
///
/// # Errors
/// When who asks may not, or there is no such entry.
pub async fn erase_entry(app: &App, scope: Scope, id: Uuid) -> Result<Uuid, WriteError> {
    let permit = authorize(scope.viewer, &policy::ERASE_MEMBER, Relation::Other)?;
    database::write(
        &app.database,
        &app.clock,
        &super::model::actor(permit.principal().account),
        |transaction| async move {
            let changes = members::erase(&*transaction, scope, id).await?;
            if changes.is_empty() {
                return Err(super::service::no_such_member("id").into());
            }
            Ok((id, changes))
        },
    )
    .await
}

/// Erases an account; `verified` is the account as its owner proved to own it.
async fn erase_account(
    app: &App,
    scope: Scope,
    permit: &Permit,
    id: Uuid,
    verified: Option<&account::Model>,
) -> Result<Uuid, WriteError> {
    on(app, permit, id, |transaction, account| async move {
        if let Some(verified) = verified {
            still_proved(&transaction, verified, "password").await?;
        }
        if account.role == Role::ApiClient {
            return Err(no_such_account().into());
        }
        if account.erased_at.is_some() {
            return Ok((id, Vec::new()));
        }
        keep_an_administrator(&transaction, &account).await?;
        let changes = everywhere(&transaction, scope, &account).await?;
        Ok((id, changes))
    })
    .await
}

async fn everywhere(
    transaction: &DatabaseTransaction,
    scope: Scope,
    account: &account::Model,
) -> Result<Vec<Change>, WriteError> {
    let id = account.id;
    contacts::erase_consented(transaction, id).await?;
    let mut changes = review::abandon(transaction, id).await?;
    let removed = changes
        .iter()
        .filter(|change| change.subject == Subject::Initiative);
    let removed: Vec<Uuid> = removed.map(|change| change.id).collect();
    files::detach(transaction, Attachment::Initiative, &removed).await?;
    files::abandon(transaction, id).await?;
    review::unname(transaction, id).await?;
    if let Some(member) = account.member_id {
        changes.extend(members::erase(transaction, scope, member).await?);
    }
    erase(transaction, account, scope.now).await?;
    changes.push(change(id, Action::Erased));
    Ok(changes)
}
