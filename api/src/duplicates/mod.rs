//! Contents that may be one: found before one is created, remembered, and said to be two.

mod contents;
mod finding;
pub mod graphql;
mod listing;
mod loaders;
pub mod policy;
pub mod rules;
mod service;
mod sought;
mod store;

pub use finding::{MOST_DIFFERENT, compared, declare_different, note};
pub use listing::DuplicateListing;
pub use store::{forget, remember};
