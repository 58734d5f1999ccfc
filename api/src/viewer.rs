//! Who asks, and what they may see.

use chrono::{DateTime, NaiveDate, Utc};
use entity::intercommunality_membership;
use entity::values::{Publication, Role};
use sea_orm::sea_query::{Expr, ExprTrait as _, SimpleExpr};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait as _, QueryFilter as _, QuerySelect as _, QueryTrait as _,
};
use uuid::Uuid;

use crate::clock::Clock;
use crate::territory::in_force;

/// The person or program on whose behalf a request is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Viewer {
    /// Anyone, without an account.
    Visitor,
    /// Whoever proved to be this account.
    Account(Principal),
    /// Maillage itself, as it writes what a source states. No request has this viewer.
    Registry,
}

impl Viewer {
    /// The account, if there is one.
    pub fn principal(self) -> Option<Principal> {
        match self {
            Self::Visitor | Self::Registry => None,
            Self::Account(principal) => Some(principal),
        }
    }
}

/// An account as it stood when the request began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Principal {
    pub account: Uuid,
    /// The session of a person; who asks by a key or by another issuer's token has none.
    pub session: Option<Uuid>,
    pub role: Role,
    /// The commune whose contents a member keeps.
    pub commune: Option<Code<5>>,
    /// The intercommunality whose communes' contents a member keeps.
    pub intercommunality: Option<Code<9>>,
    /// The entry of the directory that is about this person.
    pub member: Option<Uuid>,
}

impl Principal {
    /// Whether this account reviews contents, and so sees all of them.
    pub fn reviews(self) -> bool {
        matches!(self.role, Role::Staff | Role::Admin)
    }

    /// Whether `commune`, the INSEE code in a column, is in this member's territory today.
    pub fn keeps(self, commune: impl Into<SimpleExpr>, today: NaiveDate) -> SimpleExpr {
        let commune = commune.into();
        if self.role != Role::Member {
            return Expr::val(false).eq(true);
        }
        match (self.commune, self.intercommunality) {
            (Some(code), _) => commune.eq(code.as_str()),
            (None, Some(siren)) => commune.in_subquery(
                intercommunality_membership::Entity::find()
                    .select_only()
                    .column(intercommunality_membership::Column::CommuneInsee)
                    .filter(
                        intercommunality_membership::Column::IntercommunalitySiren
                            .eq(siren.as_str()),
                    )
                    .filter(in_force(today))
                    .into_query(),
            ),
            (None, None) => Expr::val(false).eq(true),
        }
    }
}

/// An official code of `N` digits or letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Code<const N: usize>([u8; N]);

impl<const N: usize> Code<N> {
    /// The code written as `text`, if it has its length.
    pub fn parse(text: &str) -> Option<Self> {
        let code: [u8; N] = text.as_bytes().try_into().ok()?;
        code.is_ascii().then_some(Self(code))
    }

    /// The code as text.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
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
    /// What `viewer` may see at this moment.
    pub fn at(viewer: Viewer, clock: &Clock) -> Self {
        Self {
            viewer,
            now: clock.now(),
            today: clock.today(),
        }
    }

    /// What anybody may see at the same time.
    pub fn public(self) -> Self {
        Self {
            viewer: Viewer::Visitor,
            ..self
        }
    }

    /// The rows that are public, those that are `managed` by this account, and for who
    /// reviews all of them.
    ///
    /// The value is written out: most rows have it, which PostgreSQL only takes into account
    /// where it is no parameter; for one, it would plan each statement anew each time.
    pub fn visible(
        self,
        publication: impl ColumnTrait,
        managed: impl FnOnce(Principal) -> SimpleExpr,
    ) -> SimpleExpr {
        let published = Expr::Constant(Publication::Published.as_str().into());
        let public = Expr::col(publication.as_column_ref()).eq(published);
        match self.viewer {
            Viewer::Visitor => public,
            Viewer::Registry => publication.is_not_null(),
            Viewer::Account(principal) if principal.reviews() => publication.is_not_null(),
            Viewer::Account(principal) => public.or(managed(principal)),
        }
    }
}

/// What a list shows besides what is public. A list of contents is a public one unless it
/// asks for more: whoever signs in reads the same lists as before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unpublished {
    /// Only contents that stand so.
    pub publications: Vec<Publication>,
    /// Only contents that the viewer owns.
    pub own: bool,
}

impl Unpublished {
    /// As whom the list is read.
    pub fn scope(&self, scope: Scope) -> Scope {
        if self.publications.is_empty() && !self.own {
            scope.public()
        } else {
            scope
        }
    }

    /// The condition on the columns of a content.
    pub fn condition(
        &self,
        scope: Scope,
        publication: impl ColumnTrait,
        owner: impl ColumnTrait,
    ) -> Condition {
        let mut condition = Condition::all();
        if !self.publications.is_empty() {
            condition = condition.add(publication.is_in(self.publications.iter().copied()));
        }
        if self.own {
            condition = condition.add(match scope.viewer {
                Viewer::Visitor | Viewer::Registry => Expr::val(false).eq(true),
                Viewer::Account(principal) => owner.eq(principal.account),
            });
        }
        condition
    }
}
