//! Lists of revisions: those of one content, and those that wait for review.

use chrono::{DateTime, Utc};
use entity::revision::heading;
use entity::values::RevisionState;
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Select};
use uuid::Uuid;

use crate::change::Subject;
use crate::listing::Listing;
use crate::paging::{Keyset, Position, SortValue};
use crate::viewer::{Scope, Viewer};

/// The revisions of one content, the newest first.
///
/// It answers to whoever names the content: only what holds a visible one may ask, and for
/// `all` only what has asked the rules.
#[derive(Clone, Copy, Debug)]
pub struct RevisionListing {
    pub subject: Subject,
    pub entity: Uuid,
    /// All of them, or only those that were approved.
    pub all: bool,
}

impl Listing for RevisionListing {
    type Entity = heading::Entity;
    type Row = heading::Model;

    fn select(&self, _: Scope) -> Select<Self::Entity> {
        let of_content = heading::Entity::find()
            .filter(heading::Column::EntityKind.eq(self.subject.as_str()))
            .filter(heading::Column::EntityId.eq(self.entity));
        if self.all {
            of_content
        } else {
            of_content.filter(heading::Column::State.eq(RevisionState::Approved))
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

/// The revisions that wait for review, those that have waited longest first.
#[derive(Clone, Debug, Default)]
pub struct QueueListing {
    /// Only of these kinds of contents; all if it is empty.
    pub subjects: Vec<Subject>,
    /// Only those submitted before.
    pub submitted_before: Option<DateTime<Utc>>,
}

impl Listing for QueueListing {
    type Entity = heading::Entity;
    type Row = heading::Model;

    fn select(&self, scope: Scope) -> Select<Self::Entity> {
        let reviews = match scope.viewer {
            Viewer::Account(principal) => principal.reviews(),
            Viewer::Visitor | Viewer::Registry => false,
        };
        let mut select = heading::Entity::find()
            .filter(heading::Column::State.eq(RevisionState::Pending))
            .filter(Expr::val(reviews).eq(true));
        if !self.subjects.is_empty() {
            let kinds = self.subjects.iter().map(|subject| subject.as_str());
            select = select.filter(heading::Column::EntityKind.is_in(kinds));
        }
        if let Some(before) = self.submitted_before {
            select = select.filter(heading::Column::SubmittedAt.lt(before));
        }
        select
    }

    fn order_name(&self) -> &'static str {
        "SUBMITTED_AT_ASC"
    }

    fn keyset(&self) -> Keyset {
        let column = |column| Expr::col((heading::Entity, column));
        Keyset {
            value: Some(column(heading::Column::SubmittedAt)),
            id: column(heading::Column::Id),
            descending: false,
        }
    }

    fn position(&self, row: &heading::Model) -> Position {
        Position {
            order: self.order_name().to_owned(),
            value: row.submitted_at.map_or(SortValue::Id, SortValue::Instant),
            id: row.id,
        }
    }
}
