//! French text as words that compare: folded, without elisions and stop words, stemmed.
//!
//! Text is folded before anything else, so that a word typed with and without its accents
//! has one stem by construction.

use rust_stemmers::{Algorithm, Stemmer};
use unicode_normalization::char::is_combining_mark;

use super::acronyms;
use crate::text::folded;

/// Longer words are cut: nobody types them, and indexes bound their terms.
const LONGEST_WORD: usize = 40;

/// Words that lose their last letter before a vowel, as written before the apostrophe.
const ELISIONS: &[&str] = &[
    "aujourd", "c", "d", "j", "jusqu", "l", "lorsqu", "m", "n", "presqu", "puisqu", "qu", "quelqu",
    "quoiqu", "s", "t",
];

/// Words too frequent to tell texts apart, folded. « été », « sans », « contre » or
/// « travail » are not among them: they mean something here.
const STOP_WORDS: &[&str] = &[
    "a", "ai", "au", "aux", "avec", "c", "ce", "ces", "cet", "cette", "d", "dans", "de", "des",
    "du", "elle", "elles", "en", "es", "est", "et", "eu", "eux", "hui", "il", "ils", "j", "je",
    "l", "la", "le", "les", "leur", "leurs", "lui", "m", "ma", "mais", "me", "meme", "mes", "moi",
    "mon", "n", "ne", "nos", "notre", "nous", "on", "ont", "ou", "par", "pas", "pour", "qu", "que",
    "qui", "s", "sa", "se", "ses", "si", "son", "sont", "sur", "t", "ta", "te", "tes", "toi",
    "ton", "tu", "un", "une", "vos", "votre", "vous", "y",
];

/// Plurals in « x » that the stemmer leaves apart from their singular.
const PLURALS_IN_X: &[&str] = &[
    "bijoux", "cheveux", "choux", "enjeux", "feux", "genoux", "jeux", "lieux", "milieux", "neveux",
    "voeux",
];

/// A word of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Where it begins in the text, in bytes.
    pub start: usize,
    /// Where it ends in the text, in bytes.
    pub end: usize,
    /// Letters and digits, folded.
    pub word: String,
    /// What the word has in common with its other forms.
    pub stem: String,
}

/// The words of `text` that are worth finding.
pub fn tokens(text: &str) -> Vec<Token> {
    let all_capitals = !text.chars().any(char::is_lowercase);
    words(text)
        .into_iter()
        .filter(|word| {
            !STOP_WORDS.contains(&word.folded.as_str())
                // « AI » is a kind of enterprise, « j'ai » is not, « J'AI » might be either.
                || (!all_capitals && word.is_capital && acronyms::meanings(&word.folded).is_some())
        })
        .map(Word::token)
        .collect()
}

/// The words of a question: as [`tokens`], but all of them when none is worth finding.
pub fn question(text: &str) -> Vec<Token> {
    let worth = tokens(text);
    if worth.is_empty() {
        words(text).into_iter().map(Word::token).collect()
    } else {
        worth
    }
}

/// The stem of a folded word.
pub fn stem(word: &str) -> String {
    if !word.chars().all(char::is_alphabetic) {
        return word.to_owned();
    }
    // The stemmer knows « é » and « ée » as endings, « e » and « ee » not as those.
    let participle = word
        .strip_suffix("ees")
        .or_else(|| word.strip_suffix("ee"))
        .filter(|root| root.chars().count() >= 2)
        .map(|root| format!("{root}e"));
    let singular = match &participle {
        Some(singular) => singular.as_str(),
        None if PLURALS_IN_X.contains(&word) => word.trim_end_matches('x'),
        None => word,
    };
    Stemmer::create(Algorithm::French)
        .stem(singular)
        .into_owned()
}

/// A word as cut from its text.
struct Word {
    start: usize,
    end: usize,
    folded: String,
    is_capital: bool,
}

impl Word {
    fn token(self) -> Token {
        Token {
            start: self.start,
            end: self.end,
            stem: stem(&self.folded),
            word: self.folded,
        }
    }
}

/// All words of `text` but the elided ones.
fn words(text: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut dotted: Vec<(usize, usize)> = Vec::new();
    for (start, end) in runs(text) {
        let single = text.get(start..end).is_some_and(is_single_letter);
        let follows = dotted
            .last()
            .is_some_and(|(_, before)| text.get(*before..start) == Some("."));
        if !(single && follows) {
            flush(text, &mut dotted, &mut words);
        }
        if single {
            dotted.push((start, end));
        } else {
            push(text, start, end, &mut words);
        }
    }
    flush(text, &mut dotted, &mut words);
    words
}

/// Takes the letters of « S.C.I.C. » as one word, a single letter as itself.
fn flush(text: &str, dotted: &mut Vec<(usize, usize)>, words: &mut Vec<Word>) {
    if let (Some((start, _)), Some((_, end))) = (dotted.first(), dotted.last()) {
        push(text, *start, *end, words);
    }
    dotted.clear();
}

