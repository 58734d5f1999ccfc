//! Lists of organizations: what filters ask, and in which order.

use std::sync::Arc;

use chrono::NaiveDate;
use entity::values::{LegalForm, SiaeKind, StructureKind};
use entity::{organization, organization_site};
use sea_orm::sea_query::{Expr, ExprTrait as _, Func, Query, SelectStatement, SimpleExpr};
use sea_orm::{
    ColumnTrait, Condition, DbErr, FromQueryResult, QueryFilter, QueryResult, QuerySelect,
    QueryTrait as _, Select,
};

use super::identifiers::{Rna, Siren, Siret};
use super::model::EssFamily;
use super::store;
use crate::database::Whole as _;
use crate::freshness::staleness;
use crate::geo::Point;
use crate::listing::{Faceted, Listing, counted_by};
use crate::paging::{Keyset, Position, SortValue};
use crate::parts::Parts;
use crate::place::{PlaceColumns, PlaceFilter};
use crate::search::{RELEVANCE, Relevance, SearchKind, TextQuery, Within};
use crate::viewer::{Scope, Unpublished};

/// Which organizations.
#[derive(Clone, Debug, Default)]
pub struct OrganizationFilter {
    /// Where one of the sites is.
    pub place: PlaceFilter,
    pub legal_forms: Vec<LegalForm>,
    pub ess_families: Vec<EssFamily>,
    pub siae_kinds: Vec<SiaeKind>,
    pub structure_kinds: Vec<StructureKind>,
    /// Whether their approval as an ESUS is in force today.
    pub is_esus: Option<bool>,
    pub competes_on_market: Option<bool>,
    pub siren: Option<Siren>,
    pub siret: Option<Siret>,
    pub rna: Option<Rna>,
    pub stale: Option<bool>,
    /// Answering this question.
    pub text: Option<Arc<TextQuery>>,
    /// Which of those that the viewer may see; none of these: what is public.
    pub unpublished: Unpublished,
}

/// In which order.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum OrganizationOrder {
    #[default]
    CreatedDescending,
    CreatedAscending,
    NameAscending,
    /// Those with the site nearest to this point first.
    Distance(Point),
    /// The best answers to the text of the filter first.
    Relevance,
}

/// A filtered and ordered list of organizations.
#[derive(Clone, Debug, Default)]
pub struct OrganizationListing {
    /// Shared by the many lists that a nested field makes of one.
    pub filter: Arc<OrganizationFilter>,
    pub order: OrganizationOrder,
}

/// A row of a list of organizations.
#[derive(Clone, Debug)]
pub struct OrganizationRow {
    pub organization: organization::Model,
    /// The squared chord to the nearest site, in lists ordered by it.
    pub nearest: Option<f64>,
    /// The commune of the site by which it is known, if that was asked.
    pub commune_insee: Option<Option<String>>,
}

/// Name of the column that holds [`OrganizationRow::nearest`].
const NEAREST: &str = "nearest_chord";

impl FromQueryResult for OrganizationRow {
    fn from_query_result(row: &QueryResult, prefix: &str) -> Result<Self, DbErr> {
        Ok(Self {
            organization: organization::Model::from_query_result(row, prefix)?,
            nearest: row.try_get(prefix, NEAREST)?,
            commune_insee: None,
        })
    }
}

impl From<organization::Model> for OrganizationRow {
    fn from(organization: organization::Model) -> Self {
        Self {
            organization,
            nearest: None,
            commune_insee: None,
        }
    }
}

impl Listing for OrganizationListing {
    type Entity = organization::Entity;
    type Row = OrganizationRow;

    fn select(&self, scope: Scope) -> Select<Self::Entity> {
        // Lists in different orders are read in one statement, so all have the column.
        let nearest = match self.order {
            OrganizationOrder::Distance(centre) => nearest_chord(centre),
            _ => Expr::val(None::<f64>).cast_as("double precision"),
        };
        let unpublished = &self.filter.unpublished;
        store::visible(unpublished.scope(scope))
            .filter(self.condition(scope.today))
            .filter(unpublished.condition(
                scope,
                organization::Column::Publication,
                organization::Column::OwnerAccountId,
            ))
            .expr_as(nearest, NEAREST)
    }

