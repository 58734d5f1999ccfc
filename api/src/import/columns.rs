//! Columns under the names that a mapping has for them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::Map;

use super::ImportError;
use super::codes::key;
use super::mapping::{EntityMapping, Field, Mapping};
use super::report::{Code, Finding};
use super::rows::{Row, is_empty};

/// How the columns of one file are called.
pub struct Columns {
    /// Names of the mapping, by the keys of all names that stand for them.
    known: HashMap<String, String>,
    /// Names of the file, by those of the mapping.
    originals: HashMap<String, String>,
    /// Names that rows had so far, as the mapping has them.
    seen: BTreeSet<String>,
    /// Columns that the mapping reads or leaves out on purpose.
    read: BTreeSet<String>,
    /// Sets of columns that identify a row.
    keys: Vec<Vec<String>>,
}

/// How alike two names of columns are so that one may be meant by the other, from 0 to 1.
const LIKE: f64 = 0.8;

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
            read: read_by(mapping),
            keys: mapping.keys.clone(),
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

    /// Whether the file has a column; of a nested one, the object that holds it.
    fn has(&self, column: &str) -> bool {
        let first = column.split('.').next().unwrap_or_default();
        self.seen.contains(column) || self.seen.contains(first)
    }

    /// The fields that the file states for an entity: those with a constant, and those with a
    /// column that the file has.
    pub fn stated<'a>(&self, entity: &'a EntityMapping) -> BTreeSet<&'a str> {
        let fields = entity.fields.iter().filter(|(_, field)| {
            let mut columns = columns_of(field).peekable();
            columns.peek().is_none() || columns.any(|column| self.has(column))
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

    /// Whether the mapping knows a name of a column.
    pub fn knows(&self, name: &str) -> bool {
        self.known.contains_key(&plain(name)) || self.read.contains(name)
    }

    /// Looks at the first rows: what no mapping reads is no file of it, and rows without what
    /// identifies them would be made anew each time.
    ///
    /// # Errors
    /// When the rows have no column that the mapping knows, or none that identifies them.
    pub fn check(&self, rows: &[Row]) -> Result<(), ImportError> {
        let names: BTreeSet<&String> = rows.iter().flat_map(|row| row.cells.keys()).collect();
        if names.is_empty() {
            return Ok(());
        }
        let has = |column: &String| {
            let first = column.split('.').next().unwrap_or_default();
            names.iter().any(|name| {
                **name == *column
                    || **name == first
                    || self
                        .known
                        .get(&plain(name))
                        .is_some_and(|meant| meant == column)
            })
        };
        if !names.iter().any(|name| self.knows(name)) && !self.read.iter().any(has) {
            return Err(ImportError::NoKnownColumn);
        }
        let keys = self.keys.iter().filter_map(|set| set.first());
        if self.keys.is_empty() || keys.clone().any(has) {
            return Ok(());
        }
        let missing = keys.cloned().collect::<Vec<_>>().join(", ");
        let nearest = names.iter().max_by(|one, other| {
            let likeness = |name: &str| strsim::jaro_winkler(&plain(name), &plain(&missing));
            likeness(one).total_cmp(&likeness(other))
        });
        Err(ImportError::NoKey {
            missing,
            nearest: nearest.map(|name| (*name).clone()).unwrap_or_default(),
        })
    }

    /// Columns of a mapping that the file does not have, or columns of the file that a template
    /// does not know, each with the nearest name of the other side.
    pub fn differences(&self) -> Vec<(Code, String, String)> {
        let missing: Vec<&String> = self.read.iter().filter(|name| !self.has(name)).collect();
        let unknown: Vec<&String> = self
            .seen
            .iter()
            .filter(|name| !self.read.contains(*name) && !self.is_part(name))
            .collect();
        let nearest = |name: &str, among: &[&String]| {
            let likeness = |other: &str| strsim::jaro_winkler(&plain(name), &plain(other));
            let best = among
                .iter()
                .map(|other| (likeness(other), *other))
                .filter(|(likeness, _)| *likeness >= LIKE)
                .max_by(|one, other| one.0.total_cmp(&other.0));
            best.map(|(_, other)| other.clone()).unwrap_or_default()
        };
        let all: Vec<&String> = self.read.iter().collect();
        // The templates have columns that most files leave out; a mapping of one source leaves
        // out columns that the source has.
        if self.known.is_empty() {
            let told = |name: &&String| {
                let like = nearest(name, &unknown);
                (Code::MissingColumn, (*name).clone(), like)
            };
            missing.iter().map(told).collect()
        } else {
            let told = |name: &&String| {
                let like = nearest(name, &all);
                (Code::UnknownColumn, (*name).clone(), like)
            };
            unknown.iter().map(told).collect()
        }
    }

    /// Whether a column holds nested columns that the mapping reads.
    fn is_part(&self, name: &str) -> bool {
        self.read
            .iter()
            .any(|read| read.split('.').next() == Some(name))
    }
}

/// The columns that a mapping reads or leaves out on purpose.
fn read_by(mapping: &Mapping) -> BTreeSet<String> {
    let fields = mapping
        .entities
        .iter()
        .flat_map(|entity| entity.fields.values());
    let conditions = mapping.entities.iter().flat_map(|entity| &entity.when);
    let conditions = conditions
        .chain(&mapping.skip)
        .map(|condition| &condition.column);
    let left_out = mapping.left_out.columns.iter();
    let keys = mapping.keys.iter().flatten().chain(&mapping.identifier);
    let read = fields
        .flat_map(columns_of)
        .chain(conditions)
        .chain(left_out)
        .chain(keys);
    read.filter(|column| !column.is_empty()).cloned().collect()
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
            read: BTreeSet::new(),
            keys: Vec::new(),
        };
        let cells = json!({ "INTITULÉ *": "A", "Titre": "B", "Autre": 1 });
        let mut row = Row {
            line: 2,
            cells: cells.as_object().unwrap().clone(),
            ..Row::default()
        };
        assert!(columns.knows("INTITULÉ *") && !columns.knows("Autre"));
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
