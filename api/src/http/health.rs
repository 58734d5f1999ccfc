//! Whether the server lives, whether it can serve, and its figures.

use std::time::Duration;

use actix_web::http::header;
use actix_web::{HttpResponse, HttpResponseBuilder, web};

use crate::app::App;
use crate::command::pending_migrations;

/// Time that the database has to answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// The process answers.
pub async fn live() -> HttpResponse {
    text(HttpResponse::Ok()).body("live\n")
}

/// The database answers and has every migration.
pub async fn ready(app: web::Data<App>) -> HttpResponse {
    match tokio::time::timeout(PATIENCE, pending_migrations(&app.database)).await {
        Ok(Ok(pending)) if pending.is_empty() => text(HttpResponse::Ok()).body("ready\n"),
        Ok(Ok(pending)) => text(HttpResponse::ServiceUnavailable())
            .body(format!("pending migrations: {}\n", pending.join(", "))),
        Ok(Err(error)) => {
            tracing::error!(%error, "the database does not answer");
            no_database()
        }
        Err(_) => {
            tracing::error!("the database does not answer in time");
            no_database()
        }
    }
}

/// The figures of the server, for Prometheus.
pub async fn metrics(app: web::Data<App>) -> HttpResponse {
    let kept = app.readers.as_ref().map_or(0, |readers| readers.kept());
    app.metrics.observe_pool(&app.database, kept);
    match app.metrics.text() {
        Ok(figures) => HttpResponse::Ok()
            .content_type("text/plain; version=0.0.4; charset=utf-8")
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .body(figures),
        Err(error) => {
            tracing::error!(%error, "the metrics cannot be written");
            HttpResponse::InternalServerError().finish()
        }
    }
}

fn no_database() -> HttpResponse {
    text(HttpResponse::ServiceUnavailable()).body("the database does not answer\n")
}

fn text(mut response: HttpResponseBuilder) -> HttpResponseBuilder {
    response
        .content_type("text/plain; charset=utf-8")
        .insert_header((header::CACHE_CONTROL, "no-store"));
    response
}
