//! Two contents that may be one.

use std::sync::Arc;

use async_graphql::{Context, Enum, InputObject, Object, Result};
use chrono::{DateTime, Utc};
use entity::probable_duplicate::Model;
use entity::values;
use uuid::Uuid;

use super::candidate::DuplicateReason;
use crate::change::Subject;
use crate::connection;
use crate::duplicates::DuplicateListing;
use crate::graphql::{Node, node};
use crate::graphql_enum;
use crate::id::{GlobalId, Kind};

graphql_enum! {
    /// What was said of two contents that may be one.
    DuplicateVerdict of values::DuplicateVerdict {
        /// Nothing yet.
        Open,
        /// They are two.
        Different,
    }
}

/// A kind of content that is compared.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum ComparedKind {
    /// Organizations.
    Organization,
    /// Initiatives.
    Initiative,
    /// Coworking spaces.
    CoworkingSpace,
}

impl From<ComparedKind> for Subject {
    fn from(kind: ComparedKind) -> Self {
        match kind {
            ComparedKind::Organization => Self::Organization,
            ComparedKind::Initiative => Self::Initiative,
            ComparedKind::CoworkingSpace => Self::CoworkingSpace,
        }
    }
}

/// Which pairs: all conditions together.
#[derive(InputObject, Clone, Debug, Default)]
pub struct ProbableDuplicateFilter {
    /// Of contents of this kind.
    pub kind: Option<ComparedKind>,
    /// Of which this was said; those that are open if nothing is asked.
    pub verdict: Option<DuplicateVerdict>,
    /// Found for this reason.
    pub reason: Option<DuplicateReason>,
}

impl ProbableDuplicateFilter {
    /// The list that is meant.
    pub fn listing(self) -> DuplicateListing {
        let verdict = self.verdict.unwrap_or(DuplicateVerdict::Open);
        DuplicateListing {
            subject: self.kind.map(Into::into),
            verdict: verdict.into(),
            reasons: self.reason.into_iter().map(Into::into).collect(),
        }
    }
}

/// Two contents that may be one.
pub struct ProbableDuplicate(Arc<Model>);

impl ProbableDuplicate {
    /// A row as a node of a list.
    pub(crate) fn in_list(row: Arc<Model>, _: &DuplicateListing) -> Self {
        Self(row)
    }

    /// A pair of which something was decided.
    pub(super) fn decided(row: Arc<Model>) -> Self {
        Self(row)
    }

    async fn content(&self, ctx: &Context<'_>, uuid: Uuid) -> Result<Option<Node>> {
        match Kind::of_prefix(&self.0.entity_kind) {
            Some(kind) => node::load(ctx, GlobalId { kind, uuid }).await,
            None => Ok(None),
        }
    }
}

/// Two contents that may be one.
#[Object]
impl ProbableDuplicate {
    /// The one that came first into the registry; null if it is not there any more.
    async fn left(&self, ctx: &Context<'_>) -> Result<Option<Node>> {
        self.content(ctx, self.0.left_id).await
    }

    /// The other one, of the same type; null if it is not there any more.
    async fn right(&self, ctx: &Context<'_>) -> Result<Option<Node>> {
        self.content(ctx, self.0.right_id).await
    }

    /// Why they may be one.
    async fn reason(&self) -> DuplicateReason {
        self.0.reason.into()
    }

    /// How surely, 0 to 1.
    async fn score(&self) -> f64 {
        self.0.score
    }

    /// Metres between the nearest points of both; null if one has none but that of its commune.
    async fn distance_metres(&self) -> Option<f64> {
        self.0.distance_metres
    }

    /// What was said of them.
    async fn verdict(&self) -> DuplicateVerdict {
        self.0.verdict.into()
    }

    /// When they were found to be alike.
    async fn found_at(&self) -> DateTime<Utc> {
        self.0.found_at
    }

    /// When somebody said that they are two; null as long as nobody does.
    async fn decided_at(&self) -> Option<DateTime<Utc>> {
        self.0.decided_at
    }
}

connection! {
    /// Pairs of contents that may be one, those found last first.
    ProbableDuplicateConnection, ProbableDuplicateEdge, ProbableDuplicate, DuplicateListing
}
