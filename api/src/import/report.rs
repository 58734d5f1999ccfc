//! What an import found and did, row by row.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use async_trait::async_trait;
use sea_orm::{DatabaseTransaction, DbErr};
use uuid::Uuid;

use super::encoding::LineEnds;
use super::mapping::EntityKind;

/// How grave a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gravity {
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

impl Gravity {
    /// The word written in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Understood => "understood",
            Self::Flagged => "flagged",
            Self::ValueRefused => "value refused",
            Self::Skipped => "skipped",
            Self::RowRefused => "row refused",
        }
    }
}

/// The columns of a report that is written as a file.
pub const REPORT_COLUMNS: [&str; 7] = ["line", "kind", "code", "column", "value", "kept", "reason"];

macro_rules! findings {
    ($($variant:ident = $text:literal, $gravity:ident, $reason:literal;)+) => {
        /// What may be found in a row.
        #[derive(
            async_graphql::Enum, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord,
        )]
        #[graphql(name = "ImportFindingCode")]
        pub enum Code {
            $(
                #[doc = concat!($reason, ".")]
                #[graphql(name = $text)]
                $variant
            ),+
        }

        impl Code {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The code written in reports.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

            /// How grave it is.
            pub fn gravity(self) -> Gravity {
                match self { $(Self::$variant => Gravity::$gravity),+ }
            }

            /// Why, as a sentence.
            pub fn reason(self) -> &'static str {
                match self { $(Self::$variant => $reason),+ }
            }
        }
    };
}

