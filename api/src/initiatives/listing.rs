//! Lists of initiatives: what filters ask, and in which order.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use entity::values::{self, Need, Stage};
use entity::{
    financing_line, initiative, initiative_commune, initiative_need, initiative_partner,
    initiative_theme, theme,
};
use sea_orm::sea_query::{Expr, ExprTrait as _, Query, SelectStatement, SimpleExpr, UnionType};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect as _, QueryTrait, Select,
};
use uuid::Uuid;

use super::store::{self, InitiativeRow};
use super::{parts, tallies};
use crate::freshness::staleness;
use crate::listing::{Faceted, Listing, counted_by};
use crate::paging::{Keyset, Position, SortValue};
use crate::parts::Parts;
use crate::place::{PlaceColumns, PlaceFilter, squared_chord};
use crate::search::{RELEVANCE, Relevance, SearchKind, TextQuery, Within};
use crate::viewer::{Scope, Unpublished};

/// Which initiatives: all conditions together.
#[derive(Clone, Debug, Default)]
pub struct InitiativeCriteria {
    /// Where their place is; communes concerned are `territories`.
    pub place: PlaceFilter,
    /// Of each set, a commune that they concern.
    pub territories: Vec<Vec<String>>,
    /// Of each set, a theme that they have.
    pub themes: Vec<Vec<Uuid>>,
    pub scopes: Vec<values::Scope>,
    pub stages: Vec<Stage>,
    /// One of these.
    pub needs: Vec<Need>,
    /// Led by one of these organizations.
    pub lead_organizations: Vec<Uuid>,
    /// Led by this organization, or with it as a partner.
    pub organization: Option<Uuid>,
    pub inspired_by: Option<Uuid>,
    /// Financed by this source, or asking it.
    pub funding_source: Option<Uuid>,
    pub created_from: Option<DateTime<Utc>>,
    pub created_before: Option<DateTime<Utc>>,
    pub starts_from: Option<NaiveDate>,
    pub starts_to: Option<NaiveDate>,
    pub stale: Option<bool>,
    /// Answering this question.
    pub text: Option<Arc<TextQuery>>,
    /// Which of those that the viewer may see; none of these: what is public.
    pub unpublished: Unpublished,
}

/// The table whose index is walked when a list is read in the order of creation.
#[derive(Clone, Copy, Debug)]
enum Walk<'a> {
    Initiatives,
    /// Those of one commune.
    Commune(&'a str),
    /// Those of one theme.
    Theme(Uuid),
}

impl InitiativeCriteria {
    /// Keeps only initiatives that concern one of these communes.
    pub fn require_territory(&mut self, insee_codes: Vec<String>) {
        require(&mut self.territories, insee_codes);
    }

    /// Keeps only initiatives of one of these themes.
    pub fn require_theme(&mut self, themes: Vec<Uuid>) {
        require(&mut self.themes, themes);
    }

    fn walk(&self) -> Walk<'_> {
        let commune = self
            .territories
            .iter()
            .find_map(|set| match set.as_slice() {
                [one] => Some(Walk::Commune(one)),
                _ => None,
            });
        let theme = self.themes.iter().find_map(|set| match set.as_slice() {
            [one] => Some(Walk::Theme(*one)),
            _ => None,
        });
        commune.or(theme).unwrap_or(Walk::Initiatives)
    }
}

/// Adds a set of which one must hold, unless another one already implies it.
fn require<T: PartialEq>(sets: &mut Vec<Vec<T>>, mut set: Vec<T>) {
    let within = |inner: &[T], outer: &[T]| inner.iter().all(|value| outer.contains(value));
    let mut distinct = Vec::with_capacity(set.len());
    for value in set.drain(..) {
        if !distinct.contains(&value) {
            distinct.push(value);
        }
    }
    if sets.iter().any(|held| within(held, &distinct)) {
        return;
    }
    sets.retain(|held| !within(&distinct, held));
    sets.push(distinct);
}

/// In which order.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum InitiativeSort {
    #[default]
    CreatedDescending,
    CreatedAscending,
    UpdatedDescending,
    TitleAscending,
    /// The nearest to this point first.
    Distance(crate::geo::Point),
    /// The best answers to the text of the filter first.
    Relevance,
}

/// A filtered and ordered list of initiatives.
#[derive(Clone, Debug, Default)]
pub struct InitiativeListing {
    /// Shared by the many lists that a nested field makes of one.
    pub criteria: Arc<InitiativeCriteria>,
    pub sort: InitiativeSort,
    /// What is asked of each.
    pub parts: Parts,
}

