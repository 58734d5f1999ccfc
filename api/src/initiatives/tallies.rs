//! Numbers of published initiatives that are kept in the transaction of every write: by
//! commune and scope, and by commune and theme.

use entity::values;
use entity::{initiative_tally, initiative_theme_tally, theme};
use sea_orm::Condition;
use sea_orm::sea_query::{Expr, ExprTrait as _, Func, Query, SelectStatement, SimpleExpr};
use uuid::Uuid;

use super::listing::{InitiativeCriteria, qualified};
use crate::listing::no_text;
use crate::viewer::{Scope, Viewer};

/// By what the number of a list is kept: a commune, and scopes or a theme.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Kept<'a> {
    /// Empty for all.
    commune: &'a str,
    /// Empty for all.
    scopes: &'a [values::Scope],
    theme: Option<Uuid>,
}

impl<'a> Kept<'a> {
    /// By what the number of the list of these criteria is kept, if it is: what is kept
    /// counts what is published, which is all that a visitor sees.
    fn of(criteria: &'a InitiativeCriteria, scope: Scope) -> Option<Self> {
        if scope.viewer != Viewer::Visitor {
            return None;
        }
        // Taken apart so that a condition added later cannot be forgotten here.
        let InitiativeCriteria {
            place,
            territories,
            themes,
            scopes,
            stages,
            needs,
            lead_organizations,
            organization: None,
            inspired_by: None,
            funding_source: None,
            created_from: None,
            created_before: None,
            starts_from: None,
            starts_to: None,
            stale: None,
            text: None,
            unpublished: _,
        } = criteria
        else {
            return None;
        };
        let unconditional = place.is_everywhere()
            && stages.is_empty()
            && needs.is_empty()
            && lead_organizations.is_empty()
            && (scopes.is_empty() || themes.is_empty());
        // An initiative of two of the values would count twice.
        let commune = match territories.as_slice() {
            [] => "",
            [set] => only(set)?,
            _ => return None,
        };
        let theme = match themes.as_slice() {
            [] => None,
            [set] => Some(*only(set)?),
            _ => return None,
        };
        unconditional.then_some(Self {
            commune,
            scopes,
            theme,
        })
    }

    fn scope_tallies(self, communes: SimpleExpr) -> Condition {
        let scopes = (!self.scopes.is_empty()).then(|| {
            qualified(initiative_tally::Column::Scope)
                .is_in(self.scopes.iter().map(|scope| scope.as_str()))
        });
        Condition::all().add(communes).add_option(scopes)
    }
}

fn only<T>(set: &[T]) -> Option<&T> {
    match set {
        [one] => Some(one),
        _ => None,
    }
}

/// A statement that answers how many initiatives the list of these criteria has.
pub fn count(criteria: &InitiativeCriteria, scope: Scope) -> Option<SelectStatement> {
    let kept = Kept::of(criteria, scope)?;
    let mut select = Query::select();
    let published = match kept.theme {
        Some(theme) => {
            select
                .from(initiative_theme_tally::Entity)
                .and_where(qualified(initiative_theme_tally::Column::CommuneInsee).eq(kept.commune))
                .and_where(qualified(initiative_theme_tally::Column::ThemeId).eq(theme));
            qualified(initiative_theme_tally::Column::Published)
        }
        None => {
            let commune = qualified(initiative_tally::Column::CommuneInsee).eq(kept.commune);
            select
                .from(initiative_tally::Entity)
                .cond_where(kept.scope_tallies(commune));
            qualified(initiative_tally::Column::Published)
        }
    };
    let rows: Expr = Func::coalesce([published.sum(), Expr::val(0)]).into();
    Some(select.expr_as(rows.cast_as("bigint"), "rows").take())
}