findings! {
    LeadingZero = "LEADING_ZERO", Understood,
        "a postal code or identifier had lost its leading zero";
    Separators = "THOUSANDS_SEPARATORS", Understood,
        "spaces between the digits of an identifier were left out";
    SiretByLuhn = "SIRET_BY_LUHN", Understood,
        "a SIRET is sound by the Luhn rule";
    SiretOfLaPoste = "SIRET_OF_LA_POSTE", Understood,
        "a SIRET of La Poste is sound by the rule of its sum of digits";
    SirenInPlaceOfSiret = "SIREN_IN_PLACE_OF_SIRET", Understood,
        "a SIREN stood in place of a SIRET";
    UrlWithoutScheme = "URL_WITHOUT_SCHEME", Understood,
        "an address of a site had no scheme; http was added";
    DamagedCode = "DAMAGED_CODE", Understood,
        "a code with destroyed accents was recognised";
    CommuneByPostalCode = "COMMUNE_BY_POSTAL_CODE", Understood,
        "the commune is the only one of its postal code";
    CommuneByPoint = "COMMUNE_BY_POINT", Understood,
        "the commune is the one of the postal code in which the point lies";
    CommuneCentroid = "COMMUNE_CENTROID", Understood,
        "known by its commune only: it has the centroid of the commune";
    RepeatedKey = "REPEATED_KEY", Understood,
        "the identifier of the row was already used; the rows are kept apart";
    DefaultValue = "DEFAULT_VALUE", Understood,
        "the row states no value: the usual one was taken";
    GuessedEncoding = "GUESSED_ENCODING", Flagged,
        "the line is not UTF-8: its characters were guessed";
    RowsAboveHeading = "ROWS_ABOVE_HEADING", Understood,
        "rows above the names of the columns were passed over";
    DoubledColumn = "DOUBLED_COLUMN", Flagged,
        "two columns have this name; the first that says something is meant";
    MissingColumn = "MISSING_COLUMN", Flagged,
        "the file does not have this column; what is there is kept";
    UnknownColumn = "UNKNOWN_COLUMN", Flagged,
        "the mapping does not know this column; it is not read";
    HoursRewritten = "HOURS_REWRITTEN", Understood,
        "hours were understood and written in the OpenStreetMap syntax";
    FarFromCommune = "FAR_FROM_COMMUNE", Flagged,
        "the point lies more than 25 km from the commune stated; it was not moved";
    ReplacementCharacters = "REPLACEMENT_CHARACTERS", Flagged,
        "characters were destroyed before the file was written (U+FFFD)";
    RepeatedSiret = "REPEATED_SIRET", Flagged,
        "an earlier row of the file has the same SIRET";
    CommuneUnknown = "COMMUNE_UNKNOWN", Flagged,
        "the commune is not in the registry; the address is kept";
    OutsideTerritory = "OUTSIDE_TERRITORY", Flagged,
        "the point lies outside every commune of the registry; it was not moved";
    ProbablySwapped = "PROBABLY_SWAPPED", Flagged,
        "latitude and longitude seem exchanged; the point was not moved";
    PointInAnotherCommune = "POINT_IN_ANOTHER_COMMUNE", Flagged,
        "the point lies in another commune than the one stated";
    ProbableDuplicate = "PROBABLE_DUPLICATE", Flagged,
        "an entity of another source may be the same one";
    KeptLocalChange = "KEPT_LOCAL_CHANGE", Flagged,
        "somebody changed what the source states; the value of the registry is kept";
    Removed = "REMOVED", Skipped,
        "what the row described was removed from the registry";
    RaggedRow = "RAGGED_ROW", Flagged,
        "the row has more or fewer cells than the file has columns";
    SiretChecksum = "SIRET_CHECKSUM", ValueRefused,
        "14 digits that are not a SIRET by the Luhn rule, nor one of La Poste";
    SiretLength = "SIRET_LENGTH", ValueRefused, "a SIRET has 14 digits";
    SiretOfAnotherUnit = "SIRET_OF_ANOTHER_UNIT", ValueRefused,
        "the SIRET does not begin with the SIREN of the row; both are left out";
    Scientific = "SCIENTIFIC_NOTATION", ValueRefused,
        "a spreadsheet has rounded the number; format the column as text and enter it again";
    HoursWithoutDay = "HOURS_WITHOUT_DAY", ValueRefused,
        "the hours name no day of the week, as in Mo-Fr 09:00-18:00";
    Siren = "SIREN", ValueRefused, "not a SIREN";
    Rna = "RNA", ValueRefused, "not a number of the national register of associations";
    Finess = "FINESS", ValueRefused, "not a FINESS number";
    PostalCode = "POSTAL_CODE", ValueRefused, "a postal code has 5 digits";
    InseeCode = "INSEE_CODE", ValueRefused, "not the INSEE code of a commune";
    Date = "DATE", ValueRefused, "not a date";
    Url = "URL", ValueRefused, "not the address of a site";
    Coordinate = "COORDINATE", ValueRefused, "not a coordinate";
    OpeningHours = "OPENING_HOURS", ValueRefused,
        "not opening hours in the OpenStreetMap syntax";
    UnknownCode = "UNKNOWN_CODE", ValueRefused, "a value that the mapping does not know";
    TooLong = "TOO_LONG", ValueRefused, "a text longer than the registry keeps";
    Number = "NUMBER", ValueRefused, "not a whole number";
    ThemeUnknown = "THEME_UNKNOWN", ValueRefused, "the theme is not in the registry";
    ThemeArchived = "THEME_ARCHIVED", ValueRefused, "the theme is no longer given to anything";
    LeadUnknown = "LEAD_UNKNOWN", ValueRefused,
        "no public organization has this SIRET or SIREN";
    MemberUnknown = "MEMBER_UNKNOWN", ValueRefused, "a member commune is not in the registry";
    Skipped = "SKIPPED", Skipped, "left out by a rule of the mapping";
    OtherDepartement = "OTHER_DEPARTEMENT", Skipped, "of another département";
    NoMember = "NO_MEMBER", Skipped, "no member commune is in the registry";
    Missing = "MISSING", RowRefused, "a value without which the row means nothing is missing";
    Unreadable = "UNREADABLE", RowRefused,
        "a value without which the row means nothing cannot be read";
    Invalid = "INVALID", RowRefused, "a value breaks a rule of the registry";
}

/// One finding.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// The line of the file on which the row begins, from 1.
    pub line: u64,
    /// The column, as the file names it.
    pub column: String,
    /// The value, as the file has it.
    pub value: String,
    /// The value that the registry keeps in its place.
    pub kept: Option<String>,
    pub code: Code,
}

/// What became of a row, or of one entity of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    Refused,
    Skipped,
    Unchanged,
    Updated,
    Created,
}

impl Outcome {
    /// The word written in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::Skipped => "skipped",
            Self::Unchanged => "unchanged",
            Self::Updated => "updated",
            Self::Created => "created",
        }
    }
}

