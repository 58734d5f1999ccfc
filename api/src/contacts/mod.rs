//! Contact points: ways to reach members, organizations, spaces and initiatives, shown only
//! on a lawful basis.

pub mod graphql;
mod loaders;
mod store;

pub use store::Owner;
