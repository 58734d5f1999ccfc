//! Themes: the managed taxonomy of initiatives.

mod content;
pub mod graphql;
pub mod policy;
mod service;
mod store;
mod taxonomy;

pub use store::{ids, known, names, slugs};
pub use taxonomy::{Mapping, Taxonomy, Theme, Themes};
