//! French full-text search over everything public, the same on both databases.
//!
//! Words are analysed here and not by the database; the index of each database holds
//! nothing but stems and is asked for nothing but stems.

mod acronyms;
mod analysis;
mod catalogue;
mod document;
mod forget;
pub mod graphql;
mod highlight;
mod index;
mod listed;
mod loaders;
mod query;
mod ranking;
mod vocabulary;

pub use catalogue::{SearchPlace, source};
pub use document::{Document, Field, SearchKind};
pub use forget::forget;
pub use highlight::{FieldMatch, WordMatch, field_matches};
pub use index::{Reindexed, follow, index, reindex, remove};
pub use listed::{Relevance, pages};
pub use query::{LONGEST_QUESTION, MOST_WORDS, QuestionError, Reason, TextQuery, Within};
pub use ranking::{Hit, RELEVANCE, Search, Source, counts as ranked_counts, pages as ranked_pages};
pub use vocabulary::Vocabulary;
