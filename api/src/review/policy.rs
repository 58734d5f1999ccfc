//! Who may look into reviews.

use crate::permission::{Operation, Rule};

/// The queue of what waits for review.
pub const QUEUE: Operation = Operation::new("Query.reviewQueue", Rule::STAFF);

/// What a matrix shows of it.
pub const OPERATIONS: &[Operation] = &[QUEUE];
