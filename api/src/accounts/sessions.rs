//! Signing in, staying signed in, and signing out.

use std::fmt;

use chrono::TimeDelta;
use entity::{account, session};
use sea_orm::{DatabaseTransaction, Set};
use serde_json::json;
use uuid::Uuid;

use super::caller::Caller;
use super::model::{VISITOR, actor, is_open};
use super::session_store::{self, NewSession, Which};
use super::{guard, policy, store};
use crate::app::App;
use crate::auth::passwords::Busy;
use crate::auth::secrets::Secret;
use crate::auth::tokens::{AccessToken, IssueError};
use crate::change::{Action, Change, Subject};
use crate::database::{self, Written};
use crate::permission::{Operation, Permit, Relation, authorize};
use crate::problem::{Code, Problem, WriteError};
use crate::viewer::Scope;

/// Time within which a refresh token may be used again, as its answer may have been lost.
const GRACE: TimeDelta = TimeDelta::seconds(10);

/// Bytes of the longest text that is looked at as a password to sign in with.
const LONGEST_ATTEMPT: usize = 1024;

/// Somebody who just signed in, or goes on to be.
#[derive(Clone)]
pub struct SignedIn {
    pub account: account::Model,
    pub session: session::Model,
    pub access_token: AccessToken,
    pub refresh_token: Secret,
}

impl fmt::Debug for SignedIn {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let session = &self.session.id;
        formatter.debug_tuple("SignedIn").field(session).finish()
    }
}

impl From<Busy> for WriteError {
    fn from(_: Busy) -> Self {
        Self::Busy
    }
}

impl From<IssueError> for WriteError {
    fn from(_: IssueError) -> Self {
        Self::Internal("an access token could not be issued")
    }
}

/// Begins a session of the account with this e-mail address and password.
///
/// # Errors
/// When they are wrong, or too many were tried: the same for accounts there are and accounts
/// there are not.
pub async fn sign_in(
    app: &App,
    scope: Scope,
    caller: &Caller,
    email: &str,
    password: &str,
) -> Result<SignedIn, WriteError> {
    let email = email.trim().to_lowercase();
    let found = store::by_email(&app.database, &email).await?;
    let found = found.filter(is_open);
    let id = found.as_ref().map(|account| account.id);
    let failures = admit(app, scope, caller, "sign-in", &email, id).await?;
    let wrong = || Problem::new(Code::WrongCredentials, "", "wrong-credentials");
    if password.len() > LONGEST_ATTEMPT {
        return Err(wrong().into());
    }
    let hash = found.as_ref().and_then(|row| row.password_hash.as_deref());
    let verdict = app.auth.passwords.verify(password, hash).await?;
    let Some(account) = found.filter(|_| verdict.matches) else {
        return Err(wrong().into());
    };
    let rehashed = if verdict.outdated {
        Some(app.auth.passwords.hash(password).await?)
    } else {
        None
    };
    let (account, rehashed, failures) = (&account, &rehashed, &failures);
    let written = database::write(
        &app.database,
        &app.clock,
        &actor(account.id),
        |transaction| async move {
            // It may have been closed, or its password changed, while ours was verified.
            let now = store::locked(&*transaction, account.id).await?;
            let same =
                |row: &account::Model| is_open(row) && row.password_hash == account.password_hash;
            let account = now.filter(same).ok_or_else(wrong)?;
            if let Some(hash) = rehashed {
                let columns = account::ActiveModel {
                    password_hash: Set(Some(hash.clone())),
                    ..Default::default()
                };
                store::update(&*transaction, account.id, columns, scope.now).await?;
            }
            guard::forget(&*transaction, failures, scope.now).await?;
            store::meet(&*transaction, account.id, caller, scope.now).await?;
            let new = NewSession {
                id: app.clock.new_id(),
                account: account.id,
                device: caller.device.clone(),
                expires_at: scope.now + app.settings.session_lifetime,
            };
            let session = session_store::insert(&*transaction, new, scope.now).await?;
            let refresh_token = new_token(&transaction, session.id, scope).await?;
            let changes = vec![change(account.id, Action::SignedIn)];
            Ok(((account, session, refresh_token), changes))
        },
    )
    .await?;
    signed_in(app, written)
}

/// Counts an attempt to prove to be the owner of an account by its password, and answers
/// whose failures to forget if it succeeds.
///
/// # Errors
/// When there were too many.
pub async fn admit(
    app: &App,
    scope: Scope,
    caller: &Caller,
    kind: &str,
    email: &str,
    account: Option<Uuid>,
) -> Result<String, WriteError> {
    let outcome = database::write(
        &app.database,
        &app.clock,
        VISITOR,
        |transaction| async move {
            if let Some(wait) = guard::attempt(&*transaction, caller, kind, scope.now).await? {
                return Ok((Err(wait), Vec::new()));
            }
            // Where there is no account, as much is read.
            let account = account.unwrap_or_default();
            let known = store::knows(&*transaction, account, caller, scope.now).await?;
            let failures = guard::failures_of(email, known.then_some(caller));
            let wait = guard::fail(&*transaction, &failures, scope.now).await?;
            let outcome = wait.map_or(Ok(failures), Err);
            Ok((outcome, Vec::new()))
        },
    )
    .await?;
    Ok(outcome.map_err(Problem::from)?)
}

