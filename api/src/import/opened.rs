//! A file whose rows can be read, whatever its format.

use std::io::{BufRead, Cursor, Read, Seek, SeekFrom};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::csv_rows::CsvRows;
use super::encoding::{Decoded, LineEnds, Survey};
use super::heading::Knows;
use super::json_rows::JsonRows;
use super::mapping::Format;
use super::rows::{Row, RowError, Rows};
use super::xlsx_rows::XlsxRows;

/// A file that is being read.
pub struct Opened<'a, R: Read + Seek + Send> {
    rows: Rows<Decoded<'a, R>>,
    /// The encoding of a text, or the kind of the file.
    pub encoding: String,
    /// How the lines of a text end.
    pub line_ends: Option<LineEnds>,
    /// What separates the cells of a CSV file.
    pub separator: Option<char>,
    pub replacement_characters: u64,
    pub total_bytes: u64,
    bytes: Arc<AtomicU64>,
}

impl<'a, R: Read + Seek + Send> Opened<'a, R> {
    /// Opens `file`. A workbook is known by its content; of other files, `stated` is the
    /// format, and without it their first character tells.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn new(
        file: &'a mut R,
        stated: Option<Format>,
        sheet: Option<&str>,
        knows: &Knows<'_>,
    ) -> Result<Self, RowError> {
        if is_archive(file)? {
            let total_bytes = file.seek(SeekFrom::End(0))?;
            let rows = XlsxRows::new(file, sheet, knows)?;
            return Ok(Self {
                encoding: "XLSX".to_owned(),
                line_ends: None,
                separator: None,
                replacement_characters: rows.replacement_characters(),
                total_bytes,
                bytes: Arc::default(),
                rows: Rows::Xlsx(rows),
            });
        }
        let survey = Survey::of(file)?;
        let format = match stated {
            Some(format) => format,
            None => format_of(survey.decoded(file)?)?,
        };
        let text = survey.decoded(file)?;
        let bytes = text.bytes_read();
        let guessed = text.guessed();
        let (rows, separator) = match format {
            Format::Csv => {
                let rows = CsvRows::new(text, guessed, knows)?;
                let separator = rows.separator();
                (Rows::Csv(Box::new(rows)), Some(separator))
            }
            Format::Json => (Rows::Json(JsonRows::new(text)), None),
        };
        Ok(Self {
            rows,
            encoding: survey.encoding(),
            line_ends: Some(survey.line_ends),
            separator,
            replacement_characters: survey.replacement_characters,
            total_bytes: survey.bytes,
            bytes,
        })
    }

    /// The next rows, as many as `most`; none at the end of the file. What is empty is no row:
    /// spreadsheets write many below their last one.
    ///
    /// # Errors
    /// When the file cannot be read, or is not in its format.
    pub fn next_rows(&mut self, most: usize) -> Result<Vec<Row>, RowError> {
        let mut rows = Vec::new();
        while rows.len() < most
            && let Some(row) = self.rows.next_row()?
        {
            if !row.is_empty() || row.is_unreadable {
                rows.push(row);
            }
        }
        Ok(rows)
    }

    /// Bytes of the file that were read; of a workbook, as many as its share of rows.
    pub fn bytes_read(&self) -> u64 {
        let Rows::Xlsx(rows) = &self.rows else {
            return self.bytes.load(Ordering::Relaxed);
        };
        let (taken, all) = rows.progress();
        let number = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
        let product = self.total_bytes.saturating_mul(number(taken));
        product.checked_div(number(all)).unwrap_or(self.total_bytes)
    }
}

fn is_archive(file: &mut (impl Read + Seek)) -> Result<bool, RowError> {
    let mut head = Vec::new();
    file.seek(SeekFrom::Start(0))?;
    file.by_ref().take(4).read_to_end(&mut head)?;
    Ok(head == b"PK\x03\x04")
}

/// The format of a text, by the first of its characters that is not white space.
fn format_of(text: impl BufRead) -> Result<Format, RowError> {
    for byte in text.bytes() {
        match byte? {
            byte if byte.is_ascii_whitespace() => {}
            b'[' | b'{' => return Ok(Format::Json),
            _ => break,
        }
    }
    Ok(Format::Csv)
}

/// The format of a file in which rows may be, if it is a text and neither a page nor a
/// drawing.
pub fn text_format(bytes: &[u8]) -> Option<Format> {
    let mut file = Cursor::new(bytes);
    let mut text = String::new();
    let survey = Survey::of(&mut file).ok()?;
    survey
        .decoded(&mut file)
        .ok()?
        .read_to_string(&mut text)
        .ok()?;
    let is_of_text = |character: char| {
        !character.is_control()
            || character.is_whitespace()
            || ('\u{80}'..='\u{9f}').contains(&character)
    };
    let first = text.trim_start().chars().next()?;
    let is_page = first == '<' || text.starts_with("%PDF-");
    if is_page || !text.chars().all(is_of_text) {
        return None;
    }
    format_of(text.as_bytes()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_told_from_what_is_none() {
        let utf16: Vec<u8> = "Nom;Été\n"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        for bytes in [
            b"Nom;Ville\r\n".as_slice(),
            b"Nom;\xc9t\xe9\n",
            &utf16,
            b"BM;MZ\n",
        ] {
            assert_eq!(text_format(bytes), Some(Format::Csv));
        }
        for bytes in [b" [{}]".as_slice(), b"{\"a\": 1}\n{}", b"\xEF\xBB\xBF[]"] {
            assert_eq!(text_format(bytes), Some(Format::Json));
        }
        for bytes in [
            b"".as_slice(),
            b" \n",
            b"<!DOCTYPE html>",
            b"<svg/>",
            b"%PDF-1.7\n",
            b"MZ\x90\0\x03\0\0\0",
            b"\x7fELF\x02\x01",
        ] {
            assert_eq!(text_format(bytes), None, "{bytes:?}");
        }
    }
}
