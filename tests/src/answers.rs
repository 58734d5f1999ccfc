//! What tests expect of answers, and read out of them.

use std::collections::BTreeMap;

use anyhow::{Context as _, ensure};
use serde_json::Value;

/// Mean radius of the Earth (IUGG), in metres.
const EARTH_RADIUS_METRES: f64 = 6_371_008.8;

/// How often each value comes.
pub fn tally<'a>(values: impl Iterator<Item = &'a str>) -> BTreeMap<String, i64> {
    let mut counts = BTreeMap::new();
    for value in values {
        *counts.entry(value.to_owned()).or_default() += 1;
    }
    counts
}

/// The counts that a facet shows, the most frequent first, of the values at a JSON pointer.
pub fn shown_tally(facet: &Value, value: &str) -> anyhow::Result<BTreeMap<String, i64>> {
    let mut counts = BTreeMap::new();
    let mut least = i64::MAX;
    for one in facet.as_array().context("a list")? {
        let count = one["count"].as_i64().context("a count")?;
        ensure!(
            0 < count && count <= least,
            "not the most frequent first: {facet}"
        );
        least = count;
        let value = one
            .pointer(value)
            .and_then(Value::as_str)
            .context("a value")?;
        counts.insert(value.to_owned(), count);
    }
    Ok(counts)
}

/// The great-circle distance of two points, latitude first, by the haversine formula: not
/// the one of the product.
pub fn great_circle_metres(a: (f64, f64), b: (f64, f64)) -> f64 {
    let half_sine = |from: f64, to: f64| ((to - from).to_radians() / 2.0).sin().powi(2);
    let across =
        half_sine(a.0, b.0) + a.0.to_radians().cos() * b.0.to_radians().cos() * half_sine(a.1, b.1);
    2.0 * EARTH_RADIUS_METRES * across.sqrt().atan2((1.0 - across).sqrt())
}

/// The point to which `metres` lead from `start`, latitude first, in the direction of a
/// bearing in degrees.
pub fn point_away(start: (f64, f64), bearing: f64, metres: f64) -> (f64, f64) {
    let (latitude, longitude) = (start.0.to_radians(), start.1.to_radians());
    let (bearing, angle) = (bearing.to_radians(), metres / EARTH_RADIUS_METRES);
    let north =
        (latitude.sin() * angle.cos() + latitude.cos() * angle.sin() * bearing.cos()).asin();
    let east = (bearing.sin() * angle.sin() * latitude.cos())
        .atan2(angle.cos() - latitude.sin() * north.sin());
    (north.to_degrees(), (longitude + east).to_degrees())
}