/// By what initiatives are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InitiativeFacet {
    /// By the slug of the theme.
    Themes,
    Scopes,
    Stages,
    Needs,
    /// By the INSEE code of the commune, and the scope within it.
    Communes,
}

impl Listing for InitiativeListing {
    type Entity = initiative::Entity;
    type Row = InitiativeRow;

    fn select(&self, scope: Scope) -> Select<Self::Entity> {
        let mut select = store::visible(self.criteria.unpublished.scope(scope));
        match self.criteria.walk() {
            Walk::Initiatives => {}
            Walk::Commune(_) => {
                let same = of_initiative(initiative_commune::Column::InitiativeId);
                QueryTrait::query(&mut select).inner_join(initiative_commune::Entity, same);
            }
            Walk::Theme(_) => {
                let same = of_initiative(initiative_theme::Column::InitiativeId);
                QueryTrait::query(&mut select).inner_join(initiative_theme::Entity, same);
            }
        }
        select
            .filter(self.condition())
            .filter(self.criteria.unpublished.condition(
                scope,
                initiative::Column::Publication,
                initiative::Column::OwnerAccountId,
            ))
    }

    fn parts(&self) -> Parts {
        match self.sort {
            InitiativeSort::Distance(_) => self.parts | parts::PLACE,
            _ => self.parts,
        }
    }

    fn read(select: Select<Self::Entity>, scope: Scope, parts: Parts) -> Select<Self::Entity> {
        store::read(select, scope, parts)
    }

    fn order_name(&self) -> &'static str {
        match self.sort {
            InitiativeSort::CreatedDescending => "CREATED_AT_DESC",
            InitiativeSort::CreatedAscending => "CREATED_AT_ASC",
            InitiativeSort::UpdatedDescending => "UPDATED_AT_DESC",
            InitiativeSort::TitleAscending => "TITLE_ASC",
            InitiativeSort::Distance(_) => "DISTANCE",
            InitiativeSort::Relevance => RELEVANCE,
        }
    }

    fn keyset(&self) -> Keyset {
        let columns = PlaceColumns::of(initiative::Entity);
        let (value, descending) = match self.sort {
            InitiativeSort::CreatedDescending | InitiativeSort::Relevance => (None, true),
            InitiativeSort::CreatedAscending => (None, false),
            InitiativeSort::UpdatedDescending => {
                (Some(qualified(initiative::Column::UpdatedAt)), true)
            }
            InitiativeSort::TitleAscending => (Some(qualified(initiative::Column::Slug)), false),
            InitiativeSort::Distance(centre) => (Some(columns.squared_chord(centre)), false),
        };
        // A bound on one side of an equality is not carried to the other by the databases:
        // it must stand on the table whose index is walked.
        let id = match (&value, self.criteria.walk()) {
            (None, Walk::Commune(_)) => qualified(initiative_commune::Column::InitiativeId),
            (None, Walk::Theme(_)) => qualified(initiative_theme::Column::InitiativeId),
            _ => qualified(initiative::Column::Id),
        };
        Keyset {
            value,
            id,
            descending,
        }
    }

    fn position(&self, row: &InitiativeRow) -> Position {
        let row = &row.initiative;
        let value = match self.sort {
            InitiativeSort::CreatedDescending
            | InitiativeSort::CreatedAscending
            | InitiativeSort::Relevance => SortValue::Id,
            InitiativeSort::UpdatedDescending => SortValue::Instant(row.updated_at),
            InitiativeSort::TitleAscending => SortValue::Text(row.slug.clone()),
            InitiativeSort::Distance(centre) => {
                let vector = [row.geo_x, row.geo_y, row.geo_z].map(Option::unwrap_or_default);
                SortValue::Number(squared_chord(vector, centre))
            }
        };
        Position {
            order: self.order_name().to_owned(),
            value,
            id: row.id,
        }
    }

    fn beginnings(&self) -> Vec<Self> {
        let InitiativeSort::Distance(_) = self.sort else {
            return Vec::new();
        };
        let nearer = self.criteria.place.nearer().into_iter();
        nearer
            .map(|place| {
                let mut listing = self.clone();
                Arc::make_mut(&mut listing.criteria).place = place;
                listing
            })
            .collect()
    }

    fn relevance(&self) -> Option<Relevance> {
        let text = self.criteria.text.as_ref()?;
        (self.sort == InitiativeSort::Relevance).then(|| Relevance {
            kind: SearchKind::Initiative,
            query: Arc::clone(text),
        })
    }

    fn kept_count(&self, scope: Scope) -> Option<SelectStatement> {
        tallies::count(&self.criteria, self.criteria.unpublished.scope(scope))
    }
}

