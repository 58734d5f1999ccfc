//! Organizations in the public schema.

mod enums;
mod facets;
mod filter;
mod inputs;
mod mutation;
mod organization;
mod query;
mod site;

pub use enums::LegalForm;
pub use filter::{OrganizationFilter, OrganizationOrder};
pub use inputs::OrganizationSiteInput;
pub use mutation::OrganizationMutation;
pub use organization::{Organization, OrganizationConnection, parts_asked};
pub use query::OrganizationQuery;
