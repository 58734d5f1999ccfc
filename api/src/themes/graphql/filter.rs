//! Which themes are meant.

use async_graphql::{Context, ID, InputObject, Result};
use uuid::Uuid;

use crate::graphql::ContextExt as _;
use crate::graphql::error::ErrorCode;
use crate::graphql::filter::bounded;
use crate::id::Kind;

/// A list filtered by one theme or by several, each by its global identifier or its slug.
#[derive(InputObject, Clone, Debug)]
pub struct ThemeFilter {
    /// This one.
    pub eq: Option<ID>,
    /// One of these, 100 at most.
    #[graphql(name = "in")]
    pub any_of: Option<Vec<ID>>,
    /// Whether the themes below them are meant too.
    #[graphql(default)]
    pub with_descendants: bool,
}

impl ThemeFilter {
    /// The identifiers of the themes meant.
    ///
    /// # Errors
    /// `BAD_INPUT` when one is not the identifier of a theme, nor the slug of one that is
    /// known, or there are too many.
    pub fn uuids(self, ctx: &Context<'_>) -> Result<Vec<Uuid>> {
        let texts: Vec<ID> = self
            .eq
            .into_iter()
            .chain(self.any_of.unwrap_or_default())
            .collect();
        bounded(ctx, &texts)?;
        let ids = texts
            .iter()
            .map(|text| uuid(ctx, text))
            .collect::<Result<Vec<_>>>()?;
        if !self.with_descendants {
            return Ok(ids);
        }
        let themes = ctx.themes();
        Ok(ids
            .into_iter()
            .flat_map(|id| themes.with_descendants(id))
            .collect())
    }
}

/// Identifiers have an underscore after their prefix, slugs have none at all.
fn uuid(ctx: &Context<'_>, text: &str) -> Result<Uuid> {
    if text.contains('_') {
        return ctx.uuid(Kind::Theme, text);
    }
    let theme = ctx.themes().by_slug(text);
    theme.map(|theme| theme.id).ok_or_else(|| {
        ctx.fault(
            ErrorCode::BadInput,
            "unknown-theme",
            &[("value", text.chars().take(60).collect())],
        )
    })
}
