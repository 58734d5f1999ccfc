//! What may be uploaded, and what becomes of it.

use std::time::Duration;

use anyhow::{Context as _, ensure};
use entity::file;
use entity::values::Role;
use image::{GenericImageView as _, ImageFormat};
use sea_orm::{EntityTrait as _, PaginatorTrait as _};
use serde_json::Value;
use tests::{Backend, Outcome, Server, cases, eventually};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::samples::{
    PLANTED, image, jpeg_with_exif, office_open, open_document, pdf, png_header, zip,
};
use super::{get, send, uploaded};

cases![
    each_accepted_type_is_kept,
    other_types_are_refused_whatever_their_name,
    images_are_kept_without_what_came_with_them,
    what_is_too_large_is_refused,
    an_upload_that_breaks_off_leaves_nothing,
    who_may_not_upload_is_told_so
];

const ODF: &str = "application/vnd.oasis.opendocument";
const OOXML: &str = "application/vnd.openxmlformats-officedocument";

async fn rows(server: &Server) -> anyhow::Result<u64> {
    Ok(file::Entity::find().count(&server.app.database).await?)
}

async fn each_accepted_type_is_kept(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    let who = server.account(Role::ProjectHolder, None).await?;
    let mut samples = vec![
        ("plan.pdf", pdf("plan"), "application/pdf", "plan.pdf"),
        (
            "a.jpg",
            image(8, 8, ImageFormat::Jpeg),
            "image/jpeg",
            "a.jpg",
        ),
        ("a.png", image(8, 8, ImageFormat::Png), "image/png", "a.png"),
        (
            "a.webp",
            image(8, 8, ImageFormat::WebP),
            "image/jpeg",
            "a.jpg",
        ),
        ("a.gif", image(8, 8, ImageFormat::Gif), "image/png", "a.png"),
    ];
    let office: Vec<(String, String, Vec<u8>)> = [
        ("odt", "text"),
        ("ods", "spreadsheet"),
        ("odp", "presentation"),
    ]
    .into_iter()
    .map(|(ending, kind)| {
        let media_type = format!("{ODF}.{kind}");
        let bytes = open_document(&media_type);
        (format!("a.{ending}"), media_type, bytes)
    })
    .chain(
        [
            ("docx", "wordprocessingml.document", "word/document.xml"),
            ("xlsx", "spreadsheetml.sheet", "xl/workbook.xml"),
            (
                "pptx",
                "presentationml.presentation",
                "ppt/presentation.xml",
            ),
        ]
        .into_iter()
        .map(|(ending, kind, main)| {
            let media_type = format!("{OOXML}.{kind}");
            let bytes = office_open(&media_type, main);
            (format!("a.{ending}"), media_type, bytes)
        }),
    )
    .collect();
    samples.extend(office.iter().map(|(name, media_type, bytes)| {
        (
            name.as_str(),
            bytes.clone(),
            media_type.as_str(),
            name.as_str(),
        )
    }));
    for (name, bytes, media_type, shown) in samples {
        let body = uploaded(&server, &who, name, bytes.clone()).await?;
        ensure!(body["name"] == shown, "{name}: {body}");
        ensure!(body["mediaType"] == media_type, "{name}: {body}");
        let id = body["id"].as_str().unwrap_or_default();
        ensure!(id.starts_with("file_"), "{body}");
        let answer = get(&server, &body["url"], Some(&who.token)).send().await?;
        ensure!(answer.status() == 200, "{name}: {answer:?}");
        let header = |name: &str| {
            answer.headers()[name]
                .to_str()
                .unwrap_or_default()
                .to_owned()
        };
        ensure!(header("content-type") == media_type, "{answer:?}");
        ensure!(header("x-content-type-options") == "nosniff", "{answer:?}");
        ensure!(
            header("content-security-policy") == "sandbox; default-src 'none'",
            "{answer:?}"
        );
        let is_shown = media_type.starts_with("image/") || media_type == "application/pdf";
        let disposition = if is_shown { "inline" } else { "attachment" };
        ensure!(
            header("content-disposition")
                == format!("{disposition}; filename=\"{shown}\"; filename*=UTF-8''{shown}"),
            "{answer:?}"
        );
        ensure!(header("cache-control") == "private, no-cache", "{answer:?}");
        let read = answer.bytes().await?;
        ensure!(body["byteSize"] == read.len(), "{body}");
        if !media_type.starts_with("image/") {
            ensure!(read == bytes, "{name} is not as it was sent");
        }
    }
    server.stop().await
}

