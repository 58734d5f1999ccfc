//! From a row to the entities it tells of.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use entity::values::{
    FunderKind, FundingTerritoryKind, IntercommunalityKind, LegalForm, LocationPrecision, Scope,
    Stage,
};
use serde_json::Value;

use super::codes::{self, Stored};
use super::columns;
use super::drafts::{
    Commune, Draft, Funding, Initiative, Intercommunality, Lead, LeadNumber, Located, Organization,
    Space,
};
use super::fields::{Cell, Fields};
use super::lambert;
use super::mapping::EntityKind;
use super::places::{Address, Communes, Lies, Recognised};
use super::report::Code;
use super::themes::KnownThemes;
use super::values::{self, Read, Siret};
use crate::geo::Point;

const LONGEST_NAME: usize = 300;
const LONGEST_TEXT: usize = 20_000;
const LONGEST_URL: usize = 500;

/// Metres from the centroid of a commune within which its places lie; the largest commune of
/// France reaches a little farther.
const FARTHEST_IN_COMMUNE: f64 = 25_000.0;

/// Latitudes and longitudes of metropolitan France, in degrees.
const FRANCE: (RangeInclusive<f64>, RangeInclusive<f64>) = (41.0..=52.0, -6.0..=10.0);

/// Coordinates with fewer decimals than this stand for an area, not for a door.
const DECIMALS_OF_A_DOOR: usize = 4;

/// What drafts are compared with.
pub struct Registry {
    pub communes: Communes,
    pub themes: KnownThemes,
    /// Of a territory, only this département.
    pub departement: Option<String>,
}

/// The entity that the fields tell of; nothing, with a finding, where one cannot do
/// without what is missing.
pub fn draft(fields: &mut Fields<'_>, registry: &Registry) -> Option<Draft> {
    let communes = &registry.communes;
    if let Some(cell) = fields.cell("source_date")
        && let Err(code) = values::date(&cell.text)
    {
        fields.find(code, &cell.column, &cell.text);
    }
    match fields.entity.kind {
        EntityKind::Organization => organization(fields, communes).map(Draft::Organization),
        EntityKind::Space => space(fields, communes).map(Draft::Space),
        EntityKind::Initiative => initiative(fields, registry).map(Draft::Initiative),
        EntityKind::Funding => funding(fields).map(Draft::Funding),
        EntityKind::Commune => commune(fields, registry).map(Draft::Commune),
        EntityKind::Intercommunality => {
            intercommunality(fields, registry).map(Draft::Intercommunality)
        }
    }
}

fn organization(fields: &mut Fields<'_>, communes: &Communes) -> Option<Organization> {
    let name = required_line(fields, "name", LONGEST_NAME)?;
    let mut siret = fields.parsed("siret", |cell| values::siret(&cell.text));
    let mut siren = fields.parsed("siren", |cell| values::siren(&cell.text));
    if let (Some(unit), Some(of_site)) = (&siren, siret.as_ref().and_then(Siret::siren))
        && unit != of_site
    {
        // Nobody knows which of them is the organization's.
        let cell = fields.cell("siret");
        let (column, value) = cell
            .map(|cell| (cell.column, cell.text))
            .unwrap_or_default();
        fields.find(Code::SiretOfAnotherUnit, &column, &value);
        (siret, siren) = (None, None);
    }
    Some(Organization {
        name,
        legal_form: fields.one("legal_form").unwrap_or(LegalForm::Unknown),
        siae_kind: fields.one("siae_kind"),
        structure_kind: fields.one("structure_kind"),
        siren: siren.or_else(|| {
            siret
                .as_ref()
                .and_then(|siret| siret.siren().map(str::to_owned))
        }),
        siret: siret
            .as_ref()
            .and_then(|siret| siret.siret().map(str::to_owned)),
        rna: fields.parsed("rna", |cell| values::rna(&cell.text)),
        finess: fields.parsed("finess", |cell| values::finess(&cell.text)),
        description: fields.paragraphs("description", LONGEST_TEXT),
        website: website(fields, "website"),
        opening_hours: opening_hours(fields),
        wheelchair_access: fields.one("wheelchair_access"),
        place: place(fields, communes),
    })
}

fn space(fields: &mut Fields<'_>, communes: &Communes) -> Option<Space> {
    Some(Space {
        name: required_line(fields, "name", LONGEST_NAME)?,
        kinds: fields.many("kinds"),
        description: fields.paragraphs("description", LONGEST_TEXT),
        website: website(fields, "website"),
        opening_hours: opening_hours(fields),
        wheelchair_access: fields.one("wheelchair_access"),
        owner_kind: fields.one("owner_kind"),
        place: place(fields, communes),
    })
}

