//! What is written of spaces.

use async_graphql::{ID, InputObject};
use entity::values;

use super::enums::{
    Amenity, OccupancyKind, OwnerKind, SpaceKind, SpaceStatus, TariffAudience, TariffUnit,
};
use crate::content_inputs;
use crate::graphql::filter::WheelchairAccess;
use crate::graphql::place::PlaceInput;
use crate::graphql::scalars::{Cents, Date};
use crate::id::OrganizationRef;
use crate::spaces::content::{Occupancy, Period, SpaceContent, Tariff};
use crate::written::StatedPlace;

/// By which title, and when, a space is occupied.
#[derive(InputObject, Clone, Debug)]
pub struct OccupancyInput {
    /// The title. By short-term leases a space is let for three years at most in total
    /// (code de commerce, L145-5).
    pub kind: OccupancyKind,
    /// First day.
    pub starts_on: Option<Date>,
    /// Last day.
    pub ends_on: Option<Date>,
    /// Rent, in cents per square metre and year.
    #[graphql(name = "rentPerM2Year")]
    pub rent_per_m2_year: Option<Cents>,
    /// Whether the rent is below that of the market.
    pub preferential_rent: Option<bool>,
    /// What else is known: 1,000 characters at most.
    pub note: Option<String>,
}

/// A price.
#[derive(InputObject, Clone, Debug)]
pub struct TariffInput {
    /// For whom.
    pub audience: TariffAudience,
    /// For how long.
    pub unit: TariffUnit,
    /// The price announced, in cents.
    pub amount: Cents,
    /// Desks it pays for.
    #[graphql(default = 1)]
    pub desks: i32,
    /// What else is known: 500 characters at most.
    pub note: Option<String>,
}

/// A period in the life of a space.
#[derive(InputObject, Clone, Debug)]
pub struct PeriodInput {
    /// Where the space stands.
    pub status: SpaceStatus,
    /// First day; null if it is not known.
    pub starts_on: Option<Date>,
    /// First day on which it is over; null while it lasts.
    pub ends_on: Option<Date>,
    /// Why: 1,000 characters at most; needed if it is closed.
    pub reason: Option<String>,
}

content_inputs! {
    /// A new space.
    CoworkingSpaceCreateInput;
    /// Changes of a space: what is absent stays, what is null is cleared.
    CoworkingSpaceUpdateInput;
    SpacePatch of SpaceContent;
    compared as not_duplicate_of;
    required {
        /// Name: 300 characters at most.
        name: String as String,
    }
    defaulted {}
    optional {
        /// What it is and how it works, in Markdown: 20,000 characters at most.
        description: String as String,
        /// Surface, in square metres.
        #[graphql(name = "surfaceM2")]
        surface_m2: f64 as f64,
        /// How many desks it has.
        desks: i32 as i32,
        /// How many meeting rooms it has.
        meeting_rooms: i32 as i32,
        /// Global identifier of the organization that runs it.
        operator: ID as OrganizationRef,
        /// Global identifier of the organization that owns the premises.
        owner: ID as OrganizationRef,
        /// Who owns the premises.
        owner_kind: OwnerKind as values::OwnerKind,
        /// Whether a wheelchair can enter.
        wheelchair_access: WheelchairAccess as values::WheelchairAccess,
        /// Opening hours, in OpenStreetMap's syntax: 1,000 characters at most.
        opening_hours: String as String,
        /// Web site.
        website: String as String,
        /// Where it is.
        place: PlaceInput as StatedPlace,
    }
    lists {
        /// What it is.
        kinds: SpaceKind as values::SpaceKind,
        /// What it offers.
        amenities: Amenity as values::Amenity,
        /// By which titles it was and is occupied, 50 at most.
        occupancies: OccupancyInput as Occupancy,
        /// Prices, 100 at most.
        tariffs: TariffInput as Tariff,
        /// The periods of its life, 100 at most.
        periods: PeriodInput as Period,
    }
}

impl From<OccupancyInput> for Occupancy {
    fn from(input: OccupancyInput) -> Self {
        Self {
            starts_on: input.starts_on.map(Into::into),
            ends_on: input.ends_on.map(Into::into),
            kind: input.kind.into(),
            rent_per_m2_year: input.rent_per_m2_year.map(|rent| rent.0),
            preferential_rent: input.preferential_rent,
            note: input.note,
        }
    }
}

impl From<TariffInput> for Tariff {
    fn from(input: TariffInput) -> Self {
        Self {
            amount: input.amount.0,
            audience: input.audience.into(),
            unit: input.unit.into(),
            desks: input.desks,
            note: input.note,
        }
    }
}

impl From<PeriodInput> for Period {
    fn from(input: PeriodInput) -> Self {
        Self {
            starts_on: input.starts_on.map(Into::into),
            ends_on: input.ends_on.map(Into::into),
            status: input.status.into(),
            reason: input.reason,
        }
    }
}
