//! Values of one row by field of the registry, with what is found on the way.

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde_json::Value;

use super::codes::{self, Stored};
use super::mapping::{Condition, EntityMapping, Field, FieldMapping, Mapping, Part};
use super::report::{Code, Finding};
use super::rows::Row;
use super::values::{self, Read};

/// The text of a field, as the file has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// The columns it comes from.
    pub column: String,
    pub text: String,
    /// Whether the file has a number, not a text.
    pub is_number: bool,
}

/// Reads the fields of one entity of a row.
pub struct Fields<'a> {
    pub mapping: &'a Mapping,
    pub entity: &'a EntityMapping,
    pub row: &'a Row,
    pub findings: &'a mut Vec<Finding>,
}

/// The text of a cell; nothing where it is empty or stands for nothing.
pub fn text_of<'a>(mapping: &Mapping, row: &'a Row, column: &str) -> Option<Cow<'a, str>> {
    let text = match row.cell(column)? {
        Value::Null => return None,
        Value::String(text) => Cow::Borrowed(text.as_str()),
        Value::Number(number) => Cow::Owned(number.to_string()),
        Value::Bool(value) => Cow::Owned(value.to_string()),
        Value::Array(values) => Cow::Owned(
            values
                .iter()
                .filter_map(Value::as_str)
                .collect::<Vec<_>>()
                .join(";"),
        ),
        Value::Object(_) => return None,
    };
    let trimmed = text.trim();
    let is_null = trimmed.is_empty() || mapping.nulls.iter().any(|null| null == trimmed);
    (!is_null).then_some(text)
}

/// Whether a row shows what a condition asks.
pub fn shows(mapping: &Mapping, row: &Row, condition: &Condition) -> bool {
    let text = text_of(mapping, row, &condition.column).unwrap_or_default();
    condition.holds(text.trim())
}

