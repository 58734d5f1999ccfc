//! An import of a file that somebody uploaded.

use sea_orm::entity::prelude::*;

use crate::values::{ImportFailure, ImportKind, ImportState};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "import_job")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub account_id: Option<Uuid>,
    pub kind: ImportKind,
    pub file_id: Option<Uuid>,
    pub file_name: String,
    /// Digest of the file, lower-case hexadecimal.
    pub sha256: String,
    /// The name of the mapping, and its text.
    pub mapping_name: String,
    pub mapping: String,
    /// The name under which identifiers of the rows are remembered.
    pub source: String,
    /// The sheet of a workbook that is read; the first one if there is none.
    pub sheet: Option<String>,
    pub dry_run: bool,
    /// Whether the source overwrites what people changed.
    pub source_wins: bool,
    /// The dry run that a real run confirms.
    pub confirms_id: Option<Uuid>,
    pub state: ImportState,
    pub created_at: DateTimeUtc,
    pub started_at: Option<DateTimeUtc>,
    pub ended_at: Option<DateTimeUtc>,
    /// Who runs it, and until when it is left alone by others.
    pub holder: Option<Uuid>,
    pub lease_until: Option<DateTimeUtc>,
    pub attempts: i32,
    pub bytes_done: i64,
    pub bytes_total: i64,
    pub created: i64,
    pub updated: i64,
    pub unchanged: i64,
    pub refused: i64,
    pub skipped: i64,
    /// How often each thing was found, by its code.
    pub findings: Json,
    /// Rows that were refused, and others, of which the report is kept.
    pub kept_refused: i64,
    pub kept_others: i64,
    pub failure: Option<ImportFailure>,
    pub failure_line: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
