//! How an account stands to those whom contact points reach.

use sea_orm::{ConnectionTrait, DbErr};
use uuid::Uuid;

use super::store::Owner;
use crate::app::App;
use crate::change::Subject;
use crate::permission::Relation;
use crate::review::{Head, Reviewed as _};
use crate::viewer::{Principal, Scope};
use crate::{initiatives, members, organizations, spaces};

impl Owner {
    pub fn id(self) -> Uuid {
        match self {
            Self::Member(id) | Self::Organization(id) | Self::Space(id) | Self::Initiative(id) => {
                id
            }
        }
    }

    /// What the change log calls it.
    pub fn subject(self) -> Subject {
        match self {
            Self::Member(_) => Subject::Member,
            Self::Organization(_) => Subject::Organization,
            Self::Space(_) => Subject::CoworkingSpace,
            Self::Initiative(_) => Subject::Initiative,
        }
    }
}

/// The owner as it stands, if `scope` may see it, locked until the end of the transaction
/// where the database can.
pub async fn head(
    transaction: &impl ConnectionTrait,
    scope: Scope,
    owner: Owner,
) -> Result<Option<Head>, DbErr> {
    match owner {
        Owner::Member(id) => members::MemberContent::head(transaction, scope, id).await,
        Owner::Organization(id) => {
            organizations::OrganizationContent::head(transaction, scope, id).await
        }
        Owner::Space(id) => spaces::SpaceContent::head(transaction, scope, id).await,
        Owner::Initiative(id) => initiatives::InitiativeContent::head(transaction, scope, id).await,
    }
}

/// How an account stands to the contact points of an owner. Those of a member are about
/// that person: whoever came to keep the entry otherwise does not consent for them.
pub fn relation(
    app: &App,
    scope: Scope,
    principal: Principal,
    owner: Owner,
    head: &Head,
) -> Relation {
    let relation = head.relation(principal, &app.gazetteer.current(), scope.today);
    match owner {
        Owner::Member(id) if principal.member == Some(id) => Relation::Own,
        Owner::Member(_) if relation == Relation::Own => Relation::Territory,
        _ => relation,
    }
}
