//! What the tests of Maillage share: servers with a database of their own, and the two
//! databases on which every test runs.

mod binary;
mod case;
mod database;
pub mod fixtures;
mod server;

pub use binary::{Binary, Ended, Serving};
pub use case::{Case, Outcome, Runs, run};
pub use database::{Backend, Database};
pub use server::{Answer, Server};
