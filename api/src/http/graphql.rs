//! GraphQL over HTTP: a request in, an operation executed, an answer out.

use std::sync::Arc;
use std::time::Instant;

use actix_web::http::header::HeaderName;
use actix_web::http::{Method, StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use async_graphql::parser::types::OperationType;
use async_graphql::{Request, Response, ServerError, Value};

use super::caller::caller;
use super::exchange::Exchange;
use super::failure::Failure;
use super::identity::identify;
use super::operation::{Operation, Operations, Unread};
use super::parameters::{self, Parameters};
use super::{answer, body, graphiql, media};
use crate::app::App;
use crate::graphql::error::{ErrorCode, Fault};
use crate::graphql::limits::{Spending, admit};
use crate::viewer::Viewer;

/// Seconds after which to come back when the database has no connection for a request.
const RETRY_AFTER_SECONDS: u64 = 2;

const COST: HeaderName = HeaderName::from_static("x-ratelimit-cost");
const LIMIT: HeaderName = HeaderName::from_static("x-ratelimit-limit");
const REMAINING: HeaderName = HeaderName::from_static("x-ratelimit-remaining");
const RESET: HeaderName = HeaderName::from_static("x-ratelimit-reset");

/// Answers an operation sent by POST.
pub async fn post(
    request: HttpRequest,
    payload: web::Payload,
    app: web::Data<App>,
    operations: web::Data<Operations>,
) -> HttpResponse {
    let (exchange, opened) = Exchange::open(&request, app);
    let answered = async {
        opened?;
        let viewer = identify(&request, &exchange.app).await?;
        let body = body::read(&request, payload, &exchange.app.settings).await?;
        let parameters = Parameters::from_body(&body)?;
        execute(&exchange, &request, viewer, &operations, parameters).await
    };
    answered
        .await
        .unwrap_or_else(|failure| exchange.refuse(&failure))
}

/// Answers a query sent by GET, or shows GraphiQL to who has none.
pub async fn get(
    request: HttpRequest,
    app: web::Data<App>,
    operations: web::Data<Operations>,
) -> HttpResponse {
    let accept = request.headers().get(header::ACCEPT);
    let accept = accept.and_then(|value| value.to_str().ok());
    if media::accepts_html(accept) && !parameters::has_query(request.query_string()) {
        return graphiql::page();
    }
    let (exchange, opened) = Exchange::open(&request, app);
    let answered = async {
        opened?;
        let viewer = identify(&request, &exchange.app).await?;
        let parameters = Parameters::from_query_string(request.query_string())?;
        execute(&exchange, &request, viewer, &operations, parameters).await
    };
    answered
        .await
        .unwrap_or_else(|failure| exchange.refuse(&failure))
}

/// Refuses any other method.
pub async fn other(request: HttpRequest, app: web::Data<App>) -> HttpResponse {
    let (exchange, opened) = Exchange::open(&request, app);
    let failure = match opened {
        Ok(()) => Failure::only(Method::POST, "method-not-allowed").closing(),
        Err(failure) => failure,
    };
    let mut response = exchange.refuse(&failure);
    if failure.allow.is_some() {
        let methods = header::HeaderValue::from_static("GET, POST, OPTIONS");
        response.headers_mut().insert(header::ALLOW, methods);
    }
    response
}

async fn execute(
    exchange: &Exchange,
    sent: &HttpRequest,
    viewer: Viewer,
    operations: &Operations,
    parameters: Parameters,
) -> Result<HttpResponse, Failure> {
    let app = &exchange.app;
    let begun = Instant::now();
    let limits = &app.settings.limits;
    let operation = match operations.read(parameters, sent.method(), limits).await {
        Ok(operation) => operation,
        Err(Unread::Refused(failure)) => return Err(failure),
        Err(Unread::Invalid(errors)) => return Ok(invalid(exchange, errors)),
    };
    let spending = Arc::new(Spending::new(
        exchange.client.paying_for(viewer),
        operation.shape,
    ));
    let admitted = admit(app, exchange.language, &spending, operation.complexity);
    let mut answer = match admitted {
        Ok(()) => {
            let time = app.settings.operation_timeout;
            let changes = operation.kind != OperationType::Query;
            let caller = changes.then(|| caller(sent, exchange.client, &app.settings));
            let caller = caller.map(Arc::new);
            let executed = operations.executor.execute(operation.kind, || {
                let request = request(exchange, viewer, &operation).data(Arc::clone(&spending));
                match &caller {
                    Some(caller) => request.data(Arc::clone(caller)),
                    None => request,
                }
            });
            let executed = tokio::time::timeout(time, executed).await;
            app.metrics
                .operations
                .with_label_values(&[label(operation.kind)])
                .observe(begun.elapsed().as_secs_f64());
            match executed {
                Ok(response) => answered(exchange, viewer, operation.kind, response),
                Err(_) => exchange.refuse(&too_slow()),
            }
        }
        Err(fault) => refused(exchange, &spending, fault),
    };
    tell_spending(&mut answer, &spending);
    Ok(answer)
}

fn request(exchange: &Exchange, viewer: Viewer, operation: &Operation) -> Request {
    let mut request = Request::new("").variables(operation.variables.clone());
    request.set_parsed_query(operation.document.clone());
    crate::graphql::prepare(
        request,
        Arc::clone(&exchange.app),
        viewer,
        exchange.language,
        operation.kind != OperationType::Query,
    )
}

/// The answer to an operation that breaks rules of validation.
fn invalid(exchange: &Exchange, errors: Vec<ServerError>) -> HttpResponse {
    let errors = answer::presentable(errors, false, &exchange.app.clock, exchange.language);
    exchange.count(&errors.iter().collect::<Vec<_>>());
    let mut builder = exchange.builder(exchange.invalid());
    builder.body(answer::body(None, &errors))
}

/// The answer to an operation that costs too much, or more than its client has left.
fn refused(exchange: &Exchange, spending: &Spending, fault: Fault) -> HttpResponse {
    let errors = vec![ServerError::from(fault)];
    match spending.standing() {
        Some(standing) => {
            let wait = Some(standing.wait_seconds);
            unanswered(exchange, StatusCode::TOO_MANY_REQUESTS, wait, errors)
        }
        None => unanswered(exchange, exchange.invalid(), None, errors),
    }
}

fn answered(
    exchange: &Exchange,
    viewer: Viewer,
    kind: OperationType,
    response: Response,
) -> HttpResponse {
    let cookies = response.http_headers;
    let errors = response.errors;
    let errors = answer::presentable(errors, true, &exchange.app.clock, exchange.language);
    let codes: Vec<&str> = errors.iter().filter_map(answer::code_of).collect();
    let has = |code: ErrorCode| codes.contains(&code.as_str());
    // A query that the database had no time for is asked again as a whole; a change may
    // have been made, and says what became of it.
    if kind == OperationType::Query && has(ErrorCode::Unavailable) {
        let errors = only(errors, ErrorCode::Unavailable);
        let wait = Some(RETRY_AFTER_SECONDS);
        return unanswered(exchange, StatusCode::SERVICE_UNAVAILABLE, wait, errors);
    }
    if kind == OperationType::Query && has(ErrorCode::Timeout) {
        let errors = only(errors, ErrorCode::Timeout);
        return unanswered(exchange, StatusCode::GATEWAY_TIMEOUT, None, errors);
    }
    exchange.count(&errors.iter().collect::<Vec<_>>());
    let mut builder = exchange.builder(StatusCode::OK);
    if kind != OperationType::Query || viewer != Viewer::Visitor {
        // It may hold tokens, or what is known of somebody.
        builder.insert_header((header::CACHE_CONTROL, "no-store"));
    }
    for cookie in cookies.get_all(header::SET_COOKIE.as_str()) {
        builder.append_header((header::SET_COOKIE, cookie.as_bytes()));
    }
    builder.body(answer::body(Some(&response.data), &errors))
}

fn only(errors: Vec<ServerError>, code: ErrorCode) -> Vec<ServerError> {
    errors
        .into_iter()
        .filter(|error| answer::code_of(error) == Some(code.as_str()))
        .take(1)
        .map(|mut error| {
            error.path.clear();
            error
        })
        .collect()
}

fn unanswered(
    exchange: &Exchange,
    status: StatusCode,
    retry_after: Option<u64>,
    errors: Vec<ServerError>,
) -> HttpResponse {
    exchange.count(&errors.iter().collect::<Vec<_>>());
    let mut builder = exchange.builder(status);
    if let Some(seconds) = retry_after {
        builder.insert_header((header::RETRY_AFTER, seconds.to_string()));
    }
    builder.body(answer::body(None::<&Value>, &errors))
}

fn too_slow() -> Failure {
    Failure::http(StatusCode::GATEWAY_TIMEOUT, "timeout").coded(ErrorCode::Timeout)
}

fn tell_spending(response: &mut HttpResponse, spending: &Spending) {
    let headers = response.headers_mut();
    headers.insert(COST, header::HeaderValue::from(spending.cost()));
    if let Some(standing) = spending.standing() {
        headers.insert(LIMIT, standing.limit.into());
        headers.insert(REMAINING, standing.remaining.into());
        headers.insert(RESET, standing.reset_at.timestamp().into());
    }
}

fn label(kind: OperationType) -> &'static str {
    match kind {
        OperationType::Query => "query",
        OperationType::Mutation => "mutation",
        OperationType::Subscription => "subscription",
    }
}
