//! Checks of what is written, that all domains share.

use chrono::NaiveDate;
use entity::commune;
use entity::values::LocationPrecision;
use sea_orm::{ConnectionTrait, DbErr, EntityTrait as _};
use serde::{Deserialize, Serialize};

use crate::geo::Point;
use crate::import::{Communes, Lies};
use crate::place::{Place, Position};

use crate::problem::{Code, Problem, Problems};

/// Characters of an address on the web, at the most.
const LONGEST_URL: usize = 500;

/// A place as somebody states it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StatedPlace {
    pub street: Option<String>,
    pub postal_code: Option<String>,
    /// INSEE code of the commune.
    pub commune: Option<String>,
    pub location: Option<StatedLocation>,
}

/// A position in WGS 84 as somebody states it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StatedLocation {
    pub latitude: f64,
    pub longitude: f64,
    pub precision: LocationPrecision,
}

impl StatedPlace {
    /// The place that was stated, as it was.
    pub fn of(place: &Place) -> Option<Self> {
        let stated = Self {
            street: place.street.clone(),
            postal_code: place.postal_code.clone(),
            commune: place.commune_insee.clone(),
            location: place
                .position
                .filter(|position| {
                    // The centroid of a commune was not stated.
                    position.precision != LocationPrecision::Commune
                        || place.commune_insee.is_none()
                })
                .map(|position| StatedLocation {
                    latitude: position.point.latitude(),
                    longitude: position.point.longitude(),
                    precision: position.precision,
                }),
        };
        (stated != Self::default()).then_some(stated)
    }

    /// Where it is: what is known only by its commune is at the commune's centroid.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn place(&self, connection: &impl ConnectionTrait) -> Result<Place, DbErr> {
        let mut place = Place {
            street: self.street.clone(),
            postal_code: self.postal_code.clone(),
            commune_insee: self.commune.clone(),
            position: None,
        };
        let stated = self.location.and_then(|stated| {
            Some((
                Point::new(stated.latitude, stated.longitude)?,
                stated.precision,
            ))
        });
        if let Some((point, precision)) = stated {
            let communes = Communes::load(connection).await?;
            let lies = communes.locate(point, self.commune.as_deref());
            if let (None, Lies::In(code)) = (&place.commune_insee, lies) {
                place.commune_insee = Some(code.to_owned());
            }
            place.position = Some(Position {
                point,
                precision,
                outside_territory: lies == Lies::Outside,
            });
        } else if let Some(code) = &self.commune {
            let centroid = commune::Entity::find_by_id(code.clone())
                .one(connection)
                .await?;
            let point = centroid.and_then(|row| Point::new(row.latitude?, row.longitude?));
            place.position = point.map(|point| Position {
                point,
                precision: LocationPrecision::Commune,
                outside_territory: false,
            });
        }
        Ok(place)
    }

    /// Adds to `problems` what is wrong with a place stated at `field`.
    pub fn check(&self, problems: &mut Problems, field: &str) {
        let path = |name: &str| format!("{field}.{name}");
        optional_text(problems, &path("street"), self.street.as_deref(), 300);
        if let Some(code) = &self.postal_code {
            let valid = code.len() == 5 && code.bytes().all(|byte| byte.is_ascii_digit());
            problems.require(valid, || {
                Problem::new(Code::Invalid, &path("postalCode"), "postal-code-invalid")
            });
        }
        if let Some(location) = self.location {
            let valid = Point::new(location.latitude, location.longitude).is_some();
            problems.require(valid, || {
                Problem::new(Code::OutOfRange, &path("location"), "point-invalid")
            });
        }
    }
}

/// Checks a text that must be there and not be longer than `most` characters.
pub fn text(problems: &mut Problems, field: &str, text: &str, most: usize) {
    problems.require(!text.trim().is_empty(), || {
        Problem::new(Code::Required, field, "required")
    });
    optional_text(problems, field, Some(text), most);
}

/// Checks a text that may be missing.
pub fn optional_text(problems: &mut Problems, field: &str, text: Option<&str>, most: usize) {
    let length = text.map_or(0, |text| text.chars().count());
    problems.require(length <= most, || {
        Problem::new(Code::TooLong, field, "text-too-long").with("most", most)
    });
}

/// Checks an address on the web.
pub fn url(problems: &mut Problems, field: &str, url: Option<&str>) {
    let Some(url) = url else { return };
    optional_text(problems, field, Some(url), LONGEST_URL);
    let rest = url
        .strip_prefix("https://")
        .or_else(|| url.strip_prefix("http://"));
    let valid = rest.is_some_and(|rest| {
        rest.contains('.') && !rest.contains(|c: char| c.is_whitespace() || c.is_control())
    });
    problems.require(valid, || Problem::new(Code::Invalid, field, "url-invalid"));
}

/// Checks the length of a list.
pub fn list<T>(problems: &mut Problems, field: &str, list: &[T], most: usize) {
    problems.require(list.len() <= most, || {
        Problem::new(Code::TooLong, field, "list-too-long").with("most", most)
    });
}

/// Checks a number that must not be negative.
pub fn count(problems: &mut Problems, field: &str, number: Option<i32>) {
    problems.require(number.is_none_or(|number| number >= 0), || {
        Problem::new(Code::OutOfRange, field, "number-negative")
    });
}

/// Checks that a period does not end before it begins.
pub fn period(
    problems: &mut Problems,
    field: &str,
    starts_on: Option<NaiveDate>,
    ends_on: Option<NaiveDate>,
) {
    let ordered = starts_on
        .zip(ends_on)
        .is_none_or(|(start, end)| start <= end);
    problems.require(ordered, || {
        Problem::new(Code::OutOfRange, field, "period-invalid")
    });
}

/// A text without blanks around it; `None` if nothing is left.
pub fn trimmed(text: Option<String>) -> Option<String> {
    text.map(|text| text.trim().to_owned())
        .filter(|text| !text.is_empty())
}
