//! Closed lists of imports.

use entity::values;

use crate::graphql_enum;
use crate::import::Gravity;

graphql_enum! {
    /// What the rows of an import become.
    ImportKind of values::ImportKind {
        /// Initiatives.
        Initiative,
        /// Organizations.
        Organization,
        /// Coworking spaces.
        CoworkingSpace,
        /// Funding sources.
        FundingSource,
    }
}

graphql_enum! {
    /// How far an import has come.
    ImportState of values::ImportState, filter ImportStateFilter {
        /// Waits for those before it.
        Queued,
        /// Is being read.
        Running,
        /// Came to the end of its file; rows may be refused.
        Succeeded,
        /// Ended before its file.
        Failed,
        /// Was ended by somebody.
        Cancelled,
    }
}

graphql_enum! {
    /// What became of a row.
    ImportOutcome of values::ImportOutcome, filter ImportOutcomeFilter {
        /// Something is new.
        Created,
        /// Something is changed.
        Updated,
        /// All of it is in the registry already.
        Unchanged,
        /// Nothing of it can be kept.
        Refused,
        /// A rule of the mapping leaves it out.
        Skipped,
    }
}

graphql_enum! {
    /// Why an import ended before its file.
    ImportFailureCode of values::ImportFailure {
        /// The file is no longer there.
        FileGone,
        /// The file is damaged, or none of its kind.
        Unreadable,
        /// The workbook has no sheet of the name that was asked.
        NoSuchSheet,
        /// The first row names no column that the mapping knows.
        NoKnownColumn,
        /// The workbook is larger than a spreadsheet can be.
        TooLarge,
        /// There are more than 100,000 rows.
        TooManyRows,
        /// It failed again and again, for no fault of the file.
        GivenUp,
    }
}

graphql_enum! {
    /// How grave a finding is.
    ImportSeverity of Gravity {
        /// An unusual spelling was understood.
        Understood,
        /// A value was kept although it looks wrong.
        Flagged,
        /// A value was refused; the rest of the row was kept.
        ValueRefused,
        /// The row was left out by a rule of the mapping.
        Skipped,
        /// The row was refused.
        RowRefused,
    }
}
