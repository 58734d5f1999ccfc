//! The operations that all reviewed contents share.

use super::operation::Operation;

/// What is done to contents of one kind, and who may do it.
#[derive(Clone, Copy, Debug)]
pub struct ContentOperations {
    pub create: Operation,
    pub update: Operation,
    pub submit: Operation,
    pub approve: Operation,
    pub ask_for_changes: Operation,
    pub reject: Operation,
    pub archive: Operation,
    pub restore: Operation,
    pub restore_revision: Operation,
    /// All revisions with their states and reasons, and the differences between them.
    pub history: Operation,
}

impl ContentOperations {
    /// All of them.
    pub const fn all(self) -> [Operation; 10] {
        [
            self.create,
            self.update,
            self.submit,
            self.approve,
            self.ask_for_changes,
            self.reject,
            self.archive,
            self.restore,
            self.restore_revision,
            self.history,
        ]
    }
}

/// The operations on contents whose mutations begin with `$prefix` and whose type is
/// `$type`: created under one rule, kept under another, reviewed by staff.
#[macro_export]
macro_rules! content_operations {
    ($prefix:literal, $type:literal, create: $create:expr, keep: $keep:expr) => {
        $crate::permission::ContentOperations {
            create: $crate::permission::Operation::new(concat!($prefix, "Create"), $create),
            update: $crate::permission::Operation::new(concat!($prefix, "Update"), $keep),
            submit: $crate::permission::Operation::new(concat!($prefix, "Submit"), $keep),
            approve: $crate::permission::Operation::new(
                concat!($prefix, "Approve"),
                $crate::permission::Rule::STAFF,
            ),
            ask_for_changes: $crate::permission::Operation::new(
                concat!($prefix, "AskForChanges"),
                $crate::permission::Rule::STAFF,
            ),
            reject: $crate::permission::Operation::new(
                concat!($prefix, "Reject"),
                $crate::permission::Rule::STAFF,
            ),
            archive: $crate::permission::Operation::new(concat!($prefix, "Archive"), $keep),
            restore: $crate::permission::Operation::new(concat!($prefix, "Restore"), $keep),
            restore_revision: $crate::permission::Operation::new(
                concat!($prefix, "RestoreRevision"),
                $keep,
            ),
            history: $crate::permission::Operation::new(concat!($type, ".history"), $keep),
        }
    };
}