impl Faceted for InitiativeListing {
    type Facet = InitiativeFacet;

    fn count_by(&self, scope: Scope, facet: InitiativeFacet) -> SelectStatement {
        let criteria = &self.criteria;
        let scope = criteria.unpublished.scope(scope);
        let kept = match facet {
            InitiativeFacet::Themes => tallies::by_theme(criteria, scope),
            InitiativeFacet::Scopes => tallies::by_scope(criteria, scope),
            InitiativeFacet::Communes => tallies::by_commune(criteria, scope),
            InitiativeFacet::Stages | InitiativeFacet::Needs => None,
        };
        kept.unwrap_or_else(|| self.really_count_by(scope, facet))
    }
}

impl InitiativeListing {
    /// All initiatives that `criteria` let through.
    pub fn of(criteria: InitiativeCriteria) -> Self {
        Self {
            criteria: Arc::new(criteria),
            sort: InitiativeSort::default(),
            parts: Parts::default(),
        }
    }

    /// The identifiers of the list.
    fn ids(&self, scope: Scope) -> SelectStatement {
        self.select(scope)
            .column(initiative::Column::Id)
            .into_query()
    }

    fn really_count_by(&self, scope: Scope, facet: InitiativeFacet) -> SelectStatement {
        let ids = || self.ids(scope);
        match facet {
            InitiativeFacet::Themes => counted_by(
                Query::select()
                    .from(initiative_theme::Entity)
                    .inner_join(
                        theme::Entity,
                        qualified(theme::Column::Id)
                            .eq(qualified(initiative_theme::Column::ThemeId)),
                    )
                    .and_where(qualified(initiative_theme::Column::InitiativeId).in_subquery(ids()))
                    .take(),
                qualified(theme::Column::Slug),
                None,
            ),
            InitiativeFacet::Needs => counted_by(
                Query::select()
                    .from(initiative_need::Entity)
                    .and_where(qualified(initiative_need::Column::InitiativeId).in_subquery(ids()))
                    .take(),
                qualified(initiative_need::Column::Need),
                None,
            ),
            InitiativeFacet::Stages => counted_by(
                self.select(scope).into_query(),
                qualified(initiative::Column::Stage),
                None,
            ),
            InitiativeFacet::Scopes => counted_by(
                self.select(scope).into_query(),
                qualified(initiative::Column::Scope),
                None,
            ),
            InitiativeFacet::Communes => counted_by(
                Query::select()
                    .from(initiative_commune::Entity)
                    .inner_join(
                        initiative::Entity,
                        of_initiative(initiative_commune::Column::InitiativeId),
                    )
                    .and_where(qualified(initiative::Column::Id).in_subquery(ids()))
                    .take(),
                qualified(initiative_commune::Column::CommuneInsee),
                Some(qualified(initiative::Column::Scope)),
            ),
        }
    }

