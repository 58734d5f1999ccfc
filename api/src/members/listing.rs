//! Lists of members: what filters ask, and in which order.

use std::sync::Arc;

use chrono::NaiveDate;
use entity::values::MemberKind;
use entity::{mandate, mandate_delegation, member};
use sea_orm::sea_query::{Expr, Query, SelectStatement, SimpleExpr};
use sea_orm::{
    ColumnTrait, Condition, DbErr, QueryFilter, QueryResult, QuerySelect as _, QueryTrait as _,
    Select,
};
use uuid::Uuid;

use super::parts::columns;
use super::store;
use crate::database::ByPlace as _;
use crate::listing::{Faceted, Listing, WithParts, counted_by};
use crate::organizations;
use crate::paging::{Keyset, Position, SortValue};
use crate::parts::Parts;
use crate::place::PlaceFilter;
use crate::search::{RELEVANCE, Relevance, SearchKind, TextQuery, Within};
use crate::viewer::{Scope, Unpublished};

/// Which members.
#[derive(Clone, Debug, Default)]
pub struct MemberFilter {
    /// In which communes; members have no point.
    pub place: PlaceFilter,
    pub kinds: Vec<MemberKind>,
    /// With a delegation of one of these themes.
    pub delegation_themes: Vec<Uuid>,
    /// With a mandate in force on this day.
    pub current_on: Option<NaiveDate>,
    pub organization_id: Option<Uuid>,
    /// Answering this question.
    pub text: Option<Arc<TextQuery>>,
    /// Which of those that the viewer may see; none of these: what is public.
    pub unpublished: Unpublished,
}

impl MemberFilter {
    /// Keeps only the members who belong to one organization.
    pub fn belong_to(&mut self, organization: Uuid) {
        if self
            .organization_id
            .is_some_and(|other| other != organization)
        {
            self.place.nowhere();
        }
        self.organization_id = Some(organization);
    }
}

/// In which order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MemberOrder {
    #[default]
    CreatedDescending,
    CreatedAscending,
    NameAscending,
    /// The best answers to the text of the filter first.
    Relevance,
}

/// A filtered and ordered list of members.
#[derive(Clone, Debug, Default)]
pub struct MemberListing {
    /// Shared by the many lists that a nested field makes of one.
    pub filter: Arc<MemberFilter>,
    pub order: MemberOrder,
    /// What is asked of each.
    pub parts: Parts,
}

/// A row of a list of members, with the parts that were asked.
#[derive(Clone, Debug)]
pub struct MemberRow(pub Arc<member::Model>);

impl WithParts for MemberRow {
    fn from_row(row: &QueryResult, parts: Parts) -> Result<Self, DbErr> {
        let model = member::Model::at(row, 0, &columns(parts))?;
        Ok(Self(Arc::new(model)))
    }
}

impl Listing for MemberListing {
    type Entity = member::Entity;
    type Row = MemberRow;

    fn select(&self, scope: Scope) -> Select<Self::Entity> {
        let unpublished = &self.filter.unpublished;
        store::visible(unpublished.scope(scope))
            .filter(self.condition(scope))
            .filter(unpublished.condition(
                scope,
                member::Column::Publication,
                member::Column::OwnerAccountId,
            ))
    }

    fn parts(&self) -> Parts {
        self.parts
    }

    fn read(select: Select<Self::Entity>, _: Scope, parts: Parts) -> Select<Self::Entity> {
        select.columns(columns(parts))
    }

