//! Rows of a sheet of a workbook (Office Open XML).

use std::io::{self, Cursor, Read, Seek, SeekFrom};

use calamine::{DataRef, ExcelDateTime, Reader as _, SheetVisible, Xlsx, XlsxError};
use serde_json::{Map, Value};
use zip::ZipArchive;

use super::heading::{self, Heading, Knows};
use super::rows::{Note, Row, RowError, is_empty};

/// Bytes to which the parts of a workbook may unpack, all together.
const MOST_UNPACKED: u64 = 200 * 1024 * 1024;

/// Parts of a workbook.
const MOST_PARTS: usize = 10_000;

/// Columns of a sheet.
const MOST_COLUMNS: usize = 500;

/// Cells of a sheet that are not empty.
const MOST_CELLS: usize = 2_000_000;

/// Bytes of the texts of a sheet, each counted as often as it is used.
const MOST_TEXT: usize = 64 * 1024 * 1024;

/// A reader of the rows of one sheet, which it holds.
pub struct XlsxRows {
    heading: Heading,
    /// What is told with the next row.
    notes: Vec<Note>,
    rows: std::vec::IntoIter<SheetRow>,
    total: usize,
}

struct SheetRow {
    line: u64,
    /// Values by place of their column, without the empty ones at the end.
    cells: Vec<Value>,
}

impl XlsxRows {
    /// Reads the sheet of this name, or the first one: the first row that is not empty has
    /// the names of the columns.
    ///
    /// # Errors
    /// When the file is no workbook, has no such sheet, or unpacks to more than a
    /// spreadsheet can be.
    pub fn new<R: Read + Seek>(
        file: &mut R,
        sheet: Option<&str>,
        knows: &Knows<'_>,
    ) -> Result<Self, RowError> {
        measure(file)?;
        file.seek(SeekFrom::Start(0))?;
        let mut workbook = Xlsx::new(&mut *file).map_err(malformed)?;
        let names = visible_sheets(&workbook);
        let wanted: Vec<String> = match sheet {
            None => names.into_iter().take(MOST_SHEETS).collect(),
            Some(sheet) => {
                let all = workbook.sheet_names();
                all.into_iter()
                    .filter(|name| name.trim() == sheet.trim())
                    .collect()
            }
        };
        let mut first = None;
        for name in wanted {
            let mut rows = read(&mut workbook, &name)?;
            fill_merged(&mut workbook, &name, &mut rows);
            let found = Self::under_heading(rows, knows);
            // A cover sheet names no column.
            if found.heading.names.iter().any(|name| knows(name)) {
                return Ok(found);
            }
            first.get_or_insert(found);
        }
        first.ok_or(RowError::NoSheet)
    }

    fn under_heading(rows: Vec<SheetRow>, knows: &Knows<'_>) -> Self {
        let candidates = rows.iter().take(heading::MOST_ABOVE);
        let candidates = candidates.map(|row| (row.line, row.cells.iter().map(name_of).collect()));
        let heading = Heading::among(candidates.collect(), knows, 0);
        let below: Vec<SheetRow> = rows
            .into_iter()
            .filter(|row| row.line > heading.line)
            .collect();
        Self {
            notes: heading.notes(),
            heading,
            total: below.len(),
            rows: below.into_iter(),
        }
    }

    pub(super) fn next_row(&mut self) -> Option<Row> {
        let SheetRow { line, cells } = self.rows.next()?;
        let named = |place: usize| {
            let name = self.heading.names.get(place);
            name.filter(|name| !name.is_empty())
        };
        let ragged = cells
            .iter()
            .enumerate()
            .any(|(place, cell)| !cell.is_null() && named(place).is_none());
        let mut by_name = Map::new();
        for (place, cell) in cells.into_iter().enumerate() {
            if let Some(name) = named(place)
                && by_name.get(name).is_none_or(is_empty)
            {
                by_name.insert(name.clone(), cell);
            }
        }
        Some(Row {
            line,
            ragged,
            cells: by_name,
            notes: std::mem::take(&mut self.notes),
            is_unreadable: false,
        })
    }

    /// Rows that were taken, and all there are.
    pub fn progress(&self) -> (usize, usize) {
        (self.total - self.rows.len(), self.total)
    }

