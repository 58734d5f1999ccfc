//! Lists of spaces: what filters ask, and in which order.

use std::sync::Arc;

use entity::values::{Amenity, OwnerKind, SpaceKind, WheelchairAccess};
use entity::{coworking_space, coworking_space_amenity, coworking_space_kind};
use sea_orm::sea_query::{Expr, Query, SelectStatement};
use sea_orm::{
    ColumnTrait, Condition, DbErr, QueryFilter, QueryResult, QuerySelect as _, QueryTrait as _,
    Select,
};
use uuid::Uuid;

use super::{parts, store};
use crate::database::ByPlace as _;
use crate::freshness::staleness;
use crate::geo::Point;
use crate::listing::{Faceted, Listing, WithParts, counted_by};
use crate::organizations;
use crate::paging::{Keyset, Position, SortValue};
use crate::parts::Parts;
use crate::place::{PlaceColumns, PlaceFilter, squared_chord};
use crate::search::{RELEVANCE, Relevance, SearchKind, TextQuery, Within};
use crate::viewer::{Scope, Unpublished};

/// Which spaces.
#[derive(Clone, Debug, Default)]
pub struct SpaceFilter {
    pub place: PlaceFilter,
    pub kinds: Vec<SpaceKind>,
    /// All of them must be there.
    pub amenities: Vec<Amenity>,
    pub wheelchair_access: Vec<WheelchairAccess>,
    pub owner_kinds: Vec<OwnerKind>,
    pub min_surface_m2: Option<f64>,
    pub max_surface_m2: Option<f64>,
    pub operator_id: Option<Uuid>,
    pub stale: Option<bool>,
    /// Answering this question.
    pub text: Option<Arc<TextQuery>>,
    /// Which of those that the viewer may see; none of these: what is public.
    pub unpublished: Unpublished,
}

impl SpaceFilter {
    /// Keeps only the spaces that one organization runs.
    pub fn run_by(&mut self, organization: Uuid) {
        if self.operator_id.is_some_and(|other| other != organization) {
            self.place.nowhere();
        }
        self.operator_id = Some(organization);
    }
}

/// In which order.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum SpaceOrder {
    #[default]
    CreatedDescending,
    CreatedAscending,
    NameAscending,
    /// The nearest to this point first.
    Distance(Point),
    /// The best answers to the text of the filter first.
    Relevance,
}

/// A filtered and ordered list of spaces.
#[derive(Clone, Debug, Default)]
pub struct SpaceListing {
    /// Shared by the many lists that a nested field makes of one.
    pub filter: Arc<SpaceFilter>,
    pub order: SpaceOrder,
    /// What is asked of each.
    pub parts: Parts,
}

/// A row of a list of spaces, with the parts that were asked.
#[derive(Clone, Debug)]
pub struct SpaceRow(pub Arc<coworking_space::Model>);

impl WithParts for SpaceRow {
    fn from_row(row: &QueryResult, parts: Parts) -> Result<Self, DbErr> {
        let model = coworking_space::Model::at(row, 0, &parts::columns(parts))?;
        Ok(Self(Arc::new(model)))
    }
}

impl Listing for SpaceListing {
    type Entity = coworking_space::Entity;
    type Row = SpaceRow;

    fn select(&self, scope: Scope) -> Select<Self::Entity> {
        let unpublished = &self.filter.unpublished;
        store::visible(unpublished.scope(scope))
            .filter(self.condition(scope))
            .filter(unpublished.condition(
                scope,
                coworking_space::Column::Publication,
                coworking_space::Column::OwnerAccountId,
            ))
    }

    fn parts(&self) -> Parts {
        match self.order {
            SpaceOrder::Distance(_) => self.parts | parts::DETAILS,
            _ => self.parts,
        }
    }

    fn read(select: Select<Self::Entity>, _: Scope, parts: Parts) -> Select<Self::Entity> {
        select.columns(parts::columns(parts))
    }

