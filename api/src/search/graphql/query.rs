//! One search over everything public.

use async_graphql::{Context, InputObject, Object, Result};

use super::connection::SearchConnection;
use super::matches::SearchType;
use super::text::text_query;
use crate::funding::model::Reach;
use crate::graphql::ContextExt as _;
use crate::graphql::connection::{PageArguments, list_cost};
use crate::graphql::filter::{
    BoundingBoxInput, NearInput, NearStationInput, TerritoryInput, bounded, place_filter,
};
use crate::search::{SearchKind, SearchPlace};

/// Where to search; results of types that have no position are left out by a position, by
/// a station and by a box.
#[derive(InputObject, Clone, Debug, Default)]
pub struct SearchFilter {
    /// In this part of the territory, or open on it.
    pub territory: Option<TerritoryInput>,
    /// Near this position.
    pub near: Option<NearInput>,
    /// Near this station; `near` goes before it.
    pub near_station: Option<NearStationInput>,
    /// In this box.
    pub within: Option<BoundingBoxInput>,
}

/// One search over everything public.
#[derive(Default)]
pub struct SearchQuery;

#[Object]
impl SearchQuery {
    /// What answers a text in French, the best first: every word of it, in any form, begun,
    /// or nearly so written; acronyms and their meanings find each other.
    #[graphql(complexity = "list_cost(first, last, child_complexity)")]
    #[expect(
        clippy::too_many_arguments,
        reason = "the arguments of a connection and what to search where"
    )]
    async fn search(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is searched: 200 characters and 12 words at most.")] text: String,
        #[graphql(desc = "Only results of these types; of all if absent.")] types: Option<
            Vec<SearchType>,
        >,
        #[graphql(desc = "Where to search.")] filter: Option<SearchFilter>,
        #[graphql(desc = "Nodes from the beginning, 1 to 100; 20 if nothing is asked.")]
        first: Option<i32>,
        #[graphql(desc = "Only nodes after this cursor.")] after: Option<String>,
        #[graphql(desc = "Nodes from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only nodes before this cursor.")] before: Option<String>,
    ) -> Result<Option<SearchConnection>> {
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
        };
        let filter = filter.unwrap_or_default();
        let reach = filter
            .territory
            .clone()
            .map(|territory| Reach::of(ctx.territory(), &territory.into(), ctx.scope().today));
        let place = place_filter(
            ctx,
            filter.territory,
            filter.near,
            filter.near_station,
            filter.within,
        )?;
        let place = SearchPlace { place, reach };
        let types = types.unwrap_or_default();
        bounded(ctx, &types)?;
        let wanted: Vec<SearchKind> = types.into_iter().map(Into::into).collect();
        let kinds: Vec<SearchKind> = SearchKind::ALL
            .iter()
            .copied()
            .filter(|kind| wanted.is_empty() || wanted.contains(kind))
            .collect();
        let query = text_query(ctx, Some(&text)).await?;
        SearchConnection::load(ctx, query, &kinds, &place, arguments)
            .await
            .map(Some)
    }
}