fn initiative(fields: &mut Fields<'_>, registry: &Registry) -> Option<Initiative> {
    // All that is wrong with the row is told, whichever field refuses it.
    let title = required_line(fields, "title", 200);
    let summary = required_line(fields, "summary", 300);
    let description = fields.paragraphs("description", LONGEST_TEXT);
    let website = website(fields, "website");
    let scope = stated_or(fields, "scope", Scope::Local);
    let stage = stated_or(fields, "stage", Stage::Running);
    let themes = themes(fields, registry);
    let lead = lead(fields);
    let place = place(fields, &registry.communes);
    Some(Initiative {
        title: title?,
        summary: summary?,
        description,
        website,
        scope: scope?,
        stage: stage?,
        themes,
        lead,
        place,
    })
}

/// The themes of a field, by slug.
fn themes(fields: &mut Fields<'_>, registry: &Registry) -> BTreeSet<String> {
    let Some(cell) = fields.cell("themes") else {
        return BTreeSet::new();
    };
    let (themes, in_vain) = registry.themes.named(&cell.text);
    for (code, names) in in_vain {
        fields.find(code, &cell.column, &names);
    }
    themes
}

fn lead(fields: &mut Fields<'_>) -> Lead {
    let read = fields.parsed("lead_siret", |cell| {
        let read = values::siret(&cell.text)?;
        Ok(Read {
            value: LeadNumber {
                column: cell.column.clone(),
                text: cell.text.clone(),
                number: match read.value {
                    Siret::Siret(number) | Siret::Siren(number) => number,
                },
            },
            notes: read.notes,
        })
    });
    Lead {
        named: read,
        id: None,
    }
}

fn funding(fields: &mut Fields<'_>) -> Option<Funding> {
    let name = required_line(fields, "name", LONGEST_NAME)?;
    let funder_kind = stated_or(fields, "funder_kind", FunderKind::Other)?;
    let territory = fields.looked_up("territory_kind");
    let (territory_kind, code) = match territory.as_ref().map(|cell| cell.text.as_str()) {
        Some(text) => match text.split_once(':') {
            Some((kind, code)) => (kind, Some(code.to_owned())),
            None => (text, None),
        },
        None => ("UNSPECIFIED", None),
    };
    let territory_kind = FundingTerritoryKind::parse(&codes::spelled(territory_kind));
    if let (None, Some(cell)) = (territory_kind, &territory) {
        fields.find(Code::UnknownCode, &cell.column, &cell.text);
    }
    let stated = fields.line("territory_code", 20);
    let territory_code = stated.or(code).filter(|code| !code.is_empty());
    Some(Funding {
        name,
        description: fields.paragraphs("description", LONGEST_TEXT),
        funder_name: fields.line("funder_name", 500),
        funder_kind,
        forms: fields.many("forms"),
        audiences: fields.many("audiences"),
        recurrence: fields.one("recurrence"),
        call_for_projects: fields
            .parsed("call_for_projects", |cell| values::yes_or_no(&cell.text))
            .unwrap_or_default(),
        closes_on: fields.parsed("closes_on", |cell| values::date(&cell.text)),
        url: website(fields, "url"),
        territory_kind: territory_kind.unwrap_or(FundingTerritoryKind::Unspecified),
        territory_code,
        verified_on: fields.mapping.source.seen_on,
    })
}

fn commune(fields: &mut Fields<'_>, registry: &Registry) -> Option<Commune> {
    let insee_code = required(fields, "insee_code", |fields| {
        fields.parsed("insee_code", |cell| values::insee_code(&cell.text))
    })?;
    let departement = required_line(fields, "departement", 3)?;
    if registry
        .departement
        .as_ref()
        .is_some_and(|wanted| *wanted != departement)
    {
        fields.find(Code::OtherDepartement, "departement", &departement);
        return None;
    }
    let postal_codes = fields.cell("postal_codes").map(|cell| cell.text);
    let region = fields.line("region", 2);
    let named = |table: &str, code: &str| {
        let table = fields.mapping.tables.get(table)?;
        table.get(code).cloned()
    };
    let departement_name = named("departements", &departement);
    let region_name = region.as_deref().and_then(|code| named("regions", code));
    Some(Commune {
        name: required_line(fields, "name", 100)?,
        departement_name: departement_name.unwrap_or_else(|| departement.clone()),
        region,
        region_name,
        departement,
        insee_code,
        postal_codes: postal_codes
            .unwrap_or_default()
            .split(';')
            .filter(|code| !code.is_empty())
            .map(str::to_owned)
            .collect(),
        population: fields.parsed("population", |cell| values::whole(&cell.text)),
    })
}