    fn read(select: Select<Self::Entity>, _: Scope, _: Parts) -> Select<Self::Entity> {
        select.whole()
    }

    fn order_name(&self) -> &'static str {
        match self.order {
            OrganizationOrder::CreatedDescending => "CREATED_AT_DESC",
            OrganizationOrder::CreatedAscending => "CREATED_AT_ASC",
            OrganizationOrder::NameAscending => "NAME_ASC",
            OrganizationOrder::Distance(_) => "DISTANCE",
            OrganizationOrder::Relevance => RELEVANCE,
        }
    }

    fn keyset(&self) -> Keyset {
        let (value, descending) = match self.order {
            OrganizationOrder::CreatedDescending | OrganizationOrder::Relevance => (None, true),
            OrganizationOrder::CreatedAscending => (None, false),
            OrganizationOrder::NameAscending => (Some(column(organization::Column::Slug)), false),
            OrganizationOrder::Distance(centre) => (Some(nearest_chord(centre)), false),
        };
        Keyset {
            value,
            id: column(organization::Column::Id),
            descending,
        }
    }

    fn position(&self, row: &OrganizationRow) -> Position {
        let value = match self.order {
            OrganizationOrder::CreatedDescending
            | OrganizationOrder::CreatedAscending
            | OrganizationOrder::Relevance => SortValue::Id,
            OrganizationOrder::NameAscending => SortValue::Text(row.organization.slug.clone()),
            OrganizationOrder::Distance(_) => SortValue::Number(row.nearest.unwrap_or_default()),
        };
        Position {
            order: self.order_name().to_owned(),
            value,
            id: row.organization.id,
        }
    }

    fn relevance(&self) -> Option<Relevance> {
        let text = self.filter.text.as_ref()?;
        (self.order == OrganizationOrder::Relevance).then(|| Relevance {
            kind: SearchKind::Organization,
            query: Arc::clone(text),
        })
    }
}

/// By what organizations are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrganizationFacet {
    LegalForms,
    /// By INSEE code of their sites.
    Communes,
}

impl Faceted for OrganizationListing {
    type Facet = OrganizationFacet;

    fn count_by(&self, scope: Scope, facet: OrganizationFacet) -> SelectStatement {
        match facet {
            OrganizationFacet::LegalForms => counted_by(
                self.select(scope).into_query(),
                column(organization::Column::LegalForm),
                None,
            ),
            OrganizationFacet::Communes => {
                let listed = self
                    .select(scope)
                    .select_only()
                    .column(organization::Column::Id)
                    .into_query();
                // An organization with two sites in a commune counts once there.
                let present = Query::select()
                    .distinct()
                    .columns([
                        organization_site::Column::OrganizationId,
                        organization_site::Column::CommuneInsee,
                    ])
                    .from(organization_site::Entity)
                    .and_where(organization_site::Column::OrganizationId.in_subquery(listed))
                    .take();
                counted_by(
                    Query::select().from_subquery(present, "present").take(),
                    Expr::col(("present", organization_site::Column::CommuneInsee)),
                    None,
                )
            }
        }
    }
}

impl OrganizationListing {
    /// All organizations that `filter` lets through.
    pub fn of(filter: OrganizationFilter) -> Self {
        Self {
            filter: Arc::new(filter),
            order: OrganizationOrder::default(),
        }
    }