    /// Characters that were destroyed before the file was written.
    pub fn replacement_characters(&self) -> u64 {
        let cells = self.rows.as_slice().iter().flat_map(|row| &row.cells);
        let texts = cells.filter_map(Value::as_str);
        let lost = texts.flat_map(|text| text.matches(char::REPLACEMENT_CHARACTER));
        u64::try_from(lost.count()).unwrap_or(u64::MAX)
    }
}

/// Sheets among which the rows are looked for.
const MOST_SHEETS: usize = 10;

/// The names of the sheets that are shown; all of them if none is.
fn visible_sheets<R: Read + Seek>(workbook: &Xlsx<R>) -> Vec<String> {
    let sheets = workbook.sheets_metadata();
    let shown = sheets
        .iter()
        .filter(|sheet| sheet.visible == SheetVisible::Visible)
        .map(|sheet| sheet.name.clone());
    let shown: Vec<String> = shown.collect();
    if shown.is_empty() {
        workbook.sheet_names()
    } else {
        shown
    }
}

/// Gives every cell of a merged range the value that its first cell shows for all.
fn fill_merged<R: Read + Seek>(workbook: &mut Xlsx<R>, sheet: &str, rows: &mut [SheetRow]) {
    let Ok(merged) = workbook.merge_cells_by_sheet_name(sheet) else {
        return;
    };
    let mut left = MOST_CELLS;
    for range in merged {
        let ((top, start), (bottom, end)) = (range.start, range.end);
        let line = |row: u32| u64::from(row) + 1;
        let place = |column: u32| usize::try_from(column).unwrap_or(usize::MAX);
        if place(end) >= MOST_COLUMNS {
            continue;
        }
        let value = rows
            .iter()
            .find(|row| row.line == line(top))
            .and_then(|row| row.cells.get(place(start)).cloned());
        let Some(value) = value.filter(|value| !value.is_null()) else {
            continue;
        };
        for row in rows.iter_mut() {
            if row.line < line(top) || row.line > line(bottom) {
                continue;
            }
            let width = place(end) + 1;
            left = left.saturating_sub(width);
            if left == 0 {
                return;
            }
            if row.cells.len() < width {
                row.cells.resize(width, Value::Null);
            }
            for cell in row.cells.iter_mut().take(width).skip(place(start)) {
                if cell.is_null() {
                    *cell = value.clone();
                }
            }
        }
    }
}

/// Refuses a workbook that unpacks to more than a spreadsheet can be.
///
/// # Errors
/// When it does, or is no archive.
pub fn check_workbook(bytes: &[u8]) -> Result<(), RowError> {
    measure(&mut Cursor::new(bytes))
}

/// Refuses an archive whose parts unpack to more than a spreadsheet can be, whatever they say
/// of themselves, or that has the reader of workbooks set aside room for as much.
fn measure(file: &mut (impl Read + Seek)) -> Result<(), RowError> {
    file.seek(SeekFrom::Start(0))?;
    let not_an_archive = |error: zip::result::ZipError| RowError::Malformed {
        line: 0,
        reason: error.to_string(),
    };
    let mut archive = ZipArchive::new(&mut *file).map_err(not_an_archive)?;
    if archive.len() > MOST_PARTS {
        return Err(RowError::TooLarge);
    }
    let mut left = MOST_UNPACKED;
    for place in 0..archive.len() {
        let part = archive.by_index(place).map_err(not_an_archive)?;
        let name = part.name_raw().to_ascii_lowercase();
        let has_strings = name.ends_with(b"sharedstrings.xml");
        let mut part = part.take(left + 1);
        let unpacked = if has_strings {
            let mut bytes = Vec::new();
            part.read_to_end(&mut bytes)?;
            let unpacked = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
            // Zeros stand between the characters of UTF-16.
            bytes.retain(|byte| *byte != 0);
            if announced(&bytes) > MOST_CELLS {
                return Err(RowError::TooLarge);
            }
            unpacked
        } else {
            io::copy(&mut part, &mut io::sink())?
        };
        left = left.checked_sub(unpacked).ok_or(RowError::TooLarge)?;
    }
    Ok(())
}

