//! Keeping the index: in the transaction of every write, or all of it anew.

use std::collections::{BTreeSet, HashMap, HashSet};

use chrono::{DateTime, Utc};
use chrono_tz::Europe::Paris;
use entity::{search_document, search_head, search_word};
use sea_orm::sea_query::{Alias, Expr, ExprTrait, OnConflict};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseBackend, DatabaseConnection, DbErr, EntityTrait, NotSet,
    QueryFilter, QuerySelect, Set,
};
use uuid::Uuid;

use super::catalogue;
use super::document::{Document, SearchKind};
use crate::change::Change;
use crate::database::begin;
use crate::viewer::{Scope, Viewer};

/// Documents, identifiers and words of one statement.
const BATCH: usize = 500;
const WORDS: usize = 1_000;

/// What the whole index came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reindexed {
    /// Entities in the index.
    pub documents: u64,
    /// Entities that were in it and should not have been.
    pub removed: u64,
}

/// Puts `documents` into the index, in place of what it had of them.
///
/// # Errors
/// When the database refuses; the transaction must then be rolled back.
pub async fn index(
    transaction: &impl ConnectionTrait,
    documents: Vec<Document>,
) -> Result<(), DbErr> {
    let number = lock(transaction).await?;
    add(transaction, number, documents, &mut HashSet::new()).await?;
    Ok(())
}

/// Takes entities out of the index.
///
/// # Errors
/// When the database refuses; the transaction must then be rolled back.
pub async fn remove(
    transaction: &impl ConnectionTrait,
    kind: SearchKind,
    ids: &[Uuid],
) -> Result<(), DbErr> {
    for batch in ids.chunks(BATCH) {
        search_document::Entity::delete_many()
            .filter(search_document::Column::EntityKind.eq(kind.as_str()))
            .filter(search_document::Column::EntityId.is_in(batch.iter().copied()))
            .exec(transaction)
            .await?;
    }
    Ok(())
}

/// Brings the index up to date with `changes`, which are written but not yet committed.
///
/// # Errors
/// When the database refuses; the transaction must then be rolled back.
pub async fn follow(
    transaction: &impl ConnectionTrait,
    at: DateTime<Utc>,
    changes: &[Change],
) -> Result<(), DbErr> {
    let scope = public(at);
    let mut changed: BTreeSet<(SearchKind, Uuid)> = changes
        .iter()
        .filter_map(|change| Some((SearchKind::of(change.subject)?, change.id)))
        .collect();
    changed.extend(catalogue::dependents(transaction, scope, changes).await?);
    if changed.is_empty() {
        return Ok(());
    }
    let mut number = lock(transaction).await?;
    let mut known = HashSet::new();
    for kind in SearchKind::ALL {
        let ids: Vec<Uuid> = changed
            .iter()
            .filter(|(of, _)| of == kind)
            .map(|(_, id)| *id)
            .collect();
        for batch in ids.chunks(BATCH) {
            let documents = catalogue::documents(transaction, scope, *kind, batch).await?;
            let visible: HashSet<Uuid> = documents.iter().map(|document| document.id).collect();
            let hidden: Vec<Uuid> = batch
                .iter()
                .copied()
                .filter(|id| !visible.contains(id))
                .collect();
            remove(transaction, *kind, &hidden).await?;
            number = add(transaction, number, documents, &mut known).await?;
        }
    }
    Ok(())
}

/// Makes the whole index anew, a batch at a time, while the registry is in use.
///
/// # Errors
/// When the database refuses; what was done so far stays, and is right.
pub async fn reindex(
    database: &DatabaseConnection,
    now: DateTime<Utc>,
) -> Result<Reindexed, DbErr> {
    let scope = public(now);
    let mut done = Reindexed::default();
    let mut known = HashSet::new();
    for kind in SearchKind::ALL {
        let mut after = None;
        loop {
            let transaction = begin(database).await?;
            // Locked before it is read: a write under way comes after, with newer words.
            let number = lock(&transaction).await?;
            let ids = catalogue::ids_after(&transaction, scope, *kind, after, BATCH as u64).await?;
            let documents = catalogue::documents(&transaction, scope, *kind, &ids).await?;
            done.documents += documents.len() as u64;
            add(&transaction, number, documents, &mut known).await?;
            transaction.commit().await?;
            after = ids.last().copied();
            if ids.len() < BATCH {
                break;
            }
        }
        done.removed += search_document::Entity::delete_many()
            .filter(search_document::Column::EntityKind.eq(kind.as_str()))
            .filter(
                Expr::col(search_document::Column::EntityId)
                    .not_in_subquery(catalogue::visible_ids(scope, *kind)),
            )
            .exec(database)
            .await?
            .rows_affected;
    }
    if database.get_database_backend() == DatabaseBackend::Sqlite {
        database
            .execute_unprepared("insert into search_index (search_index) values ('optimize')")
            .await?;
    }
    Ok(done)
}

