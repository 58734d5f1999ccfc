//! Communes, intercommunalities and stations of the Hauts-de-Seine.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use entity::values::{IntercommunalityKind, LineStatus, TransportMode};
use entity::{
    commune, departement, intercommunality, intercommunality_membership, station, station_line,
};
use sea_orm::{ConnectionTrait, EntityTrait as _, Set};
use serde::Deserialize;

use super::SeedError;
use crate::change::{Action, Change, Subject};
use crate::clock::Clock;
use crate::geo::Point;
use crate::id::{self, Kind};
use crate::text::slug;

const COMMUNES: &str = include_str!("../../data/92/communes-92.csv");
const OUTLINES: &str = include_str!("../../data/92/communes-92.geojson");
const PAST_BODIES: &str = include_str!("../../data/92/past-intercommunalities-92.csv");
const STATIONS: &str = include_str!("../../data/92/stations-92.csv");

/// Rows of one station's lines lie at most so far apart.
const STATION_METRES: f64 = 600.0;

/// How the file of stations calls a line that runs.
const IN_SERVICE: &str = "en service";

/// SIREN and name of the Métropole du Grand Paris, to which every commune of the
/// département belongs.
const METROPOLE: (&str, &str) = ("200054781", "Métropole du Grand Paris");

#[derive(Deserialize)]
struct CommuneRow {
    insee_code: String,
    name: String,
    postal_codes: String,
    population: i64,
    ept_siren: String,
    ept_name: String,
    lat: f64,
    lon: f64,
}

#[derive(Deserialize)]
struct PastMembershipRow {
    siren: String,
    name: String,
    kind: IntercommunalityKind,
    insee_code: String,
    starts_on: NaiveDate,
    ends_on: NaiveDate,
}

#[derive(Deserialize)]
struct StationRow {
    name: String,
    line: String,
    lat: f64,
    lon: f64,
    status: String,
    mode: String,
    operator: String,
    insee_code: Option<String>,
    opening_note: String,
}

#[derive(Deserialize)]
struct Outlines {
    features: Vec<Outline>,
}

#[derive(Deserialize)]
struct Outline {
    properties: OutlineProperties,
    geometry: serde_json::Value,
}

#[derive(Deserialize)]
struct OutlineProperties {
    insee_code: String,
}

/// Writes the territory, and answers the change that tells of it.
pub async fn load(
    transaction: &impl ConnectionTrait,
    clock: &Clock,
) -> Result<Vec<Change>, SeedError> {
    departement::Entity::insert(departement::ActiveModel {
        code: Set("92".to_owned()),
        slug: Set("hauts-de-seine".to_owned()),
        name: Set("Hauts-de-Seine".to_owned()),
        region_code: Set(Some("11".to_owned())),
        region_name: Set(Some("Île-de-France".to_owned())),
    })
    .exec(transaction)
    .await?;
    let communes: Vec<CommuneRow> = rows("communes-92.csv", COMMUNES)?;
    load_communes(transaction, &communes).await?;
    load_intercommunalities(transaction, clock, &communes).await?;
    load_stations(transaction, clock).await?;
    Ok(vec![Change {
        subject: Subject::Territory,
        id: id::of_code(Kind::Departement, "92"),
        action: Action::Created,
        revision: None,
        is_public: true,
        details: serde_json::json!({ "departement": "92" }),
    }])
}

async fn load_communes(
    transaction: &impl ConnectionTrait,
    communes: &[CommuneRow],
) -> Result<(), SeedError> {
    let outlines: Outlines = serde_json::from_str(OUTLINES).map_err(|error| SeedError::Data {
        file: "communes-92.geojson",
        reason: error.to_string(),
    })?;
    let mut outlines: HashMap<String, serde_json::Value> = outlines
        .features
        .into_iter()
        .map(|outline| (outline.properties.insee_code, outline.geometry))
        .collect();
    let models = communes.iter().map(|row| commune::ActiveModel {
        insee_code: Set(row.insee_code.clone()),
        slug: Set(slug(&row.name)),
        name: Set(row.name.clone()),
        departement_code: Set("92".to_owned()),
        postal_codes: Set(row.postal_codes.split('|').collect()),
        population: Set(Some(row.population)),
        // The vintage of the file does not say of which year its legal population is.
        population_year: Set(None),
        latitude: Set(Some(row.lat)),
        longitude: Set(Some(row.lon)),
        outline: Set(outlines.remove(&row.insee_code)),
    });
    commune::Entity::insert_many(models)
        .exec(transaction)
        .await?;
    Ok(())
}

