//! Points on the globe: great-circle distance, boxes, and the cells that index them.

use std::ops::RangeInclusive;

/// Mean radius of the Earth (IUGG), in metres.
const EARTH_RADIUS_METRES: f64 = 6_371_008.8;

/// Bits of each coordinate in a cell: cells are about 0.6 m high.
const CELL_BITS: u32 = 25;

/// Ranges that at most cover a box: more are finer, but cost more look-ups.
const MAX_RANGES: usize = 24;

/// A point in WGS 84, in degrees.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    latitude: f64,
    longitude: f64,
}

impl Point {
    /// A point, unless a coordinate is out of range or not a number.
    pub fn new(latitude: f64, longitude: f64) -> Option<Self> {
        ((-90.0..=90.0).contains(&latitude) && (-180.0..=180.0).contains(&longitude)).then_some(
            Self {
                latitude,
                longitude,
            },
        )
    }

    /// Whether it is 0, 0: what programs write where they know no position.
    pub fn is_nowhere(self) -> bool {
        self.latitude() == 0.0 && self.longitude() == 0.0
    }

    /// Degrees north of the equator.
    pub fn latitude(self) -> f64 {
        self.latitude
    }

    /// Degrees east of Greenwich.
    pub fn longitude(self) -> f64 {
        self.longitude
    }

    /// The point as a vector of length 1 from the centre of the Earth.
    pub fn unit_vector(self) -> [f64; 3] {
        let (latitude_sin, latitude_cos) = self.latitude.to_radians().sin_cos();
        let (longitude_sin, longitude_cos) = self.longitude.to_radians().sin_cos();
        [
            latitude_cos * longitude_cos,
            latitude_cos * longitude_sin,
            latitude_sin,
        ]
    }

    /// Great-circle distance to `other`, in metres.
    pub fn distance_metres(self, other: Self) -> f64 {
        let [ax, ay, az] = self.unit_vector();
        let [bx, by, bz] = other.unit_vector();
        metres_of_squared_chord((ax - bx).powi(2) + (ay - by).powi(2) + (az - bz).powi(2))
    }

    /// Place of the point on the curve that fills the globe, so that near points are
    /// mostly near on it and a box is a few ranges.
    pub fn cell(self) -> i64 {
        interleave(grid(self.latitude, 90.0), grid(self.longitude, 180.0))
    }
}

/// The great-circle distance, in metres, of two points whose unit vectors are
/// √`squared_chord` apart.
pub fn metres_of_squared_chord(squared_chord: f64) -> f64 {
    2.0 * EARTH_RADIUS_METRES * (squared_chord.max(0.0).sqrt() / 2.0).min(1.0).asin()
}

/// The squared chord of two points that are `metres` apart on a great circle.
pub fn squared_chord_of_metres(metres: f64) -> f64 {
    let half_angle = (metres / EARTH_RADIUS_METRES / 2.0).min(std::f64::consts::FRAC_PI_2);
    (2.0 * half_angle.sin()).powi(2)
}

/// A box between two parallels and two meridians, which does not cross the antimeridian.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BoundingBox {
    south: f64,
    west: f64,
    north: f64,
    east: f64,
}

impl BoundingBox {
    /// A box, unless its corners are out of range or in the wrong order.
    pub fn new(south_west: Point, north_east: Point) -> Option<Self> {
        (south_west.latitude <= north_east.latitude && south_west.longitude <= north_east.longitude)
            .then_some(Self {
                south: south_west.latitude,
                west: south_west.longitude,
                north: north_east.latitude,
                east: north_east.longitude,
            })
    }

    /// The smallest box that holds every point within `metres` of `centre`.
    pub fn around(centre: Point, metres: f64) -> Self {
        let angle = (metres / EARTH_RADIUS_METRES).to_degrees();
        let south = (centre.latitude - angle).max(-90.0);
        let north = (centre.latitude + angle).min(90.0);
        let widest = south.abs().max(north.abs()).to_radians().cos();
        let ratio = (angle.to_radians().sin() / centre.latitude.to_radians().cos()).abs();
        let half_width = if widest <= f64::EPSILON || ratio >= 1.0 {
            180.0
        } else {
            ratio.asin().to_degrees()
        };
        Self {
            south,
            west: (centre.longitude - half_width).max(-180.0),
            north,
            east: (centre.longitude + half_width).min(180.0),
        }
    }

