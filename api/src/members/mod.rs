//! Members of the network, their mandates and delegations.

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

pub use listing::{MemberFacet, MemberFilter, MemberListing, MemberOrder, MemberRow};
pub use search::documents;
pub use store::{belonging_to, in_force, is_elected, is_visible};
