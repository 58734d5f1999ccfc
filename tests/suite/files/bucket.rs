//! Files in a bucket, by the protocol of S3.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use actix_web::http::{Method, header};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, rt, web};
use anyhow::{Context as _, ensure};
use entity::values::Role;
use image::ImageFormat;
use maillage::clock::Clock;
use serde_json::{Value, json};
use tests::{Backend, Outcome, Server, cases};

use super::samples::image;
use super::{get, uploaded};

cases![files_are_kept_in_a_bucket];

/// What a store of objects holds, by their paths.
type Objects = Arc<Mutex<BTreeMap<String, Vec<u8>>>>;

/// As much of a store of objects as is asked of it: whole objects written, parts read, and
/// removed; only by who signs with the key.
async fn store(
    request: HttpRequest,
    body: web::Bytes,
    objects: web::Data<Objects>,
) -> HttpResponse {
    let header = |name| {
        let value = request.headers().get(name);
        value.and_then(|value: &header::HeaderValue| value.to_str().ok())
    };
    let signed = header(header::AUTHORIZATION)
        .is_some_and(|value| value.starts_with("AWS4-HMAC-SHA256 Credential=EXAMPLE/"));
    if !signed {
        return HttpResponse::Forbidden().finish();
    }
    let mut objects = objects.lock().unwrap_or_else(PoisonError::into_inner);
    let path = request.path().to_owned();
    match *request.method() {
        Method::PUT => {
            objects.insert(path, body.to_vec());
            HttpResponse::Ok()
                .insert_header((header::ETAG, "\"tag\""))
                .finish()
        }
        Method::GET => {
            let Some(object) = objects.get(&path) else {
                return HttpResponse::NotFound().finish();
            };
            let range = header(header::RANGE)
                .and_then(|range| range.strip_prefix("bytes="))
                .and_then(|range| range.split_once('-'))
                .and_then(|(first, last)| Some((first.parse().ok()?, last.parse().ok()?)));
            let (first, last): (usize, usize) = range.unwrap_or((0, object.len() - 1));
            HttpResponse::PartialContent()
                .insert_header((header::ETAG, "\"tag\""))
                .insert_header((header::LAST_MODIFIED, "Mon, 01 Jun 2026 08:00:00 GMT"))
                .insert_header((
                    header::CONTENT_RANGE,
                    format!("bytes {first}-{last}/{}", object.len()),
                ))
                .body(object[first..=last].to_vec())
        }
        Method::DELETE => {
            objects.remove(&path);
            HttpResponse::NoContent().finish()
        }
        _ => HttpResponse::MethodNotAllowed().finish(),
    }
}

async fn files_are_kept_in_a_bucket(backend: Backend) -> Outcome {
    let objects = Objects::default();
    let data = web::Data::new(Arc::clone(&objects));
    let bucket = HttpServer::new(move || {
        App::new()
            .app_data(data.clone())
            .default_service(web::to(store))
    })
    .workers(1)
    .bind("127.0.0.1:0")?;
    let address = bucket.addrs().first().copied().context("an address")?;
    let bucket = bucket.run();
    let handle = bucket.handle();
    rt::spawn(bucket);
    let endpoint = format!("http://{address}");
    let settings = [
        ("FILES_URL", "s3://files/maillage"),
        ("AWS_ENDPOINT_URL", endpoint.as_str()),
        ("AWS_ACCESS_KEY_ID", "EXAMPLE"),
        ("AWS_SECRET_ACCESS_KEY", "example"),
    ];
    let server = Server::start(backend, &settings, false, Clock::system()).await?;
    let who = server.account(Role::ProjectHolder, None).await?;
    let file = uploaded(&server, &who, "a.png", image(400, 100, ImageFormat::Png)).await?;
    let names = || -> Vec<String> {
        let objects = objects.lock().unwrap_or_else(PoisonError::into_inner);
        objects.keys().cloned().collect()
    };
    ensure!(
        names().len() == 2
            && names()
                .iter()
                .all(|name| name.starts_with("/files/maillage/")),
        "{:?}",
        names()
    );
    ensure!(server.kept_files()?.is_empty());
    let ask = || get(&server, &file["url"], Some(&who.token));
    let whole = ask().send().await?;
    ensure!(whole.status() == 200, "{whole:?}");
    let whole = whole.bytes().await?;
    ensure!(image::load_from_memory(&whole)?.width() == 400);
    let part = ask().header("range", "bytes=1-3").send().await?;
    ensure!(part.status() == 206, "{part:?}");
    ensure!(part.bytes().await? == b"PNG".as_slice());
    let query = format!(
        "mutation {{ fileDelete(input: {{id: {}}}) {{ errors {{ code }} }} }}",
        file["id"]
    );
    let answer = server.send_as(&who.token, &query, Value::Null).await?;
    ensure!(
        answer.body["data"]["fileDelete"]["errors"] == json!([]),
        "{}",
        answer.body
    );
    ensure!(names().is_empty(), "{:?}", names());
    handle.stop(false).await;
    // A store that is away is told as such, and nothing is kept of the upload.
    let (status, body) = super::send(&server, &who, "a.png", image(8, 8, ImageFormat::Png)).await?;
    ensure!(status == 503, "{status} {body}");
    server.stop().await
}
