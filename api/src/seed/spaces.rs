//! The places to work of the demonstration.

use chrono::NaiveDate;
use entity::values::{OccupancyKind, OwnerKind, Publication, SpaceKind, SpaceStatus};
use entity::{
    coworking_space, coworking_space_kind, coworking_space_occupancy, coworking_space_period,
};
use sea_orm::Set;
use serde::Deserialize;

use super::SeedError;
use super::data::{insert, parse};
use super::writer::{PlaceName, Writer};
use crate::change::Subject;
use crate::set_place;

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
    let mut rows = Vec::new();
    let mut kinds = Vec::new();
    let mut occupancies = Vec::new();
    let mut periods = Vec::new();
    for space in spaces.space {
        let id = writer.create(Subject::CoworkingSpace, &space.slug, Some(1));
        let owner = space.owner.as_deref();
        let mut row = coworking_space::ActiveModel {
            id: Set(id),
            slug: Set(space.slug),
            name: Set(space.name),
            description: Set(Some(space.description)),
            surface_m2: Set(space.surface_m2),
            owner_id: Set(writer.optional_id(FILE, Subject::Organization, owner)?),
            owner_kind: Set(space.owner_kind),
            publication: Set(Publication::Published),
            revision: Set(1),
            created_at: Set(writer.now),
            updated_at: Set(writer.now),
            published_at: Set(Some(writer.now)),
            ..Default::default()
        };
        set_place!(row, writer.place(FILE, space.place.as_ref())?);
        rows.push(row);
        kinds.extend(
            space
                .kinds
                .into_iter()
                .map(|kind| coworking_space_kind::ActiveModel {
                    space_id: Set(id),
                    kind: Set(kind),
                }),
        );
        occupancies.extend(space.occupancy.into_iter().map(|occupancy| {
            coworking_space_occupancy::ActiveModel {
                id: Set(writer.clock.new_id()),
                space_id: Set(id),
                kind: Set(occupancy.kind),
                preferential_rent: Set(occupancy.preferential_rent),
                note: Set(occupancy.note),
                ..Default::default()
            }
        }));
        periods.extend(space.period.into_iter().map(|period| {
            coworking_space_period::ActiveModel {
                id: Set(writer.clock.new_id()),
                space_id: Set(id),
                status: Set(period.status),
                starts_on: Set(period.starts_on),
                ends_on: Set(period.ends_on),
                reason: Set(period.reason),
            }
        }));
    }
    insert(writer.transaction, rows).await?;
    insert(writer.transaction, kinds).await?;
    insert(writer.transaction, occupancies).await?;
    insert(writer.transaction, periods).await
}
