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
pub struct Revision(Arc<heading::Model>);

impl Revision {
    /// A row as a node of a list.
    pub(crate) fn in_list(row: Arc<heading::Model>, _: &RevisionListing) -> Self {
        Self(row)
    }

    pub(super) fn of(row: Arc<heading::Model>) -> Self {
        Self(row)
    }
}

/// A version of a content.
#[Object]
impl Revision {
    /// Number of the revision, from 1 on.
    async fn number(&self) -> i32 {
        self.0.number
    }

    /// What became of it.
    async fn state(&self) -> RevisionState {
        self.0.state.into()
    }

    /// When it was written.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When it was handed to the reviewers, if it was.
    async fn submitted_at(&self) -> Option<DateTime<Utc>> {
        self.0.submitted_at
    }

    /// When it was decided, if it was.
    async fn decided_at(&self) -> Option<DateTime<Utc>> {
        self.0.decided_at
    }

    /// Why it was not approved; only in a history.
    async fn reason(&self) -> Option<&str> {
        self.0.reason.as_deref()
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
