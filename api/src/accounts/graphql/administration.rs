//! What staff and administrators do to accounts.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};

use super::account::{Account, AccountLanguage, Role};
use crate::accounts::model::Office;
use crate::accounts::service::{self, Invitation};
use crate::graphql::ContextExt as _;
use crate::graphql::mutation::answer;
use crate::id::Kind;
use crate::payload;

/// Who is invited.
#[derive(InputObject)]
pub struct AccountInviteInput {
    /// E-mail address, which gets the link.
    email: String,
    /// What they may do. Staff invite project holders and members; administrators also staff
    /// and administrators.
    role: Role,
    /// INSEE code of the commune whose contents a member keeps.
    commune: Option<String>,
    /// SIREN of the intercommunality of whose communes a member keeps the contents.
    intercommunality: Option<String>,
    /// Global identifier of the entry of the directory that is about them.
    member: Option<ID>,
    /// The language to write in.
    language: AccountLanguage,
}

/// Which account to close.
#[derive(InputObject)]
pub struct AccountDeactivateInput {
    /// The account.
    id: ID,
}

/// Which account to open again.
#[derive(InputObject)]
pub struct AccountReactivateInput {
    /// The account.
    id: ID,
}

/// Another role.
#[derive(InputObject)]
pub struct AccountUpdateRoleInput {
    /// The account.
    id: ID,
    /// What it may do from now on.
    role: Role,
    /// INSEE code of the commune whose contents a member keeps.
    commune: Option<String>,
    /// SIREN of the intercommunality of whose communes a member keeps the contents.
    intercommunality: Option<String>,
}

/// Which entry of the directory is about the person of an account.
#[derive(InputObject)]
pub struct AccountLinkMemberInput {
    /// The account.
    id: ID,
    /// Global identifier of the entry; null or absent: none is.
    member: Option<ID>,
}

/// A program.
#[derive(InputObject)]
pub struct ApiClientCreateInput {
    /// Name by which administrators know it, 200 characters at most.
    name: String,
}

/// Which program.
#[derive(InputObject)]
pub struct ApiClientRevokeInput {
    /// The account of the program.
    id: ID,
}

/// A program and its key.
#[derive(SimpleObject)]
pub struct ApiClient {
    /// The account of the program.
    account: Account,
    /// The key to send as `Authorization: Bearer …`. It is told only now.
    key: String,
}

payload! {
    /// What became of an invitation.
    AccountInvitePayload {
        /// The account, which waits for its owner.
        account: Account
    }
    AccountInviteError, AccountInviteErrorCode: [Invalid, NotFound, Taken]
}

payload! {
    /// What became of closing an account.
    AccountDeactivatePayload {
        /// The account.
        account: Account
    }
    AccountDeactivateError, AccountDeactivateErrorCode: [NotFound, Conflict]
}

payload! {
    /// What became of opening an account again.
    AccountReactivatePayload {
        /// The account.
        account: Account
    }
    AccountReactivateError, AccountReactivateErrorCode: [NotFound]
}

payload! {
    /// What became of giving an account another role.
    AccountUpdateRolePayload {
        /// The account.
        account: Account
    }
    AccountUpdateRoleError, AccountUpdateRoleErrorCode: [Invalid, NotFound, Conflict]
}

payload! {
    /// What became of linking an account and an entry of the directory.
    AccountLinkMemberPayload {
        /// The account.
        account: Account
    }
    AccountLinkMemberError, AccountLinkMemberErrorCode: [NotFound, Taken]
}

payload! {
    /// What became of making a key for a program.
    ApiClientCreatePayload {
        /// The program and its key.
        api_client: ApiClient
    }
    ApiClientCreateError, ApiClientCreateErrorCode: [Required, TooLong]
}

payload! {
    /// What became of revoking the key of a program.
    ApiClientRevokePayload {
        /// The account of the program.
        account: Account
    }
    ApiClientRevokeError, ApiClientRevokeErrorCode: [NotFound]
}

