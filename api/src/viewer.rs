//! Who asks, and what they may see.

use chrono::{DateTime, NaiveDate, Utc};
use entity::values::Publication;
use sea_orm::ColumnTrait;
use sea_orm::sea_query::{Expr, ExprTrait as _, SimpleExpr};

/// The person or program on whose behalf a request is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Viewer {
    /// Anyone, without an account.
    Visitor,
}

/// What one request may see. Stores have no way to a row but through it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scope {
    pub viewer: Viewer,
    /// The instant at which consents are judged.
    pub now: DateTime<Utc>,
    /// The day, in Paris, on which mandates are judged.
    pub today: NaiveDate,
}

impl Scope {
    /// The rows that are public, or that this viewer may see for another reason.
    ///
    /// The value is written out: most rows have it, which PostgreSQL only takes into account
    /// where it is no parameter; for one, it would plan each statement anew each time.
    pub fn visible(self, publication: impl ColumnTrait) -> SimpleExpr {
        match self.viewer {
            Viewer::Visitor => {
                let published = Expr::Constant(Publication::Published.as_str().into());
                Expr::col(publication.as_column_ref()).eq(published)
            }
        }
    }
}
