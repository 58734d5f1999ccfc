//! What of a document answered a question, and why.

use std::collections::HashSet;

use super::analysis::{Token, tokens};
use super::document::{Document, Field};
use super::query::{Reason, Term, TextQuery};

/// Characters of an excerpt, and of what it shows before its first match.
const EXCERPT: usize = 200;
const BEFORE: usize = 60;

/// A part of a document that answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldMatch {
    pub field: Field,
    /// The text around the first match.
    pub excerpt: String,
    /// The matches in the excerpt, in its order.
    pub words: Vec<WordMatch>,
}

/// A word of an excerpt that answers a word of the question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WordMatch {
    pub typed: String,
    pub found: String,
    pub reason: Reason,
    /// Where the word begins and ends in the excerpt, in UTF-16 code units.
    pub start: usize,
    pub end: usize,
}

/// The parts of `document` that answer `query`, in their order.
pub fn field_matches(query: &TextQuery, document: &Document) -> Vec<FieldMatch> {
    let analysed: Vec<(Field, &str, Vec<Token>)> = document
        .fields
        .iter()
        .map(|(field, text)| (*field, text.as_str(), tokens(text)))
        .collect();
    let stems: HashSet<&str> = analysed
        .iter()
        .flat_map(|(_, _, tokens)| tokens.iter().map(|token| token.stem.as_str()))
        .collect();
    analysed
        .iter()
        .filter_map(|(field, text, tokens)| {
            let found: Vec<(&Token, &Term, Reason)> = tokens
                .iter()
                .filter_map(|token| {
                    let (term, reason) = answered(query, token, &stems)?;
                    Some((token, term, reason))
                })
                .collect();
            let first = found.first()?.0.start;
            let (start, end) = excerpt(text, first);
            Some(FieldMatch {
                field: *field,
                excerpt: shown(text, start, end),
                words: found
                    .into_iter()
                    .filter(|(token, ..)| token.end <= end)
                    .filter_map(|(token, term, reason)| {
                        let cut = usize::from(start > 0);
                        let found = text.get(token.start..token.end)?;
                        let begun = cut + utf16(text.get(start..token.start)?);
                        Some(WordMatch {
                            typed: term.typed.clone(),
                            found: found.to_owned(),
                            reason,
                            start: begun,
                            end: begun + utf16(found),
                        })
                    })
                    .collect(),
            })
        })
        .collect()
}

/// The word of the question that a word of the document answers, and why.
fn answered<'a>(
    query: &'a TextQuery,
    token: &Token,
    stems: &HashSet<&str>,
) -> Option<(&'a Term, Reason)> {
    query
        .terms
        .iter()
        .filter_map(|term| {
            let alternative = term.alternatives.iter().find(|alternative| {
                alternative.stems.contains(&token.stem)
                    && alternative
                        .stems
                        .iter()
                        .all(|stem| stems.contains(stem.as_str()))
            })?;
            Some((term, alternative.reason))
        })
        .min_by_key(|(_, reason)| *reason)
}

/// Where the text around `first` begins and ends, at the borders of words.
fn excerpt(text: &str, first: usize) -> (usize, usize) {
    if text.chars().count() <= EXCERPT {
        return (0, text.len());
    }
    let before = text.get(..first).unwrap_or_default();
    let start = if before.chars().count() <= BEFORE {
        0
    } else {
        let from = before
            .char_indices()
            .rev()
            .nth(BEFORE)
            .map_or(0, |(at, _)| at);
        let skipped = before
            .get(from..)
            .and_then(|rest| rest.find(char::is_whitespace).map(|at| from + at));
        let start = skipped.unwrap_or(from);
        start
            + before
                .get(start..)
                .map_or(0, |rest| rest.len() - rest.trim_start().len())
    };
    let rest = text.get(start..).unwrap_or_default();
    let end = match rest.char_indices().nth(EXCERPT) {
        None => text.len(),
        Some((most, _)) => {
            let kept = rest.get(..most).unwrap_or_default();
            // The match is kept whole even where there is no space to cut at.
            let cut = kept.rfind(char::is_whitespace).map(|at| start + at);
            cut.filter(|end| *end > first).unwrap_or(start + most)
        }
    };
    (start, end)
}

fn shown(text: &str, start: usize, end: usize) -> String {
    let before = if start > 0 { "…" } else { "" };
    let after = if end < text.len() { "…" } else { "" };
    format!(
        "{before}{}{after}",
        text.get(start..end).unwrap_or_default()
    )
}

fn utf16(text: &str) -> usize {
    text.encode_utf16().count()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use sea_orm::DatabaseBackend;
    use uuid::Uuid;

    use super::super::document::SearchKind;
    use super::super::vocabulary;
    use super::*;

    fn matches(question: &str, field: Field, text: &str) -> Vec<FieldMatch> {
        let mut document = Document::new(SearchKind::CoworkingSpace, Uuid::nil());
        document.add(field, Some(text));
        let words: Vec<String> = tokens(text).into_iter().map(|token| token.word).collect();
        let vocabulary = vocabulary::of(&words.iter().map(String::as_str).collect::<Vec<_>>());
        TextQuery::new(question, &vocabulary, DatabaseBackend::Sqlite)
            .unwrap()
            .map(|query| field_matches(&query, &document))
            .unwrap_or_default()
    }

    #[test]
    fn each_word_says_what_it_answers_and_why() {
        let found = matches("epicrie chat", Field::Title, "😀 L'Épicerie de Châtenay");
        let words: Vec<_> = found[0]
            .words
            .iter()
            .map(|word| (word.typed.as_str(), word.found.as_str(), word.reason))
            .collect();
        assert_eq!(
            words,
            [
                ("epicrie", "Épicerie", Reason::Typo),
                ("chat", "Châtenay", Reason::Prefix)
            ]
        );
        // The emoji counts twice in UTF-16, as it does in JavaScript.
        assert_eq!((found[0].words[0].start, found[0].words[0].end), (5, 13));
    }

    #[test]
    fn a_long_text_is_shown_around_its_first_match() {
        let text = format!(
            "{} ressourcerie {}",
            "mot ".repeat(100),
            "autre ".repeat(100)
        );
        let found = matches("ressourcerie", Field::Description, &text);
        assert!(found[0].excerpt.starts_with("…mot"), "{found:?}");
        assert!(found[0].excerpt.ends_with("autre…"), "{found:?}");
        assert!(found[0].excerpt.chars().count() <= EXCERPT + 2);
        let word = &found[0].words[0];
        let units: Vec<u16> = found[0].excerpt.encode_utf16().collect();
        assert_eq!(
            String::from_utf16_lossy(&units[word.start..word.end]),
            "ressourcerie"
        );
    }

    proptest! {
        #[test]
        fn words_are_where_they_are_said_to_be(
            before in "[a-zé😀 ]{0,300}",
            after in "[a-zé😀 ]{0,300}",
        ) {
            let text = format!("{before} ressourcerie {after}");
            for found in matches("ressourcerie", Field::Description, &text) {
                let units: Vec<u16> = found.excerpt.encode_utf16().collect();
                for word in found.words {
                    let written = String::from_utf16_lossy(&units[word.start..word.end]);
                    prop_assert_eq!(written, word.found);
                }
            }
        }
    }
}
