//! What was found, a page at a time.

use std::sync::Arc;

use async_graphql::{Context, Object, Result, SimpleObject, Union};
use futures::future::try_join_all;

use super::matches::{SearchMatch, SearchType};
use crate::funding::graphql::FundingSource;
use crate::graphql::ContextExt as _;
use crate::graphql::connection::{PageArguments, PageInfo, page_info};
use crate::initiatives::graphql::Initiative;
use crate::members::graphql::Member;
use crate::organizations::graphql::Organization;
use crate::paging::Page;
use crate::search::loaders::DocumentKey;
use crate::search::{
    Hit, RELEVANCE, Search, SearchKind, SearchPlace, Source, TextQuery, field_matches,
    ranked_counts, ranked_pages, source,
};
use crate::spaces::graphql::CoworkingSpace;

/// Something found.
#[derive(Union)]
pub enum SearchResult {
    Initiative(Initiative),
    Organization(Organization),
    CoworkingSpace(CoworkingSpace),
    FundingSource(FundingSource),
    Member(Member),
}

/// What was found, the best first.
pub struct SearchConnection {
    /// Nothing if the text has no word: then nothing is found.
    query: Option<Arc<TextQuery>>,
    sources: Vec<Source>,
    page: Page<Hit>,
}

/// Something found, and its place in the list.
pub struct SearchEdge {
    query: Arc<TextQuery>,
    hit: Hit,
    node: SearchResult,
}

/// How much was found of each type.
#[derive(SimpleObject)]
pub struct SearchFacets {
    /// By type, the most frequent first.
    types: Vec<SearchTypeCount>,
}

/// Results of one type.
#[derive(SimpleObject)]
pub struct SearchTypeCount {
    /// The type.
    #[graphql(name = "type")]
    kind: SearchType,
    /// How many results are of it.
    count: i64,
}

impl SearchResult {
    async fn load(ctx: &Context<'_>, hit: Hit) -> Result<Option<Self>> {
        Ok(match hit.kind {
            SearchKind::Initiative => Initiative::by_id(ctx, hit.id).await?.map(Self::Initiative),
            SearchKind::Organization => Organization::by_id(ctx, hit.id)
                .await?
                .map(Self::Organization),
            SearchKind::CoworkingSpace => CoworkingSpace::by_id(ctx, hit.id)
                .await?
                .map(Self::CoworkingSpace),
            SearchKind::FundingSource => FundingSource::by_id(ctx, hit.id)
                .await?
                .map(Self::FundingSource),
            SearchKind::Member => Member::by_id(ctx, hit.id).await?.map(Self::Member),
        })
    }
}

impl SearchConnection {
    /// The page that `arguments` ask for of what answers `query`.
    pub async fn load(
        ctx: &Context<'_>,
        query: Option<Arc<TextQuery>>,
        kinds: &[SearchKind],
        place: &SearchPlace,
        arguments: PageArguments,
    ) -> Result<Self> {
        let window = arguments.window(ctx, RELEVANCE)?;
        let sources: Vec<Source> = query
            .iter()
            .flat_map(|query| {
                kinds
                    .iter()
                    .filter_map(|kind| source(ctx.scope(), *kind, place, query))
            })
            .collect();
        let ahead = ctx.look_ahead();
        let is_listed = ["nodes", "edges", "pageInfo"]
            .iter()
            .any(|field| ahead.field(field).exists());
        let mut page = Page::empty();
        if let (Some(query), true) = (&query, is_listed) {
            let search = Search {
                query: Arc::clone(query),
                sources: sources.clone(),
                window,
            };
            let pages = ranked_pages(ctx.session(), &[search]).await;
            page = pages
                .map_err(|error| ctx.internal(error))?
                .pop()
                .unwrap_or(page);
        }
        Ok(Self {
            query,
            sources,
            page,
        })
    }

    async fn counts(&self, ctx: &Context<'_>) -> Result<Vec<i64>> {
        ranked_counts(ctx.session(), &self.sources)
            .await
            .map_err(|error| ctx.internal(error))
    }
}

/// What was found, the best first.
#[Object]
impl SearchConnection {
    /// The results of this page, each with its cursor and with what matched.
    async fn edges(&self, ctx: &Context<'_>) -> Result<Vec<SearchEdge>> {
        let Some(query) = &self.query else {
            return Ok(Vec::new());
        };
        let nodes = self
            .page
            .rows
            .iter()
            .map(|hit| SearchResult::load(ctx, *hit));
        let nodes = try_join_all(nodes).await?;
        Ok(self
            .page
            .rows
            .iter()
            .zip(nodes)
            .filter_map(|(hit, node)| {
                Some(SearchEdge {
                    query: Arc::clone(query),
                    hit: *hit,
                    node: node?,
                })
            })
            .collect())
    }

    /// The results of this page.
    async fn nodes(&self, ctx: &Context<'_>) -> Result<Vec<SearchResult>> {
        let nodes = self
            .page
            .rows
            .iter()
            .map(|hit| SearchResult::load(ctx, *hit));
        Ok(try_join_all(nodes).await?.into_iter().flatten().collect())
    }

    /// Where this page stands in the list.
    async fn page_info(&self) -> PageInfo {
        page_info(&self.page, Hit::position)
    }

    /// How many results there are, exactly; counted only when it is selected.
    async fn total_count(&self, ctx: &Context<'_>) -> Result<i64> {
        Ok(self.counts(ctx).await?.iter().sum())
    }

    /// How many results there are of each type.
    async fn facets(&self, ctx: &Context<'_>) -> Result<SearchFacets> {
        let counts = self.counts(ctx).await?;
        let mut types: Vec<SearchTypeCount> = self
            .sources
            .iter()
            .zip(counts)
            .filter(|(_, count)| *count > 0)
            .map(|(source, count)| SearchTypeCount {
                kind: source.kind.into(),
                count,
            })
            .collect();
        types.sort_by_key(|one| std::cmp::Reverse(one.count));
        Ok(SearchFacets { types })
    }
}

/// Something found, and its place in the list.
#[Object]
impl SearchEdge {
    /// Place of the result in the list, to go on from there.
    async fn cursor(&self) -> String {
        self.hit.position().cursor()
    }

    /// The result.
    async fn node(&self) -> &SearchResult {
        &self.node
    }

    /// How well it answers, within this list only: the higher, the better; 0 for what
    /// follows the best-ranked in order of age.
    async fn score(&self) -> f64 {
        self.hit.score / 1000.0
    }

    /// What matched, and why.
    async fn matches(&self, ctx: &Context<'_>) -> Result<Vec<SearchMatch>> {
        let key = DocumentKey(self.hit.kind, self.hit.id);
        let document = ctx.loader().load_one(key).await;
        let document = document.map_err(|error| ctx.internal(error))?;
        Ok(document
            .map(|document| field_matches(&self.query, &document))
            .into_iter()
            .flatten()
            .map(Into::into)
            .collect())
    }
}
