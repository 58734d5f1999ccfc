//! How many members there are of each kind.

use async_graphql::{Context, Object, Result, SimpleObject};
use entity::values;

use super::enums::MemberKind;
use crate::graphql::ContextExt as _;
use crate::graphql::connection::load_facet;
use crate::members::{MemberFacet, MemberListing};
use crate::territory::graphql::Commune;

/// How many members of a list there are of each kind.
pub struct MemberFacets(MemberListing);

impl MemberFacets {
    /// The facets of `listing`.
    pub fn new(listing: MemberListing) -> Self {
        Self(listing)
    }
}

/// Members of one kind.
#[derive(SimpleObject)]
pub struct MemberKindCount {
    /// The kind.
    kind: MemberKind,
    /// How many members of the list are of it.
    count: i64,
}

/// Members of one commune.
#[derive(SimpleObject)]
pub struct MemberCommuneCount {
    /// The commune.
    commune: Commune,
    /// How many members of the list are of it.
    count: i64,
}

/// How many members of a list there are of each kind, the most frequent first.
#[Object]
impl MemberFacets {
    /// By kind.
    async fn kinds(&self, ctx: &Context<'_>) -> Result<Vec<MemberKindCount>> {
        let tallies = load_facet(ctx, &self.0, MemberFacet::Kinds).await?;
        Ok(tallies
            .into_iter()
            .filter_map(|tally| {
                let kind = values::MemberKind::parse(&tally.value)?.into();
                let count = tally.rows;
                Some(MemberKindCount { kind, count })
            })
            .collect())
    }

    /// By commune; members of no commune are in none.
    async fn communes(&self, ctx: &Context<'_>) -> Result<Vec<MemberCommuneCount>> {
        let tallies = load_facet(ctx, &self.0, MemberFacet::Communes).await?;
        let territory = ctx.territory();
        Ok(tallies
            .into_iter()
            .filter_map(|tally| {
                let commune = Commune::new(territory.commune(&tally.value)?);
                let count = tally.rows;
                Some(MemberCommuneCount { commune, count })
            })
            .collect())
    }
}
