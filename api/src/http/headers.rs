//! Headers that every answer has, and what the rest of the Web may read.

use actix_cors::Cors;
use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::middleware::DefaultHeaders;

use crate::settings::Settings;

/// An answer that is not a page may load nothing.
const POLICY: &str = "default-src 'none'; frame-ancestors 'none'";

/// Seconds for which browsers keep what they learnt of us.
const PREFLIGHT_SECONDS: usize = 86_400;
const HTTPS_ONLY: &str = "max-age=31536000";

/// Headers that an answer has unless it has its own.
pub fn protection(settings: &Settings) -> DefaultHeaders {
    let headers = DefaultHeaders::new()
        .add((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .add((header::CONTENT_SECURITY_POLICY, POLICY))
        .add((header::REFERRER_POLICY, "same-origin"));
    let public_url = settings.public_url.as_deref().unwrap_or_default();
    if public_url.starts_with("https://") {
        headers.add((header::STRICT_TRANSPORT_SECURITY, HTTPS_ONLY))
    } else {
        headers
    }
}

/// Any page may read us, without credentials.
pub fn cors() -> Cors {
    Cors::default()
        .allow_any_origin()
        .send_wildcard()
        .allowed_methods(["GET", "HEAD", "POST"])
        .allowed_headers([
            "accept",
            "accept-language",
            "authorization",
            "content-type",
            "if-none-match",
            "if-range",
            "range",
            "x-request-id",
        ])
        .expose_headers([
            "accept-ranges",
            "content-disposition",
            "content-range",
            "etag",
            "retry-after",
            "x-ratelimit-cost",
            "x-ratelimit-limit",
            "x-ratelimit-remaining",
            "x-ratelimit-reset",
            "x-request-id",
        ])
        .max_age(PREFLIGHT_SECONDS)
}

/// The answer where there is nothing.
pub async fn not_found() -> HttpResponse {
    HttpResponse::NotFound()
        .content_type("text/plain; charset=utf-8")
        .body("not found\n")
}
