//! Confirmation in the public schema.

mod mutation;

pub use mutation::FreshnessMutation;
