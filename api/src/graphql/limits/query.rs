//! The cost of an operation, as its client sees it.

use std::sync::Arc;

use async_graphql::{Context, Object};
use chrono::{DateTime, Utc};

use super::Spending;

/// Look-ups about the request itself.
#[derive(Default)]
pub struct LimitsQuery;

#[Object]
impl LimitsQuery {
    /// What this operation costs, and what its client may still spend.
    #[graphql(complexity = 0)]
    async fn rate_limit(&self, ctx: &Context<'_>) -> Option<RateLimit> {
        ctx.data_opt::<Arc<Spending>>()
            .map(|spending| RateLimit(Arc::clone(spending)))
    }
}

/// What an operation costs, in points, and what its client may still spend.
pub struct RateLimit(Arc<Spending>);

/// What an operation costs, in points, and what its client may still spend.
#[Object]
impl RateLimit {
    /// Points this operation costs: each selected field costs one, and a list as many times
    /// what is selected of a node as it may have nodes.
    #[graphql(complexity = 0)]
    async fn cost(&self) -> usize {
        self.0.cost()
    }

    /// Points that a client may spend in a minute; null where there is no limit.
    #[graphql(complexity = 0)]
    async fn limit(&self) -> Option<u32> {
        self.0.standing().map(|standing| standing.limit)
    }

    /// Points that the client has left after this operation; null where there is no limit.
    #[graphql(complexity = 0)]
    async fn remaining(&self) -> Option<u32> {
        self.0.standing().map(|standing| standing.remaining)
    }

    /// When the client will have all its points again; null where there is no limit.
    #[graphql(complexity = 0)]
    async fn reset_at(&self) -> Option<DateTime<Utc>> {
        self.0.standing().map(|standing| standing.reset_at)
    }
}
