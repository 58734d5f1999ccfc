//! The tables of imports: what waits, what runs, and what became of each row.

use chrono::{DateTime, Utc};
use entity::import_job::{ActiveModel, Column, Entity, Model};
use entity::import_row;
use entity::values::{Attachment, ImportFailure, ImportKind, ImportState};
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, DbErr, EntityTrait as _, PaginatorTrait as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _, Select, Set,
};
use uuid::Uuid;

use super::model::{KEPT, LEASE};
use crate::database::{insert_all, one_at_a_time};
use crate::files;
use crate::viewer::{Scope, Viewer};

/// Imports forgotten at once.
const BATCH: u64 = 100;

/// What this viewer may see: for who reviews all of them.
pub fn visible(scope: Scope) -> Select<Entity> {
    Entity::find().filter(Expr::val(sees(scope)).eq(true))
}

/// Rows of imports that this viewer may see.
pub fn visible_rows(scope: Scope) -> Select<import_row::Entity> {
    import_row::Entity::find().filter(Expr::val(sees(scope)).eq(true))
}

fn sees(scope: Scope) -> bool {
    match scope.viewer {
        Viewer::Account(principal) => principal.reviews(),
        Viewer::Visitor | Viewer::Registry => false,
    }
}

/// One import.
pub async fn find(
    connection: &impl ConnectionTrait,
    scope: Scope,
    id: Uuid,
) -> Result<Option<Model>, DbErr> {
    visible(scope)
        .filter(Column::Id.eq(id))
        .one(connection)
        .await
}

/// Has those who ask for imports come one after the other, until the ends of their
/// transactions.
pub async fn queue(transaction: &impl ConnectionTrait) -> Result<(), DbErr> {
    one_at_a_time(transaction, &["import queue"]).await
}

/// How many imports of an account wait or run, and how many of all.
pub async fn open(connection: &impl ConnectionTrait, account: Uuid) -> Result<(u64, u64), DbErr> {
    let open = Entity::find().filter(Column::EndedAt.is_null());
    let own = open.clone().filter(Column::AccountId.eq(account));
    Ok((own.count(connection).await?, open.count(connection).await?))
}

/// What makes two imports the same but for what they write.
pub struct Same<'a> {
    pub account: Uuid,
    pub kind: ImportKind,
    pub sha256: &'a str,
    pub mapping: &'a str,
    pub source: &'a str,
    pub sheet: Option<&'a str>,
    pub source_wins: bool,
}

/// The latest dry run that came to the end of the same.
pub async fn dry_run_of(
    connection: &impl ConnectionTrait,
    same: Same<'_>,
) -> Result<Option<Uuid>, DbErr> {
    Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::DryRun.eq(true))
        .filter(Column::State.eq(ImportState::Succeeded))
        .filter(Column::AccountId.eq(same.account))
        .filter(Column::Kind.eq(same.kind))
        .filter(Column::Sha256.eq(same.sha256))
        .filter(Column::Mapping.eq(same.mapping))
        .filter(Column::Source.eq(same.source))
        .filter(Column::SourceWins.eq(same.source_wins))
        .filter(match same.sheet {
            Some(sheet) => Column::Sheet.eq(sheet),
            None => Column::Sheet.is_null(),
        })
        .order_by_desc(Column::Id)
        .into_tuple()
        .one(connection)
        .await
}

/// Writes a new import.
pub async fn insert(connection: &impl ConnectionTrait, row: ActiveModel) -> Result<(), DbErr> {
    Entity::insert(row)
        .exec_without_returning(connection)
        .await?;
    Ok(())
}

/// Whether there is an import that waits or runs.
pub async fn is_busy(connection: &impl ConnectionTrait) -> Result<bool, DbErr> {
    let found = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::EndedAt.is_null())
        .into_tuple::<Uuid>()
        .one(connection)
        .await?;
    Ok(found.is_some())
}

/// Takes the import that has waited longest, unless one runs: what runs with a lease that is
/// over, waits again. All replicas together run one at a time.
pub async fn claim(
    transaction: &impl ConnectionTrait,
    holder: Uuid,
    now: DateTime<Utc>,
) -> Result<Option<Model>, DbErr> {
    one_at_a_time(transaction, &["import worker"]).await?;
    let runs = Entity::find()
        .filter(Column::State.eq(ImportState::Running))
        .filter(Column::LeaseUntil.gt(now))
        .count(transaction)
        .await?;
    if runs > 0 {
        return Ok(None);
    }
    let next = Entity::find()
        .filter(Column::EndedAt.is_null())
        .order_by_asc(Column::Id)
        .limit(1)
        .one(transaction)
        .await?;
    let Some(next) = next else {
        return Ok(None);
    };
    let change = ActiveModel {
        state: Set(ImportState::Running),
        holder: Set(Some(holder)),
        lease_until: Set(Some(now + LEASE)),
        attempts: Set(next.attempts + 1),
        started_at: Set(Some(next.started_at.unwrap_or(now))),
        ..Default::default()
    };
    let mut claimed = Entity::update_many()
        .set(change)
        .filter(Column::Id.eq(next.id))
        .exec_with_returning(transaction)
        .await?;
    Ok(claimed.pop())
}

