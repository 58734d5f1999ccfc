//! The HTTP server: transport only.

mod access;
mod answer;
mod body;
mod caller;
mod exchange;
mod failure;
mod files;
mod graphiql;
mod graphql;
mod headers;
mod health;
mod identity;
mod imports;
mod jwks;
mod media;
mod operation;
mod parameters;
mod peer;
mod ranges;
mod reason;
mod server;
mod still_true;

pub use server::{Server, start};
