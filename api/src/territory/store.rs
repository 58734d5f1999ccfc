//! Reads the territory from the database. All of it is public.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;
use entity::{
    commune, departement, ess_competence, intercommunality, intercommunality_membership, station,
    station_line,
};
use sea_orm::sea_query::ExprTrait as _;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect,
};
use uuid::Uuid;

use super::model::{
    Commune, Competence, Departement, Intercommunality, Membership, Station, StationLine,
};
use crate::geo::Point;
use crate::id::{self, Kind};

/// The whole territory but its outlines, each list in the order of its slugs.
pub struct Rows {
    pub departements: Vec<Departement>,
    pub communes: Vec<Commune>,
    pub intercommunalities: Vec<Intercommunality>,
    pub memberships: Vec<Membership>,
    pub competences: Vec<Competence>,
    pub stations: Vec<Station>,
}

/// Reads the whole territory.
///
/// # Errors
/// When the database cannot be read.
pub async fn load(connection: &impl ConnectionTrait) -> Result<Rows, DbErr> {
    let mut lines: HashMap<Uuid, Vec<StationLine>> = HashMap::new();
    for line in station_line::Entity::find()
        .order_by_asc(station_line::Column::Line)
        .all(connection)
        .await?
    {
        lines.entry(line.station_id).or_default().push(StationLine {
            name: line.line,
            mode: line.mode,
            operator: line.operator,
            status: line.status,
            opens_on: line.opens_on,
            opening_note: line.opening_note,
        });
    }
    Ok(Rows {
        departements: departement::Entity::find()
            .order_by_asc(departement::Column::Slug)
            .all(connection)
            .await?
            .into_iter()
            .map(departement_of_row)
            .collect(),
        communes: communes(connection).await?,
        intercommunalities: intercommunality::Entity::find()
            .order_by_asc(intercommunality::Column::Slug)
            .all(connection)
            .await?
            .into_iter()
            .map(intercommunality_of_row)
            .collect(),
        memberships: intercommunality_membership::Entity::find()
            .order_by_asc(intercommunality_membership::Column::StartsOn)
            .order_by_asc(intercommunality_membership::Column::Id)
            .all(connection)
            .await?
            .into_iter()
            .map(|row| Membership {
                intercommunality_siren: row.intercommunality_siren,
                commune_insee: row.commune_insee,
                starts_on: row.starts_on,
                ends_on: row.ends_on,
            })
            .collect(),
        competences: ess_competence::Entity::find()
            .all(connection)
            .await?
            .into_iter()
            .map(competence_of_row)
            .collect(),
        stations: station::Entity::find()
            .order_by_asc(station::Column::Slug)
            .all(connection)
            .await?
            .into_iter()
            .filter_map(|row| {
                Some(Station {
                    lines: lines.remove(&row.id).unwrap_or_default(),
                    id: row.id,
                    slug: row.slug,
                    name: row.name,
                    commune_insee: row.commune_insee,
                    point: Point::new(row.latitude, row.longitude)?,
                })
            })
            .collect(),
    })
}

/// The outlines of communes, as GeoJSON geometries, by INSEE code.
///
/// # Errors
/// When the database cannot be read.
pub async fn outlines(
    connection: &impl ConnectionTrait,
    insee_codes: &[String],
) -> Result<HashMap<String, serde_json::Value>, DbErr> {
    let rows: Vec<(String, Option<serde_json::Value>)> = commune::Entity::find()
        .select_only()
        .column(commune::Column::InseeCode)
        .column(commune::Column::Outline)
        .filter(commune::Column::InseeCode.is_in(insee_codes))
        .into_tuple()
        .all(connection)
        .await?;
    Ok(rows
        .into_iter()
        .filter_map(|(insee_code, outline)| Some((insee_code, outline?)))
        .collect())
}

type CommuneRow = (
    String,
    String,
    String,
    String,
    serde_json::Value,
    Option<i64>,
    Option<i32>,
    Option<f64>,
    Option<f64>,
);

