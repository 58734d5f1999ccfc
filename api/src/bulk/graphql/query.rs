//! Imports, for staff and administrators.

use async_graphql::{Context, ID, InputObject, Object, Result};

use super::enums::ImportStateFilter;
use super::import::{Import, ImportConnection};
use crate::bulk::{ImportListing, policy};
use crate::graphql::ContextExt as _;
use crate::graphql::connection::{PageArguments, list_cost};
use crate::graphql::error::ErrorCode;
use crate::id::Kind;
use crate::permission::{Relation, allows};

/// Which imports: all conditions together.
#[derive(InputObject, Clone, Debug, Default)]
pub struct ImportFilter {
    /// That stand so.
    pub state: Option<ImportStateFilter>,
    /// Only those that the viewer asked for.
    pub own: Option<bool>,
}

/// Imports, for staff and administrators.
#[derive(Default)]
pub struct BulkQuery;

#[Object]
impl BulkQuery {
    /// One import, with its progress and its report; null if there is none, or for anybody
    /// but staff and administrators.
    async fn import(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global identifier.")] id: ID,
    ) -> Result<Option<Import>> {
        let id = ctx.uuid(Kind::Import, &id)?;
        if !allows(ctx.scope().viewer, &policy::IMPORT, Relation::Other) {
            return Ok(None);
        }
        Import::by_id(ctx, id).await
    }

    /// Imports, the newest first; for staff and administrators.
    #[graphql(complexity = "list_cost(first, last, child_complexity)")]
    async fn imports(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which of them.")] filter: Option<ImportFilter>,
        #[graphql(desc = "Nodes from the beginning, 1 to 100; 20 if nothing is asked.")]
        first: Option<i32>,
        #[graphql(desc = "Only nodes after this cursor.")] after: Option<String>,
        #[graphql(desc = "Nodes from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only nodes before this cursor.")] before: Option<String>,
    ) -> Result<Option<ImportConnection>> {
        let viewer = ctx.scope().viewer;
        if !allows(viewer, &policy::IMPORTS, Relation::Other) {
            return Err(ctx.fault(ErrorCode::NotFound, "nothing-there", &[]));
        }
        let filter = filter.unwrap_or_default();
        let states = filter.state.map(|states| states.values(ctx)).transpose()?;
        let own = filter.own.unwrap_or_default();
        let listing = ImportListing {
            states: states.unwrap_or_default(),
            account: viewer
                .principal()
                .map(|principal| principal.account)
                .filter(|_| own),
        };
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
        };
        ImportConnection::load(ctx, listing, arguments).await
    }
}
