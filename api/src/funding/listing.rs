//! Lists of funding sources: what filters ask, and in which order.

use std::sync::Arc;

use chrono::NaiveDate;
use entity::values::{
    FunderKind, FundingAudience, FundingForm, FundingTerritoryKind, Recurrence, StateAidRegime,
};
use entity::{funding_source, funding_source_audience, funding_source_form};
use sea_orm::sea_query::{Expr, ExprTrait as _, Func, Query, SimpleExpr};
use sea_orm::{ColumnTrait, Condition, QueryFilter, Select};
use uuid::Uuid;

use super::model::Reach;
use super::store;
use crate::database::Whole as _;
use crate::freshness::staleness;
use crate::listing::Listing;
use crate::paging::{Keyset, Position, SortValue};
use crate::parts::Parts;
use crate::search::{RELEVANCE, Relevance, SearchKind, TextQuery, Within};
use crate::viewer::{Scope, Unpublished};

/// Where a source without a last day stands among the last days.
const NEVER: &str = "9999-12-31";

/// Which sources.
#[derive(Clone, Debug, Default)]
pub struct FundingFilter {
    pub funder_kinds: Vec<FunderKind>,
    /// One of them at least.
    pub forms: Vec<FundingForm>,
    /// One of them at least.
    pub audiences: Vec<FundingAudience>,
    pub recurrences: Vec<Recurrence>,
    pub state_aid_regimes: Vec<StateAidRegime>,
    pub call_for_projects: Option<bool>,
    /// Known to take applications on this day.
    pub open_on: Option<NaiveDate>,
    /// Open on one of these territories, on France or on Europe.
    pub reach: Option<Reach>,
    /// Giving this much or more, as far as amounts are known.
    pub min_amount_cents: Option<i64>,
    /// Giving this much or less, as far as amounts are known.
    pub max_amount_cents: Option<i64>,
    pub funder_id: Option<Uuid>,
    pub stale: Option<bool>,
    /// Answering this question.
    pub text: Option<Arc<TextQuery>>,
    /// Which of those that the viewer may see; none of these: what is public.
    pub unpublished: Unpublished,
}

/// In which order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FundingOrder {
    #[default]
    CreatedDescending,
    CreatedAscending,
    NameAscending,
    /// The soonest last day first, those that have none at the end.
    ClosesAscending,
    /// The best answers to the text of the filter first.
    Relevance,
}

/// A filtered and ordered list of funding sources.
#[derive(Clone, Debug, Default)]
pub struct FundingListing {
    /// Shared by the many lists that a nested field makes of one.
    pub filter: Arc<FundingFilter>,
    pub order: FundingOrder,
}

impl Listing for FundingListing {
    type Entity = funding_source::Entity;
    type Row = funding_source::Model;

    fn select(&self, scope: Scope) -> Select<Self::Entity> {
        let unpublished = &self.filter.unpublished;
        store::visible(unpublished.scope(scope))
            .filter(self.filter.condition())
            .filter(unpublished.condition(
                scope,
                funding_source::Column::Publication,
                funding_source::Column::OwnerAccountId,
            ))
    }

    fn read(select: Select<Self::Entity>, _: Scope, _: Parts) -> Select<Self::Entity> {
        select.whole()
    }

    fn order_name(&self) -> &'static str {
        match self.order {
            FundingOrder::CreatedDescending => "CREATED_AT_DESC",
            FundingOrder::CreatedAscending => "CREATED_AT_ASC",
            FundingOrder::NameAscending => "NAME_ASC",
            FundingOrder::ClosesAscending => "CLOSES_ON_ASC",
            FundingOrder::Relevance => RELEVANCE,
        }
    }

    fn keyset(&self) -> Keyset {
        let (value, descending) = match self.order {
            FundingOrder::CreatedDescending | FundingOrder::Relevance => (None, true),
            FundingOrder::CreatedAscending => (None, false),
            FundingOrder::NameAscending => (Some(column(funding_source::Column::Slug)), false),
            // As text, both databases put dates, and the absence of one, in one same order.
            FundingOrder::ClosesAscending => {
                let last_day = column(funding_source::Column::ClosesOn).cast_as("text");
                let value = Func::coalesce([last_day, Expr::value(NEVER)]);
                (Some(value.into()), false)
            }
        };
        Keyset {
            value,
            id: column(funding_source::Column::Id),
            descending,
        }
    }

    fn position(&self, row: &funding_source::Model) -> Position {
        let value = match self.order {
            FundingOrder::CreatedDescending
            | FundingOrder::CreatedAscending
            | FundingOrder::Relevance => SortValue::Id,
            FundingOrder::NameAscending => SortValue::Text(row.slug.clone()),
            FundingOrder::ClosesAscending => SortValue::Text(
                row.closes_on
                    .map_or_else(|| NEVER.to_owned(), |last_day| last_day.to_string()),
            ),
        };
        Position {
            order: self.order_name().to_owned(),
            value,
            id: row.id,
        }
    }

    fn relevance(&self) -> Option<Relevance> {
        let text = self.filter.text.as_ref()?;
        (self.order == FundingOrder::Relevance).then(|| Relevance {
            kind: SearchKind::FundingSource,
            query: Arc::clone(text),
        })
    }
}

