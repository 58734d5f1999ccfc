//! How many spaces there are of each kind.

use async_graphql::{Context, Object, Result, SimpleObject};
use entity::values;

use super::enums::SpaceKind;
use crate::graphql::ContextExt as _;
use crate::graphql::connection::load_facet;
use crate::spaces::{SpaceFacet, SpaceListing};
use crate::territory::graphql::Commune;

/// How many spaces of a list there are of each kind.
pub struct CoworkingSpaceFacets(SpaceListing);

impl CoworkingSpaceFacets {
    /// The facets of `listing`.
    pub fn new(listing: SpaceListing) -> Self {
        Self(listing)
    }
}

/// Spaces of one kind.
#[derive(SimpleObject)]
pub struct SpaceKindCount {
    /// The kind.
    kind: SpaceKind,
    /// How many spaces of the list are of it.
    count: i64,
}

/// Spaces of one commune.
#[derive(SimpleObject)]
pub struct SpaceCommuneCount {
    /// The commune.
    commune: Commune,
    /// How many spaces of the list are in it.
    count: i64,
}

/// How many spaces of a list there are of each kind, the most frequent first.
#[Object]
impl CoworkingSpaceFacets {
    /// By kind; a space of two kinds counts in both.
    async fn kinds(&self, ctx: &Context<'_>) -> Result<Vec<SpaceKindCount>> {
        let tallies = load_facet(ctx, &self.0, SpaceFacet::Kinds).await?;
        Ok(tallies
            .into_iter()
            .filter_map(|tally| {
                let kind = values::SpaceKind::parse(&tally.value)?.into();
                Some(SpaceKindCount {
                    kind,
                    count: tally.rows,
                })
            })
            .collect())
    }

    /// By commune; spaces whose commune is not known are in none.
    async fn communes(&self, ctx: &Context<'_>) -> Result<Vec<SpaceCommuneCount>> {
        let tallies = load_facet(ctx, &self.0, SpaceFacet::Communes).await?;
        let territory = ctx.territory();
        Ok(tallies
            .into_iter()
            .filter_map(|tally| {
                let commune = Commune::new(territory.commune(&tally.value)?);
                Some(SpaceCommuneCount {
                    commune,
                    count: tally.rows,
                })
            })
            .collect())
    }
}
