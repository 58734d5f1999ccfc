//! Changing the e-mail address of an account, which both addresses confirm.

use entity::account;
use entity::values::LinkPurpose;
use sea_orm::Set;
use serde_json::json;

use super::caller::Caller;
use super::model::{Email, actor, is_open};
use super::sessions::{confirm_password, still_proved, updated};
use super::{guard, links, policy, store};
use crate::app::App;
use crate::database;
use crate::i18n::Language;
use crate::mail::{self, Message, Template};
use crate::problem::{Code, Problem, WriteError};
use crate::viewer::Scope;

/// Where a change of address stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// The other address has not confirmed yet.
    HalfConfirmed,
    Changed,
}

/// Asks both addresses whether `email` is to be the address of who asks. Whether it is that
/// of another account is not told: its owner then gets nothing to confirm.
///
/// # Errors
/// When the password is wrong, or the address is none.
pub async fn request_change(
    app: &App,
    scope: Scope,
    caller: &Caller,
    email: &str,
    password: &str,
) -> Result<(), WriteError> {
    let email = &Email::checked("email", email)?;
    let operation = &policy::REQUEST_EMAIL_CHANGE;
    let (_, account) =
        confirm_password(app, scope, caller, operation, "password", password).await?;
    let account = &account;
    database::write(
        &app.database,
        &app.clock,
        &actor(account.id),
        |transaction| async move {
            let account = &still_proved(&transaction, account, "password").await?;
            let purpose = LinkPurpose::EmailChange;
            links::withdraw(&*transaction, account.id, &[purpose]).await?;
            let taken = store::by_email(&*transaction, email.as_str()).await?;
            let may = guard::may_write_to(&*transaction, email.as_str(), scope.now).await?;
            let language: Language = account.language.into();
            let link = |side: &'static str| {
                let payload = json!({ "email": email.as_str(), "side": side });
                let (transaction, settings) = (&*transaction, &app.settings);
                async move {
                    let now = scope.now;
                    links::add(transaction, settings, account.id, purpose, payload, now).await
                }
            };
            let old = link("old").await?;
            let new = link("new").await?;
            let to_old = Message {
                recipient: account.email.clone().unwrap_or_default(),
                language,
                template: Template::EmailChangeOld {
                    requested_at: scope.now,
                    link: old.url,
                    expires_at: old.expires_at,
                },
            };
            mail::post(&*transaction, &app.clock, to_old).await?;
            if taken.is_none() && may {
                let to_new = Message {
                    recipient: email.as_str().to_owned(),
                    language,
                    template: Template::EmailChangeNew {
                        link: new.url,
                        expires_at: new.expires_at,
                    },
                };
                mail::post(&*transaction, &app.clock, to_new).await?;
            }
            Ok(((), vec![updated(account.id, &["emailChange"])]))
        },
    )
    .await
}

/// Confirms a change of address by the link that one of the two addresses got; the second
/// one to do so makes the change.
///
/// # Errors
/// When the link does not work, or the address is that of another account by now.
pub async fn confirm_change(app: &App, scope: Scope, token: &str) -> Result<Progress, WriteError> {
    let purpose = LinkPurpose::EmailChange;
    let link = &links::find(&app.database, purpose, token, scope.now).await?;
    let written = database::write(
        &app.database,
        &app.clock,
        &actor(link.account_id),
        |transaction| async move {
            let account = store::locked(&*transaction, link.account_id).await?;
            let account = account.filter(is_open).ok_or_else(links::expired)?;
            links::redeem(&*transaction, link, scope.now).await?;
            let now = scope.now;
            let asked = links::counting(&*transaction, account.id, purpose, now).await?;
            let email = link.payload.get("email").and_then(|email| email.as_str());
            let confirmed = asked.iter().filter(|one| one.used_at.is_some()).count();
            let Some(email) = email.filter(|_| confirmed == 2) else {
                let changes = vec![updated(account.id, &["emailChange"])];
                return Ok((Progress::HalfConfirmed, changes));
            };
            let columns = account::ActiveModel {
                email: Set(Some(email.to_owned())),
                email_verified_at: Set(Some(now)),
                ..Default::default()
            };
            store::update(&*transaction, account.id, columns, now).await?;
            // What was sent to the old address must not open the account.
            let sent = [LinkPurpose::EmailChange, LinkPurpose::PasswordReset];
            links::withdraw(&*transaction, account.id, &sent).await?;
            Ok((Progress::Changed, vec![updated(account.id, &["email"])]))
        },
    )
    .await;
    match written {
        Err(WriteError::Database(error)) if database::is_taken(&error) => {
            Err(Problem::new(Code::Taken, "token", "email-taken").into())
        }
        written => written,
    }
}
