//! Initiatives in the public schema.

mod enums;
mod facets;
mod filter;
mod initiative;
mod parts;
mod query;

pub use filter::{InitiativeFilter, InitiativeOrder};
pub use initiative::{Initiative, InitiativeConnection};
pub use query::InitiativeQuery;
