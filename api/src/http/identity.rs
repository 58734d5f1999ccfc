//! Who sends a request, as its credentials prove.

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::http::header;

use super::failure::Failure;
use super::reason::Reason;
use crate::accounts::{self, Stranger};
use crate::app::App;
use crate::auth::announced_issuer;
use crate::auth::issuer::Issuer;
use crate::auth::tokens::TokenError;
use crate::graphql::error::ErrorCode;
use crate::viewer::{Principal, Viewer};

/// Seconds after which to come back when the issuer of a token does not tell its keys.
const RETRY_AFTER_SECONDS: u64 = 5;

/// The account that the credentials of a request prove, or a visitor if it has none.
///
/// # Errors
/// When they prove nothing: whoever sends credentials must not take the answer for that of
/// their account.
pub async fn identify(request: &HttpRequest, app: &App) -> Result<Viewer, Failure> {
    let mut headers = request.headers().get_all(header::AUTHORIZATION);
    let Some(value) = headers.next() else {
        return Ok(Viewer::Visitor);
    };
    if headers.next().is_some() {
        return Err(refused("credentials-twice", Reason::CredentialsTwice));
    }
    let token = value
        .to_str()
        .ok()
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim())
        .ok_or_else(|| refused("credentials-malformed", Reason::CredentialsMalformed))?;
    let principal = if accounts::is_api_key(token) {
        accounts::principal_of_key(&app.database, token, app.clock.now()).await
    } else if let Some(issuer) = foreign_issuer(app, token).map_err(unproven)? {
        return by_issuer(app, issuer, token).await.map(Viewer::Account);
    } else {
        let claims = app.auth.tokens.verify(token).map_err(unproven)?;
        accounts::principal(
            &app.database,
            claims.account,
            claims.session,
            app.clock.now(),
        )
        .await
    };
    match principal {
        Ok(Some(principal)) => Ok(Viewer::Account(principal)),
        Ok(None) => Err(refused("session-ended", Reason::SessionEnded)),
        Err(error) => {
            tracing::error!(%error, "the account of a request could not be read");
            Err(unavailable())
        }
    }
}

/// The other issuer, where it is the one that `token` names, and not we.
fn foreign_issuer<'a>(app: &'a App, token: &str) -> Result<Option<&'a Issuer>, TokenError> {
    let named = app.auth.issuer.as_ref().zip(announced_issuer(token));
    match named {
        Some((issuer, name)) if name == issuer.options.issuer => Ok(Some(issuer)),
        Some((_, name)) if name != app.settings.token_issuer => Err(TokenError::WrongIssuer),
        _ => Ok(None),
    }
}

async fn by_issuer(app: &App, issuer: &Issuer, token: &str) -> Result<Principal, Failure> {
    let foreign = issuer.verify(token).await.map_err(unproven)?;
    let found = accounts::principal_of_foreign(app, &issuer.options, &foreign).await;
    let found = found.map_err(|error| {
        let error = anyhow::Error::new(error);
        tracing::error!("{error:#}: the account of a request could not be read");
        unavailable()
    })?;
    found.map_err(|stranger| match stranger {
        Stranger::Unverified => refused("foreign-unverified", Reason::EmailUnverified),
        Stranger::Unknown => refused("foreign-unknown", Reason::AccountUnknown),
        Stranger::Closed => refused("foreign-closed", Reason::AccountClosed),
        Stranger::OtherPerson => refused("foreign-other-person", Reason::AccountOfOtherPerson),
    })
}

fn refused(key: &'static str, reason: Reason) -> Failure {
    Failure::http(StatusCode::UNAUTHORIZED, key)
        .coded(ErrorCode::Unauthenticated)
        .because(reason)
        .closing()
}

fn unavailable() -> Failure {
    Failure::http(StatusCode::SERVICE_UNAVAILABLE, "unavailable")
        .coded(ErrorCode::Unavailable)
        .closing()
}

fn unproven(error: TokenError) -> Failure {
    let (key, reason) = match error {
        TokenError::Expired => ("token-expired", Reason::TokenExpired),
        TokenError::NotYetValid => ("token-not-yet-valid", Reason::TokenNotYetValid),
        TokenError::Malformed => ("token-invalid", Reason::TokenMalformed),
        TokenError::WrongAlgorithm => ("token-invalid", Reason::TokenAlgorithm),
        TokenError::WrongType => ("token-invalid", Reason::TokenType),
        TokenError::UnknownKey => ("token-invalid", Reason::TokenKey),
        TokenError::BadSignature => ("token-invalid", Reason::TokenSignature),
        TokenError::WrongIssuer => ("token-invalid", Reason::TokenIssuer),
        TokenError::WrongAudience => ("token-invalid", Reason::TokenAudience),
        TokenError::WrongClient => ("token-invalid", Reason::TokenClient),
        TokenError::IssuerSilent => {
            let mut failure = unavailable().because(Reason::IssuerSilent);
            failure.retry_after = Some(RETRY_AFTER_SECONDS);
            return failure;
        }
    };
    refused(key, reason)
}
