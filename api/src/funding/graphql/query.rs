//! Look-ups and lists of funding sources and rules.

use async_graphql::{Context, ID, Object, Result};

use super::filter::{FundingSourceFilter, FundingSourceOrder};
use super::rule::FundingRule;
use super::source::{FundingSource, FundingSourceConnection};
use crate::funding::store;
use crate::graphql::ContextExt as _;
use crate::graphql::connection::{PageArguments, list_cost};
use crate::graphql::error::one_look_up;
use crate::id::Kind;

/// Rules that one answer holds at the most: they are few, written by lawyers.
const MOST_RULES: u64 = 100;

/// Look-ups and lists of funding.
#[derive(Default)]
pub struct FundingQuery;

#[Object]
impl FundingQuery {
    /// One funding source, by one of these; null if there is none that this viewer may see.
    async fn funding_source(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global identifier.")] id: Option<ID>,
        #[graphql(desc = "Slug.")] slug: Option<String>,
    ) -> Result<Option<FundingSource>> {
        match (id, slug) {
            (Some(id), None) => {
                FundingSource::by_id(ctx, ctx.uuid(Kind::FundingSource, &id)?).await
            }
            (None, Some(slug)) => FundingSource::by_slug(ctx, slug).await,
            _ => Err(one_look_up(ctx, "id, slug")),
        }
    }

    /// Where money or help can be found.
    #[graphql(complexity = "list_cost(first, last, child_complexity)")]
    #[expect(
        clippy::too_many_arguments,
        reason = "the arguments of a connection, its filter and its order"
    )]
    async fn funding_sources(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which sources.")] filter: Option<FundingSourceFilter>,
        #[graphql(desc = "In which order.", default)] order: FundingSourceOrder,
        #[graphql(desc = "Nodes from the beginning, 1 to 100; 20 if nothing is asked.")]
        first: Option<i32>,
        #[graphql(desc = "Only nodes after this cursor.")] after: Option<String>,
        #[graphql(desc = "Nodes from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only nodes before this cursor.")] before: Option<String>,
    ) -> Result<Option<FundingSourceConnection>> {
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
        };
        let listing = FundingSourceFilter::listing(filter, ctx, order).await?;
        FundingSourceConnection::load(ctx, listing, arguments).await
    }

    /// The rules by which projects are eligible, in the order of their codes; 100 at most.
    #[graphql(complexity = "list_cost(Some(100), None, child_complexity)")]
    async fn funding_rules(&self, ctx: &Context<'_>) -> Result<Vec<FundingRule>> {
        let rules = store::rules(ctx.session(), ctx.scope(), MOST_RULES)
            .await
            .map_err(|error| ctx.internal(error))?;
        Ok(rules.into_iter().map(Into::into).collect())
    }
}
