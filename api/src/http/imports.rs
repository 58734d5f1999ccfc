//! The report of an import as a file, for who may see it.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};

use super::exchange::Exchange;
use super::failure::Failure;
use super::identity::identify;
use crate::app::App;
use crate::bulk;
use crate::graphql::error::ErrorCode;
use crate::id::{GlobalId, Kind};
use crate::viewer::Scope;

/// Answers the report of an import.
pub async fn report(
    request: HttpRequest,
    id: web::Path<String>,
    app: web::Data<App>,
) -> HttpResponse {
    let (exchange, opened) = Exchange::open_plain(&request, app);
    let answered = async {
        opened?;
        serve(&exchange, &request, &id).await
    };
    answered
        .await
        .unwrap_or_else(|failure| exchange.refuse(&failure))
}

async fn serve(
    exchange: &Exchange,
    request: &HttpRequest,
    id: &str,
) -> Result<HttpResponse, Failure> {
    let app = &exchange.app;
    let missing =
        || Failure::http(StatusCode::NOT_FOUND, "no-such-import").coded(ErrorCode::NotFound);
    let viewer = identify(request, app).await?;
    let scope = Scope::at(viewer, &app.clock);
    let id = GlobalId::parse_as(Kind::Import, id).map_err(|_| missing())?;
    let found = bulk::report(app, scope, id, exchange.language).await;
    let found = found.map_err(|error| {
        tracing::error!(%error, "the report of an import could not be read");
        Failure::http(StatusCode::SERVICE_UNAVAILABLE, "unavailable").coded(ErrorCode::Unavailable)
    })?;
    let report = found.ok_or_else(missing)?;
    let parts = futures::stream::try_unfold(report, |mut report| async move {
        let part = report.next().await.map_err(std::io::Error::other)?;
        Ok::<_, std::io::Error>(part.map(|part| (web::Bytes::from(part), report)))
    });
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/csv; charset=utf-8"))
        .insert_header((
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"report.csv\"",
        ))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::CACHE_CONTROL, "private, no-cache"))
        .insert_header((header::VARY, "Authorization, Accept-Language"))
        .streaming(parts))
}
