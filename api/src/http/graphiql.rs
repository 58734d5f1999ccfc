//! GraphiQL, from our own origin: it works where nothing else can be reached.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::Write as _;
use std::sync::LazyLock;

use actix_web::http::header::{self, ContentEncoding};
use actix_web::{HttpRequest, HttpResponse, web};
use flate2::Compression;
use flate2::write::GzEncoder;

const PAGE: &str = include_str!("../../assets/graphiql/page.html");
const WELCOME: &str = include_str!("../../assets/graphiql/welcome.graphql");

/// What the page may load and reach: its own origin alone. The editor writes styles.
const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; \
    style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; \
    connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

struct Asset {
    name: &'static str,
    content_type: &'static str,
    text: &'static str,
    compressed: LazyLock<Vec<u8>>,
}

macro_rules! asset {
    ($name:literal, $content_type:literal) => {{
        const TEXT: &str = include_str!(concat!("../../assets/graphiql/", $name));
        Asset {
            name: $name,
            content_type: $content_type,
            text: TEXT,
            compressed: LazyLock::new(|| gzip(TEXT)),
        }
    }};
}

static ASSETS: [Asset; 6] = [
    asset!("graphiql.min.css", "text/css; charset=utf-8"),
    asset!("graphiql.min.js", "text/javascript; charset=utf-8"),
    asset!("page.css", "text/css; charset=utf-8"),
    asset!(
        "react-dom.production.min.js",
        "text/javascript; charset=utf-8"
    ),
    asset!("react.production.min.js", "text/javascript; charset=utf-8"),
    asset!("start.js", "text/javascript; charset=utf-8"),
];

/// A name for the assets as they are in this build: other assets have other addresses, so
/// that each can be kept for ever.
static VERSION: LazyLock<String> = LazyLock::new(|| {
    let mut hasher = DefaultHasher::new();
    for asset in &ASSETS {
        asset.text.hash(&mut hasher);
    }
    format!("{:016x}", hasher.finish())
});

/// The page of the editor.
pub fn page() -> HttpResponse {
    let page = PAGE
        .replace("{version}", &VERSION)
        .replace("{welcome}", WELCOME);
    HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CONTENT_SECURITY_POLICY, PAGE_POLICY))
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .insert_header((header::VARY, "Accept"))
        .body(page)
}

/// A file of the page.
pub async fn asset(path: web::Path<(String, String)>, request: HttpRequest) -> HttpResponse {
    let (version, name) = path.into_inner();
    let asset = ASSETS.iter().find(|asset| asset.name == name);
    let Some(asset) = asset.filter(|_| version == *VERSION) else {
        return super::headers::not_found().await;
    };
    let mut response = HttpResponse::Ok();
    response
        .content_type(asset.content_type)
        .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"));
    let accepted = request.headers().get(header::ACCEPT_ENCODING);
    let gzip = accepted
        .and_then(|accepted| accepted.to_str().ok())
        .is_some_and(|accepted| accepted.contains("gzip"));
    if gzip && let Ok(compressed) = web::block(|| asset.compressed.as_slice()).await {
        response
            .insert_header(ContentEncoding::Gzip)
            .insert_header((header::VARY, "Accept-Encoding"))
            .body(compressed)
    } else {
        response.body(asset.text)
    }
}

/// Compressed once in the life of the process: the bundle is large.
fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    // Writing to memory cannot fail.
    let _ = encoder.write_all(text.as_bytes());
    encoder.finish().unwrap_or_default()
}
