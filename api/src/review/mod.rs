//! Review: how contents come from a draft to the public, by revisions that are all kept.

mod columns;
mod content;
mod differences;
pub mod graphql;
mod heads;
mod listing;
mod loaders;
mod notice;
mod owned;
pub mod policy;
mod service;
pub mod sourced;
mod state;
mod statement;
pub(crate) mod store;

pub use columns::{confirmation, place};
pub use content::{Head, New, Placement, Reviewed};
pub use differences::{Difference, differences};
pub use heads::head;
pub use listing::{QueueListing, RevisionListing};
pub use owned::{CONTENTS, Owned, Table, abandon, owned};
pub use service::{Edit, archive, create, decide, edit, restore, restore_revision, submit};
pub use state::{Decision, Illegal, Standing, Step};
pub use statement::{Kept, Statement, statement};
pub use store::{by_account, forget, redact, unname};
