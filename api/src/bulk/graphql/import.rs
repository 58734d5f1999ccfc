//! An import and how far it has come.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use entity::import_job;
use uuid::Uuid;

use super::enums::{
    ImportFailureCode, ImportKind, ImportOutcomeFilter, ImportSeverity, ImportState,
};
use super::row::ImportRowConnection;
use crate::accounts::graphql::Account;
use crate::bulk::loaders::ImportKey;
use crate::bulk::report::message;
use crate::bulk::{ImportListing, RowListing};
use crate::connection;
use crate::graphql::ContextExt as _;
use crate::graphql::connection::{PageArguments, list_cost};
use crate::id::{GlobalId, Kind};
use crate::import::Code;

/// Rows of an import so far, by what became of them.
#[derive(SimpleObject, Clone, Copy, Debug)]
pub struct ImportCounts {
    /// All that are done.
    total: i64,
    /// Those of which something is new.
    created: i64,
    /// Those of which something is changed.
    updated: i64,
    /// Those of which all is in the registry already.
    unchanged: i64,
    /// Those of which nothing can be kept.
    refused: i64,
    /// Those that a rule of the mapping leaves out.
    skipped: i64,
}

/// How far an import has come in its file.
#[derive(SimpleObject, Clone, Copy, Debug)]
pub struct ImportProgress {
    /// Bytes that were read, of those whose rows are done.
    bytes: i64,
    /// Bytes of the file.
    total_bytes: i64,
    /// The share of it, from 0 to 100.
    percent: i32,
}

/// How often something was found.
#[derive(SimpleObject, Clone, Debug)]
pub struct ImportFindingCount {
    /// What was found.
    code: Code,
    /// How grave it is.
    severity: ImportSeverity,
    /// A sentence for the reader, in their language.
    message: String,
    /// How often, in all rows that are done.
    count: i64,
}

/// Why an import ended before its file.
#[derive(SimpleObject, Clone, Debug)]
pub struct ImportFailure {
    /// Why.
    code: ImportFailureCode,
    /// A sentence for the reader, in their language.
    message: String,
    /// The line of the file that cannot be read, if it is known.
    line: Option<i64>,
}

/// An import of a file. Only staff and administrators see it; it is kept for 30 days after
/// its end, with its report and its file.
pub struct Import(Arc<import_job::Model>);

impl Import {
    /// A row as a node of a list.
    pub(crate) fn in_list(row: Arc<import_job::Model>, _: &ImportListing) -> Self {
        Self(row)
    }

    /// The import of this identifier, if this viewer may see it.
    pub(super) async fn by_id(ctx: &Context<'_>, id: Uuid) -> Result<Option<Self>> {
        let row = ctx.loader().load_one(ImportKey(id)).await;
        Ok(row.map_err(|error| ctx.internal(error))?.map(Self))
    }

    /// What was asked, as it is now.
    pub(super) async fn written<E>(
        ctx: &Context<'_>,
        written: std::result::Result<Uuid, E>,
    ) -> Result<std::result::Result<Self, E>> {
        let id = match written {
            Ok(id) => id,
            Err(error) => return Ok(Err(error)),
        };
        let gone = || ctx.internal(sea_orm::DbErr::RecordNotFound("an import".to_owned()));
        Ok(Ok(Self::by_id(ctx, id).await?.ok_or_else(gone)?))
    }
}

/// An import of a file. Only staff and administrators see it; it is kept for 30 days after
/// its end, with its report and its file.
#[Object]
impl Import {
    /// Global identifier.
    async fn id(&self) -> ID {
        global(self.0.id)
    }

    /// What its rows become.
    async fn kind(&self) -> ImportKind {
        self.0.kind.into()
    }

    /// How far it has come.
    async fn state(&self) -> ImportState {
        self.0.state.into()
    }

    /// Whether it only tells what it would do.
    async fn dry_run(&self) -> bool {
        self.0.dry_run
    }

    /// Whether the source overwrites what people changed since it was last imported.
    async fn source_wins(&self) -> bool {
        self.0.source_wins
    }

    /// Identifier of the dry run that it confirms; null for a dry run, and once that is
    /// forgotten.
    async fn confirms_id(&self) -> Option<ID> {
        self.0.confirms_id.map(global)
    }

    /// The name of its file.
    async fn file_name(&self) -> &str {
        &self.0.file_name
    }

    /// The name of the mapping by which it is read.
    async fn mapping_name(&self) -> &str {
        &self.0.mapping_name
    }

