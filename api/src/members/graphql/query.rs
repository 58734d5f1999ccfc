//! Look-ups and lists of members.

use async_graphql::{Context, ID, Object, Result};

use super::filter::{MemberFilter, MemberOrder};
use super::member::{Member, MemberConnection};
use crate::graphql::ContextExt as _;
use crate::graphql::connection::{PageArguments, list_cost};
use crate::graphql::error::one_look_up;
use crate::id::Kind;

/// Look-ups and lists of members.
#[derive(Default)]
pub struct MemberQuery;

#[Object]
impl MemberQuery {
    /// One member of the network, by one of these; null if there is none that this viewer
    /// may see.
    async fn member(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global identifier.")] id: Option<ID>,
        #[graphql(desc = "Slug.")] slug: Option<String>,
    ) -> Result<Option<Member>> {
        match (id, slug) {
            (Some(id), None) => Member::by_id(ctx, ctx.uuid(Kind::Member, &id)?).await,
            (None, Some(slug)) => Member::by_slug(ctx, slug).await,
            _ => Err(one_look_up(ctx, "id, slug")),
        }
    }

    /// Members of the network: elected, and their staff.
    #[graphql(complexity = "list_cost(first, last, child_complexity)")]
    #[expect(
        clippy::too_many_arguments,
        reason = "the arguments of a connection, its filter and its order"
    )]
    async fn members(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which members.")] filter: Option<MemberFilter>,
        #[graphql(desc = "In which order.", default)] order: MemberOrder,
        #[graphql(desc = "Nodes from the beginning, 1 to 100; 20 if nothing is asked.")]
        first: Option<i32>,
        #[graphql(desc = "Only nodes after this cursor.")] after: Option<String>,
        #[graphql(desc = "Nodes from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only nodes before this cursor.")] before: Option<String>,
    ) -> Result<Option<MemberConnection>> {
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
        };
        let listing = MemberFilter::listing(filter, ctx, order).await?;
        MemberConnection::load(ctx, listing, arguments).await
    }
}
