//! What is written of organizations.

use async_graphql::{Context, ID, InputObject, Result};
use chrono::NaiveDate;
use entity::values;

use super::enums::{LegalForm, SiaeKind, StructureKind};
use crate::content_inputs;
use crate::graphql::filter::WheelchairAccess;
use crate::graphql::patch::{Given, optional};
use crate::graphql::place::PlaceInput;
use crate::graphql::scalars::Date;
use crate::organizations::content::{OrganizationContent, Site};

/// One of the addresses of an organization.
#[derive(InputObject, Clone, Debug)]
pub struct OrganizationSiteInput {
    /// Global identifier of a site that the organization has; absent for a new one.
    pub id: Option<ID>,
    /// Name, where it has one of its own: 300 characters at most.
    pub name: Option<String>,
    /// SIRET, fourteen digits.
    pub siret: Option<String>,
    /// Number in the national register of health and social establishments (FINESS), nine
    /// characters.
    pub finess: Option<String>,
    /// Whether it is the head office.
    #[graphql(default)]
    pub is_head_office: bool,
    /// Opening hours, in OpenStreetMap's syntax: 1,000 characters at most.
    pub opening_hours: Option<String>,
    /// Whether a wheelchair can enter.
    pub wheelchair_access: Option<WheelchairAccess>,
    /// Where it is.
    pub place: Option<PlaceInput>,
}

content_inputs! {
    /// A new organization.
    OrganizationCreateInput;
    /// Changes of an organization: what is absent stays, what is null is cleared.
    OrganizationUpdateInput;
    OrganizationPatch of OrganizationContent;
    compared as not_duplicate_of;
    required {
        /// Name: 300 characters at most.
        name: String as String,
        /// Legal form.
        legal_form: LegalForm as values::LegalForm,
    }
    defaulted {}
    optional {
        /// Acronym: 50 characters at most.
        acronym: String as String,
        /// Kind of work-integration enterprise, if it is one.
        siae_kind: SiaeKind as values::SiaeKind,
        /// Kind of other structure for employment, if it is one.
        structure_kind: StructureKind as values::StructureKind,
        /// First day of the approval as a solidarity enterprise of social utility (ESUS).
        esus_starts_on: Date as NaiveDate,
        /// First day on which that approval is over.
        esus_ends_on: Date as NaiveDate,
        /// SIREN, nine digits; no other organization has it.
        siren: String as String,
        /// Number in the national register of associations; no other organization has it.
        rna: String as String,
        /// Whether it competes on a market.
        competes_on_market: bool as bool,
        /// What it is and does, in Markdown: 20,000 characters at most.
        description: String as String,
        /// Web site.
        website: String as String,
        /// When it was founded.
        founded_on: Date as NaiveDate,
    }
    lists {
        /// All its addresses, 100 at most: those of the list at hand that are missing are
        /// removed.
        sites: OrganizationSiteInput as Site,
    }
}

impl Given<Site> for OrganizationSiteInput {
    fn given(self, ctx: &Context<'_>) -> Result<Site> {
        Ok(Site {
            id: optional(self.id, ctx)?,
            name: self.name,
            siret: self.siret,
            finess: self.finess,
            is_head_office: self.is_head_office,
            opening_hours: self.opening_hours,
            wheelchair_access: self.wheelchair_access.map(Into::into),
            place: self.place.map(Into::into),
        })
    }
}
