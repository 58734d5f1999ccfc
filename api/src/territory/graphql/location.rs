//! Positions, addresses and distances.

use async_graphql::{Context, Object, SimpleObject};
use entity::values;

use super::commune::Commune;
use crate::geo::Point;
use crate::graphql::ContextExt as _;
use crate::graphql::filter::LocationPrecision;
use crate::place::{Place, Position};

/// A position in WGS 84.
#[derive(SimpleObject, Clone, Copy, Debug)]
pub struct Location {
    /// Degrees north of the equator.
    latitude: f64,
    /// Degrees east of Greenwich.
    longitude: f64,
    /// How precisely the position is known.
    precision: LocationPrecision,
    /// Whether the point lies outside every commune of the registry; it is kept as the
    /// source gave it.
    outside_territory: bool,
}

impl From<Position> for Location {
    fn from(position: Position) -> Self {
        Self {
            latitude: position.point.latitude(),
            longitude: position.point.longitude(),
            precision: position.precision.into(),
            outside_territory: position.outside_territory,
        }
    }
}

/// A great-circle distance.
#[derive(SimpleObject, Clone, Copy, Debug)]
pub struct Distance {
    /// Metres, to the nearest one.
    pub(super) metres: i64,
    /// Whether an end of it is known by its commune only.
    approximate: bool,
}

impl Distance {
    /// A distance, approximate if a place is known by its commune only.
    pub fn new(metres: f64, precision: values::LocationPrecision) -> Self {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "no distance on Earth passes 20,100 km"
        )]
        let metres = metres.round() as i64;
        Self {
            metres,
            approximate: precision == values::LocationPrecision::Commune,
        }
    }

    /// The distance from a position to `centre`.
    pub fn between(position: Position, centre: Point) -> Self {
        Self::new(position.point.distance_metres(centre), position.precision)
    }
}

/// A postal address.
pub struct Address(pub Place);

/// A postal address.
#[Object]
impl Address {
    /// Number and street.
    async fn street(&self) -> Option<&str> {
        self.0.street.as_deref()
    }

    /// Postal code, five digits.
    async fn postal_code(&self) -> Option<&str> {
        self.0.postal_code.as_deref()
    }

    /// The commune, if the registry knows it.
    async fn commune(&self, ctx: &Context<'_>) -> Option<Commune> {
        let insee_code = self.0.commune_insee.as_deref()?;
        ctx.territory().commune(insee_code).map(Commune::new)
    }
}