async fn load_intercommunalities(
    transaction: &impl ConnectionTrait,
    clock: &Clock,
    communes: &[CommuneRow],
) -> Result<(), SeedError> {
    let mut bodies: BTreeMap<&str, (&str, IntercommunalityKind)> =
        BTreeMap::from([(METROPOLE.0, (METROPOLE.1, IntercommunalityKind::Metropole))]);
    for row in communes {
        bodies.insert(&row.ept_siren, (&row.ept_name, IntercommunalityKind::Ept));
    }
    let past: Vec<PastMembershipRow> = rows("past-intercommunalities-92.csv", PAST_BODIES)?;
    for row in &past {
        bodies.insert(&row.siren, (&row.name, row.kind));
    }
    let models = bodies
        .iter()
        .map(|(siren, (name, kind))| intercommunality::ActiveModel {
            siren: Set((*siren).to_owned()),
            slug: Set(slug(name)),
            name: Set((*name).to_owned()),
            kind: Set(*kind),
        });
    intercommunality::Entity::insert_many(models)
        .exec(transaction)
        .await?;
    // The EPT and the Métropole du Grand Paris began on the same day.
    let starts_on = NaiveDate::from_ymd_opt(2016, 1, 1);
    let current = communes.iter().flat_map(|row| {
        [row.ept_siren.as_str(), METROPOLE.0].map(|siren| {
            intercommunality_membership::ActiveModel {
                id: Set(clock.new_id()),
                intercommunality_siren: Set(siren.to_owned()),
                commune_insee: Set(row.insee_code.clone()),
                starts_on: Set(starts_on),
                ends_on: Set(None),
            }
        })
    });
    let past = past
        .iter()
        .map(|row| intercommunality_membership::ActiveModel {
            id: Set(clock.new_id()),
            intercommunality_siren: Set(row.siren.clone()),
            commune_insee: Set(row.insee_code.clone()),
            starts_on: Set(Some(row.starts_on)),
            ends_on: Set(Some(row.ends_on)),
        });
    intercommunality_membership::Entity::insert_many(current.chain(past))
        .exec(transaction)
        .await?;
    Ok(())
}

async fn load_stations(transaction: &impl ConnectionTrait, clock: &Clock) -> Result<(), SeedError> {
    let mut slugs: BTreeMap<String, u32> = BTreeMap::new();
    let mut station_models = Vec::new();
    let mut line_models = Vec::new();
    for station in grouped(rows("stations-92.csv", STATIONS)?)? {
        let Some(first) = station.lines.first() else {
            continue;
        };
        let id = clock.new_id();
        let lines = &station.lines;
        let count = f64::from(u32::try_from(lines.len()).unwrap_or(u32::MAX));
        let uses = slugs.entry(station.slug.clone()).or_default();
        *uses += 1;
        station_models.push(station::ActiveModel {
            id: Set(id),
            slug: Set(if *uses == 1 {
                station.slug
            } else {
                format!("{}-{uses}", station.slug)
            }),
            name: Set(first.name.clone()),
            commune_insee: Set(first
                .insee_code
                .clone()
                .filter(|code| code.starts_with("92"))),
            latitude: Set(lines.iter().map(|line| line.lat).sum::<f64>() / count),
            longitude: Set(lines.iter().map(|line| line.lon).sum::<f64>() / count),
        });
        for line in lines {
            line_models.push(line_model(id, line)?);
        }
    }
    station::Entity::insert_many(station_models)
        .exec(transaction)
        .await?;
    station_line::Entity::insert_many(line_models)
        .exec(transaction)
        .await?;
    Ok(())
}

/// The rows of one station, those in service first.
struct StationLines {
    slug: String,
    point: Point,
    lines: Vec<StationRow>,
}