fn intercommunality(fields: &mut Fields<'_>, registry: &Registry) -> Option<Intercommunality> {
    let siren = required(fields, "siren", |fields| {
        fields.parsed("siren", |cell| values::siren(&cell.text))
    })?;
    let name = required_line(fields, "name", 200)?;
    let kind: IntercommunalityKind = required(fields, "kind", |fields| fields.one("kind"))?;
    let column = fields
        .entity
        .fields
        .get("members")
        .map(|field| match field {
            super::mapping::Field::Column(column) => column.clone(),
            super::mapping::Field::Full(spec) => spec.columns.concat(),
        });
    let all: Vec<String> = column
        .and_then(|column| fields.row.cells.get(&column))
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|member| member.get("code")?.as_str())
        .map(str::to_owned)
        .collect();
    let members: BTreeSet<String> = all
        .iter()
        .filter(|code| registry.communes.contains(code))
        .cloned()
        .collect();
    if members.is_empty() {
        fields.find(Code::NoMember, "members", &name);
        return None;
    }
    for code in all.iter().filter(|code| !members.contains(*code)) {
        fields.find(Code::MemberUnknown, "members", code);
    }
    Some(Intercommunality {
        siren,
        name,
        kind,
        members,
    })
}

fn place(fields: &mut Fields<'_>, communes: &Communes) -> Located {
    let street = fields.line("street", 300);
    let postal_code = fields.parsed("postal_code", |cell| values::postal_code(&cell.text));
    let insee = fields.cell("commune_insee");
    let insee_code = fields.parsed("commune_insee", |cell| values::insee_code(&cell.text));
    let insee_code = insee_code.and_then(|code| communes.current(&code).map(str::to_owned));
    let name = fields.cell("commune_name");
    let coordinates = coordinates(fields);
    let found = communes.find(Address {
        insee_code: insee_code.as_deref(),
        postal_code: postal_code.as_deref(),
        name: name.as_ref().map(|cell| cell.text.as_str()),
        point: coordinates.map(|(point, _)| point),
        by_name_alone: fields.mapping.communes_by_name,
    });
    let told = name
        .map(|cell| (cell.column, cell.text))
        .or_else(|| Some(("postal_code".to_owned(), postal_code.clone()?)))
        .or_else(|| insee.map(|cell| (cell.column, cell.text)));
    match (&found, told) {
        (Some((_, Recognised::ByPostalCode)), Some((column, value))) => {
            fields.find(Code::CommuneByPostalCode, &column, &value);
        }
        (Some((_, Recognised::ByPoint)), Some((column, value))) => {
            fields.find(Code::CommuneByPoint, &column, &value);
        }
        (None, Some((column, value))) => fields.find(Code::CommuneUnknown, &column, &value),
        _ => {}
    }
    let commune = found.map(|(commune, _)| commune);
    let mut located = Located {
        commune_insee: commune.map(|commune| commune.insee_code.clone()),
        street,
        postal_code,
        ..Located::default()
    };
    if let Some((point, decimals)) = coordinates {
        let precision = precision(fields, located.street.as_deref(), decimals);
        located.point = Some((point.latitude(), point.longitude(), precision));
        located.outside_territory = judge(fields, communes, &located, point);
    } else if let Some(centroid) = commune.and_then(|commune| commune.centroid) {
        fields.find(
            Code::CommuneCentroid,
            "commune_insee",
            located.commune_insee.as_deref().unwrap_or_default(),
        );
        located.is_centroid = true;
        located.point = Some((
            centroid.latitude(),
            centroid.longitude(),
            LocationPrecision::Commune,
        ));
    }
    located
}

/// Notes what is strange about a point, and answers whether it is outside the territory.
fn judge(fields: &mut Fields<'_>, communes: &Communes, located: &Located, point: Point) -> bool {
    let text = format!("{}, {}", point.latitude(), point.longitude());
    let stated = located.commune_insee.as_deref();
    let is_near = |point: Point| {
        let centroid = stated.and_then(|code| communes.centroid(code))?;
        Some(centroid.distance_metres(point) <= FARTHEST_IN_COMMUNE)
    };
    let exchanged = Point::new(point.longitude(), point.latitude());
    let looks_exchanged = exchanged.is_some_and(|exchanged| match is_near(exchanged) {
        Some(near) => near,
        None => {
            FRANCE.0.contains(&exchanged.latitude()) && FRANCE.1.contains(&exchanged.longitude())
        }
    });
    let lies = communes.locate(point, stated);
    let far = is_near(point) == Some(false);
    let code = match lies {
        Lies::In(code) if stated.is_none_or(|stated| stated == code) => None,
        Lies::In(_) if !far => Some(Code::PointInAnotherCommune),
        Lies::Unknown if !far => None,
        _ if looks_exchanged => Some(Code::ProbablySwapped),
        Lies::In(_) => Some(Code::PointInAnotherCommune),
        Lies::Outside => Some(Code::OutsideTerritory),
        Lies::Unknown => Some(Code::FarFromCommune),
    };
    if let Some(code) = code {
        fields.find(code, "latitude", &text);
    }
    lies == Lies::Outside
}

