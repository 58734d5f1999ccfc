//! One import on its way: rows become entities, batch by batch.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::ops::ControlFlow;

use uuid::Uuid;

use super::apply::{self, Batch};
use super::columns::Columns;
use super::drafting::{self, Registry};
use super::drafts::Draft;
use super::fields::{Fields, shows, text_of};
use super::mapping::Mapping;
use super::plan::{self, Drafted, Planned};
use super::report::{
    BatchDone, Code, Finding, Gravity, Observer, Outcome, Report, RowDone, RowReport, Told,
};
use super::rows::Row;
use super::{ImportError, Options, codes, duplicates, leads, outcome_findings, values};
use crate::app::App;
use crate::change;
use crate::database;
use crate::problem::WriteError;

/// One import on its way.
pub struct Run<'a> {
    pub app: &'a App,
    pub mapping: &'a Mapping,
    pub options: &'a Options,
    pub registry: Registry,
    pub columns: Columns,
    pub seen: Seen,
    pub report: Report,
    pub observer: &'a mut dyn Observer,
}

/// What identifies a row.
struct RowKey {
    key: String,
    /// The same without case, accents and signs, as earlier releases remembered it.
    former: String,
    /// The columns that give it.
    column: String,
    /// Whether an earlier row of the file had the same.
    is_repeated: bool,
}

/// What earlier rows of the file had, as hashes: a few bytes for each row.
#[derive(Default)]
pub struct Seen {
    has_begun: bool,
    keys: HashMap<u64, u32>,
    sirets: HashSet<u64>,
}

