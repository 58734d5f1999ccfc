//! Connections to SQLite and PostgreSQL.

mod by_place;
mod readers;
mod rows;
mod session;
mod write;

use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::FutureExt as _;
use sea_orm::{ConnectOptions, Database, DatabaseConnection, DbErr, RuntimeErr};
use sqlx::sqlite::{SqliteConnection, SqliteJournalMode, SqliteSynchronous};

use crate::settings::Settings;
use crate::telemetry::metrics::Metrics;

pub use by_place::{ByPlace, Whole, all as all_by_place};
pub use readers::Readers;
pub use rows::{insert_all, replace_all};
pub use session::Session;
pub use write::{Transaction, Written, begin, is_taken, one_at_a_time, write};

/// How long a request waits for a free connection before it is told to come back.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(3);

/// Steps of SQLite's machine between two looks at the time: some hundred microseconds.
const STEPS_BETWEEN_LOOKS: i32 = 10_000;

/// What a connection is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Requests, whose statements must end in time.
    Serve,
    /// Migrations, seeds and imports, which may take long.
    Batch,
}

/// Opens the pool of connections that `settings` describe.
///
/// # Errors
/// When the database cannot be reached, or the file cannot be created.
pub async fn connect(
    settings: &Settings,
    purpose: Purpose,
    metrics: Arc<Metrics>,
) -> Result<DatabaseConnection, DbErr> {
    let mut options = ConnectOptions::new(&settings.database_url);
    // A batch holds a lock on one connection while it works on another.
    let fewest = if purpose == Purpose::Batch { 2 } else { 1 };
    options
        .max_connections(settings.database_connections.max(fewest))
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .connect_timeout(ACQUIRE_TIMEOUT)
        // PostgreSQL may have been started again; a file is there or not.
        .test_before_acquire(!settings.database_url.starts_with("sqlite:"))
        .sqlx_logging(false)
        .set_application_name("maillage")
        .map_sqlx_sqlite_opts(|options| {
            options
                .create_if_missing(true)
                .foreign_keys(true)
                .journal_mode(SqliteJournalMode::Wal)
                // An acknowledged write survives a power cut.
                .synchronous(SqliteSynchronous::Full)
                .busy_timeout(Duration::from_secs(5))
                .pragma("cache_size", "-16384")
                .pragma("temp_store", "memory")
                // What is erased is not left on free pages of the file.
                .pragma("secure_delete", "on")
        });
    if purpose == Purpose::Serve {
        let time = settings.operation_timeout;
        options
            .statement_timeout(time)
            .map_sqlx_sqlite_pool_opts(move |pool| {
                pool.after_connect(move |connection, _| stop_after(connection, time).boxed())
            })
            .map_sqlx_sqlite_before_acquire(move |connection, _| {
                async move {
                    stop_after(connection, time).await?;
                    Ok(true)
                }
                .boxed()
            });
    }
    let mut connection = Database::connect(options).await?;
    connection.set_metric_callback(move |statement| {
        metrics.observe_statement(statement.elapsed, statement.failed);
    });
    Ok(connection)
}

/// Stops whatever runs on `connection` once `time` has passed from now.
async fn stop_after(connection: &mut SqliteConnection, time: Duration) -> Result<(), sqlx::Error> {
    let deadline = Instant::now() + time;
    connection
        .lock_handle()
        .await?
        .set_progress_handler(STEPS_BETWEEN_LOOKS, move || Instant::now() < deadline);
    Ok(())
}

/// Why the database did not answer, where that is nobody's mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The statement took too long and was stopped.
    TooSlow,
    /// There is no connection, or none is free.
    Unreachable,
}

/// The trouble with the database that is the cause of `error`, if any is.
pub fn trouble(error: &(dyn Error + 'static)) -> Option<Trouble> {
    let mut cause = Some(error);
    while let Some(error) = cause {
        let found = error
            .downcast_ref::<DbErr>()
            .or_else(|| error.downcast_ref::<Arc<DbErr>>().map(Arc::as_ref));
        if let Some(found) = found {
            return trouble_of(found);
        }
        cause = error.source();
    }
    None
}

fn trouble_of(error: &DbErr) -> Option<Trouble> {
    match error {
        DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => Some(Trouble::Unreachable),
        DbErr::Exec(RuntimeErr::SqlxError(error)) | DbErr::Query(RuntimeErr::SqlxError(error)) => {
            match &**error {
                sqlx::Error::Io(_)
                | sqlx::Error::PoolTimedOut
                | sqlx::Error::PoolClosed
                | sqlx::Error::WorkerCrashed => Some(Trouble::Unreachable),
                sqlx::Error::Database(error) => match error.code().as_deref() {
                    // query_canceled; SQLITE_INTERRUPT
                    Some("57014" | "9") => Some(Trouble::TooSlow),
                    // admin_shutdown, crash_shutdown, cannot_connect_now, too_many_connections
                    Some("57P01" | "57P02" | "57P03" | "53300") => Some(Trouble::Unreachable),
                    // SQLITE_BUSY
                    Some("5") => Some(Trouble::Unreachable),
                    _ => None,
                },
                _ => None,
            }
        }
        _ => None,
    }
}
