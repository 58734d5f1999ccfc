//! How the bytes of a file are to be read: encoding, line ends, and what is damaged.

use std::collections::BTreeSet;
use std::io::{self, BufRead, Read, Seek, SeekFrom};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::legacy::Legacy;
use encoding_rs::{CoderResult, Decoder, Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// Bytes read at a time.
const CHUNK: usize = 64 * 1024;

/// What a first look over a whole file tells of its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Survey {
    encoding: &'static Encoding,
    /// The encoding of lines that are not UTF-8, where lines are judged one by one.
    by_line: Option<Legacy>,
    /// Length of the byte-order mark.
    mark: u64,
    /// Whether a Western file has bytes that ISO-8859-1 leaves to control characters.
    beyond_latin1: bool,
    /// Length of the file, in bytes.
    pub bytes: u64,
    pub line_ends: LineEnds,
    /// Characters that were already lost when the file was written (U+FFFD).
    pub replacement_characters: u64,
}

/// How the lines of a file end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineEnds {
    Lf,
    CrLf,
    Cr,
    Mixed,
}

impl LineEnds {
    /// The usual abbreviation.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Lf => "LF",
            Self::CrLf => "CRLF",
            Self::Cr => "CR",
            Self::Mixed => "mixed",
        }
    }
}

impl Survey {
    /// Reads the file once, in bounded memory, and goes back to its beginning.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn of(file: &mut (impl Read + Seek)) -> io::Result<Self> {
        let mut first = Counts::default();
        each_chunk(file, |chunk| first.see(chunk))?;
        let (encoding, mark) = match first.head.as_slice() {
            [0xFF, 0xFE, ..] => (UTF_16LE, 2),
            [0xFE, 0xFF, ..] => (UTF_16BE, 2),
            _ if first.nul_at_even > first.bytes / 4 => (UTF_16BE, 0),
            _ if first.nul_at_odd > first.bytes / 4 => (UTF_16LE, 0),
            [0xEF, 0xBB, 0xBF, ..] => (UTF_8, 3),
            _ => (UTF_8, 0),
        };
        // Sources are French: what guesses by how often letters come takes many an "é" for
        // another alphabet.
        let legacy = Legacy::likely(&first.lines.bytes_of_others);
        let is_utf8 = encoding == UTF_8;
        let (encoding, by_line) = match (first.lines.others, first.lines.utf8) {
            (0, _) => (encoding, None),
            _ if !is_utf8 => (encoding, None),
            // One bad byte does not make another encoding of the whole file.
            (_, 1..) => (encoding, Some(legacy)),
            (_, 0) if legacy == Legacy::Windows1252 => (WINDOWS_1252, None),
            (_, 0) => (encoding, Some(legacy)),
        };
        let mut survey = Self {
            encoding,
            by_line,
            mark,
            beyond_latin1: first.beyond_latin1,
            bytes: first.bytes,
            line_ends: LineEnds::Lf,
            replacement_characters: 0,
        };
        let mut lines = Lines::default();
        let mut text = survey.decoded(file)?;
        loop {
            let chunk = text.fill_buf()?;
            if chunk.is_empty() {
                break;
            }
            lines.see(chunk);
            let length = chunk.len();
            text.consume(length);
        }
        survey.line_ends = lines.ends();
        survey.replacement_characters = lines.replacement_characters;
        file.seek(SeekFrom::Start(0))?;
        Ok(survey)
    }

    /// The name of the encoding, with its byte-order mark if there is one.
    pub fn encoding(&self) -> String {
        let name = if self.encoding == WINDOWS_1252 && !self.beyond_latin1 {
            "ISO-8859-1".to_owned()
        } else if let Some(legacy) = self.by_line {
            format!(
                "{} and, in some lines, {}",
                self.encoding.name(),
                legacy.name()
            )
        } else {
            self.encoding.name().to_owned()
        };
        if self.mark > 0 {
            format!("{name} with BOM")
        } else {
            name
        }
    }

    /// The text of the file as UTF-8, from its beginning and without byte-order mark.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn decoded<'a, R: Read + Seek>(&self, file: &'a mut R) -> io::Result<Decoded<'a, R>> {
        file.seek(SeekFrom::Start(self.mark))?;
        Ok(Decoded {
            file,
            decoder: self.encoding.new_decoder_without_bom_handling(),
            by_line: self.by_line.map(ByLine::new),
            raw: vec![0; CHUNK],
            raw_range: 0..0,
            ended: false,
            bytes_read: Arc::default(),
            text: String::with_capacity(CHUNK * 4),
            position: 0,
        })
    }
}

