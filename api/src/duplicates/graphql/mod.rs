//! Contents that may be one, in the public schema.

mod candidate;
mod inputs;
mod mutation;
mod pair;
mod query;

pub use candidate::{DuplicateCandidate, open_candidates};
pub use mutation::DuplicateMutation;
pub use query::DuplicateQuery;
