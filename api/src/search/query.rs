//! What someone searches for: words, each with the forms in which the index may hold it.

use sea_orm::DatabaseBackend;
use sea_orm::sea_query::{Alias, BinOper, CaseStatement, Expr, ExprTrait, Query, SimpleExpr};

use super::acronyms;
use super::analysis::{self, Token};
use super::document::SearchKind;
use super::vocabulary::Vocabulary;
use crate::text::folded;

/// Words of a question at the most.
pub const MOST_WORDS: usize = 12;
/// Characters of a question at the most.
pub const LONGEST_QUESTION: usize = 200;
/// Shorter words are completed only if they mean nothing as they are.
const SHORTEST_BEGINNING: usize = 3;

/// Why a word of a document answers a word of a question, the best reason first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// The same word, in any of its forms.
    Exact,
    /// The meaning of an acronym, or the acronym of a meaning.
    Acronym,
    /// A word that begins so.
    Prefix,
    /// A word that is written nearly so.
    Typo,
}

/// One way of answering a word of a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alternative {
    /// Stems of the index, all of which a document must have.
    pub stems: Vec<String>,
    pub reason: Reason,
}

/// A word of a question, or the words that an acronym stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// As typed.
    pub typed: String,
    /// The best reasons first.
    pub alternatives: Vec<Alternative>,
}

/// A question, ready for the index of one kind of database.
#[derive(Clone, Debug)]
pub struct TextQuery {
    pub terms: Vec<Term>,
    backend: DatabaseBackend,
}

/// Why a text is not a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QuestionError {
    #[error("more than {LONGEST_QUESTION} characters")]
    TooLong,
    #[error("more than {MOST_WORDS} words")]
    TooManyWords,
}

/// In which words of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Within {
    Title,
    Anywhere,
}

impl TextQuery {
    /// Reads `text`; nothing if it has no word.
    ///
    /// # Errors
    /// When it is too long, or has too many words.
    pub fn new(
        text: &str,
        vocabulary: &Vocabulary,
        backend: DatabaseBackend,
    ) -> Result<Option<Self>, QuestionError> {
        if text.chars().count() > LONGEST_QUESTION {
            return Err(QuestionError::TooLong);
        }
        let tokens = analysis::question(text);
        if tokens.len() > MOST_WORDS {
            return Err(QuestionError::TooManyWords);
        }
        let terms = terms(text, &tokens, vocabulary);
        Ok((!terms.is_empty()).then_some(Self { terms, backend }))
    }

    /// Whether the entity of `kind` whose identifier is `id` answers every word.
    pub fn condition(&self, kind: SearchKind, id: SimpleExpr, within: Within) -> SimpleExpr {
        let documents = Query::select()
            .column(Alias::new("entity_id"))
            .from(Alias::new("search_document"))
            .and_where(Expr::col(Alias::new("entity_kind")).eq(kind.as_str()))
            .and_where(self.matches(&self.terms, within))
            .take();
        id.in_subquery(documents)
    }

    /// One bit for each word, from the lowest: whether the document, a row of the index's
    /// table, has it as typed. Words with one reason at most have no bit to ask for.
    pub fn exact_bits(&self) -> SimpleExpr {
        self.terms
            .iter()
            .zip(0_u32..)
            .filter(|(term, _)| term.is_mixed())
            .filter_map(|(term, place)| {
                let exact = Term {
                    typed: String::new(),
                    alternatives: vec![term.alternatives.first()?.clone()],
                };
                let bit = CaseStatement::new()
                    .case(self.matches(&[exact], Within::Anywhere), 1_i32 << place)
                    .finally(0_i32);
                Some(SimpleExpr::Case(Box::new(bit)))
            })
            .reduce(ExprTrait::add)
            .unwrap_or_else(|| Expr::val(0_i32))
            .cast_as("integer")
    }

