//! Spaces in the public schema.

mod enums;
mod facets;
mod filter;
mod inputs;
mod mutation;
mod parts;
mod query;
mod space;

pub use filter::{CoworkingSpaceFilter, CoworkingSpaceOrder};
pub use mutation::SpaceMutation;
pub use query::SpaceQuery;
pub use space::{CoworkingSpace, CoworkingSpaceConnection};
