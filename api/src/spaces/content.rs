//! The content of a space, as it is written and reviewed.

use chrono::{Days, Months, NaiveDate};
use entity::values::{
    Amenity, OccupancyKind, OwnerKind, SpaceKind, SpaceStatus, TariffAudience, TariffUnit,
    WheelchairAccess,
};
use serde::{Deserialize, Serialize};

use crate::id::OrganizationRef;
use crate::problem::{Code, Problem, Problems, WriteError};
use crate::written::{self, StatedPlace};

/// How long premises are let by short-term leases in total, at the most (code de commerce,
/// L145-5).
const SHORT_TERM: Months = Months::new(36);

/// Everything that is written of a space; its JSON is named as the public schema's inputs
/// are.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SpaceContent {
    pub name: String,
    /// Markdown.
    pub description: Option<String>,
    pub kinds: Vec<SpaceKind>,
    pub amenities: Vec<Amenity>,
    /// Square metres.
    pub surface_m2: Option<f64>,
    pub desks: Option<i32>,
    pub meeting_rooms: Option<i32>,
    pub operator: Option<OrganizationRef>,
    /// Who owns the premises.
    pub owner: Option<OrganizationRef>,
    pub owner_kind: Option<OwnerKind>,
    pub wheelchair_access: Option<WheelchairAccess>,
    /// In OpenStreetMap's syntax.
    pub opening_hours: Option<String>,
    pub website: Option<String>,
    pub place: Option<StatedPlace>,
    pub occupancies: Vec<Occupancy>,
    pub tariffs: Vec<Tariff>,
    pub periods: Vec<Period>,
}

/// By which title, and when, a space is occupied.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Occupancy {
    pub starts_on: Option<NaiveDate>,
    /// Last day.
    pub ends_on: Option<NaiveDate>,
    pub kind: OccupancyKind,
    /// Cents per square metre and year.
    pub rent_per_m2_year: Option<i64>,
    pub preferential_rent: Option<bool>,
    pub note: Option<String>,
}

/// A price.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Tariff {
    /// Cents.
    pub amount: i64,
    pub audience: TariffAudience,
    pub unit: TariffUnit,
    /// Desks that it pays for.
    pub desks: i32,
    pub note: Option<String>,
}

/// A period in the life of a space.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Period {
    pub starts_on: Option<NaiveDate>,
    /// First day on which it is over.
    pub ends_on: Option<NaiveDate>,
    pub status: SpaceStatus,
    pub reason: Option<String>,
}

impl SpaceContent {
    /// The content in its one form: blanks around texts, empty texts and what is listed
    /// twice left out, and what has an order of its own in it.
    ///
    /// # Errors
    /// All that is wrong with it.
    pub fn checked(mut self) -> Result<Self, WriteError> {
        // Problems name the items of a list as they were given.
        self = self.trimmed();
        let mut problems = Problems::default();
        let found = &mut problems;
        written::text(found, "name", &self.name, 300);
        written::optional_text(found, "description", self.description.as_deref(), 20_000);
        let surface = self.surface_m2;
        found.require(surface.is_none_or(|m2| m2 > 0.0 && m2.is_finite()), || {
            Problem::new(Code::OutOfRange, "surfaceM2", "number-not-positive")
        });
        written::count(found, "desks", self.desks);
        written::count(found, "meetingRooms", self.meeting_rooms);
        written::opening_hours(found, "openingHours", &mut self.opening_hours);
        written::url(found, "website", self.website.as_deref());
        written::list(found, "kinds", &self.kinds, 50);
        written::list(found, "amenities", &self.amenities, 50);
        written::list(found, "occupancies", &self.occupancies, 50);
        written::list(found, "tariffs", &self.tariffs, 100);
        written::list(found, "periods", &self.periods, 100);
        if let Some(place) = &self.place {
            place.check(found, "place");
        }
        for (number, occupancy) in self.occupancies.iter().enumerate() {
            occupancy.check(found, &format!("occupancies.{number}"));
        }
        for (number, tariff) in self.tariffs.iter().enumerate() {
            tariff.check(found, &format!("tariffs.{number}"));
        }
        for (number, period) in self.periods.iter().enumerate() {
            period.check(found, &format!("periods.{number}"));
        }
        if let Some(number) = too_long_let(&self.occupancies) {
            let field = format!("occupancies.{number}.endsOn");
            found.add(Problem::new(
                Code::OutOfRange,
                &field,
                "short-term-lease-too-long",
            ));
        }
        problems.none()?;
        Ok(self.ordered())
    }

    /// The content in its one form.
    pub fn tidied(self) -> Self {
        self.trimmed().ordered()
    }

