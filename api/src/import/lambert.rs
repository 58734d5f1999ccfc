//! From Lambert-93 (RGF93, EPSG:2154) to WGS 84.

use crate::geo::Point;

/// Exponent, constant and origin of the projection, as published by the IGN.
const EXPONENT: f64 = 0.725_607_765_053_267;
const CONSTANT: f64 = 11_754_255.426_096;
const ORIGIN_X: f64 = 700_000.0;
const ORIGIN_Y: f64 = 12_655_612.049_876;

/// First eccentricity of the GRS 80 ellipsoid.
const ECCENTRICITY: f64 = 0.081_819_191_042_815_8;

/// The point at `x` and `y` metres, unless it lies out of the projection's use.
pub fn to_wgs84(x: f64, y: f64) -> Option<Point> {
    if !(0.0..=1_400_000.0).contains(&x) || !(5_900_000.0..=7_300_000.0).contains(&y) {
        return None;
    }
    let (east, south) = (x - ORIGIN_X, ORIGIN_Y - y);
    let radius = east.hypot(south);
    let longitude = 3_f64.to_radians() + east.atan2(south) / EXPONENT;
    let isometric = -(radius / CONSTANT).ln() / EXPONENT;
    let mut latitude = 2.0 * isometric.exp().atan() - std::f64::consts::FRAC_PI_2;
    for _ in 0..8 {
        let sine = ECCENTRICITY * latitude.sin();
        let correction = ((1.0 + sine) / (1.0 - sine)).powf(ECCENTRICITY / 2.0);
        latitude = 2.0 * (correction * isometric.exp()).atan() - std::f64::consts::FRAC_PI_2;
    }
    Point::new(latitude.to_degrees(), longitude.to_degrees())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_origin_and_a_known_place_are_found() {
        let origin = to_wgs84(700_000.0, 6_600_000.0).unwrap();
        assert!((origin.latitude() - 46.5).abs() < 1e-7, "{origin:?}");
        assert!((origin.longitude() - 3.0).abs() < 1e-9, "{origin:?}");
        // Notre-Dame de Paris.
        let paris = to_wgs84(652_300.0, 6_861_700.0).unwrap();
        let known = Point::new(48.8530, 2.3498).unwrap();
        assert!(paris.distance_metres(known) < 200.0, "{paris:?}");
    }

    #[test]
    fn degrees_are_not_taken_for_metres() {
        assert_eq!(to_wgs84(2.35, 48.85), None);
    }
}
