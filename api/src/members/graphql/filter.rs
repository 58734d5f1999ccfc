//! Which members, and in which order.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, InputObject, Result};

use super::enums::MemberKindFilter;
use super::member::parts_asked;
use crate::graphql::error::ErrorCode;
use crate::graphql::filter::{IdFilter, TerritoryInput, place_filter};
use crate::graphql::scalars::Date;
use crate::graphql::{ContextExt as _, parts_of_nodes};
use crate::id::Kind;
use crate::members;
use crate::review::graphql::{PublicationFilter, unpublished};
use crate::search::graphql::text_query;

/// Which members: all conditions together.
#[derive(InputObject, Clone, Debug, Default)]
pub struct MemberFilter {
    /// Of this part of the territory.
    pub territory: Option<TerritoryInput>,
    /// Of these kinds.
    pub kind: Option<MemberKindFilter>,
    /// With a delegation of these themes.
    pub delegation_theme: Option<IdFilter>,
    /// With a mandate in force on this date; with `delegationTheme`, the mandate that has
    /// the delegation.
    pub current_on: Option<Date>,
    /// Answering this text in French, as `search` does: 200 characters and 12 words at
    /// most; a text without a word leaves the list as it is.
    pub text: Option<String>,
    /// Who belong to this organization.
    pub organization: Option<ID>,
    /// That stand so, among those that the viewer keeps or reviews; only public ones if
    /// neither this nor `own` is given.
    pub publication: Option<PublicationFilter>,
    /// Whether only those that belong to the viewer are listed.
    #[graphql(default)]
    pub own: bool,
}

/// In which order members come.
#[derive(Enum, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MemberOrder {
    /// The newest in the registry first.
    #[default]
    CreatedAtDesc,
    /// The oldest in the registry first.
    CreatedAtAsc,
    /// In alphabetical order of the slug.
    NameAsc,
    /// The best answers to the text first; needs `text`.
    Relevance,
}

impl MemberFilter {
    /// The list that a filter and an order ask for.
    ///
    /// # Errors
    /// `BAD_INPUT` when an argument is out of bounds, or the order needs another filter.
    pub async fn listing(
        filter: Option<Self>,
        ctx: &Context<'_>,
        order: MemberOrder,
    ) -> Result<members::MemberListing> {
        let filter = filter.unwrap_or_default();
        let text = text_query(ctx, filter.text.as_deref()).await?;
        let order = match order {
            MemberOrder::CreatedAtDesc => members::MemberOrder::CreatedDescending,
            MemberOrder::CreatedAtAsc => members::MemberOrder::CreatedAscending,
            MemberOrder::NameAsc => members::MemberOrder::NameAscending,
            MemberOrder::Relevance if text.is_some() => members::MemberOrder::Relevance,
            MemberOrder::Relevance => {
                return Err(ctx.fault(ErrorCode::BadInput, "order-needs-text", &[]));
            }
        };
        Ok(members::MemberListing {
            filter: Arc::new(members::MemberFilter {
                place: place_filter(ctx, filter.territory, None, None, None)?,
                kinds: filter
                    .kind
                    .map(|kind| kind.values(ctx))
                    .transpose()?
                    .unwrap_or_default(),
                delegation_themes: filter
                    .delegation_theme
                    .map(|themes| themes.uuids(ctx, Kind::Theme))
                    .transpose()?
                    .unwrap_or_default(),
                current_on: filter.current_on.map(Into::into),
                organization_id: filter
                    .organization
                    .map(|id| ctx.uuid(Kind::Organization, &id))
                    .transpose()?,
                text,
                unpublished: unpublished(ctx, filter.publication, filter.own)?,
            }),
            order,
            parts: parts_of_nodes(ctx, parts_asked),
        })
    }
}
