//! Where contents of any kind stand.

use sea_orm::{ConnectionTrait, DbErr};
use uuid::Uuid;

use super::content::{Head, Reviewed as _};
use crate::change::Subject;
use crate::viewer::Scope;
use crate::{funding, initiatives, members, organizations, spaces};

/// The content of this kind and identifier as it stands, if `scope` may see it, locked until
/// the end of the transaction where the database can.
///
/// # Errors
/// When the database cannot be read.
pub async fn head(
    transaction: &impl ConnectionTrait,
    scope: Scope,
    subject: Subject,
    id: Uuid,
) -> Result<Option<Head>, DbErr> {
    match subject {
        Subject::Organization => {
            organizations::OrganizationContent::head(transaction, scope, id).await
        }
        Subject::Initiative => initiatives::InitiativeContent::head(transaction, scope, id).await,
        Subject::CoworkingSpace => spaces::SpaceContent::head(transaction, scope, id).await,
        Subject::FundingSource => funding::FundingContent::head(transaction, scope, id).await,
        Subject::Member => members::MemberContent::head(transaction, scope, id).await,
        _ => Ok(None),
    }
}
