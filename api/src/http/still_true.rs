//! The page behind the link by which the owner of a content says that it is still true. What
//! follows links of e-mails to look for dangers sees the page, and presses no button.

use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};

use super::exchange::Exchange;
use crate::app::App;
use crate::freshness::{self, Confirmation};
use crate::i18n::Language;
use crate::mail::escape;

/// What the page may load and reach: nothing but itself.
const POLICY: &str = "default-src 'none'; form-action 'self'; base-uri 'none'; \
    frame-ancestors 'none'";

/// Shows what would be confirmed, and the button.
pub async fn get(
    request: HttpRequest,
    secret: web::Path<String>,
    app: web::Data<App>,
) -> HttpResponse {
    let (exchange, opened) = Exchange::open_plain(&request, app);
    if let Err(failure) = opened {
        return exchange.refuse(&failure);
    }
    answer(
        &exchange,
        freshness::find_link(&exchange.app, &secret).await,
    )
}

/// Confirms.
pub async fn post(
    request: HttpRequest,
    secret: web::Path<String>,
    app: web::Data<App>,
) -> HttpResponse {
    let (exchange, opened) = Exchange::open_plain(&request, app);
    if let Err(failure) = opened {
        return exchange.refuse(&failure);
    }
    let confirmed = freshness::confirm_by_link(&exchange.app, &secret).await;
    answer(&exchange, confirmed)
}

fn answer<E: std::error::Error>(
    exchange: &Exchange,
    found: Result<Option<Confirmation>, E>,
) -> HttpResponse {
    let language = exchange.language;
    match found {
        Ok(Some(confirmation)) => page(language, StatusCode::OK, Some(&confirmation)),
        Ok(None) => page(language, StatusCode::NOT_FOUND, None),
        Err(error) => {
            tracing::error!(%error, "a content could not be confirmed");
            HttpResponse::ServiceUnavailable().finish()
        }
    }
}

fn page(
    language: Language,
    status: StatusCode,
    confirmation: Option<&Confirmation>,
) -> HttpResponse {
    let message = |key| escape(&language.message(key, &[]));
    let (heading, body) = match confirmation {
        Some(found) => {
            let title = format!("<p><strong>{}</strong></p>", escape(&found.title));
            let rest = if found.done {
                format!("<p>{}</p>", message("still-true-done"))
            } else {
                format!(
                    "<p>{}</p><form method=\"post\"><button>{}</button></form>",
                    message("still-true-question"),
                    message("still-true-button")
                )
            };
            (message("still-true-heading"), title + &rest)
        }
        None => (
            message("still-true-gone"),
            format!("<p>{}</p>", message("still-true-gone-hint")),
        ),
    };
    let html = format!(
        "<!doctype html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"robots\" content=\"noindex\"><title>{heading}</title></head>\
         <body><main><h1>{heading}</h1>{body}</main></body></html>\n",
        language.code()
    );
    HttpResponse::build(status)
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::REFERRER_POLICY, "no-referrer"))
        .insert_header((header::VARY, "Accept-Language"))
        .insert_header((header::CONTENT_LANGUAGE, language.code()))
        .body(html)
}
