//! What of an entity is searched.

use std::collections::HashSet;

use uuid::Uuid;

use super::analysis::tokens;
use crate::change::Subject;
use crate::id::Kind;

/// Words of a document that are indexed: a book is found by its beginning.
const MOST_WORDS: usize = 5_000;

/// Kinds of entities that are searched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SearchKind {
    Initiative,
    Organization,
    CoworkingSpace,
    FundingSource,
    Member,
}

impl SearchKind {
    /// All of them.
    pub const ALL: &'static [Self] = &[
        Self::Initiative,
        Self::Organization,
        Self::CoworkingSpace,
        Self::FundingSource,
        Self::Member,
    ];

    /// The text stored in the index: the prefix of the global identifiers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Initiative => Kind::Initiative.prefix(),
            Self::Organization => Kind::Organization.prefix(),
            Self::CoworkingSpace => Kind::CoworkingSpace.prefix(),
            Self::FundingSource => Kind::FundingSource.prefix(),
            Self::Member => Kind::Member.prefix(),
        }
    }

    /// The kind of entities that a change is about, if they are searched.
    pub fn of(subject: Subject) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|kind| kind.as_str() == subject.as_str())
    }
}

/// A part of what is searched of an entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Field {
    Title,
    Acronym,
    Summary,
    Description,
    Theme,
    Kind,
    LegalForm,
    Delegation,
    Body,
    Organization,
    Commune,
}

impl Field {
    /// Whether it is what the entity is called.
    fn is_title(self) -> bool {
        matches!(self, Self::Title | Self::Acronym)
    }
}

/// What is searched of one entity.
#[derive(Clone, Debug)]
pub struct Document {
    pub kind: SearchKind,
    pub id: Uuid,
    pub fields: Vec<(Field, String)>,
}

/// The words of a document.
#[derive(Debug, Default)]
pub struct AnalysedDocument {
    /// Stems of the title, each once, with spaces between.
    pub title: String,
    /// Stems of the rest that are not in the title.
    pub body: String,
    /// Folded words, for the vocabulary.
    pub words: HashSet<String>,
}

impl Document {
    /// An entity of which nothing is searched yet.
    pub fn new(kind: SearchKind, id: Uuid) -> Self {
        Self {
            kind,
            id,
            fields: Vec::new(),
        }
    }

    /// Adds a text, if there is one.
    pub fn add(&mut self, field: Field, text: Option<impl Into<String>>) {
        if let Some(text) = text.map(Into::into).filter(|text| !text.trim().is_empty()) {
            self.fields.push((field, text));
        }
    }

    /// The words to index.
    pub fn analysed(&self) -> AnalysedDocument {
        let mut words = HashSet::new();
        let mut seen = HashSet::new();
        let mut parts = [true, false].map(|of_title| {
            let mut stems: Vec<String> = Vec::new();
            let texts = self
                .fields
                .iter()
                .filter(|(field, _)| field.is_title() == of_title);
            for token in texts.flat_map(|(_, text)| tokens(text)) {
                if seen.len() < MOST_WORDS && seen.insert(token.stem.clone()) {
                    stems.push(token.stem);
                }
                words.insert(token.word);
            }
            stems.join(" ")
        });
        let [title, body] = std::mem::take(&mut parts);
        AnalysedDocument { title, body, words }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_stem_is_indexed_once_and_in_the_title_first() {
        let mut document = Document::new(SearchKind::CoworkingSpace, Uuid::nil());
        document.add(Field::Description, Some("Des épiceries, à Châtenay"));
        document.add(Field::Title, Some("Épicerie solidaire"));
        document.add(Field::Commune, Some(" "));
        document.add(Field::Theme, None::<String>);
        let analysed = document.analysed();
        assert_eq!(analysed.title, "epicer solidair");
        assert_eq!(analysed.body, "chatenay");
        assert!(analysed.words.contains("epiceries"));
    }
}
