//! An initiative in the public schema.

use std::sync::Arc;

use async_graphql::{Context, ID, Lookahead, Object, Result};
use chrono::{DateTime, Utc};
use entity::initiative;
use uuid::Uuid;

use super::enums::{Need, Scope, Stage};
use super::facets::InitiativeFacets;
use super::filter::{InitiativeFilter, InitiativeOrder};
use super::parts::{Document, Lesson, Partner};
use crate::change::Subject;
use crate::connection;
use crate::contacts::Owner;
use crate::contacts::graphql::ContactPoint;
use crate::funding;
use crate::funding::graphql::{
    FinancingLine, FundingSource, parts_asked as source_parts_asked, sources_of,
};
use crate::geo::Point;
use crate::graphql::ContextExt as _;
use crate::graphql::connection::{PageArguments, list_cost, page_size};
use crate::graphql::scalars::Date;
use crate::graphql::{parts_of_nodes, selected};
use crate::id::{GlobalId, Kind};
use crate::initiatives::InitiativeListing;
use crate::initiatives::loaders::{
    CommunesKey, DescriptionKey, DocumentsKey, InitiativeKey, InitiativeSlugKey, LessonsKey,
    NeedsKey, PartnersKey, ThemesKey,
};
use crate::initiatives::parts;
use crate::initiatives::policy::INITIATIVE;
use crate::initiatives::store::InitiativeRow;
use crate::markdown;
use crate::organizations;
use crate::organizations::graphql::{Organization, parts_asked as organization_parts_asked};
use crate::parts::Parts;
use crate::place::Place;
use crate::place_of;
use crate::review::graphql::{Content, RevisionConnection};
use crate::review::{Head, RevisionListing};
use crate::territory::graphql::{
    Address, Commune, Distance, Location, NearbyStation, nearest_stations,
};
use crate::themes::graphql::Theme;

/// An initiative of the social and solidarity economy.
pub struct Initiative {
    row: Arc<InitiativeRow>,
    /// What was read of it.
    parts: Parts,
    /// The point from which the list that holds it measures.
    near: Option<Point>,
}

connection! {
    /// Initiatives.
    InitiativeConnection, InitiativeEdge, Initiative, InitiativeListing,
    facets: InitiativeFacets
}

impl Initiative {
    /// A row as a node of a list.
    pub(crate) fn in_list(row: Arc<InitiativeRow>, listing: &InitiativeListing) -> Self {
        Self {
            row,
            parts: listing.parts,
            near: listing.criteria.place.near.map(|near| near.centre),
        }
    }

    /// The initiative of this identifier, if the viewer may see it.
    pub async fn by_id(ctx: &Context<'_>, id: Uuid) -> Result<Option<Self>> {
        let parts = parts_asked(&ctx.look_ahead());
        let row = ctx.loader().load_one(InitiativeKey { id, parts }).await;
        let row = row.map_err(|error| ctx.internal(error))?;
        Ok(row.map(|row| Self::alone(row, parts)))
    }

    /// The initiative of this slug, if the viewer may see it.
    pub async fn by_slug(ctx: &Context<'_>, slug: String) -> Result<Option<Self>> {
        let parts = parts_asked(&ctx.look_ahead());
        let key = InitiativeSlugKey { slug, parts };
        let row = ctx.loader().load_one(key).await;
        let row = row.map_err(|error| ctx.internal(error))?;
        Ok(row.map(|row| Self::alone(row, parts)))
    }

    fn alone(row: Arc<InitiativeRow>, parts: Parts) -> Self {
        Self {
            row,
            parts,
            near: None,
        }
    }

    fn model(&self) -> &initiative::Model {
        &self.row.initiative
    }

    fn place(&self) -> Place {
        place_of!(self.model())
    }

    async fn markdown(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        if self.parts.have(parts::DESCRIPTION) {
            return Ok(self.model().description.clone());
        }
        let text = ctx.loader().load_one(DescriptionKey(self.model().id)).await;
        text.map_err(|error| ctx.internal(error))
    }
}

