//! Files over HTTP: a body in, an identifier out; and the file again, for who may see it.

use actix_web::body::SizedStream;
use actix_web::http::header::{self, ContentEncoding, HeaderName};
use actix_web::http::{Method, StatusCode};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, rt, web};
use entity::file;
use entity::values::FileType;
use futures::{StreamExt as _, TryStreamExt as _};
use serde::Serialize;
use tokio::io::AsyncWriteExt as _;

use super::exchange::Exchange;
use super::failure::Failure;
use super::identity::identify;
use super::ranges::{Part, part};
use crate::app::App;
use crate::database::trouble;
use crate::files::{self, Purpose};
use crate::graphql::error::ErrorCode;
use crate::graphql::limits::Refusal;
use crate::id::{GlobalId, Kind};
use crate::permission::Denied;
use crate::problem::{Code, WriteError};
use crate::viewer::Scope;

/// Points of an upload: it takes time and room.
const POINTS: u32 = 100;

/// Seconds after which to come back when too many uploads come in.
const RETRY_AFTER_SECONDS: u64 = 5;

/// A file may load nothing, run nothing, and is of no origin.
const POLICY: &str = "sandbox; default-src 'none'";

/// What anybody may read is kept for five minutes; what it is attached to may be taken from
/// the public later.
const PUBLIC: &str = "public, max-age=300";
const PRIVATE: &str = "private, no-cache";

/// The answer to an upload.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Uploaded<'a> {
    id: String,
    name: &'a str,
    media_type: &'a str,
    byte_size: i64,
    url: String,
}

/// Keeps the body of a request as a file of who sends it.
pub async fn post(
    request: HttpRequest,
    payload: web::Payload,
    app: web::Data<App>,
) -> HttpResponse {
    let (exchange, opened) = Exchange::open_plain(&request, app);
    let answered = async {
        opened?;
        upload(&exchange, &request, payload).await
    };
    answered
        .await
        .unwrap_or_else(|failure| exchange.refuse(&failure))
}

