//! Initiatives: what is done, where, by whom, and what was learnt.

pub mod graphql;
mod listing;
mod loaders;
mod parts;
mod revisions;
mod search;
mod store;
mod tallies;

pub use listing::{InitiativeCriteria, InitiativeFacet, InitiativeListing, InitiativeSort};
pub use search::documents;
pub use store::{is_visible, led_by};
