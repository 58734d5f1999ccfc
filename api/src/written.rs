//! Checks of what is written, that all domains share.

use std::fmt::Display;

use chrono::NaiveDate;
use entity::commune;
use entity::values::LocationPrecision;
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, QueryFilter as _, QuerySelect as _,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::geo::Point;
use crate::hours::{self, HoursError};
use crate::import::{Communes, Lies};
use crate::place::{Place, Position};
use crate::problem::{Code, Problem, Problems, WriteError};

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

    /// What distinguishes things of the same name: the commune, or else the postal code.
    pub fn distinction(&self) -> Option<&str> {
        self.commune.as_deref().or(self.postal_code.as_deref())
    }

    /// The place without blanks around its texts; `None` if nothing is left of it.
    pub fn tidied(mut self) -> Option<Self> {
        for text in [&mut self.street, &mut self.postal_code, &mut self.commune] {
            *text = trimmed(text.take());
        }
        (self != Self::default()).then_some(self)
    }

    /// Where these are: what is known only by its commune is at the commune's centroid.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn places(
        connection: &impl ConnectionTrait,
        stated: impl IntoIterator<Item = Option<&Self>>,
    ) -> Result<Vec<Place>, DbErr> {
        let stated: Vec<Option<&Self>> = stated.into_iter().collect();
        let located = stated.iter().flatten().any(|one| one.location.is_some());
        let is_many = stated.iter().flatten().nth(1).is_some();
        let communes = if located || is_many {
            Some(Communes::load(connection).await?)
        } else {
            None
        };
        let mut places = Vec::with_capacity(stated.len());
        for one in stated {
            places.push(match one {
                Some(one) => one.place(connection, communes.as_ref()).await?,
                None => Place::default(),
            });
        }
        Ok(places)
    }

    async fn place(
        &self,
        connection: &impl ConnectionTrait,
        communes: Option<&Communes>,
    ) -> Result<Place, DbErr> {
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
            let lies = communes.map_or(Lies::Unknown, |communes| {
                communes.locate(point, self.commune.as_deref())
            });
            if let (None, Lies::In(code)) = (&place.commune_insee, lies) {
                place.commune_insee = Some(code.to_owned());
            }
            place.position = Some(Position {
                point,
                precision,
                outside_territory: lies == Lies::Outside,
            });
        } else if let Some(code) = &self.commune {
            let point = match communes {
                Some(communes) => communes.centroid(code),
                None => commune::Entity::find_by_id(code.clone())
                    .one(connection)
                    .await?
                    .and_then(|row| Point::new(row.latitude?, row.longitude?)),
            };
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
            let point = Point::new(location.latitude, location.longitude);
            problems.require(point.is_some_and(|point| !point.is_nowhere()), || {
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

/// Checks opening hours, and puts usual French forms into OpenStreetMap's syntax.
pub fn opening_hours(problems: &mut Problems, field: &str, text: &mut Option<String>) {
    let Some(hours) = text else { return };
    match hours::read(hours) {
        Ok(read) => *hours = read.osm,
        Err(HoursError::TooLong) => {
            optional_text(problems, field, Some(hours), hours::LONGEST);
        }
        Err(HoursError::NoDay) => {
            problems.add(Problem::new(
                Code::Invalid,
                field,
                "opening-hours-without-day",
            ));
        }
        Err(HoursError::Form) => {
            problems.add(Problem::new(Code::Invalid, field, "opening-hours-invalid"));
        }
    }
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

/// Checks an amount of money, in cents.
pub fn amount(problems: &mut Problems, field: &str, cents: Option<i64>) {
    problems.require(cents.is_none_or(|cents| cents >= 0), || {
        Problem::new(Code::OutOfRange, field, "number-negative")
    });
}

/// Checks that a period whose last day is `ends_on` does not end before it begins.
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

/// Checks a period that is over on `ends_on`: it must have a day.
pub fn period_until(
    problems: &mut Problems,
    field: &str,
    starts_on: Option<NaiveDate>,
    ends_on: Option<NaiveDate>,
) {
    let ordered = starts_on
        .zip(ends_on)
        .is_none_or(|(start, end)| start < end);
    problems.require(ordered, || {
        Problem::new(Code::OutOfRange, field, "period-invalid")
    });
}

/// A text without blanks around it; `None` if nothing is left.
pub fn trimmed(text: Option<String>) -> Option<String> {
    text.map(|text| text.trim().to_owned())
        .filter(|text| !text.is_empty())
}

/// The values in their order, each once.
pub fn set<T: Ord>(mut values: Vec<T>) -> Vec<T> {
    values.sort_unstable();
    values.dedup();
    values
}

/// The identifier of a part that is known by its place in a list. Those of a list are in
/// its order.
pub fn part_id(of: Uuid, list: &str, position: u16) -> Uuid {
    let mut bytes = Uuid::new_v5(&of, list.as_bytes()).into_bytes();
    let [.., high, low] = &mut bytes;
    [*high, *low] = position.to_be_bytes();
    Uuid::from_bytes(bytes)
}

/// A part of a content that keeps its identifier when the content is edited.
pub trait Part {
    type Reference: Copy + PartialEq + Display + From<Uuid>;

    /// The field of the list that it is in.
    const LIST: &'static str;
    /// What it is.
    const NAME: &'static str;
    /// The message about an identifier that none has.
    const UNKNOWN: &'static str;

    /// Its identifier; none if it is new.
    fn id(&mut self) -> &mut Option<Self::Reference>;
}

/// Gives identifiers to the new parts of the content `of`; the others must be parts of what
/// it was before, each once. They are the same for the same write done again.
///
/// # Errors
/// When one is not.
pub fn identify<P: Part + Clone>(
    of: Uuid,
    parts: &mut [P],
    before: &[P],
) -> Result<(), WriteError> {
    let known = before.iter().cloned();
    let known: Vec<P::Reference> = known.filter_map(|mut part| *part.id()).collect();
    let mut ids: Vec<P::Reference> = parts.iter_mut().filter_map(|part| *part.id()).collect();
    let mut problems = Problems::default();
    let mut number = 0_u32;
    for (position, part) in parts.iter_mut().enumerate() {
        if let Some(id) = *part.id() {
            let once = ids.iter().filter(|other| **other == id).count() == 1;
            problems.require(known.contains(&id) && once, || {
                let field = format!("{}.{position}.id", P::LIST);
                unknown(&field, P::UNKNOWN, &id.to_string())
            });
            continue;
        }
        // The first identifier that is free.
        let id = loop {
            let name = format!("{}:{number}", P::NAME);
            let id = P::Reference::from(Uuid::new_v5(&of, name.as_bytes()));
            number += 1;
            if !ids.contains(&id) && !known.contains(&id) {
                break id;
            }
        };
        ids.push(id);
        *part.id() = Some(id);
    }
    problems.none()
}

/// A problem with something that a content names and that is not there.
pub fn unknown(field: &str, key: &'static str, value: &str) -> Problem {
    Problem::new(Code::NotFound, field, key)
        .with("value", value.chars().take(60).collect::<String>())
}

/// Checks that communes exist, each named by its INSEE code at a field.
///
/// # Errors
/// When the database cannot be read.
pub async fn communes(
    problems: &mut Problems,
    connection: &impl ConnectionTrait,
    named: &[(String, &str)],
) -> Result<(), DbErr> {
    if named.is_empty() {
        return Ok(());
    }
    let known: Vec<String> = commune::Entity::find()
        .select_only()
        .column(commune::Column::InseeCode)
        .filter(commune::Column::InseeCode.is_in(named.iter().map(|(_, code)| *code)))
        .into_tuple()
        .all(connection)
        .await?;
    for (field, code) in named {
        problems.require(known.iter().any(|known| known == code), || {
            unknown(field, "unknown-commune", code)
        });
    }
    Ok(())
}
