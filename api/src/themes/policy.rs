//! Who may write themes. All of them are public.

use crate::permission::{Operation, Rule};

pub const CREATE: Operation = Operation::new("themeCreate", Rule::STAFF);
pub const UPDATE: Operation = Operation::new("themeUpdate", Rule::STAFF);
pub const ARCHIVE: Operation = Operation::new("themeArchive", Rule::STAFF);
pub const RESTORE: Operation = Operation::new("themeRestore", Rule::STAFF);

/// What the matrix shows of themes.
pub const OPERATIONS: &[Operation] = &[CREATE, UPDATE, ARCHIVE, RESTORE];
