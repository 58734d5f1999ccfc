//! Finds what was not confirmed for long, and keeps who was reminded of what: each once,
//! however many servers look for it.

use chrono::{DateTime, NaiveDate, Utc};
use entity::values::Publication;
use entity::{confirmation_link, reminder};
use sea_orm::sea_query::{
    Alias, Expr, ExprTrait as _, Func, OnConflict, Order, Query, SelectStatement, SimpleExpr,
};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, QueryFilter as _, QueryResult, Set,
};
use uuid::Uuid;

use crate::change::Subject;
use crate::review::Table;

/// A content that somebody should look at.
#[derive(Clone, Debug)]
pub struct Due {
    pub table: Table,
    pub id: Uuid,
    pub owner: Option<Uuid>,
    pub title: Option<String>,
}

impl Due {
    fn read(table: Table, row: &QueryResult) -> Result<Self, DbErr> {
        Ok(Self {
            table,
            id: row.try_get("", "id")?,
            owner: row.try_get("", "owner_account_id")?,
            title: row.try_get("", "title")?,
        })
    }
}

/// When a content was last said to be true: by its approval or a confirmation, and what was
/// imported, when the import last changed it.
fn confirmed(table: Table) -> SimpleExpr {
    let column = |name: &'static str| Expr::col((table.name, name));
    Func::coalesce([column("confirmed_at"), column("updated_at")]).into()
}

fn public_and_not_stale(table: Table, after: Option<Uuid>) -> SelectStatement {
    let column = |name: &'static str| Expr::col((table.name, name));
    let mut select = Query::select();
    if let Some(after) = after {
        select.and_where(column("id").gt(after));
    }
    select
        .expr(column("id"))
        .expr(column("owner_account_id"))
        .expr_as(column(table.title), Alias::new("title"))
        .from(table.name)
        // Written out: most rows have it, which PostgreSQL only then takes into account.
        .and_where(
            column("publication").eq(Expr::cust(format!("'{}'", Publication::Published.as_str()))),
        )
        .and_where(column("stale_since").is_null())
        .order_by((table.name, "id"), Order::Asc)
        .take()
}

/// A reminder of a content since it was last said to be true.
fn reminded(table: Table) -> SelectStatement {
    let column = |column| Expr::col((reminder::Entity, column));
    Query::select()
        .expr(Expr::val(1))
        .from(reminder::Entity)
        .and_where(column(reminder::Column::EntityKind).eq(table.subject.as_str()))
        .and_where(column(reminder::Column::EntityId).eq(Expr::col((table.name, "id"))))
        .and_where(column(reminder::Column::SentAt).gte(confirmed(table)))
        .take()
}

/// Public contents that were last confirmed before `before`, and of which nobody was
/// reminded since: the first of them behind `after`.
///
/// # Errors
/// When the database cannot be read.
pub async fn unconfirmed(
    connection: &impl ConnectionTrait,
    table: Table,
    before: DateTime<Utc>,
    after: Option<Uuid>,
    most: u64,
) -> Result<Vec<Due>, DbErr> {
    let select = public_and_not_stale(table, after)
        .and_where(confirmed(table).lte(before))
        .and_where(Expr::exists(reminded(table)).not())
        .limit(most)
        .take();
    let rows = connection.query_all(&select).await?;
    rows.iter().map(|row| Due::read(table, row)).collect()
}

/// Public contents of which somebody was reminded before `before` without an answer: the
/// first of them behind `after`.
///
/// # Errors
/// When the database cannot be read.
pub async fn unanswered(
    connection: &impl ConnectionTrait,
    table: Table,
    before: DateTime<Utc>,
    after: Option<Uuid>,
    most: u64,
) -> Result<Vec<Due>, DbErr> {
    let sent = Expr::col((reminder::Entity, reminder::Column::SentAt));
    let reminded = reminded(table).and_where(sent.lte(before)).take();
    let select = public_and_not_stale(table, after)
        .and_where(Expr::exists(reminded))
        .limit(most)
        .take();
    let rows = connection.query_all(&select).await?;
    rows.iter().map(|row| Due::read(table, row)).collect()
}

/// Takes the reminders of what was not reminded of since `before`; answers how many. Of two
/// servers that try at once, one does.
///
/// # Errors
/// When the database refuses.
pub async fn claim(
    transaction: &impl ConnectionTrait,
    subject: Subject,
    ids: &[Uuid],
    before: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<u64, DbErr> {
    let rows = ids.iter().map(|id| reminder::ActiveModel {
        entity_kind: Set(subject.as_str().to_owned()),
        entity_id: Set(*id),
        sent_at: Set(now),
    });
    let again = OnConflict::columns([reminder::Column::EntityKind, reminder::Column::EntityId])
        .update_column(reminder::Column::SentAt)
        .action_and_where(Expr::col((reminder::Entity, reminder::Column::SentAt)).lte(before))
        .to_owned();
    reminder::Entity::insert_many(rows)
        .on_conflict(again)
        .exec_without_returning(transaction)
        .await
}

/// Says that a content is stale since `today`; answers whether it was not yet.
///
/// # Errors
/// When the database refuses.
pub async fn set_stale(
    transaction: &impl ConnectionTrait,
    due: &Due,
    today: NaiveDate,
) -> Result<bool, DbErr> {
    let mut update = Query::update();
    update
        .table(due.table.name)
        .value("stale_since", today)
        .and_where(Expr::col("id").eq(due.id))
        .and_where(Expr::col("stale_since").is_null());
    Ok(transaction.execute(&update).await?.rows_affected() > 0)
}

/// Says that a content is true at `now`, if it is public; answers whether it is.
///
/// # Errors
/// When the database refuses.
pub async fn set_confirmed(
    transaction: &impl ConnectionTrait,
    table: Table,
    id: Uuid,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let mut update = Query::update();
    update
        .table(table.name)
        .value("confirmed_at", now)
        .value("stale_since", None::<NaiveDate>)
        .and_where(Expr::col("id").eq(id))
        .and_where(Expr::col("publication").eq(Publication::Published.as_str()));
    Ok(transaction.execute(&update).await?.rows_affected() > 0)
}

/// The owner and the title of a content.
///
/// # Errors
/// When the database cannot be read.
pub async fn owner_and_title(
    connection: &impl ConnectionTrait,
    table: Table,
    id: Uuid,
) -> Result<Option<Due>, DbErr> {
    let select = Query::select()
        .column("id")
        .column("owner_account_id")
        .expr_as(Expr::col(table.title), Alias::new("title"))
        .from(table.name)
        .and_where(Expr::col("id").eq(id))
        .and_where(Expr::col("publication").eq(Publication::Published.as_str()))
        .take();
    let row = connection.query_one(&select).await?;
    row.map(|row| Due::read(table, &row)).transpose()
}

/// Whether contents, by their column `stale_since`, are stale or not, as a list asks.
pub fn staleness(stale_since: impl Into<SimpleExpr>, asked: Option<bool>) -> Option<SimpleExpr> {
    let stale_since = stale_since.into();
    asked.map(|stale| {
        if stale {
            stale_since.is_not_null()
        } else {
            stale_since.is_null()
        }
    })
}

/// Forgets links that ceased to work before `before`.
///
/// # Errors
/// When the database refuses.
pub async fn purge_links(
    transaction: &impl ConnectionTrait,
    before: DateTime<Utc>,
) -> Result<u64, DbErr> {
    let purged = confirmation_link::Entity::delete_many()
        .filter(confirmation_link::Column::ExpiresAt.lt(before))
        .exec(transaction)
        .await?;
    Ok(purged.rows_affected)
}
