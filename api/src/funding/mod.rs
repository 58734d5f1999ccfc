//! Where money or help can be found, and under which rules.

mod conditions;
mod content;
pub mod graphql;
mod listing;
pub mod loaders;
pub mod model;
mod parts;
pub mod policy;
mod search;
pub mod store;
mod writing;

pub use conditions::Conditions;
pub use content::{FundingContent, OpenTo};
pub use listing::{FundingFilter, FundingListing, FundingOrder};
pub use search::documents;
pub use store::{SourceOfLine, each_once, funded_by, joined, with_lines};
