//! Lists of the sites of one organization.

use entity::organization_site;
use sea_orm::sea_query::{Expr, ExprTrait as _, SimpleExpr};
use sea_orm::{ColumnTrait, QueryFilter, Select};
use uuid::Uuid;

use super::store;
use crate::geo::Point;
use crate::listing::Listing;
use crate::paging::{Keyset, Position, SortValue, Window};
use crate::place::{PlaceColumns, squared_chord};
use crate::viewer::Scope;

/// In which order the sites of an organization come.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum SiteOrder {
    /// The head office, then the others in the order of their creation.
    HeadOfficeFirst,
    /// The nearest to this point first; those without a point are left out.
    Distance(Point),
}

/// The sites of one organization.
#[derive(Clone, Debug)]
pub struct SiteListing {
    pub organization_id: Uuid,
    pub order: SiteOrder,
}

impl SiteListing {
    /// The window of the first site of the list.
    pub fn first() -> Window {
        Window {
            size: 1,
            from_end: false,
            after: None,
            before: None,
        }
    }
}

impl Listing for SiteListing {
    type Entity = organization_site::Entity;
    type Row = organization_site::Model;

    fn select(&self, scope: Scope) -> Select<Self::Entity> {
        let sites = store::visible_sites(scope, self.organization_id);
        match self.order {
            SiteOrder::HeadOfficeFirst => sites,
            SiteOrder::Distance(_) => sites.filter(organization_site::Column::GeoX.is_not_null()),
        }
    }

    fn order_name(&self) -> &'static str {
        match self.order {
            SiteOrder::HeadOfficeFirst => "HEAD_OFFICE_FIRST",
            SiteOrder::Distance(_) => "DISTANCE",
        }
    }

    fn keyset(&self) -> Keyset {
        let value: SimpleExpr = match self.order {
            SiteOrder::HeadOfficeFirst => Expr::case(
                Expr::col((
                    organization_site::Entity,
                    organization_site::Column::IsHeadOffice,
                ))
                .eq(true),
                0.0,
            )
            .finally(1.0)
            .into(),
            SiteOrder::Distance(centre) => {
                PlaceColumns::of(organization_site::Entity).squared_chord(centre)
            }
        };
        Keyset {
            value: Some(value),
            id: Expr::col((organization_site::Entity, organization_site::Column::Id)),
            descending: false,
        }
    }

    fn position(&self, row: &organization_site::Model) -> Position {
        let value = match self.order {
            SiteOrder::HeadOfficeFirst => {
                SortValue::Number(if row.is_head_office { 0.0 } else { 1.0 })
            }
            SiteOrder::Distance(centre) => {
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
}
