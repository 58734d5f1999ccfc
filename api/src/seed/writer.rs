//! What the parts of the demonstration share: the transaction, the places they name, the
//! identifiers they refer to each other by, and the changes that tell of them.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use entity::values::LocationPrecision;
use entity::{commune, station};
use sea_orm::{DatabaseTransaction, EntityTrait as _};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::SeedError;
use crate::change::{Action, Change, Subject};
use crate::clock::Clock;
use crate::geo::Point;
use crate::place::{Place, Position};

/// A place as the files name it: by its commune, by a station, or, outside the registry's
/// territory, by the centroid of a commune that the registry does not know.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PlaceName {
    /// INSEE code.
    Commune(String),
    /// Slug.
    Station(String),
    /// Latitude and longitude, in degrees.
    Outside([f64; 2]),
}

/// Writes the demonstration.
pub struct Writer<'a> {
    pub transaction: &'a DatabaseTransaction,
    pub clock: &'a Clock,
    pub now: DateTime<Utc>,
    communes: HashMap<String, Point>,
    stations: HashMap<String, station::Model>,
    ids: HashMap<(&'static str, String), Uuid>,
    changes: Vec<Change>,
}

impl<'a> Writer<'a> {
    /// A writer in a database that has its territory.
    ///
    /// # Errors
    /// When the territory cannot be read.
    pub async fn new(
        transaction: &'a DatabaseTransaction,
        clock: &'a Clock,
    ) -> Result<Self, SeedError> {
        let communes = commune::Entity::find().all(transaction).await?;
        let stations = station::Entity::find().all(transaction).await?;
        Ok(Self {
            transaction,
            clock,
            now: clock.now(),
            communes: communes
                .into_iter()
                .filter_map(|row| {
                    Some((row.insee_code, Point::new(row.latitude?, row.longitude?)?))
                })
                .collect(),
            stations: stations
                .into_iter()
                .map(|row| (row.slug.clone(), row))
                .collect(),
            ids: HashMap::new(),
            changes: Vec::new(),
        })
    }

    /// A new identifier for what the files call `slug`, and the change that tells of it.
    pub fn create(&mut self, subject: Subject, slug: &str, revision: Option<i32>) -> Uuid {
        let id = self.clock.new_id();
        self.ids.insert((subject.as_str(), slug.to_owned()), id);
        self.changes.push(Change {
            subject,
            id,
            action: Action::Created,
            revision,
            is_public: true,
            details: serde_json::json!({ "slug": slug }),
        });
        id
    }

    /// The identifier of what was created as `slug`.
    ///
    /// # Errors
    /// When nothing was.
    pub fn id(&self, file: &'static str, subject: Subject, slug: &str) -> Result<Uuid, SeedError> {
        self.ids
            .get(&(subject.as_str(), slug.to_owned()))
            .copied()
            .ok_or_else(|| SeedError::Data {
                file,
                reason: format!("there is no {} {slug}", subject.as_str()),
            })
    }

    /// The identifier of what was created as `slug`, where the files name it at all.
    ///
    /// # Errors
    /// When nothing was.
    pub fn optional_id(
        &self,
        file: &'static str,
        subject: Subject,
        slug: Option<&str>,
    ) -> Result<Option<Uuid>, SeedError> {
        slug.map(|slug| self.id(file, subject, slug)).transpose()
    }

    /// Where a named place is, as precisely as its name tells.
    ///
    /// # Errors
    /// When the registry does not know the commune or the station.
    pub fn place(&self, file: &'static str, name: Option<&PlaceName>) -> Result<Place, SeedError> {
        let unknown = |what: String| SeedError::Data {
            file,
            reason: format!("there is no {what}"),
        };
        let at = |point, precision, outside_territory| {
            Some(Position {
                point,
                precision,
                outside_territory,
            })
        };
        let mut place = Place::default();
        match name {
            None => {}
            Some(PlaceName::Commune(insee_code)) => {
                let centroid = self.communes.get(insee_code).copied();
                let centroid = centroid.ok_or_else(|| unknown(format!("commune {insee_code}")))?;
                place.commune_insee = Some(insee_code.clone());
                place.position = at(centroid, LocationPrecision::Commune, false);
            }
            Some(PlaceName::Station(slug)) => {
                let station = self.stations.get(slug);
                let station = station.ok_or_else(|| unknown(format!("station {slug}")))?;
                let point = Point::new(station.latitude, station.longitude)
                    .ok_or_else(|| unknown(format!("position of {slug}")))?;
                place.commune_insee = station.commune_insee.clone();
                place.position = at(
                    point,
                    LocationPrecision::Street,
                    station.commune_insee.is_none(),
                );
            }
            Some(PlaceName::Outside([latitude, longitude])) => {
                let point = Point::new(*latitude, *longitude)
                    .ok_or_else(|| unknown(format!("point {latitude}, {longitude}")))?;
                place.position = at(point, LocationPrecision::Commune, true);
            }
        }
        Ok(place)
    }

    /// The changes that tell of all that was created, in order.
    pub fn into_changes(self) -> Vec<Change> {
        self.changes
    }
}