/// The parts of an initiative that are asked of it.
fn parts_asked(asked: &Lookahead<'_>) -> Parts {
    let own = selected(asked).map(|field| match field {
        "__typename" | "id" | "slug" | "title" | "summary" | "scope" | "stage" | "needs"
        | "leadOrganization" | "partners" | "financingLines" | "fundingSources"
        | "contactPoints" | "communes" | "commune" | "lessons" | "documents" | "inspired"
        | "revisions" | "updatedAt" => Parts::NONE,
        "description" | "descriptionHtml" => parts::DESCRIPTION,
        "themes" => parts::THEMES,
        "location" | "distance" | "nearestStations" => parts::PLACE,
        _ => parts::PLACE | parts::DETAILS,
    });
    own.collect::<Parts>()
        | parts_of_lead(&asked.field("leadOrganization"))
        | parts_of_sources(&asked.field("fundingSources"))
}

/// The parts by which the organization that leads an initiative is read with it, if what is
/// asked of that is little.
fn parts_of_lead(asked: &Lookahead<'_>) -> Parts {
    let of_lead = organization_parts_asked(asked);
    if !asked.exists() || of_lead.have(organizations::parts::DETAILS) {
        Parts::NONE
    } else if of_lead.have(organizations::parts::COMMUNE) {
        parts::LEAD | parts::LEAD_COMMUNE
    } else {
        parts::LEAD
    }
}

/// The part by which the sources that finance an initiative are read with it, if no detail
/// of them is asked.
fn parts_of_sources(asked: &Lookahead<'_>) -> Parts {
    if asked.exists() && source_parts_asked(asked) == Parts::NONE {
        parts::SOURCES
    } else {
        Parts::NONE
    }
}

/// The same for the nodes of the list at hand, whose themes and sources are cheaper read
/// together.
pub(super) fn parts_asked_of_nodes(ctx: &Context<'_>) -> Parts {
    parts_of_nodes(ctx, parts_asked).without(parts::THEMES | parts::SOURCES)
}

/// An initiative of the social and solidarity economy.
#[Object]
impl Initiative {
    /// Global identifier.
    pub async fn id(&self) -> ID {
        GlobalId {
            kind: Kind::Initiative,
            uuid: self.model().id,
        }
        .to_string()
        .into()
    }

    /// Name for addresses of pages, unique among initiatives.
    async fn slug(&self) -> &str {
        &self.model().slug
    }

    /// Title.
    async fn title(&self) -> &str {
        &self.model().title
    }

    /// What it is, in 300 characters at most.
    async fn summary(&self) -> &str {
        &self.model().summary
    }

    /// What it is and how it works, in Markdown.
    async fn description(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        self.markdown(ctx).await
    }

    /// What it is and how it works, in HTML without scripts, styles and images.
    async fn description_html(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let text = self.markdown(ctx).await?;
        Ok(text.as_deref().map(markdown::html))
    }

    /// Its themes, in the order of the taxonomy.
    async fn themes(&self, ctx: &Context<'_>) -> Result<Vec<Theme>> {
        let themes = ctx.themes();
        let ids: Vec<Uuid> = if self.parts.have(parts::THEMES) {
            let slugs = self.row.themes.as_deref().unwrap_or_default();
            slugs
                .split(',')
                .filter_map(|slug| themes.by_slug(slug))
                .map(|theme| theme.id)
                .collect()
        } else {
            let rows = ctx.loader().load_one(ThemesKey(self.model().id)).await;
            let rows = rows.map_err(|error| ctx.internal(error))?;
            rows.iter().flatten().map(|row| row.theme_id).collect()
        };
        Ok(themes.of_ids(&ids).into_iter().map(Theme::new).collect())
    }

    /// How far it reaches.
    async fn scope(&self) -> Scope {
        self.model().scope.into()
    }

    /// How far it has come.
    async fn stage(&self) -> Stage {
        self.model().stage.into()
    }

