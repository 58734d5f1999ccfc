//! Reviews in the public schema.

mod queue;
mod review;
mod revision;
mod steps;

pub use queue::ReviewQuery;
pub use review::{Content, Publication, PublicationFilter, Review};
pub use revision::{FieldDifference, Revision, RevisionConnection};
pub use steps::{DecisionInput, RestoreRevisionInput, RevisionInput};
