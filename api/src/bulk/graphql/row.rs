//! What became of a row of an import.

use std::sync::Arc;

use async_graphql::{Context, Object, Result, SimpleObject};
use entity::import_row;

use super::enums::{ImportOutcome, ImportSeverity};
use crate::bulk::RowListing;
use crate::bulk::report::{Kept, message};
use crate::connection;
use crate::graphql::{ContextExt as _, Node, node};
use crate::id::GlobalId;
use crate::import::Code;

/// Something that was found in a row.
#[derive(SimpleObject, Clone, Debug)]
pub struct ImportFinding {
    /// What was found.
    code: Code,
    /// How grave it is.
    severity: ImportSeverity,
    /// The column, as the file names it; empty if it is about the whole row.
    column: String,
    /// The value, as the file has it, its first 200 characters.
    value: String,
    /// The value that the registry keeps in place of that of the file, its first 200
    /// characters; null where it keeps none.
    kept: Option<String>,
    /// A sentence for the reader, in their language.
    message: String,
}

/// What became of a row of an import.
pub struct ImportRow(Arc<import_row::Model>);

impl ImportRow {
    /// A row as a node of a list.
    pub(crate) fn in_list(row: Arc<import_row::Model>, _: &RowListing) -> Self {
        Self(row)
    }
}

/// What became of a row of an import.
#[Object]
impl ImportRow {
    /// Place of the row in the file, from 1 on, without that of the names of columns.
    async fn number(&self) -> i64 {
        self.0.number
    }

    /// The line of the file on which the row begins, or the row of the sheet.
    async fn line(&self) -> i64 {
        self.0.line
    }

    /// What became of it.
    async fn outcome(&self) -> ImportOutcome {
        self.0.outcome.into()
    }

    /// What it is about in the registry, as far as this viewer sees it; of a dry run, what
    /// is there already.
    async fn nodes(&self, ctx: &Context<'_>) -> Result<Vec<Node>> {
        let ids: Vec<String> = serde_json::from_value(self.0.entities.clone()).unwrap_or_default();
        let ids = ids.iter().filter_map(|id| id.parse::<GlobalId>().ok());
        let nodes = futures::future::try_join_all(ids.map(|id| node::load(ctx, id))).await?;
        Ok(nodes.into_iter().flatten().collect())
    }

    /// What was found in it, 20 findings at most.
    async fn findings(&self, ctx: &Context<'_>) -> Vec<ImportFinding> {
        let findings = Kept::of(&self.0).into_iter();
        findings
            .filter_map(|finding| {
                let code = finding.code()?;
                Some(ImportFinding {
                    code,
                    severity: code.gravity().into(),
                    message: message(code, ctx.language()),
                    column: finding.column,
                    value: finding.value,
                    kept: finding.kept,
                })
            })
            .collect()
    }
}

connection! {
    /// Rows of an import, in the order of the file. Of those that were refused, and of the
    /// others, the first 10,000 are kept.
    ImportRowConnection, ImportRowEdge, ImportRow, RowListing
}