    fn condition(&self, today: NaiveDate) -> Condition {
        let filter = &self.filter;
        let mut condition = Condition::all();
        if let Some(sites) = self.sites() {
            condition = condition.add(organization::Column::Id.in_subquery(sites));
        }
        if !filter.legal_forms.is_empty() {
            let accepted = filter.legal_forms.iter().copied();
            condition = condition.add(organization::Column::LegalForm.is_in(accepted));
        }
        if !filter.ess_families.is_empty() {
            let accepted = filter
                .ess_families
                .iter()
                .flat_map(|family| family.legal_forms());
            condition = condition.add(organization::Column::LegalForm.is_in(accepted));
        }
        if !filter.siae_kinds.is_empty() {
            let accepted = filter.siae_kinds.iter().copied();
            condition = condition.add(organization::Column::SiaeKind.is_in(accepted));
        }
        if !filter.structure_kinds.is_empty() {
            let accepted = filter.structure_kinds.iter().copied();
            condition = condition.add(organization::Column::StructureKind.is_in(accepted));
        }
        condition
            .add_option(staleness(
                column(organization::Column::StaleSince),
                filter.stale,
            ))
            .add_option(filter.is_esus.map(|wanted| esus_on(today, wanted)))
            .add_option(filter.text.as_ref().map(|text| {
                let id = column(organization::Column::Id);
                text.condition(SearchKind::Organization, id, Within::Anywhere)
            }))
            .add_option(
                filter
                    .competes_on_market
                    .map(|wanted| organization::Column::CompetesOnMarket.eq(wanted)),
            )
            .add_option(
                filter
                    .siren
                    .as_ref()
                    .map(|siren| organization::Column::Siren.eq(siren.as_str())),
            )
            .add_option(
                filter
                    .rna
                    .as_ref()
                    .map(|rna| organization::Column::Rna.eq(rna.as_str())),
            )
    }

    /// The organizations that have a site where and as the filter wants it.
    fn sites(&self) -> Option<SelectStatement> {
        let filter = &self.filter;
        let by_distance = matches!(self.order, OrganizationOrder::Distance(_));
        if filter.place.is_everywhere() && filter.siret.is_none() && !by_distance {
            return None;
        }
        let columns = PlaceColumns::of(organization_site::Entity);
        let mut condition = filter
            .place
            .point_condition(&columns)
            .add_option(
                filter
                    .place
                    .insee_codes
                    .as_ref()
                    .map(|codes| organization_site::Column::CommuneInsee.is_in(codes)),
            )
            .add_option(
                filter
                    .siret
                    .as_ref()
                    .map(|siret| organization_site::Column::Siret.eq(siret.as_str())),
            );
        if by_distance {
            condition = condition.add(organization_site::Column::GeoX.is_not_null());
        }
        Some(
            Query::select()
                .column((
                    organization_site::Entity,
                    organization_site::Column::OrganizationId,
                ))
                .from(organization_site::Entity)
                .cond_where(condition)
                .take(),
        )
    }
}

/// The organizations whose approval as an ESUS is in force on `today`, or all others.
fn esus_on(today: NaiveDate, wanted: bool) -> Condition {
    let in_force = Condition::all()
        .add(organization::Column::EsusStartsOn.is_not_null())
        .add(organization::Column::EsusStartsOn.lte(today))
        .add(
            Condition::any()
                .add(organization::Column::EsusEndsOn.is_null())
                .add(organization::Column::EsusEndsOn.gt(today)),
        );
    if wanted {
        return in_force;
    }
    Condition::any()
        .add(organization::Column::EsusStartsOn.is_null())
        .add(organization::Column::EsusStartsOn.gt(today))
        .add(organization::Column::EsusEndsOn.lte(today))
}

/// The squared chord from `centre` to the nearest site of an organization.
fn nearest_chord(centre: Point) -> SimpleExpr {
    const SITE: &str = "nearest_site";
    let chord = PlaceColumns::of(SITE).squared_chord(centre);
    let nearest = Query::select()
        .expr(Func::min(chord))
        .from_as(organization_site::Entity, SITE)
        .and_where(
            Expr::col((SITE, organization_site::Column::OrganizationId))
                .equals((organization::Entity, organization::Column::Id)),
        )
        .take();
    SimpleExpr::SubQuery(None, Box::new(nearest.into()))
}

/// A column with its table, as joins and unions need it.
fn column(column: organization::Column) -> SimpleExpr {
    Expr::col((organization::Entity, column))
}
