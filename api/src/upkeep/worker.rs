//! The task of the server that keeps the registry in order.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::DatabaseConnection;
use tokio::task::JoinHandle;
use tokio::time::MissedTickBehavior;

use super::purge::purge;
use crate::app::App;
use crate::freshness;
use crate::problem::WriteError;

/// How often the time is looked at.
const PERIOD: Duration = Duration::from_secs(1);

/// How often it is done, by the clock of the application.
const BETWEEN: TimeDelta = TimeDelta::hours(6);

/// The running task.
pub struct Worker(JoinHandle<()>);

/// Begins. Must be called where tasks can be started.
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
    let mut done_at: Option<DateTime<Utc>> = None;
    let mut turns = tokio::time::interval(PERIOD);
    turns.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        turns.tick().await;
        let now = app.clock.now();
        if done_at.is_some_and(|last| now - last < BETWEEN) {
            continue;
        }
        done_at = Some(now);
        if let Err(error) = everything(&app, &database).await {
            tracing::warn!(%error, "the registry could not be kept in order");
        }
    }
}

/// Does all that is due. Each part does nothing the second time.
///
/// # Errors
/// When the database refuses; the rest is done the next time.
pub async fn everything(app: &App, database: &DatabaseConnection) -> Result<(), WriteError> {
    freshness::mark_stale(app, database).await?;
    freshness::remind_owners(app, database).await?;
    freshness::remind_people(app, database).await?;
    purge(app, database).await
}
