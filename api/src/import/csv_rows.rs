//! Rows of a file whose cells are separated by a character.

use std::io::{BufRead, Cursor, Read};

use csv::{ReaderBuilder, StringRecord};
use serde_json::Value;

use super::rows::{Row, RowError};

/// Characters that separate cells.
const SEPARATORS: [u8; 4] = *b";,\t|";

/// How much of the file tells which of them it is.
const SAMPLE: u64 = 64 * 1024;

/// Rows of the sample that are looked at.
const SAMPLE_ROWS: usize = 50;

/// A reader of separated cells under a line of names.
pub struct CsvRows<R> {
    reader: csv::Reader<std::io::Chain<Cursor<Vec<u8>>, R>>,
    columns: StringRecord,
    separator: u8,
    /// Lines by which the reader counts too few: it takes the end of a line of the form CR LF
    /// for a part of the line after it.
    behind: u64,
}

impl<R: BufRead> CsvRows<R> {
    /// Reads the names of the columns, once the separator is recognised.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn new(mut text: R) -> Result<Self, RowError> {
        let mut sample = Vec::new();
        text.by_ref().take(SAMPLE).read_to_end(&mut sample)?;
        let separator = recognised(&sample);
        let behind = u64::from(ends_lines_with_cr_lf(&sample));
        let mut reader = ReaderBuilder::new()
            .delimiter(separator)
            .flexible(true)
            .from_reader(Cursor::new(sample).chain(text));
        let columns = reader.headers().map_err(malformed)?.clone();
        Ok(Self {
            reader,
            columns,
            separator,
            behind,
        })
    }

    /// The separator, as it is written.
    pub fn separator(&self) -> char {
        char::from(self.separator)
    }

    pub(super) fn next_row(&mut self) -> Result<Option<Row>, RowError> {
        let mut record = StringRecord::new();
        if !self.reader.read_record(&mut record).map_err(malformed)? {
            return Ok(None);
        }
        Ok(Some(Row {
            line: record.position().map_or(0, csv::Position::line) + self.behind,
            ragged: record.len() != self.columns.len(),
            cells: self
                .columns
                .iter()
                .zip(record.iter())
                .map(|(column, cell)| (column.trim().to_owned(), Value::from(cell)))
                .collect(),
        }))
    }
}

/// The separator under which the sample makes the most regular and the widest table.
fn recognised(sample: &[u8]) -> u8 {
    let widest = |separator: &u8| {
        let mut reader = ReaderBuilder::new()
            .delimiter(*separator)
            .flexible(true)
            .has_headers(false)
            .from_reader(sample);
        let widths: Vec<usize> = reader
            .byte_records()
            .take(SAMPLE_ROWS)
            .filter_map(Result::ok)
            .map(|record| record.len())
            .collect();
        let width = widths.first().copied().unwrap_or_default();
        let alike = widths.iter().filter(|other| **other == width).count();
        (width > 1, alike * width)
    };
    // The first of equals wins, so that a file of one column has the usual separator.
    SEPARATORS
        .into_iter()
        .rev()
        .max_by_key(widest)
        .unwrap_or(b';')
}

fn ends_lines_with_cr_lf(sample: &[u8]) -> bool {
    let mut line = sample.split(|byte| *byte == b'\n');
    sample.contains(&b'\n') && line.next().is_some_and(|line| line.ends_with(b"\r"))
}

fn malformed(error: csv::Error) -> RowError {
    let line = error.position().map_or(0, csv::Position::line);
    match error.into_kind() {
        csv::ErrorKind::Io(error) => RowError::Read(error),
        other => RowError::Malformed {
            line,
            reason: format!("{other:?}"),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> (char, Vec<Row>) {
        let mut rows = CsvRows::new(text.as_bytes()).unwrap();
        let mut all = Vec::new();
        while let Some(row) = rows.next_row().unwrap() {
            all.push(row);
        }
        (rows.separator(), all)
    }

    #[test]
    fn separators_and_line_ends_are_recognised() {
        for (separator, end) in [(';', "\r\n"), (',', "\n"), ('\t', "\r"), ('|', "\n")] {
            let text = format!(
                "nom{separator}ville{end}\"A;B,C|D\"{separator}Sceaux{end}E{separator}Clichy{end}"
            );
            let (found, rows) = rows(&text);
            assert_eq!(found, separator);
            assert_eq!(rows.len(), 2);
            assert_eq!(rows[0].cells["nom"], "A;B,C|D");
            assert_eq!(rows[1].cells["ville"], "Clichy");
        }
    }

    #[test]
    fn a_row_of_another_width_says_so_and_knows_its_line() {
        let (_, rows) = rows("a;b\n\"1\n2\";3\n4\n");
        assert_eq!((rows[0].line, rows[0].ragged), (2, false));
        assert_eq!((rows[1].line, rows[1].ragged), (4, true));
    }

    #[test]
    fn lines_are_counted_alike_whatever_ends_them() {
        for end in ["\n", "\r\n"] {
            let text = ["a;b", "1;2", "\"3", "4\";5", "6;7", ""].join(end);
            let (_, rows) = rows(&text);
            let lines: Vec<u64> = rows.iter().map(|row| row.line).collect();
            assert_eq!(lines, [2, 3, 5], "{end:?}");
        }
    }
}
