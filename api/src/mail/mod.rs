//! E-mail: written to the outbox in the transaction of what it tells of, and sent from there
//! by a task of the server. A write that is rolled back sends nothing, and a mail server
//! that is down delays no request.

mod letter;
mod message;
mod outbox;
mod render;
mod transport;
mod worker;

pub use message::{Message, Template};
pub use outbox::{forget_recipients, post, to};
pub use render::{Rendered, escape, render};
pub use transport::{Options, Way};
pub use worker::{Worker, start};