/// How many texts a part says it has.
fn announced(part: &[u8]) -> usize {
    const NAME: &[u8] = b"uniqueCount";
    let places = part.windows(NAME.len()).enumerate();
    let places = places.filter_map(|(place, name)| (name == NAME).then_some(place));
    places
        .map(|place| {
            let rest = part.get(place + NAME.len()..).unwrap_or_default();
            let number: String = rest
                .iter()
                .skip_while(|byte| {
                    byte.is_ascii_whitespace() || matches!(byte, b'=' | b'"' | b'\'')
                })
                .take_while(|byte| byte.is_ascii_digit())
                .map(|byte| char::from(*byte))
                .collect();
            match number.as_str() {
                "" => 0,
                number => number.parse().unwrap_or(usize::MAX),
            }
        })
        .max()
        .unwrap_or_default()
}

fn read<R: Read + Seek>(workbook: &mut Xlsx<R>, sheet: &str) -> Result<Vec<SheetRow>, RowError> {
    let mut reader = workbook.worksheet_cells_reader(sheet).map_err(malformed)?;
    let mut rows: Vec<SheetRow> = Vec::new();
    let (mut cells, mut text) = (0_usize, 0_usize);
    while let Some(cell) = reader.next_cell().map_err(malformed)? {
        let value = value(cell.get_value());
        if value.is_null() {
            continue;
        }
        let (row, column) = cell.get_position();
        let column = usize::try_from(column).unwrap_or(usize::MAX);
        cells += 1;
        text += value.as_str().map_or(0, str::len);
        if column >= MOST_COLUMNS || cells > MOST_CELLS || text > MOST_TEXT {
            return Err(RowError::TooLarge);
        }
        let line = u64::from(row) + 1;
        if rows.last().is_none_or(|last| last.line != line) {
            rows.push(SheetRow {
                line,
                cells: Vec::new(),
            });
        }
        if let Some(last) = rows.last_mut() {
            while last.cells.len() <= column {
                last.cells.push(Value::Null);
            }
            if let Some(place) = last.cells.get_mut(column) {
                *place = value;
            }
        }
    }
    Ok(rows)
}

/// A cell as a text file would have it; numbers stay numbers, which have no leading zeros.
fn value(cell: &DataRef<'_>) -> Value {
    match cell {
        // A formula that failed says nothing.
        DataRef::Empty | DataRef::Error(_) => Value::Null,
        DataRef::Int(number) => Value::from(*number),
        DataRef::Float(number) => whole(*number).map_or_else(|| (*number).into(), Value::from),
        DataRef::Bool(value) => Value::from(*value),
        DataRef::DateTime(instant) => moment(instant).map_or(Value::Null, Value::from),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
            told(text)
        }
        DataRef::SharedString(text) => told(text),
    }
}

fn told(text: &str) -> Value {
    if text.trim().is_empty() {
        Value::Null
    } else {
        Value::from(text)
    }
}

/// A number without decimals: a workbook has no other kind than floating point.
fn whole(number: f64) -> Option<i64> {
    /// The largest number up to which each whole one has a floating point of its own.
    const LARGEST: f64 = 9_007_199_254_740_992.0;
    #[expect(clippy::cast_possible_truncation, reason = "whole and within bounds")]
    let whole = (number.fract() == 0.0 && number.abs() <= LARGEST).then_some(number as i64);
    whole
}

/// A day, a day with a time, or a time.
fn moment(instant: &ExcelDateTime) -> Option<String> {
    let told = instant.as_datetime()?;
    let is_time = instant.is_duration() || (0.0..1.0).contains(&instant.as_f64());
    let format = if is_time {
        "%H:%M:%S"
    } else if told.time() == chrono::NaiveTime::MIN {
        "%Y-%m-%d"
    } else {
        "%Y-%m-%dT%H:%M:%S"
    };
    Some(told.format(format).to_string())
}

fn name_of(cell: &Value) -> String {
    match cell {
        Value::Null => String::new(),
        Value::String(text) => text.trim().to_owned(),
        other => other.to_string(),
    }
}

