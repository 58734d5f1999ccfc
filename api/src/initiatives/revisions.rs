//! The approved revisions of an initiative, as a list.

use entity::initiative_revision::heading;
use entity::values::RevisionState;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Select};
use uuid::Uuid;

use crate::listing::Listing;
use crate::paging::{Keyset, Position, SortValue};
use crate::viewer::{Scope, Viewer};

/// The revisions of one initiative that were approved, the newest first.
///
/// It answers to whoever names the initiative: only what holds a visible one may ask.
#[derive(Clone, Copy, Debug)]
pub struct RevisionListing {
    pub initiative: Uuid,
}

impl Listing for RevisionListing {
    type Entity = heading::Entity;
    type Row = heading::Model;

    fn select(&self, scope: Scope) -> Select<Self::Entity> {
        match scope.viewer {
            Viewer::Visitor => heading::Entity::find()
                .filter(heading::Column::InitiativeId.eq(self.initiative))
                .filter(heading::Column::State.eq(RevisionState::Approved)),
        }
    }

    fn order_name(&self) -> &'static str {
        "NUMBER_DESC"
    }

    fn keyset(&self) -> Keyset {
        let column = |column| Expr::col((heading::Entity, column));
        Keyset {
            value: Some(column(heading::Column::Number)),
            id: column(heading::Column::Id),
            descending: true,
        }
    }

    fn position(&self, row: &heading::Model) -> Position {
        Position {
            order: self.order_name().to_owned(),
            value: SortValue::Number(f64::from(row.number)),
            id: row.id,
        }
    }
}
