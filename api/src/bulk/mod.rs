//! Imports of uploaded files: jobs that run one after the other, and what became of each row.
//!
//! What a row means and how it is written is the library `import`, which the command line
//! uses too.

pub mod graphql;
mod journal;
mod listing;
mod loaders;
mod model;
pub mod policy;
mod report;
mod service;
mod store;
mod worker;

pub use listing::{ImportListing, RowListing};
pub use model::Request;
pub use report::{MARK, Report, plain, report};
pub use service::{ask, cancel};
pub use store::purge;
pub use worker::{Worker, start};
