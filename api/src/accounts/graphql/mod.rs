//! Accounts and sessions in the public schema.

mod account;
mod account_mutation;
mod administration;
mod cookie;
mod erasure_mutation;
mod query;
mod session;
mod session_mutation;

pub use account::Account;
pub use account_mutation::AccountMutation;
pub use administration::AdministrationMutation;
pub use erasure_mutation::ErasureMutation;
pub use query::AccountQuery;
pub use session_mutation::SessionMutation;

use std::sync::Arc;

use async_graphql::Context;

use super::caller::Caller;

/// From where the operation is asked; every mutation is told.
fn caller<'a>(ctx: &Context<'a>) -> &'a Caller {
    ctx.data_unchecked::<Arc<Caller>>()
}