    fn order_name(&self) -> &'static str {
        match self.order {
            MemberOrder::CreatedDescending => "CREATED_AT_DESC",
            MemberOrder::CreatedAscending => "CREATED_AT_ASC",
            MemberOrder::NameAscending => "NAME_ASC",
            MemberOrder::Relevance => RELEVANCE,
        }
    }

    fn keyset(&self) -> Keyset {
        let (value, descending) = match self.order {
            MemberOrder::CreatedDescending | MemberOrder::Relevance => (None, true),
            MemberOrder::CreatedAscending => (None, false),
            MemberOrder::NameAscending => (Some(column(member::Column::Slug)), false),
        };
        Keyset {
            value,
            id: column(member::Column::Id),
            descending,
        }
    }

    fn position(&self, MemberRow(row): &MemberRow) -> Position {
        let value = match self.order {
            MemberOrder::CreatedDescending
            | MemberOrder::CreatedAscending
            | MemberOrder::Relevance => SortValue::Id,
            MemberOrder::NameAscending => SortValue::Text(row.slug.clone()),
        };
        Position {
            order: self.order_name().to_owned(),
            value,
            id: row.id,
        }
    }

    fn relevance(&self) -> Option<Relevance> {
        let text = self.filter.text.as_ref()?;
        (self.order == MemberOrder::Relevance).then(|| Relevance {
            kind: SearchKind::Member,
            query: Arc::clone(text),
        })
    }
}

/// By what members are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemberFacet {
    Kinds,
    /// By INSEE code.
    Communes,
}

impl Faceted for MemberListing {
    type Facet = MemberFacet;

    fn count_by(&self, scope: Scope, facet: MemberFacet) -> SelectStatement {
        let by = match facet {
            MemberFacet::Kinds => member::Column::Kind,
            MemberFacet::Communes => member::Column::CommuneInsee,
        };
        counted_by(self.select(scope).into_query(), column(by), None)
    }
}

impl MemberListing {
    /// All members that `filter` lets through.
    pub fn of(filter: MemberFilter) -> Self {
        Self {
            filter: Arc::new(filter),
            order: MemberOrder::default(),
            parts: Parts::NONE,
        }
    }

    fn condition(&self, scope: Scope) -> Condition {
        let filter = &self.filter;
        let mut condition = Condition::all();
        if let Some(codes) = &filter.place.insee_codes {
            condition = condition.add(member::Column::CommuneInsee.is_in(codes));
        }
        if !filter.kinds.is_empty() {
            condition = condition.add(member::Column::Kind.is_in(filter.kinds.iter().copied()));
        }
        if let Some(mandates) = self.mandates() {
            condition = condition.add(member::Column::Id.in_subquery(mandates));
        }
        condition
            .add_option(filter.text.as_ref().map(|text| {
                let id = column(member::Column::Id);
                text.condition(SearchKind::Member, id, Within::Anywhere)
            }))
            .add_option(filter.organization_id.map(|organization| {
                // An organization that is not visible has no members that anyone may know.
                Condition::all()
                    .add(member::Column::OrganizationId.eq(organization))
                    .add(organizations::is_visible(scope, Expr::value(organization)))
            }))
    }

    /// The members with a mandate that the filter wants: one delegation of the themes, in
    /// force on the day.
    fn mandates(&self) -> Option<SelectStatement> {
        let filter = &self.filter;
        if filter.delegation_themes.is_empty() && filter.current_on.is_none() {
            return None;
        }
        let mut mandates = Query::select();
        mandates
            .column((mandate::Entity, mandate::Column::MemberId))
            .from(mandate::Entity);
        if let Some(date) = filter.current_on {
            mandates.cond_where(store::in_force(date));
        }
        if !filter.delegation_themes.is_empty() {
            let delegated = Query::select()
                .column(mandate_delegation::Column::MandateId)
                .from(mandate_delegation::Entity)
                .and_where(
                    mandate_delegation::Column::ThemeId
                        .is_in(filter.delegation_themes.iter().copied()),
                )
                .take();
            mandates.and_where(mandate::Column::Id.in_subquery(delegated));
        }
        Some(mandates)
    }
}

/// A column with its table, as joins and unions need it.
fn column(column: member::Column) -> SimpleExpr {
    Expr::col((member::Entity, column))
}
