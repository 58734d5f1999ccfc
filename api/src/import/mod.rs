//! Imports real registries: a file and a mapping become entities, batch by batch.
//!
//! Nothing here prints: whoever imports follows with an [`Observer`].

mod apply;
mod codes;
mod columns;
mod content;
mod csv_rows;
mod drafting;
mod drafts;
mod duplicates;
mod encoding;
mod fields;
mod heading;
mod json_rows;
mod lambert;
mod leads;
mod legacy;
mod mapping;
mod opened;
mod outcome_findings;
mod places;
mod plan;
mod records;
mod report;
mod rows;
mod run;
mod themes;
mod values;
mod xlsx_rows;

use std::collections::BTreeMap;
use std::io::{self, Read, Seek};

use sea_orm::{ConnectionTrait, DbErr};
use uuid::Uuid;

pub use encoding::LineEnds;
pub use mapping::{EntityKind, Format, Mapping, MappingError};
pub use opened::text_format;
pub(crate) use places::{Communes, Lies};
pub use report::{
    BatchDone, Code, Counts, Duplicate, Finding, Gravity, Observer, Outcome, Progress,
    REPORT_COLUMNS, Report, RowDone, RowReport, Told, Unobserved,
};
pub use rows::RowError;
pub use xlsx_rows::check_workbook;

use self::columns::Columns;
use self::drafting::Registry;
use self::opened::Opened;
use self::run::{Run, Seen};
use self::themes::KnownThemes;
use crate::app::App;

/// Rows of one transaction.
const BATCH: usize = 500;

/// How to import.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Whether every transaction is undone.
    pub dry_run: bool,
    /// Of a territory, only the communes of this département, by code.
    pub departement: Option<String>,
    /// The sheet of a workbook; the first one without.
    pub sheet: Option<String>,
    /// How the change log names who imports; by the source without.
    pub actor: Option<String>,
    /// The job that runs the import.
    pub job: Option<Uuid>,
    /// Whether the source overwrites what people changed.
    pub source_wins: bool,
}

/// Why an import ended before its file.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error("the file cannot be read")]
    Read(#[from] io::Error),
    #[error("the rows of the file cannot be read")]
    Rows(#[from] RowError),
    #[error("the file has no rows under its heading")]
    NoRows,
    #[error("the file has no column {missing}, which identifies its rows; {nearest} resembles it")]
    NoKey { missing: String, nearest: String },
    #[error("the file has no column that the mapping knows")]
    NoKnownColumn,
    #[error("the database refused rows {first} to {last}")]
    Batch {
        first: u64,
        last: u64,
        #[source]
        error: DbErr,
    },
    #[error("the database cannot be read")]
    Database(#[from] DbErr),
    #[error("a fault of Maillage: {0}")]
    Internal(&'static str),
}

/// Imports `file` as `mapping` says. Batches that ended are kept when a later one fails,
/// and importing the file again goes on from there.
///
/// # Errors
/// When the file or the database cannot be read, or the database refuses a row.
pub async fn import<R: Read + Seek + Send>(
    app: &App,
    mapping: &Mapping,
    file: &mut R,
    options: &Options,
    observer: &mut dyn Observer,
) -> Result<Report, ImportError> {
    let columns = Columns::of(mapping);
    let knows = |name: &str| columns.knows(name);
    let sheet = options.sheet.as_deref();
    let mut opened = Opened::new(file, mapping.format, sheet, &knows)?;
    let mut run = Run {
        app,
        mapping,
        options,
        registry: registry(&app.database, options).await?,
        columns: Columns::of(mapping),
        seen: Seen::default(),
        report: Report {
            encoding: opened.encoding.clone(),
            line_ends: opened.line_ends,
            separator: opened.separator,
            replacement_characters: opened.replacement_characters,
            rows: Counts::default(),
            entities: BTreeMap::new(),
            findings: BTreeMap::new(),
            left_out: 0,
            duplicates: 0,
            complete: false,
        },
        observer,
    };
    let (mut batches, mut read) = (0, 0);
    loop {
        let mut batch = opened.next_rows(BATCH)?;
        if batch.is_empty() {
            if read == 0 {
                return Err(ImportError::NoRows);
            }
            run.report.complete = true;
            break;
        }
        if read == 0 {
            run.columns.check(&batch)?;
        }
        for row in &mut batch {
            run.columns.rename(row);
        }
        read += u64::try_from(batch.len()).unwrap_or(u64::MAX);
        if read <= run.observer.recorded() {
            run.pass(&batch);
            continue;
        }
        let (bytes, total_bytes) = (opened.bytes_read(), opened.total_bytes);
        if run.batch(&batch, bytes, total_bytes).await?.is_break() {
            break;
        }
        batches += 1;
        let progress = Progress {
            rows: run.report.rows.total(),
            batches,
            bytes,
            total_bytes,
        };
        if run.observer.progress(progress).is_break() {
            break;
        }
    }
    Ok(run.report)
}

async fn registry(connection: &impl ConnectionTrait, options: &Options) -> Result<Registry, DbErr> {
    Ok(Registry {
        communes: Communes::load(connection).await?,
        themes: KnownThemes::load(connection).await?,
        departement: options.departement.clone(),
    })
}