/// A reader of the text of a file as UTF-8.
pub struct Decoded<'a, R> {
    file: &'a mut R,
    decoder: Decoder,
    by_line: Option<ByLine>,
    raw: Vec<u8>,
    raw_range: std::ops::Range<usize>,
    ended: bool,
    bytes_read: Arc<AtomicU64>,
    text: String,
    position: usize,
}

impl<R> Decoded<'_, R> {
    /// The lines, from 1, that are not UTF-8 and were read in a guessed encoding.
    pub fn guessed(&self) -> GuessedLines {
        self.by_line
            .as_ref()
            .map(|by_line| by_line.guessed.clone())
            .unwrap_or_default()
    }

    /// How many bytes of the file have been read, at any time.
    pub fn bytes_read(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.bytes_read)
    }
}

impl<R: Read> Read for Decoded<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut available = self.fill_buf()?;
        let count = available.read(buffer)?;
        self.consume(count);
        Ok(count)
    }
}

impl<R: Read> BufRead for Decoded<'_, R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        while self.position >= self.text.len() && !self.ended {
            if self.raw_range.is_empty() {
                let count = self.file.read(&mut self.raw)?;
                self.raw_range = 0..count;
                let count = u64::try_from(count).unwrap_or_default();
                self.bytes_read.fetch_add(count, Ordering::Relaxed);
            }
            let last = self.raw_range.is_empty();
            self.text.clear();
            self.position = 0;
            let raw = self.raw.get(self.raw_range.clone()).unwrap_or_default();
            if let Some(by_line) = &mut self.by_line {
                by_line.decode(raw, last, &mut self.text);
                self.raw_range = 0..0;
                self.ended = last;
                continue;
            }
            let (result, read, _) = self.decoder.decode_to_string(raw, &mut self.text, last);
            self.raw_range.start += read;
            self.ended = last && result == CoderResult::InputEmpty;
        }
        Ok(self
            .text
            .as_bytes()
            .get(self.position..)
            .unwrap_or_default())
    }

    fn consume(&mut self, amount: usize) {
        self.position += amount;
    }
}

fn each_chunk(file: &mut (impl Read + Seek), mut see: impl FnMut(&[u8])) -> io::Result<()> {
    file.seek(SeekFrom::Start(0))?;
    let mut buffer = vec![0; CHUNK];
    loop {
        let count = file.read(&mut buffer)?;
        see(buffer.get(..count).unwrap_or_default());
        if count == 0 {
            return Ok(());
        }
    }
}

/// What the bytes of a file show before its encoding is known.
#[derive(Default)]
struct Counts {
    head: Vec<u8>,
    bytes: u64,
    nul_at_even: u64,
    nul_at_odd: u64,
    beyond_latin1: bool,
    lines: LinesSeen,
}

impl Counts {
    fn see(&mut self, chunk: &[u8]) {
        let missing = 4_usize.saturating_sub(self.head.len());
        self.head.extend(chunk.iter().take(missing));
        for byte in chunk {
            if *byte == 0 {
                if self.bytes.is_multiple_of(2) {
                    self.nul_at_even += 1;
                } else {
                    self.nul_at_odd += 1;
                }
            }
            self.beyond_latin1 |= (0x80..=0x9F).contains(byte);
            self.bytes += 1;
        }
        self.lines.see(chunk);
    }
}

/// Bytes of a line that are judged together.
const LONGEST_LINE: usize = 64 * 1024;

/// Lines that were read in a guessed encoding.
#[derive(Clone, Default)]
pub struct GuessedLines(Arc<Mutex<BTreeSet<u64>>>);

/// Guessed lines that are remembered.
const MOST_GUESSED: usize = 100_000;

