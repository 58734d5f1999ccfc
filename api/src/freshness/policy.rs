//! Who may say that a content is still true.

use crate::permission::{Operation, Rule};

/// Whoever may write it.
pub const CONFIRM: Operation = Operation::new("contentConfirm", Rule::KEEPERS);

/// What the matrix shows of it.
pub const OPERATIONS: &[Operation] = &[CONFIRM];
