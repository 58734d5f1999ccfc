//! The task of the server that runs imports, one after the other. Replicas share the work.

use std::io::Cursor;
use std::sync::Arc;
use std::time::Duration;

use chrono_tz::Europe::Paris;
use entity::import_job::Model;
use entity::values::ImportFailure;
use sea_orm::{DatabaseConnection, DbErr};
use tokio::sync::{oneshot, watch};
use tokio::time::MissedTickBehavior;
use uuid::Uuid;

use super::journal::{BrokenOff, Journal};
use super::model::MOST_ATTEMPTS;
use super::store::{self, End};
use crate::accounts;
use crate::app::App;
use crate::database;
use crate::files;
use crate::import::{self, ImportError, Mapping, Options, RowError};
use crate::problem::WriteError;

/// How long an import may wait to be looked at.
const PERIOD: Duration = Duration::from_secs(1);

/// How often an import that runs is said to go on, between its batches.
const RENEWAL: Duration = Duration::from_secs(10);

/// Time that an import which runs has to end its batch once the server stops. It goes on
/// after the next start, or in another server.
const STOPPING: Duration = Duration::from_secs(4);

/// The running task.
pub struct Worker {
    stop: watch::Sender<bool>,
    ended: oneshot::Receiver<()>,
}

/// Begins to run imports, in a thread of its own: the rows of a large file take time that
/// other tasks would wait for.
///
/// # Errors
/// When the thread cannot be started.
pub fn start(app: Arc<App>) -> std::io::Result<Worker> {
    let (stop, stopping) = watch::channel(false);
    let (end, ended) = oneshot::channel();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    std::thread::Builder::new()
        .name("imports".to_owned())
        .spawn(move || {
            runtime.block_on(work(app, stopping));
            // Nobody may be waiting.
            let _ = end.send(());
        })?;
    Ok(Worker { stop, ended })
}

impl Worker {
    /// Takes no more imports, and waits a little for the batch that is written.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        // What is not written by then is undone.
        let _ = tokio::time::timeout(STOPPING, self.ended).await;
    }
}

async fn work(app: Arc<App>, mut stopping: watch::Receiver<bool>) {
    let mut database = app.database.clone();
    // The figures tell what requests cost; no request sends these statements.
    database.set_metric_callback(|_| ());
    let runner = Runner { app, database };
    let mut turns = tokio::time::interval(PERIOD);
    turns.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = turns.tick() => {}
            _ = stopping.changed() => break,
        }
        if let Err(error) = runner.turn(&stopping).await {
            tracing::warn!(%error, "the imports could not be read or written");
        }
    }
}

struct Runner {
    app: Arc<App>,
    database: DatabaseConnection,
}

impl Runner {
    /// Runs what waits. A quiet second costs one small statement.
    async fn turn(&self, stopping: &watch::Receiver<bool>) -> Result<(), WriteError> {
        while !*stopping.borrow() && store::is_busy(&self.database).await? {
            let holder = self.app.clock.new_id();
            let now = self.app.clock.now();
            let claimed = database::write(
                &self.database,
                &self.app.clock,
                "imports",
                |transaction| async move {
                    let claimed = store::claim(&*transaction, holder, now).await?;
                    Ok((claimed, Vec::new()))
                },
            );
            // Another server runs one.
            let Some(job) = claimed.await? else {
                break;
            };
            self.run(job, holder, stopping).await?;
        }
        Ok(())
    }

    async fn run(
        &self,
        job: Model,
        holder: Uuid,
        stopping: &watch::Receiver<bool>,
    ) -> Result<(), WriteError> {
        tracing::info!(id = %job.id, attempt = job.attempts, "an import runs");
        let end = if job.attempts > MOST_ATTEMPTS {
            Some(End::Failed(ImportFailure::GivenUp, None))
        } else {
            self.import(&job, holder, stopping).await?
        };
        if let Some(end) = end {
            let now = self.app.clock.now();
            store::end(&self.database, job.id, holder, end, now).await?;
            tracing::info!(id = %job.id, ?end, "an import ended");
        }
        Ok(())
    }