/// What staff and administrators do to accounts.
#[derive(Default)]
pub struct AdministrationMutation;

#[Object]
impl AdministrationMutation {
    /// Invites somebody by a link that works for seven days; for staff and administrators.
    async fn account_invite(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who is invited.")] input: AccountInviteInput,
    ) -> Result<AccountInvitePayload> {
        let member = input.member.map(|id| ctx.uuid(Kind::Member, &id));
        let invitation = Invitation {
            email: input.email,
            member: member.transpose()?,
            office: Office {
                role: input.role.into(),
                commune: input.commune,
                intercommunality: input.intercommunality,
            },
            language: input.language.into(),
        };
        let (app, scope) = ctx.writing().await;
        let invited = service::invite(app, scope, invitation).await;
        answer(ctx, Account::written(ctx, invited).await?)
    }

    /// Closes an account and ends its sessions; for its owner and administrators.
    async fn account_deactivate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which account.")] input: AccountDeactivateInput,
    ) -> Result<AccountDeactivatePayload> {
        let id = ctx.uuid(Kind::Account, &input.id)?;
        let (app, scope) = ctx.writing().await;
        let closed = service::deactivate(app, scope, id).await;
        answer(ctx, Account::written(ctx, closed).await?)
    }

    /// Opens a closed account again; for administrators.
    async fn account_reactivate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which account.")] input: AccountReactivateInput,
    ) -> Result<AccountReactivatePayload> {
        let id = ctx.uuid(Kind::Account, &input.id)?;
        let (app, scope) = ctx.writing().await;
        let opened = service::reactivate(app, scope, id).await;
        answer(ctx, Account::written(ctx, opened).await?)
    }

    /// Gives an account another role, which holds from its next request on; for
    /// administrators.
    async fn account_update_role(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The account and its role.")] input: AccountUpdateRoleInput,
    ) -> Result<AccountUpdateRolePayload> {
        let id = ctx.uuid(Kind::Account, &input.id)?;
        let office = Office {
            role: input.role.into(),
            commune: input.commune,
            intercommunality: input.intercommunality,
        };
        let (app, scope) = ctx.writing().await;
        let updated = service::update_role(app, scope, id, office).await;
        answer(ctx, Account::written(ctx, updated).await?)
    }

    /// Says which entry of the directory is about the person of an account: they then keep
    /// it, and consent to what is shown of them; for staff, of those whom they may invite,
    /// and administrators.
    async fn account_link_member(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The account and the entry.")] input: AccountLinkMemberInput,
    ) -> Result<AccountLinkMemberPayload> {
        let id = ctx.uuid(Kind::Account, &input.id)?;
        let member = input.member.map(|id| ctx.uuid(Kind::Member, &id));
        let member = member.transpose()?;
        let (app, scope) = ctx.writing().await;
        let linked = service::link_member(app, scope, id, member).await;
        answer(ctx, Account::written(ctx, linked).await?)
    }

    /// Makes a key by which a program reads; for administrators.
    async fn api_client_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The program.")] input: ApiClientCreateInput,
    ) -> Result<ApiClientCreatePayload> {
        let (app, scope) = ctx.writing().await;
        let (id, key) = match service::create_api_client(app, scope, &input.name).await {
            Ok((id, key)) => (Ok(id), Some(key)),
            Err(error) => (Err(error), None),
        };
        let written = Account::written(ctx, id).await?;
        let key = key.map(|key| key.reveal().to_owned()).unwrap_or_default();
        answer(ctx, written.map(|account| ApiClient { account, key }))
    }

    /// Revokes the key of a program for good; for administrators.
    async fn api_client_revoke(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which program.")] input: ApiClientRevokeInput,
    ) -> Result<ApiClientRevokePayload> {
        let id = ctx.uuid(Kind::Account, &input.id)?;
        let (app, scope) = ctx.writing().await;
        let revoked = service::revoke_api_client(app, scope, id).await;
        answer(ctx, Account::written(ctx, revoked).await?)
    }
}
