//! Look-ups and lists of initiatives.

use async_graphql::{Context, ID, Object, Result};

use super::filter::{InitiativeFilter, InitiativeOrder};
use super::initiative::{Initiative, InitiativeConnection};
use crate::graphql::ContextExt as _;
use crate::graphql::connection::{PageArguments, list_cost};
use crate::graphql::error::one_look_up;
use crate::id::Kind;

/// Look-ups and lists of initiatives.
#[derive(Default)]
pub struct InitiativeQuery;

#[Object]
impl InitiativeQuery {
    /// One initiative, by one of these; null if there is none that this viewer may see.
    async fn initiative(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global identifier.")] id: Option<ID>,
        #[graphql(desc = "Slug.")] slug: Option<String>,
    ) -> Result<Option<Initiative>> {
        match (id, slug) {
            (Some(id), None) => Initiative::by_id(ctx, ctx.uuid(Kind::Initiative, &id)?).await,
            (None, Some(slug)) => Initiative::by_slug(ctx, slug).await,
            _ => Err(one_look_up(ctx, "id, slug")),
        }
    }

    /// Initiatives of the social and solidarity economy.
    #[graphql(complexity = "list_cost(first, last, child_complexity)")]
    #[expect(
        clippy::too_many_arguments,
        reason = "the arguments of a connection, its filter and its order"
    )]
    async fn initiatives(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which initiatives.")] filter: Option<InitiativeFilter>,
        #[graphql(desc = "In which order.", default)] order: InitiativeOrder,
        #[graphql(desc = "Nodes from the beginning, 1 to 100; 20 if nothing is asked.")]
        first: Option<i32>,
        #[graphql(desc = "Only nodes after this cursor.")] after: Option<String>,
        #[graphql(desc = "Nodes from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only nodes before this cursor.")] before: Option<String>,
    ) -> Result<Option<InitiativeConnection>> {
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
        };
        let listing = InitiativeFilter::listing(filter, ctx, order).await?;
        InitiativeConnection::load(ctx, listing, arguments).await
    }
}
