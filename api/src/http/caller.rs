//! From where a request comes, besides who it proves to come from.

use actix_web::HttpRequest;
use actix_web::http::header::{self, HeaderMap, HeaderName};

use crate::accounts::{Caller, Cookie, REFRESH_COOKIE, is_own_page};
use crate::auth::secrets::Secret;
use crate::rate::Client;
use crate::settings::Settings;

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// From where `request`, which `client` sent, comes.
pub fn caller(request: &HttpRequest, client: Client, settings: &Settings) -> Caller {
    let headers = request.headers();
    let agent = headers.get(header::USER_AGENT);
    let agent = agent.and_then(|value| value.to_str().ok());
    Caller::new(client, agent, cookie(headers, settings))
}

fn cookie(headers: &HeaderMap, settings: &Settings) -> Cookie {
    let mut tokens = headers
        .get_all(header::COOKIE)
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(name, token)| *name == REFRESH_COOKIE && !token.is_empty())
        .map(|(_, token)| token);
    let Some(token) = tokens.next() else {
        return Cookie::None;
    };
    // Of two, one was put there by somebody else.
    if tokens.next().is_some() || !comes_from_own_page(headers, settings) {
        return Cookie::Foreign;
    }
    Cookie::Token(Secret::from(token.to_owned()))
}

fn comes_from_own_page(headers: &HeaderMap, settings: &Settings) -> bool {
    // A header that comes twice or is no text is that of no page of ours.
    let one = |name: HeaderName| {
        let mut values = headers.get_all(name);
        match (values.next(), values.next()) {
            (None, _) => None,
            (Some(value), None) => Some(value.to_str().unwrap_or("null")),
            (Some(_), Some(_)) => Some("null"),
        }
    };
    is_own_page(settings, one(header::ORIGIN), one(FETCH_SITE))
}
