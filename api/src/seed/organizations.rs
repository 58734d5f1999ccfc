//! The organizations of the demonstration.

use entity::values::LegalForm;
use serde::Deserialize;

use super::SeedError;
use super::data::parse;
use super::writer::{PlaceName, Writer};
use crate::change::Subject;
use crate::organizations::{OrganizationContent, Site};
use crate::written::StatedPlace;

const FILE: &str = "organizations.toml";
const TEXT: &str = include_str!("../../data/demo/organizations.toml");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Organizations {
    organization: Vec<Organization>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Organization {
    slug: String,
    name: String,
    legal_form: LegalForm,
    siren: Option<String>,
    website: Option<String>,
    description: Option<String>,
    site: Option<PlaceName>,
}

/// Writes the organizations and their sites.
pub async fn load(writer: &mut Writer<'_>) -> Result<(), SeedError> {
    let organizations: Organizations = parse(FILE, TEXT)?;
    let mut items = Vec::new();
    for organization in organizations.organization {
        let id = writer.create(Subject::Organization, &organization.slug, Some(1));
        let site = writer.place(FILE, organization.site.as_ref())?;
        let content = OrganizationContent {
            name: organization.name,
            acronym: None,
            legal_form: organization.legal_form,
            siae_kind: None,
            structure_kind: None,
            esus_starts_on: None,
            esus_ends_on: None,
            siren: organization.siren,
            rna: None,
            competes_on_market: None,
            description: organization.description,
            website: organization.website,
            founded_on: None,
            sites: site.into_iter().map(head_office).collect(),
        };
        items.push((id, organization.slug, content));
    }
    writer.publish(FILE, items).await
}

fn head_office(place: StatedPlace) -> Site {
    Site {
        id: None,
        name: None,
        siret: None,
        finess: None,
        is_head_office: true,
        opening_hours: None,
        wheelchair_access: None,
        place: Some(place),
    }
}
