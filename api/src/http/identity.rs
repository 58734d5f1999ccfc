//! Who sends a request, as its credentials prove.

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::http::header;

use super::failure::Failure;
use crate::accounts;
use crate::app::App;
use crate::auth::tokens::TokenError;
use crate::graphql::error::ErrorCode;
use crate::viewer::Viewer;

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
        return Err(refused("credentials-twice"));
    }
    let token = value
        .to_str()
        .ok()
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim())
        .ok_or_else(|| refused("credentials-malformed"))?;
    let principal = if accounts::is_api_key(token) {
        accounts::principal_of_key(&app.database, token).await
    } else {
        let claims = app
            .auth
            .tokens
            .verify(token)
            .map_err(|error| refused(key(error)))?;
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
        Ok(None) => Err(refused("session-ended")),
        Err(error) => {
            tracing::error!(%error, "the account of a request could not be read");
            let failure = Failure::http(StatusCode::SERVICE_UNAVAILABLE, "unavailable");
            Err(failure.coded(ErrorCode::Unavailable).closing())
        }
    }
}

fn refused(key: &'static str) -> Failure {
    Failure::http(StatusCode::UNAUTHORIZED, key)
        .coded(ErrorCode::Unauthenticated)
        .closing()
}

fn key(error: TokenError) -> &'static str {
    match error {
        TokenError::Expired => "token-expired",
        TokenError::NotYetValid => "token-not-yet-valid",
        TokenError::Malformed
        | TokenError::WrongAlgorithm
        | TokenError::WrongType
        | TokenError::UnknownKey
        | TokenError::BadSignature
        | TokenError::WrongIssuer
        | TokenError::WrongAudience => "token-invalid",
    }
}