    /// South, west, north and east bounds, in degrees.
    pub fn bounds(self) -> [f64; 4] {
        [self.south, self.west, self.north, self.east]
    }

    /// Whether the box, borders included, holds `point`.
    pub fn contains(self, point: Point) -> bool {
        (self.south..=self.north).contains(&point.latitude)
            && (self.west..=self.east).contains(&point.longitude)
    }

    /// What this box and `other` have in common, if they meet.
    pub fn common(self, other: Self) -> Option<Self> {
        let common = Self {
            south: self.south.max(other.south),
            west: self.west.max(other.west),
            north: self.north.min(other.north),
            east: self.east.min(other.east),
        };
        (common.south <= common.north && common.west <= common.east).then_some(common)
    }

    /// Ranges of cells that together cover the box, and a little more.
    pub fn cell_ranges(self) -> Vec<RangeInclusive<i64>> {
        let window = Window {
            rows: grid(self.south, 90.0)..=grid(self.north, 90.0),
            columns: grid(self.west, 180.0)..=grid(self.east, 180.0),
        };
        window.cover()
    }
}

/// A box in grid coordinates.
struct Window {
    rows: RangeInclusive<u32>,
    columns: RangeInclusive<u32>,
}

/// A square of the quadtree: `2^level` grid steps wide.
#[derive(Clone, Copy)]
struct Square {
    row: u32,
    column: u32,
    level: u32,
}

impl Window {
    fn cover(&self) -> Vec<RangeInclusive<i64>> {
        let mut squares = vec![Square {
            row: 0,
            column: 0,
            level: CELL_BITS,
        }];
        // Refining level by level keeps the cover even; it stops before it grows too long.
        for _ in 0..CELL_BITS {
            let finer: Vec<Square> = squares
                .iter()
                .flat_map(|square| {
                    if square.level == 0 || self.encloses(*square) {
                        vec![*square]
                    } else {
                        square
                            .quarters()
                            .into_iter()
                            .filter(|quarter| self.touches(*quarter))
                            .collect()
                    }
                })
                .collect();
            if merged(&finer).len() > MAX_RANGES {
                break;
            }
            squares = finer;
        }
        merged(&squares)
    }

    fn touches(&self, square: Square) -> bool {
        let (rows, columns) = square.extent();
        rows.start() <= self.rows.end()
            && self.rows.start() <= rows.end()
            && columns.start() <= self.columns.end()
            && self.columns.start() <= columns.end()
    }

    fn encloses(&self, square: Square) -> bool {
        let (rows, columns) = square.extent();
        self.rows.contains(rows.start())
            && self.rows.contains(rows.end())
            && self.columns.contains(columns.start())
            && self.columns.contains(columns.end())
    }
}

impl Square {
    fn extent(self) -> (RangeInclusive<u32>, RangeInclusive<u32>) {
        let side = (1_u32 << self.level) - 1;
        (self.row..=self.row + side, self.column..=self.column + side)
    }

    fn quarters(self) -> [Self; 4] {
        let level = self.level - 1;
        let half = 1_u32 << level;
        [(0, 0), (0, half), (half, 0), (half, half)].map(|(down, right)| Self {
            row: self.row + down,
            column: self.column + right,
            level,
        })
    }

    fn cells(self) -> RangeInclusive<i64> {
        let first = interleave(self.row, self.column);
        first..=first + (1_i64 << (2 * self.level)) - 1
    }
}

