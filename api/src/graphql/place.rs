//! Places as inputs state them.

use async_graphql::{Enum, InputObject};
use entity::values::LocationPrecision;

use crate::written::{StatedLocation, StatedPlace};

/// How precisely a position is stated.
#[derive(Enum, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StatedPrecision {
    /// The door.
    #[default]
    Exact,
    /// Somewhere in the street.
    Street,
}

/// A position, and how precise it is.
#[derive(InputObject, Clone, Copy, Debug)]
pub struct PositionInput {
    /// Degrees north of the equator, -90 to 90.
    pub latitude: f64,
    /// Degrees east of Greenwich, -180 to 180.
    pub longitude: f64,
    /// How precise it is.
    #[graphql(default)]
    pub precision: StatedPrecision,
}

/// Where something is. Without a position it is at the centroid of its commune.
#[derive(InputObject, Clone, Debug)]
pub struct PlaceInput {
    /// Number and street: 300 characters at most.
    pub street: Option<String>,
    /// Postal code, of five digits.
    pub postal_code: Option<String>,
    /// INSEE code of the commune; found by the position if that is given alone.
    pub commune: Option<String>,
    /// Position.
    pub location: Option<PositionInput>,
}

impl From<PlaceInput> for StatedPlace {
    fn from(input: PlaceInput) -> Self {
        Self {
            street: input.street,
            postal_code: input.postal_code,
            commune: input.commune,
            location: input.location.map(|location| StatedLocation {
                latitude: location.latitude,
                longitude: location.longitude,
                precision: match location.precision {
                    StatedPrecision::Exact => LocationPrecision::Exact,
                    StatedPrecision::Street => LocationPrecision::Street,
                },
            }),
        }
    }
}
