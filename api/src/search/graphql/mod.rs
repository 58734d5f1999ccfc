//! Search in the public schema.

mod connection;
mod matches;
mod query;
mod text;

pub use query::SearchQuery;
pub use text::text_query;
