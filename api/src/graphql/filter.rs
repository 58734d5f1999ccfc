//! Inputs that the filters of all lists share.

use async_graphql::{Context, ID, InputObject, OneofObject, Result};
use chrono::{DateTime, Utc};

use super::context::ContextExt;
use super::error::ErrorCode;
use super::scalars::Date;
use crate::geo::{BoundingBox, Point};
use crate::id::Kind;
use crate::place::{CellReading, Near, PlaceFilter};
use crate::territory::TerritoryRef;

/// The farthest that a list looks around a point, in metres.
const FARTHEST: i32 = 100_000;

/// A position in WGS 84.
#[derive(InputObject, Clone, Copy, Debug)]
pub struct LocationInput {
    /// Degrees north of the equator, -90 to 90.
    pub latitude: f64,
    /// Degrees east of Greenwich, -180 to 180.
    pub longitude: f64,
}

/// What lies near a position.
#[derive(InputObject, Clone, Copy, Debug)]
pub struct NearInput {
    /// The position.
    pub location: LocationInput,
    /// The greatest great-circle distance, in metres: 1 to 100,000.
    #[graphql(default = 2000)]
    pub max_metres: i32,
}

/// What lies near a station.
#[derive(InputObject, Clone, Debug)]
pub struct NearStationInput {
    /// The station.
    pub station: ID,
    /// The greatest great-circle distance, in metres: 1 to 100,000.
    #[graphql(default = 800)]
    pub max_metres: i32,
}

/// What lies in a box that does not cross the antimeridian.
#[derive(InputObject, Clone, Copy, Debug)]
pub struct BoundingBoxInput {
    /// Southern bound, in degrees.
    pub south: f64,
    /// Western bound, in degrees.
    pub west: f64,
    /// Northern bound, in degrees.
    pub north: f64,
    /// Eastern bound, in degrees.
    pub east: f64,
}

/// One part of the territory.
#[derive(OneofObject, Clone, Debug)]
pub enum TerritoryInput {
    /// A commune, by its INSEE code.
    Commune(String),
    /// An intercommunality, by its SIREN: the communes that belong to it today.
    Intercommunality(String),
    /// A département, by its code.
    Departement(String),
}

/// A list filtered by one value or by several.
#[derive(InputObject, Clone, Debug)]
pub struct IdFilter {
    /// This one.
    pub eq: Option<ID>,
    /// One of these, 100 at most.
    #[graphql(name = "in")]
    pub any_of: Option<Vec<ID>>,
}

/// A stretch of time.
#[derive(InputObject, Clone, Copy, Debug, Default)]
pub struct InstantRangeInput {
    /// The first instant of it.
    pub from: Option<DateTime<Utc>>,
    /// The first instant after it.
    pub before: Option<DateTime<Utc>>,
}

/// A stretch of days.
#[derive(InputObject, Clone, Copy, Debug, Default)]
pub struct DateRangeInput {
    /// The first day of it.
    pub from: Option<Date>,
    /// The last day of it.
    pub to: Option<Date>,
}

/// The longest list of values that a filter takes.
pub const MOST_VALUES: usize = 100;
/// The longest text that a filter takes, in characters.
pub const LONGEST_TEXT: usize = 200;

impl From<TerritoryInput> for TerritoryRef {
    fn from(input: TerritoryInput) -> Self {
        match input {
            TerritoryInput::Commune(code) => Self::Commune(code),
            TerritoryInput::Intercommunality(siren) => Self::Intercommunality(siren),
            TerritoryInput::Departement(code) => Self::Departement(code),
        }
    }
}

impl LocationInput {
    /// The point meant.
    ///
    /// # Errors
    /// `BAD_INPUT` when a coordinate is out of range.
    pub fn point(self, ctx: &Context<'_>) -> Result<Point> {
        Point::new(self.latitude, self.longitude)
            .ok_or_else(|| ctx.fault(ErrorCode::BadInput, "point-invalid", &[]))
    }
}

impl BoundingBoxInput {
    fn bounds(self, ctx: &Context<'_>) -> Result<BoundingBox> {
        Point::new(self.south, self.west)
            .zip(Point::new(self.north, self.east))
            .and_then(|(south_west, north_east)| BoundingBox::new(south_west, north_east))
            .ok_or_else(|| ctx.fault(ErrorCode::BadInput, "box-invalid", &[]))
    }
}

impl IdFilter {
    /// The identifiers meant, all of type `kind`.
    ///
    /// # Errors
    /// `BAD_INPUT` when one is not of that type, or there are too many.
    pub fn uuids(self, ctx: &Context<'_>, kind: Kind) -> Result<Vec<uuid::Uuid>> {
        let ids: Vec<ID> = self
            .eq
            .into_iter()
            .chain(self.any_of.unwrap_or_default())
            .collect();
        bounded(ctx, &ids)?;
        ids.iter().map(|id| ctx.uuid(kind, id)).collect()
    }
}