/// The rows by station: names that differ only in case, accents and punctuation, near
/// each other. Names that differ otherwise are other stations, however near.
fn grouped(rows: Vec<StationRow>) -> Result<Vec<StationLines>, SeedError> {
    let mut stations: Vec<StationLines> = Vec::new();
    for mut row in rows {
        let point = Point::new(row.lat, row.lon).ok_or_else(|| SeedError::Data {
            file: "stations-92.csv",
            reason: format!("{} has no valid position", row.name),
        })?;
        // Some names of the source end with a zero-width space.
        row.name.retain(|character| character != '\u{200b}');
        let slug = slug(&row.name);
        let same = stations.iter_mut().find(|station| {
            station.slug == slug && station.point.distance_metres(point) <= STATION_METRES
        });
        match same {
            Some(station) => station.lines.push(row),
            None => stations.push(StationLines {
                slug,
                point,
                lines: vec![row],
            }),
        }
    }
    for station in &mut stations {
        station.lines.sort_by_key(|line| line.status != IN_SERVICE);
    }
    Ok(stations)
}

fn line_model(
    station_id: uuid::Uuid,
    row: &StationRow,
) -> Result<station_line::ActiveModel, SeedError> {
    let mode = TransportMode::parse(if row.mode == "TRAMWAY" {
        "TRAM"
    } else {
        &row.mode
    })
    .ok_or_else(|| SeedError::Data {
        file: "stations-92.csv",
        reason: format!("unknown mode {}", row.mode),
    })?;
    let text = |value: &str| (!value.is_empty()).then(|| value.to_owned());
    Ok(station_line::ActiveModel {
        station_id: Set(station_id),
        line: Set(row.line.clone()),
        mode: Set(mode),
        operator: Set(text(&row.operator)),
        status: Set(if row.status == IN_SERVICE {
            LineStatus::InService
        } else {
            LineStatus::Planned
        }),
        opens_on: Set(None),
        opening_note: Set(text(&row.opening_note)),
    })
}

/// The rows of a file of reference data.
fn rows<T: for<'a> Deserialize<'a>>(file: &'static str, text: &str) -> Result<Vec<T>, SeedError> {
    csv::Reader::from_reader(text.as_bytes())
        .deserialize()
        .collect::<Result<_, _>>()
        .map_err(|error| SeedError::Data {
            file,
            reason: error.to_string(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stations() -> Vec<StationLines> {
        grouped(rows("stations-92.csv", STATIONS).unwrap()).unwrap()
    }

    fn lines(station: &StationLines) -> Vec<&str> {
        let mut lines: Vec<_> = station.lines.iter().map(|row| row.line.as_str()).collect();
        lines.sort_unstable();
        lines
    }

    #[test]
    fn every_line_of_a_station_is_in_its_group() {
        let stations = stations();
        let of = |slug: &str| -> Vec<Vec<&str>> {
            stations
                .iter()
                .filter(|station| station.slug == slug)
                .map(lines)
                .collect()
        };
        assert_eq!(
            of("la-defense"),
            [[
                "METRO 1", "METRO 15", "RER A", "RER E", "TRAIN L", "TRAIN U", "TRAM 2"
            ]]
        );
        assert_eq!(
            of("chatillon-montrouge"),
            [["METRO 13", "METRO 15", "TRAM 6"]],
            "spaces around a hyphen do not make another station"
        );
        assert_eq!(of("porte-de-champerret"), [["METRO 3", "TRAM 3b"]]);
        assert_eq!(of("nanterre-la-folie"), [["METRO 15", "RER E"]]);
        assert_eq!(stations.len(), 179);
    }

    #[test]
    fn stations_of_one_name_far_apart_stay_apart() {
        let stations = stations();
        let bagneux: Vec<_> = stations
            .iter()
            .filter(|station| station.slug == "bagneux")
            .map(lines)
            .collect();
        assert_eq!(bagneux, [["RER B"], ["METRO 15"]]);
    }

    #[test]
    fn a_station_is_named_as_its_first_line_in_service() {
        let stations = stations();
        for station in &stations {
            let planned = station
                .lines
                .iter()
                .position(|line| line.status != IN_SERVICE);
            let running = station
                .lines
                .iter()
                .rposition(|line| line.status == IN_SERVICE);
            assert!(planned.is_none_or(|planned| running.is_none_or(|running| running < planned)));
            let hidden = |line: &StationRow| line.name.contains('\u{200b}');
            assert!(!station.lines.iter().any(hidden));
        }
    }
}
