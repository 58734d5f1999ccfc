//! Rows of a file whose cells are separated by a character.

use std::io::{BufRead, Cursor, Read};

use csv::{ReaderBuilder, StringRecord};
use serde_json::{Map, Value};

use super::encoding::GuessedLines;
use super::heading::{self, Heading, Knows};
use super::records::{Cut, Records, UNREADABLE};
use super::report::Code;
use super::rows::{Note, Row, RowError};

/// Characters that separate cells.
const SEPARATORS: [u8; 4] = *b";,\t|";

/// How much of the file tells which of them it is.
const SAMPLE: u64 = 64 * 1024;

/// Rows of the sample that are looked at.
const SAMPLE_ROWS: usize = 50;

/// A text from its beginning, of which a sample was read before.
type Whole<R> = std::io::BufReader<std::io::Chain<Cursor<Vec<u8>>, R>>;

/// A reader of separated cells under a line of names.
pub struct CsvRows<R: BufRead> {
    reader: csv::Reader<Records<Whole<R>>>,
    heading: Heading,
    separator: u8,
    cut: Cut,
    guessed: GuessedLines,
    /// Lines by which the reader counts too few: it takes the end of a line of the form CR LF
    /// for a part of the line after it.
    behind: u64,
    /// The record after the last one that was given.
    ahead: Option<StringRecord>,
    /// What is told with the next row.
    notes: Vec<Note>,
}

impl<R: BufRead> CsvRows<R> {
    /// Finds the row with the names of the columns, once the separator is recognised. Lines
    /// that were read in a guessed encoding are told.
    ///
    /// # Errors
    /// When the file cannot be read, or is no table.
    pub fn new(mut text: R, guessed: GuessedLines, knows: &Knows<'_>) -> Result<Self, RowError> {
        let mut sample = Vec::new();
        text.by_ref().take(SAMPLE).read_to_end(&mut sample)?;
        if sample.iter().all(u8::is_ascii_whitespace) {
            return Err(RowError::Empty);
        }
        if heading::is_page(&sample) {
            return Err(RowError::Page);
        }
        let stated = stated_separator(&sample);
        let separator = stated.unwrap_or_else(|| recognised(&sample));
        let behind = u64::from(ends_lines_with_cr_lf(&sample));
        let line_end = if sample.contains(&b'\n') {
            b'\n'
        } else {
            b'\r'
        };
        let candidates = first_records(&sample, separator, behind);
        let heading = Heading::among(candidates, knows, usize::from(stated.is_some()));
        let notes = heading.notes();
        let whole = std::io::BufReader::new(Cursor::new(sample).chain(text));
        let records = Records::new(whole, separator, line_end, heading.names.len());
        let cut = records.cut();
        let mut rows = Self {
            reader: builder(separator).from_reader(records),
            heading,
            separator,
            cut,
            guessed,
            behind,
            ahead: None,
            notes,
        };
        // The heading and what stands above it.
        for _ in 0..=rows.heading.index {
            rows.read()?;
        }
        rows.ahead = rows.read()?;
        Ok(rows)
    }

    /// The separator, as it is written.
    pub fn separator(&self) -> char {
        char::from(self.separator)
    }

    fn read(&mut self) -> Result<Option<StringRecord>, RowError> {
        let mut record = StringRecord::new();
        let is_there = self.reader.read_record(&mut record).map_err(malformed)?;
        Ok(is_there.then_some(record))
    }

    fn line_of(&self, record: &StringRecord) -> u64 {
        line_of(record, self.behind)
    }

    pub(super) fn next_row(&mut self) -> Result<Option<Row>, RowError> {
        let Some(record) = self.ahead.take() else {
            return Ok(None);
        };
        let line = self.line_of(&record);
        self.ahead = self.read()?;
        let is_last = self.ahead.is_none();
        let names = &self.heading.names;
        let mut notes = std::mem::take(&mut self.notes);
        let next = self
            .ahead
            .as_ref()
            .map_or(u64::MAX, |record| self.line_of(record));
        if self.guessed.any(line, next) {
            let guessed = names
                .iter()
                .zip(record.iter())
                .filter(|(_, cell)| !cell.is_ascii());
            notes.extend(guessed.map(|(name, cell)| Note {
                code: Code::GuessedEncoding,
                column: name.clone(),
                value: cell.to_owned(),
            }));
        }
        let stands_in = record.len() == 1 && record.get(0) == Some(UNREADABLE);
        let is_cut = is_last && record.len() < names.len() && self.cut.is_cut();
        if stands_in || is_cut {
            return Ok(Some(Row {
                notes,
                ..Row::unreadable(line)
            }));
        }
        let mut cells = Map::new();
        for (name, cell) in names.iter().zip(record.iter()) {
            // Of two columns of one name, the first that says something is meant.
            let is_new = cells.get(name).is_none_or(super::rows::is_empty);
            if is_new {
                cells.insert(name.clone(), Value::from(cell));
            }
        }
        Ok(Some(Row {
            line,
            cells,
            ragged: record.len() != names.len(),
            notes,
            is_unreadable: false,
        }))
    }
}

