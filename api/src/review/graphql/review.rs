//! Where a content stands, for who keeps it.

use std::sync::Arc;

use async_graphql::{Context, Object, Result};
use entity::revision;
use entity::values;
use entity::values::RevisionState;
use uuid::Uuid;

use super::revision::{FieldDifference, Revision, RevisionConnection, differences_between};
use crate::change::Subject;
use crate::duplicates::graphql::{DuplicateCandidate, open_candidates};
use crate::graphql::ContextExt as _;
use crate::graphql::connection::{PageArguments, list_cost};
use crate::graphql_enum;
use crate::permission::{ContentOperations, Operation, Relation, allows};
use crate::review::loaders::LatestKey;
use crate::review::{Decision, Head, RevisionListing, Standing, Step};
use crate::viewer::Unpublished;

graphql_enum! {
    /// Where a content stands between its draft and the public.
    Publication of values::Publication, filter PublicationFilter {
        /// Being written.
        Draft,
        /// Handed to the reviewers for the first time.
        Submitted,
        /// Public.
        Published,
        /// Rejected before it was ever public.
        Rejected,
        /// No longer public.
        Archived,
    }
}

/// A content and how the viewer stands to it.
#[derive(Clone, Copy)]
pub struct Content {
    subject: Subject,
    id: Uuid,
    publication: values::Publication,
    revision: i32,
    relation: Relation,
    operations: &'static ContentOperations,
}

impl Content {
    /// The content with this head.
    pub fn of(
        ctx: &Context<'_>,
        subject: Subject,
        head: &Head,
        operations: &'static ContentOperations,
    ) -> Self {
        let scope = ctx.scope();
        let relation = match scope.viewer.principal() {
            Some(principal) => head.relation(principal, ctx.territory(), scope.today),
            None => Relation::Other,
        };
        Self {
            subject,
            id: head.id,
            publication: head.publication,
            revision: head.revision,
            relation,
            operations,
        }
    }

    fn may(&self, ctx: &Context<'_>, operation: &Operation) -> bool {
        allows(ctx.scope().viewer, operation, self.relation)
    }

    async fn latest(&self, ctx: &Context<'_>) -> Result<Option<Arc<revision::Model>>> {
        let latest = ctx
            .loader()
            .load_one(LatestKey(self.subject, self.id))
            .await;
        latest.map_err(|error| ctx.internal(error))
    }

    /// Whether a step is allowed, and possible from where the content stands.
    async fn can(&self, ctx: &Context<'_>, operation: &Operation, step: Step) -> Result<bool> {
        if !self.may(ctx, operation) {
            return Ok(false);
        }
        let latest = self.latest(ctx).await?;
        let standing = Standing {
            publication: self.publication,
            latest: latest.map_or(RevisionState::Approved, |latest| latest.state),
        };
        Ok(standing.after(step).is_ok())
    }
}

/// What the viewer can do with a content: fields of the content itself.
#[Object]
impl Content {
    /// Where it stands, for who keeps or reviews it; null for others.
    async fn review(&self, ctx: &Context<'_>) -> Option<Review> {
        self.may(ctx, &self.operations.history)
            .then_some(Review(*self))
    }

    /// Whether the viewer can write a new revision of it now.
    async fn viewer_can_update(&self, ctx: &Context<'_>) -> Result<bool> {
        self.can(ctx, &self.operations.update, Step::Edit).await
    }

    /// Whether the viewer can hand it to the reviewers now.
    async fn viewer_can_submit(&self, ctx: &Context<'_>) -> Result<bool> {
        self.can(ctx, &self.operations.submit, Step::Submit).await
    }

    /// Whether the viewer can approve, reject or ask for changes of it now.
    async fn viewer_can_review(&self, ctx: &Context<'_>) -> Result<bool> {
        let step = Step::Decide(Decision::Approve);
        self.can(ctx, &self.operations.approve, step).await
    }

    /// Whether the viewer can take it from the public now.
    async fn viewer_can_archive(&self, ctx: &Context<'_>) -> Result<bool> {
        self.can(ctx, &self.operations.archive, Step::Archive).await
    }

    /// Whether the viewer can give it back to the public now.
    async fn viewer_can_restore(&self, ctx: &Context<'_>) -> Result<bool> {
        self.can(ctx, &self.operations.restore, Step::Restore).await
    }
}

/// Where a content stands, for who keeps or reviews it.
pub struct Review(Content);

/// Where a content stands, for who keeps or reviews it.
#[Object]
impl Review {
    /// Where it stands.
    async fn publication(&self) -> Publication {
        self.0.publication.into()
    }

    /// The latest revision; null if none is kept yet, and its fields tell all there is.
    async fn latest(&self, ctx: &Context<'_>) -> Result<Option<Revision>> {
        let latest = self.0.latest(ctx).await?;
        Ok(latest.map(Revision::whole))
    }

    /// Number of the latest revision, which a mutation states as `expectedRevision`.
    async fn latest_revision(&self, ctx: &Context<'_>) -> Result<i32> {
        let latest = self.0.latest(ctx).await?;
        Ok(latest.map_or(self.0.revision, |latest| latest.number))
    }

    /// The revision that waits for review, if one does.
    async fn pending_revision(&self, ctx: &Context<'_>) -> Result<Option<Revision>> {
        let latest = self.0.latest(ctx).await?;
        let pending = latest.filter(|latest| latest.state == RevisionState::Pending);
        Ok(pending.map(Revision::whole))
    }

    /// All its revisions, the newest first.
    #[graphql(complexity = "list_cost(first, last, child_complexity)")]
    async fn history(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Nodes from the beginning, 1 to 100; 20 if nothing is asked.")]
        first: Option<i32>,
        #[graphql(desc = "Only nodes after this cursor.")] after: Option<String>,
        #[graphql(desc = "Nodes from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only nodes before this cursor.")] before: Option<String>,
    ) -> Result<Option<RevisionConnection>> {
        let listing = RevisionListing {
            subject: self.0.subject,
            entity: self.0.id,
            all: true,
        };
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
        };
        RevisionConnection::load(ctx, listing, arguments).await
    }

    /// What may be the same content, as far as the viewer may see it, the surest first and 10 at
    /// most: found as it was written or imported, without those of which somebody said that
    /// they are another one. Always empty for contents that are not compared: funding sources
    /// and members.
    #[graphql(complexity = "list_cost(Some(10), None, child_complexity)")]
    async fn probable_duplicates(&self, ctx: &Context<'_>) -> Result<Vec<DuplicateCandidate>> {
        open_candidates(ctx, self.0.subject, self.0.id).await
    }

    /// What differs between two of its revisions.
    async fn differences(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Number of the earlier revision.")] from: i32,
        #[graphql(desc = "Number of the later revision.")] to: i32,
    ) -> Result<Vec<FieldDifference>> {
        differences_between(ctx, self.0.subject, self.0.id, [from, to]).await
    }
}

/// What the filter of a list asks of contents that are not public.
///
/// # Errors
/// `BAD_INPUT` when too many states are named.
pub fn unpublished(
    ctx: &Context<'_>,
    publication: Option<PublicationFilter>,
    own: bool,
) -> Result<Unpublished> {
    let publications = publication.map(|publication| publication.values(ctx));
    Ok(Unpublished {
        publications: publications.transpose()?.unwrap_or_default(),
        own,
    })
}
