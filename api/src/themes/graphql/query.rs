//! Look-ups and lists of themes.

use async_graphql::{Context, ID, Object, Result};

use super::theme::Theme;
use crate::graphql::ContextExt as _;
use crate::graphql::connection::list_cost;
use crate::graphql::error::one_look_up;
use crate::id::Kind;

/// Look-ups and lists of themes.
#[derive(Default)]
pub struct ThemeQuery;

#[Object]
impl ThemeQuery {
    /// One theme, by one of these; null if the registry does not know it.
    async fn theme(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global identifier.")] id: Option<ID>,
        #[graphql(desc = "Slug.")] slug: Option<String>,
    ) -> Result<Option<Theme>> {
        let themes = ctx.themes();
        let theme = match (id, slug) {
            (Some(id), None) => themes.by_id(ctx.uuid(Kind::Theme, &id)?),
            (None, Some(slug)) => themes.by_slug(&slug),
            _ => return Err(one_look_up(ctx, "id, slug")),
        };
        Ok(theme.map(Theme::new))
    }

    /// The themes of the taxonomy, in its order.
    #[graphql(complexity = "list_cost(Some(50), None, child_complexity)")]
    async fn themes(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            default,
            desc = "Whether only themes that are below no other are wanted."
        )]
        first_level: bool,
        #[graphql(default, desc = "Whether archived themes are listed too.")] archived: bool,
    ) -> Vec<Theme> {
        ctx.themes()
            .all()
            .iter()
            .filter(|theme| !first_level || theme.parent_id.is_none())
            .filter(|theme| archived || !theme.is_archived)
            .map(Theme::new)
            .collect()
    }
}