    /// The name of the source under which identifiers of its rows are remembered.
    async fn source(&self) -> &str {
        &self.0.source
    }

    /// The sheet of the workbook that is read; null for the first one.
    async fn sheet(&self) -> Option<&str> {
        self.0.sheet.as_deref()
    }

    /// Who asked for it.
    async fn account(&self, ctx: &Context<'_>) -> Result<Option<Account>> {
        match self.0.account_id {
            Some(id) => Account::by_id(ctx, id).await,
            None => Ok(None),
        }
    }

    /// When it was asked.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When it began.
    async fn started_at(&self) -> Option<DateTime<Utc>> {
        self.0.started_at
    }

    /// When it ended.
    async fn ended_at(&self) -> Option<DateTime<Utc>> {
        self.0.ended_at
    }

    /// How far it has come in its file.
    async fn progress(&self) -> ImportProgress {
        let (bytes, total_bytes) = (self.0.bytes_done, self.0.bytes_total);
        let percent = bytes.saturating_mul(100).checked_div(total_bytes);
        ImportProgress {
            bytes,
            total_bytes,
            percent: i32::try_from(percent.unwrap_or_default().clamp(0, 100)).unwrap_or_default(),
        }
    }

    /// Its rows so far, by what became of them.
    async fn counts(&self) -> ImportCounts {
        let job = &self.0;
        ImportCounts {
            total: job.created + job.updated + job.unchanged + job.refused + job.skipped,
            created: job.created,
            updated: job.updated,
            unchanged: job.unchanged,
            refused: job.refused,
            skipped: job.skipped,
        }
    }

    /// What was found in its rows so far, the gravest first.
    async fn findings(&self, ctx: &Context<'_>) -> Vec<ImportFindingCount> {
        let counts: BTreeMap<String, i64> =
            serde_json::from_value(self.0.findings.clone()).unwrap_or_default();
        let mut found: Vec<Code> = Code::ALL.to_vec();
        found.sort_by_key(|code| std::cmp::Reverse(code.gravity()));
        found
            .into_iter()
            .filter_map(|code| {
                Some(ImportFindingCount {
                    code,
                    severity: code.gravity().into(),
                    message: message(code, ctx.language()),
                    count: *counts.get(code.as_str())?,
                })
            })
            .collect()
    }

    /// Why it ended before its file; null if it did not.
    async fn failure(&self, ctx: &Context<'_>) -> Option<ImportFailure> {
        let failure = self.0.failure?;
        let key = failure.as_str().to_ascii_lowercase().replace('_', "-");
        Some(ImportFailure {
            code: failure.into(),
            message: ctx
                .language()
                .message(&format!("import-failure-{key}"), &[]),
            line: self.0.failure_line,
        })
    }

    /// What became of its rows, in the order of the file. Of those that were refused, and of
    /// the others, the first 10,000 are kept; `counts` tells of all.
    #[graphql(complexity = "list_cost(first, last, child_complexity)")]
    async fn rows(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those with these outcomes.")] outcome: Option<ImportOutcomeFilter>,
        #[graphql(desc = "Nodes from the beginning, 1 to 100; 20 if nothing is asked.")]
        first: Option<i32>,
        #[graphql(desc = "Only nodes after this cursor.")] after: Option<String>,
        #[graphql(desc = "Nodes from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only nodes before this cursor.")] before: Option<String>,
    ) -> Result<Option<ImportRowConnection>> {
        let outcomes = outcome.map(|outcome| outcome.values(ctx)).transpose()?;
        let listing = RowListing {
            import: self.0.id,
            outcomes: outcomes.unwrap_or_default(),
        };
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
        };
        ImportRowConnection::load(ctx, listing, arguments).await
    }

    /// How many rows are done of which the report is not kept.
    async fn rows_left_out(&self) -> i64 {
        let job = &self.0;
        let all = job.created + job.updated + job.unchanged + job.refused + job.skipped;
        all - job.kept_refused - job.kept_others
    }

    /// Address of the report as a CSV file, to be asked as the same account.
    async fn report_url(&self, ctx: &Context<'_>) -> String {
        let base = ctx.app().settings.public_url.as_deref();
        let base = base.unwrap_or_default().trim_end_matches('/');
        format!("{base}/imports/{}/report.csv", *global(self.0.id))
    }
}

fn global(uuid: Uuid) -> ID {
    let kind = Kind::Import;
    GlobalId { kind, uuid }.to_string().into()
}

connection! {
    /// Imports, the newest first.
    ImportConnection, ImportEdge, Import, ImportListing
}
