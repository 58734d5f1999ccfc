//! Entities as rows describe them, before they have identifiers.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use entity::values::{
    FunderKind, FundingAudience, FundingForm, FundingTerritoryKind, IntercommunalityKind,
    LegalForm, LocationPrecision, OwnerKind, Recurrence, Scope, SiaeKind, SpaceKind, Stage,
    StructureKind, WheelchairAccess,
};
use serde::Serialize;
use uuid::Uuid;

use crate::geo::Point;
use crate::place::{Place, Position};

/// What a row says of one entity.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum Draft {
    Organization(Organization),
    Space(Space),
    Initiative(Initiative),
    Funding(Funding),
    Commune(Commune),
    Intercommunality(Intercommunality),
}

/// Where something is.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Located {
    pub street: Option<String>,
    pub postal_code: Option<String>,
    pub commune_insee: Option<String>,
    pub point: Option<(f64, f64, LocationPrecision)>,
    pub outside_territory: bool,
    /// Whether the point is the centroid of the commune, which no source states.
    #[serde(skip)]
    pub is_centroid: bool,
}

/// An organization with its one site.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Organization {
    pub name: String,
    pub legal_form: LegalForm,
    pub siae_kind: Option<SiaeKind>,
    pub structure_kind: Option<StructureKind>,
    pub siren: Option<String>,
    pub siret: Option<String>,
    pub rna: Option<String>,
    pub finess: Option<String>,
    pub description: Option<String>,
    pub website: Option<String>,
    pub opening_hours: Option<String>,
    pub wheelchair_access: Option<WheelchairAccess>,
    pub place: Located,
}

/// A coworking space.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Space {
    pub name: String,
    pub kinds: BTreeSet<SpaceKind>,
    pub description: Option<String>,
    pub website: Option<String>,
    pub opening_hours: Option<String>,
    pub wheelchair_access: Option<WheelchairAccess>,
    pub owner_kind: Option<OwnerKind>,
    pub place: Located,
}

/// An initiative.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Initiative {
    pub title: String,
    pub summary: String,
    pub description: Option<String>,
    pub website: Option<String>,
    pub scope: Scope,
    pub stage: Stage,
    /// Themes, by slug.
    pub themes: BTreeSet<String>,
    pub place: Located,
    #[serde(skip_serializing_if = "Lead::is_unknown")]
    pub lead: Lead,
}

/// The organization that leads an initiative, where its row names one of the registry.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Lead {
    #[serde(skip)]
    pub named: Option<LeadNumber>,
    /// The organization, once it was looked up.
    pub id: Option<Uuid>,
}

/// The number by which a row names an organization.
#[derive(Clone, Debug, PartialEq)]
pub struct LeadNumber {
    /// The column and the text, as the file has them.
    pub column: String,
    pub text: String,
    /// The SIRET or SIREN.
    pub number: String,
}

impl Lead {
    fn is_unknown(&self) -> bool {
        self.id.is_none()
    }
}

/// A source of funding.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Funding {
    pub name: String,
    pub description: Option<String>,
    pub funder_name: Option<String>,
    pub funder_kind: FunderKind,
    pub forms: BTreeSet<FundingForm>,
    pub audiences: BTreeSet<FundingAudience>,
    pub recurrence: Option<Recurrence>,
    pub call_for_projects: bool,
    pub closes_on: Option<NaiveDate>,
    pub url: Option<String>,
    pub territory_kind: FundingTerritoryKind,
    pub territory_code: Option<String>,
    /// The day of the data: a source that says the same on another day changes nothing.
    #[serde(skip)]
    pub verified_on: NaiveDate,
}

/// A commune.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Commune {
    pub insee_code: String,
    pub name: String,
    pub departement: String,
    pub departement_name: String,
    pub region: Option<String>,
    pub region_name: Option<String>,
    pub postal_codes: Vec<String>,
    pub population: Option<i64>,
}

/// An intercommunality and the communes of the registry that are its members.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Intercommunality {
    pub siren: String,
    pub name: String,
    pub kind: IntercommunalityKind,
    pub members: BTreeSet<String>,
}

impl Draft {
    /// What the draft says, in a few characters: two that say the same have the same.
    pub fn fingerprint(&self) -> String {
        const NAMESPACE: Uuid = Uuid::from_u128(0x5d2c_9f0e_7a41_5c83_b6d0_19e4_f7a3_2b58);
        // Drafts are plain text and numbers, so that serialising them cannot fail.
        let text = serde_json::to_vec(self).unwrap_or_default();
        Uuid::new_v5(&NAMESPACE, &text).simple().to_string()
    }
}

impl Located {
    /// The place as the tables keep it.
    pub fn to_place(&self) -> Place {
        Place {
            street: self.street.clone(),
            postal_code: self.postal_code.clone(),
            commune_insee: self.commune_insee.clone(),
            position: self
                .point
                .and_then(|(latitude, longitude, precision)| {
                    Some((Point::new(latitude, longitude)?, precision))
                })
                .map(|(point, precision)| Position {
                    point,
                    precision,
                    outside_territory: self.outside_territory,
                }),
        }
    }
}
