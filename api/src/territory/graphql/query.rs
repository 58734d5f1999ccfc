//! Look-ups and lists of the territory.

use async_graphql::{Context, ID, Object, Result};

use super::commune::{Commune, CommuneConnection};
use super::departement::Departement;
use super::intercommunality::Intercommunality;
use super::station::{NearbyStation, Station, nearest_stations};
use crate::graphql::ContextExt as _;
use crate::graphql::connection::{PageArguments, list_cost};
use crate::graphql::error::one_look_up;
use crate::graphql::filter::{LocationInput, TerritoryInput};
use crate::id::Kind;
use crate::place::Position;

/// Look-ups and lists of the territory.
#[derive(Default)]
pub struct TerritoryQuery;

#[Object]
impl TerritoryQuery {
    /// One commune, by one of these; null if the registry does not know it.
    async fn commune(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global identifier.")] id: Option<ID>,
        #[graphql(desc = "Slug.")] slug: Option<String>,
        #[graphql(desc = "INSEE code.")] insee_code: Option<String>,
    ) -> Result<Option<Commune>> {
        let territory = ctx.territory();
        let commune = match (id, slug, insee_code) {
            (Some(id), None, None) => territory.commune_by_id(ctx.uuid(Kind::Commune, &id)?),
            (None, Some(slug), None) => territory
                .communes()
                .iter()
                .find(|commune| commune.slug == slug),
            (None, None, Some(insee_code)) => territory.commune(&insee_code),
            _ => return Err(one_look_up(ctx, "id, slug, inseeCode")),
        };
        Ok(commune.map(Commune::new))
    }

    /// Communes, in alphabetical order.
    #[graphql(complexity = "list_cost(first, last, child_complexity)")]
    async fn communes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those of this part of the territory.")] territory: Option<
            TerritoryInput,
        >,
        #[graphql(desc = "Nodes from the beginning, 1 to 100; 20 if nothing is asked.")]
        first: Option<i32>,
        #[graphql(desc = "Only nodes after this cursor.")] after: Option<String>,
        #[graphql(desc = "Nodes from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only nodes before this cursor.")] before: Option<String>,
    ) -> Result<CommuneConnection> {
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
        };
        CommuneConnection::of_part(ctx, territory.map(Into::into), None, arguments)
    }

    /// One intercommunality, by one of these; null if the registry does not know it.
    async fn intercommunality(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global identifier.")] id: Option<ID>,
        #[graphql(desc = "Slug.")] slug: Option<String>,
        #[graphql(desc = "SIREN, nine digits.")] siren: Option<String>,
    ) -> Result<Option<Intercommunality>> {
        let territory = ctx.territory();
        Ok(match (id, slug, siren) {
            (Some(id), None, None) => {
                Intercommunality::by_id(territory, ctx.uuid(Kind::Intercommunality, &id)?)
            }
            (None, Some(slug), None) => territory
                .intercommunalities()
                .iter()
                .find(|intercommunality| intercommunality.slug == slug)
                .map(Intercommunality::new),
            (None, None, Some(siren)) => territory
                .intercommunality(&siren)
                .map(Intercommunality::new),
            _ => return Err(one_look_up(ctx, "id, slug, siren")),
        })
    }

    /// All intercommunalities, past ones included, in alphabetical order.
    #[graphql(complexity = "list_cost(Some(100), None, child_complexity)")]
    async fn intercommunalities(&self, ctx: &Context<'_>) -> Vec<Intercommunality> {
        ctx.territory()
            .intercommunalities()
            .iter()
            .map(Intercommunality::new)
            .collect()
    }

    /// One département, by one of these; null if the registry does not know it.
    async fn departement(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global identifier.")] id: Option<ID>,
        #[graphql(desc = "Slug.")] slug: Option<String>,
        #[graphql(desc = "INSEE code, such as 92.")] code: Option<String>,
    ) -> Result<Option<Departement>> {
        let territory = ctx.territory();
        Ok(match (id, slug, code) {
            (Some(id), None, None) => {
                Departement::by_id(territory, ctx.uuid(Kind::Departement, &id)?)
            }
            (None, Some(slug), None) => territory
                .departements()
                .iter()
                .find(|departement| departement.slug == slug)
                .map(Departement::new),
            (None, None, Some(code)) => territory.departement(&code).map(Departement::new),
            _ => return Err(one_look_up(ctx, "id, slug, code")),
        })
    }

    /// All départements that the registry knows, in alphabetical order.
    #[graphql(complexity = "list_cost(Some(100), None, child_complexity)")]
    async fn departements(&self, ctx: &Context<'_>) -> Vec<Departement> {
        ctx.territory()
            .departements()
            .iter()
            .map(Departement::new)
            .collect()
    }

    /// One station, by one of these; null if the registry does not know it.
    async fn station(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global identifier.")] id: Option<ID>,
        #[graphql(desc = "Slug.")] slug: Option<String>,
    ) -> Result<Option<Station>> {
        let territory = ctx.territory();
        let station = match (id, slug) {
            (Some(id), None) => territory.station(ctx.uuid(Kind::Station, &id)?),
            (None, Some(slug)) => territory
                .stations()
                .iter()
                .find(|station| station.slug == slug),
            _ => return Err(one_look_up(ctx, "id, slug")),
        };
        Ok(station.map(Station::new))
    }

    /// The stations nearest to a position.
    #[graphql(complexity = "list_cost(Some(first), None, child_complexity)")]
    async fn nearest_stations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The position.")] location: LocationInput,
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
        let position = Position {
            point: location.point(ctx)?,
            precision: entity::values::LocationPrecision::Exact,
            outside_territory: false,
        };
        nearest_stations(ctx, Some(position), first, max_metres, in_service)
    }
}
