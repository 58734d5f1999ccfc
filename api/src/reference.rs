//! The reference data held in memory, kept as the database has it.

use std::sync::Arc;
use std::time::Duration;

use sea_orm::{DatabaseConnection, DbErr};
use tokio::time::MissedTickBehavior;

use crate::app::App;
use crate::change;

/// How long a change of the reference data may take to show.
const PERIOD: Duration = Duration::from_secs(1);

/// Reads again what has changed.
///
/// # Errors
/// When the database cannot be read; what it could not read stays as it was.
pub async fn refresh(app: &App, database: &DatabaseConnection) -> Result<(), DbErr> {
    app.gazetteer.refresh(database).await?;
    app.taxonomy.refresh(database).await
}

/// Reads again what has changed, every second, for ever.
pub async fn watch(app: Arc<App>) {
    let mut database = app.database.clone();
    // The figures tell what requests cost; no request sends these statements.
    database.set_metric_callback(|_| ());
    let mut seen = None;
    let mut turns = tokio::time::interval(PERIOD);
    turns.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        turns.tick().await;
        match refresh_after(&app, &database, seen).await {
            Ok(version) => seen = Some(version),
            Err(error) => tracing::warn!(%error, "the reference data could not be read again"),
        }
    }
}

/// Asks the head of the change log first, so that a quiet second costs one small statement.
async fn refresh_after(
    app: &App,
    database: &DatabaseConnection,
    seen: Option<i64>,
) -> Result<i64, DbErr> {
    let version = change::version(database).await?;
    if seen != Some(version) {
        refresh(app, database).await?;
    }
    Ok(version)
}
