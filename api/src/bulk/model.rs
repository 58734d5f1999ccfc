//! What may be imported, and within which bounds.

use chrono::TimeDelta;
use entity::values::ImportKind;
use serde::Serialize;
use uuid::Uuid;

use crate::import::{EntityKind, Mapping};
use crate::problem::{Code, Problem};

/// Rows of a file.
pub const MOST_ROWS: u64 = 100_000;

/// Refused rows of which the report is kept, and as many others.
pub const MOST_KEPT: i64 = 10_000;

/// Findings of a row that are kept.
pub const MOST_FINDINGS: usize = 20;

/// Characters of a value or of the name of a column that are kept.
pub const LONGEST_VALUE: usize = 200;

/// Imports of one account that wait or run.
pub const MOST_OF_ONE: u64 = 5;

/// Imports that wait or run.
pub const MOST_OPEN: u64 = 50;

/// Time for which an import is kept after its end, with its report and its file.
pub const KEPT: TimeDelta = TimeDelta::days(30);

/// Time for which an import that runs is left alone by others: whoever runs it and has not
/// written for so long, is no more.
pub const LEASE: TimeDelta = TimeDelta::seconds(60);

/// Times that an import is begun or gone on with.
pub const MOST_ATTEMPTS: i32 = 5;

/// Bytes of a mapping.
const LONGEST_MAPPING: usize = 65_536;

/// Characters of the name of a source, and of a sheet.
const LONGEST_NAME: usize = 100;

/// What somebody asks to be imported.
#[derive(Clone, Debug, Serialize)]
pub struct Request {
    pub kind: ImportKind,
    pub file: Uuid,
    /// The name of a mapping, or one as TOML.
    pub mapping: Option<String>,
    pub source: Option<String>,
    pub sheet: Option<String>,
    pub dry_run: bool,
    /// Whether the source overwrites what people changed.
    pub source_wins: bool,
}

/// How the rows of a file become contents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chosen {
    pub name: String,
    pub text: String,
    pub source: String,
}

impl Request {
    /// The mapping that is meant.
    ///
    /// # Errors
    /// When there is none of that name, it cannot be used, or it is for something else.
    pub fn chosen(&self) -> Result<Chosen, Problem> {
        let invalid = |key| Problem::new(Code::Invalid, "mapping", key);
        let given = self.mapping.as_deref().map(str::trim).unwrap_or_default();
        if given.len() > LONGEST_MAPPING {
            let problem = Problem::new(Code::TooLong, "mapping", "mapping-too-long");
            return Err(problem.with("most", LONGEST_MAPPING));
        }
        let is_text = given.contains('=');
        let known = if given.is_empty() {
            Mapping::text_of(template(self.kind))
        } else {
            Mapping::text_of(given)
        };
        let text = match known.ok().flatten() {
            Some(text) => text,
            None if is_text => given,
            None => {
                let problem = Problem::new(Code::NotFound, "mapping", "unknown-mapping");
                return Err(problem.with("value", given.chars().take(60).collect::<String>()));
            }
        };
        let mapping = Mapping::parse(text)
            .map_err(|error| invalid("mapping-invalid").with("reason", reason(&error)))?;
        let is_of_territory =
            mapping.makes(EntityKind::Commune) || mapping.makes(EntityKind::Intercommunality);
        if !mapping.makes(entity_kind(self.kind)) || is_of_territory {
            return Err(invalid("mapping-of-other-kind"));
        }
        let mapping = match name(self.source.as_deref(), "source")? {
            Some(source) => mapping.of_source(source),
            None => mapping,
        };
        name(Some(&mapping.source.name), "mapping")?;
        Ok(Chosen {
            name: mapping.name.chars().take(LONGEST_NAME).collect(),
            text: text.to_owned(),
            source: mapping.source.name,
        })
    }

    /// The sheet that is meant, if it is not the first one.
    ///
    /// # Errors
    /// When its name is too long.
    pub fn sheet(&self) -> Result<Option<String>, Problem> {
        name(self.sheet.as_deref(), "sheet")
    }
}

/// The mapping by which rows of a kind are read when none is asked.
fn template(kind: ImportKind) -> &'static str {
    match kind {
        ImportKind::Initiative => "modele-initiatives",
        ImportKind::Organization => "modele-organisations",
        ImportKind::CoworkingSpace => "modele-espaces",
        ImportKind::FundingSource => "modele-financements",
    }
}

fn entity_kind(kind: ImportKind) -> EntityKind {
    match kind {
        ImportKind::Initiative => EntityKind::Initiative,
        ImportKind::Organization => EntityKind::Organization,
        ImportKind::CoworkingSpace => EntityKind::Space,
        ImportKind::FundingSource => EntityKind::Funding,
    }
}

/// A name on one line; nothing if it is empty.
fn name(text: Option<&str>, field: &str) -> Result<Option<String>, Problem> {
    let text = text.unwrap_or_default().trim();
    if text.chars().count() > LONGEST_NAME {
        return Err(Problem::new(Code::TooLong, field, "text-too-long").with("most", LONGEST_NAME));
    }
    if text.contains(char::is_control) {
        return Err(Problem::new(Code::Invalid, field, "name-of-one-line"));
    }
    Ok((!text.is_empty()).then(|| text.to_owned()))
}

/// Why a mapping cannot be used, in a line.
fn reason(error: &crate::import::MappingError) -> String {
    use std::error::Error as _;
    let cause = error.source().map(ToString::to_string).unwrap_or_default();
    let line = cause.split_whitespace().collect::<Vec<_>>().join(" ");
    let told = if line.is_empty() {
        error.to_string()
    } else {
        line
    };
    told.chars().take(300).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(kind: ImportKind, mapping: Option<&str>, source: Option<&str>) -> Request {
        Request {
            kind,
            file: Uuid::nil(),
            mapping: mapping.map(str::to_owned),
            source: source.map(str::to_owned),
            sheet: None,
            dry_run: true,
            source_wins: false,
        }
    }

    #[test]
    fn every_kind_has_a_mapping_of_its_own() {
        for kind in ImportKind::ALL {
            let chosen = request(*kind, None, None).chosen().unwrap();
            assert_eq!(chosen.name, template(*kind));
            let mapping = Mapping::parse(&chosen.text).unwrap();
            assert!(mapping.makes(entity_kind(*kind)));
            assert!(!mapping.columns.is_empty() && mapping.identifier.is_some());
        }
    }

    #[test]
    fn a_named_source_has_identifiers_of_its_own() {
        let chosen = request(ImportKind::Initiative, None, Some(" acteurs-2025 "));
        let chosen = chosen.chosen().unwrap();
        assert_eq!(chosen.source, "acteurs-2025");
        let mapping = Mapping::parse(&chosen.text).unwrap();
        let keys = mapping.clone().of_source(chosen.source).keys;
        assert_eq!(keys.len(), mapping.keys.len() + 1);
    }

    #[test]
    fn what_cannot_be_used_is_refused() {
        let initiative = ImportKind::Initiative;
        for (kind, mapping, key) in [
            (initiative, "inconnu", "unknown-mapping"),
            (initiative, "name = 1", "mapping-invalid"),
            (initiative, "lieux-gironde-2021", "mapping-of-other-kind"),
            (initiative, "decoupage-communes", "mapping-of-other-kind"),
        ] {
            let refused = request(kind, Some(mapping), None).chosen().unwrap_err();
            assert_eq!(refused.key, key);
        }
        let long = "a".repeat(LONGEST_NAME + 1);
        let refused = request(initiative, None, Some(&long)).chosen();
        assert_eq!(refused.unwrap_err().key, "text-too-long");
    }
}
