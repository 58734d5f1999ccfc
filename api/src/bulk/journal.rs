//! Keeps what an import does: how far it is, and what became of each row.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use async_trait::async_trait;
use entity::import_job::{ActiveModel, Model};
use entity::import_row;
use entity::values::ImportOutcome;
use sea_orm::{DatabaseTransaction, DbErr, Set};
use serde_json::{Value, json};
use tokio::sync::watch;
use uuid::Uuid;

use super::model::{LEASE, LONGEST_VALUE, MOST_FINDINGS, MOST_KEPT, MOST_ROWS};
use super::store;
use crate::clock::Clock;
use crate::id::{GlobalId, Kind};
use crate::import::{BatchDone, Code, EntityKind, Finding, Observer, Outcome, RowDone, Told};

/// Why an import was broken off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BrokenOff {
    /// It is somebody else's by now, or was cancelled.
    Lost,
    /// The server stops.
    Stopping,
    /// The file has too many rows.
    TooManyRows,
}

/// What is kept of one import, for as long as `holder` runs it.
pub struct Journal {
    clock: Clock,
    stopping: watch::Receiver<bool>,
    holder: Uuid,
    /// The import as it stands after the last batch.
    job: Model,
    findings: BTreeMap<String, u64>,
    pub broken_off: Option<BrokenOff>,
}

impl Journal {
    /// The journal of an import that was just claimed; it goes on from where it stands.
    pub fn new(clock: Clock, stopping: watch::Receiver<bool>, holder: Uuid, job: Model) -> Self {
        Self {
            clock,
            stopping,
            holder,
            findings: serde_json::from_value(job.findings.clone()).unwrap_or_default(),
            job,
            broken_off: None,
        }
    }

    fn rows(&self) -> i64 {
        let job = &self.job;
        job.created + job.updated + job.unchanged + job.refused + job.skipped
    }

    /// The import with a row more.
    fn count(job: &mut Model, outcome: Outcome) {
        *match outcome {
            Outcome::Created => &mut job.created,
            Outcome::Updated => &mut job.updated,
            Outcome::Unchanged => &mut job.unchanged,
            Outcome::Refused => &mut job.refused,
            Outcome::Skipped => &mut job.skipped,
        } += 1;
    }

    /// Whether the report of a row with this outcome is still kept.
    fn keeps(job: &mut Model, outcome: Outcome) -> bool {
        let kept = match outcome {
            Outcome::Refused => &mut job.kept_refused,
            _ => &mut job.kept_others,
        };
        if *kept >= MOST_KEPT {
            return false;
        }
        *kept += 1;
        true
    }

    fn kept(&self, number: i64, row: &RowDone) -> import_row::ActiveModel {
        let entities = row.entities.iter().filter(|told| self.is_there(told));
        let findings = row.findings.iter().take(MOST_FINDINGS);
        import_row::ActiveModel {
            id: Set(self.clock.new_id()),
            import_id: Set(self.job.id),
            number: Set(number),
            line: Set(i64::try_from(row.report.line).unwrap_or(i64::MAX)),
            outcome: Set(outcome(row.report.outcome)),
            external_id: Set(row.report.external_id.clone()),
            entities: Set(entities.filter_map(global).collect()),
            findings: Set(findings.map(told).collect()),
        }
    }

    /// Whether there is such an entity: what a dry run creates is gone.
    fn is_there(&self, told: &Told) -> bool {
        !self.job.dry_run || matches!(told.outcome, Outcome::Updated | Outcome::Unchanged)
    }
}

#[async_trait]
impl Observer for Journal {
    fn recorded(&self) -> u64 {
        u64::try_from(self.rows()).unwrap_or_default()
    }

