//! Look-ups and lists of spaces.

use async_graphql::{Context, ID, Object, Result};

use super::filter::{CoworkingSpaceFilter, CoworkingSpaceOrder};
use super::space::{CoworkingSpace, CoworkingSpaceConnection};
use crate::graphql::ContextExt as _;
use crate::graphql::connection::{PageArguments, list_cost};
use crate::graphql::error::one_look_up;
use crate::id::Kind;

/// Look-ups and lists of spaces.
#[derive(Default)]
pub struct SpaceQuery;

#[Object]
impl SpaceQuery {
    /// One space, by one of these; null if there is none that this viewer may see.
    async fn coworking_space(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global identifier.")] id: Option<ID>,
        #[graphql(desc = "Slug.")] slug: Option<String>,
    ) -> Result<Option<CoworkingSpace>> {
        match (id, slug) {
            (Some(id), None) => {
                CoworkingSpace::by_id(ctx, ctx.uuid(Kind::CoworkingSpace, &id)?).await
            }
            (None, Some(slug)) => CoworkingSpace::by_slug(ctx, slug).await,
            _ => Err(one_look_up(ctx, "id, slug")),
        }
    }

    /// Places to work together.
    #[graphql(complexity = "list_cost(first, last, child_complexity)")]
    #[expect(
        clippy::too_many_arguments,
        reason = "the arguments of a connection, its filter and its order"
    )]
    async fn coworking_spaces(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which spaces.")] filter: Option<CoworkingSpaceFilter>,
        #[graphql(desc = "In which order.", default)] order: CoworkingSpaceOrder,
        #[graphql(desc = "Nodes from the beginning, 1 to 100; 20 if nothing is asked.")]
        first: Option<i32>,
        #[graphql(desc = "Only nodes after this cursor.")] after: Option<String>,
        #[graphql(desc = "Nodes from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only nodes before this cursor.")] before: Option<String>,
    ) -> Result<Option<CoworkingSpaceConnection>> {
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
        };
        let listing = CoworkingSpaceFilter::listing(filter, ctx, order).await?;
        CoworkingSpaceConnection::load(ctx, listing, arguments).await
    }
}
