//! What the server does by itself from time to time: it reminds people, says what is stale,
//! and forgets what is no longer needed.

mod purge;
mod worker;

pub use worker::{Worker, everything, start};
