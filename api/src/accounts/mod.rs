//! Accounts: who may sign in, and their sessions.

mod caller;
pub mod graphql;
mod guard;
mod held;
mod identities;
mod identity_store;
mod links;
mod listing;
mod loaders;
mod model;
mod my_data;
pub mod policy;
mod purge;
mod service;
mod service_email;
mod service_erasure;
mod service_password;
mod session_store;
mod sessions;
mod store;

pub use caller::{Caller, Cookie, REFRESH_COOKIE, is_own_page};
pub use identities::{Stranger, principal_of_foreign};
pub use listing::AccountListing;
pub use model::{Email, actor};
pub use purge::purge;
pub use service::{create_by_operator, unbind_by_operator};
pub use store::{enter, entry_of, is_api_key, of_member, principal, principal_of_key, recipient};
