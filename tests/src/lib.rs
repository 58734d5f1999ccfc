//! What the tests of Maillage share: servers with a database of their own, and the two
//! databases on which every test runs.

mod accounts;
mod answers;
mod binary;
mod case;
mod database;
pub mod fixtures;
mod issuer;
mod mail;
pub mod npm;
mod oidc;
mod real;
mod server;
mod walk;

pub use accounts::{Signed, sign_in};
pub use answers::{great_circle_metres, point_away, shown_tally, tally};
pub use binary::{Binary, Ended, Serving};
pub use case::{Case, Outcome, Runs, run};
pub use database::{Backend, Database};
pub use issuer::{Behaviour, Issuer};
pub use mail::{Letter, MailServer, eventually, letters};
pub use oidc::{Provider, Tokens};
pub use real::real;
pub use server::{Answer, Server};
