//! Themes: the managed taxonomy of initiatives.

pub mod graphql;
mod store;
mod taxonomy;

pub use store::{ids, known, names, slugs};
pub use taxonomy::{Mapping, Taxonomy, Theme, Themes};
