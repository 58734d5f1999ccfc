//! A theme in the public schema.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result, SimpleObject};

use crate::graphql::ContextExt as _;
use crate::graphql::connection::{PageArguments, list_cost};
use crate::id::{GlobalId, Kind};
use crate::initiatives::graphql::{InitiativeConnection, InitiativeFilter, InitiativeOrder};
use crate::permission::{Operation, Relation, allows};
use crate::themes::{self, policy};

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

/// Whether the viewer may do something to themes.
fn may(ctx: &Context<'_>, operation: &Operation) -> bool {
    allows(ctx.scope().viewer, operation, Relation::Other)
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
    async fn children(
        &self,
        ctx: &Context<'_>,
        #[graphql(default, desc = "Whether archived themes are listed too.")] archived: bool,
    ) -> Vec<Theme> {
        ctx.themes()
            .children(Some(self.0.id))
            .filter(|theme| archived || !theme.is_archived)
            .map(Self::new)
            .collect()
    }

    /// Its place in the taxonomy: the lowest comes first.
    async fn position(&self) -> i32 {
        self.0.position
    }

    /// Number of its latest revision, which a mutation states as `expectedRevision`.
    async fn revision(&self) -> i32 {
        self.0.revision
    }

    /// Whether it is no longer offered: what has it keeps it, and nothing else is given it.
    async fn is_archived(&self) -> bool {
        self.0.is_archived
    }

    /// Whether the viewer can change it.
    async fn viewer_can_update(&self, ctx: &Context<'_>) -> bool {
        may(ctx, &policy::UPDATE)
    }

    /// Whether the viewer can have it no longer be offered, now.
    async fn viewer_can_archive(&self, ctx: &Context<'_>) -> bool {
        let mut below = ctx.themes().children(Some(self.0.id));
        may(ctx, &policy::ARCHIVE) && !self.0.is_archived && below.all(|theme| theme.is_archived)
    }

    /// Whether the viewer can have it be offered again, now.
    async fn viewer_can_restore(&self, ctx: &Context<'_>) -> bool {
        let above = self.0.parent_id.and_then(|id| ctx.themes().by_id(id));
        let below_archived = above.is_some_and(|theme| theme.is_archived);
        may(ctx, &policy::RESTORE) && self.0.is_archived && !below_archived
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
