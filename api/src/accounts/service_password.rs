//! Choosing passwords: the first one, another one, and a new one for one forgotten.

use entity::account;
use entity::values::LinkPurpose;
use sea_orm::{ConnectionTrait, DbErr, Set};

use super::caller::Caller;
use super::model::{Email, VISITOR, actor, checked_name, checked_password, is_open};
use super::session_store::{self, Which};
use super::sessions::{change, confirm_password, still_proved, updated};
use super::{guard, links, policy, store};
use crate::app::App;
use crate::change::Action;
use crate::database;
use crate::mail::{self, Message, Template};
use crate::problem::{Problem, Problems, WriteError};
use crate::viewer::Scope;

/// Opens an account: whoever holds its link, which came by e-mail, chooses the password.
/// Chosen before, it might be the password of somebody who does not own the address.
///
/// # Errors
/// When the link does not work, or the password is not accepted.
pub async fn open(
    app: &App,
    scope: Scope,
    purpose: LinkPurpose,
    token: &str,
    display_name: Option<&str>,
    password: &str,
) -> Result<(), WriteError> {
    let link = links::find(&app.database, purpose, token, scope.now).await?;
    let account = store::by_id(&app.database, link.account_id).await?;
    let account = account.ok_or_else(links::expired)?;
    let mut problems = Problems::default();
    let name = problems.keep(checked_name("displayName", display_name));
    problems.keep(checked_password(
        "password",
        password,
        &account,
        display_name,
    ));
    problems.none()?;
    let hash = app.auth.passwords.hash(password).await?;
    let (link, name, hash) = (&link, &name.flatten(), &hash);
    database::write(
        &app.database,
        &app.clock,
        &actor(account.id),
        |transaction| async move {
            let account = store::locked(&*transaction, link.account_id).await?;
            let account = account.filter(|row| row.deactivated_at.is_none());
            let account = account.ok_or_else(links::expired)?;
            links::redeem(&*transaction, link, scope.now).await?;
            let withdrawn = [LinkPurpose::Invitation, LinkPurpose::EmailVerification];
            let rest = withdrawn.into_iter().filter(|one| *one != purpose);
            links::withdraw(&*transaction, account.id, &rest.collect::<Vec<_>>()).await?;
            let columns = account::ActiveModel {
                display_name: Set(name.clone().or(account.display_name)),
                password_hash: Set(Some(hash.clone())),
                email_verified_at: Set(Some(scope.now)),
                ..Default::default()
            };
            store::update(&*transaction, account.id, columns, scope.now).await?;
            Ok(((), vec![change(account.id, Action::Verified)]))
        },
    )
    .await
}

/// Changes the password of who asks, and ends their other sessions.
///
/// # Errors
/// When the present one is wrong, or the new one is not accepted.
pub async fn change_password(
    app: &App,
    scope: Scope,
    caller: &Caller,
    current: &str,
    new: &str,
) -> Result<(), WriteError> {
    let operation = &policy::CHANGE_PASSWORD;
    let (permit, account) =
        confirm_password(app, scope, caller, operation, "currentPassword", current).await?;
    checked_password("newPassword", new, &account, None)?;
    let hash = app.auth.passwords.hash(new).await?;
    let others = permit.principal().session.map_or(Which::All, Which::AllBut);
    let (account, hash) = (&account, &hash);
    database::write(
        &app.database,
        &app.clock,
        &actor(account.id),
        |transaction| async move {
            let account = still_proved(&transaction, account, "currentPassword").await?;
            replace(&*transaction, app, scope, &account, hash, others).await?;
            Ok(((), vec![updated(account.id, &["password"])]))
        },
    )
    .await
}

