//! Rows of a JSON array of objects, or of one object per line, without holding the file.

use std::io::BufRead;

use serde_json::Value;

use super::rows::{Row, RowError};

/// The longest object, in bytes.
const LONGEST: usize = 8 * 1024 * 1024;

/// A reader of the objects of an array, or of a sequence.
pub struct JsonRows<R> {
    text: R,
    line: u64,
    in_array: bool,
    started: bool,
}

impl<R: BufRead> JsonRows<R> {
    /// A reader at the beginning of a text.
    pub fn new(text: R) -> Self {
        Self {
            text,
            line: 1,
            in_array: false,
            started: false,
        }
    }

    pub(super) fn next_row(&mut self) -> Result<Option<Row>, RowError> {
        loop {
            match self.next_token()? {
                None if self.in_array => return Err(self.malformed("the array does not end")),
                None => return Ok(None),
                Some(b'[') if !self.started => {
                    self.started = true;
                    self.in_array = true;
                }
                Some(b',') if self.in_array => {}
                Some(b']') if self.in_array => {
                    self.in_array = false;
                    return match self.next_token()? {
                        None => Ok(None),
                        Some(_) => Err(self.malformed("something follows the array")),
                    };
                }
                Some(b'{') => {
                    self.started = true;
                    return self.object().map(Some);
                }
                Some(_) => return Err(self.malformed("an object was expected")),
            }
        }
    }

    /// The next byte that is not white space.
    fn next_token(&mut self) -> Result<Option<u8>, RowError> {
        loop {
            let buffer = self.text.fill_buf()?;
            let Some(byte) = buffer.first().copied() else {
                return Ok(None);
            };
            self.text.consume(1);
            match byte {
                b'\n' => self.line += 1,
                b' ' | b'\t' | b'\r' => {}
                other => return Ok(Some(other)),
            }
        }
    }

    /// The object whose opening brace was just read.
    fn object(&mut self) -> Result<Row, RowError> {
        let line = self.line;
        let mut bytes = vec![b'{'];
        let mut scan = Scan::default();
        while scan.depth > 0 {
            let buffer = self.text.fill_buf()?;
            if buffer.is_empty() {
                return Err(self.malformed("an object does not end"));
            }
            let end = buffer
                .iter()
                .position(|byte| scan.ends_with(*byte))
                .map_or(buffer.len(), |last| last + 1);
            let part = buffer.get(..end).unwrap_or_default();
            bytes.extend_from_slice(part);
            self.text.consume(end);
            if bytes.len() > LONGEST {
                return Err(self.malformed("an object is too long"));
            }
        }
        self.line += bytes
            .iter()
            .map(|byte| u64::from(*byte == b'\n'))
            .sum::<u64>();
        match serde_json::from_slice(&bytes) {
            Ok(Value::Object(cells)) => Ok(Row {
                line,
                cells,
                ragged: false,
                ..Row::default()
            }),
            Ok(_) => Err(self.malformed("an object was expected")),
            Err(error) => Err(RowError::Malformed {
                line,
                reason: error.to_string(),
            }),
        }
    }

    fn malformed(&self, reason: &str) -> RowError {
        RowError::Malformed {
            line: self.line,
            reason: reason.to_owned(),
        }
    }
}

/// How deep in an object the reading is.
struct Scan {
    depth: usize,
    in_string: bool,
    escaped: bool,
}

impl Default for Scan {
    fn default() -> Self {
        Self {
            depth: 1,
            in_string: false,
            escaped: false,
        }
    }
}

impl Scan {
    /// Whether `byte` closes the object.
    fn ends_with(&mut self, byte: u8) -> bool {
        match byte {
            _ if self.escaped => self.escaped = false,
            b'\\' if self.in_string => self.escaped = true,
            b'"' => self.in_string = !self.in_string,
            b'{' | b'[' if !self.in_string => self.depth += 1,
            b'}' | b']' if !self.in_string => self.depth -= 1,
            _ => {}
        }
        self.depth == 0
    }
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn rows(text: &str, buffer: usize) -> Result<Vec<Row>, RowError> {
        let mut rows = JsonRows::new(BufReader::with_capacity(buffer, text.as_bytes()));
        let mut all = Vec::new();
        while let Some(row) = rows.next_row()? {
            all.push(row);
        }
        Ok(all)
    }

    #[test]
    fn arrays_and_lines_of_objects_read_alike() {
        let array = "[\n {\"a\": \"}\\\"\"},\n {\"a\": {\"b\": [1]}}\n]\n";
        let lines = "{\"a\": \"}\\\"\"}\n{\"a\": {\"b\": [1]}}\n";
        for (text, first_line) in [(array, 2), (lines, 1)] {
            let rows = rows(text, 3).unwrap();
            assert_eq!(rows.len(), 2);
            assert_eq!(
                (rows[0].line, &rows[0].cells["a"]),
                (first_line, &json!("}\""))
            );
            assert_eq!(rows[1].line, first_line + 1);
        }
    }

    #[test]
    fn a_text_cut_short_is_refused_with_its_line() {
        for text in [
            "[{\"a\": 1},\n{\"a\"",
            "[\n{\"a\": 1}",
            "[1]",
            "[{]}",
            "[{}] x",
        ] {
            assert!(rows(text, 64).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_array_of_objects_reads_back(
            texts in proptest::collection::vec("[\\PC\n\"\\\\{}\\[\\]]{0,20}", 0..8),
            buffer in 1..32_usize,
        ) {
            let objects: Vec<Value> = texts.iter().map(|text| json!({ "text": text })).collect();
            let written = serde_json::to_string_pretty(&objects).unwrap();
            let read: Vec<Value> = rows(&written, buffer)
                .unwrap()
                .into_iter()
                .map(|row| Value::Object(row.cells))
                .collect();
            prop_assert_eq!(read, objects);
        }
    }
}