    /// What it looks for.
    async fn needs(&self, ctx: &Context<'_>) -> Result<Vec<Need>> {
        let rows = ctx.loader().load_one(NeedsKey(self.model().id)).await;
        let rows = rows.map_err(|error| ctx.internal(error))?;
        Ok(rows
            .into_iter()
            .flatten()
            .map(|row| row.need.into())
            .collect())
    }

    /// The organization that leads it.
    async fn lead_organization(&self, ctx: &Context<'_>) -> Result<Option<Organization>> {
        if self.parts.have(parts::LEAD) {
            return Ok(self.row.lead.clone().map(Organization::alone));
        }
        match self.model().lead_organization_id {
            Some(id) => Organization::by_id(ctx, id).await,
            None => Ok(None),
        }
    }

    /// The organizations that take part in it, each with what it does.
    async fn partners(&self, ctx: &Context<'_>) -> Result<Vec<Partner>> {
        let rows = ctx.loader().load_one(PartnersKey(self.model().id)).await;
        let rows = rows
            .map_err(|error| ctx.internal(error))?
            .unwrap_or_default();
        let organizations = rows
            .iter()
            .map(|row| Organization::by_id(ctx, row.organization_id));
        let organizations = futures::future::try_join_all(organizations).await?;
        Ok(rows
            .iter()
            .zip(organizations)
            .filter_map(|(row, organization)| {
                Some(Partner {
                    organization: organization?,
                    role: row.role.into(),
                })
            })
            .collect())
    }

    /// How it is financed, as far as the sources may be seen.
    async fn financing_lines(&self, ctx: &Context<'_>) -> Result<Vec<FinancingLine>> {
        FinancingLine::of(ctx, self.model().id).await
    }

