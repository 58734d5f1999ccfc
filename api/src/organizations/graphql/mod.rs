//! Organizations in the public schema.

mod enums;
mod facets;
mod filter;
mod organization;
mod query;
mod site;

pub use filter::{OrganizationFilter, OrganizationOrder};
pub use organization::{Organization, OrganizationConnection, parts_asked};
pub use query::OrganizationQuery;
