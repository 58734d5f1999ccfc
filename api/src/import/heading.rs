//! The row that names the columns: spreadsheets have titles above it.

use super::report::Code;
use super::rows::Note;

/// Rows among which the heading is looked for.
pub const MOST_ABOVE: usize = 30;

/// Tells whether a mapping knows a name of a column.
pub type Knows<'a> = dyn Fn(&str) -> bool + 'a;

/// The names of the columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heading {
    /// Its place among the rows, from 0.
    pub index: usize,
    /// Its line, from 1.
    pub line: u64,
    pub names: Vec<String>,
    /// Rows above it that say something, without one that only states the separator.
    pub above: usize,
}

impl Heading {
    /// The heading among the first rows of a file: the first with two names that the mapping
    /// knows, or else with one, or else the first that says something.
    pub fn among(rows: Vec<(u64, Vec<String>)>, knows: &Knows<'_>, stated: usize) -> Self {
        let rows: Vec<(usize, u64, Vec<String>)> = rows
            .into_iter()
            .enumerate()
            .map(|(index, (line, names))| (index, line, names))
            .skip(stated)
            .filter(|(_, _, names)| names.iter().any(|name| !name.is_empty()))
            .collect();
        let known = |names: &[String]| names.iter().filter(|name| knows(name)).count();
        let with = |least: usize| rows.iter().position(|(_, _, names)| known(names) >= least);
        let above = with(2).or_else(|| with(1)).unwrap_or_default();
        let (index, line, names) = rows.into_iter().nth(above).unwrap_or_default();
        Self {
            index,
            line,
            names,
            above,
        }
    }

    /// What is told of it with the first row.
    pub fn notes(&self) -> Vec<Note> {
        let mut notes = Vec::new();
        if self.above > 0 {
            notes.push(Note {
                code: Code::RowsAboveHeading,
                column: String::new(),
                value: self.line.to_string(),
            });
        }
        for (index, name) in self.names.iter().enumerate() {
            let earlier = self.names.get(..index).unwrap_or_default();
            if !name.is_empty() && earlier.contains(name) {
                notes.push(Note {
                    code: Code::DoubledColumn,
                    column: name.clone(),
                    value: String::new(),
                });
            }
        }
        notes
    }
}

/// Whether a text is a page of the web, as a server answers in place of a file.
pub fn is_page(text: &[u8]) -> bool {
    let start = text.iter().position(|byte| !byte.is_ascii_whitespace());
    let text = start
        .and_then(|start| text.get(start..))
        .unwrap_or_default();
    let head: Vec<u8> = text.iter().take(14).map(u8::to_ascii_lowercase).collect();
    [
        &b"<!doctype html"[..],
        b"<html",
        b"<?xml",
        b"<head",
        b"<body",
    ]
    .iter()
    .any(|mark| head.starts_with(mark))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_above_the_heading_are_passed_over() {
        let row = |line, names: &[&str]| {
            let names = names.iter().map(|name| (*name).to_owned());
            (line, names.collect::<Vec<_>>())
        };
        let knows = |name: &str| ["Nom", "Ville", "Site"].contains(&name);
        let rows = vec![
            row(1, &["Liste des associations", "", ""]),
            row(2, &["", "", ""]),
            row(3, &["Nom", "Ville", "Nom"]),
            row(4, &["A", "Sceaux", "x"]),
        ];
        let heading = Heading::among(rows, &knows, 0);
        assert_eq!((heading.line, heading.above), (3, 1));
        let codes: Vec<Code> = heading.notes().iter().map(|note| note.code).collect();
        assert_eq!(codes, [Code::RowsAboveHeading, Code::DoubledColumn]);
        let unknown = vec![row(1, &["Prix", "Poids"]), row(2, &["1", "2"])];
        assert_eq!(Heading::among(unknown, &knows, 0).line, 1);
    }

    #[test]
    fn pages_are_no_tables() {
        assert!(is_page(b"\n<!DOCTYPE html><html>"));
        assert!(!is_page(b"nom;<b>ville</b>"));
    }
}