impl Fields<'_> {
    /// Notes a finding about a value.
    pub fn find(&mut self, code: Code, column: &str, value: &str) {
        self.findings.push(Finding {
            kept: None,
            line: self.row.line,
            column: column.to_owned(),
            value: value.to_owned(),
            code,
        });
    }

    /// The text of a field where the file has one, or its constant.
    pub fn cell(&self, field: &str) -> Option<Cell> {
        if let Some(constant) = self.entity.constants.get(field) {
            return Some(Cell {
                column: field.to_owned(),
                text: constant.clone(),
                is_number: false,
            });
        }
        let spec = self.spec(field)?;
        let values: Vec<(&String, Cow<'_, str>)> = spec
            .columns
            .iter()
            .filter_map(|column| Some((column, text_of(self.mapping, self.row, column)?)))
            .collect();
        let text = values
            .iter()
            .map(|(_, text)| text.trim())
            .collect::<Vec<_>>()
            .join(spec.join.as_deref().unwrap_or(" "));
        let text = match spec.part {
            None => text,
            Some(part) => part_of(part, &text)?,
        };
        let [(first, _), ..] = values.as_slice() else {
            return None;
        };
        Some(Cell {
            column: if values.len() == 1 {
                (*first).clone()
            } else {
                spec.columns.join("+")
            },
            is_number: spec
                .columns
                .iter()
                .all(|column| self.row.cells.get(column).is_some_and(Value::is_number)),
            text: match &spec.prefix {
                Some(prefix) => format!("{prefix}{text}"),
                None => text,
            },
        })
    }

    /// A field read by `parse`: nothing, with a finding, where it is refused.
    pub fn parsed<T>(
        &mut self,
        field: &str,
        parse: impl FnOnce(&Cell) -> Result<Read<T>, Code>,
    ) -> Option<T> {
        let cell = self.cell(field)?;
        match parse(&cell) {
            Ok(read) => {
                for note in read.notes {
                    self.find(note, &cell.column, &cell.text);
                }
                Some(read.value)
            }
            Err(code) => {
                self.find(code, &cell.column, &cell.text);
                None
            }
        }
    }

    /// A text on one line of `longest` characters at the most.
    pub fn line(&mut self, field: &str, longest: usize) -> Option<String> {
        self.short(field, longest, values::line)
    }

    /// A text of several lines.
    pub fn paragraphs(&mut self, field: &str, longest: usize) -> Option<String> {
        self.short(field, longest, |text| text.trim().replace("\r\n", "\n"))
    }

    fn short(
        &mut self,
        field: &str,
        longest: usize,
        tidy: impl FnOnce(&str) -> String,
    ) -> Option<String> {
        let cell = self.cell(field)?;
        // No text of either database holds the character NUL.
        let text = tidy(&cell.text.replace('\0', ""));
        if text.chars().count() > longest {
            self.find(Code::TooLong, &cell.column, &cell.text);
            return None;
        }
        if text.contains(char::REPLACEMENT_CHARACTER) {
            self.find(Code::ReplacementCharacters, &cell.column, &cell.text);
        }
        (!text.is_empty()).then_some(text)
    }

    /// A value of a closed list.
    pub fn one<T: Stored>(&mut self, field: &str) -> Option<T> {
        let Some(cell) = self.cell(field) else {
            return self.default(field);
        };
        match self.coded(field, &cell, &cell.text) {
            Some(value) => value,
            None => {
                let default = self.default(field);
                // Rules that look for texts say by their default what all others are.
                let is_ruled = self
                    .spec(field)
                    .is_some_and(|spec| !spec.contains.is_empty());
                if !(is_ruled && default.is_some()) {
                    self.find(Code::UnknownCode, &cell.column, &cell.text);
                }
                default
            }
        }
    }

    /// Values of a closed list.
    pub fn many<T: Stored + Ord>(&mut self, field: &str) -> BTreeSet<T> {
        let mut values = BTreeSet::new();
        if let Some(spec) = self.spec(field) {
            for (column, value) in spec.flags.clone() {
                let Some(flag) = text_of(self.mapping, self.row, &column) else {
                    continue;
                };
                match values::yes_or_no(&flag) {
                    Ok(read) if read.value => values.extend(T::parse(&value)),
                    Ok(_) => {}
                    Err(code) => self.find(code, &column, &flag),
                }
            }
        }
        if let Some(cell) = self.cell(field) {
            let separator = self.spec(field).and_then(|spec| spec.separator);
            let texts = match separator {
                Some(separator) => codes::split(&cell.text, separator),
                None => vec![cell.text.clone()],
            };
            for text in texts {
                match self.coded(field, &cell, &text) {
                    Some(value) => values.extend(value),
                    None => self.find(Code::UnknownCode, &cell.column, &text),
                }
            }
        }
        if values.is_empty() {
            values.extend(self.default(field));
        }
        values
    }

    /// A field as the rules and the table of the mapping have it, or as it is written.
    pub fn looked_up(&mut self, field: &str) -> Option<Cell> {
        let spec = self.spec(field)?;
        let default = spec.default.clone();
        let Some(cell) = self.cell(field) else {
            return default.map(|text| Cell {
                column: field.to_owned(),
                text,
                is_number: false,
            });
        };
        let rule = spec
            .contains
            .iter()
            .find(|rule| codes::within(&cell.text, &rule.text))
            .map(|rule| rule.value.clone());
        let table = spec
            .table
            .as_ref()
            .and_then(|name| self.mapping.tables.get(name));
        let found = rule.or_else(|| {
            let (value, _) = codes::look_up(table?, &cell.text)?;
            Some(value.to_owned())
        });
        let text = match found {
            Some(text) => text,
            None if spec.contains.is_empty() && table.is_none() => cell.text.clone(),
            None => default.unwrap_or_else(|| cell.text.clone()),
        };
        Some(Cell { text, ..cell })
    }

    /// The value of a code, which may be none; nothing if the mapping does not know it.
    fn coded<T: Stored>(&mut self, field: &str, cell: &Cell, text: &str) -> Option<Option<T>> {
        let spec = self.spec(field).unwrap_or_default();
        if let Some(rule) = spec
            .contains
            .iter()
            .find(|rule| codes::within(text, &rule.text))
        {
            return T::parse(&rule.value).map(Some);
        }
        let table = spec.table.and_then(|name| self.mapping.tables.get(&name));
        if let Some((value, damaged)) = table.and_then(|table| codes::look_up(table, text)) {
            if damaged {
                self.find(Code::DamagedCode, &cell.column, text);
            }
            return if value.is_empty() {
                Some(None)
            } else {
                T::parse(value).map(Some)
            };
        }
        T::parse(&codes::spelled(text)).map(Some)
    }

    fn default<T: Stored>(&self, field: &str) -> Option<T> {
        self.spec(field)?
            .default
            .and_then(|default| T::parse(&default))
    }

    fn spec(&self, field: &str) -> Option<FieldMapping> {
        Some(match self.entity.fields.get(field)? {
            Field::Column(column) => FieldMapping {
                columns: vec![column.clone()],
                ..FieldMapping::default()
            },
            Field::Full(spec) => spec.clone(),
        })
    }
}

fn part_of(part: Part, text: &str) -> Option<String> {
    let text = text.trim();
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let found = match part {
        Part::LeadingCode => text.get(..digits)?.to_owned(),
        Part::AfterLeadingCode => text.get(digits..)?.trim().to_owned(),
        Part::PostalCodeWithin => text
            .split(|character: char| !character.is_alphanumeric())
            .rfind(|word| word.len() == 5 && word.bytes().all(|byte| byte.is_ascii_digit()))?
            .to_owned(),
    };
    (!found.is_empty()).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_postal_code_and_a_town_are_told_apart() {
        let line = "92210 ST CLOUD";
        assert_eq!(part_of(Part::LeadingCode, line).as_deref(), Some("92210"));
        assert_eq!(
            part_of(Part::AfterLeadingCode, line).as_deref(),
            Some("ST CLOUD")
        );
        assert_eq!(
            part_of(
                Part::PostalCodeWithin,
                "8 rue de la Boétie - 33000 Bordeaux"
            )
            .as_deref(),
            Some("33000")
        );
        assert_eq!(part_of(Part::PostalCodeWithin, "8 rue 1234567"), None);
    }
}