    fn condition(&self) -> Condition {
        let criteria = &self.criteria;
        let mut condition = criteria
            .place
            .point_condition(&PlaceColumns::of(initiative::Entity));
        condition = condition.add_option(criteria.text.as_ref().map(|text| {
            let id = qualified(initiative::Column::Id);
            text.condition(SearchKind::Initiative, id, Within::Anywhere)
        }));
        let stale_since = qualified(initiative::Column::StaleSince);
        condition = condition.add_option(staleness(stale_since, criteria.stale));
        if let InitiativeSort::Distance(_) = self.sort {
            condition = condition.add(initiative::Column::GeoX.is_not_null());
        }
        condition = match criteria.walk() {
            Walk::Initiatives => condition,
            Walk::Commune(insee_code) => {
                condition.add(initiative_commune::Column::CommuneInsee.eq(insee_code))
            }
            Walk::Theme(theme) => condition.add(initiative_theme::Column::ThemeId.eq(theme)),
        };
        // What is walked already holds.
        let (walked_commune, walked_theme) = match criteria.walk() {
            Walk::Commune(insee_code) => (Some(insee_code), None),
            Walk::Theme(theme) => (None, Some(theme)),
            Walk::Initiatives => (None, None),
        };
        for set in &criteria.territories {
            if !matches!(set.as_slice(), [one] if Some(one.as_str()) == walked_commune) {
                condition = condition.add(having(
                    initiative_commune::Entity,
                    initiative_commune::Column::InitiativeId,
                    initiative_commune::Column::CommuneInsee.is_in(set),
                ));
            }
        }
        for set in &criteria.themes {
            if !matches!(set.as_slice(), [one] if Some(*one) == walked_theme) {
                condition = condition.add(having(
                    initiative_theme::Entity,
                    initiative_theme::Column::InitiativeId,
                    initiative_theme::Column::ThemeId.is_in(set.iter().copied()),
                ));
            }
        }
        if !criteria.needs.is_empty() {
            condition = condition.add(having(
                initiative_need::Entity,
                initiative_need::Column::InitiativeId,
                initiative_need::Column::Need.is_in(criteria.needs.iter().copied()),
            ));
        }
        condition
            .add_option(one_of(initiative::Column::Scope, &criteria.scopes))
            .add_option(one_of(initiative::Column::Stage, &criteria.stages))
            .add_option(one_of(
                initiative::Column::LeadOrganizationId,
                &criteria.lead_organizations,
            ))
            .add_option(criteria.organization.map(with_organization))
            .add_option(
                criteria
                    .inspired_by
                    .map(|model| initiative::Column::InspiredById.eq(model)),
            )
            .add_option(criteria.funding_source.map(financed_by))
            .add_option(
                criteria
                    .created_from
                    .map(|from| initiative::Column::CreatedAt.gte(from)),
            )
            .add_option(
                criteria
                    .created_before
                    .map(|before| initiative::Column::CreatedAt.lt(before)),
            )
            .add_option(
                criteria
                    .starts_from
                    .map(|from| initiative::Column::StartsOn.gte(from)),
            )
            .add_option(
                criteria
                    .starts_to
                    .map(|to| initiative::Column::StartsOn.lte(to)),
            )
    }
}

/// The column holds one of `accepted`, unless nothing is asked.
fn one_of<C, V>(column: C, accepted: &[V]) -> Option<SimpleExpr>
where
    C: ColumnTrait,
    V: Copy + Into<sea_orm::Value>,
{
    (!accepted.is_empty()).then(|| column.is_in(accepted.iter().copied()))
}

/// The initiative has a row of another table of which `condition` holds; asked row by row,
/// so that a page in order ends as soon as it is full.
fn having(
    table: impl EntityTrait,
    initiative_id: impl ColumnTrait,
    condition: SimpleExpr,
) -> SimpleExpr {
    Expr::exists(
        Query::select()
            .expr(Expr::val(1))
            .from(table)
            .and_where(of_initiative(initiative_id))
            .and_where(condition)
            .take(),
    )
}

/// The initiatives that an organization leads or takes part in: few, so they are gathered
/// from both indexes first.
fn with_organization(organization: Uuid) -> SimpleExpr {
    let led = Query::select()
        .column(initiative::Column::Id)
        .from(initiative::Entity)
        .and_where(initiative::Column::LeadOrganizationId.eq(organization))
        .union(
            UnionType::Distinct,
            Query::select()
                .column(initiative_partner::Column::InitiativeId)
                .from(initiative_partner::Entity)
                .and_where(initiative_partner::Column::OrganizationId.eq(organization))
                .take(),
        )
        .take();
    initiative::Column::Id.in_subquery(led)
}

/// The initiatives that a source finances: few, so they are gathered from its index first.
fn financed_by(source: Uuid) -> SimpleExpr {
    let financed = Query::select()
        .column(financing_line::Column::InitiativeId)
        .from(financing_line::Entity)
        .and_where(financing_line::Column::FundingSourceId.eq(source))
        .take();
    initiative::Column::Id.in_subquery(financed)
}

/// A column with its table, as joins and unions need it.
pub(super) fn qualified(column: impl ColumnTrait) -> SimpleExpr {
    Expr::col(column.as_column_ref())
}

/// The row of the other table is one of the initiative at hand.
fn of_initiative(initiative_id: impl ColumnTrait) -> SimpleExpr {
    qualified(initiative_id).eq(qualified(initiative::Column::Id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_nested_territories_only_the_narrowest_is_asked() {
        let mut sets = Vec::new();
        require(&mut sets, vec![1, 2, 3]);
        require(&mut sets, vec![2, 2]);
        assert_eq!(sets, [[2]]);
        require(&mut sets, vec![2, 4]);
        assert_eq!(sets, [[2]]);
        require(&mut sets, vec![5]);
        assert_eq!(sets, [[2], [5]]);
        require(&mut sets, vec![]);
        assert_eq!(sets, [Vec::<i32>::new()]);
    }
}
