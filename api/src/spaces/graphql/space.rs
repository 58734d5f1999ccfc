//! A space in the public schema.

use std::sync::Arc;

use async_graphql::{Context, ID, Lookahead, Object, Result};
use chrono::{DateTime, Utc};
use entity::coworking_space;
use uuid::Uuid;

use super::enums::{Amenity, OwnerKind, SpaceKind, SpaceStatus};
use super::facets::CoworkingSpaceFacets;
use super::parts::{Occupancy, Period, Tariff};
use crate::change::Subject;
use crate::connection;
use crate::contacts::Owner;
use crate::contacts::graphql::ContactPoint;
use crate::geo::Point;
use crate::graphql::ContextExt as _;
use crate::graphql::connection::list_cost;
use crate::graphql::filter::WheelchairAccess;
use crate::graphql::scalars::Date;
use crate::graphql::selected;
use crate::hours::is_open_at;
use crate::id::{GlobalId, Kind};
use crate::markdown;
use crate::organizations::graphql::Organization;
use crate::parts::Parts;
use crate::place::Place;
use crate::place_of;
use crate::review::graphql::Content;
use crate::spaces::loaders::{
    AmenitiesKey, KindsKey, OccupanciesKey, PeriodsKey, SpaceKey, SpaceSlugKey, TariffsKey,
};
use crate::spaces::policy::SPACE;
use crate::spaces::{SpaceListing, SpaceRow, model, parts, store};
use crate::territory::graphql::{
    Address, Commune, Distance, Location, NearbyStation, nearest_stations,
};

/// A place to work together: coworking, third place, workshop, ressourcerie.
pub struct CoworkingSpace {
    row: Arc<coworking_space::Model>,
    /// The point from which the list that holds it measures.
    near: Option<Point>,
}

connection! {
    /// Spaces.
    CoworkingSpaceConnection, CoworkingSpaceEdge, CoworkingSpace, SpaceListing,
    facets: CoworkingSpaceFacets
}

impl CoworkingSpace {
    /// A row as a node of a list.
    pub(crate) fn in_list(row: Arc<SpaceRow>, listing: &SpaceListing) -> Self {
        Self {
            row: Arc::clone(&row.0),
            near: listing.filter.place.near.map(|near| near.centre),
        }
    }

    /// The space of this identifier, if the viewer may see it.
    pub async fn by_id(ctx: &Context<'_>, id: Uuid) -> Result<Option<Self>> {
        let row = ctx.loader().load_one(SpaceKey(id)).await;
        let row = row.map_err(|error| ctx.internal(error))?;
        Ok(row.map(|row| Self { row, near: None }))
    }

    /// The space of this slug, if the viewer may see it.
    pub async fn by_slug(ctx: &Context<'_>, slug: String) -> Result<Option<Self>> {
        let row = ctx.loader().load_one(SpaceSlugKey(slug)).await;
        let row = row.map_err(|error| ctx.internal(error))?;
        Ok(row.map(|row| Self { row, near: None }))
    }

    fn place(&self) -> Place {
        place_of!(self.row)
    }
}

/// The parts of a space that are asked of it.
pub(super) fn parts_asked(asked: &Lookahead<'_>) -> Parts {
    selected(asked)
        .map(|field| match field {
            "__typename" | "id" | "slug" | "name" | "commune" | "kinds" | "amenities"
            | "occupancies" | "tariffs" | "periods" | "statusOn" | "contactPoints" => Parts::NONE,
            _ => parts::DETAILS,
        })
        .collect()
}

/// A place to work together: coworking, third place, workshop, ressourcerie.
#[Object]
impl CoworkingSpace {
    /// Global identifier.
    pub async fn id(&self) -> ID {
        GlobalId {
            kind: Kind::CoworkingSpace,
            uuid: self.row.id,
        }
        .to_string()
        .into()
    }

    /// Name for addresses of pages, unique among spaces.
    async fn slug(&self) -> &str {
        &self.row.slug
    }

    /// Name.
    async fn name(&self) -> &str {
        &self.row.name
    }

    /// What it is and how it works, in Markdown.
    async fn description(&self) -> Option<&str> {
        self.row.description.as_deref()
    }

    /// What it is and how it works, in HTML without scripts, styles and images.
    async fn description_html(&self) -> Option<String> {
        self.row.description.as_deref().map(markdown::html)
    }

    /// What it is.
    async fn kinds(&self, ctx: &Context<'_>) -> Result<Vec<SpaceKind>> {
        let rows = ctx.loader().load_one(KindsKey(self.row.id)).await;
        let rows = rows.map_err(|error| ctx.internal(error))?;
        Ok(rows
            .into_iter()
            .flatten()
            .map(|row| row.kind.into())
            .collect())
    }

    /// What it offers.
    async fn amenities(&self, ctx: &Context<'_>) -> Result<Vec<Amenity>> {
        let rows = ctx.loader().load_one(AmenitiesKey(self.row.id)).await;
        let rows = rows.map_err(|error| ctx.internal(error))?;
        Ok(rows
            .into_iter()
            .flatten()
            .map(|row| row.amenity.into())
            .collect())
    }

    /// Surface, in square metres.
    #[graphql(name = "surfaceM2")]
    async fn surface_m2(&self) -> Option<f64> {
        self.row.surface_m2
    }

    /// How many desks it has.
    async fn desks(&self) -> Option<i32> {
        self.row.desks
    }

    /// How many meeting rooms it has.
    async fn meeting_rooms(&self) -> Option<i32> {
        self.row.meeting_rooms
    }