async fn other_types_are_refused_whatever_their_name(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    let who = server.account(Role::ProjectHolder, None).await?;
    let macros = zip(&[
        (
            "[Content_Types].xml",
            "<Types><Override ContentType=\"application/vnd.ms-word.document.macroEnabled.main+xml\"/></Types>",
        ),
        ("word/document.xml", "<main/>"),
    ]);
    let refused: [(&str, Vec<u8>); 11] = [
        (
            "page.html",
            b"<!DOCTYPE html><html><script>1</script></html>".to_vec(),
        ),
        ("page.pdf", b"<html><body>%PDF-1.7</body></html>".to_vec()),
        (
            "drawing.svg",
            b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>".to_vec(),
        ),
        ("drawing.png", b"<?xml version=\"1.0\"?><svg/>".to_vec()),
        (
            "program.exe",
            b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff".to_vec(),
        ),
        (
            "photo.jpg",
            b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff".to_vec(),
        ),
        ("files.zip", zip(&[("a.txt", "a")])),
        (
            "report.docx",
            zip(&[("a.txt", "a"), ("word/document.xml", "<main/>")]),
        ),
        ("report.docm", macros),
        ("huge.png", png_header(60_000, 60_000)),
        (
            "broken.jpg",
            image(64, 64, ImageFormat::Jpeg)[..40].to_vec(),
        ),
    ];
    for (name, bytes) in refused {
        let (status, body) = send(&server, &who, name, bytes).await?;
        ensure!(status == 415, "{name}: {status} {body}");
        let error = &body["errors"][0];
        ensure!(error["extensions"]["code"] == "BAD_INPUT", "{name}: {body}");
        ensure!(error["message"].is_string(), "{name}: {body}");
    }
    let (status, body) = send(&server, &who, "nothing.pdf", Vec::new()).await?;
    ensure!(status == 400, "{status} {body}");
    ensure!(rows(&server).await? == 0 && server.kept_files()?.is_empty());
    server.stop().await
}

async fn images_are_kept_without_what_came_with_them(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    let who = server.account(Role::ProjectHolder, None).await?;
    let sent = jpeg_with_exif(1000, 500);
    let holds = |bytes: &[u8], text: &str| {
        bytes
            .windows(text.len())
            .any(|part| part == text.as_bytes())
    };
    ensure!(holds(&sent, PLANTED));
    let body = uploaded(&server, &who, "photo.jpg", sent).await?;
    let kept = server.kept_files()?;
    // Upright it is 500 wide: itself, and one size for the web.
    ensure!(kept.len() == 2, "{:?}", kept.keys());
    for (name, bytes) in &kept {
        ensure!(!holds(bytes, PLANTED) && !holds(bytes, "Exif"), "{name}");
        let decoded = image::load_from_memory(bytes)?;
        let width = if name.ends_with("320") { 320 } else { 500 };
        ensure!(
            decoded.dimensions() == (width, width * 2),
            "{name}: {:?}",
            decoded.dimensions()
        );
        // What was left is above.
        let above = decoded.get_pixel(width / 2, 10);
        let below = decoded.get_pixel(width / 2, width * 2 - 10);
        ensure!(above[0] > 200 && below[2] > 200, "{above:?} {below:?}");
    }
    for (asked, width) in [
        ("?width=100", 320),
        ("?width=320", 320),
        ("?width=321", 500),
        ("", 500),
    ] {
        let url = format!("{}{asked}", body["url"].as_str().unwrap_or_default());
        let answer = get(&server, &Value::from(url), Some(&who.token))
            .send()
            .await?;
        let bytes = answer.bytes().await?;
        ensure!(image::load_from_memory(&bytes)?.width() == width, "{asked}");
    }
    server.stop().await
}

