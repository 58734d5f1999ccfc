//! The connection of one request.

use std::sync::Arc;
use std::time::Instant;

use async_trait::async_trait;
use sea_orm::{
    ConnAcquireErr, ConnectionTrait, DatabaseConnection, DbBackend, DbErr, ExecResult, QueryResult,
    RuntimeErr, Statement, Value, Values,
};
use sea_query_sqlx::SqlxValues;
use sqlx::Executor as _;
use tokio::sync::Mutex;

use super::readers::{Reader, Readers};
use super::{Trouble, trouble_of};
use crate::telemetry::metrics::Metrics;

/// What one request reads by.
///
/// On PostgreSQL it keeps the connection of its first statement to its end, and leaves it to
/// the next request then.
pub struct Session {
    database: DatabaseConnection,
    readers: Option<Arc<Readers>>,
    metrics: Arc<Metrics>,
    held: Mutex<Option<Reader>>,
}

impl Session {
    /// A session that takes its connection from `readers`, once it needs one, or reads by
    /// `database` where there are none.
    pub fn new(
        database: DatabaseConnection,
        readers: Option<Arc<Readers>>,
        metrics: Arc<Metrics>,
    ) -> Self {
        Self {
            database,
            readers,
            metrics,
            held: Mutex::new(None),
        }
    }

    /// Gives the connection back; the next statement takes one again.
    pub async fn release(&self) {
        let held = self.held.lock().await.take();
        if let (Some(readers), Some(reader)) = (&self.readers, held) {
            readers.give_back(reader);
        }
    }

    /// The rows that answer `statement` on the connection held, none if that is not how
    /// this database is read.
    async fn rows(&self, statement: &Statement) -> Option<Result<Vec<QueryResult>, DbErr>> {
        let readers = self.readers.as_ref()?;
        let mut held = self.held.lock().await;
        Some(self.rows_by(readers, &mut held, statement).await)
    }

    /// The connection is put back only once it has answered: one that is left in the middle
    /// of a statement goes to the pool, which finds out what can be done with it.
    async fn rows_by(
        &self,
        readers: &Readers,
        held: &mut Option<Reader>,
        statement: &Statement,
    ) -> Result<Vec<QueryResult>, DbErr> {
        let mut reader = match held.take() {
            Some(reader) => reader,
            None => readers.take().await.map_err(unacquired)?,
        };
        let mut rows = self.ask(&mut reader, statement).await;
        if reader.is_untested && rows.as_ref().is_err_and(is_lost) {
            drop(reader);
            readers.give_up();
            reader = readers.take().await.map_err(unacquired)?;
            rows = self.ask(&mut reader, statement).await;
        }
        let rows = rows?;
        reader.is_untested = false;
        *held = Some(reader);
        Ok(rows)
    }

    async fn ask(
        &self,
        reader: &mut Reader,
        statement: &Statement,
    ) -> Result<Vec<QueryResult>, DbErr> {
        let begun = Instant::now();
        let (sql, values) = with_literal_limits(statement);
        let sql = sqlx::AssertSqlSafe(sql);
        let query = sqlx::query_with(sql, SqlxValues(values));
        let rows = reader.connection.fetch_all(query).await;
        self.metrics
            .observe_statement(begun.elapsed(), rows.is_err());
        match rows {
            Ok(rows) => Ok(rows.into_iter().map(Into::into).collect()),
            Err(error) => Err(DbErr::Query(RuntimeErr::SqlxError(Arc::new(error)))),
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        if let (Some(readers), Some(reader)) = (&self.readers, self.held.get_mut().take()) {
            readers.give_back(reader);
        }
    }
}

/// Whether the connection was lost.
fn is_lost(error: &DbErr) -> bool {
    trouble_of(error) == Some(Trouble::Unreachable)
}

/// The statement with its limits written out. PostgreSQL keeps no plan for a limit that is
/// a parameter: it would plan the statement anew each time.
fn with_literal_limits(statement: &Statement) -> (String, Values) {
    const LIMIT: &str = "LIMIT ";
    let given: &[Value] = statement.values.as_ref().map_or(&[], |values| &values.0);
    let mut values = Vec::with_capacity(given.len());
    let mut sql = String::with_capacity(statement.sql.len());
    let mut parts = statement.sql.split('$');
    sql.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let digits = part.bytes().take_while(u8::is_ascii_digit).count();
        let (number, rest) = part.split_at(digits);
        let place = number.parse::<usize>().ok();
        let value = place.and_then(|number| given.get(number.checked_sub(1)?));
        match value {
            Some(Value::BigUnsigned(Some(limit))) if sql.ends_with(LIMIT) => {
                sql.push_str(&limit.to_string());
            }
            Some(value) => {
                values.push(value.clone());
                sql.push('$');
                sql.push_str(&values.len().to_string());
            }
            // Not a parameter.
            None => {
                sql.push('$');
                sql.push_str(number);
            }
        }
        sql.push_str(rest);
    }
    (sql, Values(values))
}

fn unacquired(error: sqlx::Error) -> DbErr {
    match error {
        sqlx::Error::PoolTimedOut => DbErr::ConnectionAcquire(ConnAcquireErr::Timeout),
        sqlx::Error::PoolClosed => DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed),
        error => DbErr::Conn(RuntimeErr::SqlxError(Arc::new(error))),
    }
}

#[async_trait]
impl ConnectionTrait for Session {
    fn get_database_backend(&self) -> DbBackend {
        self.database.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.database.execute_raw(statement).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.database.execute_unprepared(sql).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        match self.rows(&statement).await {
            Some(rows) => Ok(rows?.into_iter().next()),
            None => self.database.query_one_raw(statement).await,
        }
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        match self.rows(&statement).await {
            Some(rows) => rows,
            None => self.database.query_all_raw(statement).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_parameter_stays_and_one_named_twice_keeps_its_value() {
        let statement = Statement::from_sql_and_values(
            DbBackend::Postgres,
            "select '$' || '$x' where a = $2 or b = $1 or c = $2 LIMIT $3",
            [Value::from(1), Value::from(2), Value::from(9_u64)],
        );
        let (sql, values) = with_literal_limits(&statement);
        assert_eq!(
            sql,
            "select '$' || '$x' where a = $1 or b = $2 or c = $3 LIMIT 9"
        );
        assert_eq!(values.0, [Value::from(2), Value::from(1), Value::from(2)]);
    }

    #[test]
    fn limits_are_written_out_and_the_other_parameters_numbered_again() {
        let statement = Statement::from_sql_and_values(
            DbBackend::Postgres,
            "(select $1 limit_ LIMIT $2) union (select $3 where x = $4 LIMIT $5 OFFSET $6)",
            [
                Value::from("a"),
                Value::from(21_u64),
                Value::from("b"),
                Value::from(7_i64),
                Value::from(6_u64),
                Value::from(3_u64),
            ],
        );
        let (sql, values) = with_literal_limits(&statement);
        assert_eq!(
            sql,
            "(select $1 limit_ LIMIT 21) union (select $2 where x = $3 LIMIT 6 OFFSET $4)"
        );
        assert_eq!(
            values.0,
            [
                Value::from("a"),
                Value::from("b"),
                Value::from(7_i64),
                Value::from(3_u64)
            ]
        );
    }
}