/// The point of a row, and how many decimals its coordinates have.
fn coordinates(fields: &mut Fields<'_>) -> Option<(Point, usize)> {
    let decimals = |text: &str| {
        text.trim()
            .split_once(['.', ','])
            .map_or(0, |(_, decimals)| decimals.len())
    };
    if let (Some(x), Some(y)) = (fields.cell("lambert_x"), fields.cell("lambert_y")) {
        let point = values::decimal(&x.text)
            .ok()
            .zip(values::decimal(&y.text).ok())
            .and_then(|(x, y)| lambert::to_wgs84(x.value, y.value));
        if point.is_none() {
            fields.find(
                Code::Coordinate,
                &x.column,
                &format!("{} {}", x.text, y.text),
            );
        }
        return Some((point?, DECIMALS_OF_A_DOOR));
    }
    let (latitude, longitude) = match (fields.cell("latitude"), fields.cell("longitude")) {
        (None, None) => return None,
        (Some(one), other) if values::pair(&one.text).is_some() => {
            let (north, east) = values::pair(&one.text).unwrap_or_default();
            let of = |text: &str| Cell {
                text: text.to_owned(),
                ..one.clone()
            };
            (of(north), other.unwrap_or_else(|| of(east)))
        }
        (Some(latitude), Some(longitude)) => (latitude, longitude),
        // Half a position is none.
        (Some(half), None) | (None, Some(half)) => {
            fields.find(Code::Coordinate, &half.column, &half.text);
            return None;
        }
    };
    let mut read = |cell: &Cell| match values::decimal(&cell.text) {
        Ok(read) => Some(read.value),
        Err(code) => {
            fields.find(code, &cell.column, &cell.text);
            None
        }
    };
    let (north, east) = (read(&latitude), read(&longitude));
    let point = Point::new(north?, east?).filter(|point| !point.is_nowhere());
    let Some(point) = point else {
        let text = format!("{}, {}", latitude.text, longitude.text);
        fields.find(Code::Coordinate, &latitude.column, &text);
        return None;
    };
    Some((
        point,
        decimals(&latitude.text).max(decimals(&longitude.text)),
    ))
}

/// How precise a point is: no more than its address and its decimals.
fn precision(fields: &mut Fields<'_>, street: Option<&str>, decimals: usize) -> LocationPrecision {
    let stated = fields
        .cell("precision")
        .and_then(|cell| LocationPrecision::parse(&cell.text))
        .unwrap_or(LocationPrecision::Exact);
    let known = match street {
        None => LocationPrecision::Commune,
        Some(street) if street.contains(|character: char| character.is_ascii_digit()) => stated,
        Some(_) => LocationPrecision::Street,
    };
    if decimals < DECIMALS_OF_A_DOOR && known == LocationPrecision::Exact {
        LocationPrecision::Street
    } else {
        known
    }
}

fn opening_hours(fields: &mut Fields<'_>) -> Option<String> {
    fields.parsed("opening_hours", |cell| values::opening_hours(&cell.text))
}

fn website(fields: &mut Fields<'_>, field: &str) -> Option<String> {
    fields.parsed(field, |cell| {
        let read = values::url(&cell.text)?;
        if read.value.chars().count() > LONGEST_URL {
            return Err(Code::TooLong);
        }
        Ok(read)
    })
}

fn required_line(fields: &mut Fields<'_>, field: &str, longest: usize) -> Option<String> {
    required(fields, field, |fields| fields.line(field, longest))
}

/// A field that a row may leave out, which is told; a value that is not understood is not
/// replaced by another one, and refuses the row.
fn stated_or<T: Stored>(fields: &mut Fields<'_>, field: &str, left_out: T) -> Option<T> {
    let is_stated = fields.cell(field).is_some();
    match fields.one(field) {
        None if !is_stated => {
            let column = columns::of_field(&fields.entity.fields, field);
            fields.find(Code::DefaultValue, column.as_deref().unwrap_or(field), "");
            Some(left_out)
        }
        None => required(fields, field, |_| None),
        value => value,
    }
}

/// A field without which the row means nothing.
fn required<T>(
    fields: &mut Fields<'_>,
    field: &str,
    read: impl FnOnce(&mut Fields<'_>) -> Option<T>,
) -> Option<T> {
    let cell = fields.cell(field);
    let value = read(fields);
    if value.is_none() {
        match cell {
            Some(cell) => fields.find(Code::Unreadable, &cell.column, &cell.text),
            None => {
                let column = columns::of_field(&fields.entity.fields, field);
                fields.find(Code::Missing, column.as_deref().unwrap_or(field), "");
            }
        }
    }
    value
}