fn merged(squares: &[Square]) -> Vec<RangeInclusive<i64>> {
    let mut ranges: Vec<_> = squares.iter().map(|square| square.cells()).collect();
    ranges.sort_by_key(|range| *range.start());
    ranges.into_iter().fold(Vec::new(), |mut merged, range| {
        match merged.last_mut() {
            Some(last) if *last.end() + 1 >= *range.start() => *last = *last.start()..=*range.end(),
            _ => merged.push(range),
        }
        merged
    })
}

/// Step of the grid on which a coordinate between -`half_span` and `half_span` falls.
fn grid(degrees: f64, half_span: f64) -> u32 {
    let steps = f64::from(1_u32 << CELL_BITS);
    let step = ((degrees + half_span) / (2.0 * half_span) * steps).floor();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped to the grid"
    )]
    let step = step.clamp(0.0, steps - 1.0) as u32;
    step
}

/// Bits of `row` and `column` by turns, `row` first.
fn interleave(row: u32, column: u32) -> i64 {
    let spread = |value: u32| {
        (0..CELL_BITS).fold(0_i64, |spread, bit| {
            spread | (i64::from(value >> bit & 1) << (2 * bit))
        })
    };
    spread(row) << 1 | spread(column)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn point(latitude: f64, longitude: f64) -> Point {
        Point::new(latitude, longitude).unwrap()
    }

    #[test]
    fn distances_agree_with_known_ones() {
        // From Notre-Dame de Paris to Sceaux.
        let metres = point(48.8530, 2.3498).distance_metres(point(48.7785, 2.2906));
        assert!((9_300.0..9_400.0).contains(&metres), "{metres}");
        let quarter = point(0.0, 0.0).distance_metres(point(90.0, 0.0));
        assert!((quarter - 10_007_557.2).abs() < 1.0, "{quarter}");
    }

    proptest! {
        #[test]
        fn a_box_around_a_point_holds_all_that_is_near(
            latitude in -80.0..80.0_f64, longitude in -170.0..170.0_f64,
            down in -1.0..1.0_f64, right in -1.0..1.0_f64, metres in 1.0..50_000.0_f64,
        ) {
            let centre = point(latitude, longitude);
            let other = point(latitude + down * 0.5, longitude + right * 0.5);
            if centre.distance_metres(other) <= metres {
                prop_assert!(BoundingBox::around(centre, metres).contains(other));
            }
        }

        #[test]
        fn the_ranges_of_a_box_hold_the_cells_of_its_points(
            latitude in -80.0..80.0_f64, longitude in -170.0..170.0_f64,
            height in 0.0..5.0_f64, width in 0.0..5.0_f64,
            down in 0.0..1.0_f64, right in 0.0..1.0_f64,
        ) {
            let bounds = BoundingBox::new(
                point(latitude, longitude),
                point(latitude + height, longitude + width),
            ).unwrap();
            let inside = point(latitude + height * down, longitude + width * right).cell();
            let ranges = bounds.cell_ranges();
            prop_assert!(ranges.len() <= MAX_RANGES);
            prop_assert!(ranges.iter().any(|range| range.contains(&inside)));
        }

        #[test]
        fn what_boxes_have_in_common_is_in_both(
            latitudes in (-80.0..80.0_f64, -80.0..80.0_f64),
            longitudes in (-170.0..170.0_f64, -170.0..170.0_f64),
            at in (-90.0..90.0_f64, -180.0..180.0_f64),
            metres in 1.0..3_000_000.0_f64,
        ) {
            let one = BoundingBox::around(point(latitudes.0, longitudes.0), metres);
            let other = BoundingBox::around(point(latitudes.1, longitudes.1), metres);
            let at = point(at.0, at.1);
            let in_common = one.common(other).is_some_and(|common| common.contains(at));
            prop_assert_eq!(in_common, one.contains(at) && other.contains(at));
        }

        #[test]
        fn chords_and_metres_are_two_ways_to_say_the_same(metres in 0.1..20_000_000.0_f64) {
            let back = metres_of_squared_chord(squared_chord_of_metres(metres));
            prop_assert!((back - metres).abs() < 0.01 + metres * 1e-6);
        }
    }
}