async fn upload(
    exchange: &Exchange,
    request: &HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Failure> {
    let app = &exchange.app;
    let viewer = identify(request, app).await?;
    let purpose = purpose(request)?;
    let permit = files::may_upload(app, viewer, purpose).await;
    let permit = permit.map_err(|error| unwritten(app, error))?;
    let most = purpose.most_bytes(app.settings.files.most_bytes);
    check_headers(request, most)?;
    exchange.take_of(exchange.client.paying_for(viewer), POINTS)?;
    let slot = app.files.bounds.begin(permit.principal().account);
    let slot = slot.ok_or_else(busy)?;
    let name = argument(request, "name").unwrap_or_default();
    let receiving = receive(payload, most);
    let spool = tokio::time::timeout(app.settings.files.upload_timeout, receiving).await;
    let spool = spool.map_err(|_| {
        Failure::http(StatusCode::REQUEST_TIMEOUT, "body-too-slow")
            .coded(ErrorCode::Timeout)
            .closing()
    })??;
    // Once it is here, it is kept or refused as a whole, whether or not its sender waits.
    let kept = rt::spawn({
        let app = app.clone();
        async move {
            let _slot = slot;
            files::keep(&app, permit, purpose, name, spool).await
        }
    });
    let kept = kept
        .await
        .unwrap_or(Err(WriteError::Internal("an upload was given up")));
    let file = kept.map_err(|error| unwritten(app, error))?;
    let kind = Kind::File;
    Ok(exchange.builder(StatusCode::CREATED).json(Uploaded {
        id: GlobalId {
            kind,
            uuid: file.id,
        }
        .to_string(),
        name: &file.name,
        media_type: file.media_type.as_str(),
        byte_size: file.byte_size,
        url: files::address(&app.settings, &file),
    }))
}

/// What a file is uploaded for: to be a document, unless the address says otherwise.
fn purpose(request: &HttpRequest) -> Result<Purpose, Failure> {
    match argument(request, "purpose").as_deref() {
        None => Ok(Purpose::Document),
        Some("import") => Ok(Purpose::Import),
        Some(_) => Err(Failure::http(StatusCode::BAD_REQUEST, "purpose-unknown").closing()),
    }
}

fn check_headers(request: &HttpRequest, most: u64) -> Result<(), Failure> {
    let encoding = text(request, &header::CONTENT_ENCODING);
    if encoding.is_some_and(|encoding| encoding != "identity") {
        let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        return Err(Failure::http(status, "content-encoding-unsupported").closing());
    }
    let length = text(request, &header::CONTENT_LENGTH);
    let length = length.and_then(|length| length.parse::<u64>().ok());
    match length {
        Some(length) if length > most => Err(too_large(most)),
        _ => Ok(()),
    }
}

/// Receives a body into a file without a name, which is gone with the process.
async fn receive(mut payload: web::Payload, most: u64) -> Result<std::fs::File, Failure> {
    let spool = tokio::task::spawn_blocking(tempfile::tempfile).await;
    let spool = spool.map_err(std::io::Error::other).flatten();
    let unwritable = |error: std::io::Error| {
        tracing::error!(%error, "there is no room for an upload");
        busy()
    };
    let mut spool = tokio::fs::File::from_std(spool.map_err(unwritable)?);
    let mut received = 0_u64;
    while let Some(chunk) = payload.next().await {
        let chunk = chunk
            .map_err(|_| Failure::http(StatusCode::BAD_REQUEST, "body-incomplete").closing())?;
        received = received.saturating_add(u64::try_from(chunk.len()).unwrap_or(u64::MAX));
        if received > most {
            return Err(too_large(most));
        }
        spool.write_all(&chunk).await.map_err(unwritable)?;
    }
    if received == 0 {
        return Err(Failure::http(StatusCode::BAD_REQUEST, "file-empty"));
    }
    spool.flush().await.map_err(unwritable)?;
    Ok(spool.into_std().await)
}

/// Answers a file, or a part of it.
pub async fn get(request: HttpRequest, app: web::Data<App>) -> HttpResponse {
    let (exchange, opened) = Exchange::open_plain(&request, app);
    let answered = async {
        opened?;
        serve(&exchange, &request).await
    };
    answered
        .await
        .unwrap_or_else(|failure| exchange.refuse(&failure))
}

async fn serve(exchange: &Exchange, request: &HttpRequest) -> Result<HttpResponse, Failure> {
    let app = &exchange.app;
    let viewer = identify(request, app).await?;
    let scope = Scope::at(viewer, &app.clock);
    let missing =
        || Failure::http(StatusCode::NOT_FOUND, "no-such-file").coded(ErrorCode::NotFound);
    let id = request.match_info().get("id").unwrap_or_default();
    let id = GlobalId::parse_as(Kind::File, id).map_err(|_| missing())?;
    let found = files::readable(&app.database, scope, id).await;
    let found = found.map_err(|error| unwritten(app, error.into()))?;
    let found = found
        .filter(|found| names(request, &found.file))
        .ok_or_else(missing)?;
    let file = &found.file;
    let (width, size) = variant(file, argument(request, "width"));
    let tag = match width {
        Some(width) => format!("\"{}-{width}\"", file.sha256),
        None => format!("\"{}\"", file.sha256),
    };
    if text(request, &header::IF_NONE_MATCH).is_some_and(|tags| names_tag(tags, &tag)) {
        return Ok(headed(StatusCode::NOT_MODIFIED, &found, &tag).finish());
    }
    let range = text(request, &header::RANGE).filter(|_| {
        let condition = text(request, &header::IF_RANGE);
        condition.is_none_or(|condition| condition == tag)
    });
    let (status, range) = match part(range, size) {
        Part::Whole => (StatusCode::OK, 0..size),
        Part::Bytes(range) => (StatusCode::PARTIAL_CONTENT, range),
        Part::Outside => {
            let status = StatusCode::RANGE_NOT_SATISFIABLE;
            let mut refused = exchange.refuse(&Failure::http(status, "range-not-satisfiable"));
            let range = header::HeaderValue::try_from(format!("bytes */{size}"));
            if let Ok(range) = range {
                refused.headers_mut().insert(header::CONTENT_RANGE, range);
            }
            return Ok(refused);
        }
    };
    let mut response = headed(status, &found, &tag);
    if status == StatusCode::PARTIAL_CONTENT {
        let last = range.end.saturating_sub(1);
        let told = format!("bytes {}-{last}/{size}", range.start);
        response.insert_header((header::CONTENT_RANGE, told));
    }
    let length = range.end - range.start;
    if request.method() == Method::HEAD {
        let nothing = futures::stream::empty::<Result<web::Bytes, std::io::Error>>();
        return Ok(response.body(SizedStream::new(length, nothing)));
    }
    let bytes = app
        .files
        .storage
        .get(id, width, range)
        .await
        .map_err(|error| {
            tracing::error!(%error, "a file could not be read from its store");
            unavailable()
        })?;
    Ok(response.body(SizedStream::new(
        length,
        bytes.map_err(std::io::Error::other),
    )))
}

/// The headers of a file.
fn headed(status: StatusCode, found: &files::Readable, tag: &str) -> HttpResponseBuilder {
    let file = &found.file;
    let shown = match file.media_type {
        FileType::Pdf | FileType::Jpeg | FileType::Png => "inline",
        _ => "attachment",
    };
    let mut response = HttpResponse::build(status);
    response
        .insert_header((header::CONTENT_TYPE, file.media_type.as_str()))
        .insert_header((header::CONTENT_DISPOSITION, disposition(shown, &file.name)))
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((
            header::CACHE_CONTROL,
            if found.public { PUBLIC } else { PRIVATE },
        ))
        .insert_header((header::VARY, "Authorization"))
        .insert_header((header::ETAG, tag))
        .insert_header((header::ACCEPT_RANGES, "bytes"))
        // Parts are those of the bytes that are kept: they are not compressed.
        .insert_header(ContentEncoding::Identity);
    response
}

/// How a file is shown and called (RFC 6266).
fn disposition(shown: &str, name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|character| match character {
            '"' | '\\' | '%' => '_',
            character if character.is_ascii_graphic() || character == ' ' => character,
            _ => '_',
        })
        .collect();
    let encoded = files::percent_encoded(name);
    format!("{shown}; filename=\"{plain}\"; filename*=UTF-8''{encoded}")
}