    /// The organization that runs it.
    async fn operator(&self, ctx: &Context<'_>) -> Result<Option<Organization>> {
        match self.row.operator_id {
            Some(id) => Organization::by_id(ctx, id).await,
            None => Ok(None),
        }
    }

    /// The organization that owns the premises.
    async fn owner(&self, ctx: &Context<'_>) -> Result<Option<Organization>> {
        match self.row.owner_id {
            Some(id) => Organization::by_id(ctx, id).await,
            None => Ok(None),
        }
    }

    /// Who owns the premises.
    async fn owner_kind(&self) -> Option<OwnerKind> {
        self.row.owner_kind.map(Into::into)
    }

    /// Whether a wheelchair can enter.
    async fn wheelchair_access(&self) -> Option<WheelchairAccess> {
        self.row.wheelchair_access.map(Into::into)
    }

    /// Web site.
    async fn website(&self) -> Option<&str> {
        self.row.website.as_deref()
    }

    /// Postal address.
    async fn address(&self) -> Address {
        Address(self.place())
    }

    /// The commune, if the registry knows it.
    async fn commune(&self, ctx: &Context<'_>) -> Option<Commune> {
        let insee_code = self.row.commune_insee.as_deref()?;
        ctx.territory().commune(insee_code).map(Commune::new)
    }

    /// Position, and how precisely it is known.
    async fn location(&self) -> Option<Location> {
        self.place().position.map(Into::into)
    }

    /// Distance from the position of the list's filter `near` or `nearStation`; null
    /// without it.
    async fn distance(&self) -> Option<Distance> {
        let position = self.place().position?;
        Some(Distance::between(position, self.near?))
    }

    /// The nearest stations; none if the position is not known.
    #[graphql(complexity = "list_cost(Some(first), None, child_complexity)")]
    async fn nearest_stations(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 3, desc = "Stations at the most, 1 to 100.")] first: i32,
        #[graphql(
            default = 2000,
            desc = "The greatest distance, in metres: 1 to 100,000."
        )]
        max_metres: i32,
        #[graphql(
            default = true,
            desc = "Whether stations where no line stops yet are left out."
        )]
        in_service: bool,
    ) -> Result<Vec<NearbyStation>> {
        nearest_stations(ctx, self.place().position, first, max_metres, in_service)
    }

    /// By which titles it was and is occupied, the oldest first.
    async fn occupancies(&self, ctx: &Context<'_>) -> Result<Vec<Occupancy>> {
        let rows = ctx.loader().load_one(OccupanciesKey(self.row.id)).await;
        let rows = rows.map_err(|error| ctx.internal(error))?;
        Ok(rows.into_iter().flatten().map(Into::into).collect())
    }

    /// Prices, the lowest first.
    async fn tariffs(&self, ctx: &Context<'_>) -> Result<Vec<Tariff>> {
        let rows = ctx.loader().load_one(TariffsKey(self.row.id)).await;
        let rows = rows.map_err(|error| ctx.internal(error))?;
        Ok(rows.into_iter().flatten().map(Into::into).collect())
    }

    /// The periods of its life, the oldest first.
    async fn periods(&self, ctx: &Context<'_>) -> Result<Vec<Period>> {
        let rows = ctx.loader().load_one(PeriodsKey(self.row.id)).await;
        let rows = rows.map_err(|error| ctx.internal(error))?;
        Ok(rows.iter().flatten().map(Into::into).collect())
    }

    /// Where it stands, or stood, on a date; null if that is not known.
    async fn status_on(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The date; today if absent.")] date: Option<Date>,
    ) -> Result<Option<SpaceStatus>> {
        let rows = ctx.loader().load_one(PeriodsKey(self.row.id)).await;
        let periods = rows
            .map_err(|error| ctx.internal(error))?
            .unwrap_or_default();
        let date = ctx.date_or_today(date);
        Ok(model::period_on(&periods, date).map(|period| period.status.into()))
    }

    /// Opening hours, in OpenStreetMap's syntax.
    async fn opening_hours(&self) -> Option<&str> {
        self.row.opening_hours.as_deref()
    }

    /// Whether its opening hours, in Paris' time, hold an instant; null where that is not
    /// known: there are no hours, they comment instead ("by appointment"), or they depend on
    /// school holidays.
    async fn is_open_at(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The instant; now if absent.")] instant: Option<DateTime<Utc>>,
    ) -> Option<bool> {
        let hours = self.row.opening_hours.as_deref()?;
        is_open_at(hours, instant.unwrap_or_else(|| ctx.app().clock.now()))
    }

    /// Ways to reach it that may lawfully be shown.
    async fn contact_points(&self, ctx: &Context<'_>) -> Result<Vec<ContactPoint>> {
        ContactPoint::of(ctx, Owner::Space(self.row.id)).await
    }

    /// When it came into the registry.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }

    /// When it was last changed in the registry.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.row.updated_at
    }

    /// When someone last confirmed that it is still true.
    async fn confirmed_at(&self) -> Option<DateTime<Utc>> {
        self.row.confirmed_at
    }

    /// The day since which it is stale: nobody confirmed for more than a year that it is still
    /// true, although its owner was asked; null if it is not.
    async fn stale_since(&self) -> Option<Date> {
        self.row.stale_since.map(Date)
    }

    /// What the viewer can do with it.
    #[graphql(flatten)]
    async fn content(&self, ctx: &Context<'_>) -> Content {
        Content::of(
            ctx,
            Subject::CoworkingSpace,
            &store::head(&self.row),
            &SPACE,
        )
    }
}
