//! Where money or help can be found, and under which rules.

pub mod graphql;
mod listing;
pub mod loaders;
pub mod model;
mod parts;
mod search;
pub mod store;

pub use listing::{FundingFilter, FundingListing, FundingOrder};
pub use search::documents;
pub use store::funded_by;
