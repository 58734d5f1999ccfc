//! Objects by global identifier.

use async_graphql::{Context, ID, Interface, Object, Result};

use super::context::ContextExt;
use super::error::ErrorCode;
use crate::funding::graphql::FundingSource;
use crate::id::{GlobalId, IdError, Kind};
use crate::initiatives::graphql::Initiative;
use crate::members::graphql::Member;
use crate::organizations::graphql::Organization;
use crate::spaces::graphql::CoworkingSpace;
use crate::territory::graphql::{Commune, Departement, Intercommunality, Station};
use crate::themes::graphql::Theme;

/// The most identifiers that `nodes` takes.
const MOST_IDS: usize = 100;

/// An object with a global identifier.
#[derive(Interface)]
#[graphql(field(name = "id", ty = "ID", desc = "Global identifier, typed and opaque."))]
pub enum Node {
    Departement(Departement),
    Commune(Commune),
    Intercommunality(Intercommunality),
    Station(Station),
    Organization(Organization),
    Theme(Theme),
    Initiative(Initiative),
    Member(Member),
    CoworkingSpace(CoworkingSpace),
    FundingSource(FundingSource),
}

/// Look-ups by global identifier.
#[derive(Default)]
pub struct NodeQuery;

#[Object]
impl NodeQuery {
    /// The object of this global identifier, if this viewer may see it.
    async fn node(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global identifier.")] id: ID,
    ) -> Result<Option<Node>> {
        load(ctx, parse(ctx, &id)?).await
    }

    /// The objects of these global identifiers, in their order; null where there is none
    /// that this viewer may see.
    #[graphql(complexity = "ids.len().saturating_mul(child_complexity.saturating_add(1))")]
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global identifiers, 100 at most.")] ids: Vec<ID>,
    ) -> Result<Vec<Option<Node>>> {
        if ids.len() > MOST_IDS {
            return Err(ctx.fault(
                ErrorCode::BadInput,
                "too-many-ids",
                &[("most", MOST_IDS.to_string())],
            ));
        }
        let ids = ids
            .iter()
            .map(|id| parse(ctx, id))
            .collect::<Result<Vec<_>>>()?;
        futures::future::try_join_all(ids.into_iter().map(|id| load(ctx, id))).await
    }
}

fn parse(ctx: &Context<'_>, id: &str) -> Result<GlobalId> {
    id.parse().map_err(|_: IdError| {
        ctx.fault(
            ErrorCode::BadInput,
            "not-an-id",
            &[("value", id.chars().take(60).collect())],
        )
    })
}

/// The object of this identifier, if this viewer may see it.
///
/// # Errors
/// When the database cannot be read.
pub async fn load(ctx: &Context<'_>, id: GlobalId) -> Result<Option<Node>> {
    let territory = ctx.territory();
    Ok(match id.kind {
        Kind::Departement => Departement::by_id(territory, id.uuid).map(Node::from),
        Kind::Commune => territory
            .commune_by_id(id.uuid)
            .map(|commune| Commune::new(commune).into()),
        Kind::Intercommunality => Intercommunality::by_id(territory, id.uuid).map(Node::from),
        Kind::Station => territory
            .station(id.uuid)
            .map(|station| Station::new(station).into()),
        Kind::Theme => ctx
            .themes()
            .by_id(id.uuid)
            .map(|theme| Theme::new(theme).into()),
        Kind::Initiative => Initiative::by_id(ctx, id.uuid).await?.map(Node::from),
        Kind::CoworkingSpace => CoworkingSpace::by_id(ctx, id.uuid).await?.map(Node::from),
        Kind::Organization => Organization::by_id(ctx, id.uuid).await?.map(Node::from),
        Kind::FundingSource => FundingSource::by_id(ctx, id.uuid).await?.map(Node::from),
        Kind::Member => Member::by_id(ctx, id.uuid).await?.map(Node::from),
        // Accounts and files are no part of the registry that is read; the others are read with what
        // they belong to.
        Kind::Account
        | Kind::File
        | Kind::Session
        | Kind::OrganizationSite
        | Kind::Mandate
        | Kind::ContactPoint
        | Kind::Import => None,
    })
}
