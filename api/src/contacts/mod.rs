//! Contact points: ways to reach members, organizations, spaces and initiatives, shown only
//! on a lawful basis.

pub mod graphql;
mod loaders;
mod model;
pub mod policy;
mod service;
mod standing;
mod store;
mod wording;

pub use store::{Owner, about, emails, erase, erase_consented, purge};
