//! Places: what a filter asks of them, as conditions on the columns that all located
//! tables share.

use sea_orm::sea_query::{Expr, ExprTrait, IntoIden, Query, SimpleExpr};
use sea_orm::{Condition, DatabaseBackend, DynIden};

use entity::values::LocationPrecision;

use crate::geo::{BoundingBox, Point, squared_chord_of_metres};

/// Where something is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Place {
    pub street: Option<String>,
    pub postal_code: Option<String>,
    pub commune_insee: Option<String>,
    pub position: Option<Position>,
}

/// A point, and what is known of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Position {
    pub point: Point,
    pub precision: LocationPrecision,
    /// Whether it lies outside every commune of the registry.
    pub outside_territory: bool,
}

/// Reads the place columns of a row of any located table.
#[macro_export]
macro_rules! place_of {
    ($row:expr) => {
        $crate::place::Place {
            street: $row.street.clone(),
            postal_code: $row.postal_code.clone(),
            commune_insee: $row.commune_insee.clone(),
            position: $row
                .latitude
                .zip($row.longitude)
                .and_then(|(latitude, longitude)| $crate::geo::Point::new(latitude, longitude))
                .zip($row.location_precision)
                .map(|(point, precision)| $crate::place::Position {
                    point,
                    precision,
                    outside_territory: $row.outside_territory,
                }),
        }
    };
}

/// Sets the place columns of an active model of any located table.
#[macro_export]
macro_rules! set_place {
    ($model:expr, $place:expr) => {{
        let place: &$crate::place::Place = &$place;
        let position = place.position;
        let point = position.map(|position| position.point);
        let vector = point.map($crate::geo::Point::unit_vector);
        $model.street = sea_orm::Set(place.street.clone());
        $model.postal_code = sea_orm::Set(place.postal_code.clone());
        $model.commune_insee = sea_orm::Set(place.commune_insee.clone());
        $model.latitude = sea_orm::Set(point.map($crate::geo::Point::latitude));
        $model.longitude = sea_orm::Set(point.map($crate::geo::Point::longitude));
        $model.location_precision = sea_orm::Set(position.map(|position| position.precision));
        $model.outside_territory =
            sea_orm::Set(position.is_some_and(|position| position.outside_territory));
        $model.geo_cell = sea_orm::Set(point.map($crate::geo::Point::cell));
        $model.geo_x = sea_orm::Set(vector.map(|[x, _, _]| x));
        $model.geo_y = sea_orm::Set(vector.map(|[_, y, _]| y));
        $model.geo_z = sea_orm::Set(vector.map(|[_, _, z]| z));
    }};
}

/// Points near another one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Near {
    pub centre: Point,
    pub max_metres: f64,
}

/// The place columns of one table, or of its alias.
#[derive(Clone, Debug)]
pub struct PlaceColumns(DynIden);

impl PlaceColumns {
    /// The place columns of `table`.
    pub fn of(table: impl IntoIden) -> Self {
        Self(table.into_iden())
    }

    fn column(&self, name: &'static str) -> SimpleExpr {
        Expr::col((self.0.clone(), name))
    }

    /// Rows whose point lies in `bounds`.
    fn within(&self, bounds: BoundingBox) -> Condition {
        let [south, west, north, east] = bounds.bounds();
        Condition::all()
            .add(self.column("latitude").between(south, north))
            .add(self.column("longitude").between(west, east))
    }

    /// Rows whose point is near.
    fn near(&self, near: Near) -> SimpleExpr {
        self.squared_chord(near.centre)
            .lte(squared_chord_of_metres(near.max_metres))
    }

    /// Grows with the great-circle distance to `centre`, and needs no trigonometry.
    pub fn squared_chord(&self, centre: Point) -> SimpleExpr {
        let [x, y, z] = centre.unit_vector();
        let square = |name, value: f64| {
            let difference = self.column(name).sub(value);
            difference.clone().mul(difference)
        };
        square("geo_x", x)
            .add(square("geo_y", y))
            .add(square("geo_z", z))
    }

