//! Records of a file of separated cells, without those whose quote never closes.

use std::collections::VecDeque;
use std::io::{self, BufRead, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Lines of one record, at the most.
const MOST_LINES: usize = 200;

/// Bytes of one record, at the most.
const MOST_BYTES: usize = 1024 * 1024;

/// Bytes of one line that are looked at together.
const LONGEST_LINE: u64 = 4 * 1024 * 1024;

/// The one cell of a record that stands for one which cannot be read.
pub const UNREADABLE: &str = "\u{1}";

/// Whether a file ends within a line, once it was read to its end.
#[derive(Clone, Default)]
pub struct Cut(Arc<AtomicBool>);

impl Cut {
    /// Whether it does.
    pub fn is_cut(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    fn set(&self, is_cut: bool) {
        self.0.store(is_cut, Ordering::Relaxed);
    }
}

/// A reader of the lines of a file. In place of a line on which a quote opens and never
/// closes, or closes so late that it swallows other records, it gives [`UNREADABLE`].
pub struct Records<R> {
    text: R,
    separator: u8,
    line_end: u8,
    /// Cells of a record.
    columns: usize,
    /// Lines that were read ahead.
    ahead: VecDeque<Vec<u8>>,
    cut: Cut,
    given: Vec<u8>,
    position: usize,
}

impl<R: BufRead> Records<R> {
    /// The records of `text`, which have `columns` cells.
    pub fn new(text: R, separator: u8, line_end: u8, columns: usize) -> Self {
        Self {
            text,
            separator,
            line_end,
            columns,
            ahead: VecDeque::new(),
            cut: Cut::default(),
            given: Vec::new(),
            position: 0,
        }
    }

    /// Whether the file ends within a line.
    pub fn cut(&self) -> Cut {
        self.cut.clone()
    }

    fn next_line(&mut self) -> io::Result<Option<Vec<u8>>> {
        if let Some(line) = self.ahead.pop_front() {
            return Ok(Some(line));
        }
        self.read_line()
    }

    fn read_line(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut line = Vec::new();
        let mut text = self.text.by_ref().take(LONGEST_LINE);
        if text.read_until(self.line_end, &mut line)? == 0 {
            return Ok(None);
        }
        self.cut.set(line.last() != Some(&self.line_end));
        Ok(Some(line))
    }

    /// The next record, or what stands for one that cannot be read.
    fn next_record(&mut self) -> io::Result<Option<Vec<u8>>> {
        let Some(first) = self.next_line()? else {
            return Ok(None);
        };
        let mut quotes = Quotes::default();
        quotes.see(&first, self.separator);
        if !quotes.is_open {
            return Ok(Some(first));
        }
        let mut lines = vec![first];
        let mut bytes = 0;
        while quotes.is_open && lines.len() < MOST_LINES && bytes < MOST_BYTES {
            let Some(line) = self.next_line()? else {
                break;
            };
            quotes.see(&line, self.separator);
            bytes += line.len();
            lines.push(line);
        }
        if quotes.is_open || self.swallows(&lines, &quotes) {
            for line in lines.into_iter().skip(1).rev() {
                self.ahead.push_front(line);
            }
            let mut stand_in = UNREADABLE.as_bytes().to_vec();
            stand_in.push(self.line_end);
            return Ok(Some(stand_in));
        }
        Ok(Some(lines.concat()))
    }

    /// Whether a record of several lines holds lines that are records themselves.
    fn swallows(&self, lines: &[Vec<u8>], quotes: &Quotes) -> bool {
        let within = lines
            .get(1..lines.len().saturating_sub(1))
            .unwrap_or_default();
        let is_record = |line: &&Vec<u8>| {
            let mut alone = Quotes::default();
            alone.see(line, self.separator);
            alone.separators + 1 == self.columns
        };
        let records = within.iter().filter(is_record).count();
        let fits = quotes.separators + 1 == self.columns;
        match self.columns {
            0 | 1 => false,
            2 => records > 1 && records == within.len(),
            _ => records > 0 || (!fits && !within.is_empty()),
        }
    }
}

impl<R: BufRead> Read for Records<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.position >= self.given.len() {
            match self.next_record()? {
                Some(record) => (self.given, self.position) = (record, 0),
                None => return Ok(0),
            }
        }
        let mut rest = self.given.get(self.position..).unwrap_or_default();
        let count = rest.read(buffer)?;
        self.position += count;
        Ok(count)
    }
}

/// Where the quotes of a record stand.
struct Quotes {
    is_open: bool,
    at_start: bool,
    /// Separators outside of quotes.
    separators: usize,
}

impl Default for Quotes {
    fn default() -> Self {
        Self {
            is_open: false,
            at_start: true,
            separators: 0,
        }
    }
}

impl Quotes {
    fn see(&mut self, line: &[u8], separator: u8) {
        let mut bytes = line.iter().peekable();
        while let Some(byte) = bytes.next() {
            match (self.is_open, *byte) {
                (true, b'"') => {
                    if bytes.peek() == Some(&&b'"') {
                        bytes.next();
                    } else {
                        self.is_open = false;
                    }
                }
                (true, _) => {}
                (false, b'"') if self.at_start => {
                    self.is_open = true;
                    self.at_start = false;
                }
                (false, byte) => {
                    self.separators += usize::from(byte == separator);
                    self.at_start = byte == separator;
                }
            }
        }
        if !self.is_open {
            self.at_start = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn records(text: &str, columns: usize) -> String {
        let mut read = String::new();
        let mut records = Records::new(text.as_bytes(), b';', b'\n', columns);
        records.read_to_string(&mut read).unwrap();
        read
    }

    #[test]
    fn a_quote_that_never_closes_costs_its_own_line() {
        let text = "a;b;c\n1;\"x;y\n2;z;z\n3;z;z\n";
        assert_eq!(records(text, 3), "a;b;c\n\u{1}\n2;z;z\n3;z;z\n");
        // It closes, but by the quote of another record.
        let text = "a;b;c\n1;\"x;y\n2;z;z\n3;\"fin\";z\n";
        assert_eq!(records(text, 3), "a;b;c\n\u{1}\n2;z;z\n3;\"fin\";z\n");
    }

    #[test]
    fn cells_of_several_lines_stay_whole() {
        let text = "a;b;c\n1;\"une\nadresse\n; deux \"\"lignes\"\"\";x\n2;y;z\n";
        assert_eq!(records(text, 3), text);
        let text = "a;b\n1;\"une;\nautre\"\n";
        assert_eq!(records(text, 2), text);
    }

    proptest! {
        #[test]
        fn lines_are_neither_added_nor_lost(text in "[a\";\n]{0,60}") {
            let read = records(&text, 3);
            let lines = |text: &str| text.matches('\n').count();
            prop_assert!(lines(&read) >= lines(&text));
            prop_assert!(lines(&read) <= lines(&text) + 1);
        }
    }
}
