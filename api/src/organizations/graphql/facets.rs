//! How many organizations there are of each kind.

use async_graphql::{Context, Object, Result, SimpleObject};
use entity::values;

use super::enums::{EssFamily, LegalForm};
use crate::graphql::ContextExt as _;
use crate::graphql::connection::load_facet;
use crate::organizations::{OrganizationFacet, OrganizationListing, model};
use crate::territory::graphql::Commune;

/// How many organizations of a list there are of each kind.
pub struct OrganizationFacets(OrganizationListing);

impl OrganizationFacets {
    /// The facets of `listing`.
    pub fn new(listing: OrganizationListing) -> Self {
        Self(listing)
    }

    async fn by_legal_form(&self, ctx: &Context<'_>) -> Result<Vec<(values::LegalForm, i64)>> {
        let tallies = load_facet(ctx, &self.0, OrganizationFacet::LegalForms).await?;
        Ok(tallies
            .into_iter()
            .filter_map(|tally| Some((values::LegalForm::parse(&tally.value)?, tally.rows)))
            .collect())
    }
}

/// Organizations of one legal form.
#[derive(SimpleObject)]
pub struct LegalFormCount {
    /// The legal form.
    legal_form: LegalForm,
    /// How many organizations of the list have it.
    count: i64,
}

/// Organizations of one family of the social and solidarity economy.
#[derive(SimpleObject)]
pub struct EssFamilyCount {
    /// The family.
    ess_family: EssFamily,
    /// How many organizations of the list are of it.
    count: i64,
}

/// Organizations of one commune.
#[derive(SimpleObject)]
pub struct OrganizationCommuneCount {
    /// The commune.
    commune: Commune,
    /// How many organizations of the list have a site in it.
    count: i64,
}

/// How many organizations of a list there are of each kind, the most frequent first.
#[Object]
impl OrganizationFacets {
    /// By legal form.
    async fn legal_forms(&self, ctx: &Context<'_>) -> Result<Vec<LegalFormCount>> {
        Ok(self
            .by_legal_form(ctx)
            .await?
            .into_iter()
            .map(|(form, count)| LegalFormCount {
                legal_form: form.into(),
                count,
            })
            .collect())
    }

    /// By family of the social and solidarity economy; organizations that are not of it are
    /// in none.
    async fn ess_families(&self, ctx: &Context<'_>) -> Result<Vec<EssFamilyCount>> {
        let forms = self.by_legal_form(ctx).await?;
        let mut counts: Vec<EssFamilyCount> = model::EssFamily::ALL
            .into_iter()
            .map(|family| EssFamilyCount {
                ess_family: family.into(),
                count: forms
                    .iter()
                    .filter(|(form, _)| model::EssFamily::of(*form) == Some(family))
                    .map(|(_, count)| count)
                    .sum(),
            })
            .filter(|family| family.count > 0)
            .collect();
        counts.sort_by_key(|family| std::cmp::Reverse(family.count));
        Ok(counts)
    }

    /// By commune; an organization counts in each commune where it has a site.
    async fn communes(&self, ctx: &Context<'_>) -> Result<Vec<OrganizationCommuneCount>> {
        let tallies = load_facet(ctx, &self.0, OrganizationFacet::Communes).await?;
        let territory = ctx.territory();
        Ok(tallies
            .into_iter()
            .filter_map(|tally| {
                let commune = Commune::new(territory.commune(&tally.value)?);
                let count = tally.rows;
                Some(OrganizationCommuneCount { commune, count })
            })
            .collect())
    }
}