    /// The sources that finance it or are asked to, each once.
    #[graphql(complexity = "list_cost(Some(first), None, child_complexity)")]
    async fn funding_sources(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 20, desc = "Sources at the most, 1 to 100.")] first: i32,
    ) -> Result<Vec<FundingSource>> {
        let most = page_size(ctx, "first", first)?.into();
        if self.parts.have(parts::SOURCES) {
            let sources = funding::each_once(self.row.sources.iter().cloned());
            return Ok(sources
                .into_iter()
                .take(most)
                .map(FundingSource::new)
                .collect());
        }
        sources_of(ctx, self.model().id, most).await
    }

    /// Ways to reach it that may lawfully be shown.
    async fn contact_points(&self, ctx: &Context<'_>) -> Result<Vec<ContactPoint>> {
        ContactPoint::of(ctx, Owner::Initiative(self.model().id)).await
    }

    /// The communes that it concerns, by INSEE code.
    async fn communes(&self, ctx: &Context<'_>) -> Result<Vec<Commune>> {
        let rows = ctx.loader().load_one(CommunesKey(self.model().id)).await;
        let rows = rows.map_err(|error| ctx.internal(error))?;
        let territory = ctx.territory();
        Ok(rows
            .iter()
            .flatten()
            .filter_map(|row| territory.commune(&row.commune_insee))
            .map(Commune::new)
            .collect())
    }

    /// Postal address of its place.
    async fn address(&self) -> Address {
        Address(self.place())
    }

    /// The commune where its place is, if the registry knows it.
    async fn commune(&self, ctx: &Context<'_>) -> Option<Commune> {
        let insee_code = self.model().commune_insee.as_deref()?;
        ctx.territory().commune(insee_code).map(Commune::new)
    }

    /// Position of its place, and how precisely it is known.
    async fn location(&self) -> Option<Location> {
        self.place().position.map(Into::into)
    }

    /// Distance from the position of the list's filter `near` or `nearStation`; null
    /// without it.
    async fn distance(&self) -> Option<Distance> {
        let position = self.place().position?;
        Some(Distance::between(position, self.near?))
    }

    /// The stations nearest to its place; none if the position is not known.
    #[graphql(complexity = "list_cost(Some(first), None, child_complexity)")]
    async fn nearest_stations(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 3, desc = "Stations at the most, 1 to 100.")] first: i32,
        #[graphql(
            default = 2000,
            desc = "The greatest distance, in metres: 1 to 100,000."
        )]
        max_metres: i32,
        #[graphql(
            default = true,
            desc = "Whether stations where no line stops yet are left out."
        )]
        in_service: bool,
    ) -> Result<Vec<NearbyStation>> {
        nearest_stations(ctx, self.place().position, first, max_metres, in_service)
    }

    /// What was learnt from it.
    async fn lessons(&self, ctx: &Context<'_>) -> Result<Vec<Lesson>> {
        let rows = ctx.loader().load_one(LessonsKey(self.model().id)).await;
        let rows = rows.map_err(|error| ctx.internal(error))?;
        Ok(rows.into_iter().flatten().map(Into::into).collect())
    }

    /// Documents about it.
    async fn documents(&self, ctx: &Context<'_>) -> Result<Vec<Document>> {
        let rows = ctx.loader().load_one(DocumentsKey(self.model().id)).await;
        let rows = rows.map_err(|error| ctx.internal(error))?;
        let settings = &ctx.app().settings;
        let rows = rows.into_iter().flatten();
        Ok(rows.map(|row| Document::new(settings, row)).collect())
    }

    /// The initiative after which it was modelled, if this viewer may see it.
    async fn inspired_by(&self, ctx: &Context<'_>) -> Result<Option<Initiative>> {
        match self.model().inspired_by_id {
            Some(id) => Self::by_id(ctx, id).await,
            None => Ok(None),
        }
    }

    /// The initiatives modelled after it.
    #[graphql(complexity = "list_cost(first, last, child_complexity)")]
    #[expect(
        clippy::too_many_arguments,
        reason = "the arguments of a connection, its filter and its order"
    )]
    async fn inspired(
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
        Arc::make_mut(&mut listing.criteria).inspired_by = Some(self.model().id);
        InitiativeConnection::load(ctx, listing, arguments).await
    }

    /// Web site.
    async fn website(&self) -> Option<&str> {
        self.model().website.as_deref()
    }

    /// First day.
    async fn starts_on(&self) -> Option<Date> {
        self.model().starts_on.map(Date)
    }

    /// Last day.
    async fn ends_on(&self) -> Option<Date> {
        self.model().ends_on.map(Date)
    }

    /// How many jobs it created.
    async fn jobs_created(&self) -> Option<i32> {
        self.model().jobs_created
    }

    /// How many people it serves.
    async fn people_served(&self) -> Option<i32> {
        self.model().people_served
    }

    /// Whether it can be done again elsewhere.
    async fn replicable(&self) -> Option<bool> {
        self.model().replicable
    }

    /// Number of the revision shown.
    async fn revision(&self) -> i32 {
        self.model().revision
    }

    /// Its approved revisions, the newest first.
    #[graphql(complexity = "list_cost(first, last, child_complexity)")]
    async fn revisions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Nodes from the beginning, 1 to 100; 20 if nothing is asked.")]
        first: Option<i32>,
        #[graphql(desc = "Only nodes after this cursor.")] after: Option<String>,
        #[graphql(desc = "Nodes from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only nodes before this cursor.")] before: Option<String>,
    ) -> Result<Option<RevisionConnection>> {
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
        };
        let listing = RevisionListing {
            subject: Subject::Initiative,
            entity: self.model().id,
            all: false,
        };
        RevisionConnection::load(ctx, listing, arguments).await
    }

    /// When it was published.
    async fn published_at(&self) -> Option<DateTime<Utc>> {
        self.model().published_at
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
        let concerned = match ctx.scope().viewer.principal() {
            Some(_) => ctx.loader().load_one(CommunesKey(row.id)).await,
            None => Ok(None),
        };
        let concerned = concerned.map_err(|error| ctx.internal(error))?;
        let concerned = concerned.into_iter().flatten().map(|row| row.commune_insee);
        let head = Head {
            id: row.id,
            publication: row.publication,
            revision: row.revision,
            owner: row.owner_account_id,
            communes: row.commune_insee.iter().cloned().chain(concerned).collect(),
            title: row.title.clone(),
        };
        Ok(Content::of(ctx, Subject::Initiative, &head, &INITIATIVE))
    }
}