/// What became of a refresh token.
enum Refreshed {
    Given(Box<(account::Model, session::Model, Secret)>),
    Refused,
}

/// Exchanges a refresh token for a new one and a new access token. Used a second time, it
/// has been stolen from one of the two who used it: the session then ends.
///
/// # Errors
/// When it is not, or no longer, good.
pub async fn refresh(
    app: &App,
    scope: Scope,
    refresh_token: &Secret,
) -> Result<SignedIn, WriteError> {
    let refreshed = database::write(
        &app.database,
        &app.clock,
        VISITOR,
        |transaction| async move { exchange(app, scope, &transaction, refresh_token).await },
    )
    .await?;
    match refreshed {
        Refreshed::Given(given) => signed_in(app, *given),
        Refreshed::Refused => Err(ended().into()),
    }
}

async fn exchange(
    app: &App,
    scope: Scope,
    transaction: &DatabaseTransaction,
    presented: &Secret,
) -> Written<Refreshed> {
    let refused = Ok((Refreshed::Refused, Vec::new()));
    let now = scope.now;
    let digest = presented.digest();
    let Some((token, mut session)) = session_store::token(transaction, &digest).await? else {
        return refused;
    };
    if session.revoked_at.is_some() || session.expires_at <= now {
        return refused;
    }
    let account = store::by_id(transaction, session.account_id).await?;
    let Some(account) = account.filter(is_open) else {
        return refused;
    };
    let successor = match (token.spent_at, &token.successor_salt) {
        (None, _) => {
            let salt = Secret::generate().map_err(|_| WriteError::Internal("no random bytes"))?;
            session_store::spend(transaction, &digest, salt.reveal(), now).await?;
            let successor = presented.successor(salt.reveal());
            let fresh = successor.digest();
            session_store::insert_token(transaction, session.id, fresh, now).await?;
            successor
        }
        // The response may have been lost, or another tab asked at the same moment: both get
        // the same token, so that no second branch of tokens lives.
        (Some(spent_at), Some(salt))
            if now - spent_at <= GRACE
                && !session_store::is_past(transaction, &token, spent_at).await? =>
        {
            presented.successor(salt)
        }
        _ => {
            let which = Which::Only(session.id);
            session_store::revoke(transaction, account.id, which, now).await?;
            let mut change = change(account.id, Action::SignedOut);
            change.details = json!({ "reason": "refresh_token_reused" });
            return Ok((Refreshed::Refused, vec![change]));
        }
    };
    let lifetime = app.settings.session_lifetime;
    session_store::forget_spent(transaction, session.id, lifetime, now).await?;
    session.last_used_at = now;
    session.expires_at = now + lifetime;
    session_store::touch(transaction, session.id, session.expires_at, now).await?;
    // A session that goes on is no change to anything.
    Ok((
        Refreshed::Given(Box::new((account, session, successor))),
        Vec::new(),
    ))
}

async fn new_token(
    transaction: &DatabaseTransaction,
    session: Uuid,
    scope: Scope,
) -> Result<Secret, WriteError> {
    let token = Secret::generate().map_err(|_| WriteError::Internal("no random bytes"))?;
    session_store::insert_token(transaction, session, token.digest(), scope.now).await?;
    Ok(token)
}

fn signed_in(
    app: &App,
    (account, session, refresh_token): (account::Model, session::Model, Secret),
) -> Result<SignedIn, WriteError> {
    let access_token = app.auth.tokens.issue(account.id, session.id)?;
    Ok(SignedIn {
        account,
        session,
        access_token,
        refresh_token,
    })
}

fn ended() -> Problem {
    Problem::new(Code::Expired, "refreshToken", "refresh-token-expired")
}

/// Ends the session of a refresh token, or the one in which was asked.
///
/// # Errors
/// When there is neither, or the refresh token is not good.
pub async fn sign_out(
    app: &App,
    scope: Scope,
    refresh_token: Option<&Secret>,
) -> Result<(), WriteError> {
    let digest = refresh_token.map(Secret::digest);
    let digest = digest.as_deref();
    let asking = scope.viewer.principal();
    let session = asking.and_then(|principal| Some((principal.account, principal.session?)));
    if digest.is_none() && session.is_none() {
        authorize(scope.viewer, &policy::SIGN_OUT_EVERYWHERE, Relation::Own)?;
    }
    database::write(
        &app.database,
        &app.clock,
        &asking.map_or_else(|| VISITOR.to_owned(), |one| actor(one.account)),
        |transaction| async move {
            let (account, session) = match digest {
                Some(digest) => {
                    let found = session_store::token(&*transaction, digest).await?;
                    let (_, session) = found.ok_or_else(ended)?;
                    (session.account_id, session.id)
                }
                None => session.ok_or_else(ended)?,
            };
            let which = Which::Only(session);
            let ended = session_store::revoke(&*transaction, account, which, scope.now).await?;
            Ok(((), signed_out(account, ended)))
        },
    )
    .await
}

