//! Files in the public schema.

mod mutation;

pub use mutation::FileMutation;
