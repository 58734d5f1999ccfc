//! The territory in memory: small, read by nearly every request, and seldom changed.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use chrono::NaiveDate;
use sea_orm::{DatabaseConnection, DbErr};
use uuid::Uuid;

use super::model::{
    Commune, Competence, Departement, Intercommunality, Membership, NearbyStation, Station,
    TerritoryRef, covers,
};
use super::store;
use crate::change::{self, Subject};
use crate::geo::Point;

/// The current territory, replaced as a whole when the database's has changed.
#[derive(Default)]
pub struct Gazetteer {
    current: RwLock<Arc<Territory>>,
}

/// The territory as it stood at one version of the change log.
#[derive(Default)]
pub struct Territory {
    /// Nothing before the first reading.
    version: Option<i64>,
    departements: Vec<Arc<Departement>>,
    communes: Vec<Arc<Commune>>,
    commune_by_insee: HashMap<String, Arc<Commune>>,
    commune_by_id: HashMap<Uuid, Arc<Commune>>,
    intercommunalities: Vec<Arc<Intercommunality>>,
    memberships: Vec<Membership>,
    competences: HashMap<String, Vec<Competence>>,
    stations: Vec<Arc<Station>>,
}

impl Gazetteer {
    /// The territory as last read.
    pub fn current(&self) -> Arc<Territory> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Reads the territory again if the change log tells that it changed.
    ///
    /// # Errors
    /// When the database cannot be read; the territory then stays as it was.
    pub async fn refresh(&self, database: &DatabaseConnection) -> Result<(), DbErr> {
        let version = change::latest_of(database, Subject::Territory)
            .await?
            .unwrap_or_default();
        if self.current().version == Some(version) {
            return Ok(());
        }
        let rows = store::load(database).await?;
        let territory = Arc::new(Territory::new(version, rows));
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = territory;
        Ok(())
    }
}

impl Territory {
    fn new(version: i64, rows: store::Rows) -> Self {
        let communes: Vec<_> = rows.communes.into_iter().map(Arc::new).collect();
        let mut competences: HashMap<String, Vec<Competence>> = HashMap::new();
        for competence in rows.competences {
            competences
                .entry(competence.commune_insee.clone())
                .or_default()
                .push(competence);
        }
        let by_insee = |commune: &Arc<Commune>| (commune.insee_code.clone(), Arc::clone(commune));
        let by_id = |commune: &Arc<Commune>| (commune.id, Arc::clone(commune));
        Self {
            version: Some(version),
            departements: rows.departements.into_iter().map(Arc::new).collect(),
            commune_by_insee: communes.iter().map(by_insee).collect(),
            commune_by_id: communes.iter().map(by_id).collect(),
            communes,
            intercommunalities: rows.intercommunalities.into_iter().map(Arc::new).collect(),
            memberships: rows.memberships,
            competences,
            stations: rows.stations.into_iter().map(Arc::new).collect(),
        }
    }

    /// All communes, in the order of their slugs.
    pub fn communes(&self) -> &[Arc<Commune>] {
        &self.communes
    }

    /// All départements, in the order of their slugs.
    pub fn departements(&self) -> &[Arc<Departement>] {
        &self.departements
    }

    /// All intercommunalities, in the order of their slugs.
    pub fn intercommunalities(&self) -> &[Arc<Intercommunality>] {
        &self.intercommunalities
    }

    /// All stations, in the order of their slugs.
    pub fn stations(&self) -> &[Arc<Station>] {
        &self.stations
    }

    /// The commune of this INSEE code.
    pub fn commune(&self, insee_code: &str) -> Option<&Arc<Commune>> {
        self.commune_by_insee.get(insee_code)
    }

    /// The commune of this identifier.
    pub fn commune_by_id(&self, id: Uuid) -> Option<&Arc<Commune>> {
        self.commune_by_id.get(&id)
    }

    /// The département of this code.
    pub fn departement(&self, code: &str) -> Option<&Arc<Departement>> {
        self.departements
            .iter()
            .find(|departement| departement.code == code)
    }

    /// The intercommunality of this SIREN.
    pub fn intercommunality(&self, siren: &str) -> Option<&Arc<Intercommunality>> {
        self.intercommunalities
            .iter()
            .find(|intercommunality| intercommunality.siren == siren)
    }

    /// The station of this identifier.
    pub fn station(&self, id: Uuid) -> Option<&Arc<Station>> {
        self.stations.iter().find(|station| station.id == id)
    }

    /// The memberships of a commune, past ones included.
    pub fn memberships_of_commune(&self, insee_code: &str) -> impl Iterator<Item = &Membership> {
        self.memberships
            .iter()
            .filter(move |membership| membership.commune_insee == insee_code)
    }

    /// The memberships of an intercommunality, past ones included.
    pub fn memberships_of_intercommunality(
        &self,
        siren: &str,
    ) -> impl Iterator<Item = &Membership> {
        self.memberships
            .iter()
            .filter(move |membership| membership.intercommunality_siren == siren)
    }

    /// Who holds the competence for the ESS in a commune on `date`, if it is known.
    pub fn competence(&self, insee_code: &str, date: NaiveDate) -> Option<&Competence> {
        self.competences
            .get(insee_code)?
            .iter()
            .find(|competence| covers(competence.starts_on, competence.ends_on, date))
    }

    /// The INSEE codes of the communes of a part of the territory, as it stands on `date`.
    pub fn insee_codes(&self, part: &TerritoryRef, date: NaiveDate) -> Vec<String> {
        match part {
            TerritoryRef::Commune(insee_code) => vec![insee_code.clone()],
            TerritoryRef::Intercommunality(siren) => self
                .memberships_of_intercommunality(siren)
                .filter(|membership| covers(membership.starts_on, membership.ends_on, date))
                .map(|membership| membership.commune_insee.clone())
                .collect(),
            TerritoryRef::Departement(code) => self
                .communes
                .iter()
                .filter(|commune| commune.departement_code == *code)
                .map(|commune| commune.insee_code.clone())
                .collect(),
        }
    }

    /// The stations within `max_metres` of `point`, the nearest first, `most` of them.
    pub fn nearest_stations(
        &self,
        point: Point,
        max_metres: f64,
        most: usize,
        accept: impl Fn(&Station) -> bool,
    ) -> Vec<NearbyStation> {
        let bounds = crate::geo::BoundingBox::around(point, max_metres);
        let mut nearby: Vec<NearbyStation> = self
            .stations
            .iter()
            .filter(|station| bounds.contains(station.point) && accept(station))
            .map(|station| NearbyStation {
                station: Arc::clone(station),
                metres: station.point.distance_metres(point),
            })
            .filter(|nearby| nearby.metres <= max_metres)
            .collect();
        nearby.sort_by(|a, b| {
            a.metres
                .total_cmp(&b.metres)
                .then_with(|| a.station.id.cmp(&b.station.id))
        });
        nearby.truncate(most);
        nearby
    }
}
