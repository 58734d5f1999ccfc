//! One line of the log and one count for each request, under an identifier that the client
//! gave or gets.

use std::time::Instant;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, web};
use tracing::Instrument as _;

use crate::app::App;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const LONGEST_ID: usize = 64;

/// Logs and counts a request. The line tells nothing of what was asked or by whom.
pub async fn observe(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let begun = Instant::now();
    let Some(app) = request.app_data::<web::Data<App>>().cloned() else {
        return next.call(request).await;
    };
    let id = request
        .headers()
        .get(&REQUEST_ID)
        .filter(|id| is_id(id))
        .cloned()
        .unwrap_or_else(|| new_id(&app));
    let method = request.method().clone();
    let route = request.match_pattern().unwrap_or_default();
    let span = tracing::info_span!("request", request_id = id.to_str().unwrap_or_default());
    let result = next.call(request).instrument(span.clone()).await;
    let status = match &result {
        Ok(response) => response.status(),
        Err(error) => error.as_response_error().status_code(),
    };
    app.metrics
        .requests
        .with_label_values(&[route.as_str(), status.as_str()])
        .inc();
    span.in_scope(|| {
        tracing::info!(
            target: "maillage::access",
            method = method.as_str(),
            route,
            status = status.as_u16(),
            duration_ms = begun.elapsed().as_secs_f64() * 1000.0,
            "answered"
        );
    });
    result.map(|mut response| {
        response.headers_mut().insert(REQUEST_ID, id);
        response
    })
}

/// What an identifier may be made of, so that it cannot forge lines of a log.
fn is_id(id: &HeaderValue) -> bool {
    let id = id.as_bytes();
    (1..=LONGEST_ID).contains(&id.len())
        && id
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
}

fn new_id(app: &App) -> HeaderValue {
    let id = app.clock.new_id().simple().to_string();
    HeaderValue::from_str(&id).unwrap_or(HeaderValue::from_static("none"))
}
