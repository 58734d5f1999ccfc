//! What the parts of the demonstration share: the transaction, the places they name, the
//! identifiers they refer to each other by, and the changes that tell of them.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use entity::station;
use entity::values::{LocationPrecision, Publication};
use sea_orm::{DatabaseTransaction, EntityTrait as _};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::SeedError;
use crate::change::{Action, Change, Subject};
use crate::clock::Clock;
use crate::problem::WriteError;
use crate::review::sourced::{Origin, create};
use crate::review::{New, Reviewed};
use crate::viewer::{Scope, Viewer};
use crate::written::{StatedLocation, StatedPlace};

/// The source of the demonstration, as revisions name it.
const SOURCE: &str = "demonstration";

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
        let stations = station::Entity::find().all(transaction).await?;
        Ok(Self {
            transaction,
            clock,
            now: clock.now(),
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

    /// The place that a name states, as precisely as it tells.
    ///
    /// # Errors
    /// When the registry does not know the station.
    pub fn place(
        &self,
        file: &'static str,
        name: Option<&PlaceName>,
    ) -> Result<Option<StatedPlace>, SeedError> {
        let at = |latitude, longitude, precision| {
            Some(StatedLocation {
                latitude,
                longitude,
                precision,
            })
        };
        let mut place = StatedPlace::default();
        match name {
            None => return Ok(None),
            Some(PlaceName::Commune(insee_code)) => place.commune = Some(insee_code.clone()),
            Some(PlaceName::Station(slug)) => {
                let station = self.stations.get(slug).ok_or_else(|| SeedError::Data {
                    file,
                    reason: format!("there is no station {slug}"),
                })?;
                place.commune.clone_from(&station.commune_insee);
                let (latitude, longitude) = (station.latitude, station.longitude);
                place.location = at(latitude, longitude, LocationPrecision::Street);
            }
            Some(PlaceName::Outside([latitude, longitude])) => {
                place.location = at(*latitude, *longitude, LocationPrecision::Commune);
            }
        }
        Ok(Some(place))
    }

    /// Writes public items, each with its slug and identifier, through the engine of reviews.
    ///
    /// # Errors
    /// When a content breaks a rule, or the database refuses.
    pub async fn publish<C: Reviewed>(
        &self,
        file: &'static str,
        items: Vec<(Uuid, String, C)>,
    ) -> Result<(), SeedError> {
        let refused = |error: WriteError| match error {
            WriteError::Database(error) => SeedError::Database(error),
            WriteError::Problems(problems) => SeedError::Data {
                file,
                reason: format!("{problems:?}"),
            },
            error => SeedError::Data {
                file,
                reason: error.to_string(),
            },
        };
        let scope = Scope {
            viewer: Viewer::Registry,
            now: self.now,
            today: self.clock.today(),
        };
        let mut new = Vec::new();
        for (id, slug, content) in items {
            let content = content.checked().and_then(|one| one.identified(id, None));
            let content = content.map_err(refused)?;
            new.push(New {
                id,
                slug,
                owner: None,
                publication: Publication::Published,
                content,
            });
        }
        let origin = Origin {
            transaction: self.transaction,
            clock: self.clock,
            scope,
            source: SOURCE,
            import: None,
            source_wins: false,
        };
        create(origin, &new).await.map_err(refused)?;
        // What one of them names may be another one.
        for item in &new {
            let checked = item.content.check(self.transaction, scope, item.id).await;
            checked.map_err(refused)?;
        }
        Ok(())
    }

    /// The changes that tell of all that was created, in order.
    pub fn into_changes(self) -> Vec<Change> {
        self.changes
    }
}
