//! The public keys by which other programs can verify access tokens.

use actix_web::http::header;
use actix_web::{HttpResponse, web};

use crate::app::App;

/// The keys as a JSON Web Key Set (RFC 7517), which may be kept for a minute.
pub async fn keys(app: web::Data<App>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("application/jwk-set+json")
        .insert_header((header::CACHE_CONTROL, "public, max-age=60"))
        .body(app.auth.tokens.public_keys().to_string())
}
