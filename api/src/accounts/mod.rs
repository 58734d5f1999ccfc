//! Accounts: who may sign in, and their sessions.

mod store;

pub use store::{is_api_key, principal, principal_of_key, recipient};
