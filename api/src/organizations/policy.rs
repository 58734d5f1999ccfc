//! Who may write organizations, and see what is not public of them.

use crate::content_operations;
use crate::permission::{ContentOperations, Operation, Rule};

/// Everybody with an account may propose an organization.
pub const ORGANIZATION: ContentOperations = content_operations!(
    "organization",
    "Organization",
    create: Rule::PERSONS,
    keep: Rule::KEEPERS
);

/// What the matrix shows of organizations.
pub const OPERATIONS: &[Operation] = &ORGANIZATION.all();