    /// Imports the file; answers how that ended, if it did.
    async fn import(
        &self,
        job: &Model,
        holder: Uuid,
        stopping: &watch::Receiver<bool>,
    ) -> Result<Option<End>, WriteError> {
        let failed = |failure| Ok(Some(End::Failed(failure, None)));
        let Some(file) = job.file_id else {
            return failed(ImportFailure::FileGone);
        };
        let bytes = match files::read(&self.app, file).await {
            Ok(Some(bytes)) => bytes,
            Ok(None) => return failed(ImportFailure::FileGone),
            Err(error) => {
                // Its lease ends, and it is tried again.
                tracing::warn!(id = %job.id, %error, "the file of an import cannot be read");
                return Ok(None);
            }
        };
        let Ok(mapping) = Mapping::parse(&job.mapping) else {
            return failed(ImportFailure::GivenUp);
        };
        let day = job.created_at.with_timezone(&Paris).date_naive();
        let mapping = mapping.of_source(job.source.clone()).imported_on(day);
        let options = Options {
            dry_run: job.dry_run,
            sheet: job.sheet.clone(),
            actor: job.account_id.map(accounts::actor),
            job: Some(job.id),
            source_wins: job.source_wins,
            ..Options::default()
        };
        let clock = self.app.clock.clone();
        let mut journal = Journal::new(clock, stopping.clone(), holder, job.clone());
        let mut file = Cursor::new(bytes);
        let imported = tokio::select! {
            imported = import::import(&self.app, &mapping, &mut file, &options, &mut journal) => {
                imported
            }
            () = self.renew(job.id, holder) => return Ok(None),
        };
        Ok(match (imported, journal.broken_off) {
            (Ok(_), Some(BrokenOff::Lost)) => None,
            (Ok(_), Some(BrokenOff::Stopping)) => {
                store::give_back(&self.database, job, holder).await?;
                None
            }
            (Ok(_), Some(BrokenOff::TooManyRows)) => {
                Some(End::Failed(ImportFailure::TooManyRows, None))
            }
            (Ok(_), None) => Some(End::Succeeded),
            (Err(error), _) => why(job, &error),
        })
    }

    /// Says again and again that the import goes on; ends when it is no longer held.
    async fn renew(&self, id: Uuid, holder: Uuid) {
        loop {
            tokio::time::sleep(RENEWAL).await;
            let now = self.app.clock.now();
            // What cannot be written now is tried the next time.
            if let Ok(false) = store::renew(&self.database, id, holder, now).await {
                return;
            }
        }
    }
}

/// Why a file was not imported to its end; nothing if it is to be tried again once its lease
/// is over. Errors of the database are not told whole: they may hold values of the file.
fn why(job: &Model, error: &ImportError) -> Option<End> {
    let failed = |failure, line| Some(End::Failed(failure, line));
    match error {
        ImportError::Rows(RowError::Malformed { line, .. }) => {
            let line = i64::try_from(*line).ok().filter(|line| *line > 0);
            failed(ImportFailure::Unreadable, line)
        }
        ImportError::Rows(RowError::TooLarge) => failed(ImportFailure::TooLarge, None),
        ImportError::Rows(RowError::NoSheet) => failed(ImportFailure::NoSuchSheet, None),
        ImportError::NoKnownColumn | ImportError::NoKey { .. } => {
            failed(ImportFailure::NoKnownColumn, None)
        }
        ImportError::NoRows | ImportError::Rows(RowError::Empty | RowError::Page) => {
            failed(ImportFailure::Unreadable, None)
        }
        ImportError::Read(_) | ImportError::Rows(RowError::Read(_)) => {
            failed(ImportFailure::Unreadable, None)
        }
        ImportError::Internal(fault) => {
            tracing::error!(id = %job.id, fault, "rows of an import could not be written");
            None
        }
        ImportError::Batch { error, .. } | ImportError::Database(error) => {
            let code = code(error);
            tracing::warn!(id = %job.id, code, "the database refused rows of an import");
            None
        }
    }
}

/// The code with which the database refused.
fn code(error: &DbErr) -> String {
    let (DbErr::Exec(sea_orm::RuntimeErr::SqlxError(error))
    | DbErr::Query(sea_orm::RuntimeErr::SqlxError(error))) = error
    else {
        return "none".to_owned();
    };
    match &**error {
        sqlx::Error::Database(error) => error.code().unwrap_or_default().into_owned(),
        _ => "none".to_owned(),
    }
}
