//! Lists of imports, and of the rows of one.

use entity::values::{ImportOutcome, ImportState};
use entity::{import_job, import_row};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait as _, QueryFilter as _, Select};
use uuid::Uuid;

use super::store;
use crate::listing::Listing;
use crate::paging::{Keyset, Position, SortValue};
use crate::viewer::Scope;

/// Imports that this viewer may see, the newest first.
#[derive(Clone, Debug, Default)]
pub struct ImportListing {
    /// Only those that stand so; all if it is empty.
    pub states: Vec<ImportState>,
    /// Only those of this account.
    pub account: Option<Uuid>,
}

impl Listing for ImportListing {
    type Entity = import_job::Entity;
    type Row = import_job::Model;

    fn select(&self, scope: Scope) -> Select<Self::Entity> {
        let mut select = store::visible(scope);
        if !self.states.is_empty() {
            let states = self.states.iter().copied();
            select = select.filter(import_job::Column::State.is_in(states));
        }
        if let Some(account) = self.account {
            select = select.filter(import_job::Column::AccountId.eq(account));
        }
        select
    }

    fn order_name(&self) -> &'static str {
        "CREATED_AT_DESC"
    }

    fn keyset(&self) -> Keyset {
        Keyset {
            value: None,
            id: Expr::col((import_job::Entity, import_job::Column::Id)),
            descending: true,
        }
    }

    fn position(&self, row: &import_job::Model) -> Position {
        Position {
            order: self.order_name().to_owned(),
            value: SortValue::Id,
            id: row.id,
        }
    }
}

/// Rows of one import whose report is kept, in the order of the file.
#[derive(Clone, Debug)]
pub struct RowListing {
    pub import: Uuid,
    /// Only those with these outcomes; all if it is empty.
    pub outcomes: Vec<ImportOutcome>,
}

impl Listing for RowListing {
    type Entity = import_row::Entity;
    type Row = import_row::Model;

    fn select(&self, scope: Scope) -> Select<Self::Entity> {
        let rows = store::visible_rows(scope).filter(import_row::Column::ImportId.eq(self.import));
        if self.outcomes.is_empty() {
            return rows;
        }
        rows.filter(import_row::Column::Outcome.is_in(self.outcomes.iter().copied()))
    }

    fn order_name(&self) -> &'static str {
        "NUMBER_ASC"
    }

    fn keyset(&self) -> Keyset {
        let column = |column| Expr::col((import_row::Entity, column));
        Keyset {
            value: Some(column(import_row::Column::Number)),
            id: column(import_row::Column::Id),
            descending: false,
        }
    }

    fn position(&self, row: &import_row::Model) -> Position {
        // Rows of a file are far fewer than the whole numbers that floating point tells apart.
        #[expect(clippy::cast_precision_loss, reason = "a small number")]
        let number = row.number as f64;
        Position {
            order: self.order_name().to_owned(),
            value: SortValue::Number(number),
            id: row.id,
        }
    }
}