impl GuessedLines {
    /// Whether one of the lines from `first` up to `next` was read so. Earlier ones are
    /// forgotten.
    pub fn any(&self, first: u64, next: u64) -> bool {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let later = lines.split_off(&first);
        *lines = later;
        lines.range(..next).next().is_some()
    }

    fn add(&self, line: u64) {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if lines.len() < MOST_GUESSED {
            lines.insert(line);
        }
    }
}

/// Reads line by line: each is UTF-8, or else in a legacy encoding.
struct ByLine {
    legacy: Legacy,
    pending: Vec<u8>,
    line: u64,
    guessed: GuessedLines,
}

impl ByLine {
    fn new(legacy: Legacy) -> Self {
        Self {
            legacy,
            pending: Vec::new(),
            line: 1,
            guessed: GuessedLines::default(),
        }
    }

    fn decode(&mut self, raw: &[u8], last: bool, text: &mut String) {
        self.pending.extend_from_slice(raw);
        let pending = std::mem::take(&mut self.pending);
        let mut rest = pending.as_slice();
        while let Some(end) = end_of_line(rest) {
            let (line, after) = rest.split_at(end);
            self.decode_line(line, text);
            rest = after;
        }
        if last {
            self.decode_line(rest, text);
        } else {
            self.pending = rest.to_vec();
        }
    }

    fn decode_line(&mut self, line: &[u8], text: &mut String) {
        match std::str::from_utf8(line) {
            Ok(line) => text.push_str(line),
            // The file ends within a character.
            Err(error) if error.error_len().is_none() && line.last() != Some(&b'\n') => {
                let sound = line.get(..error.valid_up_to()).unwrap_or_default();
                text.push_str(&String::from_utf8_lossy(sound));
                text.push(char::REPLACEMENT_CHARACTER);
            }
            Err(_) => {
                text.push_str(&self.legacy.decode(line));
                self.guessed.add(self.line);
            }
        }
        self.line += u64::from(line.last() == Some(&b'\n'));
    }
}

/// Where the first line of these bytes ends, after its line feed or where it is too long.
fn end_of_line(bytes: &[u8]) -> Option<usize> {
    let feed = bytes
        .iter()
        .position(|byte| *byte == b'\n')
        .map(|at| at + 1);
    match feed {
        Some(end) if end <= LONGEST_LINE => Some(end),
        _ if bytes.len() <= LONGEST_LINE => None,
        // Not within a character of UTF-8.
        _ => (LONGEST_LINE - 3..=LONGEST_LINE)
            .rev()
            .find(|at| bytes.get(*at).is_some_and(|byte| byte & 0xC0 != 0x80))
            .or(Some(LONGEST_LINE)),
    }
}

/// What the lines of a file are, before its encoding is known.
struct LinesSeen {
    /// Lines that are UTF-8 and not plain ASCII.
    utf8: u64,
    /// Lines that are not UTF-8.
    others: u64,
    bytes_of_others: [u64; 256],
    pending: Vec<u8>,
}

impl Default for LinesSeen {
    fn default() -> Self {
        Self {
            utf8: 0,
            others: 0,
            bytes_of_others: [0; 256],
            pending: Vec::new(),
        }
    }
}

impl LinesSeen {
    /// Looks at the next bytes; none at the end of the file.
    fn see(&mut self, chunk: &[u8]) {
        let mut pending = std::mem::take(&mut self.pending);
        pending.extend_from_slice(chunk);
        let mut rest = pending.as_slice();
        while let Some(end) = end_of_line(rest) {
            let (line, after) = rest.split_at(end);
            self.judge(line, false);
            rest = after;
        }
        if chunk.is_empty() {
            self.judge(rest, true);
        } else {
            self.pending = rest.to_vec();
        }
    }

    fn judge(&mut self, line: &[u8], is_last: bool) {
        match std::str::from_utf8(line) {
            Ok(_) => self.utf8 += u64::from(!line.is_ascii()),
            Err(error) if is_last && error.error_len().is_none() && self.utf8 > 0 => {}
            Err(_) => {
                self.others += 1;
                for byte in line {
                    if let Some(count) = self.bytes_of_others.get_mut(usize::from(*byte)) {
                        *count += 1;
                    }
                }
            }
        }
    }
}

