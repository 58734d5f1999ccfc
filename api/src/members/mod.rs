//! Members of the network, their mandates and delegations.

mod content;
mod erasure;
pub mod graphql;
mod listing;
mod loaders;
mod model;
mod parts;
pub mod policy;
mod search;
mod store;
mod writing;

pub use content::{Body, Delegation, Mandate, MemberContent};
pub use erasure::{erase, held};
pub use listing::{MemberFacet, MemberFilter, MemberListing, MemberOrder, MemberRow};
pub use search::documents;
pub use store::{
    Told, belonging_to, holds, in_force, is_elected, is_visible, kind, published_before,
};
