//! One GraphQL request and its answer: in which language and media type, and for whom.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, web};
use async_graphql::ServerError;

use super::answer;
use super::failure::Failure;
use super::media::Media;
use super::peer::client_address;
use crate::app::App;
use crate::graphql::error::ErrorCode;
use crate::i18n::Language;
use crate::rate::{Client, Standing};

/// What is known of a request before its operation is read.
pub struct Exchange {
    pub app: web::Data<App>,
    pub client: Client,
    pub language: Language,
    pub media: Media,
}

impl Exchange {
    /// Reads the headers of a request, and takes its first point.
    pub fn open(request: &HttpRequest, app: web::Data<App>) -> (Self, Result<(), Failure>) {
        let header = |name: HeaderName| {
            request
                .headers()
                .get(name)
                .and_then(|value| value.to_str().ok())
        };
        let media = Media::negotiate(header(header::ACCEPT));
        let exchange = Self {
            client: client_of(request, &app),
            language: Language::negotiate(header(header::ACCEPT_LANGUAGE).unwrap_or_default()),
            media: media.unwrap_or_default(),
            app,
        };
        let opened = exchange.check(media);
        (exchange, opened)
    }

    /// Reads the headers of a request that is none of GraphQL, whose errors are JSON, and takes
    /// its first point.
    pub fn open_plain(request: &HttpRequest, app: web::Data<App>) -> (Self, Result<(), Failure>) {
        let language = request.headers().get(header::ACCEPT_LANGUAGE);
        let language = language.and_then(|value| value.to_str().ok());
        let exchange = Self {
            client: client_of(request, &app),
            language: Language::negotiate(language.unwrap_or_default()),
            media: Media::Json,
            app,
        };
        let opened = exchange.take(1);
        (exchange, opened)
    }

    /// Takes `points` of what the address has left.
    pub fn take(&self, points: u32) -> Result<(), Failure> {
        self.take_of(self.client, points)
    }

    /// Takes `points` of what `client` has left.
    pub fn take_of(&self, client: Client, points: u32) -> Result<(), Failure> {
        let now = self.app.clock.now();
        match self.app.buckets.spend(client, points, now) {
            Ok(_) => Ok(()),
            Err(standing) => Err(self.rate_limited(standing)),
        }
    }

    fn check(&self, media: Option<Media>) -> Result<(), Failure> {
        self.take(1)?;
        if media.is_none() {
            return Err(Failure::http(StatusCode::NOT_ACCEPTABLE, "not-acceptable").closing());
        }
        Ok(())
    }

    fn rate_limited(&self, standing: Standing) -> Failure {
        let mut failure = Failure::http(StatusCode::TOO_MANY_REQUESTS, "rate-limited")
            .coded(ErrorCode::RateLimited)
            .closing();
        failure.retry_after = Some(standing.wait_seconds);
        failure.refusal = failure
            .refusal
            .naming("seconds", &standing.wait_seconds.to_string());
        failure
    }

    /// The answer to a request whose operation was not begun.
    pub fn refuse(&self, failure: &Failure) -> HttpResponse {
        let refusal = &failure.refusal;
        let mut error = ServerError::from(refusal.fault(self.language));
        error.locations = refusal.position.into_iter().collect();
        if let Some(reason) = failure.reason {
            let extensions = error.extensions.get_or_insert_default();
            extensions.set("reason", reason.as_str());
        }
        let status = failure.status.unwrap_or_else(|| self.invalid());
        let mut response = self.builder(status);
        if let Some(method) = &failure.allow {
            response.insert_header((header::ALLOW, method.as_str()));
        }
        if let Some(seconds) = failure.retry_after {
            response.insert_header((header::RETRY_AFTER, seconds.to_string()));
        }
        if status == StatusCode::UNAUTHORIZED {
            response.insert_header((header::WWW_AUTHENTICATE, "Bearer"));
        }
        if failure.close {
            response.force_close();
        }
        self.count(&[&error]);
        response.body(answer::body(None, &[error]))
    }

    /// The status of an operation that is not valid.
    pub fn invalid(&self) -> StatusCode {
        match self.media {
            Media::GraphQl => StatusCode::BAD_REQUEST,
            Media::Json => StatusCode::OK,
        }
    }

    /// An answer of this status, without a body yet.
    pub fn builder(&self, status: StatusCode) -> HttpResponseBuilder {
        let mut response = HttpResponse::build(status);
        response
            .content_type(HeaderValue::from_static(self.media.content_type()))
            .insert_header((header::VARY, "Accept, Accept-Language"))
            // It tells what this client has left to spend.
            .insert_header((header::CACHE_CONTROL, "private, no-cache"))
            .insert_header((
                header::CONTENT_LANGUAGE,
                match self.language {
                    Language::French => "fr",
                    Language::English => "en",
                },
            ));
        response
    }

    /// Counts the errors of an answer by their codes.
    pub fn count(&self, errors: &[&ServerError]) {
        for error in errors {
            let code = answer::code_of(error).unwrap_or_default();
            self.app.metrics.errors.with_label_values(&[code]).inc();
        }
    }
}

fn client_of(request: &HttpRequest, app: &App) -> Client {
    let unknown = std::net::IpAddr::from([0, 0, 0, 0]);
    let peer = request.peer_addr().map_or(unknown, |peer| peer.ip());
    let forwarded: Vec<&str> = request
        .headers()
        .get_all("x-forwarded-for")
        .filter_map(|value| value.to_str().ok())
        .collect();
    client_address(peer, forwarded.into_iter(), &app.settings.trusted_proxies).into()
}
