//! Who may do what: pure rules, and the proof that one was asked.

mod content;
mod matrix;
mod operation;

pub use content::ContentOperations;
pub use matrix::{ALL, matrix};
pub use operation::{Operation, Reach, Relation, Rule};

use entity::values::Role;

use crate::viewer::{Principal, Viewer};

/// Why something may not be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// Only who signed in may.
    #[error("not signed in")]
    NotSignedIn,
    /// This account may not.
    #[error("not allowed")]
    NotAllowed,
}

/// The proof that a rule was asked and allows: a store writes for nothing less.
#[derive(Clone, Copy, Debug)]
pub struct Permit {
    principal: Principal,
}

impl Permit {
    /// Who was allowed.
    pub fn principal(self) -> Principal {
        self.principal
    }
}

/// Asks whether `viewer`, who stands so to what it is about, may do this.
///
/// # Errors
/// When they may not.
pub fn authorize(
    viewer: Viewer,
    operation: &Operation,
    relation: Relation,
) -> Result<Permit, Denied> {
    let principal = viewer.principal().ok_or(Denied::NotSignedIn)?;
    if operation.rule.allows(principal.role, relation) {
        Ok(Permit { principal })
    } else {
        Err(Denied::NotAllowed)
    }
}

/// Whether `viewer` may do this.
pub fn allows(viewer: Viewer, operation: &Operation, relation: Relation) -> bool {
    authorize(viewer, operation, relation).is_ok()
}

/// How an account stands to something that it perhaps owns, and that is perhaps in the
/// territory which it keeps.
pub fn relation(principal: Principal, owns: bool, keeps: bool) -> Relation {
    if owns {
        Relation::Own
    } else if keeps && principal.role == Role::Member {
        Relation::Territory
    } else {
        Relation::Other
    }
}
