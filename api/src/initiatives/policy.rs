//! Who may write initiatives, and see what is not public of them.

use crate::content_operations;
use crate::permission::{ContentOperations, Operation, Rule};

/// Everybody with an account may propose an initiative.
pub const INITIATIVE: ContentOperations = content_operations!(
    "initiative",
    "Initiative",
    create: Rule::PERSONS,
    keep: Rule::KEEPERS
);

/// What the matrix shows of initiatives.
pub const OPERATIONS: &[Operation] = &INITIATIVE.all();
