//! A theme in the public schema.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result, SimpleObject};

use crate::graphql::ContextExt as _;
use crate::graphql::connection::{PageArguments, list_cost};
use crate::id::{GlobalId, Kind};
use crate::initiatives::graphql::{InitiativeConnection, InitiativeFilter, InitiativeOrder};
use crate::themes;

/// A theme of the managed taxonomy of initiatives.
pub struct Theme(Arc<themes::Theme>);

impl Theme {
    /// The theme as the schema shows it.
    pub fn new(theme: &Arc<themes::Theme>) -> Self {
        Self(Arc::clone(theme))
    }
}

/// What a theme is called in another vocabulary.
#[derive(SimpleObject)]
pub struct ThemeMapping {
    /// The vocabulary, such as data-inclusion.
    scheme: String,
    /// The code of the theme there.
    code: String,
}

/// A theme of the managed taxonomy of initiatives.
#[Object]
impl Theme {
    /// Global identifier.
    pub async fn id(&self) -> ID {
        GlobalId {
            kind: Kind::Theme,
            uuid: self.0.id,
        }
        .to_string()
        .into()
    }

    /// Name for addresses of pages, unique among themes.
    async fn slug(&self) -> &str {
        &self.0.slug
    }

    /// Name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// What belongs to it.
    async fn description(&self) -> Option<&str> {
        self.0.description.as_deref()
    }

    /// The theme above it.
    async fn parent(&self, ctx: &Context<'_>) -> Option<Theme> {
        ctx.themes().by_id(self.0.parent_id?).map(Self::new)
    }

    /// The themes right below it, in the order of the taxonomy.
    #[graphql(complexity = "list_cost(Some(10), None, child_complexity)")]
    async fn children(&self, ctx: &Context<'_>) -> Vec<Theme> {
        ctx.themes()
            .children(Some(self.0.id))
            .map(Self::new)
            .collect()
    }

    /// What it is called in other vocabularies.
    async fn mappings(&self) -> Vec<ThemeMapping> {
        self.0
            .mappings
            .iter()
            .map(|mapping| ThemeMapping {
                scheme: mapping.scheme.clone(),
                code: mapping.code.clone(),
            })
            .collect()
    }

    /// Initiatives of the theme itself.
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
        Arc::make_mut(&mut listing.criteria).require_theme(vec![self.0.id]);
        InitiativeConnection::load(ctx, listing, arguments).await
    }
}