fn builder(separator: u8) -> ReaderBuilder {
    let mut builder = ReaderBuilder::new();
    builder
        .delimiter(separator)
        .flexible(true)
        .has_headers(false);
    builder
}

/// The first records of the sample, each with its line.
fn first_records(sample: &[u8], separator: u8, behind: u64) -> Vec<(u64, Vec<String>)> {
    let mut reader = builder(separator).from_reader(sample);
    reader
        .records()
        .take(heading::MOST_ABOVE)
        .filter_map(Result::ok)
        .map(|record| {
            let line = line_of(&record, behind);
            (
                line,
                record.iter().map(|cell| cell.trim().to_owned()).collect(),
            )
        })
        .collect()
}

/// The line on which a record begins; `behind` lines were not counted before all but the first.
fn line_of(record: &StringRecord, behind: u64) -> u64 {
    record.position().map_or(0, |position| {
        let is_first = position.record() == 0;
        position.line() + if is_first { 0 } else { behind }
    })
}

/// The separator that the first line states for Excel: `sep=;`.
fn stated_separator(sample: &[u8]) -> Option<u8> {
    let line = sample.split(|byte| matches!(byte, b'\r' | b'\n')).next()?;
    let line = std::str::from_utf8(line).ok()?.trim_matches('"');
    let (name, separator) = line.split_once('=')?;
    let separator = separator.as_bytes().first().copied()?;
    (name.eq_ignore_ascii_case("sep") && line.len() == 5).then_some(separator)
}

/// The separator under which the sample makes the most regular and the widest table.
fn recognised(sample: &[u8]) -> u8 {
    let widest = |separator: &u8| {
        let mut reader = builder(*separator).from_reader(sample);
        let widths: Vec<usize> = reader
            .byte_records()
            .take(SAMPLE_ROWS)
            .filter_map(Result::ok)
            .map(|record| record.len())
            .collect();
        // Titles above the heading have another width than the rows.
        let most = |width: usize| widths.iter().filter(|other| **other == width).count();
        let width = widths
            .iter()
            .copied()
            .max_by_key(|width| (most(*width), *width))
            .unwrap_or_default();
        (width > 1, most(width) * width)
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
        let mut rows = CsvRows::new(text.as_bytes(), GuessedLines::default(), &|_| true).unwrap();
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

    #[test]
    fn what_stands_above_the_heading_is_passed_over_and_told() {
        let knows = |name: &str| ["id", "nom"].contains(&name);
        for (text, line) in [
            ("sep=;\nid;nom\n1;A\n", 3),
            ("\"sep=,\"\r\nid,nom\r\n1,A\r\n", 3),
            ("Liste des associations;\n;\nid;nom\n1;A\n", 4),
        ] {
            let mut rows = CsvRows::new(text.as_bytes(), GuessedLines::default(), &knows).unwrap();
            let row = rows.next_row().unwrap().unwrap();
            assert_eq!(
                (row.line, &row.cells["nom"]),
                (line, &Value::from("A")),
                "{text}"
            );
            let told = row
                .notes
                .iter()
                .any(|note| note.code == Code::RowsAboveHeading);
            assert_eq!(told, text.starts_with("Liste"));
            assert_eq!(rows.next_row().unwrap(), None);
        }
    }

    #[test]
    fn a_quote_that_never_closes_and_a_cut_row_are_told_and_not_read() {
        let knows = |_: &str| true;
        let text = "id;nom;mail\n1;\"A;a@example.org\n2;B;b@example.org\n3;C";
        let mut rows = CsvRows::new(text.as_bytes(), GuessedLines::default(), &knows).unwrap();
        let mut read = Vec::new();
        while let Some(row) = rows.next_row().unwrap() {
            read.push((row.line, row.is_unreadable, row.cells.get("nom").cloned()));
        }
        assert_eq!(
            read,
            [
                (2, true, None),
                (3, false, Some(Value::from("B"))),
                (4, true, None)
            ]
        );
    }

    #[test]
    fn of_two_columns_of_one_name_the_first_that_says_something_is_meant() {
        let (_, rows) = rows("id;nom;nom\n1;court;long\n2;;long\n");
        let names: Vec<&Value> = rows.iter().map(|row| &row.cells["nom"]).collect();
        assert_eq!(names, ["court", "long"]);
        assert_eq!(rows[0].notes[0].code, Code::DoubledColumn);
    }

    #[test]
    fn what_is_no_table_is_refused() {
        for (text, page) in [("", false), (" \n", false), ("<!DOCTYPE html><p>", true)] {
            let error = CsvRows::new(text.as_bytes(), GuessedLines::default(), &|_| true).err();
            match error {
                Some(RowError::Page) => assert!(page),
                Some(RowError::Empty) => assert!(!page),
                _ => panic!("{text}"),
            }
        }
    }
}
