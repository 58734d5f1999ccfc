//! What the tests of Maillage share: servers with a database of their own, and the two
//! databases on which every test runs.

mod accounts;
mod answers;
mod binary;
mod case;
mod database;
pub mod fixtures;
mod mail;
mod server;
mod walk;

pub use accounts::{Signed, sign_in};
pub use answers::{great_circle_metres, point_away, shown_tally, tally};
pub use binary::{Binary, Ended, Serving};
pub use case::{Case, Outcome, Runs, run};
pub use database::{Backend, Database};
pub use mail::{Letter, MailServer, eventually, letters};
pub use server::{Answer, Server};
