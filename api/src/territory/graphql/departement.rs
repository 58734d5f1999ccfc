//! Départements in the public schema.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result};
use uuid::Uuid;

use super::commune::CommuneConnection;
use super::intercommunality::Intercommunality;
use crate::graphql::ContextExt as _;
use crate::graphql::connection::{PageArguments, list_cost};
use crate::id::{GlobalId, Kind};
use crate::initiatives::graphql::{InitiativeConnection, InitiativeFilter, InitiativeOrder};
use crate::territory::{self, Territory, TerritoryRef};

/// A département.
pub struct Departement(Arc<territory::Departement>);

impl Departement {
    /// The département as the schema shows it.
    pub fn new(departement: &Arc<territory::Departement>) -> Self {
        Self(Arc::clone(departement))
    }

    /// The département of this identifier.
    pub fn by_id(territory: &Territory, id: Uuid) -> Option<Self> {
        territory
            .departements()
            .iter()
            .find(|departement| departement.id == id)
            .map(Self::new)
    }

    fn part(&self) -> TerritoryRef {
        TerritoryRef::Departement(self.0.code.clone())
    }
}

/// A département.
#[Object]
impl Departement {
    /// Global identifier.
    pub async fn id(&self) -> ID {
        GlobalId {
            kind: Kind::Departement,
            uuid: self.0.id,
        }
        .to_string()
        .into()
    }

    /// Name for addresses of pages, unique among départements.
    async fn slug(&self) -> &str {
        &self.0.slug
    }

    /// INSEE code, such as 92 or 2A.
    async fn code(&self) -> &str {
        &self.0.code
    }

    /// Official name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// INSEE code of the région, two digits.
    async fn region_code(&self) -> Option<&str> {
        self.0.region_code.as_deref()
    }

    /// Name of the région.
    async fn region_name(&self) -> Option<&str> {
        self.0.region_name.as_deref()
    }

    /// The intercommunalities to which one of its communes belongs today.
    async fn intercommunalities(&self, ctx: &Context<'_>) -> Vec<Intercommunality> {
        let territory = ctx.territory();
        let today = ctx.scope().today;
        let members = territory.insee_codes(&self.part(), today);
        territory
            .intercommunalities()
            .iter()
            .filter(|intercommunality| {
                let part = TerritoryRef::Intercommunality(intercommunality.siren.clone());
                territory
                    .insee_codes(&part, today)
                    .iter()
                    .any(|insee_code| members.contains(insee_code))
            })
            .map(Intercommunality::new)
            .collect()
    }

    /// Initiatives that concern one of its communes.
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
        let insee_codes = ctx.territory().insee_codes(&self.part(), ctx.scope().today);
        Arc::make_mut(&mut listing.criteria).require_territory(insee_codes);
        InitiativeConnection::load(ctx, listing, arguments).await
    }

    /// The communes, in alphabetical order.
    #[graphql(complexity = "list_cost(first, last, child_complexity)")]
    async fn communes(
        &self,
        ctx: &Context<'_>,
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
        CommuneConnection::of_part(ctx, Some(self.part()), None, arguments)
    }
}
