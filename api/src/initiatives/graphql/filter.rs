//! Which initiatives, and in which order.

use std::sync::Arc;

use async_graphql::{Context, Enum, InputObject, Result};

use super::enums::{NeedFilter, ScopeFilter, StageFilter};
use super::initiative::parts_asked_of_nodes;
use crate::graphql::ContextExt as _;
use crate::graphql::error::ErrorCode;
use crate::graphql::filter::{
    BoundingBoxInput, DateRangeInput, IdFilter, InstantRangeInput, NearInput, NearStationInput,
    TerritoryInput, place_filter,
};
use crate::id::Kind;
use crate::initiatives::{InitiativeCriteria, InitiativeListing, InitiativeSort};
use crate::review::graphql::{PublicationFilter, unpublished};
use crate::search::graphql::text_query;
use crate::themes::graphql::ThemeFilter;

/// Which initiatives: all conditions together.
#[derive(InputObject, Clone, Debug, Default)]
pub struct InitiativeFilter {
    /// That concern a commune of this part of the territory.
    pub territory: Option<TerritoryInput>,
    /// Whose place is near this position.
    pub near: Option<NearInput>,
    /// Whose place is near this station; `near` goes before it.
    pub near_station: Option<NearStationInput>,
    /// Whose place is in this box.
    pub within: Option<BoundingBoxInput>,
    /// Of these themes.
    pub theme: Option<ThemeFilter>,
    /// That reach so far.
    pub scope: Option<ScopeFilter>,
    /// That have come so far.
    pub stage: Option<StageFilter>,
    /// That look for one of these.
    pub need: Option<NeedFilter>,
    /// Led by one of these organizations.
    pub lead_organization: Option<IdFilter>,
    /// That came into the registry in this time.
    pub created_at: Option<InstantRangeInput>,
    /// That begin, or began, in this time.
    pub starts_on: Option<DateRangeInput>,
    /// Whether nobody confirmed for more than a year that they are still true.
    pub stale: Option<bool>,
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

/// In which order initiatives come.
#[derive(Enum, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum InitiativeOrder {
    /// The newest in the registry first.
    #[default]
    CreatedAtDesc,
    /// The oldest in the registry first.
    CreatedAtAsc,
    /// The most recently changed first.
    UpdatedAtDesc,
    /// In alphabetical order.
    TitleAsc,
    /// The nearest first; needs `near` or `nearStation`.
    Distance,
    /// The best answers to the text first; needs `text`.
    Relevance,
}

impl InitiativeFilter {
    /// The list that a filter and an order ask for.
    ///
    /// # Errors
    /// `BAD_INPUT` when an argument is out of bounds, or the order needs another filter.
    pub async fn listing(
        filter: Option<Self>,
        ctx: &Context<'_>,
        order: InitiativeOrder,
    ) -> Result<InitiativeListing> {
        let filter = filter.unwrap_or_default();
        let mut place = place_filter(
            ctx,
            filter.territory,
            filter.near,
            filter.near_station,
            filter.within,
        )?;
        let text = text_query(ctx, filter.text.as_deref()).await?;
        let sort = match order {
            InitiativeOrder::CreatedAtDesc => InitiativeSort::CreatedDescending,
            InitiativeOrder::CreatedAtAsc => InitiativeSort::CreatedAscending,
            InitiativeOrder::UpdatedAtDesc => InitiativeSort::UpdatedDescending,
            InitiativeOrder::TitleAsc => InitiativeSort::TitleAscending,
            InitiativeOrder::Distance => {
                let near = place
                    .near
                    .ok_or_else(|| ctx.fault(ErrorCode::BadInput, "order-needs-near", &[]))?;
                InitiativeSort::Distance(near.centre)
            }
            InitiativeOrder::Relevance if text.is_some() => InitiativeSort::Relevance,
            InitiativeOrder::Relevance => {
                return Err(ctx.fault(ErrorCode::BadInput, "order-needs-text", &[]));
            }
        };
        // An initiative is where it concerns people, which may be several communes.
        let territory = place.insee_codes.take();
        let created = filter.created_at.unwrap_or_default();
        let starts = filter.starts_on.unwrap_or_default();
        let mut criteria = InitiativeCriteria {
            place,
            stale: filter.stale,
            scopes: filter
                .scope
                .map(|scope| scope.values(ctx))
                .transpose()?
                .unwrap_or_default(),
            stages: filter
                .stage
                .map(|stage| stage.values(ctx))
                .transpose()?
                .unwrap_or_default(),
            needs: filter
                .need
                .map(|need| need.values(ctx))
                .transpose()?
                .unwrap_or_default(),
            lead_organizations: filter
                .lead_organization
                .map(|ids| ids.uuids(ctx, Kind::Organization))
                .transpose()?
                .unwrap_or_default(),
            text,
            unpublished: unpublished(ctx, filter.publication, filter.own)?,
            created_from: created.from,
            created_before: created.before,
            starts_from: starts.from.map(Into::into),
            starts_to: starts.to.map(Into::into),
            ..InitiativeCriteria::default()
        };
        if let Some(insee_codes) = territory {
            criteria.require_territory(insee_codes);
        }
        let themes = filter.theme.map(|theme| theme.uuids(ctx)).transpose()?;
        if let Some(themes) = themes.filter(|themes| !themes.is_empty()) {
            criteria.require_theme(themes);
        }
        Ok(InitiativeListing {
            criteria: Arc::new(criteria),
            sort,
            parts: parts_asked_of_nodes(ctx),
        })
    }
}
