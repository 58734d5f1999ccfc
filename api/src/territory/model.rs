//! What the territory is made of.

use chrono::NaiveDate;
use entity::values::{CompetenceHolder, IntercommunalityKind, LineStatus, TransportMode};
use uuid::Uuid;

use crate::geo::Point;

/// A département.
#[derive(Clone, Debug)]
pub struct Departement {
    pub id: Uuid,
    pub code: String,
    pub slug: String,
    pub name: String,
    pub region_code: Option<String>,
    pub region_name: Option<String>,
}

/// A commune.
#[derive(Clone, Debug)]
pub struct Commune {
    pub id: Uuid,
    pub insee_code: String,
    pub slug: String,
    pub name: String,
    pub departement_code: String,
    pub postal_codes: Vec<String>,
    pub population: Option<i64>,
    pub population_year: Option<i32>,
    /// Centroid of the outline.
    pub centroid: Option<Point>,
}

/// A body that several communes form.
#[derive(Clone, Debug)]
pub struct Intercommunality {
    pub id: Uuid,
    pub siren: String,
    pub slug: String,
    pub name: String,
    pub kind: IntercommunalityKind,
}

/// The time during which a commune belongs to an intercommunality; the end is the first
/// day on which it no longer does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Membership {
    pub intercommunality_siren: String,
    pub commune_insee: String,
    pub starts_on: Option<NaiveDate>,
    pub ends_on: Option<NaiveDate>,
}

/// Who holds the competence for the ESS in a commune during some time.
#[derive(Clone, Debug)]
pub struct Competence {
    pub commune_insee: String,
    pub holder: CompetenceHolder,
    pub intercommunality_siren: Option<String>,
    pub contact_office: Option<String>,
    pub contact_url: Option<String>,
    pub source_url: String,
    pub starts_on: Option<NaiveDate>,
    pub ends_on: Option<NaiveDate>,
}

/// A station.
#[derive(Clone, Debug)]
pub struct Station {
    pub id: Uuid,
    pub slug: String,
    pub name: String,
    pub commune_insee: Option<String>,
    pub point: Point,
    pub lines: Vec<StationLine>,
}

/// A line that stops at a station, or will.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StationLine {
    pub name: String,
    pub mode: TransportMode,
    pub operator: Option<String>,
    pub status: LineStatus,
    pub opens_on: Option<NaiveDate>,
    pub opening_note: Option<String>,
}

impl Station {
    /// Whether a line stops there already.
    pub fn in_service(&self) -> bool {
        self.lines
            .iter()
            .any(|line| line.status == LineStatus::InService)
    }
}

/// A station and how far it is.
#[derive(Clone, Debug)]
pub struct NearbyStation {
    pub station: std::sync::Arc<Station>,
    pub metres: f64,
}

/// A part of the territory, by its official code.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum TerritoryRef {
    Commune(String),
    Intercommunality(String),
    Departement(String),
}

/// Whether `date` falls in a time that ends before `ends_on`; an open end has no bound.
pub fn covers(starts_on: Option<NaiveDate>, ends_on: Option<NaiveDate>, date: NaiveDate) -> bool {
    starts_on.is_none_or(|start| start <= date) && ends_on.is_none_or(|end| date < end)
}
