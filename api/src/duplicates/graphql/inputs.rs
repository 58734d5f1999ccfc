//! What a form knows of a content before it is created.

use async_graphql::{Context, ID, InputObject, Result};
use uuid::Uuid;

use crate::change::Subject;
use crate::duplicates::sought::Sought;
use crate::graphql::ContextExt as _;
use crate::graphql::patch::optional;
use crate::graphql::place::PlaceInput;
use crate::id::{Kind, OrganizationRef};
use crate::organizations::graphql::OrganizationSiteInput;

/// What is known of an organization that may be in the registry.
#[derive(InputObject, Clone, Debug)]
pub struct OrganizationDuplicatesInput {
    /// Global identifier, if it was created already: those of which somebody said that they
    /// are another one are left out.
    pub id: Option<ID>,
    /// Name: 300 characters at most.
    pub name: String,
    /// SIREN, nine digits.
    pub siren: Option<String>,
    /// Number in the national register of associations: W and nine digits.
    pub rna: Option<String>,
    /// Its addresses, 100 at most.
    #[graphql(default)]
    pub sites: Vec<OrganizationSiteInput>,
}

/// What is known of an initiative that may be in the registry.
#[derive(InputObject, Clone, Debug)]
pub struct InitiativeDuplicatesInput {
    /// Global identifier, if it was created already: those of which somebody said that they
    /// are another one are left out.
    pub id: Option<ID>,
    /// Title: 200 characters at most.
    pub title: String,
    /// INSEE codes of the communes concerned, 100 at most.
    #[graphql(default)]
    pub communes: Vec<String>,
    /// Where it is.
    pub place: Option<PlaceInput>,
    /// Global identifier of the organization that leads it.
    pub lead_organization: Option<ID>,
}

/// What is known of a space that may be in the registry.
#[derive(InputObject, Clone, Debug)]
pub struct CoworkingSpaceDuplicatesInput {
    /// Global identifier, if it was created already: those of which somebody said that they
    /// are another one are left out.
    pub id: Option<ID>,
    /// Name: 300 characters at most.
    pub name: String,
    /// Where it is.
    pub place: Option<PlaceInput>,
}

impl OrganizationDuplicatesInput {
    /// What is looked for.
    ///
    /// # Errors
    /// `BAD_INPUT` when an identifier is none, or that of another type.
    pub fn sought(self, ctx: &Context<'_>) -> Result<Sought> {
        let (mut sirets, mut places) = (Vec::new(), Vec::new());
        for site in self.sites {
            sirets.extend(site.siret);
            places.extend(site.place.map(Into::into));
        }
        Ok(Sought {
            id: own(ctx, Kind::Organization, self.id)?,
            siren: self.siren,
            rna: self.rna,
            sirets,
            places,
            ..Sought::named(Subject::Organization, self.name)
        })
    }
}

impl InitiativeDuplicatesInput {
    /// What is looked for.
    ///
    /// # Errors
    /// `BAD_INPUT` when an identifier is none, or that of another type.
    pub fn sought(self, ctx: &Context<'_>) -> Result<Sought> {
        let lead: Option<OrganizationRef> = optional(self.lead_organization, ctx)?;
        Ok(Sought {
            id: own(ctx, Kind::Initiative, self.id)?,
            communes: self.communes,
            lead: lead.map(|lead| lead.0),
            places: self.place.into_iter().map(Into::into).collect(),
            ..Sought::named(Subject::Initiative, self.title)
        })
    }
}

impl CoworkingSpaceDuplicatesInput {
    /// What is looked for.
    ///
    /// # Errors
    /// `BAD_INPUT` when an identifier is none, or that of another type.
    pub fn sought(self, ctx: &Context<'_>) -> Result<Sought> {
        Ok(Sought {
            id: own(ctx, Kind::CoworkingSpace, self.id)?,
            places: self.place.into_iter().map(Into::into).collect(),
            ..Sought::named(Subject::CoworkingSpace, self.name)
        })
    }
}

fn own(ctx: &Context<'_>, kind: Kind, id: Option<ID>) -> Result<Option<Uuid>> {
    id.map(|id| ctx.uuid(kind, &id)).transpose()
}
