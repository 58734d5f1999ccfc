//! The organizations of the demonstration.

use entity::values::{LegalForm, Publication};
use entity::{organization, organization_site};
use sea_orm::Set;
use serde::Deserialize;

use super::SeedError;
use super::data::{insert, parse};
use super::writer::{PlaceName, Writer};
use crate::change::Subject;
use crate::set_place;

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
    let mut rows = Vec::new();
    let mut sites = Vec::new();
    for organization in organizations.organization {
        let id = writer.create(Subject::Organization, &organization.slug, Some(1));
        if organization.site.is_some() {
            let mut site = organization_site::ActiveModel {
                id: Set(writer.clock.new_id()),
                organization_id: Set(id),
                is_head_office: Set(true),
                ..Default::default()
            };
            set_place!(site, writer.place(FILE, organization.site.as_ref())?);
            sites.push(site);
        }
        rows.push(organization::ActiveModel {
            id: Set(id),
            slug: Set(organization.slug),
            name: Set(organization.name),
            legal_form: Set(organization.legal_form),
            siren: Set(organization.siren),
            website: Set(organization.website),
            description: Set(organization.description),
            publication: Set(Publication::Published),
            revision: Set(1),
            created_at: Set(writer.now),
            updated_at: Set(writer.now),
            published_at: Set(Some(writer.now)),
            ..Default::default()
        });
    }
    insert(writer.transaction, rows).await?;
    insert(writer.transaction, sites).await
}
