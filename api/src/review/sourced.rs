//! Content that a source states, as new items and as new revisions of items that are there.
//!
//! A source is read again and again, and people correct between two readings what it said.
//! A statement is therefore merged field by field, out of what the source said before, what
//! it says now, and what is public.

use entity::revision;
use entity::values::{Publication, RevisionState};
use sea_orm::DatabaseTransaction;
use serde_json::Value;
use uuid::Uuid;

use super::content::{Head, New, Placement, Reviewed};
use super::differences::differences;
use super::service::{first_revision, json_of};
use super::state::{Standing, Step};
use super::statement::{Kept, Statement, apply, rebased};
use super::store::{self, Author, Draft};
use crate::clock::Clock;
use crate::problem::WriteError;
use crate::viewer::Scope;

/// Where content comes from, and the transaction that writes it.
#[derive(Clone, Copy)]
pub struct Origin<'a> {
    pub transaction: &'a DatabaseTransaction,
    pub clock: &'a Clock,
    /// Sees everything: [`crate::viewer::Viewer::Registry`].
    pub scope: Scope,
    pub source: &'a str,
    /// The import job, if there is one.
    pub import: Option<Uuid>,
    /// Whether the source overwrites what people changed.
    pub source_wins: bool,
}

/// What a source states of an item that is there.
#[derive(Debug)]
pub struct Restated<'a> {
    pub id: Uuid,
    /// What it said when it was last read, if that is known.
    pub before: Option<&'a Statement>,
    pub now: &'a Statement,
    /// Paths that change only along with others: the day on which the source was read.
    pub along: &'a [&'a str],
    /// Elements that stay in a list which has them, whether or not the source states them:
    /// archived themes.
    pub staying: &'a [Value],
}

/// Result of merging a statement into an item.
#[derive(Debug)]
pub struct Merged {
    pub change: Option<Changed>,
    /// What a person changed and the source states otherwise; empty if the source wins.
    pub kept: Vec<Kept>,
}

/// A revision that a source wrote.
#[derive(Debug, PartialEq, Eq)]
pub struct Changed {
    pub revision: i32,
    /// The changed fields of the content.
    pub fields: Vec<String>,
    pub is_public: bool,
}

/// Writes new items with their first revision, which is approved if the item is public.
///
/// # Errors
/// When the database refuses.
pub async fn create<C: Reviewed>(origin: Origin<'_>, items: &[New<C>]) -> Result<(), WriteError> {
    C::insert(origin.transaction, origin.scope, items).await?;
    let mut revisions = Vec::with_capacity(items.len());
    for item in items {
        revisions.push(Draft {
            id: origin.clock.new_id(),
            subject: C::SUBJECT,
            entity: item.id,
            number: 1,
            state: state_of(item.publication),
            content: json_of(&item.content)?,
            author: Author::Source(origin.source, origin.import),
            at: origin.scope.now,
        });
    }
    Ok(store::append_all(origin.transaction, revisions).await?)
}

/// Merges what a source states now into an item. What changes becomes a revision whose author
/// is the source. An open edit of a person follows it as a revision of its own, so that
/// whoever writes it on without having read it gets a conflict. `latest` is the latest
/// revision, if the caller has read it. Answers nothing if there is no such item.
///
/// # Errors
/// The problems of the merged content, and when the database refuses.
pub async fn merge<C: Reviewed>(
    origin: Origin<'_>,
    latest: Option<revision::Model>,
    stated: Restated<'_>,
) -> Result<Option<Merged>, WriteError> {
    let (transaction, scope, id) = (origin.transaction, origin.scope, stated.id);
    let Some(head) = C::head(transaction, scope, id).await? else {
        return Ok(None);
    };
    let latest = match latest {
        Some(latest) => latest,
        None => match store::latest(transaction, C::SUBJECT, id).await? {
            Some(latest) => latest,
            None => first_revision::<C>(origin.clock, scope, transaction, &head).await?,
        },
    };
    let there = public_content::<C>(origin, &head, &latest).await?;
    let overwrites = origin.source_wins
        // Nobody knows what the source said before; what no account wrote, a source did.
        || (stated.before.is_none() && !store::has_author(transaction, C::SUBJECT, id).await?);
    let (merged, kept) = apply(&there, &stated, overwrites);
    if merged == there {
        return Ok(Some(Merged { change: None, kept }));
    }
    let content: C = serde_json::from_value(merged)
        .map_err(|_| WriteError::Internal("a merged content that cannot be read"))?;
    let content = content.checked()?;
    let value = json_of(&content)?;
    let fields: Vec<String> = differences(&there, &value)
        .into_iter()
        .map(|difference| difference.field)
        .collect();
    if fields.is_empty() {
        return Ok(Some(Merged { change: None, kept }));
    }
    let publication = publication_after(&head, latest.state);
    let is_open = matches!(latest.state, RevisionState::Draft | RevisionState::Pending);
    if is_open {
        store::supersede(transaction, latest.id).await?;
    }
    let number = latest.number + 1;
    let draft = Draft {
        id: origin.clock.new_id(),
        subject: C::SUBJECT,
        entity: id,
        number,
        state: state_of(publication),
        content: value.clone(),
        author: Author::Source(origin.source, origin.import),
        at: scope.now,
    };
    store::append(transaction, draft).await?;
    let is_edit =
        latest.number != head.revision && (is_open || latest.state == RevisionState::ChangesAsked);
    if is_edit {
        let edited = rebased(&there, &latest.content, &value);
        if edited != value {
            let new_id = origin.clock.new_id();
            store::carry_on(transaction, latest, new_id, number + 1, edited).await?;
        }
    }
    content.update(transaction, id).await?;
    let placement = Placement {
        confirms: publication == Publication::Published,
        ..Placement::of(publication, number)
    };
    C::place(transaction, scope, id, placement).await?;
    let change = Changed {
        revision: number,
        fields,
        is_public: publication == Publication::Published,
    };
    Ok(Some(Merged {
        change: Some(change),
        kept,
    }))
}

/// The content that the columns hold, as a revision keeps it.
async fn public_content<C: Reviewed>(
    origin: Origin<'_>,
    head: &Head,
    latest: &revision::Model,
) -> Result<Value, WriteError> {
    let kept = if latest.number == head.revision {
        Some(latest.content.clone())
    } else {
        store::numbered(origin.transaction, C::SUBJECT, head.id, head.revision)
            .await?
            .map(|revision| revision.content)
    };
    let read = kept.and_then(|content| serde_json::from_value::<C>(content).ok());
    let content = match read {
        Some(content) => content,
        None => C::read(origin.transaction, origin.scope, head.id).await?,
    };
    json_of(&content)
}

/// Where the item stands after the source changed it: as an edit leaves it, but an archived
/// item stays archived.
fn publication_after(head: &Head, latest: RevisionState) -> Publication {
    let standing = Standing {
        publication: head.publication,
        latest,
    };
    let after = standing.after(Step::Edit);
    after.map_or(head.publication, |after| after.publication)
}

/// The state of a revision that holds what an item with this publication shows.
fn state_of(publication: Publication) -> RevisionState {
    match publication {
        Publication::Published | Publication::Archived => RevisionState::Approved,
        Publication::Submitted => RevisionState::Pending,
        Publication::Draft | Publication::Rejected => RevisionState::Draft,
    }
}
