//! How many funding sources there are of each kind.

use async_graphql::{Context, Object, Result, SimpleObject};
use entity::values;

use super::enums::{FunderKind, FundingAudience, FundingForm};
use crate::funding::{FundingListing, store};
use crate::graphql::ContextExt as _;

/// How many sources of a list there are of each kind.
pub struct FundingSourceFacets(FundingListing);

impl FundingSourceFacets {
    /// The facets of `listing`.
    pub fn new(listing: FundingListing) -> Self {
        Self(listing)
    }
}

/// Sources of one kind of funder.
#[derive(SimpleObject)]
pub struct FunderKindCount {
    /// The kind of funder.
    funder_kind: FunderKind,
    /// How many sources of the list have a funder of this kind.
    count: i64,
}

/// Sources of one form of support.
#[derive(SimpleObject)]
pub struct FundingFormCount {
    /// The form of support.
    form: FundingForm,
    /// How many sources of the list give it.
    count: i64,
}

/// Sources open to one audience.
#[derive(SimpleObject)]
pub struct FundingAudienceCount {
    /// The audience.
    audience: FundingAudience,
    /// How many sources of the list are open to it.
    count: i64,
}

/// How many sources of a list there are of each kind, the most frequent first.
#[Object]
impl FundingSourceFacets {
    /// By kind of funder.
    async fn funder_kinds(&self, ctx: &Context<'_>) -> Result<Vec<FunderKindCount>> {
        let counts = store::count_by_funder_kind(ctx.session(), ctx.scope(), &self.0)
            .await
            .map_err(|error| ctx.internal(error))?;
        Ok(counts
            .into_iter()
            .filter_map(|(kind, count)| {
                let funder_kind = values::FunderKind::parse(&kind)?.into();
                Some(FunderKindCount { funder_kind, count })
            })
            .collect())
    }

    /// By form of support; a source of two forms counts in both.
    async fn forms(&self, ctx: &Context<'_>) -> Result<Vec<FundingFormCount>> {
        let counts = store::count_by_form(ctx.session(), ctx.scope(), &self.0)
            .await
            .map_err(|error| ctx.internal(error))?;
        Ok(counts
            .into_iter()
            .filter_map(|(form, count)| {
                let form = values::FundingForm::parse(&form)?.into();
                Some(FundingFormCount { form, count })
            })
            .collect())
    }

    /// By audience; a source open to two of them counts in both.
    async fn audiences(&self, ctx: &Context<'_>) -> Result<Vec<FundingAudienceCount>> {
        let counts = store::count_by_audience(ctx.session(), ctx.scope(), &self.0)
            .await
            .map_err(|error| ctx.internal(error))?;
        Ok(counts
            .into_iter()
            .filter_map(|(audience, count)| {
                let audience = values::FundingAudience::parse(&audience)?.into();
                Some(FundingAudienceCount { audience, count })
            })
            .collect())
    }
}
