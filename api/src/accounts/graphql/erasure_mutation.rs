//! Erasure, asked by the person themselves or in their name.

use async_graphql::{Context, ID, InputObject, Object, Result};

use super::account::Account;
use super::caller;
use crate::accounts::service_erasure as service;
use crate::graphql::ContextExt as _;
use crate::graphql::mutation::answer;
use crate::id::Kind;
use crate::payload;

/// Who asks to be erased.
#[derive(InputObject)]
pub struct MyDataEraseInput {
    /// Their password, which proves that it is them.
    password: String,
}

/// Which account to erase.
#[derive(InputObject)]
pub struct AccountEraseInput {
    /// The account.
    id: ID,
}

/// Which entry of the directory to erase.
#[derive(InputObject)]
pub struct DirectoryEntryEraseInput {
    /// Global identifier of the entry.
    id: ID,
}

payload! {
    /// What became of an erasure.
    MyDataErasePayload {
        /// Whether all was erased.
        erased: bool
    }
    MyDataEraseError, MyDataEraseErrorCode: [WrongCredentials, TooManyAttempts, Conflict]
}

payload! {
    /// What became of an erasure.
    AccountErasePayload {
        /// The account, of which a pseudonym stays: its identifier and its role.
        account: Account
    }
    AccountEraseError, AccountEraseErrorCode: [NotFound, Conflict]
}

payload! {
    /// What became of an erasure.
    DirectoryEntryErasePayload {
        /// Global identifier of the entry, if its person was erased.
        id: ID
    }
    DirectoryEntryEraseError, DirectoryEntryEraseErrorCode: [NotFound]
}

/// Erases people.
#[derive(Default)]
pub struct ErasureMutation;

#[Object]
impl ErasureMutation {
    /// Erases whoever asks, at once and for good: their account, sessions, entry of the
    /// directory, contact points and drafts that nobody else saw. What was published stays
    /// without their name; for every person with an account and a password.
    async fn my_data_erase(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The proof that it is them.")] input: MyDataEraseInput,
    ) -> Result<MyDataErasePayload> {
        let (app, scope) = ctx.writing().await;
        let erased = service::erase_self(app, scope, caller(ctx), &input.password).await;
        answer(ctx, erased.map(|()| true))
    }

    /// Erases the person of an account who asked for it in writing, as `myDataErase` does;
    /// for administrators.
    async fn account_erase(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which account.")] input: AccountEraseInput,
    ) -> Result<AccountErasePayload> {
        let id = ctx.uuid(Kind::Account, &input.id)?;
        let (app, scope) = ctx.writing().await;
        let erased = service::erase_by_request(app, scope, id).await;
        answer(ctx, Account::written(ctx, erased).await?)
    }

    /// Erases the person of an entry of the directory who asked for it in writing: of
    /// somebody elected the office stays, without a name; that of an agent goes; for
    /// administrators.
    async fn directory_entry_erase(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which entry.")] input: DirectoryEntryEraseInput,
    ) -> Result<DirectoryEntryErasePayload> {
        let id = ctx.uuid(Kind::Member, &input.id)?;
        let (app, scope) = ctx.writing().await;
        let erased = service::erase_entry(app, scope, id).await;
        answer(ctx, erased.map(|_| input.id))
    }
}