/// Ends all sessions of who asks, perhaps except the one in which they do, and answers how
/// many there were.
///
/// # Errors
/// When they did not sign in.
pub async fn sign_out_everywhere(
    app: &App,
    scope: Scope,
    keep_this: bool,
) -> Result<u64, WriteError> {
    let permit = authorize(scope.viewer, &policy::SIGN_OUT_EVERYWHERE, Relation::Own)?;
    let which = match permit.principal().session {
        Some(session) if keep_this => Which::AllBut(session),
        _ => Which::All,
    };
    end(app, scope, &permit, which).await
}

/// Ends one session of who asks.
///
/// # Errors
/// When they have none such.
pub async fn revoke(app: &App, scope: Scope, session: Uuid) -> Result<(), WriteError> {
    let permit = authorize(scope.viewer, &policy::REVOKE_SESSION, Relation::Own)?;
    if end(app, scope, &permit, Which::Only(session)).await? == 0 {
        return Err(Problem::new(Code::NotFound, "id", "no-such-session").into());
    }
    Ok(())
}

async fn end(app: &App, scope: Scope, permit: &Permit, which: Which) -> Result<u64, WriteError> {
    let account = permit.principal().account;
    database::write(
        &app.database,
        &app.clock,
        &actor(account),
        |transaction| async move {
            let ended = session_store::revoke(&*transaction, account, which, scope.now).await?;
            Ok((ended, signed_out(account, ended)))
        },
    )
    .await
}

fn signed_out(account: Uuid, sessions: u64) -> Vec<Change> {
    let ended = (sessions > 0).then(|| change(account, Action::SignedOut));
    ended.into_iter().collect()
}

/// The sessions of who asks that go on.
///
/// # Errors
/// When the database cannot be read.
pub async fn own(
    connection: &impl sea_orm::ConnectionTrait,
    scope: Scope,
) -> Result<Vec<session::Model>, WriteError> {
    let permit = authorize(scope.viewer, &policy::OWN_SESSIONS, Relation::Own)?;
    let account = permit.principal().account;
    Ok(session_store::of_account(connection, account, scope.now).await?)
}

/// Verifies the password of who asks, for what an access token alone is too little.
///
/// # Errors
/// When it is wrong or too many were tried, and when the rule does not allow the operation.
pub async fn confirm_password(
    app: &App,
    scope: Scope,
    caller: &Caller,
    operation: &Operation,
    field: &str,
    password: &str,
) -> Result<(Permit, account::Model), WriteError> {
    let permit = authorize(scope.viewer, operation, Relation::Own)?;
    let id = permit.principal().account;
    let account = store::by_id(&app.database, id).await?;
    let account = account.ok_or(WriteError::Internal("an account that acts is not there"))?;
    let email = account.email.as_deref().unwrap_or_default();
    let failures = &admit(app, scope, caller, "confirm", email, Some(id)).await?;
    let hash = account.password_hash.as_deref();
    let usable = password.len() <= LONGEST_ATTEMPT;
    if !usable || !app.auth.passwords.verify(password, hash).await?.matches {
        return Err(Problem::new(Code::WrongCredentials, field, "wrong-password").into());
    }
    database::write(
        &app.database,
        &app.clock,
        VISITOR,
        |transaction| async move {
            guard::forget(&*transaction, failures, scope.now).await?;
            Ok(((), Vec::new()))
        },
    )
    .await?;
    Ok((permit, account))
}

/// The account whose password was verified before `transaction` began, locked, unless it was
/// closed or got another password meanwhile: of several who prove the same password at once,
/// one changes it.
///
/// # Errors
/// When the password at `field` is no longer that of the account.
pub async fn still_proved(
    transaction: &DatabaseTransaction,
    verified: &account::Model,
    field: &str,
) -> Result<account::Model, WriteError> {
    let now = store::locked(transaction, verified.id).await?;
    let same = |row: &account::Model| is_open(row) && row.password_hash == verified.password_hash;
    let wrong = || Problem::new(Code::WrongCredentials, field, "wrong-password");
    Ok(now.filter(same).ok_or_else(wrong)?)
}

/// A change of an account, which only the log sees.
pub fn change(account: Uuid, action: Action) -> Change {
    Change {
        subject: Subject::Account,
        id: account,
        action,
        revision: None,
        is_public: false,
        details: json!({}),
    }
}

/// An update of some fields of an account.
pub fn updated(account: Uuid, fields: &[&str]) -> Change {
    Change {
        details: json!({ "fields": fields }),
        ..change(account, Action::Updated)
    }
}
