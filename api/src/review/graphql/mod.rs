//! Reviews in the public schema.

mod queue;
mod review;
mod revision;
mod steps;
mod writing;

pub use queue::ReviewQuery;
pub use review::{Content, Publication, PublicationFilter, Review, unpublished};
pub use revision::{FieldDifference, Revision, RevisionConnection};
pub use steps::{DecisionInput, RestoreRevisionInput, RevisionInput};
pub use writing::{create, update};