/// A statement that answers how many initiatives of the list have each scope.
pub fn by_scope(criteria: &InitiativeCriteria, scope: Scope) -> Option<SelectStatement> {
    let kept = Kept::of(criteria, scope).filter(|kept| kept.theme.is_none())?;
    let commune = qualified(initiative_tally::Column::CommuneInsee).eq(kept.commune);
    Some(
        tallied(
            qualified(initiative_tally::Column::Scope),
            no_text(),
            qualified(initiative_tally::Column::Published),
        )
        .from(initiative_tally::Entity)
        .cond_where(kept.scope_tallies(commune))
        .take(),
    )
}

/// A statement that answers how many initiatives of the list each commune has, by scope.
pub fn by_commune(criteria: &InitiativeCriteria, scope: Scope) -> Option<SelectStatement> {
    // An initiative of one commune may concern others, which its tally does not tell.
    let kept =
        Kept::of(criteria, scope).filter(|kept| kept.theme.is_none() && kept.commune.is_empty())?;
    let communes = qualified(initiative_tally::Column::CommuneInsee).ne("");
    Some(
        tallied(
            qualified(initiative_tally::Column::CommuneInsee),
            qualified(initiative_tally::Column::Scope),
            qualified(initiative_tally::Column::Published),
        )
        .from(initiative_tally::Entity)
        .cond_where(kept.scope_tallies(communes))
        .take(),
    )
}

/// A statement that answers how many initiatives of the list each theme has, by slug.
pub fn by_theme(criteria: &InitiativeCriteria, scope: Scope) -> Option<SelectStatement> {
    // An initiative of one theme may have others, and scopes are not told apart.
    let kept =
        Kept::of(criteria, scope).filter(|kept| kept.theme.is_none() && kept.scopes.is_empty())?;
    let same = qualified(theme::Column::Id).eq(qualified(initiative_theme_tally::Column::ThemeId));
    Some(
        tallied(
            qualified(theme::Column::Slug),
            no_text(),
            qualified(initiative_theme_tally::Column::Published),
        )
        .from(initiative_theme_tally::Entity)
        .inner_join(theme::Entity, same)
        .and_where(qualified(initiative_theme_tally::Column::CommuneInsee).eq(kept.commune))
        .take(),
    )
}

/// The numbers kept as the counts of a facet.
fn tallied(value: SimpleExpr, part: SimpleExpr, published: SimpleExpr) -> SelectStatement {
    Query::select()
        .expr_as(value, "value")
        .expr_as(part, "part")
        .expr_as(published.clone(), "rows")
        .and_where(published.gt(0))
        .take()
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, NaiveDate};
    use entity::values::Stage;

    use super::*;

    #[test]
    fn numbers_are_kept_for_a_commune_and_scopes_or_a_theme_only() {
        let scope = Scope {
            viewer: Viewer::Visitor,
            now: DateTime::UNIX_EPOCH,
            today: NaiveDate::default(),
        };
        let kept = |commune, scopes, theme| {
            Some(Kept {
                commune,
                scopes,
                theme,
            })
        };
        let local = [values::Scope::Local];
        let theme = Uuid::from_u128(1);
        let mut criteria = InitiativeCriteria::default();
        assert_eq!(Kept::of(&criteria, scope), kept("", &[], None));
        criteria.require_theme(vec![theme]);
        assert_eq!(Kept::of(&criteria, scope), kept("", &[], Some(theme)));
        criteria.require_territory(vec!["92071".to_owned()]);
        assert_eq!(Kept::of(&criteria, scope), kept("92071", &[], Some(theme)));
        criteria.scopes = local.to_vec();
        assert_eq!(Kept::of(&criteria, scope), None);
        criteria.themes.clear();
        assert_eq!(Kept::of(&criteria, scope), kept("92071", &local, None));
        let mut two = criteria.clone();
        two.require_territory(vec!["92002".to_owned()]);
        assert_eq!(Kept::of(&two, scope), None);
        let mut either = InitiativeCriteria::default();
        either.require_theme(vec![theme, Uuid::nil()]);
        assert_eq!(Kept::of(&either, scope), None);
        criteria.stages = vec![Stage::Idea];
        assert_eq!(Kept::of(&criteria, scope), None);
    }
}
