//! How the rows of a source become entities: data, in TOML.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Deserialize;

use super::codes;

/// What to do with the rows of one source.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// The name by which the command line knows it.
    pub name: String,
    /// What the source is, in a line.
    pub title: String,
    /// The format of a file that is no workbook, where its first character does not tell.
    pub format: Option<Format>,
    pub source: Source,
    /// Columns that together identify a row in its source: the first set whose values
    /// are all present.
    pub keys: Vec<Vec<String>>,
    /// The column that identifies a row in a file whose source is named by who imports it.
    pub identifier: Option<String>,
    /// Whether the day of the data is that of their import, whatever the source says.
    #[serde(default)]
    pub seen_when_imported: bool,
    /// Whether a commune may be named without its postal code: the source tells of the
    /// territory of the registry only, where no two communes have one name.
    #[serde(default)]
    pub communes_by_name: bool,
    /// Columns as this mapping calls them, each with other names under which files have
    /// them. Where there are any, accents, case and signs of a name do not count.
    #[serde(default)]
    pub columns: BTreeMap<String, Vec<String>>,
    /// Values that mean that there is none.
    #[serde(default)]
    pub nulls: Vec<String>,
    #[serde(default)]
    pub left_out: LeftOut,
    /// Rows that are left out: those that show one of these.
    #[serde(default)]
    pub skip: Vec<Condition>,
    #[serde(default)]
    pub tables: BTreeMap<String, Table>,
    pub entities: Vec<EntityMapping>,
}

/// Values of the registry by value of the source.
pub type Table = BTreeMap<String, String>;

/// The format of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    Csv,
    Json,
}

/// Where rows come from.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// The name under which the registry remembers identifiers of this source.
    pub name: String,
    pub url: String,
    pub licence: String,
    pub attribution: String,
    /// The day of the data.
    pub seen_on: NaiveDate,
}

/// Columns that are not imported on purpose.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeftOut {
    pub columns: Vec<String>,
    pub reason: String,
}

/// What a row must show.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    pub column: String,
    /// One of these values.
    #[serde(default)]
    pub is: Vec<String>,
    /// None of these values.
    #[serde(default)]
    pub is_not: Vec<String>,
    /// One of these texts within the value.
    #[serde(default)]
    pub contains: Vec<String>,
}

/// The kind of entity that a row becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EntityKind {
    Organization,
    Space,
    Initiative,
    Funding,
    Commune,
    Intercommunality,
}

impl EntityKind {
    /// The text stored with references, and shown in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Organization => "organization",
            Self::Space => "space",
            Self::Initiative => "initiative",
            Self::Funding => "funding",
            Self::Commune => "commune",
            Self::Intercommunality => "intercommunality",
        }
    }
}

/// One entity that a row becomes.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EntityMapping {
    pub kind: EntityKind,
    /// Only for rows that show one of these; for all without.
    #[serde(default)]
    pub when: Vec<Condition>,
    /// Values that are the same for all rows, by field.
    #[serde(default)]
    pub constants: BTreeMap<String, String>,
    /// Where the values come from, by field.
    #[serde(default)]
    pub fields: BTreeMap<String, Field>,
}

/// Where the value of a field comes from.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Field {
    Column(String),
    Full(FieldMapping),
}

/// Where the value of a field comes from, and how it is read.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FieldMapping {
    /// Columns whose values are joined.
    pub columns: Vec<String>,
    /// What is put between them: a space without.
    pub join: Option<String>,
    /// The part of the text that is meant.
    pub part: Option<Part>,
    /// What is put before the value.
    pub prefix: Option<String>,
    /// The table that gives the value, by name.
    pub table: Option<String>,
    /// Values by text found within the source's, the first that is found.
    pub contains: Vec<Rule>,
    /// What separates values of a cell.
    pub separator: Option<char>,
    /// Columns of yes and no, by value that they add.
    pub flags: BTreeMap<String, String>,
    /// The value where the source has none, or one that is not in the table.
    pub default: Option<String>,
}

/// A part of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// The digits at the beginning, as in "92210 ST CLOUD".
    LeadingCode,
    /// What follows the digits at the beginning.
    AfterLeadingCode,
    /// The last five digits that stand alone.
    PostalCodeWithin,
}

/// A value for sources' values that hold a text.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    pub text: String,
    pub value: String,
}

/// Why a mapping cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum MappingError {
    #[error("the mapping is not valid")]
    Toml(#[from] toml::de::Error),
    #[error("the mapping names the table {0}, which it does not have")]
    NoTable(String),
    #[error("the field {0} of the mapping is not one of its entity")]
    NoField(String),
}

const EMBEDDED: &[&str] = &[
    include_str!("../../mappings/aidants-connect-2023.toml"),
    include_str!("../../mappings/aides-territoires-periurbain-2022.toml"),
    include_str!("../../mappings/decoupage-communes.toml"),
    include_str!("../../mappings/decoupage-epci.toml"),
    include_str!("../../mappings/etablissements-handicap-adultes-idf.toml"),
    include_str!("../../mappings/lieux-centre-val-de-loire-2021.toml"),
    include_str!("../../mappings/lieux-conseillers-numeriques-idf-2022.toml"),
    include_str!("../../mappings/lieux-gironde-2021.toml"),
    include_str!("../../mappings/lieux-maine-et-loire-2023.toml"),
    include_str!("../../mappings/lieux-paca-2022.toml"),
    include_str!("../../mappings/modele-espaces.toml"),
    include_str!("../../mappings/modele-financements.toml"),
    include_str!("../../mappings/modele-initiatives.toml"),
    include_str!("../../mappings/modele-organisations.toml"),
];

