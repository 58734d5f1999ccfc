//! The places to work of the demonstration.

use chrono::NaiveDate;
use entity::values::{OccupancyKind, OwnerKind, SpaceKind, SpaceStatus};
use serde::Deserialize;

use super::SeedError;
use super::data::parse;
use super::writer::{PlaceName, Writer};
use crate::change::Subject;
use crate::id::OrganizationRef;
use crate::spaces::{self, SpaceContent};

const FILE: &str = "spaces.toml";
const TEXT: &str = include_str!("../../data/demo/spaces.toml");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Spaces {
    space: Vec<Space>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Space {
    slug: String,
    name: String,
    kinds: Vec<SpaceKind>,
    description: String,
    surface_m2: Option<f64>,
    owner: Option<String>,
    owner_kind: Option<OwnerKind>,
    place: Option<PlaceName>,
    #[serde(default)]
    occupancy: Vec<Occupancy>,
    #[serde(default)]
    period: Vec<Period>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Occupancy {
    kind: OccupancyKind,
    preferential_rent: Option<bool>,
    note: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Period {
    status: SpaceStatus,
    starts_on: Option<NaiveDate>,
    ends_on: Option<NaiveDate>,
    reason: Option<String>,
}

/// Writes the spaces with their kinds, occupancies and periods.
pub async fn load(writer: &mut Writer<'_>) -> Result<(), SeedError> {
    let spaces: Spaces = parse(FILE, TEXT)?;
    let mut items = Vec::new();
    for space in spaces.space {
        let id = writer.create(Subject::CoworkingSpace, &space.slug, Some(1));
        let owner = writer.optional_id(FILE, Subject::Organization, space.owner.as_deref())?;
        let occupancies = space.occupancy.into_iter();
        let occupancies = occupancies.map(|one| spaces::Occupancy {
            starts_on: None,
            ends_on: None,
            kind: one.kind,
            rent_per_m2_year: None,
            preferential_rent: one.preferential_rent,
            note: one.note,
        });
        let periods = space.period.into_iter().map(|one| spaces::Period {
            starts_on: one.starts_on,
            ends_on: one.ends_on,
            status: one.status,
            reason: one.reason,
        });
        let content = SpaceContent {
            name: space.name,
            description: Some(space.description),
            kinds: space.kinds,
            amenities: Vec::new(),
            surface_m2: space.surface_m2,
            desks: None,
            meeting_rooms: None,
            operator: None,
            owner: owner.map(OrganizationRef),
            owner_kind: space.owner_kind,
            wheelchair_access: None,
            opening_hours: None,
            website: None,
            place: writer.place(FILE, space.place.as_ref())?,
            occupancies: occupancies.collect(),
            tariffs: Vec::new(),
            periods: periods.collect(),
        };
        items.push((id, space.slug, content));
    }
    writer.publish(FILE, items).await
}