    fn order_name(&self) -> &'static str {
        match self.order {
            SpaceOrder::CreatedDescending => "CREATED_AT_DESC",
            SpaceOrder::CreatedAscending => "CREATED_AT_ASC",
            SpaceOrder::NameAscending => "NAME_ASC",
            SpaceOrder::Distance(_) => "DISTANCE",
            SpaceOrder::Relevance => RELEVANCE,
        }
    }

    fn keyset(&self) -> Keyset {
        let columns = PlaceColumns::of(coworking_space::Entity);
        let (value, descending) = match self.order {
            SpaceOrder::CreatedDescending | SpaceOrder::Relevance => (None, true),
            SpaceOrder::CreatedAscending => (None, false),
            SpaceOrder::NameAscending => (Some(column(coworking_space::Column::Slug)), false),
            SpaceOrder::Distance(centre) => (Some(columns.squared_chord(centre)), false),
        };
        Keyset {
            value,
            id: column(coworking_space::Column::Id),
            descending,
        }
    }

    fn position(&self, SpaceRow(row): &SpaceRow) -> Position {
        let value = match self.order {
            SpaceOrder::CreatedDescending
            | SpaceOrder::CreatedAscending
            | SpaceOrder::Relevance => SortValue::Id,
            SpaceOrder::NameAscending => SortValue::Text(row.slug.clone()),
            SpaceOrder::Distance(centre) => {
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

    fn relevance(&self) -> Option<Relevance> {
        let text = self.filter.text.as_ref()?;
        (self.order == SpaceOrder::Relevance).then(|| Relevance {
            kind: SearchKind::CoworkingSpace,
            query: Arc::clone(text),
        })
    }
}

/// By what spaces are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpaceFacet {
    Kinds,
    /// By INSEE code.
    Communes,
}

impl Faceted for SpaceListing {
    type Facet = SpaceFacet;

    fn count_by(&self, scope: Scope, facet: SpaceFacet) -> SelectStatement {
        match facet {
            SpaceFacet::Kinds => {
                let ids = self
                    .select(scope)
                    .column(coworking_space::Column::Id)
                    .into_query();
                let rows = Query::select()
                    .from(coworking_space_kind::Entity)
                    .and_where(coworking_space_kind::Column::SpaceId.in_subquery(ids))
                    .take();
                let kind = coworking_space_kind::Column::Kind.as_column_ref();
                counted_by(rows, Expr::col(kind), None)
            }
            SpaceFacet::Communes => counted_by(
                self.select(scope).into_query(),
                column(coworking_space::Column::CommuneInsee),
                None,
            ),
        }
    }
}

impl SpaceListing {
    /// All spaces that `filter` lets through.
    pub fn of(filter: SpaceFilter) -> Self {
        Self {
            filter: Arc::new(filter),
            order: SpaceOrder::default(),
            parts: Parts::NONE,
        }
    }

    fn condition(&self, scope: Scope) -> Condition {
        let filter = &self.filter;
        let mut condition = filter
            .place
            .point_condition(&PlaceColumns::of(coworking_space::Entity));
        if let Some(codes) = &filter.place.insee_codes {
            condition = condition.add(coworking_space::Column::CommuneInsee.is_in(codes));
        }
        let stale_since = column(coworking_space::Column::StaleSince);
        condition = condition.add_option(staleness(stale_since, filter.stale));
        if let SpaceOrder::Distance(_) = self.order {
            condition = condition.add(coworking_space::Column::GeoX.is_not_null());
        }
        if !filter.kinds.is_empty() {
            let having = Query::select()
                .column(coworking_space_kind::Column::SpaceId)
                .from(coworking_space_kind::Entity)
                .and_where(coworking_space_kind::Column::Kind.is_in(filter.kinds.iter().copied()))
                .take();
            condition = condition.add(coworking_space::Column::Id.in_subquery(having));
        }
        for amenity in &filter.amenities {
            let having = Query::select()
                .column(coworking_space_amenity::Column::SpaceId)
                .from(coworking_space_amenity::Entity)
                .and_where(coworking_space_amenity::Column::Amenity.eq(*amenity))
                .take();
            condition = condition.add(coworking_space::Column::Id.in_subquery(having));
        }
        if !filter.wheelchair_access.is_empty() {
            let accepted = filter.wheelchair_access.iter().copied();
            condition = condition.add(coworking_space::Column::WheelchairAccess.is_in(accepted));
        }
        if !filter.owner_kinds.is_empty() {
            let accepted = filter.owner_kinds.iter().copied();
            condition = condition.add(coworking_space::Column::OwnerKind.is_in(accepted));
        }
        condition
            .add_option(filter.text.as_ref().map(|text| {
                let id = column(coworking_space::Column::Id);
                text.condition(SearchKind::CoworkingSpace, id, Within::Anywhere)
            }))
            .add_option(
                filter
                    .min_surface_m2
                    .map(|least| coworking_space::Column::SurfaceM2.gte(least)),
            )
            .add_option(
                filter
                    .max_surface_m2
                    .map(|most| coworking_space::Column::SurfaceM2.lte(most)),
            )
            .add_option(filter.operator_id.map(|operator| {
                // An organization that is not visible runs nothing that anyone may know.
                Condition::all()
                    .add(coworking_space::Column::OperatorId.eq(operator))
                    .add(organizations::is_visible(scope, Expr::value(operator)))
            }))
    }
}

/// A column with its table, as joins and unions need it.
fn column(column: coworking_space::Column) -> sea_orm::sea_query::SimpleExpr {
    Expr::col((coworking_space::Entity, column))
}
