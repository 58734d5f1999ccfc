//! From a row to the entities it tells of.

use std::collections::BTreeSet;

use entity::values::{
    FunderKind, FundingTerritoryKind, IntercommunalityKind, LegalForm, LocationPrecision, Scope,
    Stage,
};
use serde_json::Value;

use super::columns;
use super::drafts::{
    Commune, Draft, Funding, Initiative, Intercommunality, Lead, LeadNumber, Located, Organization,
    Space,
};
use super::fields::Fields;
use super::identifiers::{is_finess, is_rna};
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
    let siret = fields.parsed("siret", |cell| values::siret(&cell.text, cell.is_number));
    let siren = fields.parsed("siren", |cell| values::siren(&cell.text, cell.is_number));
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
        rna: fields.parsed("rna", |cell| checked(&cell.text, is_rna, Code::Rna)),
        finess: fields.parsed("finess", |cell| {
            checked(&cell.text, is_finess, Code::Finess)
        }),
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
    Some(Initiative {
        title: required_line(fields, "title", 200)?,
        summary: required_line(fields, "summary", 300)?,
        description: fields.paragraphs("description", LONGEST_TEXT),
        website: website(fields, "website"),
        scope: fields.one("scope").unwrap_or(Scope::Local),
        stage: fields.one("stage").unwrap_or(Stage::Running),
        themes: themes(fields, registry),
        lead: lead(fields),
        place: place(fields, &registry.communes),
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
        let read = values::siret(&cell.text, cell.is_number)?;
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
    let (territory_kind, territory_code) = match fields.by_rule("territory_kind") {
        Some(text) => match text.split_once(':') {
            Some((kind, code)) => (
                FundingTerritoryKind::parse(kind),
                Some(code.to_owned()).filter(|code| !code.is_empty()),
            ),
            None => (FundingTerritoryKind::parse(&text), None),
        },
        None => (None, None),
    };
    Some(Funding {
        name,
        description: fields.paragraphs("description", LONGEST_TEXT),
        funder_name: fields.line("funder_name", 500),
        funder_kind: fields
            .by_rule("funder_kind")
            .and_then(|kind| FunderKind::parse(&kind))
            .unwrap_or(FunderKind::Other),
        forms: fields.many("forms"),
        audiences: fields.many("audiences"),
        recurrence: fields.one("recurrence"),
        call_for_projects: fields.cell("call_for_projects").is_some_and(|cell| {
            ["oui", "true", "yes"].contains(&super::codes::key(&cell.text).as_str())
        }),
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
        fields.parsed("siren", |cell| values::siren(&cell.text, cell.is_number))
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
    let insee_code = fields.parsed("commune_insee", |cell| values::insee_code(&cell.text));
    let name = fields.cell("commune_name");
    let coordinates = coordinates(fields);
    let found = communes.find(Address {
        insee_code: insee_code.as_deref().filter(|code| communes.contains(code)),
        postal_code: postal_code.as_deref(),
        name: name.as_ref().map(|cell| cell.text.as_str()),
        point: coordinates.map(|(point, _)| point),
        by_name_alone: fields.mapping.communes_by_name,
    });
    let told = name
        .map(|cell| (cell.column, cell.text))
        .or_else(|| Some(("postal_code".to_owned(), postal_code.clone()?)));
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
    match communes.locate(point, stated) {
        Lies::In(code) => {
            if stated.is_some_and(|stated| stated != code) {
                fields.find(Code::PointInAnotherCommune, "latitude", &text);
            }
            false
        }
        Lies::Unknown => false,
        Lies::Outside => {
            let (latitude, longitude) = (point.latitude(), point.longitude());
            let swapped = (-6.0..=10.0).contains(&latitude) && (41.0..=52.0).contains(&longitude);
            let code = if swapped {
                Code::ProbablySwapped
            } else {
                Code::OutsideTerritory
            };
            fields.find(code, "latitude", &text);
            true
        }
    }
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
    let (latitude, longitude) = (fields.cell("latitude")?, fields.cell("longitude")?);
    let (north, east) = (
        fields.parsed("latitude", |cell| values::decimal(&cell.text))?,
        fields.parsed("longitude", |cell| values::decimal(&cell.text))?,
    );
    let Some(point) = Point::new(north, east) else {
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
    let hours = fields.parsed("opening_hours", |cell| values::opening_hours(&cell.text))?;
    (hours.len() <= 1000).then_some(hours)
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

fn checked(text: &str, is_sound: fn(&str) -> bool, code: Code) -> Result<Read<String>, Code> {
    let text = text.trim();
    if is_sound(text) {
        Ok(Read {
            value: text.to_owned(),
            notes: Vec::new(),
        })
    } else {
        Err(code)
    }
}

fn required_line(fields: &mut Fields<'_>, field: &str, longest: usize) -> Option<String> {
    required(fields, field, |fields| fields.line(field, longest))
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
