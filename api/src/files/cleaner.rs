//! The task of the server that removes files which nobody needs.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::task::JoinHandle;
use tokio::time::MissedTickBehavior;

use super::service::clean;
use crate::app::App;

/// How often the time is looked at.
const PERIOD: Duration = Duration::from_secs(1);

/// How often files are looked through, by the clock of the application.
const BETWEEN_CLEANINGS: TimeDelta = TimeDelta::minutes(10);

/// The running task.
pub struct Worker(JoinHandle<()>);

/// Begins to clean. Must be called where tasks can be started.
pub fn start(app: Arc<App>) -> Worker {
    Worker(tokio::spawn(work(app)))
}

impl Worker {
    /// Ends it; what was not done is done after the next start.
    pub fn stop(self) {
        self.0.abort();
    }
}

async fn work(app: Arc<App>) {
    let mut database = app.database.clone();
    // The figures tell what requests cost; no request sends these statements.
    database.set_metric_callback(|_| ());
    let mut cleaned_at: Option<DateTime<Utc>> = None;
    let mut turns = tokio::time::interval(PERIOD);
    turns.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        turns.tick().await;
        let now = app.clock.now();
        if cleaned_at.is_some_and(|last| now - last < BETWEEN_CLEANINGS) {
            continue;
        }
        cleaned_at = Some(now);
        if let Err(error) = clean(&app, &database).await {
            tracing::warn!(%error, "files could not be looked through");
        }
    }
}
