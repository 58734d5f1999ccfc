//! Imports real registries: a file and a mapping become entities, batch by batch.
//!
//! Nothing here prints: whoever imports follows with an [`Observer`].

mod apply;
mod codes;
mod csv_rows;
mod drafting;
mod drafts;
mod duplicates;
mod encoding;
mod fields;
mod identifiers;
mod json_rows;
mod lambert;
mod mapping;
mod places;
mod plan;
mod report;
mod rows;
mod values;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::{self, BufRead, Read, Seek};
use std::sync::atomic::Ordering;

use entity::theme;
use sea_orm::{ConnectionTrait, DbErr, EntityTrait, QuerySelect};
use uuid::Uuid;

pub use encoding::LineEnds;
pub use mapping::{Format, Mapping, MappingError};
pub(crate) use places::{Communes, Lies};
pub use report::{
    Code, Counts, Duplicate, Finding, Gravity, Observer, Outcome, Progress, Report, RowReport,
    Unobserved,
};
pub use rows::RowError;

use self::apply::Batch;
use self::csv_rows::CsvRows;
use self::drafting::Registry;
use self::drafts::Draft;
use self::encoding::Survey;
use self::fields::{Fields, shows, text_of};
use self::json_rows::JsonRows;
use self::plan::{Drafted, Planned};
use self::rows::{Row, Rows};
use crate::app::App;
use crate::change;
use crate::database;

/// Rows of one transaction.
const BATCH: usize = 500;

/// How to import.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Whether every transaction is undone.
    pub dry_run: bool,
    /// Of a territory, only the communes of this département, by code.
    pub departement: Option<String>,
}

