//! Which organizations, and in which order.

use std::str::FromStr;
use std::sync::Arc;

use async_graphql::{Context, Enum, InputObject, Result};

use super::enums::{EssFamilyFilter, LegalFormFilter, SiaeKindFilter, StructureKindFilter};
use crate::graphql::ContextExt as _;
use crate::graphql::error::ErrorCode;
use crate::graphql::filter::{
    BoundingBoxInput, NearInput, NearStationInput, TerritoryInput, place_filter,
};
use crate::organizations;
use crate::review::graphql::{PublicationFilter, unpublished};
use crate::search::graphql::text_query;

/// Which organizations: all conditions together. Those on a place are met by one of the
/// sites.
#[derive(InputObject, Clone, Debug, Default)]
pub struct OrganizationFilter {
    /// In this part of the territory.
    pub territory: Option<TerritoryInput>,
    /// Near this position.
    pub near: Option<NearInput>,
    /// Near this station; `near` goes before it.
    pub near_station: Option<NearStationInput>,
    /// In this box.
    pub within: Option<BoundingBoxInput>,
    /// Of these legal forms.
    pub legal_form: Option<LegalFormFilter>,
    /// Of these families of the social and solidarity economy.
    pub ess_family: Option<EssFamilyFilter>,
    /// Work-integration enterprises of these kinds.
    pub siae_kind: Option<SiaeKindFilter>,
    /// Other structures for employment of these kinds.
    pub structure_kind: Option<StructureKindFilter>,
    /// Whether the approval as a solidarity enterprise of social utility (ESUS) is in force
    /// today.
    pub is_esus: Option<bool>,
    /// Whether they compete on a market; where that is not known, neither.
    pub competes_on_market: Option<bool>,
    /// Whether nobody confirmed for more than a year that they are still true.
    pub stale: Option<bool>,
    /// Of this SIREN, nine digits.
    pub siren: Option<String>,
    /// With a site of this SIRET, fourteen digits.
    pub siret: Option<String>,
    /// Of this number in the national register of associations.
    pub rna: Option<String>,
    /// Answering this text in French, as `search` does: 200 characters and 12 words at
    /// most; a text without a word leaves the list as it is.
    pub text: Option<String>,
    /// That stand so, among those that the viewer keeps or reviews; only public ones if
    /// neither this nor `own` is given.
    pub publication: Option<PublicationFilter>,
    /// Whether only those that belong to the viewer are listed.
    #[graphql(default)]
    pub own: bool,
}

/// In which order organizations come.
#[derive(Enum, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OrganizationOrder {
    /// The newest in the registry first.
    #[default]
    CreatedAtDesc,
    /// The oldest in the registry first.
    CreatedAtAsc,
    /// In alphabetical order.
    NameAsc,
    /// Those with the nearest site first; needs `near` or `nearStation`.
    Distance,
    /// The best answers to the text first; needs `text`.
    Relevance,
}

impl OrganizationFilter {
    /// The list that a filter and an order ask for.
    ///
    /// # Errors
    /// `BAD_INPUT` when an argument is out of bounds, or the order needs another filter.
    pub async fn listing(
        filter: Option<Self>,
        ctx: &Context<'_>,
        order: OrganizationOrder,
    ) -> Result<organizations::OrganizationListing> {
        use organizations::OrganizationOrder as Order;
        let filter = filter.unwrap_or_default();
        let place = place_filter(
            ctx,
            filter.territory,
            filter.near,
            filter.near_station,
            filter.within,
        )?;
        let text = text_query(ctx, filter.text.as_deref()).await?;
        let order = match order {
            OrganizationOrder::CreatedAtDesc => Order::CreatedDescending,
            OrganizationOrder::CreatedAtAsc => Order::CreatedAscending,
            OrganizationOrder::NameAsc => Order::NameAscending,
            OrganizationOrder::Distance => {
                let near = place
                    .near
                    .ok_or_else(|| ctx.fault(ErrorCode::BadInput, "order-needs-near", &[]))?;
                Order::Distance(near.centre)
            }
            OrganizationOrder::Relevance if text.is_some() => Order::Relevance,
            OrganizationOrder::Relevance => {
                return Err(ctx.fault(ErrorCode::BadInput, "order-needs-text", &[]));
            }
        };
        let filter = organizations::OrganizationFilter {
            place,
            stale: filter.stale,
            legal_forms: filter
                .legal_form
                .map(|form| form.values(ctx))
                .transpose()?
                .unwrap_or_default(),
            ess_families: filter
                .ess_family
                .map(|family| family.values(ctx))
                .transpose()?
                .unwrap_or_default(),
            siae_kinds: filter
                .siae_kind
                .map(|kind| kind.values(ctx))
                .transpose()?
                .unwrap_or_default(),
            structure_kinds: filter
                .structure_kind
                .map(|kind| kind.values(ctx))
                .transpose()?
                .unwrap_or_default(),
            text,
            unpublished: unpublished(ctx, filter.publication, filter.own)?,
            is_esus: filter.is_esus,
            competes_on_market: filter.competes_on_market,
            siren: number(ctx, "siren-invalid", filter.siren)?,
            siret: number(ctx, "siret-invalid", filter.siret)?,
            rna: number(ctx, "rna-invalid", filter.rna)?,
        };
        Ok(organizations::OrganizationListing {
            filter: Arc::new(filter),
            order,
        })
    }
}

/// Reads an official number; `key` is the message when it is none.
///
/// # Errors
/// `BAD_INPUT` when it is none.
pub(super) fn number<T: FromStr>(
    ctx: &Context<'_>,
    key: &str,
    text: Option<String>,
) -> Result<Option<T>> {
    text.map(|text| {
        text.parse().map_err(|_| {
            let shown = text.chars().take(60).collect();
            ctx.fault(ErrorCode::BadInput, key, &[("value", shown)])
        })
    })
    .transpose()
}
