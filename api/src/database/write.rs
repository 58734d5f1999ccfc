//! Writes: one transaction each, tried again where the database asks for it.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use rand::Rng as _;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, RuntimeErr,
    SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait as _,
};
use serde_json::json;

use crate::change::{self, Change};
use crate::clock::Clock;
use crate::problem::WriteError;

/// Times that a write is tried before its failure is told.
const ATTEMPTS: u32 = 5;

/// The longest pause before the second attempt; each further one may be twice as long.
const PAUSE: Duration = Duration::from_millis(20);

/// The transaction of one write, which its work shares.
pub type Transaction = Arc<DatabaseTransaction>;

/// What a write answers, and what it changed.
pub type Written<T> = Result<(T, Vec<Change>), WriteError>;

/// Runs `work` in a transaction, records what it changed as done by `actor`, and commits.
/// It runs again, from its beginning, when the database could not order it among others, or
/// another write has just taken a value that must be unique: it then sees that value.
///
/// # Errors
/// Those of `work`, and when the database does not take it; nothing is then written.
pub async fn write<T, F>(
    database: &DatabaseConnection,
    clock: &Clock,
    actor: &str,
    work: impl Fn(Transaction) -> F,
) -> Result<T, WriteError>
where
    F: Future<Output = Written<T>>,
{
    let mut attempt = 1;
    loop {
        match once(database, clock, actor, &work).await {
            Err(WriteError::Database(error))
                if attempt < ATTEMPTS && (is_transient(&error) || is_taken(&error)) =>
            {
                tokio::time::sleep(pause(attempt)).await;
                attempt += 1;
            }
            result => return result,
        }
    }
}

async fn once<T, F>(
    database: &DatabaseConnection,
    clock: &Clock,
    actor: &str,
    work: &impl Fn(Transaction) -> F,
) -> Result<T, WriteError>
where
    F: Future<Output = Written<T>>,
{
    let transaction = Arc::new(begin(database).await?);
    let written = work(Arc::clone(&transaction)).await;
    let transaction = Arc::try_unwrap(transaction)
        .map_err(|_| WriteError::Internal("a write keeps its transaction"))?;
    match written {
        Ok((answer, changes)) => {
            if !changes.is_empty() {
                change::record(&transaction, clock.now(), actor, changes).await?;
            }
            transaction.commit().await?;
            Ok(answer)
        }
        Err(error) => {
            transaction.rollback().await?;
            Err(error)
        }
    }
}

/// Begins a transaction that writes, whatever it does first.
///
/// # Errors
/// When the database does not answer, or a file is kept locked for too long.
pub async fn begin(database: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
    // SQLite makes no writer of a reader once another one writes, and says so without waiting.
    let options = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    };
    database.begin_with_options(options).await
}

/// Has transactions that name one of the same things come one after the other, until their
/// ends. Name things in an order, so that no two transactions wait for each other.
///
/// Writers of SQLite come one after the other anyway.
///
/// # Errors
/// When the database does not answer.
pub async fn one_at_a_time(
    transaction: &impl ConnectionTrait,
    things: &[&str],
) -> Result<(), DbErr> {
    let backend = transaction.get_database_backend();
    if backend != DbBackend::Postgres || things.is_empty() {
        return Ok(());
    }
    // What is ordered below is locked in that order above.
    let sql = "select pg_advisory_xact_lock(hashtextextended(thing, 0)) from (
                   select thing from jsonb_array_elements_text($1)
                       with ordinality as named (thing, place)
                   order by place
               ) as ordered";
    let statement = Statement::from_sql_and_values(backend, sql, [json!(things).into()]);
    transaction.execute_raw(statement).await?;
    Ok(())
}

fn pause(attempt: u32) -> Duration {
    let longest = PAUSE * 2_u32.pow(attempt.min(10));
    longest.mul_f64(rand::rng().random_range(0.1..1.0))
}

/// Whether the database could not order a transaction among others: a serialization
/// failure, a deadlock, or a lock of SQLite.
fn is_transient(error: &DbErr) -> bool {
    let (DbErr::Exec(RuntimeErr::SqlxError(error)) | DbErr::Query(RuntimeErr::SqlxError(error))) =
        error
    else {
        return false;
    };
    let sqlx::Error::Database(error) = &**error else {
        return false;
    };
    matches!(
        error.code().as_deref(),
        Some("40001" | "40P01" | "5" | "517")
    )
}

/// Whether a row was refused because another one has its unique value.
pub fn is_taken(error: &DbErr) -> bool {
    matches!(
        error.sql_err(),
        Some(sea_orm::SqlErr::UniqueConstraintViolation(_))
    )
}
