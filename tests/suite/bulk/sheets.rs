//! One table in each of the formats that are imported.

use std::io::{Cursor, Write as _};

use serde_json::{Map, Value};
use zip::write::{SimpleFileOptions, ZipWriter};

const TYPES: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>"#;
const RELATIONSHIPS: &str = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
const SHEETS: &str = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#;
const WORKBOOK: &str = r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Acteurs" sheetId="1" r:id="rId1"/></sheets></workbook>"#;

/// A row of names of columns, and rows of values: texts, numbers, or nothing.
pub struct Table {
    pub columns: Vec<&'static str>,
    pub rows: Vec<Vec<Value>>,
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

impl Table {
    /// The table as separated values.
    pub fn csv(&self, separator: char) -> String {
        let cell = |text: String| {
            if text.contains([separator, '"', '\n']) {
                format!("\"{}\"", text.replace('"', "\"\""))
            } else {
                text
            }
        };
        let line = |cells: Vec<String>| {
            let cells: Vec<String> = cells.into_iter().map(cell).collect();
            format!("{}\r\n", cells.join(&separator.to_string()))
        };
        let names = self.columns.iter().map(|name| (*name).to_owned());
        let rows = self.rows.iter();
        let rows = rows.map(|row| line(row.iter().map(text).collect()));
        std::iter::once(line(names.collect())).chain(rows).collect()
    }

    /// The same in ISO-8859-1; what that has not becomes a no-break space.
    pub fn latin1(&self, separator: char) -> Vec<u8> {
        let characters = self.csv(separator);
        let byte = |character: char| u8::try_from(u32::from(character)).unwrap_or(0xa0);
        characters.chars().map(byte).collect()
    }

    /// The table as an array of objects.
    pub fn json(&self) -> Vec<u8> {
        let object = |row: &Vec<Value>| {
            let cells = self.columns.iter().zip(row);
            let cells = cells.map(|(name, value)| ((*name).to_owned(), value.clone()));
            Value::Object(cells.collect::<Map<_, _>>())
        };
        let rows: Vec<Value> = self.rows.iter().map(object).collect();
        serde_json::to_vec_pretty(&rows).expect("texts and numbers")
    }

    /// The table as a workbook with the sheet "Acteurs".
    pub fn xlsx(&self) -> Vec<u8> {
        let escaped = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;");
        let cell = |value: &Value| match value {
            Value::Null => "<c/>".to_owned(),
            Value::Number(number) => format!("<c><v>{number}</v></c>"),
            other => format!(
                "<c t=\"inlineStr\"><is><t xml:space=\"preserve\">{}</t></is></c>",
                escaped(&text(other))
            ),
        };
        let row = |cells: Vec<String>| format!("<row>{}</row>", cells.concat());
        let names = self.columns.iter().map(|name| cell(&Value::from(*name)));
        let mut rows = row(names.collect());
        for cells in &self.rows {
            rows.push_str(&row(cells.iter().map(cell).collect()));
        }
        workbook(&rows)
    }
}

/// A workbook with one sheet of these rows.
pub fn workbook(rows: &str) -> Vec<u8> {
    let sheet = format!(
        "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\">\
         <sheetData>{rows}</sheetData></worksheet>"
    );
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in [
        ("[Content_Types].xml", TYPES),
        ("_rels/.rels", RELATIONSHIPS),
        ("xl/workbook.xml", WORKBOOK),
        ("xl/_rels/workbook.xml.rels", SHEETS),
        ("xl/worksheets/sheet1.xml", &sheet),
    ] {
        let options = SimpleFileOptions::default();
        archive.start_file(name, options).expect("a part");
        archive.write_all(content.as_bytes()).expect("a part");
    }
    archive.finish().expect("an archive").into_inner()
}