/// The place asked by the arguments of a filter.
///
/// # Errors
/// `BAD_INPUT` when a position, a box, a distance or a station is not valid.
pub fn place_filter(
    ctx: &Context<'_>,
    territory: Option<TerritoryInput>,
    near: Option<NearInput>,
    near_station: Option<NearStationInput>,
    within: Option<BoundingBoxInput>,
) -> Result<PlaceFilter> {
    let near = match (near, near_station) {
        (Some(near), _) => Some(Near {
            centre: near.location.point(ctx)?,
            max_metres: metres(ctx, near.max_metres)?,
        }),
        (None, Some(near)) => {
            let id = ctx.uuid(Kind::Station, &near.station)?;
            let station = ctx
                .territory()
                .station(id)
                .ok_or_else(|| ctx.fault(ErrorCode::BadInput, "unknown-station", &[]))?;
            Some(Near {
                centre: station.point,
                max_metres: metres(ctx, near.max_metres)?,
            })
        }
        (None, None) => None,
    };
    Ok(PlaceFilter {
        insee_codes: territory.map(|territory| {
            ctx.territory()
                .insee_codes(&territory.into(), ctx.scope().today)
        }),
        near,
        within: within.map(|bounds| bounds.bounds(ctx)).transpose()?,
        reading: CellReading::of(ctx.app().database.get_database_backend()),
    })
}

/// A distance argument, within its bounds.
///
/// # Errors
/// `BAD_INPUT` when it is out of them.
pub fn metres(ctx: &Context<'_>, metres: i32) -> Result<f64> {
    if (1..=FARTHEST).contains(&metres) {
        Ok(f64::from(metres))
    } else {
        Err(ctx.fault(
            ErrorCode::BadInput,
            "distance-invalid",
            &[
                ("argument", "maxMetres".to_owned()),
                ("most", FARTHEST.to_string()),
            ],
        ))
    }
}

/// Refuses a list of values that is too long.
///
/// # Errors
/// `BAD_INPUT` when there are more than [`MOST_VALUES`].
pub fn bounded<T>(ctx: &Context<'_>, values: &[T]) -> Result<()> {
    if values.len() > MOST_VALUES {
        return Err(ctx.fault(
            ErrorCode::BadInput,
            "list-too-long",
            &[("most", MOST_VALUES.to_string())],
        ));
    }
    Ok(())
}

/// Declares an enumeration of the public schema that has the values of a stored one, and
/// the filter on it.
#[macro_export]
macro_rules! graphql_enum {
    (
        $(#[$meta:meta])*
        $name:ident of $($stored:ident)::+, filter $filter:ident {
            $($(#[$value_meta:meta])* $value:ident,)+
        }
    ) => {
        $crate::graphql_enum! {
            $(#[$meta])*
            $name of $($stored)::+ {
                $($(#[$value_meta])* $value,)+
            }
        }

        /// Which values of the enumeration are accepted.
        #[derive(async_graphql::InputObject, Clone, Debug)]
        pub struct $filter {
            /// This one.
            pub eq: Option<$name>,
            /// One of these, 100 at most.
            #[graphql(name = "in")]
            pub any_of: Option<Vec<$name>>,
        }

        impl $filter {
            /// The values accepted, as stored.
            pub(crate) fn values(
                self,
                ctx: &async_graphql::Context<'_>,
            ) -> async_graphql::Result<Vec<$($stored)::+>> {
                let values: Vec<$name> =
                    self.eq.into_iter().chain(self.any_of.unwrap_or_default()).collect();
                $crate::graphql::filter::bounded(ctx, &values)?;
                Ok(values.into_iter().map(Into::into).collect())
            }
        }
    };
    (
        $(#[$meta:meta])*
        $name:ident of $($stored:ident)::+ {
            $($(#[$value_meta:meta])* $value:ident,)+
        }
    ) => {
        $(#[$meta])*
        #[derive(async_graphql::Enum, Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name {
            $($(#[$value_meta])* $value,)+
        }

        impl From<$($stored)::+> for $name {
            fn from(stored: $($stored)::+) -> Self {
                use $($stored)::+ as Stored;
                match stored {
                    $(Stored::$value => Self::$value,)+
                }
            }
        }

        impl From<$name> for $($stored)::+ {
            fn from(shown: $name) -> Self {
                match shown {
                    $($name::$value => Self::$value,)+
                }
            }
        }
    };
}

graphql_enum! {
    /// How precisely a position is known.
    LocationPrecision of entity::values::LocationPrecision {
        /// The entrance, or nearly.
        Exact,
        /// Somewhere in the street.
        Street,
        /// The commune only: the position is the centroid of the commune, or a point that the
        /// source gave without a street.
        Commune,
    }
}

graphql_enum! {
    /// Whether a wheelchair can enter.
    WheelchairAccess of entity::values::WheelchairAccess {
        /// Everywhere, without help.
        Yes,
        /// In part, or with help.
        Limited,
        /// Not at all.
        No,
    }
}
