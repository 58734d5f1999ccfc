//! Reads what is compared of contents.
//!
//! All that is answered to somebody is read with their scope; without one, pairs are only
//! remembered.

use std::collections::{HashMap, HashSet};

use entity::values::LocationPrecision;
use sea_orm::sea_query::{
    Alias, Condition, Expr, ExprTrait as _, Order, Query, SelectStatement, SimpleExpr, UnionType,
};
use sea_orm::{ConnectionTrait, DbErr, QueryResult};
use uuid::Uuid;

use super::rules::{NEIGHBOURHOOD_METRES, Name, Spot, Traits};
use crate::change::Subject;
use crate::geo::Point;
use crate::place::{CellReading, Near, PlaceColumns, PlaceFilter};
use crate::review::{CONTENTS, Table};
use crate::viewer::Scope;
use crate::{initiatives, organizations, spaces};

/// Contents around one whose names are compared, at the most: the newest.
const MOST_AROUND: u64 = 5_000;

/// Contents that have the same number, at the most: the newest.
const MOST_OF_A_NUMBER: u64 = 50;

/// Points around which contents are looked for, at the most.
const MOST_POINTS: usize = 10;

/// Contents whose traits one statement reads.
const BATCH: usize = 500;

/// Name under which the table of contents is read.
const CONTENT: &str = "content";

/// The table of a kind of contents, if they are compared.
pub fn table_of(subject: Subject) -> Option<Table> {
    let compared = matches!(
        subject,
        Subject::Organization | Subject::Initiative | Subject::CoworkingSpace
    );
    CONTENTS
        .into_iter()
        .find(|table| compared && table.subject == subject)
}

/// Whether the content whose identifier is `id` is one that `scope` may see.
pub fn is_visible(scope: Scope, subject: Subject, id: SimpleExpr) -> SimpleExpr {
    match subject {
        Subject::Organization => organizations::is_visible(scope, id),
        Subject::Initiative => initiatives::is_visible(scope, id),
        Subject::CoworkingSpace => spaces::is_visible(scope, id),
        _ => Expr::val(false).eq(true),
    }
}

/// Of the newest `most` contents that `ids` selects those that `scope` may see, with their
/// names. They are taken first: for the first rows of an order, PostgreSQL would go through
/// the whole table.
fn named(table: Table, scope: Option<Scope>, ids: SelectStatement, most: u64) -> SelectStatement {
    let newest = Query::select()
        .column("id")
        .from_subquery(ids, "found")
        .order_by("id", Order::Desc)
        .limit(most)
        .take();
    let id = Expr::col((CONTENT, "id"));
    let mut select = Query::select();
    select
        .expr_as(id.clone(), Alias::new("id"))
        .expr_as(Expr::col((CONTENT, table.title)), Alias::new("title"))
        .from_as(table.name, CONTENT)
        .and_where(id.clone().in_subquery(newest));
    if let Some(scope) = scope {
        select.and_where(is_visible(scope, table.subject, id));
    }
    select
}

/// One column of a table, where a condition holds.
fn ids(table: &'static str, column: &'static str, condition: Condition) -> SelectStatement {
    Query::select()
        .expr_as(Expr::col((table, column)), Alias::new("id"))
        .from(table)
        .cond_where(condition)
        .and_where(Expr::col((table, column)).is_not_null())
        .take()
}

fn all_of(selects: Vec<SelectStatement>) -> Option<SelectStatement> {
    selects
        .into_iter()
        .reduce(|mut all, next| all.union(UnionType::Distinct, next).take())
}

