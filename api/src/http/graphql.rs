//! GraphQL over HTTP: a request in, an operation executed, an answer out.

use std::sync::Arc;
use std::time::Instant;

use actix_web::http::header::HeaderName;
use actix_web::http::{Method, StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use async_graphql::parser::types::{ExecutableDocument, OperationType};
use async_graphql::parser::{self, parse_query};
use async_graphql::{Request, Response, ServerError, Value, Variables};

use super::exchange::Exchange;
use super::failure::Failure;
use super::parameters::{self, Parameters};
use super::{answer, body, graphiql, media};
use crate::app::App;
use crate::graphql::Schema;
use crate::graphql::error::ErrorCode;
use crate::graphql::limits::{Expanded, Refusal, Spending, check_variables, expand, scan};
use crate::settings::Limits;
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
    schema: web::Data<Schema>,
) -> HttpResponse {
    let (exchange, opened) = Exchange::open(&request, app);
    let answered = async {
        opened?;
        let body = body::read(&request, payload, &exchange.app.settings).await?;
        let parameters = Parameters::from_body(&body)?;
        execute(&exchange, &schema, parameters, Method::POST).await
    };
    answered
        .await
        .unwrap_or_else(|failure| exchange.refuse(&failure))
}

/// Answers a query sent by GET, or shows GraphiQL to who has none.
pub async fn get(
    request: HttpRequest,
    app: web::Data<App>,
    schema: web::Data<Schema>,
) -> HttpResponse {
    let accept = request.headers().get(header::ACCEPT);
    let accept = accept.and_then(|value| value.to_str().ok());
    if media::accepts_html(accept) && !parameters::has_query(request.query_string()) {
        return graphiql::page();
    }
    let (exchange, opened) = Exchange::open(&request, app);
    let answered = async {
        opened?;
        let parameters = Parameters::from_query_string(request.query_string())?;
        execute(&exchange, &schema, parameters, Method::GET).await
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
    schema: &Schema,
    parameters: Parameters,
    method: Method,
) -> Result<HttpResponse, Failure> {
    let app = Arc::clone(&exchange.app);
    let begun = Instant::now();
    let operation = read(&parameters, &app.settings.limits)?;
    let kind = operation.kind;
    if method == Method::GET && kind != OperationType::Query {
        return Err(Failure::only(Method::POST, "get-is-for-queries"));
    }
    check_required(&operation.document, &parameters)?;
    let variables = Variables::from_json(parameters.variables.into());
    let spending = Arc::new(Spending::new(
        exchange.client,
        operation.shape,
        operation
            .shape
            .typename
            .then(|| (operation.document.clone(), variables.clone())),
    ));
    let mut request = Request::new("").variables(variables);
    request.operation_name = parameters.operation_name;
    request.set_parsed_query(operation.document);
    let request = crate::graphql::prepare(
        request,
        Arc::clone(&app),
        Viewer::Visitor,
        exchange.language,
    )
    .data(Arc::clone(&spending));
    let time = app.settings.operation_timeout;
    let executed = tokio::time::timeout(time, schema.execute(request)).await;
    app.metrics
        .operations
        .with_label_values(&[label(kind)])
        .observe(begun.elapsed().as_secs_f64());
    let mut answer = match executed {
        Ok(response) => answered(exchange, &spending, kind, response),
        Err(_) => exchange.refuse(&too_slow()),
    };
    tell_spending(&mut answer, &spending);
    Ok(answer)
}

/// The operation that the parameters ask, its size within bounds.
fn read(parameters: &Parameters, limits: &Limits) -> Result<Expanded, Refusal> {
    check_variables(&parameters.variables, limits)?;
    scan(&parameters.query, limits)?;
    let document = parse_query(&parameters.query).map_err(|error| not_graphql(&error))?;
    expand(document, parameters.operation_name.as_deref(), limits)
}

fn not_graphql(error: &parser::Error) -> Refusal {
    let message = error.to_string();
    let refusal = Refusal::invalid("not-graphql").naming("reason", answer::syntax_reason(&message));
    match error.positions().next() {
        Some(position) => refusal.at(position),
        None => refusal,
    }
}

/// A variable that must have a value and has none is an error of the request, whatever
/// becomes of it in the operation.
fn check_required(document: &ExecutableDocument, parameters: &Parameters) -> Result<(), Refusal> {
    for (_, operation) in document.operations.iter() {
        for variable in &operation.node.variable_definitions {
            let name = variable.node.name.node.as_str();
            let required =
                !variable.node.var_type.node.nullable && variable.node.default_value.is_none();
            let given = parameters.variables.get(name);
            if required && given.is_none_or(serde_json::Value::is_null) {
                return Err(Refusal::invalid("variable-missing")
                    .naming("name", name)
                    .at(variable.pos));
            }
        }
    }
    Ok(())
}

fn answered(
    exchange: &Exchange,
    spending: &Spending,
    kind: OperationType,
    response: Response,
) -> HttpResponse {
    let executed = spending.executed();
    let mut errors = response.errors;
    errors.append(&mut spending.take_errors());
    let errors = answer::presentable(errors, executed, &exchange.app.clock, exchange.language);
    let codes: Vec<&str> = errors.iter().filter_map(answer::code_of).collect();
    let has = |code: ErrorCode| codes.contains(&code.as_str());
    // A query that the database had no time for is asked again as a whole; a change may
    // have been made, and says what became of it.
    if has(ErrorCode::RateLimited) && !executed {
        let wait = spending
            .standing()
            .map_or(1, |standing| standing.wait_seconds);
        return unanswered(exchange, StatusCode::TOO_MANY_REQUESTS, Some(wait), errors);
    }
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
    if executed {
        let mut builder = exchange.builder(StatusCode::OK);
        builder.body(answer::body(Some(&response.data), &errors))
    } else {
        let mut builder = exchange.builder(exchange.invalid());
        builder.body(answer::body(None, &errors))
    }
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