/// Sends `head` and `body` as they are, and answers what comes back.
async fn raw(server: &Server, head: &str, body: &[u8]) -> anyhow::Result<String> {
    let address = server.url.strip_prefix("http://").context("an address")?;
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(head.as_bytes()).await?;
    // The server may hang up before it has read all.
    let _ = stream.write_all(body).await;
    let mut answer = vec![0; 4096];
    let reading = stream.read(&mut answer);
    let length = tokio::time::timeout(Duration::from_secs(10), reading).await??;
    Ok(String::from_utf8_lossy(&answer[..length]).into_owned())
}

async fn what_is_too_large_is_refused(backend: Backend) -> Outcome {
    let settings = [("FILE_LIMIT_BYTES", "4096")];
    let server = Server::start(backend, &settings, false, maillage::clock::Clock::system()).await?;
    let who = server.account(Role::ProjectHolder, None).await?;
    let token = &who.token;
    let head = format!(
        "POST /files?name=a.pdf HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\n"
    );
    // Announced, it is refused before a byte of it is read.
    let answer = raw(&server, &format!("{head}content-length: 4097\r\n\r\n"), b"").await?;
    ensure!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    let mut chunked = b"1001\r\n".to_vec();
    chunked.extend(vec![b'a'; 0x1001]);
    chunked.extend(b"\r\n");
    let head = format!("{head}transfer-encoding: chunked\r\n\r\n");
    let answer = raw(&server, &head, &chunked).await?;
    ensure!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    let mut largest = pdf("large");
    largest.resize(4096, b' ');
    uploaded(&server, &who, "a.pdf", largest).await?;
    ensure!(rows(&server).await? == 1 && server.kept_files()?.len() == 1);
    server.stop().await
}

async fn an_upload_that_breaks_off_leaves_nothing(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    let who = server.account(Role::ProjectHolder, None).await?;
    let address = server.url.strip_prefix("http://").context("an address")?;
    for framing in ["content-length: 100000", "transfer-encoding: chunked"] {
        let mut stream = TcpStream::connect(address).await?;
        let head = format!(
            "POST /files HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {}\r\n{framing}\r\n\r\n",
            who.token
        );
        stream.write_all(head.as_bytes()).await?;
        stream.write_all(b"64\r\n%PDF-1.7\n").await?;
        stream.flush().await?;
        tokio::time::sleep(Duration::from_millis(200)).await;
        drop(stream);
    }
    // The places of both are free again.
    let account = who.account;
    eventually("the uploads still have their places", async || {
        let slots: Vec<_> = (0..4)
            .map(|_| server.app.files.bounds.begin(account))
            .collect();
        Ok(slots.iter().all(Option::is_some))
    })
    .await?;
    ensure!(rows(&server).await? == 0 && server.kept_files()?.is_empty());
    server.stop().await
}

async fn who_may_not_upload_is_told_so(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    let url = format!("{}/files?name=a.pdf", server.url);
    let answer = server.client.post(&url).body(pdf("a")).send().await?;
    ensure!(answer.status() == 401, "{answer:?}");
    let body: Value = answer.json().await?;
    ensure!(
        body["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED",
        "{body}"
    );
    let program = server.account(Role::ApiClient, None).await?;
    let (status, body) = send(&server, &program, "a.pdf", pdf("a")).await?;
    ensure!(status == 403, "{status} {body}");
    ensure!(rows(&server).await? == 0);
    server.stop().await
}
