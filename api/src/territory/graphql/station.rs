//! Stations in the public schema.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use entity::values;

use super::commune::Commune;
use super::location::{Distance, Location};
use crate::graphql::ContextExt as _;
use crate::graphql::connection::page_size;
use crate::graphql::filter::metres;
use crate::graphql::scalars::Date;
use crate::graphql_enum;
use crate::id::{GlobalId, Kind};
use crate::place::Position;
use crate::territory;

graphql_enum! {
    /// A mode of public transport.
    TransportMode of values::TransportMode {
        /// Métro.
        Metro,
        /// RER.
        Rer,
        /// Suburban train (Transilien) and other trains.
        Train,
        /// Tramway.
        Tram,
        /// Automated light rail (VAL).
        Val,
        /// Cable car.
        Cable,
        /// Bus.
        Bus,
    }
}

graphql_enum! {
    /// Whether a line stops there already.
    LineStatus of values::LineStatus {
        /// It does.
        InService,
        /// It will: the line is planned or under construction.
        Planned,
    }
}

/// A station, all its lines together.
pub struct Station(Arc<territory::Station>);

impl Station {
    /// The station as the schema shows it.
    pub fn new(station: &Arc<territory::Station>) -> Self {
        Self(Arc::clone(station))
    }
}

/// A station, all its lines together.
#[Object]
impl Station {
    /// Global identifier.
    pub async fn id(&self) -> ID {
        GlobalId {
            kind: Kind::Station,
            uuid: self.0.id,
        }
        .to_string()
        .into()
    }

    /// Name for addresses of pages, unique among stations.
    async fn slug(&self) -> &str {
        &self.0.slug
    }

    /// Name on the maps of the network.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Position, in the middle of its lines' platforms.
    async fn location(&self) -> Location {
        Position {
            point: self.0.point,
            precision: values::LocationPrecision::Exact,
            outside_territory: false,
        }
        .into()
    }

    /// The commune, if the registry knows it.
    async fn commune(&self, ctx: &Context<'_>) -> Option<Commune> {
        let insee_code = self.0.commune_insee.as_deref()?;
        ctx.territory().commune(insee_code).map(Commune::new)
    }

    /// Its lines, planned ones included.
    async fn lines(&self) -> Vec<StationLine> {
        self.0
            .lines
            .iter()
            .map(|line| StationLine {
                name: line.name.clone(),
                mode: line.mode.into(),
                operator: line.operator.clone(),
                status: line.status.into(),
                opens_on: line.opens_on.map(Date),
                opening_note: line.opening_note.clone(),
            })
            .collect()
    }

    /// Whether a line stops there already.
    async fn in_service(&self) -> bool {
        self.0.in_service()
    }
}

/// A line that stops at a station, or will.
#[derive(SimpleObject)]
pub struct StationLine {
    /// Name, such as RER B.
    name: String,
    /// Mode of transport.
    mode: TransportMode,
    /// Who runs it.
    operator: Option<String>,
    /// Whether it stops there already.
    status: LineStatus,
    /// Day on which it opens, if it is known to the day.
    opens_on: Option<Date>,
    /// What is announced of its opening.
    opening_note: Option<String>,
}

/// A station and how far it is.
#[derive(SimpleObject)]
pub struct NearbyStation {
    /// The station.
    station: Station,
    /// Great-circle distance, in metres.
    distance_metres: i64,
    /// The distance, and whether it is approximate.
    distance: Distance,
}

/// The stations nearest to a place; none if the place is not known.
///
/// # Errors
/// `BAD_INPUT` when a bound is out of range.
pub fn nearest_stations(
    ctx: &Context<'_>,
    position: Option<Position>,
    first: i32,
    max_metres: i32,
    in_service: bool,
) -> Result<Vec<NearbyStation>> {
    let most = page_size(ctx, "first", first)?;
    let max_metres = metres(ctx, max_metres)?;
    let Some(position) = position else {
        return Ok(Vec::new());
    };
    Ok(ctx
        .territory()
        .nearest_stations(position.point, max_metres, most.into(), |station| {
            !in_service || station.in_service()
        })
        .into_iter()
        .map(|nearby| {
            let distance = Distance::new(nearby.metres, position.precision);
            NearbyStation {
                station: Station::new(&nearby.station),
                distance_metres: distance.metres,
                distance,
            }
        })
        .collect())
}
