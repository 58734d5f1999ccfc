//! What belongs to a space.

use async_graphql::SimpleObject;
use entity::{coworking_space_occupancy, coworking_space_period, coworking_space_tariff};

use super::enums::{OccupancyKind, SpaceStatus, TariffAudience, TariffUnit};
use crate::graphql::scalars::{Cents, Date};
use crate::spaces::model;

/// By which title, and when, a space is occupied.
#[derive(SimpleObject)]
pub struct Occupancy {
    /// The title.
    kind: OccupancyKind,
    /// First day.
    starts_on: Option<Date>,
    /// Last day.
    ends_on: Option<Date>,
    /// Rent, in cents per square metre and year.
    rent_per_m2_year: Option<Cents>,
    /// Whether the rent is below that of the market.
    preferential_rent: Option<bool>,
    /// What else is known.
    note: Option<String>,
}

impl From<coworking_space_occupancy::Model> for Occupancy {
    fn from(row: coworking_space_occupancy::Model) -> Self {
        Self {
            kind: row.kind.into(),
            starts_on: row.starts_on.map(Date),
            ends_on: row.ends_on.map(Date),
            rent_per_m2_year: row.rent_cents_per_m2_year.map(Cents),
            preferential_rent: row.preferential_rent,
            note: row.note,
        }
    }
}

/// A price, as announced and made comparable.
#[derive(SimpleObject)]
pub struct Tariff {
    /// For whom.
    audience: TariffAudience,
    /// For how long.
    unit: TariffUnit,
    /// The price announced, in cents.
    amount: Cents,
    /// Desks it pays for.
    desks: i32,
    /// The price of one desk for one day of 8 hours, in cents.
    desk_day: Cents,
    /// The price of one desk for one month of 21.67 days, in cents.
    desk_month: Cents,
    /// What else is known.
    note: Option<String>,
}

impl From<coworking_space_tariff::Model> for Tariff {
    fn from(row: coworking_space_tariff::Model) -> Self {
        Self {
            desk_day: Cents(model::desk_day_cents(&row)),
            desk_month: Cents(model::desk_month_cents(&row)),
            audience: row.audience.into(),
            unit: row.unit.into(),
            amount: Cents(row.amount_cents),
            desks: row.desks,
            note: row.note,
        }
    }
}

/// A period in the life of a space.
#[derive(SimpleObject)]
pub struct Period {
    /// Where the space stands.
    status: SpaceStatus,
    /// First day; null if it is not known.
    starts_on: Option<Date>,
    /// First day on which it is over; null while it lasts.
    ends_on: Option<Date>,
    /// Why.
    reason: Option<String>,
}

impl From<&coworking_space_period::Model> for Period {
    fn from(row: &coworking_space_period::Model) -> Self {
        Self {
            status: row.status.into(),
            starts_on: row.starts_on.map(Date),
            ends_on: row.ends_on.map(Date),
            reason: row.reason.clone(),
        }
    }
}