fn push(text: &str, start: usize, end: usize, words: &mut Vec<Word>) {
    let Some(written) = text.get(start..end) else {
        return;
    };
    let folded: String = folded(written)
        .chars()
        .filter(|character| character.is_alphanumeric())
        .take(LONGEST_WORD)
        .collect();
    let rest = text.get(end..).unwrap_or_default();
    let elided = rest.starts_with(is_apostrophe) && ELISIONS.contains(&folded.as_str());
    if folded.is_empty() || elided {
        return;
    }
    words.push(Word {
        start,
        end,
        is_capital: !written.chars().any(char::is_lowercase),
        folded,
    });
}

fn is_single_letter(written: &str) -> bool {
    let mut characters = written.chars();
    characters.next().is_some_and(char::is_alphabetic) && characters.next().is_none()
}

/// Where runs of letters and digits begin and end.
fn runs(text: &str) -> Vec<(usize, usize)> {
    let mut runs = Vec::new();
    let mut start = None;
    for (at, character) in text.char_indices() {
        let inside = !is_apostrophe(character)
            && (character.is_alphanumeric() || (start.is_some() && is_combining_mark(character)));
        match (start, inside) {
            (None, true) => start = Some(at),
            (Some(begun), false) => {
                runs.push((begun, at));
                start = None;
            }
            _ => {}
        }
    }
    if let Some(begun) = start {
        runs.push((begun, text.len()));
    }
    runs
}

fn is_apostrophe(character: char) -> bool {
    matches!(character, '\'' | '’' | 'ʼ' | '‘' | '´' | '`' | '′' | '＇')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn words_of(text: &str) -> Vec<String> {
        tokens(text).into_iter().map(|token| token.word).collect()
    }

    fn stems_of(text: &str) -> Vec<String> {
        tokens(text).into_iter().map(|token| token.stem).collect()
    }

    #[test]
    fn elisions_and_stop_words_are_not_words() {
        assert_eq!(
            words_of("L’Épicerie d'aujourd'hui, jusqu'à l’été"),
            ["epicerie", "ete"]
        );
        assert_eq!(
            words_of("Asnières-sur-Seine, 350 m²"),
            ["asnieres", "seine", "350", "m2"]
        );
    }

    #[test]
    fn a_question_of_stop_words_keeps_them() {
        assert_eq!(question("de la").len(), 2);
        assert_eq!(question("la ferme").len(), 1);
        assert!(question("l' !").is_empty());
    }

    #[test]
    fn forms_of_one_word_have_one_stem() {
        for (one, other) in [
            ("épicerie", "EPICERIES"),
            ("aînés", "aine"),
            ("tiers-lieu", "tiers lieux"),
            ("jardin partagé", "jardins partages"),
            ("partagée", "partagés"),
            ("coopérative", "cooperatives"),
            ("social", "sociaux"),
            ("œuvre", "oeuvres"),
            ("musée", "musees"),
            ("école", "e\u{301}coles"),
        ] {
            assert_eq!(stems_of(one), stems_of(other), "{one} {other}");
        }
    }

    #[test]
    fn acronyms_are_words_however_they_are_written() {
        assert_eq!(words_of("une S.C.I.C. à Nanterre"), ["scic", "nanterre"]);
        assert_eq!(words_of("L'AI Bagneux"), ["ai", "bagneux"]);
        assert_eq!(words_of("j'ai un projet"), ["projet"]);
        assert_eq!(words_of("J'AI UN PROJET"), ["PROJET".to_lowercase()]);
    }

    #[test]
    fn tokens_stand_where_their_words_are() {
        let text = "L'Épicerie, « solidaire »";
        let written: Vec<_> = tokens(text)
            .iter()
            .map(|token| text[token.start..token.end].to_owned())
            .collect();
        assert_eq!(written, ["Épicerie", "solidaire"]);
    }

    proptest! {
        #[test]
        fn any_text_gives_words_of_letters_and_digits(text in "\\PC{0,60}") {
            for token in question(&text) {
                prop_assert!(!token.stem.is_empty());
                prop_assert!(token.stem.chars().all(char::is_alphanumeric), "{token:?}");
                prop_assert!(token.word.chars().count() <= LONGEST_WORD);
                prop_assert!(text.get(token.start..token.end).is_some());
            }
        }

        #[test]
        fn accents_and_case_never_change_a_stem(text in "[a-zéèêëàâîïôûùüçœæ]{1,20}") {
            prop_assert_eq!(stem(&folded(&text)), stem(&folded(&folded(&text).to_uppercase())));
            prop_assert_eq!(
                question(&text).first().map(|token| token.stem.clone()),
                question(&folded(&text)).first().map(|token| token.stem.clone())
            );
        }
    }
}
