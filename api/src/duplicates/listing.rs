//! Pairs of contents that may be one, for who reviews.

use entity::probable_duplicate;
use entity::values::{DuplicateReason, DuplicateVerdict};
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Select};

use crate::change::Subject;
use crate::listing::Listing;
use crate::paging::{Keyset, Position, SortValue};
use crate::viewer::{Scope, Viewer};

/// Pairs, those found last first.
#[derive(Clone, Debug)]
pub struct DuplicateListing {
    /// Of this kind of contents; of all if there is none.
    pub subject: Option<Subject>,
    pub verdict: DuplicateVerdict,
    /// Found for one of these reasons; for any if it is empty.
    pub reasons: Vec<DuplicateReason>,
}

impl Listing for DuplicateListing {
    type Entity = probable_duplicate::Entity;
    type Row = probable_duplicate::Model;

    fn select(&self, scope: Scope) -> Select<Self::Entity> {
        let reviews = match scope.viewer {
            Viewer::Account(principal) => principal.reviews(),
            Viewer::Visitor | Viewer::Registry => false,
        };
        let mut select = probable_duplicate::Entity::find()
            .filter(probable_duplicate::Column::Verdict.eq(self.verdict))
            .filter(Expr::val(reviews).eq(true));
        if let Some(subject) = self.subject {
            select = select.filter(probable_duplicate::Column::EntityKind.eq(subject.as_str()));
        }
        if !self.reasons.is_empty() {
            let reasons = self.reasons.iter().copied();
            select = select.filter(probable_duplicate::Column::Reason.is_in(reasons));
        }
        select
    }

    fn order_name(&self) -> &'static str {
        "FOUND_AT_DESC"
    }

    fn keyset(&self) -> Keyset {
        let column = |column| Expr::col((probable_duplicate::Entity, column));
        Keyset {
            value: Some(column(probable_duplicate::Column::FoundAt)),
            id: column(probable_duplicate::Column::Id),
            descending: true,
        }
    }

    fn position(&self, row: &probable_duplicate::Model) -> Position {
        Position {
            order: self.order_name().to_owned(),
            value: SortValue::Instant(row.found_at),
            id: row.id,
        }
    }
}
