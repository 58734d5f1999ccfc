//! Reviews in the public schema.

mod mutations;
mod queue;
mod review;
mod revision;
mod steps;

pub use mutations::{create, edit, named, update};
pub use queue::ReviewQuery;
pub use review::{Content, Publication, PublicationFilter, Review, unpublished};
pub use revision::{FieldDifference, Revision, RevisionConnection};
pub use steps::{DecisionInput, RestoreRevisionInput, RevisionInput};
