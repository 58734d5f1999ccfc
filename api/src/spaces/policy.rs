//! Who may write spaces, and see what is not public of them.

use crate::content_operations;
use crate::permission::{ContentOperations, Operation, Rule};

/// Everybody with an account may propose a space.
pub const SPACE: ContentOperations = content_operations!(
    "coworkingSpace",
    "CoworkingSpace",
    create: Rule::PERSONS,
    keep: Rule::KEEPERS
);

/// What the matrix shows of spaces.
pub const OPERATIONS: &[Operation] = &SPACE.all();