    /// Whether a row of the index's table has `terms`.
    fn matches(&self, terms: &[Term], within: Within) -> SimpleExpr {
        let table = Alias::new("search_document");
        match self.backend {
            DatabaseBackend::Sqlite => {
                let columns = match within {
                    Within::Title => "{title_words} : ",
                    Within::Anywhere => "",
                };
                let question = format!("{columns}({})", written(terms, [" AND ", " OR "], '"'));
                let rows = Query::select()
                    .column(Alias::new("rowid"))
                    .from(Alias::new("search_index"))
                    .and_where(
                        Expr::col(Alias::new("search_index"))
                            .binary(BinOper::Custom("match"), Expr::val(question)),
                    )
                    .take();
                Expr::col((table, Alias::new("id"))).in_subquery(rows)
            }
            _ => {
                let question = written(terms, [" & ", " | "], '\'');
                let words: SimpleExpr = match within {
                    // As the index on it is declared.
                    Within::Title => {
                        Expr::cust("array_to_tsvector(string_to_array(title_words, ' '))")
                    }
                    Within::Anywhere => Expr::col((table, Alias::new("all_vector"))),
                };
                words.binary(
                    BinOper::Custom("@@"),
                    Expr::val(question).cast_as("tsquery"),
                )
            }
        }
    }
}

impl Term {
    /// Whether a document may have it as typed, or in another way.
    pub fn is_mixed(&self) -> bool {
        self.alternatives.len() > 1
            && self
                .alternatives
                .first()
                .is_some_and(|first| first.reason == Reason::Exact)
    }
}

/// `terms` in the language of an index: all of them, each by any of its alternatives.
///
/// Stems are letters and digits only, but each is quoted all the same.
fn written(terms: &[Term], [and, or]: [&str; 2], quote: char) -> String {
    let quoted = |stem: &String| {
        let letters: String = stem.chars().filter(|c| c.is_alphanumeric()).collect();
        format!("{quote}{letters}{quote}")
    };
    let group = |parts: Vec<String>, operator: &str| match parts.len() {
        1 => parts.concat(),
        _ => format!("({})", parts.join(operator)),
    };
    let terms: Vec<String> = terms
        .iter()
        .map(|term| {
            let alternatives = term
                .alternatives
                .iter()
                .map(|alternative| group(alternative.stems.iter().map(quoted).collect(), and))
                .collect();
            group(alternatives, or)
        })
        .collect();
    terms.join(and)
}

/// The words of a question, those that an acronym stands for taken together.
fn terms(text: &str, tokens: &[Token], vocabulary: &Vocabulary) -> Vec<Term> {
    let stems: Vec<&str> = tokens.iter().map(|token| token.stem.as_str()).collect();
    let mut terms: Vec<Term> = Vec::new();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        let rest = stems.get(at..).unwrap_or_default();
        let abbreviation = acronyms::abbreviation(rest);
        let taken = abbreviation.map_or(1, |(taken, _)| taken);
        let end = tokens
            .get(at + taken - 1)
            .map_or(token.end, |last| last.end);
        let alternatives = match abbreviation {
            Some((taken, acronym)) => meaning(rest.get(..taken).unwrap_or_default(), acronym),
            None => alternatives(token, vocabulary),
        };
        let term = Term {
            typed: text.get(token.start..end).unwrap_or_default().to_owned(),
            alternatives,
        };
        if terms
            .iter()
            .all(|other| other.alternatives != term.alternatives)
        {
            terms.push(term);
        }
        at += taken;
    }
    terms
}

fn meaning(stems: &[&str], acronym: &str) -> Vec<Alternative> {
    vec![
        Alternative {
            stems: stems.iter().map(|stem| (*stem).to_owned()).collect(),
            reason: Reason::Exact,
        },
        Alternative {
            stems: vec![analysis::stem(acronym)],
            reason: Reason::Acronym,
        },
    ]
}

