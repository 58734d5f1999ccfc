//! How many initiatives there are of each kind.

use async_graphql::{Context, Object, Result, SimpleObject};
use entity::values;

use super::enums::{Need, Scope, Stage};
use crate::graphql::ContextExt as _;
use crate::graphql::connection::load_facet;
use crate::initiatives::{InitiativeFacet, InitiativeListing};
use crate::listing::Tally;
use crate::territory::graphql::Commune;
use crate::themes::graphql::Theme;

/// How many initiatives of a list there are of each kind.
pub struct InitiativeFacets(InitiativeListing);

impl InitiativeFacets {
    /// The facets of `listing`.
    pub fn new(listing: InitiativeListing) -> Self {
        Self(listing)
    }
}

/// Initiatives of one theme.
#[derive(SimpleObject)]
pub struct InitiativeThemeCount {
    /// The theme.
    theme: Theme,
    /// How many initiatives of the list have it.
    count: i64,
}

/// Initiatives of one scope.
#[derive(SimpleObject)]
pub struct InitiativeScopeCount {
    /// The scope.
    scope: Scope,
    /// How many initiatives of the list have it.
    count: i64,
}

/// Initiatives at one stage.
#[derive(SimpleObject)]
pub struct InitiativeStageCount {
    /// The stage.
    stage: Stage,
    /// How many initiatives of the list are at it.
    count: i64,
}

/// Initiatives with one need.
#[derive(SimpleObject)]
pub struct InitiativeNeedCount {
    /// The need.
    need: Need,
    /// How many initiatives of the list have it.
    count: i64,
}

/// Initiatives that concern one commune.
#[derive(SimpleObject)]
pub struct InitiativeCommuneCount {
    /// The commune.
    commune: Commune,
    /// How many initiatives of the list concern it.
    count: i64,
    /// How many of these there are of each scope, the most frequent first.
    scopes: Vec<InitiativeScopeCount>,
}

/// How many initiatives of a list there are of each kind, the most frequent first.
#[Object]
impl InitiativeFacets {
    /// By theme; an initiative of two themes counts in both.
    async fn themes(&self, ctx: &Context<'_>) -> Result<Vec<InitiativeThemeCount>> {
        let tallies = load_facet(ctx, &self.0, InitiativeFacet::Themes).await?;
        let themes = ctx.themes();
        Ok(tallies
            .into_iter()
            .filter_map(|tally| {
                let theme = Theme::new(themes.by_slug(&tally.value)?);
                Some(InitiativeThemeCount {
                    theme,
                    count: tally.rows,
                })
            })
            .collect())
    }

    /// By scope.
    async fn scopes(&self, ctx: &Context<'_>) -> Result<Vec<InitiativeScopeCount>> {
        let tallies = load_facet(ctx, &self.0, InitiativeFacet::Scopes).await?;
        Ok(tallies
            .into_iter()
            .filter_map(|tally| scope_count(&tally.value, tally.rows))
            .collect())
    }

    /// By stage.
    async fn stages(&self, ctx: &Context<'_>) -> Result<Vec<InitiativeStageCount>> {
        let tallies = load_facet(ctx, &self.0, InitiativeFacet::Stages).await?;
        Ok(tallies
            .into_iter()
            .filter_map(|tally| {
                let stage = values::Stage::parse(&tally.value)?.into();
                Some(InitiativeStageCount {
                    stage,
                    count: tally.rows,
                })
            })
            .collect())
    }

    /// By need; an initiative of two needs counts in both.
    async fn needs(&self, ctx: &Context<'_>) -> Result<Vec<InitiativeNeedCount>> {
        let tallies = load_facet(ctx, &self.0, InitiativeFacet::Needs).await?;
        Ok(tallies
            .into_iter()
            .filter_map(|tally| {
                let need = values::Need::parse(&tally.value)?.into();
                Some(InitiativeNeedCount {
                    need,
                    count: tally.rows,
                })
            })
            .collect())
    }

    /// By commune concerned; an initiative that concerns two communes counts in both.
    async fn communes(&self, ctx: &Context<'_>) -> Result<Vec<InitiativeCommuneCount>> {
        let tallies = load_facet(ctx, &self.0, InitiativeFacet::Communes).await?;
        let territory = ctx.territory();
        Ok(by_value(tallies)
            .into_iter()
            .filter_map(|(insee_code, count, scopes)| {
                Some(InitiativeCommuneCount {
                    commune: Commune::new(territory.commune(&insee_code)?),
                    count,
                    scopes,
                })
            })
            .collect())
    }
}

fn scope_count(scope: &str, count: i64) -> Option<InitiativeScopeCount> {
    let scope = values::Scope::parse(scope)?.into();
    Some(InitiativeScopeCount { scope, count })
}

/// The tallies of each value together, the most frequent first: an initiative has one
/// scope, so the counts by scope add up.
fn by_value(tallies: Vec<Tally>) -> Vec<(String, i64, Vec<InitiativeScopeCount>)> {
    let mut groups = std::collections::BTreeMap::<String, (i64, Vec<InitiativeScopeCount>)>::new();
    for tally in tallies {
        let (count, scopes) = groups.entry(tally.value).or_default();
        *count += tally.rows;
        scopes.extend(tally.part.and_then(|scope| scope_count(&scope, tally.rows)));
    }
    let mut groups: Vec<_> = groups
        .into_iter()
        .map(|(value, (count, scopes))| (value, count, scopes))
        .collect();
    groups.sort_by_key(|(_, count, _)| std::cmp::Reverse(*count));
    groups
}
