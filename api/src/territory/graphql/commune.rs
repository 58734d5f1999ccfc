//! Communes in the public schema.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use entity::values::LocationPrecision;

use super::departement::Departement;
use super::intercommunality::{Intercommunality, Membership};
use super::location::Location;
use super::station::{NearbyStation, Station, nearest_stations};
use crate::graphql::ContextExt as _;
use crate::graphql::connection::{PageArguments, PageInfo, list_cost, page_info};
use crate::graphql::scalars::{Date, GeoJson};
use crate::graphql_enum;
use crate::id::{GlobalId, Kind};
use crate::initiatives::graphql::{InitiativeConnection, InitiativeFilter, InitiativeOrder};
use crate::members::graphql::{MemberConnection, MemberFilter, MemberOrder};
use crate::organizations::graphql::{
    OrganizationConnection, OrganizationFilter, OrganizationOrder,
};
use crate::paging::{Page, Position, SortValue};
use crate::place;
use crate::spaces::graphql::{CoworkingSpaceConnection, CoworkingSpaceFilter, CoworkingSpaceOrder};
use crate::territory::loaders::OutlineKey;
use crate::territory::model::covers;
use crate::territory::{self, TerritoryRef};

graphql_enum! {
    /// Who holds the competence for the ESS in a commune.
    CompetenceHolder of entity::values::CompetenceHolder {
        /// The commune itself.
        Commune,
        /// Its intercommunality.
        Intercommunality,
    }
}

/// A commune.
pub struct Commune(Arc<territory::Commune>);

impl Commune {
    /// The commune as the schema shows it.
    pub fn new(commune: &Arc<territory::Commune>) -> Self {
        Self(Arc::clone(commune))
    }

    fn centroid(&self) -> Option<place::Position> {
        self.0.centroid.map(|point| place::Position {
            point,
            precision: LocationPrecision::Commune,
            outside_territory: false,
        })
    }
}

/// A commune.
#[Object]
impl Commune {
    /// Global identifier.
    pub async fn id(&self) -> ID {
        GlobalId {
            kind: Kind::Commune,
            uuid: self.0.id,
        }
        .to_string()
        .into()
    }

    /// Name for addresses of pages, unique among communes.
    async fn slug(&self) -> &str {
        &self.0.slug
    }

    /// INSEE code, five characters; not a postal code.
    async fn insee_code(&self) -> &str {
        &self.0.insee_code
    }

    /// Official name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Postal codes, five digits each.
    async fn postal_codes(&self) -> &[String] {
        &self.0.postal_codes
    }

    /// Municipal population (INSEE).
    async fn population(&self) -> Option<i64> {
        self.0.population
    }

    /// Year of the legal population.
    async fn population_year(&self) -> Option<i32> {
        self.0.population_year
    }

    /// Centroid of its outline.
    async fn location(&self) -> Option<Location> {
        self.centroid().map(Into::into)
    }

    /// Outline, simplified.
    async fn outline(&self, ctx: &Context<'_>) -> Result<Option<GeoJson>> {
        let key = OutlineKey(self.0.insee_code.clone());
        let outline = ctx.loader().load_one(key).await;
        Ok(outline.map_err(|error| ctx.internal(error))?.map(GeoJson))
    }

    /// Its département.
    async fn departement(&self, ctx: &Context<'_>) -> Option<Departement> {
        ctx.territory()
            .departement(&self.0.departement_code)
            .map(Departement::new)
    }

    /// The intercommunalities to which it belongs on a date.
    async fn intercommunalities(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Date of the memberships; today if absent.")] on: Option<Date>,
    ) -> Vec<Intercommunality> {
        let territory = ctx.territory();
        let date = ctx.date_or_today(on);
        territory
            .memberships_of_commune(&self.0.insee_code)
            .filter(|membership| covers(membership.starts_on, membership.ends_on, date))
            .filter_map(|membership| territory.intercommunality(&membership.intercommunality_siren))
            .map(Intercommunality::new)
            .collect()
    }

    /// Its memberships of intercommunalities, past and present.
    async fn memberships(&self, ctx: &Context<'_>) -> Vec<Membership> {
        let territory = ctx.territory();
        territory
            .memberships_of_commune(&self.0.insee_code)
            .filter_map(|membership| Membership::new(territory, membership))
            .collect()
    }

    /// Who holds the competence for the ESS on a date, if it is known.
    async fn ess_competence(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Date of the competence; today if absent.")] on: Option<Date>,
    ) -> Option<EssCompetence> {
        let territory = ctx.territory();
        let date = ctx.date_or_today(on);
        let competence = territory.competence(&self.0.insee_code, date)?;
        Some(EssCompetence {
            holder: competence.holder.into(),
            intercommunality: competence
                .intercommunality_siren
                .as_deref()
                .and_then(|siren| territory.intercommunality(siren))
                .map(Intercommunality::new),
            contact_office: competence.contact_office.clone(),
            contact_url: competence.contact_url.clone(),
            source_url: competence.source_url.clone(),
            starts_on: competence.starts_on.map(Date),
            ends_on: competence.ends_on.map(Date),
        })
    }