/// What everybody sees at an instant: only that is indexed.
fn public(at: DateTime<Utc>) -> Scope {
    Scope {
        viewer: Viewer::Visitor,
        now: at,
        today: at.with_timezone(&Paris).date_naive(),
    }
}

/// Keeps other writers of the index out until the commit; answers the number of the
/// latest word.
async fn lock(transaction: &impl ConnectionTrait) -> Result<i64, DbErr> {
    search_head::Entity::update_many()
        .col_expr(
            search_head::Column::Number,
            Expr::col(search_head::Column::Number),
        )
        .filter(search_head::Column::Id.eq(1))
        .exec_with_returning(transaction)
        .await?
        .pop()
        .map(|head| head.number)
        .ok_or_else(|| DbErr::RecordNotFound("the head of the vocabulary".to_owned()))
}

/// Adds documents and their words; answers the number of the latest word.
async fn add(
    transaction: &impl ConnectionTrait,
    number: i64,
    documents: Vec<Document>,
    known: &mut HashSet<String>,
) -> Result<i64, DbErr> {
    let mut words = BTreeSet::new();
    let mut rows = HashMap::new();
    for document in documents {
        let analysed = document.analysed();
        let new_words = analysed
            .words
            .into_iter()
            .filter(|word| is_word(word) && !known.contains(word));
        words.extend(new_words);
        let row = search_document::ActiveModel {
            id: NotSet,
            entity_kind: Set(document.kind.as_str().to_owned()),
            entity_id: Set(document.id),
            title_words: Set(analysed.title),
            body_words: Set(analysed.body),
        };
        rows.insert((document.kind, document.id), row);
    }
    let rows: Vec<_> = rows.into_values().collect();
    for batch in rows.chunks(BATCH) {
        let changed = |column: &'static str| {
            Expr::col((Alias::new("search_document"), Alias::new(column)))
                .ne(Expr::col((Alias::new("excluded"), Alias::new(column))))
        };
        let in_place = OnConflict::columns([
            search_document::Column::EntityKind,
            search_document::Column::EntityId,
        ])
        .update_columns([
            search_document::Column::TitleWords,
            search_document::Column::BodyWords,
        ])
        // An index that is right is not written again.
        .action_and_where(changed("title_words").or(changed("body_words")))
        .to_owned();
        search_document::Entity::insert_many(batch.iter().cloned())
            .on_conflict(in_place)
            .exec_without_returning(transaction)
            .await?;
    }
    let words: Vec<String> = words.into_iter().collect();
    learn(transaction, number, &words, known).await
}

/// Whether a folded word belongs in the vocabulary: numbers are neither completed nor
/// corrected.
fn is_word(word: &str) -> bool {
    word.chars().count() >= 2 && word.chars().any(char::is_alphabetic)
}

/// Adds the words that the vocabulary lacks; answers the number of the latest one.
async fn learn(
    transaction: &impl ConnectionTrait,
    mut number: i64,
    words: &[String],
    known: &mut HashSet<String>,
) -> Result<i64, DbErr> {
    let before = number;
    for batch in words.chunks(WORDS) {
        let there: HashSet<String> = search_word::Entity::find()
            .select_only()
            .column(search_word::Column::Word)
            .filter(search_word::Column::Word.is_in(batch))
            .into_tuple()
            .all(transaction)
            .await?
            .into_iter()
            .collect();
        let rows: Vec<_> = batch
            .iter()
            .filter(|word| !there.contains(*word))
            .map(|word| {
                number += 1;
                search_word::ActiveModel {
                    word: Set(word.clone()),
                    number: Set(number),
                }
            })
            .collect();
        if !rows.is_empty() {
            search_word::Entity::insert_many(rows)
                .exec_without_returning(transaction)
                .await?;
        }
        known.extend(batch.iter().cloned());
    }
    if number > before {
        search_head::Entity::update_many()
            .col_expr(search_head::Column::Number, Expr::value(number))
            .filter(search_head::Column::Id.eq(1))
            .exec(transaction)
            .await?;
    }
    Ok(number)
}
