//! Who may upload files, and remove them.
//!
//! Reading has no rule of its own: a file is read by who may see what it is attached to.

use crate::permission::{Operation, Rule};

/// Uploading a file, for every person with an account.
pub const UPLOAD: Operation = Operation::new("POST /files", Rule::PERSONS);

/// Uploading a file from which rows are imported, for who may import.
pub const UPLOAD_DATA: Operation = Operation::new("POST /files?purpose=import", Rule::STAFF);

/// Removing a file that is attached to nothing.
pub const DELETE: Operation = Operation::new("fileDelete", Rule::OWN);

/// What the matrix shows of files.
pub const OPERATIONS: &[Operation] = &[UPLOAD, UPLOAD_DATA, DELETE];
