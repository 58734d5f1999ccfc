//! Columns under the names that a mapping has for them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::Map;

use super::codes::key;
use super::mapping::{EntityMapping, Field, Mapping};
use super::report::Finding;
use super::rows::{Row, is_empty};

/// How the columns of one file are called.
pub struct Columns {
    /// Names of the mapping, by the keys of all names that stand for them.
    known: HashMap<String, String>,
    /// Names of the file, by those of the mapping.
    originals: HashMap<String, String>,
    /// Names that rows had so far, as the mapping has them.
    seen: BTreeSet<String>,
}

impl Columns {
    /// The columns that `mapping` knows by several names, or none of them.
    pub fn of(mapping: &Mapping) -> Self {
        let mut known = HashMap::new();
        for (name, others) in &mapping.columns {
            for other in std::iter::once(name).chain(others) {
                known.insert(plain(other), name.clone());
            }
        }
        Self {
            known,
            originals: HashMap::new(),
            seen: BTreeSet::new(),
        }
    }

    /// Calls the columns of a row as the mapping does. Of two that are called alike, the
    /// first one that is not empty is meant.
    pub fn rename(&mut self, row: &mut Row) {
        if self.known.is_empty() {
            self.see(row);
            return;
        }
        let mut cells = Map::new();
        for (name, value) in std::mem::take(&mut row.cells) {
            let meant = self.known.get(&plain(&name));
            let Some(meant) = meant.filter(|meant| cells.get(*meant).is_none_or(is_empty)) else {
                cells.entry(name).or_insert(value);
                continue;
            };
            if *meant != name {
                self.originals.insert(meant.clone(), name);
            }
            cells.insert(meant.clone(), value);
        }
        row.cells = cells;
        self.see(row);
    }

    fn see(&mut self, row: &Row) {
        for name in row.cells.keys() {
            if !self.seen.contains(name) {
                self.seen.insert(name.clone());
            }
        }
    }

    /// The fields that the file states for an entity: those with a constant, and those with a
    /// column that the file has.
    pub fn stated<'a>(&self, entity: &'a EntityMapping) -> BTreeSet<&'a str> {
        let fields = entity.fields.iter().filter(|(_, field)| {
            let mut columns = columns_of(field).peekable();
            columns.peek().is_none() || columns.any(|column| self.seen.contains(column))
        });
        let fields = fields.map(|(name, _)| name.as_str());
        fields
            .chain(entity.constants.keys().map(String::as_str))
            .collect()
    }

    /// Calls the columns of a finding as the file does.
    pub fn name_again(&self, finding: &mut Finding) {
        if self.originals.is_empty() {
            return;
        }
        let names: Vec<&str> = finding
            .column
            .split('+')
            .map(|name| self.originals.get(name).map_or(name, String::as_str))
            .collect();
        finding.column = names.join("+");
    }

    /// Whether a row has a column that the mapping reads, or the mapping knows each by one
    /// name only.
    pub fn are_known(&self, row: &Row) -> bool {
        self.known.is_empty()
            || row
                .cells
                .keys()
                .any(|name| self.known.contains_key(&plain(name)))
    }
}

/// The columns that a field reads.
fn columns_of(field: &Field) -> Box<dyn Iterator<Item = &String> + '_> {
    match field {
        Field::Column(column) => Box::new(std::iter::once(column)),
        Field::Full(spec) => Box::new(spec.columns.iter().chain(spec.flags.keys())),
    }
}

/// A name without accents, case and signs.
fn plain(name: &str) -> String {
    let name: String = key(name)
        .chars()
        .map(|character| {
            if character.is_alphanumeric() {
                character
            } else {
                ' '
            }
        })
        .collect();
    name.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The columns that give a field its value, as the mapping calls them.
pub fn of_field(fields: &BTreeMap<String, Field>, field: &str) -> Option<String> {
    let columns = match fields.get(field)? {
        Field::Column(column) => column.clone(),
        Field::Full(spec) => spec.columns.join("+"),
    };
    (!columns.is_empty()).then_some(columns)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::report::Code;
    use super::*;

    #[test]
    fn columns_are_known_by_any_of_their_names_and_reported_by_that_of_the_file() {
        let mut columns = Columns {
            known: HashMap::from([
                ("titre".to_owned(), "Titre".to_owned()),
                ("intitule".to_owned(), "Titre".to_owned()),
            ]),
            originals: HashMap::new(),
            seen: BTreeSet::new(),
        };
        let cells = json!({ "INTITULÉ *": "A", "Titre": "B", "Autre": 1 });
        let mut row = Row {
            line: 2,
            cells: cells.as_object().unwrap().clone(),
            ragged: false,
        };
        assert!(columns.are_known(&row));
        columns.rename(&mut row);
        assert_eq!(row.cells["Autre"], 1);
        assert_eq!(row.cells["Titre"], "A");
        let mut finding = Finding {
            kept: None,
            line: 2,
            column: "Titre+Autre".to_owned(),
            value: String::new(),
            code: Code::Missing,
        };
        columns.name_again(&mut finding);
        assert_eq!(finding.column, "INTITULÉ *+Autre");
    }
}
