//! Coworking spaces and other places to work together.

pub mod graphql;
mod listing;
mod loaders;
mod model;
mod parts;
mod search;
mod store;

pub use listing::{SpaceFacet, SpaceFilter, SpaceListing, SpaceOrder, SpaceRow};
pub use search::documents;
pub use store::{is_visible, run_by};