/// Makes `hash` that of the account, ends sessions and tells its owner.
async fn replace(
    transaction: &impl ConnectionTrait,
    app: &App,
    scope: Scope,
    account: &account::Model,
    hash: &str,
    ended: Which,
) -> Result<(), DbErr> {
    let columns = account::ActiveModel {
        password_hash: Set(Some(hash.to_owned())),
        ..Default::default()
    };
    store::update(transaction, account.id, columns, scope.now).await?;
    let purpose = LinkPurpose::PasswordReset;
    links::withdraw(transaction, account.id, &[purpose]).await?;
    session_store::revoke(transaction, account.id, ended, scope.now).await?;
    let Some(email) = &account.email else {
        return Ok(());
    };
    let message = Message {
        recipient: email.clone(),
        language: account.language.into(),
        template: Template::PasswordChanged {
            changed_at: scope.now,
        },
    };
    mail::post(transaction, &app.clock, message).await
}

/// Sends a link to choose a new password, if there is such an account. The answer does not
/// tell.
///
/// # Errors
/// When the address is none, or too many were asked for from there.
pub async fn request_reset(
    app: &App,
    scope: Scope,
    caller: &Caller,
    email: &str,
) -> Result<(), WriteError> {
    let email = &Email::checked("email", email)?;
    let outcome = database::write(
        &app.database,
        &app.clock,
        VISITOR,
        |transaction| async move {
            let wait = guard::attempt(&*transaction, caller, "reset", scope.now).await?;
            if let Some(wait) = wait {
                return Ok((Err(wait), Vec::new()));
            }
            let account = store::by_email(&*transaction, email.as_str()).await?;
            let may = guard::may_write_to(&*transaction, email.as_str(), scope.now).await?;
            let Some(account) = account.filter(|row| may && is_open(row)) else {
                return Ok((Ok(()), Vec::new()));
            };
            send_reset(&*transaction, app, scope, &account).await?;
            Ok((Ok(()), vec![updated(account.id, &["passwordReset"])]))
        },
    )
    .await?;
    Ok(outcome.map_err(Problem::from)?)
}

/// Sends a link to choose a new password to the owner of an account.
///
/// # Errors
/// When the database refuses.
pub async fn send_reset(
    transaction: &impl ConnectionTrait,
    app: &App,
    scope: Scope,
    account: &account::Model,
) -> Result<(), WriteError> {
    let purpose = LinkPurpose::PasswordReset;
    let link = links::issue(transaction, &app.settings, account.id, purpose, scope.now).await?;
    let message = Message {
        recipient: account.email.clone().unwrap_or_default(),
        language: account.language.into(),
        template: Template::PasswordReset {
            link: link.url,
            expires_at: link.expires_at,
        },
    };
    mail::post(transaction, &app.clock, message).await?;
    Ok(())
}

/// Chooses a new password by a link, and ends all sessions.
///
/// # Errors
/// When the link does not work, or the password is not accepted.
pub async fn reset(app: &App, scope: Scope, token: &str, password: &str) -> Result<(), WriteError> {
    let purpose = LinkPurpose::PasswordReset;
    let link = links::find(&app.database, purpose, token, scope.now).await?;
    let account = store::by_id(&app.database, link.account_id).await?;
    let account = account.filter(is_open).ok_or_else(links::expired)?;
    checked_password("password", password, &account, None)?;
    let hash = app.auth.passwords.hash(password).await?;
    let (link, hash) = (&link, &hash);
    database::write(
        &app.database,
        &app.clock,
        &actor(account.id),
        |transaction| async move {
            let account = store::locked(&*transaction, link.account_id).await?;
            let account = account.filter(is_open).ok_or_else(links::expired)?;
            links::redeem(&*transaction, link, scope.now).await?;
            replace(&*transaction, app, scope, &account, hash, Which::All).await?;
            if let Some(email) = &account.email {
                // Who waits for want of the password has it now.
                let failures = guard::failures_of(email, None);
                guard::forget(&*transaction, &failures, scope.now).await?;
            }
            Ok(((), vec![updated(account.id, &["password"])]))
        },
    )
    .await
}
