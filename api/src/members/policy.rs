//! Who may write entries of the directory, and see what is not public of them.

use crate::content_operations;
use crate::permission::{ContentOperations, Operation, Reach, Rule};

/// Members the one entry that is about themselves, and who reviews any.
const ABOUT_ONESELF: Rule = Rule::of([Reach::Never, Reach::Own, Reach::Any, Reach::Any]);

/// A member who has no entry yet may propose theirs; what is about others is the staff's.
pub const MEMBER: ContentOperations = content_operations!(
    "member",
    "Member",
    create: ABOUT_ONESELF,
    keep: ABOUT_ONESELF
);

/// What the matrix shows of members.
pub const OPERATIONS: &[Operation] = &MEMBER.all();