    fn trimmed(mut self) -> Self {
        self.name = self.name.trim().to_owned();
        for text in [
            &mut self.description,
            &mut self.opening_hours,
            &mut self.website,
        ] {
            *text = written::trimmed(text.take());
        }
        let occupancies = self.occupancies.iter_mut().map(|one| &mut one.note);
        let tariffs = self.tariffs.iter_mut().map(|one| &mut one.note);
        let periods = self.periods.iter_mut().map(|one| &mut one.reason);
        for text in occupancies.chain(tariffs).chain(periods) {
            *text = written::trimmed(text.take());
        }
        self.place = self.place.take().and_then(StatedPlace::tidied);
        self
    }

    fn ordered(mut self) -> Self {
        self.kinds = written::set(self.kinds);
        self.amenities = written::set(self.amenities);
        self.occupancies = written::set(self.occupancies);
        self.tariffs = written::set(self.tariffs);
        self.periods = written::set(self.periods);
        self
    }
}

impl Occupancy {
    fn check(&self, problems: &mut Problems, field: &str) {
        let path = |name: &str| format!("{field}.{name}");
        written::period(problems, &path("endsOn"), self.starts_on, self.ends_on);
        written::amount(problems, &path("rentPerM2Year"), self.rent_per_m2_year);
        written::optional_text(problems, &path("note"), self.note.as_deref(), 1000);
    }
}

impl Tariff {
    fn check(&self, problems: &mut Problems, field: &str) {
        let path = |name: &str| format!("{field}.{name}");
        written::amount(problems, &path("amount"), Some(self.amount));
        problems.require(self.desks >= 1, || {
            Problem::new(Code::OutOfRange, &path("desks"), "number-not-positive")
        });
        written::optional_text(problems, &path("note"), self.note.as_deref(), 500);
    }
}

impl Period {
    fn check(&self, problems: &mut Problems, field: &str) {
        let path = |name: &str| format!("{field}.{name}");
        written::period_until(problems, &path("endsOn"), self.starts_on, self.ends_on);
        written::optional_text(problems, &path("reason"), self.reason.as_deref(), 1000);
        let told = self.status != SpaceStatus::Closed || self.reason.is_some();
        problems.require(told, || {
            Problem::new(Code::Required, &path("reason"), "required")
        });
    }
}

/// The short-term lease with which the days let so become more than the law allows. Days
/// that two of them share count once, and what has no end is not known to be too long.
fn too_long_let(occupancies: &[Occupancy]) -> Option<usize> {
    let mut leases: Vec<(NaiveDate, NaiveDate, usize)> = occupancies
        .iter()
        .enumerate()
        .filter(|(_, one)| one.kind == OccupancyKind::ShortTermLease)
        .filter_map(|(number, one)| Some((one.starts_on?, one.ends_on?, number)))
        .filter(|(start, end, _)| start <= end)
        .collect();
    leases.sort_unstable();
    let first = leases.first()?.0;
    let most = (first.checked_add_months(SHORT_TERM)? - first).num_days();
    let mut let_days = 0;
    let mut until = first;
    for (start, end, number) in leases {
        let over = end.checked_add_days(Days::new(1))?;
        let_days += (over - start.max(until)).num_days().max(0);
        until = until.max(over);
        if let_days > most {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lease(kind: OccupancyKind, starts_on: &str, ends_on: Option<&str>) -> Occupancy {
        Occupancy {
            starts_on: Some(starts_on.parse().unwrap()),
            ends_on: ends_on.map(|date| date.parse().unwrap()),
            kind,
            rent_per_m2_year: None,
            preferential_rent: None,
            note: None,
        }
    }

    #[test]
    fn short_term_leases_last_three_years_in_total_to_the_day() {
        let short = |starts_on, ends_on| lease(OccupancyKind::ShortTermLease, starts_on, ends_on);
        let one = [short("2022-03-01", Some("2025-02-28"))];
        assert_eq!(too_long_let(&one), None);
        let one = [short("2022-03-01", Some("2025-03-01"))];
        assert_eq!(too_long_let(&one), Some(0));
        let renewed = [
            short("2024-03-01", Some("2025-03-01")),
            short("2022-03-01", Some("2024-02-29")),
        ];
        assert_eq!(too_long_let(&renewed), Some(0));
        let with_a_pause = [
            short("2022-03-01", Some("2023-02-28")),
            short("2024-01-01", Some("2025-12-31")),
        ];
        assert_eq!(too_long_let(&with_a_pause), None);
        let at_once = [
            short("2022-03-01", Some("2025-02-28")),
            short("2022-06-01", Some("2024-02-29")),
        ];
        assert_eq!(too_long_let(&at_once), None);
    }

    #[test]
    fn other_titles_and_leases_without_an_end_are_not_limited() {
        let other = [lease(
            OccupancyKind::CommercialLease,
            "2010-01-01",
            Some("2019-01-01"),
        )];
        assert_eq!(too_long_let(&other), None);
        let open = [lease(OccupancyKind::ShortTermLease, "2010-01-01", None)];
        assert_eq!(too_long_let(&open), None);
    }
}