/// Why an import ended before its file.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error("the file cannot be read")]
    Read(#[from] io::Error),
    #[error("the rows of the file cannot be read")]
    Rows(#[from] RowError),
    #[error("the database refused rows {first} to {last}")]
    Batch {
        first: u64,
        last: u64,
        #[source]
        error: DbErr,
    },
    #[error("the database cannot be read")]
    Database(#[from] DbErr),
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
    let survey = Survey::of(file)?;
    let text = survey.decoded(file)?;
    let bytes = text.bytes_read();
    let (mut rows, separator) = match mapping.format {
        Format::Csv => {
            let rows = CsvRows::new(text)?;
            let separator = rows.separator();
            (Rows::Csv(rows), Some(separator))
        }
        Format::Json => (Rows::Json(JsonRows::new(text)), None),
    };
    let mut run = Run {
        app,
        mapping,
        options,
        registry: registry(&app.database, options).await?,
        seen: Seen::default(),
        report: Report {
            encoding: survey.encoding(),
            line_ends: survey.line_ends,
            separator,
            replacement_characters: survey.replacement_characters,
            rows: Counts::default(),
            entities: BTreeMap::new(),
            findings: BTreeMap::new(),
            left_out: 0,
            duplicates: 0,
            complete: false,
        },
        observer,
    };
    let mut batches = 0;
    loop {
        let batch = next_batch(&mut rows)?;
        if batch.is_empty() {
            run.report.complete = true;
            break;
        }
        run.batch(&batch).await?;
        batches += 1;
        let progress = Progress {
            rows: run.report.rows.total(),
            batches,
            bytes: bytes.load(Ordering::Relaxed),
            total_bytes: survey.bytes,
        };
        if run.observer.progress(progress).is_break() {
            break;
        }
    }
    Ok(run.report)
}

async fn registry(connection: &impl ConnectionTrait, options: &Options) -> Result<Registry, DbErr> {
    let themes: Vec<(String, Uuid)> = theme::Entity::find()
        .select_only()
        .columns([theme::Column::Slug, theme::Column::Id])
        .into_tuple()
        .all(connection)
        .await?;
    Ok(Registry {
        communes: Communes::load(connection).await?,
        themes: themes.into_iter().collect(),
        departement: options.departement.clone(),
    })
}

fn next_batch<R: BufRead>(rows: &mut Rows<R>) -> Result<Vec<Row>, RowError> {
    let mut batch = Vec::new();
    while batch.len() < BATCH
        && let Some(row) = rows.next_row()?
    {
        batch.push(row);
    }
    Ok(batch)
}

/// One import on its way.
struct Run<'a> {
    app: &'a App,
    mapping: &'a Mapping,
    options: &'a Options,
    registry: Registry,
    seen: Seen,
    report: Report,
    observer: &'a mut dyn Observer,
}

/// What earlier rows of the file had, as hashes: a few bytes for each row.
#[derive(Default)]
struct Seen {
    keys: HashMap<u64, u32>,
    sirets: HashSet<u64>,
}

/// One row of a batch, mapped.
struct Mapped {
    report: RowReport,
    findings: Vec<Finding>,
}

impl Run<'_> {
    async fn batch(&mut self, rows: &[Row]) -> Result<(), ImportError> {
        let mut mapped = Vec::with_capacity(rows.len());
        let mut drafted = Vec::new();
        for (index, row) in rows.iter().enumerate() {
            mapped.push(self.map(index, row, &mut drafted));
        }
        let (planned, duplicates) =
            self.write(drafted)
                .await
                .map_err(|error| ImportError::Batch {
                    first: rows.first().map_or(0, |row| row.line),
                    last: rows.last().map_or(0, |row| row.line),
                    error,
                })?;
        for entity in &planned {
            if let Some(row) = mapped.get_mut(entity.row) {
                row.report.outcome = row.report.outcome.max(entity.outcome);
            }
            let counts = self.report.entities.entry(entity.kind.as_str());
            counts.or_default().add(entity.outcome);
        }
        for row in &mapped {
            self.report.rows.add(row.report.outcome);
            self.observer.row(&row.report);
            for finding in &row.findings {
                *self.report.findings.entry(finding.code).or_default() += 1;
                self.observer.finding(finding);
            }
        }
        for duplicate in &duplicates {
            self.report.duplicates += 1;
            self.observer.duplicate(duplicate);
        }
        Ok(())
    }

    /// The entities of a row, added to `drafted`, and what was found on the way.
    fn map(&mut self, index: usize, row: &Row, drafted: &mut Vec<Drafted>) -> Mapped {
        let mut findings = Vec::new();
        let mut find = |code, column: &str, value: &str| {
            findings.push(Finding {
                line: row.line,
                column: column.to_owned(),
                value: value.to_owned(),
                code,
            });
        };
        if row.ragged {
            find(Code::RaggedRow, "", "");
        }
        let (external_id, column, repeated) = self.external_id(row);
        if repeated {
            find(Code::RepeatedKey, &column, &external_id);
        }
        let skipped = self
            .mapping
            .skip
            .iter()
            .find(|condition| shows(self.mapping, row, condition));
        let mut outcome = Outcome::Skipped;
        if let Some(condition) = skipped {
            let value = text_of(self.mapping, row, &condition.column).unwrap_or_default();
            find(Code::Skipped, &condition.column, &value);
        } else {
            for entity in &self.mapping.entities {
                let applies = entity.when.is_empty()
                    || entity
                        .when
                        .iter()
                        .any(|condition| shows(self.mapping, row, condition));
                if !applies {
                    continue;
                }
                let mut fields = Fields {
                    mapping: self.mapping,
                    entity,
                    row,
                    findings: &mut findings,
                };
                match drafting::draft(&mut fields, &self.registry) {
                    Some(draft) => {
                        outcome = Outcome::Refused;
                        drafted.push(Drafted {
                            row: index,
                            line: row.line,
                            kind: entity.kind,
                            external_id: external_id.clone(),
                            draft,
                        });
                    }
                    None => {
                        let skips = findings.last().map(|finding| finding.code.gravity())
                            == Some(Gravity::Skipped);
                        let result = if skips {
                            Outcome::Skipped
                        } else {
                            outcome = Outcome::Refused;
                            Outcome::Refused
                        };
                        let counts = self.report.entities.entry(entity.kind.as_str());
                        counts.or_default().add(result);
                    }
                }
            }
            if let Some(siret) = repeated_siret(&mut self.seen, index, drafted) {
                findings.push(Finding {
                    line: row.line,
                    column: "siret".to_owned(),
                    value: siret,
                    code: Code::RepeatedSiret,
                });
            }
        }
        let left_out = &self.mapping.left_out.columns;
        self.report.left_out += left_out
            .iter()
            .filter(|column| text_of(self.mapping, row, column).is_some())
            .map(|_| 1)
            .sum::<u64>();
        Mapped {
            report: RowReport {
                line: row.line,
                // Entities that are written raise it.
                outcome,
                external_id,
            },
            findings: without_repetition(findings),
        }
    }

    /// What identifies a row in its source, by which column, and whether an earlier row
    /// of the file had the same.
    fn external_id(&mut self, row: &Row) -> (String, String, bool) {
        const LONGEST: usize = 200;
        let stated = self.mapping.keys.iter().find_map(|columns| {
            let parts: Vec<String> = columns
                .iter()
                .map(|column| {
                    text_of(self.mapping, row, column)
                        .map(|text| codes::key(&text))
                        .unwrap_or_default()
                })
                .collect();
            // The first column of a key must be there; the others tell namesakes apart.
            let is_stated = parts.first().is_some_and(|part| !part.is_empty());
            is_stated.then(|| (parts.join("|"), columns.join("+")))
        });
        let (mut key, column) = stated.unwrap_or_default();
        if key.is_empty() || key.chars().count() > LONGEST {
            let text = serde_json::to_vec(&row.cells).unwrap_or_default();
            key = format!("row {}", Uuid::new_v5(&Uuid::NAMESPACE_OID, &text).simple());
        }
        let uses = self.seen.keys.entry(hash(&key)).or_default();
        *uses += 1;
        if *uses > 1 {
            (format!("{key}#{uses}"), column, true)
        } else {
            (key, column, false)
        }
    }

    async fn write(&self, drafted: Vec<Drafted>) -> Result<(Vec<Planned>, Vec<Duplicate>), DbErr> {
        let transaction = database::begin(&self.app.database).await?;
        let clock = &self.app.clock;
        let source = &self.mapping.source;
        let mut planned = plan::plan(&transaction, clock, &source.name, drafted).await?;
        let batch = Batch {
            transaction: &transaction,
            clock,
            now: clock.now(),
            source,
            themes: &self.registry.themes,
        };
        apply::apply(&batch, &mut planned).await?;
        let duplicates = duplicates::find(&transaction, clock, &source.name, &planned).await?;
        let changes = apply::changes(&batch, &planned);
        if !changes.is_empty() {
            let actor = format!("import {}", source.name);
            change::record(&transaction, batch.now, &actor, changes).await?;
        }
        if self.options.dry_run {
            transaction.rollback().await?;
        } else {
            transaction.commit().await?;
        }
        Ok((planned, duplicates))
    }
}

/// The SIRET of a row, if an earlier one had it.
fn repeated_siret(seen: &mut Seen, index: usize, drafted: &[Drafted]) -> Option<String> {
    drafted
        .iter()
        .rev()
        .take_while(|entity| entity.row == index)
        .find_map(|entity| match &entity.draft {
            Draft::Organization(draft) => draft.siret.clone(),
            _ => None,
        })
        .filter(|siret| !seen.sirets.insert(hash(siret)))
}

/// Entities of one row read the same cells: each thing is told once.
fn without_repetition(findings: Vec<Finding>) -> Vec<Finding> {
    let mut unique: Vec<Finding> = Vec::with_capacity(findings.len());
    for finding in findings {
        if !unique.contains(&finding) {
            unique.push(finding);
        }
    }
    unique
}

fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}
