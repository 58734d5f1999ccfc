//! Sites of organizations in the public schema.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use entity::organization_site;

use crate::connection;
use crate::graphql::ContextExt as _;
use crate::graphql::filter::WheelchairAccess;
use crate::id::SiteRef;
use crate::organizations::SiteListing;
use crate::place::Place;
use crate::place_of;
use crate::territory::graphql::{Address, Commune, Location};

/// One of the addresses of an organization.
pub struct OrganizationSite(Arc<organization_site::Model>);

connection! {
    /// Sites of an organization, its head office first.
    OrganizationSiteConnection, OrganizationSiteEdge, OrganizationSite, SiteListing
}

impl OrganizationSite {
    /// The site as the schema shows it.
    pub fn new(row: Arc<organization_site::Model>) -> Self {
        Self(row)
    }

    /// A row as a node of a list.
    pub(crate) fn in_list(row: Arc<organization_site::Model>, _: &SiteListing) -> Self {
        Self(row)
    }

    fn place(&self) -> Place {
        place_of!(self.0)
    }
}

/// One of the addresses of an organization.
#[Object]
impl OrganizationSite {
    /// Global identifier, by which an update names it.
    async fn id(&self) -> ID {
        SiteRef(self.0.id).to_string().into()
    }

    /// Name, where it has one of its own.
    async fn name(&self) -> Option<&str> {
        self.0.name.as_deref()
    }

    /// SIRET, fourteen digits.
    async fn siret(&self) -> Option<&str> {
        self.0.siret.as_deref()
    }

    /// Number in the national register of health and social establishments (FINESS), nine
    /// characters.
    async fn finess(&self) -> Option<&str> {
        self.0.finess.as_deref()
    }

    /// Whether it is the head office.
    async fn is_head_office(&self) -> bool {
        self.0.is_head_office
    }

    /// Opening hours, in OpenStreetMap's syntax.
    async fn opening_hours(&self) -> Option<&str> {
        self.0.opening_hours.as_deref()
    }

    /// Whether a wheelchair can enter.
    async fn wheelchair_access(&self) -> Option<WheelchairAccess> {
        self.0.wheelchair_access.map(Into::into)
    }

    /// Postal address.
    async fn address(&self) -> Address {
        Address(self.place())
    }

    /// The commune, if the registry knows it.
    async fn commune(&self, ctx: &Context<'_>) -> Option<Commune> {
        let insee_code = self.0.commune_insee.as_deref()?;
        ctx.territory().commune(insee_code).map(Commune::new)
    }

    /// Position, and how precisely it is known.
    async fn location(&self) -> Option<Location> {
        self.place().position.map(Into::into)
    }
}
