//! Revisions, and what differs between them.

use std::sync::Arc;

use async_graphql::{Context, ID, Json, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use entity::revision::{self, heading};
use entity::values;
use uuid::Uuid;

use crate::change::Subject;
use crate::connection;
use crate::graphql::ContextExt as _;
use crate::graphql::error::ErrorCode;
use crate::graphql_enum;
use crate::id::{GlobalId, Kind};
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
    heading: Arc<heading::Model>,
    /// The whole of it, if it is read already.
    whole: Option<Arc<revision::Model>>,
    /// Whether it is shown to who keeps or reviews the content.
    kept: bool,
}

impl Revision {
    /// A row as a node of a list.
    pub(crate) fn in_list(row: Arc<heading::Model>, listing: &RevisionListing) -> Self {
        Self {
            heading: row,
            whole: None,
            kept: listing.all,
        }
    }

    /// A revision for who keeps or reviews the content.
    pub(super) fn kept(heading: Arc<heading::Model>) -> Self {
        Self {
            heading,
            whole: None,
            kept: true,
        }
    }

    /// The same, read whole.
    pub(super) fn whole(row: Arc<revision::Model>) -> Self {
        let heading = heading::Model {
            id: row.id,
            entity_kind: row.entity_kind.clone(),
            entity_id: row.entity_id,
            number: row.number,
            state: row.state,
            author_id: row.author_id,
            created_at: row.created_at,
            submitted_at: row.submitted_at,
            decided_by_id: row.decided_by_id,
            decided_at: row.decided_at,
            reason: row.reason.clone(),
            source: row.source.clone(),
            import_id: row.import_id,
        };
        Self {
            whole: Some(row),
            ..Self::kept(Arc::new(heading))
        }
    }
}

/// A version of a content.
#[Object]
impl Revision {
    /// Number of the revision, from 1 on.
    async fn number(&self) -> i32 {
        self.heading.number
    }

    /// What became of it.
    async fn state(&self) -> RevisionState {
        self.heading.state.into()
    }

    /// When it was written.
    async fn created_at(&self) -> DateTime<Utc> {
        self.heading.created_at
    }

    /// When it was handed to the reviewers, if it was.
    async fn submitted_at(&self) -> Option<DateTime<Utc>> {
        self.heading.submitted_at
    }

    /// When it was decided, if it was.
    async fn decided_at(&self) -> Option<DateTime<Utc>> {
        self.heading.decided_at
    }

    /// Identifier of the account that wrote it; null for what a source states. Only that
    /// account, staff and administrators see it.
    async fn author_id(&self, ctx: &Context<'_>) -> Option<ID> {
        let principal = ctx.scope().viewer.principal()?;
        let author = self.heading.author_id;
        let uuid = author.filter(|id| principal.reviews() || principal.account == *id)?;
        let kind = Kind::Account;
        Some(ID(GlobalId { kind, uuid }.to_string()))
    }

    /// The source whose statement it is, by the name under which identifiers of its rows are
    /// remembered; null for what somebody wrote.
    async fn source(&self) -> Option<&str> {
        self.heading.source.as_deref()
    }

    /// Identifier of the import that brought it; null for what somebody wrote, for what the
    /// command line imported, and for who neither keeps nor reviews the content. Imports are
    /// forgotten 30 days after their end.
    async fn import_id(&self) -> Option<ID> {
        let uuid = self.heading.import_id.filter(|_| self.kept)?;
        let kind = Kind::Import;
        Some(ID(GlobalId { kind, uuid }.to_string()))
    }

    /// Why it was not approved; null for who neither keeps nor reviews the content.
    async fn reason(&self) -> Option<&str> {
        self.heading.reason.as_deref().filter(|_| self.kept)
    }

    /// All of it, as JSON whose members are named as the fields of the inputs of mutations;
    /// null for who neither keeps nor reviews the content. What edits a content reads it
    /// here, with its number: the fields of the content are those of what is public.
    async fn content(&self, ctx: &Context<'_>) -> Result<Option<Json<serde_json::Value>>> {
        if !self.kept {
            return Ok(None);
        }
        if let Some(whole) = &self.whole {
            return Ok(Some(Json(whole.content.clone())));
        }
        let subject = Subject::parse(&self.heading.entity_kind);
        let Some(subject) = subject else {
            return Ok(None);
        };
        let key = NumberedKey(subject, self.heading.entity_id, self.heading.number);
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
