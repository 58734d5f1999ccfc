//! The rows of a file, one at a time, whatever its format.

use std::io::BufRead;

use serde_json::{Map, Value};

use super::csv_rows::CsvRows;
use super::json_rows::JsonRows;
use super::report::Code;
use super::xlsx_rows::XlsxRows;

/// Something that is told of a row as it is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    pub code: Code,
    /// The column, as the file names it; empty if it is about the whole row.
    pub column: String,
    pub value: String,
}

/// One row, as the file has it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Row {
    /// The line of the file on which the row begins, from 1.
    pub line: u64,
    /// Cells by name of column.
    pub cells: Map<String, Value>,
    /// Whether the row has more or fewer cells than the file has columns.
    pub ragged: bool,
    /// What is told of it.
    pub notes: Vec<Note>,
    /// Whether its cells cannot be told apart.
    pub is_unreadable: bool,
}

impl Row {
    /// A row whose cells cannot be told apart.
    pub fn unreadable(line: u64) -> Self {
        Self {
            line,
            is_unreadable: true,
            ..Self::default()
        }
    }

    /// The cell of a column. A name with dots also leads into nested objects.
    pub fn cell(&self, column: &str) -> Option<&Value> {
        self.cells.get(column).or_else(|| {
            let (first, rest) = column.split_once('.')?;
            rest.split('.')
                .try_fold(self.cells.get(first)?, |value, name| value.get(name))
        })
    }

    /// Whether no cell says anything.
    pub fn is_empty(&self) -> bool {
        self.cells.values().all(is_empty)
    }
}

/// Whether a cell says nothing.
pub fn is_empty(cell: &Value) -> bool {
    match cell {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        _ => false,
    }
}

/// Why rows cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum RowError {
    #[error("the file cannot be read")]
    Read(#[from] std::io::Error),
    #[error("line {line} is not valid: {reason}")]
    Malformed { line: u64, reason: String },
    #[error("the file unpacks to more than a spreadsheet can be")]
    TooLarge,
    #[error("the workbook has no sheet of this name")]
    NoSheet,
    #[error("the file is empty")]
    Empty,
    #[error("the file is a page of the web, not a table")]
    Page,
}

/// A reader of rows.
pub enum Rows<R: BufRead> {
    Csv(Box<CsvRows<R>>),
    Json(JsonRows<R>),
    Xlsx(XlsxRows),
}

impl<R: BufRead> Rows<R> {
    /// The next row, or nothing at the end of the file.
    ///
    /// # Errors
    /// When the file cannot be read, or is not in its format.
    pub fn next_row(&mut self) -> Result<Option<Row>, RowError> {
        match self {
            Self::Csv(rows) => rows.next_row(),
            Self::Json(rows) => rows.next_row(),
            Self::Xlsx(rows) => Ok(rows.next_row()),
        }
    }
}