fn alternatives(token: &Token, vocabulary: &Vocabulary) -> Vec<Alternative> {
    let mut alternatives = vec![Alternative {
        stems: vec![token.stem.clone()],
        reason: Reason::Exact,
    }];
    let mut add = |stems: Vec<String>, reason| {
        if alternatives
            .iter()
            .all(|other: &Alternative| other.stems != stems)
        {
            alternatives.push(Alternative { stems, reason });
        }
    };
    for stems in acronyms::expansions(&token.word) {
        add(stems.to_vec(), Reason::Acronym);
    }
    let means_something =
        vocabulary.has_stem(&token.stem) || acronyms::meanings(&token.word).is_some();
    let mut completions = Vec::new();
    if token.word.chars().count() >= SHORTEST_BEGINNING || !means_something {
        completions = vocabulary.completions(&token.word);
    }
    let is_known = means_something || !completions.is_empty();
    for stem in completions {
        add(vec![stem], Reason::Prefix);
    }
    if !is_known {
        for stem in vocabulary.corrections(&folded(&token.word)) {
            add(vec![stem], Reason::Typo);
        }
    }
    alternatives
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::vocabulary;
    use super::*;

    fn reasons(text: &str, words: &[&str]) -> Vec<Vec<(String, Reason)>> {
        let query = TextQuery::new(text, &vocabulary::of(words), DatabaseBackend::Sqlite);
        query
            .unwrap()
            .unwrap()
            .terms
            .into_iter()
            .map(|term| {
                term.alternatives
                    .into_iter()
                    .map(|alternative| (alternative.stems.join("+"), alternative.reason))
                    .collect()
            })
            .collect()
    }

    fn one(stem: &str, reason: Reason) -> (String, Reason) {
        (stem.to_owned(), reason)
    }

    #[test]
    fn a_mistake_is_looked_for_only_in_what_means_nothing() {
        let words = ["ferme", "fermette", "fermer"];
        assert_eq!(
            reasons("fermette", &words),
            [[one(&analysis::stem("fermette"), Reason::Exact)]]
        );
        assert_eq!(
            reasons("frme", &words)[0].last(),
            Some(&one("ferm", Reason::Typo))
        );
    }

    #[test]
    fn acronyms_and_meanings_find_each_other() {
        assert_eq!(
            reasons("scic", &[]),
            [[
                one("scic", Reason::Exact),
                one("societ+cooper+interet+collect", Reason::Acronym)
            ]]
        );
        assert_eq!(
            reasons(
                "société coopérative d'intérêt collectif nanterre",
                &["nanterre"]
            )[0],
            [
                one("societ+cooper+interet+collect", Reason::Exact),
                one("scic", Reason::Acronym)
            ]
        );
    }

    #[test]
    fn nothing_is_asked_without_a_word_and_too_much_is_refused() {
        let vocabulary = vocabulary::of(&[]);
        let read = |text: &str| TextQuery::new(text, &vocabulary, DatabaseBackend::Postgres);
        assert!(read(" !? ").is_ok_and(|query| query.is_none()));
        assert_eq!(read(&"x".repeat(201)).err(), Some(QuestionError::TooLong));
        let many = (0..13).map(|n| format!("mot{n} ")).collect::<String>();
        assert_eq!(read(&many).err(), Some(QuestionError::TooManyWords));
    }

    proptest! {
        #[test]
        fn only_letters_digits_and_operators_reach_the_index(text in "\\PC{0,60}") {
            let query = TextQuery::new(&text, &vocabulary::of(&[]), DatabaseBackend::Sqlite);
            if let Ok(Some(query)) = query {
                let question = written(&query.terms, [" AND ", " OR "], '"');
                let outside: String = question.split('"').step_by(2).collect();
                prop_assert_eq!(question.matches('"').count() % 2, 0);
                let only_operators = outside
                    .split([' ', '(', ')'])
                    .all(|word| ["", "AND", "OR"].contains(&word));
                prop_assert!(only_operators);
                let inside = question.split('"').skip(1).step_by(2);
                for word in inside {
                    prop_assert!(!word.is_empty() && word.chars().all(char::is_alphanumeric));
                }
            }
        }
    }
}