/// The contents that have an official number of `traits`.
///
/// # Errors
/// When the database cannot be read.
pub async fn of_its_numbers(
    connection: &impl ConnectionTrait,
    table: Table,
    scope: Option<Scope>,
    traits: &Traits,
) -> Result<Vec<Uuid>, DbErr> {
    if table.subject != Subject::Organization {
        return Ok(Vec::new());
    }
    let mut selects = Vec::new();
    for (column, number) in [("siren", &traits.siren), ("rna", &traits.rna)] {
        if let Some(number) = number {
            let has = Expr::col((table.name, column)).eq(number.as_str());
            selects.push(ids(table.name, "id", Condition::all().add(has)));
        }
    }
    if !traits.sirets.is_empty() {
        const SITE: &str = "organization_site";
        let sirets = traits.sirets.iter().map(String::as_str);
        let has = Expr::col((SITE, "siret")).is_in(sirets);
        selects.push(ids(SITE, "organization_id", Condition::all().add(has)));
    }
    let Some(found) = all_of(selects) else {
        return Ok(Vec::new());
    };
    let rows = named(table, scope, found, MOST_OF_A_NUMBER);
    let rows = connection.query_all(&rows).await?;
    rows.iter().map(|row| row.try_get("", "id")).collect()
}

/// The contents around `traits`, or under the same lead, with their names.
///
/// # Errors
/// When the database cannot be read.
pub async fn around(
    connection: &impl ConnectionTrait,
    table: Table,
    scope: Option<Scope>,
    traits: &Traits,
) -> Result<Vec<(Uuid, Name)>, DbErr> {
    let (places, owner) = match table.subject {
        Subject::Organization => ("organization_site", "organization_id"),
        _ => (table.name, "id"),
    };
    let mut selects = Vec::new();
    let communes: HashSet<&str> = traits
        .spots
        .iter()
        .filter_map(|spot| spot.commune.as_deref())
        .collect();
    if !communes.is_empty() {
        let there = |of| {
            let commune = Expr::col((of, "commune_insee"));
            Condition::all().add(commune.is_in(communes.iter().copied()))
        };
        selects.push(ids(places, owner, there(places)));
        if table.subject == Subject::Initiative {
            const CONCERNED: &str = "initiative_commune";
            selects.push(ids(CONCERNED, "initiative_id", there(CONCERNED)));
        }
    }
    let reading = CellReading::of(connection.get_database_backend());
    let points = traits.spots.iter().filter_map(|spot| spot.point);
    for centre in points.take(MOST_POINTS) {
        let near = PlaceFilter {
            near: Some(Near {
                centre,
                max_metres: NEIGHBOURHOOD_METRES,
            }),
            reading,
            ..PlaceFilter::default()
        };
        let near = near.point_condition(&PlaceColumns::of(places));
        selects.push(ids(places, owner, near));
    }
    if let (Some(lead), Subject::Initiative) = (traits.lead, table.subject) {
        let led = Expr::col((table.name, "lead_organization_id")).eq(lead);
        selects.push(ids(table.name, "id", Condition::all().add(led)));
    }
    let Some(found) = all_of(selects) else {
        return Ok(Vec::new());
    };
    let rows = named(table, scope, found, MOST_AROUND);
    let rows = connection.query_all(&rows).await?;
    rows.iter()
        .map(|row| {
            let title: String = row.try_get("", "title")?;
            Ok((row.try_get("", "id")?, Name::new(&title)))
        })
        .collect()
}

/// Those of these contents that `scope` may see.
///
/// # Errors
/// When the database cannot be read.
pub async fn visible_of(
    connection: &impl ConnectionTrait,
    table: Table,
    scope: Scope,
    ids: &[Uuid],
) -> Result<HashSet<Uuid>, DbErr> {
    let id = Expr::col((CONTENT, "id"));
    let select = Query::select()
        .expr_as(id.clone(), Alias::new("id"))
        .from_as(table.name, CONTENT)
        .and_where(id.clone().is_in(ids.iter().copied()))
        .and_where(is_visible(scope, table.subject, id))
        .take();
    let rows = connection.query_all(&select).await?;
    rows.iter().map(|row| row.try_get("", "id")).collect()
}

