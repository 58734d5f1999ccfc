//! Organizations of the social and solidarity economy, those that work with it, and their
//! sites.

mod content;
pub mod graphql;
pub mod identifiers;
mod listing;
mod loaders;
mod model;
pub mod parts;
pub mod policy;
mod search;
mod site;
mod store;
mod writing;

pub use content::{OrganizationContent, Site};
pub use listing::{
    OrganizationFacet, OrganizationFilter, OrganizationListing, OrganizationOrder, OrganizationRow,
};
pub use model::EssFamily;
pub use search::documents;
pub use site::{SiteListing, SiteOrder};
pub use store::{is_visible, join, joined, joined_columns, known, names};