/// Whether the path of a request ends with the name of the file: nobody else can call it so.
fn names(request: &HttpRequest, file: &file::Model) -> bool {
    request.match_info().get("name") == Some(file.name.as_str())
        || request.path() == files::url_path(file)
}

/// The picture that is wide enough for who asks for `width` pixels, and its size in bytes.
fn variant(file: &file::Model, width: Option<String>) -> (Option<u32>, u64) {
    let wished = width.and_then(|width| width.parse::<u64>().ok());
    let number = |of: &serde_json::Value, name: &str| of.get(name).and_then(|it| it.as_u64());
    let found = wished.and_then(|wished| {
        file.variants
            .as_array()?
            .iter()
            .filter_map(|one| Some((number(one, "width")?, number(one, "byteSize")?)))
            .filter(|(width, _)| *width >= wished)
            .min()
    });
    match found {
        Some((width, size)) => (u32::try_from(width).ok(), size),
        None => (None, u64::try_from(file.byte_size).unwrap_or_default()),
    }
}

/// Whether the value of `If-None-Match` names this tag.
fn names_tag(tags: &str, tag: &str) -> bool {
    tags.split(',')
        .map(|one| one.trim().trim_start_matches("W/"))
        .any(|one| one == "*" || one == tag)
}

fn text<'a>(request: &'a HttpRequest, name: &HeaderName) -> Option<&'a str> {
    request
        .headers()
        .get(name)
        .and_then(|value| value.to_str().ok())
}

fn argument(request: &HttpRequest, name: &str) -> Option<String> {
    web::Query::<Vec<(String, String)>>::from_query(request.query_string())
        .ok()?
        .into_inner()
        .into_iter()
        .find(|(key, _)| key == name)
        .map(|(_, value)| value)
}

fn too_large(most: u64) -> Failure {
    let mut failure = Failure::http(StatusCode::PAYLOAD_TOO_LARGE, "body-too-large").closing();
    failure.refusal = failure.refusal.naming("most", &most.to_string());
    failure
}

fn busy() -> Failure {
    let mut failure = Failure::http(StatusCode::SERVICE_UNAVAILABLE, "uploads-busy")
        .coded(ErrorCode::Unavailable)
        .closing();
    failure.retry_after = Some(RETRY_AFTER_SECONDS);
    failure
}

fn unavailable() -> Failure {
    Failure::http(StatusCode::SERVICE_UNAVAILABLE, "unavailable").coded(ErrorCode::Unavailable)
}

/// How HTTP tells why nothing was written or read.
fn unwritten(app: &App, error: WriteError) -> Failure {
    let failure = match error {
        WriteError::Problems(problems) => {
            let Some(problem) = problems.into_iter().next() else {
                return unavailable();
            };
            let (status, code) = match problem.code {
                Code::TooManyAttempts => (StatusCode::TOO_MANY_REQUESTS, ErrorCode::RateLimited),
                _ => (StatusCode::UNSUPPORTED_MEDIA_TYPE, ErrorCode::BadInput),
            };
            let mut failure = Failure::http(status, problem.key).coded(code);
            failure.refusal.arguments = problem.arguments;
            failure
        }
        WriteError::Denied(Denied::NotSignedIn) => {
            Failure::http(StatusCode::UNAUTHORIZED, "not-signed-in")
                .coded(ErrorCode::Unauthenticated)
        }
        WriteError::Denied(Denied::NotAllowed) => {
            Failure::http(StatusCode::FORBIDDEN, "not-allowed").coded(ErrorCode::Forbidden)
        }
        WriteError::Busy => unavailable(),
        WriteError::Database(error) if trouble(&error).is_some() => {
            tracing::warn!(%error, "the database has no time for a file");
            unavailable()
        }
        error => incident(app, &error),
    };
    failure.closing()
}

fn incident(app: &App, error: &WriteError) -> Failure {
    let incident = app.clock.new_id().simple().to_string();
    let chain = match error {
        WriteError::Database(cause) => format!("{error}: {cause}"),
        error => error.to_string(),
    };
    tracing::error!(incident, chain, "a request failed");
    let refusal = Refusal {
        code: ErrorCode::Internal,
        ..Refusal::invalid("internal").naming("incident", &incident)
    };
    Failure {
        status: Some(StatusCode::INTERNAL_SERVER_ERROR),
        ..Failure::from(refusal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_in_plain_and_in_full() {
        assert_eq!(
            disposition("inline", "Été \"2026\".pdf"),
            "inline; filename=\"_t_ _2026_.pdf\"; filename*=UTF-8''%C3%89t%C3%A9%20%222026%22.pdf"
        );
    }

    #[test]
    fn tags_are_compared_one_by_one() {
        assert!(names_tag("*", "\"a\""));
        assert!(names_tag("\"b\", W/\"a\"", "\"a\""));
        assert!(!names_tag("\"ab\"", "\"a\""));
    }
}
