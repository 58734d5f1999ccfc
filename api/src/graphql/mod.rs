//! The public schema's shared kit: how it is built, its identifiers, lists and errors.

pub mod connection;
mod context;
pub mod error;
mod executor;
pub mod filter;
pub mod limits;
pub mod loaders;
pub mod mutation;
pub mod node;
pub mod patch;
pub mod place;
pub mod scalars;
mod schema;
mod selection;

pub use context::{ContextExt, prepare};
pub use executor::Executor;
pub use loaders::Loaders;
pub use node::Node;
#[cfg(test)]
pub(crate) use schema::mutation_names;
pub use schema::sdl;
pub use selection::selected;
