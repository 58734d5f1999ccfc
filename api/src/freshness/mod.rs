//! Whether what is public is still true: its owners are asked once a year, and what nobody
//! confirms is said to be stale, without being hidden.

pub mod graphql;
mod links;
pub mod policy;
mod reminders;
mod service;
mod store;

pub use links::{Confirmation, confirm as confirm_by_link, find as find_link};
pub use reminders::{mark_stale, remind_owners, remind_people};
pub use store::{purge_links, staleness};
