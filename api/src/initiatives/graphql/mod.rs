//! Initiatives in the public schema.

mod enums;
mod facets;
mod filter;
mod initiative;
mod inputs;
mod mutation;
mod parts;
mod query;

pub use filter::{InitiativeFilter, InitiativeOrder};
pub use initiative::{Initiative, InitiativeConnection};
pub use mutation::InitiativeMutation;
pub use query::InitiativeQuery;
