//! What matched, and why.

use async_graphql::{Enum, SimpleObject};

use crate::search::{Field, FieldMatch, Reason, SearchKind, WordMatch};

/// Types that are searched.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum SearchType {
    /// Initiatives.
    Initiative,
    /// Organizations of the social and solidarity economy, and those that work with it.
    Organization,
    /// Coworking spaces and other places to work together.
    CoworkingSpace,
    /// Where money or help can be found.
    FundingSource,
    /// Members of the network.
    Member,
}

/// A part of what is searched.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum SearchField {
    /// Title, name or office.
    Title,
    /// Acronym.
    Acronym,
    /// Summary.
    Summary,
    /// Description, as plain text.
    Description,
    /// Name of a theme.
    Theme,
    /// What it is, in French.
    Kind,
    /// Legal form, in French.
    LegalForm,
    /// Label of a delegation.
    Delegation,
    /// Name of the body where a mandate is held.
    Body,
    /// Name of the organization that runs, carries or funds it, or to which the member
    /// belongs.
    Organization,
    /// Name of the commune.
    Commune,
}

/// Why a word answers.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum SearchMatchReason {
    /// The same word, whatever its accents, case and ending.
    Exact,
    /// The meaning of an acronym, or the acronym of a meaning.
    Acronym,
    /// A word that begins with what was typed.
    Prefix,
    /// A word that is written nearly as what was typed, which no other one is.
    Typo,
}

/// A text in which something matched.
#[derive(SimpleObject)]
pub struct SearchMatch {
    /// Which part of the result it is.
    field: SearchField,
    /// The text around the first match, 200 characters at most; « … » stands where it is cut.
    excerpt: String,
    /// The words that matched in the excerpt, in their order.
    words: Vec<SearchMatchedWord>,
}

/// A word that matched.
#[derive(SimpleObject)]
pub struct SearchMatchedWord {
    /// The words typed that it answers.
    typed: String,
    /// The word found, as written.
    found: String,
    /// Why it answers.
    reason: SearchMatchReason,
    /// Where it begins in the excerpt, in UTF-16 code units.
    start: i64,
    /// Where it ends in the excerpt, in UTF-16 code units.
    end: i64,
}

impl From<SearchType> for SearchKind {
    fn from(shown: SearchType) -> Self {
        match shown {
            SearchType::Initiative => Self::Initiative,
            SearchType::Organization => Self::Organization,
            SearchType::CoworkingSpace => Self::CoworkingSpace,
            SearchType::FundingSource => Self::FundingSource,
            SearchType::Member => Self::Member,
        }
    }
}

impl From<SearchKind> for SearchType {
    fn from(kind: SearchKind) -> Self {
        match kind {
            SearchKind::Initiative => Self::Initiative,
            SearchKind::Organization => Self::Organization,
            SearchKind::CoworkingSpace => Self::CoworkingSpace,
            SearchKind::FundingSource => Self::FundingSource,
            SearchKind::Member => Self::Member,
        }
    }
}

impl From<Field> for SearchField {
    fn from(field: Field) -> Self {
        match field {
            Field::Title => Self::Title,
            Field::Acronym => Self::Acronym,
            Field::Summary => Self::Summary,
            Field::Description => Self::Description,
            Field::Theme => Self::Theme,
            Field::Kind => Self::Kind,
            Field::LegalForm => Self::LegalForm,
            Field::Delegation => Self::Delegation,
            Field::Body => Self::Body,
            Field::Organization => Self::Organization,
            Field::Commune => Self::Commune,
        }
    }
}

impl From<FieldMatch> for SearchMatch {
    fn from(found: FieldMatch) -> Self {
        Self {
            field: found.field.into(),
            excerpt: found.excerpt,
            words: found.words.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<WordMatch> for SearchMatchedWord {
    fn from(word: WordMatch) -> Self {
        Self {
            typed: word.typed,
            found: word.found,
            reason: match word.reason {
                Reason::Exact => SearchMatchReason::Exact,
                Reason::Acronym => SearchMatchReason::Acronym,
                Reason::Prefix => SearchMatchReason::Prefix,
                Reason::Typo => SearchMatchReason::Typo,
            },
            start: units(word.start),
            end: units(word.end),
        }
    }
}

fn units(units: usize) -> i64 {
    i64::try_from(units).unwrap_or(i64::MAX)
}
