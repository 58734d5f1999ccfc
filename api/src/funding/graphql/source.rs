//! A funding source in the public schema.

use std::sync::Arc;

use async_graphql::{Context, ID, Lookahead, Object, Result};
use chrono::{DateTime, Utc};
use entity::funding_source;
use uuid::Uuid;

use super::enums::{FunderKind, FundingAudience, FundingForm, Recurrence, StateAidRegime};
use super::facets::FundingSourceFacets;
use super::rule::FundingRule;
use super::territory::FundingTerritory;
use crate::change::Subject;
use crate::connection;
use crate::funding::loaders::{
    AudiencesKey, FormsKey, FundingSourceKey, FundingSourceSlugKey, RulesKey,
};
use crate::funding::policy::FUNDING_SOURCE;
use crate::funding::{FundingListing, model, parts, store};
use crate::graphql::ContextExt as _;
use crate::graphql::connection::{PageArguments, list_cost};
use crate::graphql::scalars::{Cents, Date};
use crate::graphql::selected;
use crate::id::{GlobalId, Kind};
use crate::initiatives::graphql::{InitiativeConnection, InitiativeFilter, InitiativeOrder};
use crate::organizations::graphql::Organization;
use crate::parts::Parts;
use crate::review::graphql::Content;

/// Where money or help can be found.
pub struct FundingSource(Arc<funding_source::Model>);

connection! {
    /// Funding sources.
    FundingSourceConnection, FundingSourceEdge, FundingSource, FundingListing,
    facets: FundingSourceFacets
}

impl FundingSource {
    /// The source as the schema shows it.
    pub fn new(row: Arc<funding_source::Model>) -> Self {
        Self(row)
    }

    /// A row as a node of a list.
    pub(crate) fn in_list(row: Arc<funding_source::Model>, _: &FundingListing) -> Self {
        Self(row)
    }

    /// The source of this identifier, if the viewer may see it.
    pub async fn by_id(ctx: &Context<'_>, id: Uuid) -> Result<Option<Self>> {
        let parts = parts_asked(&ctx.look_ahead());
        let row = ctx.loader().load_one(FundingSourceKey { id, parts }).await;
        Ok(row.map_err(|error| ctx.internal(error))?.map(Self))
    }

    /// The source of this slug, if the viewer may see it.
    pub async fn by_slug(ctx: &Context<'_>, slug: String) -> Result<Option<Self>> {
        let row = ctx.loader().load_one(FundingSourceSlugKey(slug)).await;
        Ok(row.map_err(|error| ctx.internal(error))?.map(Self))
    }
}

/// The parts of a source that are asked of it.
pub fn parts_asked(asked: &Lookahead<'_>) -> Parts {
    selected(asked)
        .map(|field| match field {
            "__typename" | "id" | "slug" | "name" | "funderKind" | "forms" | "audiences"
            | "rules" | "initiatives" => Parts::NONE,
            _ => parts::DETAILS,
        })
        .collect()
}

/// Where money or help can be found.
#[Object]
impl FundingSource {
    /// Global identifier.
    pub async fn id(&self) -> ID {
        GlobalId {
            kind: Kind::FundingSource,
            uuid: self.0.id,
        }
        .to_string()
        .into()
    }

    /// Name for addresses of pages, unique among funding sources.
    async fn slug(&self) -> &str {
        &self.0.slug
    }

    /// Name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// What it funds and how to apply, in Markdown.
    async fn description(&self) -> Option<&str> {
        self.0.description.as_deref()
    }

    /// Name of the funder, or of the funders.
    async fn funder_name(&self) -> Option<&str> {
        self.0.funder_name.as_deref()
    }

    /// The organization that funds, if the registry knows it.
    async fn funder(&self, ctx: &Context<'_>) -> Result<Option<Organization>> {
        match self.0.funder_organization_id {
            Some(id) => Organization::by_id(ctx, id).await,
            None => Ok(None),
        }
    }

    /// What the funder is.
    async fn funder_kind(&self) -> FunderKind {
        self.0.funder_kind.into()
    }

