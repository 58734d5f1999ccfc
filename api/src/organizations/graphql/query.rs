//! Look-ups and lists of organizations.

use async_graphql::{Context, ID, Object, Result};

use super::filter::{OrganizationFilter, OrganizationOrder, number};
use super::organization::{Organization, OrganizationConnection};
use crate::graphql::ContextExt as _;
use crate::graphql::connection::{PageArguments, list_cost};
use crate::graphql::error::one_look_up;
use crate::id::Kind;
use crate::organizations::store::OfficialNumber;

/// Look-ups and lists of organizations.
#[derive(Default)]
pub struct OrganizationQuery;

#[Object]
impl OrganizationQuery {
    /// One organization, by one of these; null if there is none that this viewer may see.
    async fn organization(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global identifier.")] id: Option<ID>,
        #[graphql(desc = "Slug.")] slug: Option<String>,
        #[graphql(desc = "SIRET of one of its sites, fourteen digits.")] siret: Option<String>,
        #[graphql(desc = "SIREN, nine digits.")] siren: Option<String>,
        #[graphql(desc = "Number in the national register of associations: W and nine digits.")]
        rna: Option<String>,
    ) -> Result<Option<Organization>> {
        let siret = number(ctx, "siret-invalid", siret)?.map(OfficialNumber::Siret);
        let siren = number(ctx, "siren-invalid", siren)?.map(OfficialNumber::Siren);
        let rna = number(ctx, "rna-invalid", rna)?.map(OfficialNumber::Rna);
        let mut numbers = siret.into_iter().chain(siren).chain(rna);
        match (id, slug, numbers.next(), numbers.next()) {
            (Some(id), None, None, None) => {
                Organization::by_id(ctx, ctx.uuid(Kind::Organization, &id)?).await
            }
            (None, Some(slug), None, None) => Organization::by_slug(ctx, slug).await,
            (None, None, Some(number), None) => Organization::by_number(ctx, &number).await,
            _ => Err(one_look_up(ctx, "id, slug, siret, siren, rna")),
        }
    }

    /// Organizations of the social and solidarity economy, and those that work with it.
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
        let listing = OrganizationFilter::listing(filter, ctx, order).await?;
        OrganizationConnection::load(ctx, listing, arguments).await
    }
}