    /// Rows whose point lies in `bounds` or a little outside: ranges of the cell index.
    fn in_cells(&self, bounds: BoundingBox, reading: CellReading) -> Condition {
        let ranges = bounds
            .cell_ranges()
            .into_iter()
            .fold(Condition::any(), |condition, range| {
                condition.add(
                    self.column("geo_cell")
                        .between(*range.start(), *range.end()),
                )
            });
        match reading {
            CellReading::WithTheRest => Condition::all().add(ranges),
            CellReading::First => {
                let found = Query::select()
                    .expr(self.column("id"))
                    .from(self.0.clone())
                    .cond_where(ranges)
                    .take();
                Condition::all().add(self.column("id").in_subquery(found))
            }
        }
    }
}

/// When the cell index is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CellReading {
    /// With all other conditions of a row, among which the database chooses.
    #[default]
    WithTheRest,
    /// Before any other condition.
    First,
}

impl CellReading {
    /// How `backend` reads fewer rows: SQLite does not know how many rows are public, takes
    /// them for few, and would read them all.
    pub fn of(backend: DatabaseBackend) -> Self {
        match backend {
            DatabaseBackend::Sqlite => Self::First,
            _ => Self::WithTheRest,
        }
    }
}

/// The squared chord of two points, to the bit what [`PlaceColumns::squared_chord`] makes
/// of the stored unit vector.
pub fn squared_chord([ax, ay, az]: [f64; 3], centre: Point) -> f64 {
    let [bx, by, bz] = centre.unit_vector();
    (ax - bx) * (ax - bx) + (ay - by) * (ay - by) + (az - bz) * (az - bz)
}

/// What a filter asks of the place of a row.
#[derive(Clone, Debug, Default)]
pub struct PlaceFilter {
    /// Only in these communes.
    pub insee_codes: Option<Vec<String>>,
    pub near: Option<Near>,
    pub within: Option<BoundingBox>,
    pub reading: CellReading,
}

impl PlaceFilter {
    /// Keeps only what is in one commune.
    pub fn in_commune(&mut self, insee_code: &str) {
        let kept = match self.insee_codes.take() {
            Some(codes) => codes
                .into_iter()
                .filter(|code| code == insee_code)
                .collect(),
            None => vec![insee_code.to_owned()],
        };
        self.insee_codes = Some(kept);
    }

    /// Keeps nothing.
    pub fn nowhere(&mut self) {
        self.insee_codes = Some(Vec::new());
    }

    /// Whether everything is kept, wherever it is.
    pub fn is_everywhere(&self) -> bool {
        self.insee_codes.is_none() && self.near.is_none() && self.within.is_none()
    }

    /// The same filter with smaller distances, of which each next one keeps about sixteen
    /// times more rows; nothing if there is no distance, or a small one.
    pub fn nearer(&self) -> Vec<Self> {
        const SMALLEST_METRES: f64 = 100.0;
        let Some(near) = self.near else {
            return Vec::new();
        };
        [64.0, 16.0, 4.0]
            .map(|part| near.max_metres / part)
            .into_iter()
            .filter(|metres| *metres >= SMALLEST_METRES)
            .map(|max_metres| Self {
                near: Some(Near { max_metres, ..near }),
                ..self.clone()
            })
            .collect()
    }

    /// The rows whose point is where the filter wants it.
    pub fn point_condition(&self, columns: &PlaceColumns) -> Condition {
        Condition::all()
            .add_option(
                self.bounds()
                    .map(|bounds| columns.in_cells(bounds, self.reading)),
            )
            .add_option(self.near.map(|near| columns.near(near)))
            .add_option(self.within.map(|bounds| columns.within(bounds)))
    }

    /// A box outside of which there is nothing that the filter wants: one set of ranges of
    /// cells is planned and read sooner than two of which both must hold.
    fn bounds(&self) -> Option<BoundingBox> {
        let around = self
            .near
            .map(|near| BoundingBox::around(near.centre, near.max_metres));
        match (around, self.within) {
            // Of two that do not meet, each excludes all that the other holds.
            (Some(around), Some(within)) => Some(around.common(within).unwrap_or(around)),
            (around, within) => around.or(within),
        }
    }
}
