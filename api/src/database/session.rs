//! The connection of one request.

use std::sync::Arc;
use std::time::Instant;

use async_trait::async_trait;
use sea_orm::{
    ConnAcquireErr, ConnectionTrait, DatabaseConnection, DbBackend, DbErr, ExecResult, QueryResult,
    RuntimeErr, Statement, Value, Values,
};
use sea_query_sqlx::SqlxValues;
use sqlx::pool::PoolConnection;
use sqlx::{Executor as _, Postgres};
use tokio::sync::Mutex;

use crate::telemetry::metrics::Metrics;

/// What one request reads by.
///
/// On PostgreSQL it keeps the connection of its first statement to its end: the pool tests
/// each connection that it gets back by a round trip, which would double those of a request
/// that took one for each statement.
pub struct Session {
    database: DatabaseConnection,
    metrics: Arc<Metrics>,
    held: Mutex<Option<PoolConnection<Postgres>>>,
}

impl Session {
    /// A session that takes its connection from the pool of `database`, once it needs one.
    pub fn new(database: DatabaseConnection, metrics: Arc<Metrics>) -> Self {
        Self {
            database,
            metrics,
            held: Mutex::new(None),
        }
    }

    /// Gives the connection back; the next statement takes one again.
    pub async fn release(&self) {
        self.held.lock().await.take();
    }

    /// The rows that answer `statement` on the connection held, none if that is not how
    /// this database is read.
    async fn rows(&self, statement: &Statement) -> Option<Result<Vec<QueryResult>, DbErr>> {
        if self.database.get_database_backend() != DbBackend::Postgres {
            return None;
        }
        let mut held = self.held.lock().await;
        let connection = match &mut *held {
            Some(connection) => connection,
            none => match self.database.get_postgres_connection_pool().acquire().await {
                Ok(connection) => none.insert(connection),
                Err(error) => return Some(Err(unacquired(error))),
            },
        };
        let begun = Instant::now();
        let (sql, values) = with_literal_limits(statement);
        let sql = sqlx::AssertSqlSafe(sql);
        let values = SqlxValues(values);
        let rows = connection.fetch_all(sqlx::query_with(sql, values)).await;
        self.metrics
            .observe_statement(begun.elapsed(), rows.is_err());
        Some(match rows {
            Ok(rows) => Ok(rows.into_iter().map(Into::into).collect()),
            Err(error) => Err(DbErr::Query(RuntimeErr::SqlxError(Arc::new(error)))),
        })
    }
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
