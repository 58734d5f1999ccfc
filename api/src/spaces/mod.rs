//! Coworking spaces and other places to work together.

mod content;
pub mod graphql;
mod listing;
mod loaders;
mod model;
mod parts;
pub mod policy;
mod search;
mod store;
mod writing;

pub use content::{Occupancy, Period, SpaceContent, Tariff};
pub use listing::{SpaceFacet, SpaceFilter, SpaceListing, SpaceOrder, SpaceRow};
pub use search::documents;
pub use store::{is_visible, run_by};