impl Run<'_> {
    /// Reads rows that were written by an earlier attempt, for what later ones have in common
    /// with them.
    pub fn pass(&mut self, rows: &[Row]) {
        let mut drafted = Vec::new();
        for (index, row) in rows.iter().enumerate() {
            self.map(index, row, &mut drafted);
        }
    }

    /// Imports rows in one transaction; `bytes` of `total_bytes` of the file are read.
    ///
    /// # Errors
    /// When the database refuses a row.
    pub async fn batch(
        &mut self,
        rows: &[Row],
        bytes: u64,
        total_bytes: u64,
    ) -> Result<ControlFlow<()>, ImportError> {
        let mut mapped = Vec::with_capacity(rows.len());
        let mut drafted = Vec::new();
        for (index, row) in rows.iter().enumerate() {
            mapped.push(self.map(index, row, &mut drafted));
        }
        let batch = BatchDone {
            rows: mapped,
            duplicates: Vec::new(),
            bytes,
            total_bytes,
        };
        let written = self.write(drafted, batch).await;
        let written = written.map_err(|error| match error {
            WriteError::Database(error) => ImportError::Batch {
                first: rows.first().map_or(0, |row| row.line),
                last: rows.last().map_or(0, |row| row.line),
                error,
            },
            WriteError::Internal(fault) => ImportError::Internal(fault),
            _ => ImportError::Internal("a batch was not written"),
        })?;
        let Some(batch) = written else {
            return Ok(ControlFlow::Break(()));
        };
        for row in &batch.rows {
            for entity in &row.entities {
                let counts = self.report.entities.entry(entity.kind.as_str());
                counts.or_default().add(entity.outcome);
            }
            self.report.rows.add(row.report.outcome);
            self.observer.row(&row.report);
            for finding in &row.findings {
                *self.report.findings.entry(finding.code).or_default() += 1;
                self.observer.finding(finding);
            }
        }
        for duplicate in &batch.duplicates {
            self.report.duplicates += 1;
            self.observer.duplicate(duplicate);
        }
        Ok(ControlFlow::Continue(()))
    }

    /// The entities of a row, added to `drafted`, and what was found on the way.
    fn map(&mut self, index: usize, row: &Row, drafted: &mut Vec<Drafted>) -> RowDone {
        let mut findings = Vec::new();
        let mut find = |code, column: &str, value: &str| {
            findings.push(Finding {
                line: row.line,
                column: column.to_owned(),
                value: value.to_owned(),
                kept: None,
                code,
            });
        };
        if row.ragged {
            find(Code::RaggedRow, "", "");
        }
        for note in &row.notes {
            find(note.code, &note.column, &note.value);
        }
        if row.is_unreadable {
            find(Code::Unreadable, "", "");
            return RowDone {
                report: RowReport {
                    line: row.line,
                    outcome: Outcome::Refused,
                    external_id: String::new(),
                },
                findings,
                entities: Vec::new(),
            };
        }
        if !self.seen.has_begun {
            self.seen.has_begun = true;
            // What is missing is told before anything is written.
            for (code, column, like) in self.columns.differences() {
                find(code, &column, &like);
            }
        }
        let key = self.key(row);
        if key.is_repeated {
            find(Code::RepeatedKey, &key.column, &key.key);
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
                            external_id: key.key.clone(),
                            former_id: key.former.clone(),
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
                    kept: None,
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
        for finding in &mut findings {
            self.columns.name_again(finding);
        }
        RowDone {
            report: RowReport {
                line: row.line,
                // Entities that are written raise it.
                outcome,
                external_id: key.key,
            },
            findings: without_repetition(findings),
            entities: Vec::new(),
        }
    }

    /// What identifies a row in its source.
    fn key(&mut self, row: &Row) -> RowKey {
        const LONGEST: usize = 200;
        // The first column of a key must be there; the others tell namesakes apart.
        let set = self.mapping.keys.iter().find(|columns| {
            let first = columns.first();
            first.is_some_and(|column| text_of(self.mapping, row, column).is_some())
        });
        let texts: Vec<String> = set
            .into_iter()
            .flatten()
            .map(|column| {
                text_of(self.mapping, row, column)
                    .unwrap_or_default()
                    .into_owned()
            })
            .collect();
        let joined = |of: fn(&str) -> String| {
            texts
                .iter()
                .map(|text| of(text))
                .collect::<Vec<_>>()
                .join("|")
        };
        let mut key = joined(values::line);
        let mut former = joined(codes::key);
        let column = set.map(|columns| columns.join("+")).unwrap_or_default();
        if former.is_empty() || key.chars().count() > LONGEST {
            let text = serde_json::to_vec(&row.cells).unwrap_or_default();
            key = format!("row {}", Uuid::new_v5(&Uuid::NAMESPACE_OID, &text).simple());
            former.clone_from(&key);
        }
        let uses = self.seen.keys.entry(hash(&key)).or_default();
        *uses += 1;
        let is_repeated = *uses > 1;
        if is_repeated {
            key = format!("{key}#{uses}");
            former = format!("{former}#{uses}");
        }
        RowKey {
            key,
            former,
            column,
            is_repeated,
        }
    }

    /// Writes what rows tell of, and has it recorded; nothing if that was broken off.
    async fn write(
        &mut self,
        mut drafted: Vec<Drafted>,
        mut done: BatchDone,
    ) -> Result<Option<BatchDone>, WriteError> {
        let transaction = database::begin(&self.app.database).await?;
        let clock = &self.app.clock;
        let source = &self.mapping.source;
        let initiatives = drafted.iter_mut().map(|drafted| &mut drafted.draft);
        leads::resolve(&transaction, initiatives).await?;
        let mut planned = plan::plan(
            &transaction,
            clock,
            &source.name,
            self.options.source_wins,
            drafted,
        )
        .await?;
        let batch = Batch {
            transaction: &transaction,
            clock,
            now: clock.now(),
            mapping: self.mapping,
            columns: &self.columns,
            themes: &self.registry.themes,
            import: self.options.job,
            source_wins: self.options.source_wins,
        };
        apply::apply(&batch, &mut planned).await?;
        self.tell(&mut done, &planned);
        for entity in &planned {
            self.tell_unknown_lead(&mut done, entity);
        }
        done.duplicates = duplicates::find(&transaction, clock, &source.name, &planned).await?;
        for entity in &planned {
            if let Some(row) = done.rows.get_mut(entity.row) {
                row.report.outcome = row.report.outcome.max(entity.outcome);
                row.entities.push(Told {
                    kind: entity.kind,
                    id: entity.id,
                    outcome: entity.outcome,
                });
            }
        }
        let changes = apply::changes(&batch, &planned);
        let now = batch.now;
        if self.options.dry_run {
            transaction.rollback().await?;
            let transaction = database::begin(&self.app.database).await?;
            if self.observer.record(&transaction, &done).await?.is_break() {
                transaction.rollback().await?;
                return Ok(None);
            }
            transaction.commit().await?;
            return Ok(Some(done));
        }
        if self.observer.record(&transaction, &done).await?.is_break() {
            transaction.rollback().await?;
            return Ok(None);
        }
        if !changes.is_empty() {
            let of_source = || format!("import {}", source.name);
            let actor = self.options.actor.clone().unwrap_or_else(of_source);
            change::record(&transaction, now, &actor, changes).await?;
        }
        transaction.commit().await?;
        Ok(Some(done))
    }

    /// Adds what was found as the entities were written.
    fn tell(&self, done: &mut BatchDone, planned: &[Planned]) {
        for entity in planned {
            let Some(row) = done.rows.get_mut(entity.row) else {
                continue;
            };
            for mut finding in outcome_findings::of(self.mapping, entity) {
                self.columns.name_again(&mut finding);
                row.findings.push(finding);
            }
        }
    }

    fn tell_unknown_lead(&self, done: &mut BatchDone, entity: &Planned) {
        let Draft::Initiative(draft) = &entity.draft else {
            return;
        };
        if draft.lead.id.is_some() || entity.organization.is_some() {
            return;
        }
        if let (Some(row), Some(named)) = (done.rows.get_mut(entity.row), &draft.lead.named) {
            let mut finding = Finding {
                line: entity.line,
                column: named.column.clone(),
                value: named.text.clone(),
                kept: None,
                code: Code::LeadUnknown,
            };
            self.columns.name_again(&mut finding);
            row.findings.push(finding);
        }
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
