//! Keeps the pairs of contents that may be one.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use entity::probable_duplicate;
use entity::values::DuplicateVerdict;
use sea_orm::sea_query::{Condition, Expr, ExprTrait as _, OnConflict};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, QueryFilter as _, QuerySelect as _,
    Set,
};
use uuid::Uuid;

use super::contents::is_visible;
use super::rules::Pair;
use crate::change::Subject;
use crate::clock::Clock;
use crate::viewer::Scope;

/// Rows of one statement.
const BATCH: usize = 500;

/// Those of these contents that somebody said not to be the content `id`, if `scope` may see
/// that one.
///
/// # Errors
/// When the database cannot be read.
pub async fn different_from(
    connection: &impl ConnectionTrait,
    scope: Scope,
    subject: Subject,
    id: Uuid,
) -> Result<HashSet<Uuid>, DbErr> {
    let rows = probable_duplicate::Entity::find()
        .filter(of_one_of(subject, &[id]))
        .filter(is_visible(scope, subject, Expr::value(id)))
        .all(connection)
        .await?;
    Ok(rows
        .into_iter()
        .filter(|row| row.verdict == DuplicateVerdict::Different)
        .flat_map(|row| [row.left_id, row.right_id])
        .filter(|other| *other != id)
        .collect())
}

/// The open pairs of these contents.
///
/// # Errors
/// When the database cannot be read.
pub async fn open_of(
    connection: &impl ConnectionTrait,
    subject: Subject,
    contents: &[Uuid],
) -> Result<Vec<probable_duplicate::Model>, DbErr> {
    let mut rows = probable_duplicate::Entity::find()
        .filter(of_one_of(subject, contents))
        .all(connection)
        .await?;
    // Asked for the verdict too, SQLite would go through all pairs that have it.
    rows.retain(|row| row.verdict == DuplicateVerdict::Open);
    Ok(rows)
}

fn of_one_of(subject: Subject, contents: &[Uuid]) -> Condition {
    let one_of = |column: probable_duplicate::Column| column.is_in(contents.iter().copied());
    Condition::all()
        .add(probable_duplicate::Column::EntityKind.eq(subject.as_str()))
        .add(
            one_of(probable_duplicate::Column::LeftId)
                .or(one_of(probable_duplicate::Column::RightId)),
        )
}

/// The pairs of these identifiers.
///
/// # Errors
/// When the database cannot be read.
pub async fn by_ids(
    connection: &impl ConnectionTrait,
    ids: &[Uuid],
) -> Result<Vec<probable_duplicate::Model>, DbErr> {
    probable_duplicate::Entity::find()
        .filter(probable_duplicate::Column::Id.is_in(ids.iter().copied()))
        .all(connection)
        .await
}

fn of_pair(subject: Subject, (left, right): (Uuid, Uuid)) -> Condition {
    Condition::all()
        .add(probable_duplicate::Column::EntityKind.eq(subject.as_str()))
        .add(probable_duplicate::Column::LeftId.eq(left))
        .add(probable_duplicate::Column::RightId.eq(right))
}

/// The row of a pair, if there is one.
///
/// # Errors
/// When the database cannot be read.
pub async fn id_of(
    connection: &impl ConnectionTrait,
    subject: Subject,
    pair: (Uuid, Uuid),
) -> Result<Option<Uuid>, DbErr> {
    probable_duplicate::Entity::find()
        .select_only()
        .column(probable_duplicate::Column::Id)
        .filter(of_pair(subject, pair))
        .into_tuple()
        .one(connection)
        .await
}

/// Writes the pairs that are not known yet, and answers them.
///
/// # Errors
/// When the database refuses.
pub async fn remember(
    transaction: &impl ConnectionTrait,
    clock: &Clock,
    subject: Subject,
    pairs: &[Pair],
) -> Result<HashSet<(Uuid, Uuid)>, DbErr> {
    let now = clock.now();
    let mut fresh = HashSet::new();
    for batch in pairs.chunks(BATCH) {
        let lefts = batch.iter().map(|pair| pair.ids().0);
        let known: HashSet<(Uuid, Uuid)> = probable_duplicate::Entity::find()
            .select_only()
            .columns([
                probable_duplicate::Column::LeftId,
                probable_duplicate::Column::RightId,
            ])
            .filter(probable_duplicate::Column::EntityKind.eq(subject.as_str()))
            .filter(probable_duplicate::Column::LeftId.is_in(lefts))
            .into_tuple()
            .all(transaction)
            .await?
            .into_iter()
            .collect();
        let new: Vec<&Pair> = batch
            .iter()
            .filter(|pair| !known.contains(&pair.ids()))
            .collect();
        if new.is_empty() {
            continue;
        }
        fresh.extend(new.iter().map(|pair| pair.ids()));
        let rows = new.into_iter().map(|pair| probable_duplicate::ActiveModel {
            id: Set(clock.new_id()),
            entity_kind: Set(subject.as_str().to_owned()),
            left_id: Set(pair.ids().0),
            right_id: Set(pair.ids().1),
            reason: Set(pair.likeness().reason),
            score: Set(pair.likeness().score),
            verdict: Set(DuplicateVerdict::Open),
            found_at: Set(now),
            distance_metres: Set(pair.likeness().metres),
            decided_at: Set(None),
            decided_by_id: Set(None),
        });
        probable_duplicate::Entity::insert_many(rows)
            .on_conflict(
                OnConflict::columns([
                    probable_duplicate::Column::EntityKind,
                    probable_duplicate::Column::LeftId,
                    probable_duplicate::Column::RightId,
                ])
                .do_nothing()
                .to_owned(),
            )
            .exec_without_returning(transaction)
            .await?;
    }
    Ok(fresh)
}

/// Who decided, and when.
#[derive(Clone, Copy, Debug)]
pub struct Decided {
    pub by: Uuid,
    pub at: DateTime<Utc>,
}

/// Says of a pair that it is two contents, or, with nobody who decided, opens it again; says
/// whether that changed something.
///
/// # Errors
/// When the database refuses.
pub async fn decide(
    transaction: &impl ConnectionTrait,
    subject: Subject,
    pair: (Uuid, Uuid),
    decided: Option<Decided>,
) -> Result<bool, DbErr> {
    let verdict = match decided {
        Some(_) => DuplicateVerdict::Different,
        None => DuplicateVerdict::Open,
    };
    let done = probable_duplicate::Entity::update_many()
        .set(probable_duplicate::ActiveModel {
            verdict: Set(verdict),
            decided_at: Set(decided.map(|decided| decided.at)),
            decided_by_id: Set(decided.map(|decided| decided.by)),
            ..Default::default()
        })
        .filter(of_pair(subject, pair))
        .filter(probable_duplicate::Column::Verdict.ne(verdict))
        .exec(transaction)
        .await?;
    Ok(done.rows_affected > 0)
}

/// Forgets the pairs of contents that are no more.
///
/// # Errors
/// When the database refuses.
pub async fn forget(
    transaction: &impl ConnectionTrait,
    subject: Subject,
    contents: &[Uuid],
) -> Result<(), DbErr> {
    probable_duplicate::Entity::delete_many()
        .filter(of_one_of(subject, contents))
        .exec(transaction)
        .await?;
    Ok(())
}
