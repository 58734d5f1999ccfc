//! Starting and stopping the server.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::middleware::{Compress, from_fn};
use actix_web::rt::task::JoinHandle;
use actix_web::{App as Application, HttpServer, rt, web};
use anyhow::Context as _;

use super::operation::Operations;
use super::{
    access, files as uploads, graphiql, graphql, headers, health, imports, jwks, still_true,
};
use crate::app::App;
use crate::command::pending_migrations;
use crate::graphql::Executor;
use crate::{bulk, files, mail, reference, upkeep};

/// Time that requests in flight have to end once the server is told to stop.
const SHUTDOWN_SECONDS: u64 = 25;

/// Time that a client has to read the last of an answer after which we hang up.
const DISCONNECT: Duration = Duration::from_secs(5);

/// A running server.
pub struct Server {
    address: SocketAddr,
    server: actix_web::dev::Server,
    /// Keeps the reference data as the database has it.
    watch: JoinHandle<()>,
    /// Sends the outbox.
    mail: mail::Worker,
    /// Removes files that nobody needs.
    cleaner: files::Worker,
    /// Reminds, and forgets what is no longer needed.
    upkeep: upkeep::Worker,
    /// Imports files.
    imports: bulk::Worker,
}

/// Binds the address of the settings and begins to answer.
///
/// # Errors
/// When the address cannot be bound, or the database cannot be read.
pub async fn start(app: Arc<App>) -> anyhow::Result<Server> {
    // A database behind the program is told by /health/ready, not by a refusal to start: what
    // it does not have yet is read once it is there.
    if let Err(error) = reference::refresh(&app, &app.database).await {
        if pending_migrations(&app.database).await?.is_empty() {
            return Err(error.into());
        }
        tracing::warn!(%error, "the reference data could not be read");
    }
    if let Err(error) = app.vocabulary.refresh(&app.database).await {
        tracing::warn!(%error, "the vocabulary of search could not be read");
    }
    let settings = app.settings.clone();
    let operations = web::Data::new(Operations::new(Executor::new(&app)));
    let data = web::Data::from(Arc::clone(&app));
    let server = HttpServer::new(move || {
        Application::new()
            .app_data(data.clone())
            .app_data(operations.clone())
            .wrap(Compress::default())
            .wrap(headers::cors())
            .wrap(headers::protection(&data.settings))
            .wrap(from_fn(access::observe))
            .service(
                web::resource("/graphql")
                    .route(web::post().to(graphql::post))
                    .route(web::get().to(graphql::get))
                    .default_service(web::to(graphql::other)),
            )
            .route("/files", web::post().to(uploads::post))
            .service(
                web::resource("/files/{id}/{name}")
                    .route(web::get().to(uploads::get))
                    .route(web::head().to(uploads::get)),
            )
            .route("/imports/{id}/report.csv", web::get().to(imports::report))
            .route("/graphiql/{version}/{name}", web::get().to(graphiql::asset))
            .service(
                web::resource("/still-true/{secret}")
                    .route(web::get().to(still_true::get))
                    .route(web::post().to(still_true::post)),
            )
            .route("/.well-known/jwks.json", web::get().to(jwks::keys))
            .route("/health/live", web::get().to(health::live))
            .route("/health/ready", web::get().to(health::ready))
            .route("/metrics", web::get().to(health::metrics))
            .default_service(web::to(headers::not_found))
    })
    .client_request_timeout(settings.head_timeout)
    .client_disconnect_timeout(DISCONNECT)
    .keep_alive(Duration::from_secs(75))
    .max_connections(settings.max_connections)
    .shutdown_timeout(SHUTDOWN_SECONDS)
    .workers(settings.threads());
    let server = server
        .bind(settings.listen)
        .with_context(|| format!("{} (setting LISTEN) cannot be listened on", settings.listen))?;
    let address = server.addrs().first().copied().unwrap_or(settings.listen);
    Ok(Server {
        address,
        server: server.run(),
        mail: mail::start(Arc::clone(&app)),
        cleaner: files::start(Arc::clone(&app)),
        upkeep: upkeep::start(Arc::clone(&app)),
        imports: bulk::start(Arc::clone(&app)).context("no thread for imports")?,
        watch: rt::spawn(reference::watch(app)),
    })
}

impl Server {
    /// Where the server listens, as a URL without a path.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// A handle that stops the server.
    pub fn handle(&self) -> ServerHandle {
        self.server.handle()
    }

    /// Answers until the process is told to stop, then ends what is in flight.
    ///
    /// # Errors
    /// When the server fails.
    pub async fn run_until_stopped(self) -> std::io::Result<()> {
        let ended = self.server.await;
        self.watch.abort();
        self.cleaner.stop();
        self.upkeep.stop();
        futures::join!(self.mail.stop(), self.imports.stop());
        ended
    }
}