impl FundingListing {
    /// All sources that `filter` lets through.
    pub fn of(filter: FundingFilter) -> Self {
        Self {
            filter: Arc::new(filter),
            order: FundingOrder::default(),
        }
    }
}

impl FundingFilter {
    fn condition(&self) -> Condition {
        use funding_source::Column;
        let mut condition = Condition::all();
        if !self.funder_kinds.is_empty() {
            let accepted = self.funder_kinds.iter().copied();
            condition = condition.add(Column::FunderKind.is_in(accepted));
        }
        if !self.forms.is_empty() {
            let having = Query::select()
                .column(funding_source_form::Column::FundingSourceId)
                .from(funding_source_form::Entity)
                .and_where(funding_source_form::Column::Form.is_in(self.forms.iter().copied()))
                .take();
            condition = condition.add(Column::Id.in_subquery(having));
        }
        if !self.audiences.is_empty() {
            let accepted = self.audiences.iter().copied();
            let having = Query::select()
                .column(funding_source_audience::Column::FundingSourceId)
                .from(funding_source_audience::Entity)
                .and_where(funding_source_audience::Column::Audience.is_in(accepted))
                .take();
            condition = condition.add(Column::Id.in_subquery(having));
        }
        if !self.recurrences.is_empty() {
            let accepted = self.recurrences.iter().copied();
            condition = condition.add(Column::Recurrence.is_in(accepted));
        }
        if !self.state_aid_regimes.is_empty() {
            let accepted = self.state_aid_regimes.iter().copied();
            condition = condition.add(Column::StateAidRegime.is_in(accepted));
        }
        condition
            .add_option(staleness(column(Column::StaleSince), self.stale))
            .add_option(self.open_on.map(open_on))
            .add_option(self.reach.as_ref().map(reaching))
            .add_option(
                self.call_for_projects
                    .map(|wanted| Column::CallForProjects.eq(wanted)),
            )
            .add_option(
                self.funder_id
                    .map(|funder| Column::FunderOrganizationId.eq(funder)),
            )
            .add_option(self.amounts())
            .add_option(self.text.as_ref().map(|text| {
                let id = column(Column::Id);
                text.condition(SearchKind::FundingSource, id, Within::Anywhere)
            }))
    }

    /// Sources whose range meets the one asked; a bound that is not known excludes nothing,
    /// but one of the two must be known.
    fn amounts(&self) -> Option<Condition> {
        use funding_source::Column;
        (self.min_amount_cents.is_some() || self.max_amount_cents.is_some()).then(|| {
            let known = Condition::any()
                .add(Column::MinAmountCents.is_not_null())
                .add(Column::MaxAmountCents.is_not_null());
            Condition::all()
                .add(known)
                .add_option(self.min_amount_cents.map(|least| {
                    Condition::any()
                        .add(Column::MaxAmountCents.is_null())
                        .add(Column::MaxAmountCents.gte(least))
                }))
                .add_option(self.max_amount_cents.map(|most| {
                    Condition::any()
                        .add(Column::MinAmountCents.is_null())
                        .add(Column::MinAmountCents.lte(most))
                }))
        })
    }
}

/// Sources known to be open on `date`, as [`super::model::is_open_on`] says of one.
fn open_on(date: NaiveDate) -> Condition {
    use funding_source::Column;
    let known = Condition::any()
        .add(Column::OpensOn.is_not_null())
        .add(Column::ClosesOn.is_not_null())
        .add(Column::Recurrence.eq(Recurrence::Permanent));
    let begun = Condition::any()
        .add(Column::OpensOn.is_null())
        .add(Column::OpensOn.lte(date));
    let not_over = Condition::any()
        .add(Column::ClosesOn.is_null())
        .add(Column::ClosesOn.gte(date));
    Condition::all().add(known).add(begun).add(not_over)
}

/// Sources open on what `reach` holds.
fn reaching(reach: &Reach) -> Condition {
    use funding_source::Column;
    let everywhere = [FundingTerritoryKind::Europe, FundingTerritoryKind::France];
    [
        (FundingTerritoryKind::Commune, &reach.communes),
        (
            FundingTerritoryKind::Intercommunality,
            &reach.intercommunalities,
        ),
        (FundingTerritoryKind::Departement, &reach.departements),
        (FundingTerritoryKind::Region, &reach.regions),
    ]
    .into_iter()
    .filter(|(_, codes)| !codes.is_empty())
    .fold(
        Condition::any().add(Column::TerritoryKind.is_in(everywhere)),
        |condition, (kind, codes)| {
            condition.add(
                Condition::all()
                    .add(Column::TerritoryKind.eq(kind))
                    .add(Column::TerritoryCode.is_in(codes)),
            )
        },
    )
}

/// A column with its table, as joins and unions need it.
fn column(column: funding_source::Column) -> SimpleExpr {
    Expr::col((funding_source::Entity, column))
}
