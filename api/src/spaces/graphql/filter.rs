//! Which spaces, and in which order.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, InputObject, Result};

use super::enums::{AmenityFilter, OwnerKindFilter, SpaceKindFilter};
use super::space::parts_asked;
use crate::graphql::error::ErrorCode;
use crate::graphql::filter::{
    BoundingBoxInput, NearInput, NearStationInput, TerritoryInput, WheelchairAccess, place_filter,
};
use crate::graphql::{ContextExt as _, parts_of_nodes};
use crate::id::Kind;
use crate::review::graphql::{PublicationFilter, unpublished};
use crate::search::graphql::text_query;
use crate::spaces::{SpaceFilter, SpaceListing, SpaceOrder};

/// Which spaces: all conditions together.
#[derive(InputObject, Clone, Debug, Default)]
pub struct CoworkingSpaceFilter {
    /// In this part of the territory.
    pub territory: Option<TerritoryInput>,
    /// Near this position.
    pub near: Option<NearInput>,
    /// Near this station; `near` goes before it.
    pub near_station: Option<NearStationInput>,
    /// In this box.
    pub within: Option<BoundingBoxInput>,
    /// Of these kinds.
    pub kind: Option<SpaceKindFilter>,
    /// With these amenities: each of those in `in`.
    pub amenity: Option<AmenityFilter>,
    /// With this wheelchair access.
    pub wheelchair_access: Option<Vec<WheelchairAccess>>,
    /// In premises of these owners.
    pub owner_kind: Option<OwnerKindFilter>,
    /// With at least this surface, in square metres.
    pub min_surface_m2: Option<f64>,
    /// With at most this surface, in square metres.
    pub max_surface_m2: Option<f64>,
    /// Whether nobody confirmed for more than a year that they are still true.
    pub stale: Option<bool>,
    /// Answering this text in French, as `search` does: 200 characters and 12 words at
    /// most; a text without a word leaves the list as it is.
    pub text: Option<String>,
    /// Run by this organization.
    pub operator: Option<ID>,
    /// That stand so, among those that the viewer keeps or reviews; only public ones if
    /// neither this nor `own` is given.
    pub publication: Option<PublicationFilter>,
    /// Whether only those that belong to the viewer are listed.
    #[graphql(default)]
    pub own: bool,
}

/// In which order spaces come.
#[derive(Enum, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CoworkingSpaceOrder {
    /// The newest in the registry first.
    #[default]
    CreatedAtDesc,
    /// The oldest in the registry first.
    CreatedAtAsc,
    /// In alphabetical order.
    NameAsc,
    /// The nearest first; needs `near` or `nearStation`.
    Distance,
    /// The best answers to the text first; needs `text`.
    Relevance,
}

impl CoworkingSpaceFilter {
    /// The list that a filter and an order ask for.
    ///
    /// # Errors
    /// `BAD_INPUT` when an argument is out of bounds, or the order needs another filter.
    pub async fn listing(
        filter: Option<Self>,
        ctx: &Context<'_>,
        order: CoworkingSpaceOrder,
    ) -> Result<SpaceListing> {
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
            CoworkingSpaceOrder::CreatedAtDesc => SpaceOrder::CreatedDescending,
            CoworkingSpaceOrder::CreatedAtAsc => SpaceOrder::CreatedAscending,
            CoworkingSpaceOrder::NameAsc => SpaceOrder::NameAscending,
            CoworkingSpaceOrder::Distance => {
                let near = place
                    .near
                    .ok_or_else(|| ctx.fault(ErrorCode::BadInput, "order-needs-near", &[]))?;
                SpaceOrder::Distance(near.centre)
            }
            CoworkingSpaceOrder::Relevance if text.is_some() => SpaceOrder::Relevance,
            CoworkingSpaceOrder::Relevance => {
                return Err(ctx.fault(ErrorCode::BadInput, "order-needs-text", &[]));
            }
        };
        Ok(SpaceListing {
            filter: Arc::new(SpaceFilter {
                place,
                stale: filter.stale,
                kinds: filter
                    .kind
                    .map(|kind| kind.values(ctx))
                    .transpose()?
                    .unwrap_or_default(),
                amenities: filter
                    .amenity
                    .map(|amenity| amenity.values(ctx))
                    .transpose()?
                    .unwrap_or_default(),
                wheelchair_access: filter
                    .wheelchair_access
                    .unwrap_or_default()
                    .into_iter()
                    .map(Into::into)
                    .collect(),
                owner_kinds: filter
                    .owner_kind
                    .map(|kind| kind.values(ctx))
                    .transpose()?
                    .unwrap_or_default(),
                min_surface_m2: filter.min_surface_m2,
                max_surface_m2: filter.max_surface_m2,
                text,
                unpublished: unpublished(ctx, filter.publication, filter.own)?,
                operator_id: filter
                    .operator
                    .map(|id| ctx.uuid(Kind::Organization, &id))
                    .transpose()?,
            }),
            order,
            parts: parts_of_nodes(ctx, parts_asked),
        })
    }
}
