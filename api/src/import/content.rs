//! Drafts as contents of the registry, and which part of a content each field of a mapping
//! states.

use std::collections::BTreeSet;

use entity::values::StateAidRegime;
use uuid::Uuid;

use super::drafts::{Funding, Initiative, Located, Organization, Space};
use super::mapping::EntityKind;
use super::plan::Planned;
use crate::funding::{FundingContent, OpenTo};
use crate::id::{OrganizationRef, SiteRef};
use crate::initiatives::model::InitiativeContent;
use crate::organizations::{OrganizationContent, Site};
use crate::review::Reviewed;
use crate::spaces::SpaceContent;
use crate::written::{StatedLocation, StatedPlace};

/// Paths of a content that change only along with others.
pub const ALONG: &[&str] = &["verifiedOn"];

/// A draft that becomes a reviewed item.
pub trait ReviewedDraft {
    type Content: Reviewed;

    /// The content of the item. What the row does not state has its neutral value.
    fn content(&self, entity: &Planned) -> Self::Content;
}

/// The paths within the content of an item that its mapping states through `fields`.
pub fn paths(kind: EntityKind, id: Uuid, fields: &BTreeSet<&str>) -> Vec<String> {
    let mut paths: Vec<String> = table(kind)
        .iter()
        .filter(|(field, _)| fields.contains(field))
        .flat_map(|(_, paths)| paths.iter().map(|path| full(path, id)))
        .collect();
    paths.sort_unstable();
    paths.dedup();
    paths
}

/// All paths within the content of an item that a mapping may state.
pub fn all_paths(kind: EntityKind, id: Uuid) -> Vec<String> {
    let fields = table(kind).iter().map(|(field, _)| *field).collect();
    paths(kind, id, &fields)
}

/// The fields of a mapping that may state the value at a path, the likeliest first.
pub fn fields_at(kind: EntityKind, id: Uuid, path: &str) -> Vec<&'static str> {
    table(kind)
        .iter()
        .filter(|(_, paths)| paths.iter().any(|one| full(one, id) == path))
        .map(|(field, _)| *field)
        .collect()
}

/// The identifier of the site that an import gives to an organization.
pub fn site_id(organization: Uuid) -> SiteRef {
    SiteRef(Uuid::new_v5(&organization, b"imported site"))
}

/// `@` stands for the site that the import describes.
fn full(path: &str, id: Uuid) -> String {
    if path.contains('@') {
        path.replace('@', &format!("sites.{}", site_id(id)))
    } else {
        path.to_owned()
    }
}

type Table = &'static [(&'static str, &'static [&'static str])];

fn table(kind: EntityKind) -> Table {
    match kind {
        EntityKind::Organization => ORGANIZATION,
        EntityKind::Space => SPACE,
        EntityKind::Initiative => INITIATIVE,
        EntityKind::Funding => FUNDING,
        EntityKind::Commune | EntityKind::Intercommunality => &[],
    }
}

const ORGANIZATION: Table = &[
    ("name", &["name"]),
    ("legal_form", &["legalForm"]),
    ("siae_kind", &["siaeKind"]),
    ("structure_kind", &["structureKind"]),
    ("siren", &["siren"]),
    ("siret", &["@.siret", "siren"]),
    ("rna", &["rna"]),
    ("finess", &["@.finess"]),
    ("description", &["description"]),
    ("website", &["website"]),
    ("opening_hours", &["@.openingHours"]),
    ("wheelchair_access", &["@.wheelchairAccess"]),
    ("street", &["@.place.street"]),
    ("postal_code", &["@.place.postalCode", "@.place.commune"]),
    ("commune_name", &["@.place.commune"]),
    ("commune_insee", &["@.place.commune"]),
    ("latitude", &["@.place.location", "@.place.commune"]),
    ("longitude", &["@.place.location"]),
    ("lambert_x", &["@.place.location", "@.place.commune"]),
    ("lambert_y", &["@.place.location"]),
    ("precision", &["@.place.location"]),
];

const SPACE: Table = &[
    ("name", &["name"]),
    ("kinds", &["kinds"]),
    ("description", &["description"]),
    ("website", &["website"]),
    ("opening_hours", &["openingHours"]),
    ("wheelchair_access", &["wheelchairAccess"]),
    ("owner_kind", &["ownerKind"]),
    ("street", &["place.street"]),
    ("postal_code", &["place.postalCode", "place.commune"]),
    ("commune_name", &["place.commune"]),
    ("commune_insee", &["place.commune"]),
    ("latitude", &["place.location", "place.commune"]),
    ("longitude", &["place.location"]),
    ("lambert_x", &["place.location", "place.commune"]),
    ("lambert_y", &["place.location"]),
    ("precision", &["place.location"]),
    (SAME_ROW, &["operator"]),
];

