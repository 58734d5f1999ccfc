//! Forgets what was kept for a time that is over.

use chrono::{Months, TimeDelta};
use sea_orm::DatabaseConnection;

use crate::app::App;
use crate::database;
use crate::problem::WriteError;
use crate::{accounts, bulk, contacts, freshness, idempotency};

/// Time after the end of a mandate for which what expired with it is kept, for those who are
/// elected again.
const AFTER_MANDATE: Months = Months::new(6);

/// Time for which what was withdrawn is kept, as a proof that it was.
const AFTER_WITHDRAWAL: TimeDelta = TimeDelta::days(365);

/// How the change log would name the task of the server.
const ACTOR: &str = "upkeep";

/// Forgets what was kept for a time that is over. None of it is shown to anybody: the change
/// log does not tell of it.
///
/// # Errors
/// When the database refuses.
pub async fn purge(app: &App, database: &DatabaseConnection) -> Result<(), WriteError> {
    let (now, today) = (app.clock.now(), app.clock.today());
    let ended_before = today.checked_sub_months(AFTER_MANDATE).unwrap_or(today);
    database::write(database, &app.clock, ACTOR, |transaction| async move {
        // Before the accounts to which imports point, as whoever drops the table locks both.
        bulk::purge(&*transaction, now).await?;
        accounts::purge(&*transaction, now).await?;
        idempotency::purge(&*transaction, now).await?;
        contacts::purge(&*transaction, ended_before, now - AFTER_WITHDRAWAL).await?;
        freshness::purge_links(&*transaction, now).await?;
        Ok(((), Vec::new()))
    })
    .await
}
