//! `maillage migrate`.

use std::collections::HashSet;

use anyhow::Context as _;
use clap::Subcommand;
use migration::{MigrationStatus, Migrator, MigratorTrait, seaql_migrations};
use sea_orm::{
    ConnectionTrait, DatabaseBackend, DatabaseConnection, DbErr, EntityTrait as _, TransactionTrait,
};

use crate::app::App;
use crate::clock::Clock;
use crate::database::Purpose;
use crate::settings::Settings;

/// Key of the advisory lock that lets one process at a time migrate a PostgreSQL.
const LOCK: i64 = 0x6D61_696C_6C61_6765;

#[derive(Subcommand)]
pub enum Direction {
    /// Apply every pending migration.
    Up,
    /// Undo the latest migrations. What their tables hold is lost.
    Down {
        /// How many to undo.
        #[arg(long, default_value_t = 1)]
        steps: u32,
    },
    /// List the migrations, applied and pending.
    Status,
}

pub async fn migrate(settings: Settings, clock: Clock, direction: Direction) -> anyhow::Result<()> {
    let app = App::open(settings, clock, Purpose::Batch).await?;
    match direction {
        Direction::Up => up(&app.database).await?,
        Direction::Down { steps } => Migrator::down(&app.database, Some(steps)).await?,
        Direction::Status => {
            for migration in Migrator::get_migration_with_status(&app.database).await? {
                let status = match migration.status() {
                    MigrationStatus::Applied => "applied",
                    MigrationStatus::Pending => "pending",
                };
                super::print(&format!("{status}  {}\n", migration.name()));
            }
        }
    }
    Ok(())
}

/// Applies every pending migration, one process at a time.
///
/// # Errors
/// When the database refuses a step.
pub async fn up(database: &DatabaseConnection) -> anyhow::Result<()> {
    alone(database, async {
        Migrator::up(database, None)
            .await
            .context("the migrations could not be applied")
    })
    .await
}

/// Does `work` while no other process does such work on the same PostgreSQL, so that
/// replicas can start together. A SQLite file has one process.
///
/// # Errors
/// Those of `work`, or when the database cannot be locked.
pub async fn alone<T>(
    database: &DatabaseConnection,
    work: impl Future<Output = anyhow::Result<T>>,
) -> anyhow::Result<T> {
    if database.get_database_backend() != DatabaseBackend::Postgres {
        return work.await;
    }
    // The lock lives in a transaction of its own, so that it ends with this process.
    let guard = database.begin().await?;
    guard
        .execute_unprepared(&format!("select pg_advisory_xact_lock({LOCK})"))
        .await?;
    let result = work.await;
    guard.commit().await?;
    result
}

/// Names of the migrations that the database lacks, by one statement.
///
/// # Errors
/// When the database cannot be read.
pub async fn pending(database: &DatabaseConnection) -> Result<Vec<String>, DbErr> {
    let applied: HashSet<String> = seaql_migrations::Entity::find()
        .all(database)
        .await?
        .into_iter()
        .map(|migration| migration.version)
        .collect();
    Ok(Migrator::migrations()
        .iter()
        .map(|migration| migration.name().to_owned())
        .filter(|name| !applied.contains(name))
        .collect())
}
