//! Bodies of requests, counted while they come in.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, web};
use futures::StreamExt as _;

use super::failure::Failure;
use super::media;
use crate::graphql::error::ErrorCode;
use crate::settings::Settings;

/// Reads the body of a request: JSON, not encoded, within the bytes and the time of the
/// settings.
pub async fn read(
    request: &HttpRequest,
    mut payload: web::Payload,
    settings: &Settings,
) -> Result<Vec<u8>, Failure> {
    let most = settings.limits.body_bytes;
    check_headers(request, most)?;
    let reading = async {
        let mut body = Vec::new();
        while let Some(chunk) = payload.next().await {
            let chunk = chunk
                .map_err(|_| Failure::http(StatusCode::BAD_REQUEST, "body-incomplete").closing())?;
            if body.len() + chunk.len() > most {
                return Err(too_large(most));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    };
    match tokio::time::timeout(settings.body_timeout, reading).await {
        Ok(body) => body,
        Err(_) => Err(Failure::http(StatusCode::REQUEST_TIMEOUT, "body-too-slow")
            .coded(ErrorCode::Timeout)
            .closing()),
    }
}

fn check_headers(request: &HttpRequest, most: usize) -> Result<(), Failure> {
    let header = |name| {
        request
            .headers()
            .get(name)
            .and_then(|value| value.to_str().ok())
    };
    let unsupported = |key| Failure::http(StatusCode::UNSUPPORTED_MEDIA_TYPE, key).closing();
    if !header(header::CONTENT_TYPE).is_some_and(media::is_json) {
        return Err(unsupported("content-type-unsupported"));
    }
    if request.headers().contains_key(header::CONTENT_ENCODING)
        && header(header::CONTENT_ENCODING) != Some("identity")
    {
        return Err(unsupported("content-encoding-unsupported"));
    }
    let announced = header(header::CONTENT_LENGTH).and_then(|length| length.parse::<usize>().ok());
    if announced.is_some_and(|length| length > most) {
        return Err(too_large(most));
    }
    Ok(())
}

fn too_large(most: usize) -> Failure {
    let mut failure = Failure::http(StatusCode::PAYLOAD_TOO_LARGE, "body-too-large").closing();
    failure.refusal = failure.refusal.naming("most", &most.to_string());
    failure
}