const INITIATIVE: Table = &[
    ("title", &["title"]),
    ("summary", &["summary"]),
    ("description", &["description"]),
    ("website", &["website"]),
    ("scope", &["scope"]),
    ("stage", &["stage"]),
    ("themes", &["themes"]),
    ("lead_siret", &["leadOrganization"]),
    ("street", &["place.street"]),
    (
        "postal_code",
        &["place.postalCode", "place.commune", "communes"],
    ),
    ("commune_name", &["place.commune", "communes"]),
    ("commune_insee", &["place.commune", "communes"]),
    ("latitude", &["place.location", "place.commune", "communes"]),
    ("longitude", &["place.location"]),
    (
        "lambert_x",
        &["place.location", "place.commune", "communes"],
    ),
    ("lambert_y", &["place.location"]),
    ("precision", &["place.location"]),
    (SAME_ROW, &["leadOrganization"]),
];

const FUNDING: Table = &[
    ("name", &["name"]),
    ("description", &["description"]),
    ("funder_name", &["funderName"]),
    ("funder_kind", &["funderKind"]),
    ("forms", &["forms"]),
    ("audiences", &["audiences"]),
    ("recurrence", &["recurrence"]),
    ("call_for_projects", &["callForProjects"]),
    ("closes_on", &["closesOn"]),
    ("url", &["url"]),
    ("territory_kind", &["territory"]),
    ("territory_code", &["territory"]),
    (ALWAYS, &["verifiedOn"]),
];

/// Stands for the organization that the same row becomes.
pub const SAME_ROW: &str = "organization of the row";

/// Stands for what the source itself states.
pub const ALWAYS: &str = "source";

impl ReviewedDraft for Organization {
    type Content = OrganizationContent;

    fn content(&self, entity: &Planned) -> OrganizationContent {
        OrganizationContent {
            name: self.name.clone(),
            acronym: None,
            legal_form: self.legal_form,
            siae_kind: self.siae_kind,
            structure_kind: self.structure_kind,
            esus_starts_on: None,
            esus_ends_on: None,
            siren: self.siren.clone(),
            rna: self.rna.clone(),
            competes_on_market: None,
            description: self.description.clone(),
            website: self.website.clone(),
            founded_on: None,
            sites: vec![Site {
                id: Some(site_id(entity.id)),
                name: None,
                siret: self.siret.clone(),
                finess: self.finess.clone(),
                is_head_office: false,
                opening_hours: self.opening_hours.clone(),
                wheelchair_access: self.wheelchair_access,
                place: self.place.stated(),
            }],
        }
    }
}

impl ReviewedDraft for Space {
    type Content = SpaceContent;

    fn content(&self, entity: &Planned) -> SpaceContent {
        SpaceContent {
            name: self.name.clone(),
            description: self.description.clone(),
            kinds: self.kinds.iter().copied().collect(),
            amenities: Vec::new(),
            surface_m2: None,
            desks: None,
            meeting_rooms: None,
            operator: entity.organization.map(OrganizationRef),
            owner: None,
            owner_kind: self.owner_kind,
            wheelchair_access: self.wheelchair_access,
            opening_hours: self.opening_hours.clone(),
            website: self.website.clone(),
            place: self.place.stated(),
            occupancies: Vec::new(),
            tariffs: Vec::new(),
            periods: Vec::new(),
        }
    }
}

impl ReviewedDraft for Initiative {
    type Content = InitiativeContent;

    fn content(&self, entity: &Planned) -> InitiativeContent {
        let lead = entity.organization.or(self.lead.id);
        InitiativeContent {
            title: self.title.clone(),
            summary: self.summary.clone(),
            description: self.description.clone(),
            scope: self.scope,
            stage: self.stage,
            themes: self.themes.iter().cloned().collect(),
            communes: self.place.commune_insee.iter().cloned().collect(),
            needs: Vec::new(),
            place: self.place.stated(),
            lead_organization: lead.map(OrganizationRef),
            partners: Vec::new(),
            inspired_by: None,
            website: self.website.clone(),
            starts_on: None,
            ends_on: None,
            jobs_created: None,
            people_served: None,
            replicable: None,
            lessons: Vec::new(),
            documents: Vec::new(),
        }
    }
}

impl ReviewedDraft for Funding {
    type Content = FundingContent;

    fn content(&self, _: &Planned) -> FundingContent {
        FundingContent {
            name: self.name.clone(),
            description: self.description.clone(),
            funder_name: self.funder_name.clone(),
            funder: None,
            funder_kind: self.funder_kind,
            forms: self.forms.iter().copied().collect(),
            audiences: self.audiences.iter().copied().collect(),
            legal_basis: None,
            min_amount: None,
            max_amount: None,
            max_share_percent: None,
            recurrence: self.recurrence,
            call_for_projects: self.call_for_projects,
            opens_on: None,
            closes_on: self.closes_on,
            state_aid_regime: StateAidRegime::None,
            url: self.url.clone(),
            verified_on: Some(self.verified_on),
            territory: OpenTo {
                kind: self.territory_kind,
                code: self.territory_code.clone(),
            },
            rules: Vec::new(),
        }
    }
}

impl Located {
    /// The place as a content states it: what is known only by its commune has no point of
    /// its own.
    fn stated(&self) -> Option<StatedPlace> {
        StatedPlace {
            street: self.street.clone(),
            postal_code: self.postal_code.clone(),
            commune: self.commune_insee.clone(),
            location: self.point.filter(|_| !self.is_centroid).map(
                |(latitude, longitude, precision)| StatedLocation {
                    latitude,
                    longitude,
                    precision,
                },
            ),
        }
        .tidied()
    }
}
