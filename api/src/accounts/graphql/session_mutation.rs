//! Signing in, staying signed in and signing out.

use async_graphql::{Context, ID, InputObject, Object, Result};

use super::account::Account;
use super::session::{Session, SessionTokens};
use super::{caller, cookie};
use crate::accounts::caller::Cookie;
use crate::accounts::sessions::{self, SignedIn};
use crate::auth::secrets::Secret;
use crate::graphql::ContextExt as _;
use crate::graphql::error::ErrorCode;
use crate::graphql::mutation::answer;
use crate::id::Kind;
use crate::payload;
use crate::problem::{Code, Problem, WriteError};

/// Who signs in.
#[derive(InputObject)]
pub struct SessionCreateInput {
    /// E-mail address of the account.
    email: String,
    /// Password.
    password: String,
    /// Whether the browser is to keep the refresh token in a cookie that no script can read.
    #[graphql(default)]
    cookie: bool,
}

/// With what new tokens are asked for.
#[derive(InputObject)]
pub struct SessionRefreshInput {
    /// The refresh token; absent if it is in the cookie.
    refresh_token: Option<String>,
    /// Whether the browser is to keep the new refresh token in a cookie. One that came in a
    /// cookie is always answered in one.
    #[graphql(default)]
    cookie: bool,
}

/// Which session to end.
#[derive(InputObject)]
pub struct SessionDeleteInput {
    /// The refresh token of the session; absent if it is in the cookie, or to end the session
    /// of the access token.
    refresh_token: Option<String>,
}

/// Which sessions to end.
#[derive(InputObject)]
pub struct SessionsDeleteInput {
    /// Whether the session of this request goes on.
    #[graphql(default)]
    keep_this: bool,
}

/// Which session to end.
#[derive(InputObject)]
pub struct SessionRevokeInput {
    /// The session.
    id: ID,
}

payload! {
    /// What became of signing in.
    SessionCreatePayload {
        /// The tokens, if the e-mail address and the password are right.
        tokens: SessionTokens
    }
    SessionCreateError, SessionCreateErrorCode: [WrongCredentials, TooManyAttempts]
}

payload! {
    /// What became of asking for new tokens.
    SessionRefreshPayload {
        /// The new tokens; the refresh token that was sent is good no more.
        tokens: SessionTokens
    }
    SessionRefreshError, SessionRefreshErrorCode: [Required, Expired]
}

payload! {
    /// What became of signing out.
    SessionDeletePayload {
        /// Whether the session has ended.
        signed_out: bool
    }
    SessionDeleteError, SessionDeleteErrorCode: [Expired]
}

payload! {
    /// What became of signing out everywhere.
    SessionsDeletePayload {
        /// How many sessions were ended.
        signed_out_count: i32
    }
    SessionsDeleteError, SessionsDeleteErrorCode: [NotFound]
}

payload! {
    /// What became of ending one session.
    SessionRevokePayload {
        /// Whether the session has ended.
        revoked: bool
    }
    SessionRevokeError, SessionRevokeErrorCode: [NotFound]
}

/// The refresh token that an input or the cookie has, and whether it is the cookie's.
fn refresh_token(ctx: &Context<'_>, given: Option<String>) -> Result<Option<(Secret, bool)>> {
    if let Some(token) = given {
        return Ok(Some((Secret::from(token), false)));
    }
    match &caller(ctx).cookie {
        Cookie::None => Ok(None),
        Cookie::Token(token) => Ok(Some((token.clone(), true))),
        Cookie::Foreign => Err(ctx.fault(ErrorCode::Forbidden, "cross-site", &[])),
    }
}

fn told(ctx: &Context<'_>, signed_in: SignedIn, in_cookie: bool) -> SessionTokens {
    let refresh_token = if in_cookie {
        cookie::keep(ctx, &signed_in.refresh_token);
        None
    } else {
        Some(signed_in.refresh_token.reveal().to_owned())
    };
    SessionTokens {
        access_token: signed_in.access_token.token,
        expires_at: signed_in.access_token.expires_at,
        refresh_token,
        session: Session(signed_in.session),
        account: Account::new(signed_in.account),
    }
}

/// Signs people in and out.
#[derive(Default)]
pub struct SessionMutation;

#[Object]
impl SessionMutation {
    /// Signs in. What is wrong is not told: neither whether there is such an account, nor
    /// whether it is closed or not confirmed yet.
    async fn session_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who signs in.")] input: SessionCreateInput,
    ) -> Result<SessionCreatePayload> {
        let (app, scope) = ctx.writing().await;
        let (email, password) = (&input.email, &input.password);
        let signed_in = sessions::sign_in(app, scope, caller(ctx), email, password).await;
        answer(ctx, signed_in.map(|done| told(ctx, done, input.cookie)))
    }

    /// Exchanges a refresh token for new tokens. A refresh token works once; used again more
    /// than ten seconds later, it ends the session.
    async fn session_refresh(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The refresh token.")] input: SessionRefreshInput,
    ) -> Result<SessionRefreshPayload> {
        let token = refresh_token(ctx, input.refresh_token)?;
        let (app, scope) = ctx.writing().await;
        let Some((token, from_cookie)) = token else {
            let problem = Problem::new(Code::Required, "refreshToken", "required");
            return answer(ctx, Err(problem.into()));
        };
        let in_cookie = from_cookie || input.cookie;
        let refreshed = sessions::refresh(app, scope, &token).await;
        if from_cookie && matches!(refreshed, Err(WriteError::Problems(_))) {
            cookie::remove(ctx);
        }
        answer(ctx, refreshed.map(|done| told(ctx, done, in_cookie)))
    }

    /// Signs out: ends the session of the refresh token, or else that of the access token.
    async fn session_delete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which session.")] input: SessionDeleteInput,
    ) -> Result<SessionDeletePayload> {
        let signed_in = ctx.scope().viewer.principal();
        let by_access_token = signed_in.is_some_and(|one| one.session.is_some());
        let token = match input.refresh_token {
            // Of an access token the session is known: a cookie adds nothing to it.
            None if by_access_token => None,
            given => refresh_token(ctx, given)?,
        };
        let (app, scope) = ctx.writing().await;
        let token = token.map(|(token, _)| token);
        let ended = sessions::sign_out(app, scope, token.as_ref()).await;
        if !matches!(caller(ctx).cookie, Cookie::None) {
            cookie::remove(ctx);
        }
        answer(ctx, ended.map(|()| true))
    }

    /// Signs out on all devices; for every person with an account.
    async fn sessions_delete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which sessions.")] input: SessionsDeleteInput,
    ) -> Result<SessionsDeletePayload> {
        let (app, scope) = ctx.writing().await;
        let ended = sessions::sign_out_everywhere(app, scope, input.keep_this).await;
        if ended.is_ok() && !input.keep_this && !matches!(caller(ctx).cookie, Cookie::None) {
            cookie::remove(ctx);
        }
        answer(
            ctx,
            ended.map(|count| i32::try_from(count).unwrap_or(i32::MAX)),
        )
    }

    /// Ends one of the viewer's sessions; for every person with an account.
    async fn session_revoke(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which session.")] input: SessionRevokeInput,
    ) -> Result<SessionRevokePayload> {
        let id = ctx.uuid(Kind::Session, &input.id)?;
        let (app, scope) = ctx.writing().await;
        let revoked = sessions::revoke(app, scope, id).await;
        answer(ctx, revoked.map(|()| true))
    }
}
