//! The table of messages: what waits, what is due, and what became of it.

use chrono::{DateTime, TimeDelta, Utc};
use entity::outbox_message::{ActiveModel, Column, Entity, Model};
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DbBackend, DbErr, EntityTrait as _, FromQueryResult as _,
    PaginatorTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, Set, Statement,
};
use uuid::Uuid;

use super::message::Message;
use crate::clock::Clock;

/// Messages taken at once, which are sent side by side.
pub const BATCH: usize = 4;

/// Time for which a message taken is left alone by others: whoever took it and has not
/// said by then what became of it, is no more.
const LEASE: TimeDelta = TimeDelta::minutes(4);

/// What the table says of the messages that wait.
pub struct Waiting {
    pub messages: i64,
    /// When the next one is due.
    pub next: Option<DateTime<Utc>>,
}

/// Writes `message` to the outbox, from which it is sent within about a second of the end of
/// `transaction`. If that is rolled back, it never was.
///
/// # Errors
/// When the database refuses the row, as it does a recipient of more than 254 characters.
pub async fn post(
    transaction: &impl ConnectionTrait,
    clock: &Clock,
    message: Message,
) -> Result<(), DbErr> {
    let now = clock.now();
    let variables = message
        .template
        .variables()
        .map_err(|error| DbErr::Json(error.to_string()))?;
    let row = ActiveModel {
        id: Set(clock.new_id()),
        created_at: Set(now),
        recipient: Set(Some(message.recipient)),
        language: Set(message.language.into()),
        template: Set(message.template.kind()),
        variables: Set(Some(variables)),
        attempts: Set(0),
        next_attempt_at: Set(Some(now)),
        sent_at: Set(None),
        failed_at: Set(None),
        failure: Set(None),
    };
    Entity::insert(row)
        .exec_without_returning(transaction)
        .await?;
    Ok(())
}

/// The messages to these addresses whose recipient is still known, the newest first.
///
/// # Errors
/// When the database cannot be read.
pub async fn to(
    connection: &impl ConnectionTrait,
    recipients: &[String],
    most: u64,
) -> Result<(Vec<Model>, u64), DbErr> {
    let select = Entity::find().filter(Column::Recipient.is_in(recipients));
    let total = select.clone().count(connection).await?;
    let newest = select.order_by_desc(Column::CreatedAt).limit(most);
    Ok((newest.all(connection).await?, total))
}

/// Forgets the messages to these addresses: what waits is not sent.
///
/// # Errors
/// When the database refuses.
pub async fn forget_recipients(
    transaction: &impl ConnectionTrait,
    recipients: &[String],
) -> Result<(), DbErr> {
    Entity::delete_many()
        .filter(Column::Recipient.is_in(recipients))
        .exec(transaction)
        .await?;
    Ok(())
}

/// What waits.
///
/// # Errors
/// When the database cannot be read.
pub async fn waiting(connection: &impl ConnectionTrait) -> Result<Waiting, DbErr> {
    let (messages, next) = Entity::find()
        .select_only()
        .expr(Expr::col(Column::Id).count())
        .expr(Expr::col(Column::NextAttemptAt).min())
        .filter(Column::NextAttemptAt.is_not_null())
        .into_tuple()
        .one(connection)
        .await?
        .unwrap_or_default();
    Ok(Waiting { messages, next })
}

/// Takes messages that are due, so that nobody else takes them for as long as a lease.
///
/// # Errors
/// When the database cannot be written.
pub async fn claim(
    connection: &impl ConnectionTrait,
    now: DateTime<Utc>,
) -> Result<Vec<Model>, DbErr> {
    let backend = connection.get_database_backend();
    // SQLite has one writer at a time; replicas on PostgreSQL step over each other's rows.
    let step_over = match backend {
        DbBackend::Postgres => "for update skip locked",
        _ => "",
    };
    let sql = format!(
        "with due as materialized (
             select id from outbox_message where next_attempt_at <= $1
             order by next_attempt_at, id limit {BATCH} {step_over}
         )
         update outbox_message set next_attempt_at = $2, attempts = attempts + 1
         where id in (select id from due)
         returning *"
    );
    let statement =
        Statement::from_sql_and_values(backend, sql, [now.into(), (now + LEASE).into()]);
    let rows = connection.query_all_raw(statement).await?;
    let mut claimed = Vec::with_capacity(rows.len());
    for row in rows {
        match Model::from_query_result(&row, "") {
            Ok(message) => claimed.push(message),
            // A later release may write what this one does not know, and takes it in its turn.
            Err(_) => tracing::warn!("an e-mail waits that this release does not know"),
        }
    }
    Ok(claimed)
}

/// Takes note that a message was sent, and forgets to whom and what it said.
///
/// # Errors
/// When the database cannot be written.
pub async fn sent(
    connection: &impl ConnectionTrait,
    id: Uuid,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    Entity::update_many()
        .set(ActiveModel {
            recipient: Set(None),
            variables: Set(None),
            next_attempt_at: Set(None),
            sent_at: Set(Some(now)),
            failed_at: Set(None),
            failure: Set(None),
            ..Default::default()
        })
        .filter(Column::Id.eq(id))
        .exec(connection)
        .await?;
    Ok(())
}

/// Has `message` wait until `next` for another attempt.
///
/// # Errors
/// When the database cannot be written.
pub async fn deferred(
    connection: &impl ConnectionTrait,
    message: &Model,
    next: DateTime<Utc>,
    failure: &str,
) -> Result<(), DbErr> {
    let change = ActiveModel {
        next_attempt_at: Set(Some(next)),
        failure: Set(Some(failure.to_owned())),
        ..Default::default()
    };
    settle(connection, message, change).await
}

/// Gives `message` up.
///
/// # Errors
/// When the database cannot be written.
pub async fn failed(
    connection: &impl ConnectionTrait,
    message: &Model,
    now: DateTime<Utc>,
    failure: &str,
) -> Result<(), DbErr> {
    let change = ActiveModel {
        next_attempt_at: Set(None),
        failed_at: Set(Some(now)),
        failure: Set(Some(failure.to_owned())),
        ..Default::default()
    };
    settle(connection, message, change).await
}

/// Writes what became of an attempt, unless someone else has taken the message since.
async fn settle(
    connection: &impl ConnectionTrait,
    message: &Model,
    change: ActiveModel,
) -> Result<(), DbErr> {
    Entity::update_many()
        .set(change)
        .filter(Column::Id.eq(message.id))
        .filter(Column::Attempts.eq(message.attempts))
        .filter(Column::NextAttemptAt.is_not_null())
        .exec(connection)
        .await?;
    Ok(())
}

/// Forgets to whom messages given up before `instant` were, and what they said.
///
/// # Errors
/// When the database cannot be written.
pub async fn forget(
    connection: &impl ConnectionTrait,
    instant: DateTime<Utc>,
) -> Result<(), DbErr> {
    Entity::update_many()
        .set(ActiveModel {
            recipient: Set(None),
            variables: Set(None),
            ..Default::default()
        })
        .filter(Column::FailedAt.lt(instant))
        .filter(Column::Recipient.is_not_null())
        .exec(connection)
        .await?;
    Ok(())
}