impl Mapping {
    /// Reads a mapping.
    ///
    /// # Errors
    /// When it is not TOML of the right shape, or contradicts itself.
    pub fn parse(text: &str) -> Result<Self, MappingError> {
        let mapping: Self = toml::from_str(text)?;
        for entity in &mapping.entities {
            let known = fields_of(entity.kind);
            for field in entity.fields.keys().chain(entity.constants.keys()) {
                if !known.contains(&field.as_str()) {
                    return Err(MappingError::NoField(field.clone()));
                }
            }
            for field in entity.fields.values() {
                if let Field::Full(FieldMapping {
                    table: Some(table), ..
                }) = field
                    && !mapping.tables.contains_key(table)
                {
                    return Err(MappingError::NoTable(table.clone()));
                }
            }
        }
        Ok(mapping)
    }

    /// The same for rows of another source, of this name, in which a column of its own
    /// identifies them.
    pub fn of_source(mut self, name: String) -> Self {
        if name == self.source.name {
            return self;
        }
        self.source.name = name;
        if let Some(identifier) = self.identifier.take() {
            self.keys.insert(0, vec![identifier]);
        }
        self
    }

    /// The same for data that are imported on this day.
    pub fn imported_on(mut self, day: NaiveDate) -> Self {
        if self.seen_when_imported {
            self.source.seen_on = day;
        }
        self
    }

    /// Whether a row becomes something of this kind.
    pub fn makes(&self, kind: EntityKind) -> bool {
        self.entities.iter().any(|entity| entity.kind == kind)
    }

    /// The text of the mapping of this name that Maillage knows.
    ///
    /// # Errors
    /// When one of them is not valid.
    pub fn text_of(name: &str) -> Result<Option<&'static str>, MappingError> {
        let all = Self::embedded()?;
        let place = all.iter().position(|mapping| mapping.name == name);
        Ok(place.and_then(|place| EMBEDDED.get(place).copied()))
    }

    /// The mappings that Maillage knows, in the order of their names.
    ///
    /// # Errors
    /// When one of them is not valid.
    pub fn embedded() -> Result<Vec<Self>, MappingError> {
        EMBEDDED.iter().map(|text| Self::parse(text)).collect()
    }

    /// The mapping of this name that Maillage knows.
    ///
    /// # Errors
    /// When one of them is not valid.
    pub fn named(name: &str) -> Result<Option<Self>, MappingError> {
        Ok(Self::embedded()?
            .into_iter()
            .find(|mapping| mapping.name == name))
    }
}

impl Condition {
    /// Whether a value fulfils the condition.
    pub fn holds(&self, value: &str) -> bool {
        let is = |other: &String| codes::alike(value, other);
        let within = |other: &String| codes::within(value, other);
        (self.is.is_empty() || self.is.iter().any(is))
            && !self.is_not.iter().any(is)
            && (self.contains.is_empty() || self.contains.iter().any(within))
    }
}

/// Fields of the place of an entity.
macro_rules! with_place {
    ($($field:literal),*) => {
        &[
            $($field,)*
            "street", "postal_code", "commune_name", "commune_insee", "latitude", "longitude",
            "lambert_x", "lambert_y", "precision",
        ]
    };
}

/// The fields that a mapping may give to a kind of entity.
fn fields_of(kind: EntityKind) -> &'static [&'static str] {
    match kind {
        EntityKind::Organization => with_place![
            "name",
            "legal_form",
            "siae_kind",
            "structure_kind",
            "siren",
            "siret",
            "rna",
            "finess",
            "description",
            "website",
            "opening_hours",
            "wheelchair_access",
            "source_date"
        ],
        EntityKind::Space => with_place![
            "name",
            "kinds",
            "description",
            "website",
            "opening_hours",
            "wheelchair_access",
            "owner_kind",
            "source_date"
        ],
        EntityKind::Initiative => with_place![
            "title",
            "summary",
            "description",
            "website",
            "scope",
            "stage",
            "themes",
            "lead_siret",
            "source_date"
        ],
        EntityKind::Funding => &[
            "name",
            "description",
            "funder_name",
            "funder_kind",
            "forms",
            "audiences",
            "recurrence",
            "call_for_projects",
            "closes_on",
            "url",
            "territory_kind",
            "territory_code",
            "source_date",
        ],
        EntityKind::Commune => &[
            "insee_code",
            "name",
            "departement",
            "region",
            "postal_codes",
            "population",
        ],
        EntityKind::Intercommunality => &["siren", "name", "kind", "members"],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_embedded_mapping_is_valid_and_has_a_name_of_its_own() {
        let mappings = Mapping::embedded().unwrap();
        let mut names: Vec<_> = mappings.iter().map(|mapping| &mapping.name).collect();
        names.dedup();
        assert_eq!(names.len(), EMBEDDED.len());
        assert!(names.is_sorted());
    }

    #[test]
    fn a_mapping_that_contradicts_itself_is_refused() {
        let text = r#"
            name = "x"
            title = "x"
            format = "csv"
            keys = [["id"]]
            [source]
            name = "x"
            url = ""
            licence = ""
            attribution = ""
            seen_on = "2022-01-01"
            [[entities]]
            kind = "organization"
            fields.FIELD = { columns = ["b"], table = "TABLE" }
        "#;
        let with = |field: &str| Mapping::parse(&text.replace("FIELD", field));
        assert!(matches!(with("title"), Err(MappingError::NoField(_))));
        assert!(matches!(with("name"), Err(MappingError::NoTable(_))));
    }
}
