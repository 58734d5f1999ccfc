//! Who asks, and the accounts that staff and administrators see.

use async_graphql::{Context, ID, InputObject, Json, Object, Result};
use sea_orm::{ColumnTrait as _, QueryFilter as _};

use super::account::{Account, AccountConnection, Role, RoleFilter};
use super::session::Session;
use crate::accounts::{AccountListing, my_data, policy, sessions, store};
use crate::contacts::graphql::KeptContactPoint;
use crate::graphql::ContextExt as _;
use crate::graphql::connection::{PageArguments, list_cost};
use crate::graphql::error::ErrorCode;
use crate::graphql::filter::LONGEST_TEXT;
use crate::id::Kind;
use crate::permission::{Relation, allows, authorize};
use crate::problem::WriteError;
use crate::viewer::Principal;

/// Who asks.
pub struct Viewer(Principal);

/// Who asks.
#[Object]
impl Viewer {
    /// Their account.
    async fn account(&self, ctx: &Context<'_>) -> Result<Option<Account>> {
        authorize(ctx.scope().viewer, &policy::OWN_ACCOUNT, Relation::Own)
            .map_err(|denied| ctx.denied(denied))?;
        let row = store::by_id(ctx.session(), self.0.account).await;
        Ok(row.map_err(|error| ctx.internal(error))?.map(Account::new))
    }

    /// The role in which they ask: that of their account, or the lower one that a token of
    /// another issuer allows.
    async fn role(&self) -> Role {
        self.0.role.into()
    }

    /// Their sessions that go on, the one used last first; 100 at most.
    #[graphql(complexity = "list_cost(None, None, child_complexity)")]
    async fn sessions(&self, ctx: &Context<'_>) -> Result<Vec<Session>> {
        let rows = sessions::own(ctx.session(), ctx.scope()).await;
        let rows = rows.map_err(|error| ctx.internal(error))?;
        Ok(rows.into_iter().map(Session).collect())
    }

    /// Contact points about them, shown or not: of their entry of the directory, of what
    /// they own, and those to which they consented; 100 at most.
    #[graphql(complexity = "list_cost(None, None, child_complexity)")]
    async fn contact_points(&self, ctx: &Context<'_>) -> Result<Vec<KeptContactPoint>> {
        KeptContactPoint::about(ctx, self.0).await
    }
}

/// Which accounts: all conditions together.
#[derive(InputObject, Clone, Debug, Default)]
pub struct AccountFilter {
    /// Of these roles.
    pub role: Option<RoleFilter>,
    /// Whose e-mail address or name contains this, 200 characters at most.
    pub text: Option<String>,
}

/// Who asks, and the accounts that staff and administrators see.
#[derive(Default)]
pub struct AccountQuery;

#[Object]
impl AccountQuery {
    /// Who asks; null for a visitor.
    async fn viewer(&self, ctx: &Context<'_>) -> Option<Viewer> {
        ctx.scope().viewer.principal().map(Viewer)
    }

    /// All that is kept about who asks, as JSON: account, sessions, entry of the directory,
    /// contact points and consents, contents, revisions, files, e-mails that wait, and what
    /// they did. Of each kind up to 500, the newest, and how many there are; for every
    /// person with an account, about themselves.
    #[graphql(complexity = 1000)]
    async fn my_data(&self, ctx: &Context<'_>) -> Result<Json<serde_json::Value>> {
        let data = my_data::of(ctx.session(), ctx.scope()).await;
        data.map(Json).map_err(|error| match error {
            WriteError::Denied(denied) => ctx.denied(denied),
            error => ctx.internal(error),
        })
    }

    /// One account; null if there is none, or for anybody but staff and administrators.
    async fn account(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global identifier.")] id: ID,
    ) -> Result<Option<Account>> {
        let id = ctx.uuid(Kind::Account, &id)?;
        let scope = ctx.scope();
        if !allows(scope.viewer, &policy::ACCOUNT, Relation::Other) {
            return Ok(None);
        }
        let row = store::visible(scope)
            .filter(entity::account::Column::Id.eq(id))
            .one(ctx.session())
            .await;
        Ok(row.map_err(|error| ctx.internal(error))?.map(Account::new))
    }

    /// Accounts, the newest first; for staff and administrators.
    #[graphql(complexity = "list_cost(first, last, child_complexity)")]
    async fn accounts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which of them.")] filter: Option<AccountFilter>,
        #[graphql(desc = "Nodes from the beginning, 1 to 100; 20 if nothing is asked.")]
        first: Option<i32>,
        #[graphql(desc = "Only nodes after this cursor.")] after: Option<String>,
        #[graphql(desc = "Nodes from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only nodes before this cursor.")] before: Option<String>,
    ) -> Result<Option<AccountConnection>> {
        if !allows(ctx.scope().viewer, &policy::ACCOUNTS, Relation::Other) {
            return Err(ctx.fault(ErrorCode::NotFound, "nothing-there", &[]));
        }
        let filter = filter.unwrap_or_default();
        if let Some(text) = &filter.text
            && text.chars().count() > LONGEST_TEXT
        {
            let most = LONGEST_TEXT.to_string();
            return Err(ctx.fault(ErrorCode::BadInput, "text-too-long", &[("most", most)]));
        }
        let roles = filter.role.map(|roles| roles.values(ctx)).transpose()?;
        let listing = AccountListing {
            roles: roles.unwrap_or_default(),
            text: filter.text.filter(|text| !text.is_empty()),
        };
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
        };
        AccountConnection::load(ctx, listing, arguments).await
    }
}
