//! An organization in the public schema.

use std::sync::Arc;

use async_graphql::{Context, ID, Lookahead, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use entity::{organization, organization_site};
use uuid::Uuid;

use super::enums::{EssFamily, LegalForm, SiaeKind, StructureKind};
use super::facets::OrganizationFacets;
use super::site::{OrganizationSite, OrganizationSiteConnection};
use crate::change::Subject;
use crate::connection;
use crate::contacts::Owner;
use crate::contacts::graphql::ContactPoint;
use crate::geo::Point;
use crate::graphql::ContextExt as _;
use crate::graphql::connection::{PageArguments, list_cost};
use crate::graphql::scalars::Date;
use crate::graphql::selected;
use crate::id::{GlobalId, Kind};
use crate::initiatives::graphql::{InitiativeConnection, InitiativeFilter, InitiativeOrder};
use crate::listing::Asked;
use crate::members::graphql::{MemberConnection, MemberFilter, MemberOrder};
use crate::organizations::loaders::{
    OrganizationKey, OrganizationSlugKey, PrincipalSiteKey, SiteCommunesKey,
};
use crate::organizations::policy::ORGANIZATION;
use crate::organizations::store::OfficialNumber;
use crate::organizations::{
    OrganizationListing, OrganizationRow, SiteListing, SiteOrder, model, parts, store,
};
use crate::parts::Parts;
use crate::place_of;
use crate::review::graphql::Content;
use crate::spaces::graphql::{CoworkingSpaceConnection, CoworkingSpaceFilter, CoworkingSpaceOrder};
use crate::territory::graphql::{Commune, Distance, Location};

/// An organization of the social and solidarity economy, or one that works with it.
pub struct Organization {
    row: Arc<OrganizationRow>,
    /// The point from which the list that holds it measures.
    near: Option<Point>,
}

connection! {
    /// Organizations.
    OrganizationConnection, OrganizationEdge, Organization, OrganizationListing,
    facets: OrganizationFacets
}

impl Organization {
    /// A row as a node of a list.
    pub(crate) fn in_list(row: Arc<OrganizationRow>, listing: &OrganizationListing) -> Self {
        Self {
            row,
            near: listing.filter.place.near.map(|near| near.centre),
        }
    }

    /// The organization of this identifier, if the viewer may see it.
    pub async fn by_id(ctx: &Context<'_>, id: Uuid) -> Result<Option<Self>> {
        let parts = parts_asked(&ctx.look_ahead());
        let row = ctx.loader().load_one(OrganizationKey { id, parts }).await;
        let row = row.map_err(|error| ctx.internal(error))?;
        Ok(row.map(Self::alone))
    }

    /// The organization of this slug, if the viewer may see it.
    pub async fn by_slug(ctx: &Context<'_>, slug: String) -> Result<Option<Self>> {
        let row = ctx.loader().load_one(OrganizationSlugKey(slug)).await;
        let row = row.map_err(|error| ctx.internal(error))?;
        Ok(row.map(Self::alone))
    }

    /// The organization of this official number, if the viewer may see it.
    pub async fn by_number(ctx: &Context<'_>, number: &OfficialNumber) -> Result<Option<Self>> {
        let row = store::by_number(ctx.session(), ctx.scope(), number).await;
        let row = row.map_err(|error| ctx.internal(error))?;
        Ok(row.map(|row| Self::alone(Arc::new(row.into()))))
    }

    /// An organization that is no node of a list.
    pub fn alone(row: Arc<OrganizationRow>) -> Self {
        Self { row, near: None }
    }

    fn model(&self) -> &organization::Model {
        &self.row.organization
    }

    /// The head office, or else the first site.
    async fn principal_site(
        &self,
        ctx: &Context<'_>,
    ) -> Result<Option<Arc<organization_site::Model>>> {
        let site = ctx
            .loader()
            .load_one(PrincipalSiteKey(self.model().id))
            .await;
        site.map_err(|error| ctx.internal(error))
    }

    async fn head_office_site(
        &self,
        ctx: &Context<'_>,
    ) -> Result<Option<Arc<organization_site::Model>>> {
        let site = self.principal_site(ctx).await?;
        Ok(site.filter(|site| site.is_head_office))
    }
}

/// The parts of an organization that are asked of it.
pub fn parts_asked(asked: &Lookahead<'_>) -> Parts {
    selected(asked)
        .map(|field| match field {
            "__typename" | "id" | "slug" | "name" | "sites" | "coworkingSpaces" | "members"
            | "contactPoints" | "initiatives" => Parts::NONE,
            "commune" => parts::COMMUNE,
            _ => parts::DETAILS,
        })
        .collect()
}

/// An approval as a solidarity enterprise of social utility (entreprise solidaire d'utilité
/// sociale; code du travail, L3332-17-1).
#[derive(SimpleObject)]
pub struct EsusApproval {
    /// First day.
    starts_on: Date,
    /// First day on which it no longer holds; null if it is not known.
    ends_on: Option<Date>,
}

/// An organization of the social and solidarity economy, or one that works with it.
#[Object]
impl Organization {
    /// Global identifier.
    pub async fn id(&self) -> ID {
        GlobalId {
            kind: Kind::Organization,
            uuid: self.model().id,
        }
        .to_string()
        .into()
    }

    /// Name for addresses of pages, unique among organizations.
    async fn slug(&self) -> &str {
        &self.model().slug
    }

    /// Name.
    async fn name(&self) -> &str {
        &self.model().name
    }

    /// Acronym.
    async fn acronym(&self) -> Option<&str> {
        self.model().acronym.as_deref()
    }

    /// Legal form.
    async fn legal_form(&self) -> LegalForm {
        self.model().legal_form.into()
    }

    /// Family of the social and solidarity economy that follows from its legal form; null
    /// for public bodies, ordinary companies and where the form is not known.
    async fn ess_family(&self) -> Option<EssFamily> {
        model::EssFamily::of(self.model().legal_form).map(Into::into)
    }

    /// Kind of work-integration enterprise.
    async fn siae_kind(&self) -> Option<SiaeKind> {
        self.model().siae_kind.map(Into::into)
    }

    /// Kind of structure for employment that is not a work-integration enterprise.
    async fn structure_kind(&self) -> Option<StructureKind> {
        self.model().structure_kind.map(Into::into)
    }

    /// Approval as a solidarity enterprise of social utility (ESUS), past or present.
    async fn esus(&self) -> Option<EsusApproval> {
        Some(EsusApproval {
            starts_on: Date(self.model().esus_starts_on?),
            ends_on: self.model().esus_ends_on.map(Date),
        })
    }

    /// Whether the approval as a solidarity enterprise of social utility (ESUS) is in force
    /// on a date.
    async fn is_esus_on(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The date; today if absent.")] date: Option<Date>,
    ) -> bool {
        model::is_esus_on(self.model(), ctx.date_or_today(date))
    }

    /// SIREN, nine digits.
    async fn siren(&self) -> Option<&str> {
        self.model().siren.as_deref()
    }

    /// SIRET of the head office, fourteen digits.
    async fn siret(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let site = self.head_office_site(ctx).await?;
        Ok(site.and_then(|site| site.siret.clone()))
    }

    /// Number in the national register of associations: W and nine digits.
    async fn rna(&self) -> Option<&str> {
        self.model().rna.as_deref()
    }

    /// Whether it competes on a market; null if that is not known.
    async fn competes_on_market(&self) -> Option<bool> {
        self.model().competes_on_market
    }

    /// What it is and does, in Markdown.
    async fn description(&self) -> Option<&str> {
        self.model().description.as_deref()
    }

    /// Web site.
    async fn website(&self) -> Option<&str> {
        self.model().website.as_deref()
    }

    /// Day of its foundation.
    async fn founded_on(&self) -> Option<Date> {
        self.model().founded_on.map(Date)
    }

    /// The head office, if it is known.
    async fn head_office(&self, ctx: &Context<'_>) -> Result<Option<OrganizationSite>> {
        let site = self.head_office_site(ctx).await?;
        Ok(site.map(OrganizationSite::new))
    }

    /// The commune of the head office or, if that is not known, of the first site.
    async fn commune(&self, ctx: &Context<'_>) -> Result<Option<Commune>> {
        let insee_code = match &self.row.commune_insee {
            Some(read) => read.clone(),
            None => {
                let site = self.principal_site(ctx).await?;
                site.and_then(|site| site.commune_insee.clone())
            }
        };
        Ok(
            insee_code
                .and_then(|insee_code| ctx.territory().commune(&insee_code).map(Commune::new)),
        )
    }

    /// The position of the head office or, if that is not known, of the first site.
    async fn location(&self, ctx: &Context<'_>) -> Result<Option<Location>> {
        let site = self.principal_site(ctx).await?;
        Ok(site
            .and_then(|site| place_of!(site).position)
            .map(Into::into))
    }

    /// Distance of its nearest site from the position of the list's filter `near` or
    /// `nearStation`; null without it.
    async fn distance(&self, ctx: &Context<'_>) -> Result<Option<Distance>> {
        let Some(centre) = self.near else {
            return Ok(None);
        };
        let listing = SiteListing {
            organization_id: self.model().id,
            order: SiteOrder::Distance(centre),
        };
        let page = ctx
            .loader()
            .load_one(Asked::new(listing, SiteListing::first()))
            .await
            .map_err(|error| ctx.internal(error))?;
        Ok(page
            .and_then(|page| page.rows.into_iter().next())
            .and_then(|site| place_of!(site).position)
            .map(|position| Distance::between(position, centre)))
    }

    /// Its addresses, the head office first.
    #[graphql(complexity = "list_cost(first, last, child_complexity)")]
    async fn sites(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Nodes from the beginning, 1 to 100; 20 if nothing is asked.")]
        first: Option<i32>,
        #[graphql(desc = "Only nodes after this cursor.")] after: Option<String>,
        #[graphql(desc = "Nodes from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only nodes before this cursor.")] before: Option<String>,
    ) -> Result<Option<OrganizationSiteConnection>> {
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
        };
        let listing = SiteListing {
            organization_id: self.model().id,
            order: SiteOrder::HeadOfficeFirst,
        };
        OrganizationSiteConnection::load(ctx, listing, arguments).await
    }

    /// The coworking spaces that it runs.
    #[graphql(complexity = "list_cost(first, last, child_complexity)")]
    #[expect(
        clippy::too_many_arguments,
        reason = "the arguments of a connection, its filter and its order"
    )]
    async fn coworking_spaces(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which spaces.")] filter: Option<CoworkingSpaceFilter>,
        #[graphql(desc = "In which order.", default)] order: CoworkingSpaceOrder,
        #[graphql(desc = "Nodes from the beginning, 1 to 100; 20 if nothing is asked.")]
        first: Option<i32>,
        #[graphql(desc = "Only nodes after this cursor.")] after: Option<String>,
        #[graphql(desc = "Nodes from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only nodes before this cursor.")] before: Option<String>,
    ) -> Result<Option<CoworkingSpaceConnection>> {
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
        };
        let mut listing = CoworkingSpaceFilter::listing(filter, ctx, order).await?;
        Arc::make_mut(&mut listing.filter).run_by(self.model().id);
        CoworkingSpaceConnection::load(ctx, listing, arguments).await
    }

    /// The members of the network who belong to it.
    #[graphql(complexity = "list_cost(first, last, child_complexity)")]
    #[expect(
        clippy::too_many_arguments,
        reason = "the arguments of a connection, its filter and its order"
    )]
    async fn members(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which members.")] filter: Option<MemberFilter>,
        #[graphql(desc = "In which order.", default)] order: MemberOrder,
        #[graphql(desc = "Nodes from the beginning, 1 to 100; 20 if nothing is asked.")]
        first: Option<i32>,
        #[graphql(desc = "Only nodes after this cursor.")] after: Option<String>,
        #[graphql(desc = "Nodes from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only nodes before this cursor.")] before: Option<String>,
    ) -> Result<Option<MemberConnection>> {
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
        };
        let mut listing = MemberFilter::listing(filter, ctx, order).await?;
        Arc::make_mut(&mut listing.filter).belong_to(self.model().id);
        MemberConnection::load(ctx, listing, arguments).await
    }

    /// Ways to reach it that may lawfully be shown.
    async fn contact_points(&self, ctx: &Context<'_>) -> Result<Vec<ContactPoint>> {
        ContactPoint::of(ctx, Owner::Organization(self.model().id)).await
    }

    /// Initiatives that it leads, or takes part in.
    #[graphql(complexity = "list_cost(first, last, child_complexity)")]
    #[expect(
        clippy::too_many_arguments,
        reason = "the arguments of a connection, its filter and its order"
    )]
    async fn initiatives(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which initiatives.")] filter: Option<InitiativeFilter>,
        #[graphql(desc = "In which order.", default)] order: InitiativeOrder,
        #[graphql(desc = "Nodes from the beginning, 1 to 100; 20 if nothing is asked.")]
        first: Option<i32>,
        #[graphql(desc = "Only nodes after this cursor.")] after: Option<String>,
        #[graphql(desc = "Nodes from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only nodes before this cursor.")] before: Option<String>,
    ) -> Result<Option<InitiativeConnection>> {
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
        };
        let mut listing = InitiativeFilter::listing(filter, ctx, order).await?;
        Arc::make_mut(&mut listing.criteria).organization = Some(self.model().id);
        InitiativeConnection::load(ctx, listing, arguments).await
    }

    /// When it came into the registry.
    async fn created_at(&self) -> DateTime<Utc> {
        self.model().created_at
    }

    /// When it was last changed in the registry.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.model().updated_at
    }

    /// When someone last confirmed that it is still true.
    async fn confirmed_at(&self) -> Option<DateTime<Utc>> {
        self.model().confirmed_at
    }

    /// The day since which it is stale: nobody confirmed for more than a year that it is still
    /// true, although its owner was asked; null if it is not.
    async fn stale_since(&self) -> Option<Date> {
        self.model().stale_since.map(Date)
    }

    /// What the viewer can do with it.
    #[graphql(flatten)]
    async fn content(&self, ctx: &Context<'_>) -> Result<Content> {
        let row = self.model();
        let communes = match ctx.scope().viewer.principal() {
            Some(_) => ctx.loader().load_one(SiteCommunesKey(row.id)).await,
            None => Ok(None),
        };
        let communes = communes.map_err(|error| ctx.internal(error))?;
        let head = store::head(row, communes.unwrap_or_default());
        Ok(Content::of(
            ctx,
            Subject::Organization,
            &head,
            &ORGANIZATION,
        ))
    }
}
