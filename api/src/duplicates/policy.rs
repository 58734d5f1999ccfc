//! Who is shown contents that may be one, and who says that they are two.

use crate::permission::{Operation, Rule};

/// What may be an organization that somebody is about to create.
pub const ORGANIZATIONS: Operation = Operation::new("Query.organizationDuplicates", Rule::PERSONS);

/// What may be an initiative that somebody is about to create.
pub const INITIATIVES: Operation = Operation::new("Query.initiativeDuplicates", Rule::PERSONS);

/// What may be a space that somebody is about to create.
pub const SPACES: Operation = Operation::new("Query.coworkingSpaceDuplicates", Rule::PERSONS);

/// All pairs.
pub const PAIRS: Operation = Operation::new("Query.probableDuplicates", Rule::STAFF);

/// Whoever may write one of both.
pub const DISMISS: Operation = Operation::new("probableDuplicateDismiss", Rule::KEEPERS);

/// Whoever may write one of both.
pub const RESTORE: Operation = Operation::new("probableDuplicateRestore", Rule::KEEPERS);

/// What the matrix shows of it.
pub const OPERATIONS: &[Operation] = &[ORGANIZATIONS, INITIATIVES, SPACES, PAIRS, DISMISS, RESTORE];
