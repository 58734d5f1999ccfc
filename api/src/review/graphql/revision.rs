//! Revisions, and what differs between them.

use std::sync::Arc;

use async_graphql::{Context, Json, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use entity::revision::heading;
use entity::values;
use uuid::Uuid;

use crate::change::Subject;
use crate::connection;
use crate::graphql::ContextExt as _;
use crate::graphql::error::ErrorCode;
use crate::graphql_enum;
use crate::review::loaders::NumberedKey;
use crate::review::{RevisionListing, differences};

graphql_enum! {
    /// What became of a revision.
    RevisionState of values::RevisionState {
        /// Being written.
        Draft,
        /// Waits for review.
        Pending,
        /// Approved: what the public saw or sees.
        Approved,
        /// A reviewer asked for changes.
        ChangesAsked,
        /// Rejected.
        Rejected,
        /// Replaced before it was decided.
        Superseded,
    }
}

/// A version of a content.
pub struct Revision {
    row: Arc<heading::Model>,
    /// Whether it is shown to who keeps or reviews the content.
    kept: bool,
}

impl Revision {
    /// A row as a node of a list.
    pub(crate) fn in_list(row: Arc<heading::Model>, listing: &RevisionListing) -> Self {
        Self {
            row,
            kept: listing.all,
        }
    }

    /// A row, for who keeps or reviews the content.
    pub(super) fn kept(row: Arc<heading::Model>) -> Self {
        Self { row, kept: true }
    }
}

/// A version of a content.
#[Object]
impl Revision {
    /// Number of the revision, from 1 on.
    async fn number(&self) -> i32 {
        self.row.number
    }

    /// What became of it.
    async fn state(&self) -> RevisionState {
        self.row.state.into()
    }

    /// When it was written.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }

    /// When it was handed to the reviewers, if it was.
    async fn submitted_at(&self) -> Option<DateTime<Utc>> {
        self.row.submitted_at
    }

    /// When it was decided, if it was.
    async fn decided_at(&self) -> Option<DateTime<Utc>> {
        self.row.decided_at
    }

    /// Why it was not approved; null for who neither keeps nor reviews the content.
    async fn reason(&self) -> Option<&str> {
        self.row.reason.as_deref().filter(|_| self.kept)
    }

    /// All of it, as JSON whose members are named as the fields of the inputs of mutations;
    /// null for who neither keeps nor reviews the content. What edits a content reads it
    /// here, with its number: the fields of the content are those of what is public.
    async fn content(&self, ctx: &Context<'_>) -> Result<Option<Json<serde_json::Value>>> {
        if !self.kept {
            return Ok(None);
        }
        let subject = Subject::parse(&self.row.entity_kind);
        let Some(subject) = subject else {
            return Ok(None);
        };
        let key = NumberedKey(subject, self.row.entity_id, self.row.number);
        let row = ctx.loader().load_one(key).await;
        let row = row.map_err(|error| ctx.internal(error))?;
        Ok(row.map(|row| Json(row.content.clone())))
    }
}

connection! {
    /// Versions of a content, the newest first.
    RevisionConnection, RevisionEdge, Revision, RevisionListing
}

/// A field that two versions of a content have differently.
#[derive(SimpleObject)]
pub struct FieldDifference {
    /// The field, as the inputs of mutations name it.
    field: String,
    /// Its value in the earlier version, as JSON; null if there is none.
    before: Json<serde_json::Value>,
    /// Its value in the later version, as JSON; null if there is none.
    after: Json<serde_json::Value>,
}

/// What differs between two revisions of a content.
///
/// # Errors
/// `BAD_INPUT` when there is no such revision.
pub(super) async fn differences_between(
    ctx: &Context<'_>,
    subject: Subject,
    entity: Uuid,
    [from, to]: [i32; 2],
) -> Result<Vec<FieldDifference>> {
    let keys = [from, to].map(|number| NumberedKey(subject, entity, number));
    let found = ctx.loader().load_many(keys).await;
    let found = found.map_err(|error| ctx.internal(error))?;
    let content = |key| {
        found
            .get(key)
            .map(|row| &row.content)
            .ok_or_else(|| ctx.fault(ErrorCode::BadInput, "no-such-revision", &[]))
    };
    let [before, after] = &keys;
    Ok(differences(content(before)?, content(after)?)
        .into_iter()
        .map(|difference| FieldDifference {
            field: difference.field,
            before: Json(difference.before),
            after: Json(difference.after),
        })
        .collect())
}