    async fn record(
        &mut self,
        transaction: &DatabaseTransaction,
        batch: &BatchDone,
    ) -> Result<ControlFlow<()>, DbErr> {
        if *self.stopping.borrow() {
            self.broken_off = Some(BrokenOff::Stopping);
            return Ok(ControlFlow::Break(()));
        }
        let first = self.rows();
        let rows = u64::try_from(batch.rows.len()).unwrap_or(u64::MAX);
        if self.recorded().saturating_add(rows) > MOST_ROWS {
            self.broken_off = Some(BrokenOff::TooManyRows);
            return Ok(ControlFlow::Break(()));
        }
        let mut done = batch.rows.clone();
        for duplicate in &batch.duplicates {
            let row = done
                .iter_mut()
                .find(|row| row.report.line == duplicate.line);
            if let Some(row) = row {
                row.findings.push(Finding {
                    kept: None,
                    line: duplicate.line,
                    column: String::new(),
                    value: duplicate.other_name.clone(),
                    code: Code::ProbableDuplicate,
                });
            }
        }
        let mut job = self.job.clone();
        let mut findings = self.findings.clone();
        let mut kept = Vec::new();
        for (number, row) in (first + 1..).zip(&done) {
            Self::count(&mut job, row.report.outcome);
            for finding in &row.findings {
                *findings
                    .entry(finding.code.as_str().to_owned())
                    .or_default() += 1;
            }
            if Self::keeps(&mut job, row.report.outcome) {
                kept.push(self.kept(number, row));
            }
        }
        let bytes = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        job.bytes_done = bytes(batch.bytes);
        job.bytes_total = bytes(batch.total_bytes);
        job.findings = json!(findings);
        let change = ActiveModel {
            lease_until: Set(Some(self.clock.now() + LEASE)),
            bytes_done: Set(job.bytes_done),
            bytes_total: Set(job.bytes_total),
            created: Set(job.created),
            updated: Set(job.updated),
            unchanged: Set(job.unchanged),
            refused: Set(job.refused),
            skipped: Set(job.skipped),
            findings: Set(job.findings.clone()),
            kept_refused: Set(job.kept_refused),
            kept_others: Set(job.kept_others),
            ..Default::default()
        };
        // Whoever no longer holds it must not write: this undoes what the batch wrote.
        if !store::write_held(transaction, job.id, self.holder, change).await? {
            self.broken_off = Some(BrokenOff::Lost);
            return Ok(ControlFlow::Break(()));
        }
        store::add_rows(transaction, kept).await?;
        self.job = job;
        self.findings = findings;
        Ok(ControlFlow::Continue(()))
    }
}

fn outcome(outcome: Outcome) -> ImportOutcome {
    match outcome {
        Outcome::Created => ImportOutcome::Created,
        Outcome::Updated => ImportOutcome::Updated,
        Outcome::Unchanged => ImportOutcome::Unchanged,
        Outcome::Refused => ImportOutcome::Refused,
        Outcome::Skipped => ImportOutcome::Skipped,
    }
}

fn global(told: &Told) -> Option<Value> {
    let kind = match told.kind {
        EntityKind::Organization => Kind::Organization,
        EntityKind::Space => Kind::CoworkingSpace,
        EntityKind::Initiative => Kind::Initiative,
        EntityKind::Funding => Kind::FundingSource,
        EntityKind::Commune | EntityKind::Intercommunality => return None,
    };
    let uuid = told.id;
    Some(Value::from(GlobalId { kind, uuid }.to_string()))
}

fn told(finding: &Finding) -> Value {
    json!({
        "code": finding.code.as_str(),
        "column": shortened(&finding.column),
        "value": shortened(&finding.value),
        "kept": finding.kept.as_deref().map(shortened),
    })
}

/// The beginning of a text that is too long to be kept.
fn shortened(text: &str) -> String {
    // No text of either database holds the character NUL.
    let text = text.replace('\0', "");
    if text.chars().count() <= LONGEST_VALUE {
        return text;
    }
    let mut short: String = text.chars().take(LONGEST_VALUE - 1).collect();
    short.push('…');
    short
}