/// What became of one row.
#[derive(Clone, Debug, PartialEq)]
pub struct RowReport {
    pub line: u64,
    pub outcome: Outcome,
    /// The row's identifier in its source.
    pub external_id: String,
}

/// One entity of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Told {
    pub kind: EntityKind,
    pub id: Uuid,
    pub outcome: Outcome,
}

/// One row that is done, and all that is told of it.
#[derive(Clone, Debug, PartialEq)]
pub struct RowDone {
    pub report: RowReport,
    pub findings: Vec<Finding>,
    pub entities: Vec<Told>,
}

/// Rows of one transaction.
#[derive(Clone, Debug, PartialEq)]
pub struct BatchDone {
    pub rows: Vec<RowDone>,
    pub duplicates: Vec<Duplicate>,
    /// Bytes of the file that have been read, and all of them.
    pub bytes: u64,
    pub total_bytes: u64,
}

/// Two entities of different sources that may be one.
#[derive(Clone, Debug, PartialEq)]
pub struct Duplicate {
    pub line: u64,
    pub name: String,
    pub other_name: String,
    pub reason: entity::values::DuplicateReason,
    /// How alike they are, from 0 to 1.
    pub score: f64,
}

/// Counts of rows, or of entities, by outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub created: u64,
    pub updated: u64,
    pub unchanged: u64,
    pub refused: u64,
    pub skipped: u64,
}

impl Counts {
    pub(super) fn add(&mut self, outcome: Outcome) {
        *match outcome {
            Outcome::Created => &mut self.created,
            Outcome::Updated => &mut self.updated,
            Outcome::Unchanged => &mut self.unchanged,
            Outcome::Refused => &mut self.refused,
            Outcome::Skipped => &mut self.skipped,
        } += 1;
    }

    /// All of them.
    pub fn total(&self) -> u64 {
        self.created + self.updated + self.unchanged + self.refused + self.skipped
    }
}

/// What an import did.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// The encoding of the file.
    pub encoding: String,
    pub line_ends: Option<LineEnds>,
    /// The separator of cells, where the format has one.
    pub separator: Option<char>,
    /// Characters that were destroyed before the file was written, in the whole file.
    pub replacement_characters: u64,
    pub rows: Counts,
    /// Entities by kind.
    pub entities: BTreeMap<&'static str, Counts>,
    /// How often each thing was found.
    pub findings: BTreeMap<Code, u64>,
    /// Cells of contact data that the mapping leaves out.
    pub left_out: u64,
    /// Probable duplicates found in this import.
    pub duplicates: u64,
    /// Whether the import came to the end of the file.
    pub complete: bool,
}

impl Report {
    /// How often something was found.
    pub fn count(&self, code: Code) -> u64 {
        self.findings.get(&code).copied().unwrap_or_default()
    }
}

/// How far an import has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Rows whose transaction has ended.
    pub rows: u64,
    /// Transactions that have ended.
    pub batches: u64,
    /// Bytes of the file that have been read.
    pub bytes: u64,
    /// Bytes of the file.
    pub total_bytes: u64,
}

/// Follows an import.
#[async_trait]
pub trait Observer: Send {
    /// Rows from the beginning of the file that an earlier attempt has recorded: they are
    /// read again, and nothing else.
    fn recorded(&self) -> u64 {
        0
    }

    /// Records rows, in the transaction that writes what they tell of; in a dry run, in one
    /// of its own. To break off undoes the transaction.
    async fn record(
        &mut self,
        _transaction: &DatabaseTransaction,
        _batch: &BatchDone,
    ) -> Result<ControlFlow<()>, DbErr> {
        Ok(ControlFlow::Continue(()))
    }

    /// A row is done.
    fn row(&mut self, _row: &RowReport) {}

    /// Something was found in a row.
    fn finding(&mut self, _finding: &Finding) {}

    /// A probable duplicate was found.
    fn duplicate(&mut self, _duplicate: &Duplicate) {}

    /// A transaction has ended: whether to go on.
    fn progress(&mut self, _progress: Progress) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}

/// An observer that looks away.
pub struct Unobserved;

impl Observer for Unobserved {}
