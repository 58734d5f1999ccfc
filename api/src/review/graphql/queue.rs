//! What waits for review.

use std::sync::Arc;

use async_graphql::{Context, Enum, InputObject, Object, Result};
use chrono::{DateTime, Utc};
use entity::revision::heading;

use super::revision::Revision;
use crate::change::Subject;
use crate::connection;
use crate::graphql::connection::{PageArguments, list_cost};
use crate::graphql::{ContextExt as _, Node, node};
use crate::id::{GlobalId, Kind};
use crate::permission::{Relation, authorize};
use crate::review::{QueueListing, policy};

/// A kind of content that is reviewed.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReviewedKind {
    /// Organizations.
    Organization,
    /// Initiatives.
    Initiative,
    /// Coworking spaces.
    CoworkingSpace,
    /// Funding sources.
    FundingSource,
    /// Members.
    Member,
}

impl From<ReviewedKind> for Subject {
    fn from(kind: ReviewedKind) -> Self {
        match kind {
            ReviewedKind::Organization => Self::Organization,
            ReviewedKind::Initiative => Self::Initiative,
            ReviewedKind::CoworkingSpace => Self::CoworkingSpace,
            ReviewedKind::FundingSource => Self::FundingSource,
            ReviewedKind::Member => Self::Member,
        }
    }
}

/// Which of what waits for review: all conditions together.
#[derive(InputObject, Clone, Debug, Default)]
pub struct ReviewQueueFilter {
    /// Of these kinds.
    pub kinds: Option<Vec<ReviewedKind>>,
    /// Handed in before this instant.
    pub submitted_before: Option<DateTime<Utc>>,
}

/// A revision that waits for review.
pub struct ReviewItem(Arc<heading::Model>);

impl ReviewItem {
    /// A row as a node of a list.
    pub(crate) fn in_list(row: Arc<heading::Model>, _: &QueueListing) -> Self {
        Self(row)
    }
}

/// A revision that waits for review.
#[Object]
impl ReviewItem {
    /// The content, as the public sees it or as it was first handed in.
    async fn content(&self, ctx: &Context<'_>) -> Result<Option<Node>> {
        match Kind::of_prefix(&self.0.entity_kind) {
            Some(kind) => {
                let uuid = self.0.entity_id;
                node::load(ctx, GlobalId { kind, uuid }).await
            }
            None => Ok(None),
        }
    }

    /// The revision that waits.
    async fn revision(&self) -> Revision {
        Revision::kept(Arc::clone(&self.0))
    }

    /// Whole days that it has waited.
    async fn waiting_days(&self, ctx: &Context<'_>) -> i32 {
        let now = ctx.scope().now;
        let waited = now - self.0.submitted_at.unwrap_or(now);
        i32::try_from(waited.num_days()).unwrap_or(i32::MAX)
    }
}

connection! {
    /// What waits for review, what has waited longest first.
    ReviewQueueConnection, ReviewQueueEdge, ReviewItem, QueueListing
}

/// What waits for review.
#[derive(Default)]
pub struct ReviewQuery;

#[Object]
impl ReviewQuery {
    /// What waits for review; for the département's staff and administrators.
    #[graphql(complexity = "list_cost(first, last, child_complexity)")]
    async fn review_queue(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which of it.")] filter: Option<ReviewQueueFilter>,
        #[graphql(desc = "Nodes from the beginning, 1 to 100; 20 if nothing is asked.")]
        first: Option<i32>,
        #[graphql(desc = "Only nodes after this cursor.")] after: Option<String>,
        #[graphql(desc = "Nodes from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only nodes before this cursor.")] before: Option<String>,
    ) -> Result<Option<ReviewQueueConnection>> {
        authorize(ctx.scope().viewer, &policy::QUEUE, Relation::Other)
            .map_err(|denied| ctx.denied(denied))?;
        let filter = filter.unwrap_or_default();
        let kinds = filter.kinds.unwrap_or_default();
        let listing = QueueListing {
            subjects: kinds.into_iter().map(Into::into).collect(),
            submitted_before: filter.submitted_before,
        };
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
        };
        ReviewQueueConnection::load(ctx, listing, arguments).await
    }
}