/// What the text of a file shows.
#[derive(Default)]
struct Lines {
    lf: u64,
    crlf: u64,
    cr: u64,
    after_cr: bool,
    tail: [u8; 2],
    replacement_characters: u64,
}

impl Lines {
    fn see(&mut self, chunk: &[u8]) {
        for byte in chunk {
            match (self.after_cr, byte) {
                (true, b'\n') => {
                    self.cr -= 1;
                    self.crlf += 1;
                }
                (false, b'\n') => self.lf += 1,
                (_, b'\r') => self.cr += 1,
                _ => {}
            }
            self.after_cr = *byte == b'\r';
            if self.tail == [0xEF, 0xBF] && *byte == 0xBD {
                self.replacement_characters += 1;
            }
            self.tail = [self.tail[1], *byte];
        }
    }

    fn ends(&self) -> LineEnds {
        // A few line feeds inside quoted cells do not make another kind of file.
        let most = self.lf.max(self.crlf).max(self.cr);
        if most == 0 || self.lf > self.crlf * 9 && self.lf > self.cr * 9 {
            LineEnds::Lf
        } else if self.crlf > self.lf * 9 && self.crlf > self.cr * 9 {
            LineEnds::CrLf
        } else if self.cr > self.lf * 9 && self.cr > self.crlf * 9 {
            LineEnds::Cr
        } else {
            LineEnds::Mixed
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use proptest::prelude::*;

    use super::*;

    fn read(bytes: &[u8]) -> (Survey, String) {
        let mut file = Cursor::new(bytes.to_vec());
        let survey = Survey::of(&mut file).unwrap();
        let mut text = String::new();
        survey
            .decoded(&mut file)
            .unwrap()
            .read_to_string(&mut text)
            .unwrap();
        (survey, text)
    }

    #[test]
    fn every_usual_encoding_of_french_is_recognised() {
        let text = "nom;ville\r\nÉpicerie « Le Cœur »;Châtenay\r\nAînés – là-bas;Sèvres\r\n";
        let latin = "nom;ville\nÉpicerie solidaire;Châtenay\nMédiathèque, là-bas;Sèvres\n";
        let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let marked: Vec<u8> = std::iter::once(0xFEFF)
            .chain(text.encode_utf16())
            .flat_map(u16::to_be_bytes)
            .collect();
        let cases = [
            (text.as_bytes().to_vec(), "UTF-8", text),
            (
                [b"\xEF\xBB\xBF", text.as_bytes()].concat(),
                "UTF-8 with BOM",
                text,
            ),
            (
                WINDOWS_1252.encode(text).0.into_owned(),
                "windows-1252",
                text,
            ),
            (
                WINDOWS_1252.encode(latin).0.into_owned(),
                "ISO-8859-1",
                latin,
            ),
            (vec![0xE9; 300], "ISO-8859-1", &"é".repeat(300)),
            (utf16, "UTF-16LE", text),
            (marked, "UTF-16BE with BOM", text),
        ];
        for (bytes, name, expected) in cases {
            let (survey, read) = read(&bytes);
            assert_eq!(survey.encoding(), name);
            assert_eq!(read, expected, "{name}");
        }
    }

    #[test]
    fn line_ends_and_lost_characters_are_counted() {
        assert_eq!(read(b"a\r\nb\r\n").0.line_ends, LineEnds::CrLf);
        assert_eq!(read(b"a\nb\n").0.line_ends, LineEnds::Lf);
        assert_eq!(read(b"a\rb\r").0.line_ends, LineEnds::Cr);
        assert_eq!(read(b"a\rb\r\nc\n").0.line_ends, LineEnds::Mixed);
        let (survey, _) = read("Biblioth\u{FFFD}que \u{FFFD}".as_bytes());
        assert_eq!(survey.replacement_characters, 2);
    }

    proptest! {
        #[test]
        fn utf8_reads_as_it_is(text in "[a-zéœ’\u{FFFD}\u{1F600}\n\"]{0,400}") {
            prop_assert_eq!(read(text.as_bytes()).1, text);
        }

        #[test]
        fn any_bytes_can_be_read(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let _ = read(&bytes);
        }
    }
}
