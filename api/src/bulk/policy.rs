//! Who may import files.

use crate::permission::{Operation, Rule};

/// Importing initiatives.
pub const INITIATIVES: Operation = Operation::new("initiativesImport", Rule::STAFF);

/// Importing organizations.
pub const ORGANIZATIONS: Operation = Operation::new("organizationsImport", Rule::STAFF);

/// Importing coworking spaces.
pub const COWORKING_SPACES: Operation = Operation::new("coworkingSpacesImport", Rule::STAFF);

/// Importing funding sources.
pub const FUNDING_SOURCES: Operation = Operation::new("fundingSourcesImport", Rule::STAFF);

/// Ending an import before its file.
pub const CANCEL: Operation = Operation::new("importCancel", Rule::STAFF);

/// Seeing one import, with its report.
pub const IMPORT: Operation = Operation::new("Query.import", Rule::STAFF);

/// Seeing the imports of everybody.
pub const IMPORTS: Operation = Operation::new("Query.imports", Rule::STAFF);

/// Reading a report as a file.
pub const REPORT: Operation = Operation::new("GET /imports/{id}/report.csv", Rule::STAFF);

/// What the matrix shows of imports.
pub const OPERATIONS: &[Operation] = &[
    INITIATIVES,
    ORGANIZATIONS,
    COWORKING_SPACES,
    FUNDING_SOURCES,
    CANCEL,
    IMPORT,
    IMPORTS,
    REPORT,
];