    /// Forms of support.
    async fn forms(&self, ctx: &Context<'_>) -> Result<Vec<FundingForm>> {
        let rows = ctx.loader().load_one(FormsKey(self.0.id)).await;
        let rows = rows.map_err(|error| ctx.internal(error))?;
        Ok(rows
            .into_iter()
            .flatten()
            .map(|row| row.form.into())
            .collect())
    }

    /// To whom it is open.
    async fn audiences(&self, ctx: &Context<'_>) -> Result<Vec<FundingAudience>> {
        let rows = ctx.loader().load_one(AudiencesKey(self.0.id)).await;
        let rows = rows.map_err(|error| ctx.internal(error))?;
        Ok(rows
            .into_iter()
            .flatten()
            .map(|row| row.audience.into())
            .collect())
    }

    /// The law or the decision on which it stands.
    async fn legal_basis(&self) -> Option<&str> {
        self.0.legal_basis.as_deref()
    }

    /// The least that it gives, in cents.
    async fn min_amount(&self) -> Option<Cents> {
        self.0.min_amount_cents.map(Cents)
    }

    /// The most that it gives, in cents.
    async fn max_amount(&self) -> Option<Cents> {
        self.0.max_amount_cents.map(Cents)
    }

    /// The highest share of the cost of a project that it pays, in percent.
    async fn max_share_percent(&self) -> Option<f64> {
        self.0.max_share_percent
    }

    /// How often it takes applications.
    async fn recurrence(&self) -> Option<Recurrence> {
        self.0.recurrence.map(Into::into)
    }

    /// Whether it is a call for projects.
    async fn call_for_projects(&self) -> bool {
        self.0.call_for_projects
    }

    /// First day of application.
    async fn opens_on(&self) -> Option<Date> {
        self.0.opens_on.map(Date)
    }

    /// Last day of application.
    async fn closes_on(&self) -> Option<Date> {
        self.0.closes_on.map(Date)
    }

    /// Whether it takes applications on a date; null if that is not known.
    async fn is_open_on(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The date; today if absent.")] date: Option<Date>,
    ) -> Option<bool> {
        model::is_open_on(&self.0, ctx.date_or_today(date))
    }

    /// Rules on state aid under which it gives.
    async fn state_aid_regime(&self) -> StateAidRegime {
        self.0.state_aid_regime.into()
    }

    /// Where to read more, and to apply.
    async fn url(&self) -> Option<&str> {
        self.0.url.as_deref()
    }

    /// When someone last verified that it is still true.
    async fn verified_on(&self) -> Option<Date> {
        self.0.verified_on.map(Date)
    }

    /// Where it is open.
    async fn territory(&self, ctx: &Context<'_>) -> FundingTerritory {
        FundingTerritory::new(ctx.territory(), &self.0)
    }

    /// Its own rules of eligibility and those of its kind of funder, in the order of their
    /// codes.
    async fn rules(&self, ctx: &Context<'_>) -> Result<Vec<FundingRule>> {
        let key = RulesKey {
            source: self.0.id,
            funder_kind: self.0.funder_kind,
        };
        let rules = ctx.loader().load_one(key).await;
        let rules = rules.map_err(|error| ctx.internal(error))?;
        Ok(rules.into_iter().flatten().map(Into::into).collect())
    }

    /// The initiatives that it finances, or is asked to.
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
        Arc::make_mut(&mut listing.criteria).funding_source = Some(self.0.id);
        InitiativeConnection::load(ctx, listing, arguments).await
    }

    /// When it came into the registry.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When it was last changed in the registry.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }

    /// When someone last confirmed that it is still true.
    async fn confirmed_at(&self) -> Option<DateTime<Utc>> {
        self.0.confirmed_at
    }

    /// The day since which it is stale: nobody confirmed for more than a year that it is still
    /// true, although its owner was asked; null if it is not.
    async fn stale_since(&self) -> Option<Date> {
        self.0.stale_since.map(Date)
    }

    /// What the viewer can do with it.
    #[graphql(flatten)]
    async fn content(&self, ctx: &Context<'_>) -> Content {
        let head = store::head(&self.0);
        Content::of(ctx, Subject::FundingSource, &head, &FUNDING_SOURCE)
    }
}