async fn communes(connection: &impl ConnectionTrait) -> Result<Vec<Commune>, DbErr> {
    let rows: Vec<CommuneRow> = commune::Entity::find()
        .select_only()
        .columns([
            commune::Column::InseeCode,
            commune::Column::Slug,
            commune::Column::Name,
            commune::Column::DepartementCode,
            commune::Column::PostalCodes,
            commune::Column::Population,
            commune::Column::PopulationYear,
            commune::Column::Latitude,
            commune::Column::Longitude,
        ])
        .order_by_asc(commune::Column::Slug)
        .into_tuple()
        .all(connection)
        .await?;
    Ok(rows.into_iter().map(commune_of_row).collect())
}

fn commune_of_row(row: CommuneRow) -> Commune {
    let (
        insee_code,
        slug,
        name,
        departement_code,
        postal_codes,
        population,
        population_year,
        latitude,
        longitude,
    ) = row;
    Commune {
        id: id::of_code(Kind::Commune, &insee_code),
        insee_code,
        slug,
        name,
        departement_code,
        postal_codes: serde_json::from_value(postal_codes).unwrap_or_default(),
        population,
        population_year,
        centroid: latitude
            .zip(longitude)
            .and_then(|(latitude, longitude)| Point::new(latitude, longitude)),
    }
}

fn departement_of_row(row: departement::Model) -> Departement {
    Departement {
        id: id::of_code(Kind::Departement, &row.code),
        code: row.code,
        slug: row.slug,
        name: row.name,
        region_code: row.region_code,
        region_name: row.region_name,
    }
}

fn intercommunality_of_row(row: intercommunality::Model) -> Intercommunality {
    Intercommunality {
        id: id::of_code(Kind::Intercommunality, &row.siren),
        siren: row.siren,
        slug: row.slug,
        name: row.name,
        kind: row.kind,
    }
}

fn competence_of_row(row: ess_competence::Model) -> Competence {
    Competence {
        commune_insee: row.commune_insee,
        holder: row.holder,
        intercommunality_siren: row.intercommunality_siren,
        contact_office: row.contact_office,
        contact_url: row.contact_url,
        source_url: row.source_url,
        starts_on: row.starts_on,
        ends_on: row.ends_on,
    }
}

/// Names of communes, by INSEE code.
///
/// # Errors
/// When the database cannot be read.
pub async fn commune_names(
    connection: &impl ConnectionTrait,
    insee_codes: impl IntoIterator<Item = &str>,
) -> Result<HashMap<String, String>, DbErr> {
    use commune::{Column, Entity};
    names::<Entity>(connection, Column::InseeCode, Column::Name, insee_codes).await
}

/// Names of intercommunalities, by SIREN.
///
/// # Errors
/// When the database cannot be read.
pub async fn intercommunality_names(
    connection: &impl ConnectionTrait,
    sirens: impl IntoIterator<Item = &str>,
) -> Result<HashMap<String, String>, DbErr> {
    use intercommunality::{Column, Entity};
    names::<Entity>(connection, Column::Siren, Column::Name, sirens).await
}

/// Names of départements, by code.
///
/// # Errors
/// When the database cannot be read.
pub async fn departement_names(
    connection: &impl ConnectionTrait,
    codes: impl IntoIterator<Item = &str>,
) -> Result<HashMap<String, String>, DbErr> {
    use departement::{Column, Entity};
    names::<Entity>(connection, Column::Code, Column::Name, codes).await
}

async fn names<E: EntityTrait>(
    connection: &impl ConnectionTrait,
    code: E::Column,
    name: E::Column,
    codes: impl IntoIterator<Item = &str>,
) -> Result<HashMap<String, String>, DbErr> {
    let codes: BTreeSet<&str> = codes.into_iter().collect();
    let rows: Vec<(String, String)> = E::find()
        .select_only()
        .columns([code, name])
        .filter(code.is_in(codes))
        .into_tuple()
        .all(connection)
        .await?;
    Ok(rows.into_iter().collect())
}

/// The memberships in force on a day.
pub fn in_force(date: NaiveDate) -> Condition {
    use intercommunality_membership::Column::{EndsOn, StartsOn};
    Condition::all()
        .add(StartsOn.is_null().or(StartsOn.lte(date)))
        .add(EndsOn.is_null().or(EndsOn.gt(date)))
}
