//! Imports in the public schema.

mod enums;
mod import;
mod mutation;
mod query;
mod row;

pub use import::Import;
pub use mutation::BulkMutation;
pub use query::BulkQuery;