fn malformed(error: XlsxError) -> RowError {
    match error {
        XlsxError::Io(error) => RowError::Read(error),
        other => RowError::Malformed {
            line: 0,
            reason: other.to_string(),
        },
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use serde_json::json;
    use zip::write::{SimpleFileOptions, ZipWriter};

    use super::*;

    const RELATIONSHIPS: &str = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
    const SHEETS: &str = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet2.xml"/></Relationships>"#;
    const WORKBOOK: &str = r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Acteurs" sheetId="1" r:id="rId1"/><sheet name="Notes" sheetId="2" r:id="rId2"/></sheets></workbook>"#;
    /// The second format is that of a date.
    const STYLES: &str = r#"<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>"#;

    fn workbook(first: &str, second: &str, strings: &str) -> Cursor<Vec<u8>> {
        let sheet = |rows: &str| {
            format!(
                "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\">\
                 <sheetData>{rows}</sheetData></worksheet>"
            )
        };
        let (first, second) = (sheet(first), sheet(second));
        let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, text) in [
            ("_rels/.rels", RELATIONSHIPS),
            ("xl/workbook.xml", WORKBOOK),
            ("xl/_rels/workbook.xml.rels", SHEETS),
            ("xl/styles.xml", STYLES),
            ("xl/sharedStrings.xml", strings),
            ("xl/worksheets/sheet1.xml", &first),
            ("xl/worksheets/sheet2.xml", &second),
        ] {
            archive
                .start_file(name, SimpleFileOptions::default())
                .unwrap();
            archive.write_all(text.as_bytes()).unwrap();
        }
        archive.finish().unwrap()
    }

    const STRINGS: &str = r#"<sst uniqueCount="2"><si><t>Nom</t></si><si><t>SIRET</t></si></sst>"#;

    fn rows(mut file: Cursor<Vec<u8>>, sheet: Option<&str>) -> Result<Vec<Row>, RowError> {
        let mut rows = XlsxRows::new(&mut file, sheet, &|_| true)?;
        Ok(std::iter::from_fn(|| rows.next_row()).collect())
    }

    #[test]
    fn cells_are_what_a_text_file_would_have() {
        let sheet = r#"<row r="3"><c r="A3" t="s"><v>0</v></c><c r="B3" t="s"><v>1</v></c>
            <c r="C3" t="inlineStr"><is><t>Le</t></is></c></row>
            <row r="4"/>
            <row r="5"><c r="A5" t="inlineStr"><is><t>L'Épi</t></is></c><c r="B5"><v>5010001500018</v></c>
            <c r="C5" s="1"><v>46000</v></c></row>
            <row r="7"><c r="A7" t="b"><v>1</v></c><c r="B7"><v>48.7724</v></c>
            <c r="C7" t="e"><v>#N/A</v></c><c r="D7" t="inlineStr"><is><t>sans nom</t></is></c></row>"#;
        let rows = rows(workbook(sheet, "", STRINGS), None).unwrap();
        assert_eq!(rows.len(), 2);
        assert_eq!((rows[0].line, rows[0].ragged), (5, false));
        assert_eq!(
            Value::Object(rows[0].cells.clone()),
            json!({ "Nom": "L'Épi", "SIRET": 5_010_001_500_018_i64, "Le": "2025-12-09" })
        );
        assert_eq!((rows[1].line, rows[1].ragged), (7, true));
        assert_eq!(
            Value::Object(rows[1].cells.clone()),
            json!({ "Nom": true, "SIRET": 48.7724, "Le": null })
        );
    }

    #[test]
    fn a_sheet_is_found_by_its_name() {
        let first = r#"<row><c t="s"><v>0</v></c></row>"#;
        let second = r#"<row><c t="s"><v>1</v></c></row><row><c><v>7</v></c></row>"#;
        let file = || workbook(first, second, STRINGS);
        let found = rows(file(), Some("Notes")).unwrap();
        assert_eq!(found[0].cells["SIRET"], 7);
        assert!(rows(file(), None).unwrap().is_empty());
        let missing = rows(file(), Some("Autre"));
        assert!(matches!(missing, Err(RowError::NoSheet)));
    }

    #[test]
    fn what_unpacks_to_too_much_is_refused() {
        let bomb = " ".repeat(usize::try_from(MOST_UNPACKED).unwrap());
        let far = r#"<row r="1"><c r="XFD1"><v>1</v></c></row>"#;
        let vast = r#"<sst uniqueCount="999999999999"><si><t>Nom</t></si></sst>"#;
        for file in [
            workbook(&bomb, "", STRINGS),
            workbook(far, "", STRINGS),
            workbook("", "", vast),
        ] {
            assert!(matches!(rows(file, None), Err(RowError::TooLarge)));
        }
    }

    #[test]
    fn what_is_no_workbook_is_refused() {
        for bytes in [b"".as_slice(), b"PK\x03\x04", b"Nom;SIRET\n"] {
            let found = rows(Cursor::new(bytes.to_vec()), None);
            assert!(matches!(found, Err(RowError::Malformed { .. })));
        }
    }
}