/// What is compared of the contents of these identifiers.
///
/// # Errors
/// When the database cannot be read.
pub async fn traits(
    connection: &impl ConnectionTrait,
    table: Table,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, Traits>, DbErr> {
    let mut found = HashMap::new();
    for batch in ids.chunks(BATCH) {
        let mut some = columns(connection, table, batch).await?;
        match table.subject {
            Subject::Organization => sites(connection, batch, &mut some).await?,
            Subject::Initiative => concerned(connection, batch, &mut some).await?,
            _ => {}
        }
        found.extend(some);
    }
    Ok(found)
}

/// What the table itself holds of it.
async fn columns(
    connection: &impl ConnectionTrait,
    table: Table,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, Traits>, DbErr> {
    let own: &[&'static str] = match table.subject {
        Subject::Organization => &["siren", "rna"],
        _ => &PLACE,
    };
    let mut select = Query::select();
    select
        .column("id")
        .expr_as(Expr::col(table.title), Alias::new("title"))
        .columns(own.iter().copied())
        .from(table.name)
        .and_where(Expr::col("id").is_in(ids.iter().copied()));
    if table.subject == Subject::Initiative {
        select.column("lead_organization_id");
    }
    let mut found = HashMap::new();
    for row in connection.query_all(&select).await? {
        let mut traits = Traits::named(row.try_get("", "title")?);
        match table.subject {
            Subject::Organization => {
                traits.siren = row.try_get("", "siren")?;
                traits.rna = row.try_get("", "rna")?;
            }
            Subject::Initiative => {
                traits.lead = row.try_get("", "lead_organization_id")?;
                traits.spots.push(spot(&row)?);
            }
            _ => traits.spots.push(spot(&row)?),
        }
        found.insert(row.try_get("", "id")?, traits);
    }
    Ok(found)
}

/// The columns by which a place is compared.
const PLACE: [&str; 6] = [
    "street",
    "postal_code",
    "commune_insee",
    "latitude",
    "longitude",
    "location_precision",
];

fn spot(row: &QueryResult) -> Result<Spot, DbErr> {
    let latitude: Option<f64> = row.try_get("", "latitude")?;
    let longitude: Option<f64> = row.try_get("", "longitude")?;
    let precision: Option<String> = row.try_get("", "location_precision")?;
    let is_known = precision.as_deref() != Some(LocationPrecision::Commune.as_str());
    Ok(Spot {
        street: row.try_get("", "street")?,
        postal_code: row.try_get("", "postal_code")?,
        commune: row.try_get("", "commune_insee")?,
        point: latitude
            .zip(longitude)
            .filter(|_| is_known)
            .and_then(|(latitude, longitude)| Point::new(latitude, longitude)),
    })
}

async fn sites(
    connection: &impl ConnectionTrait,
    organizations: &[Uuid],
    found: &mut HashMap<Uuid, Traits>,
) -> Result<(), DbErr> {
    let select = Query::select()
        .columns(["organization_id", "siret"])
        .columns(PLACE)
        .from("organization_site")
        .and_where(Expr::col("organization_id").is_in(organizations.iter().copied()))
        .take();
    for row in connection.query_all(&select).await? {
        let of: Uuid = row.try_get("", "organization_id")?;
        if let Some(traits) = found.get_mut(&of) {
            let siret: Option<String> = row.try_get("", "siret")?;
            traits.sirets.extend(siret);
            traits.spots.push(spot(&row)?);
        }
    }
    Ok(())
}

async fn concerned(
    connection: &impl ConnectionTrait,
    initiatives: &[Uuid],
    found: &mut HashMap<Uuid, Traits>,
) -> Result<(), DbErr> {
    let select = Query::select()
        .columns(["initiative_id", "commune_insee"])
        .from("initiative_commune")
        .and_where(Expr::col("initiative_id").is_in(initiatives.iter().copied()))
        .take();
    for row in connection.query_all(&select).await? {
        let of: Uuid = row.try_get("", "initiative_id")?;
        if let Some(traits) = found.get_mut(&of) {
            let commune = row.try_get("", "commune_insee")?;
            traits.spots.push(Spot::commune(commune));
        }
    }
    Ok(())
}