    /// The stations in the commune, in alphabetical order.
    async fn stations(&self, ctx: &Context<'_>) -> Vec<Station> {
        ctx.territory()
            .stations()
            .iter()
            .filter(|station| station.commune_insee.as_deref() == Some(&self.0.insee_code))
            .map(Station::new)
            .collect()
    }

    /// The stations nearest to its centroid, whichever commune they are in.
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
        nearest_stations(ctx, self.centroid(), first, max_metres, in_service)
    }

    /// Coworking spaces in the commune.
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
        Arc::make_mut(&mut listing.filter)
            .place
            .in_commune(&self.0.insee_code);
        CoworkingSpaceConnection::load(ctx, listing, arguments).await
    }

    /// Initiatives that concern the commune.
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
        let insee_code = self.0.insee_code.clone();
        Arc::make_mut(&mut listing.criteria).require_territory(vec![insee_code]);
        InitiativeConnection::load(ctx, listing, arguments).await
    }

    /// Organizations with a site in the commune.
    #[graphql(complexity = "list_cost(first, last, child_complexity)")]
    #[expect(
        clippy::too_many_arguments,
        reason = "the arguments of a connection, its filter and its order"
    )]
    async fn organizations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which organizations.")] filter: Option<OrganizationFilter>,
        #[graphql(desc = "In which order.", default)] order: OrganizationOrder,
        #[graphql(desc = "Nodes from the beginning, 1 to 100; 20 if nothing is asked.")]
        first: Option<i32>,
        #[graphql(desc = "Only nodes after this cursor.")] after: Option<String>,
        #[graphql(desc = "Nodes from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only nodes before this cursor.")] before: Option<String>,
    ) -> Result<Option<OrganizationConnection>> {
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
        };
        let mut listing = OrganizationFilter::listing(filter, ctx, order).await?;
        Arc::make_mut(&mut listing.filter)
            .place
            .in_commune(&self.0.insee_code);
        OrganizationConnection::load(ctx, listing, arguments).await
    }

    /// Members of the network of the commune.
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
        Arc::make_mut(&mut listing.filter)
            .place
            .in_commune(&self.0.insee_code);
        MemberConnection::load(ctx, listing, arguments).await
    }
}

/// Who holds the competence for the ESS in a commune during some time.
#[derive(SimpleObject)]
pub struct EssCompetence {
    /// The kind of body that holds it.
    holder: CompetenceHolder,
    /// The intercommunality that holds it, when it is one.
    intercommunality: Option<Intercommunality>,
    /// The office to contact there.
    contact_office: Option<String>,
    /// Where to contact it.
    contact_url: Option<String>,
    /// Where this was read.
    source_url: String,
    /// First day; null if it is not known.
    starts_on: Option<Date>,
    /// First day on which it no longer holds; null while it does.
    ends_on: Option<Date>,
}

/// Communes in alphabetical order.
pub struct CommuneConnection {
    page: Page<Arc<territory::Commune>>,
    total: usize,
}

/// Name of the one order of communes, in cursors.
const ORDER: &str = "NAME_ASC";

impl CommuneConnection {
    /// The communes of a part of the territory on a date, or all of them.
    pub fn of_part(
        ctx: &Context<'_>,
        part: Option<TerritoryRef>,
        on: Option<Date>,
        arguments: PageArguments,
    ) -> Result<Self> {
        let territory = ctx.territory();
        let date = ctx.date_or_today(on);
        let wanted = part.map(|part| territory.insee_codes(&part, date));
        let communes: Vec<_> = territory
            .communes()
            .iter()
            .filter(|commune| {
                wanted
                    .as_ref()
                    .is_none_or(|wanted| wanted.contains(&commune.insee_code))
            })
            .cloned()
            .collect();
        let window = arguments.window(ctx, ORDER)?;
        Ok(Self {
            total: communes.len(),
            page: window.page_of(communes, position),
        })
    }
}

fn position(commune: &Arc<territory::Commune>) -> Position {
    Position {
        order: ORDER.to_owned(),
        value: SortValue::Text(commune.slug.clone()),
        id: commune.id,
    }
}

/// A commune and its place in the list.
#[derive(SimpleObject)]
pub struct CommuneEdge {
    /// Place of the commune in the list, to go on from there.
    cursor: String,
    /// The commune.
    node: Commune,
}

/// Communes in alphabetical order.
#[Object]
impl CommuneConnection {
    /// The communes of this page, each with its cursor.
    async fn edges(&self) -> Vec<CommuneEdge> {
        self.page
            .rows
            .iter()
            .map(|commune| CommuneEdge {
                cursor: position(commune).cursor(),
                node: Commune::new(commune),
            })
            .collect()
    }

    /// The communes of this page.
    async fn nodes(&self) -> Vec<Commune> {
        self.page.rows.iter().map(Commune::new).collect()
    }

    /// Where this page stands in the list.
    async fn page_info(&self) -> PageInfo {
        page_info(&self.page, position)
    }

    /// How many communes the whole list has.
    async fn total_count(&self) -> usize {
        self.total
    }
}
