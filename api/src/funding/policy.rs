//! Who may write funding sources, and see what is not public of them.

use crate::content_operations;
use crate::permission::{ContentOperations, Operation, Rule};

/// Funding is run by the département's staff: others read it, and propose none.
pub const FUNDING_SOURCE: ContentOperations = content_operations!(
    "fundingSource",
    "FundingSource",
    create: Rule::STAFF,
    keep: Rule::STAFF
);

/// What the matrix shows of funding sources.
pub const OPERATIONS: &[Operation] = &FUNDING_SOURCE.all();
