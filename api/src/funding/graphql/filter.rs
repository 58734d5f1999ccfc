//! Which funding sources, and in which order.

use std::sync::Arc;

use async_graphql::{Context, Enum, InputObject, Result};

use super::enums::{
    FunderKindFilter, FundingAudienceFilter, FundingFormFilter, RecurrenceFilter,
    StateAidRegimeFilter,
};
use crate::funding::model::Reach;
use crate::funding::{FundingFilter, FundingListing, FundingOrder};
use crate::graphql::ContextExt as _;
use crate::graphql::error::ErrorCode;
use crate::graphql::filter::TerritoryInput;
use crate::graphql::scalars::{Cents, Date};
use crate::review::graphql::{PublicationFilter, unpublished};
use crate::search::graphql::text_query;

/// Which funding sources: all conditions together.
#[derive(InputObject, Clone, Debug, Default)]
pub struct FundingSourceFilter {
    /// Open on this part of the territory: on itself, or on a wider one that holds it. A
    /// source whose territory is not known is left out.
    pub territory: Option<TerritoryInput>,
    /// Of funders of these kinds.
    pub funder_kind: Option<FunderKindFilter>,
    /// Of one of these forms of support.
    pub form: Option<FundingFormFilter>,
    /// Open to one of these audiences.
    pub audience: Option<FundingAudienceFilter>,
    /// Taking applications this often.
    pub recurrence: Option<RecurrenceFilter>,
    /// Under these rules on state aid.
    pub state_aid_regime: Option<StateAidRegimeFilter>,
    /// Whether the source is a call for projects.
    pub call_for_projects: Option<bool>,
    /// Known to take applications on this date.
    pub open_on: Option<Date>,
    /// Giving this much or more, in cents; a source none of whose amounts is known is left
    /// out.
    pub min_amount: Option<Cents>,
    /// Giving this much or less, in cents; a source none of whose amounts is known is left
    /// out.
    pub max_amount: Option<Cents>,
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

/// In which order funding sources come.
#[derive(Enum, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FundingSourceOrder {
    /// The newest in the registry first.
    #[default]
    CreatedAtDesc,
    /// The oldest in the registry first.
    CreatedAtAsc,
    /// In alphabetical order.
    NameAsc,
    /// The soonest last day of application first, those that have none at the end.
    ClosesOnAsc,
    /// The best answers to the text first; needs `text`.
    Relevance,
}

impl FundingSourceFilter {
    /// The list that a filter and an order ask for.
    ///
    /// # Errors
    /// `BAD_INPUT` when an argument is out of bounds.
    pub async fn listing(
        filter: Option<Self>,
        ctx: &Context<'_>,
        order: FundingSourceOrder,
    ) -> Result<FundingListing> {
        let filter = filter.unwrap_or_default();
        let reach = filter
            .territory
            .map(|territory| Reach::of(ctx.territory(), &territory.into(), ctx.scope().today));
        let text = text_query(ctx, filter.text.as_deref()).await?;
        let order = match order {
            FundingSourceOrder::CreatedAtDesc => FundingOrder::CreatedDescending,
            FundingSourceOrder::CreatedAtAsc => FundingOrder::CreatedAscending,
            FundingSourceOrder::NameAsc => FundingOrder::NameAscending,
            FundingSourceOrder::ClosesOnAsc => FundingOrder::ClosesAscending,
            FundingSourceOrder::Relevance if text.is_some() => FundingOrder::Relevance,
            FundingSourceOrder::Relevance => {
                return Err(ctx.fault(ErrorCode::BadInput, "order-needs-text", &[]));
            }
        };
        Ok(FundingListing {
            filter: Arc::new(FundingFilter {
                stale: filter.stale,
                funder_kinds: filter
                    .funder_kind
                    .map(|kind| kind.values(ctx))
                    .transpose()?
                    .unwrap_or_default(),
                forms: filter
                    .form
                    .map(|form| form.values(ctx))
                    .transpose()?
                    .unwrap_or_default(),
                audiences: filter
                    .audience
                    .map(|audience| audience.values(ctx))
                    .transpose()?
                    .unwrap_or_default(),
                recurrences: filter
                    .recurrence
                    .map(|recurrence| recurrence.values(ctx))
                    .transpose()?
                    .unwrap_or_default(),
                state_aid_regimes: filter
                    .state_aid_regime
                    .map(|regime| regime.values(ctx))
                    .transpose()?
                    .unwrap_or_default(),
                call_for_projects: filter.call_for_projects,
                open_on: filter.open_on.map(Into::into),
                reach,
                min_amount_cents: filter.min_amount.map(|amount| amount.0),
                max_amount_cents: filter.max_amount.map(|amount| amount.0),
                funder_id: None,
                text,
                unpublished: unpublished(ctx, filter.publication, filter.own)?,
            }),
            order,
        })
    }
}
