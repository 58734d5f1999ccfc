//! Initiatives: what is done, where, by whom, and what was learnt.

pub mod graphql;
mod listing;
mod loaders;
pub mod model;
mod parts;
pub mod policy;
mod search;
mod store;
mod tallies;
mod writing;

pub use listing::{InitiativeCriteria, InitiativeFacet, InitiativeListing, InitiativeSort};
pub use model::InitiativeContent;
pub use search::documents;
pub use store::{is_document_of_visible, is_managed, is_visible, led_by, of_themes};