/// Writes `change` to an import that `holder` runs; answers whether it still does.
pub async fn write_held(
    connection: &impl ConnectionTrait,
    id: Uuid,
    holder: Uuid,
    change: ActiveModel,
) -> Result<bool, DbErr> {
    let written = Entity::update_many()
        .set(change)
        .filter(Column::Id.eq(id))
        .filter(Column::Holder.eq(holder))
        .exec(connection)
        .await?;
    Ok(written.rows_affected == 1)
}

/// Says that `holder` goes on.
pub async fn renew(
    connection: &impl ConnectionTrait,
    id: Uuid,
    holder: Uuid,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let change = ActiveModel {
        lease_until: Set(Some(now + LEASE)),
        ..Default::default()
    };
    write_held(connection, id, holder, change).await
}

/// Has an import that `holder` runs wait for another one, as if it had not been begun.
pub async fn give_back(
    connection: &impl ConnectionTrait,
    job: &Model,
    holder: Uuid,
) -> Result<bool, DbErr> {
    let change = ActiveModel {
        state: Set(ImportState::Queued),
        holder: Set(None),
        lease_until: Set(None),
        attempts: Set(job.attempts - 1),
        ..Default::default()
    };
    write_held(connection, job.id, holder, change).await
}

/// How an import ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Succeeded,
    /// With the line at which the file is wrong, if that is known.
    Failed(ImportFailure, Option<i64>),
    Cancelled,
}

fn ended(end: End, now: DateTime<Utc>) -> ActiveModel {
    let (state, failure, line) = match end {
        End::Succeeded => (ImportState::Succeeded, None, None),
        End::Failed(failure, line) => (ImportState::Failed, Some(failure), line),
        End::Cancelled => (ImportState::Cancelled, None, None),
    };
    ActiveModel {
        state: Set(state),
        holder: Set(None),
        lease_until: Set(None),
        ended_at: Set(Some(now)),
        failure: Set(failure),
        failure_line: Set(line),
        ..Default::default()
    }
}

/// Ends an import that `holder` runs; answers whether it did.
pub async fn end(
    connection: &impl ConnectionTrait,
    id: Uuid,
    holder: Uuid,
    end: End,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    write_held(connection, id, holder, ended(end, now)).await
}

/// Ends an import that waits or runs; answers whether it did. What runs it writes nothing
/// more.
pub async fn cancel(
    connection: &impl ConnectionTrait,
    id: Uuid,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let written = Entity::update_many()
        .set(ended(End::Cancelled, now))
        .filter(Column::Id.eq(id))
        .filter(Column::EndedAt.is_null())
        .exec(connection)
        .await?;
    Ok(written.rows_affected == 1)
}

/// Writes what became of rows.
pub async fn add_rows(
    connection: &impl ConnectionTrait,
    rows: Vec<import_row::ActiveModel>,
) -> Result<(), DbErr> {
    insert_all(connection, rows).await
}

/// The rows of a report after the one of this number, in their order.
pub async fn rows_after(
    connection: &impl ConnectionTrait,
    scope: Scope,
    import: Uuid,
    number: i64,
    most: u64,
) -> Result<Vec<import_row::Model>, DbErr> {
    visible_rows(scope)
        .filter(import_row::Column::ImportId.eq(import))
        .filter(import_row::Column::Number.gt(number))
        .order_by_asc(import_row::Column::Number)
        .limit(most)
        .all(connection)
        .await
}

/// Forgets imports that ended long ago, with their reports; their files are attached to
/// nothing then.
///
/// # Errors
/// When the database refuses.
pub async fn purge(transaction: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<(), DbErr> {
    loop {
        let old: Vec<Uuid> = Entity::find()
            .select_only()
            .column(Column::Id)
            .filter(Column::EndedAt.lt(now - KEPT))
            .limit(BATCH)
            .into_tuple()
            .all(transaction)
            .await?;
        if old.is_empty() {
            return Ok(());
        }
        files::detach(transaction, Attachment::Import, &old).await?;
        Entity::delete_many()
            .filter(Condition::all().add(Column::Id.is_in(old)))
            .exec(transaction)
            .await?;
    }
}
