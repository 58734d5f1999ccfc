//! Contact points in the public schema.

mod contact_point;
mod inputs;
mod kept;
mod mutation;
mod query;

pub use contact_point::ContactPoint;
pub use kept::KeptContactPoint;
pub use mutation::ContactMutation;
pub use query::ContactQuery;
