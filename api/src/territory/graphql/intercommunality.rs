//! Intercommunalities in the public schema.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use uuid::Uuid;

use super::commune::{Commune, CommuneConnection};
use super::departement::Departement;
use crate::graphql::ContextExt as _;
use crate::graphql::connection::{PageArguments, list_cost};
use crate::graphql::scalars::Date;
use crate::graphql_enum;
use crate::id::{GlobalId, Kind};
use crate::initiatives::graphql::{InitiativeConnection, InitiativeFilter, InitiativeOrder};
use crate::territory::{self, Territory, TerritoryRef};

graphql_enum! {
    /// The legal kind of an intercommunality.
    IntercommunalityKind of entity::values::IntercommunalityKind {
        /// Établissement public territorial: a part of the Métropole du Grand Paris.
        Ept,
        /// Communauté d'agglomération.
        Ca,
        /// Communauté de communes.
        Cc,
        /// Communauté urbaine.
        Cu,
        /// Métropole.
        Metropole,
    }
}

/// A body that several communes form.
pub struct Intercommunality(Arc<territory::Intercommunality>);

impl Intercommunality {
    /// The intercommunality as the schema shows it.
    pub fn new(intercommunality: &Arc<territory::Intercommunality>) -> Self {
        Self(Arc::clone(intercommunality))
    }

    /// The intercommunality of this identifier.
    pub fn by_id(territory: &Territory, id: Uuid) -> Option<Self> {
        territory
            .intercommunalities()
            .iter()
            .find(|intercommunality| intercommunality.id == id)
            .map(Self::new)
    }
}

/// A body that several communes form.
#[Object]
impl Intercommunality {
    /// Global identifier.
    pub async fn id(&self) -> ID {
        GlobalId {
            kind: Kind::Intercommunality,
            uuid: self.0.id,
        }
        .to_string()
        .into()
    }

    /// Name for addresses of pages, unique among intercommunalities.
    async fn slug(&self) -> &str {
        &self.0.slug
    }

    /// SIREN, nine digits.
    async fn siren(&self) -> &str {
        &self.0.siren
    }

    /// Official name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Its legal kind.
    async fn kind(&self) -> IntercommunalityKind {
        self.0.kind.into()
    }

    /// The communes that belong to it on a date, in alphabetical order.
    #[graphql(complexity = "list_cost(first, last, child_complexity)")]
    async fn communes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Date of the memberships; today if absent.")] on: Option<Date>,
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
        let part = TerritoryRef::Intercommunality(self.0.siren.clone());
        CommuneConnection::of_part(ctx, Some(part), on, arguments)
    }

    /// Initiatives that concern a commune that belongs to it today.
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
        let part = TerritoryRef::Intercommunality(self.0.siren.clone());
        let insee_codes = ctx.territory().insee_codes(&part, ctx.scope().today);
        Arc::make_mut(&mut listing.criteria).require_territory(insee_codes);
        InitiativeConnection::load(ctx, listing, arguments).await
    }

    /// The memberships of communes, past and present.
    async fn memberships(&self, ctx: &Context<'_>) -> Vec<Membership> {
        let territory = ctx.territory();
        territory
            .memberships_of_intercommunality(&self.0.siren)
            .filter_map(|membership| Membership::new(territory, membership))
            .collect()
    }

    /// The départements of the communes that belong to it today.
    async fn departements(&self, ctx: &Context<'_>) -> Vec<Departement> {
        let territory = ctx.territory();
        let part = TerritoryRef::Intercommunality(self.0.siren.clone());
        let members = territory.insee_codes(&part, ctx.scope().today);
        territory
            .departements()
            .iter()
            .filter(|departement| {
                members
                    .iter()
                    .filter_map(|insee_code| territory.commune(insee_code))
                    .any(|commune| commune.departement_code == departement.code)
            })
            .map(Departement::new)
            .collect()
    }
}

/// The time during which a commune belongs to an intercommunality.
#[derive(SimpleObject)]
pub struct Membership {
    /// The commune.
    commune: Commune,
    /// The intercommunality.
    intercommunality: Intercommunality,
    /// First day; null if it is not known.
    starts_on: Option<Date>,
    /// First day on which it no longer belongs to it; null while it does.
    ends_on: Option<Date>,
}

impl Membership {
    /// The membership as the schema shows it, if both ends are known.
    pub fn new(territory: &Territory, membership: &territory::Membership) -> Option<Self> {
        Some(Self {
            commune: Commune::new(territory.commune(&membership.commune_insee)?),
            intercommunality: Intercommunality::new(
                territory.intercommunality(&membership.intercommunality_siren)?,
            ),
            starts_on: membership.starts_on.map(Date),
            ends_on: membership.ends_on.map(Date),
        })
    }
}
