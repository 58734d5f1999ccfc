//! Every word of the index in memory, to complete what is begun and correct what is
//! mistyped.

use std::collections::{BTreeSet, HashSet};
use std::hash::{BuildHasher as _, RandomState};
use std::ops::Bound;
use std::sync::{PoisonError, RwLock};

use entity::search_word;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};
use strsim::osa_distance;

use super::analysis::stem;

/// Words read in one statement.
const BATCH: u64 = 20_000;
/// Completions looked at, and kept, of one beginning.
const MOST_COMPLETIONS_SEEN: usize = 20_000;
const MOST_COMPLETIONS: usize = 64;
/// Corrections kept of one word.
const MOST_CORRECTIONS: usize = 16;
/// Vocabularies larger than this are not searched whole for a wrong first letter.
const SMALL: usize = 200_000;
/// Letters that a word must have before one mistake, and two, are forgiven.
const ONE_MISTAKE: usize = 4;
const TWO_MISTAKES: usize = 8;

/// The vocabulary of this process, which follows the database's.
#[derive(Default)]
pub struct Vocabulary {
    words: RwLock<Words>,
}

#[derive(Default)]
struct Words {
    /// Number of the latest word read.
    latest: i64,
    sorted: BTreeSet<Box<str>>,
    /// Hashes of the stems of all words.
    stems: HashSet<u64>,
    hasher: RandomState,
}

impl Vocabulary {
    /// Reads the words that came since the last call, whichever process wrote them.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn refresh(&self, connection: &impl ConnectionTrait) -> Result<(), DbErr> {
        loop {
            let latest = self.read(|words| words.latest);
            let rows: Vec<(String, i64)> = search_word::Entity::find()
                .select_only()
                .columns([search_word::Column::Word, search_word::Column::Number])
                .filter(search_word::Column::Number.gt(latest))
                .order_by_asc(search_word::Column::Number)
                .limit(BATCH)
                .into_tuple()
                .all(connection)
                .await?;
            if rows.is_empty() {
                return Ok(());
            }
            let mut words = self.words.write().unwrap_or_else(PoisonError::into_inner);
            for (word, number) in rows {
                words.add(word, number);
            }
        }
    }

    /// Whether some word of the index has this stem.
    pub fn has_stem(&self, stem: &str) -> bool {
        self.read(|words| words.stems.contains(&words.hasher.hash_one(stem)))
    }

    /// Stems of the words that begin with `beginning`, those of the shortest first.
    pub fn completions(&self, beginning: &str) -> Vec<String> {
        let mut found: Vec<String> = self.read(|words| {
            words
                .from(beginning)
                .take_while(|word| word.starts_with(beginning))
                .take(MOST_COMPLETIONS_SEEN)
                .map(ToString::to_string)
                .collect()
        });
        found.sort_by(|a, b| a.len().cmp(&b.len()).then_with(|| a.cmp(b)));
        distinct_stems(found.iter().map(String::as_str), MOST_COMPLETIONS)
    }

    /// Stems of the words that `word` may have been meant for: those with the fewest
    /// mistakes, none if it is too short to tell.
    pub fn corrections(&self, word: &str) -> Vec<String> {
        let allowed = match word.chars().count() {
            0..ONE_MISTAKE => return Vec::new(),
            ONE_MISTAKE..TWO_MISTAKES => 1,
            _ => 2,
        };
        let mut letters = word.chars();
        let first = letters.next();
        // The first letter is right, or is the second one: left out, or exchanged.
        let beginnings = [
            first,
            letters.next().filter(|second| Some(*second) != first),
        ];
        self.read(|words| {
            let mut closest = Closest::new(word, allowed);
            for beginning in beginnings.into_iter().flatten() {
                let beginning = beginning.to_string();
                words
                    .from(&beginning)
                    .take_while(|candidate| candidate.starts_with(&beginning))
                    .for_each(|candidate| closest.consider(candidate));
            }
            if closest.words.is_empty() && words.sorted.len() <= SMALL {
                words
                    .sorted
                    .iter()
                    .for_each(|candidate| closest.consider(candidate));
            }
            closest.words.sort_unstable();
            distinct_stems(closest.words.into_iter(), MOST_CORRECTIONS)
        })
    }

    fn read<T>(&self, look: impl FnOnce(&Words) -> T) -> T {
        look(&self.words.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Words {
    fn add(&mut self, word: String, number: i64) {
        self.latest = self.latest.max(number);
        let stem = self.hasher.hash_one(stem(&word).as_str());
        self.stems.insert(stem);
        self.sorted.insert(word.into_boxed_str());
    }

    fn from(&self, beginning: &str) -> impl Iterator<Item = &str> {
        let range: (Bound<&str>, Bound<&str>) = (Bound::Included(beginning), Bound::Unbounded);
        self.sorted.range::<str, _>(range).map(AsRef::as_ref)
    }
}

/// The words with the fewest mistakes so far.
struct Closest<'a> {
    typed: &'a str,
    length: usize,
    letters: u64,
    allowed: usize,
    words: Vec<&'a str>,
}

impl<'a> Closest<'a> {
    fn new(typed: &'a str, allowed: usize) -> Self {
        Self {
            typed,
            length: typed.chars().count(),
            letters: letters(typed),
            allowed,
            words: Vec::new(),
        }
    }

    fn consider(&mut self, candidate: &'a str) {
        // Each mistake changes at most two members of the set of letters, and the length by one.
        let unlike = (self.letters ^ letters(candidate)).count_ones() as usize;
        if unlike > 2 * self.allowed
            || candidate.chars().count().abs_diff(self.length) > self.allowed
        {
            return;
        }
        let distance = osa_distance(self.typed, candidate);
        if distance < self.allowed {
            self.allowed = distance;
            self.words.clear();
        }
        if distance <= self.allowed {
            self.words.push(candidate);
        }
    }
}

/// The letters of a word as a set.
fn letters(word: &str) -> u64 {
    word.bytes().fold(0, |set, byte| set | 1 << (byte % 64))
}

/// Stems of `words`, each once, in their order.
fn distinct_stems<'a>(words: impl Iterator<Item = &'a str>, most: usize) -> Vec<String> {
    let mut stems: Vec<String> = Vec::new();
    for word in words {
        let stem = stem(word);
        if !stems.contains(&stem) {
            stems.push(stem);
            if stems.len() == most {
                break;
            }
        }
    }
    stems
}

/// A vocabulary of these words, for tests.
#[cfg(test)]
pub fn of(words: &[&str]) -> Vocabulary {
    let vocabulary = Vocabulary::default();
    for (word, number) in words.iter().zip(1..) {
        vocabulary
            .words
            .write()
            .unwrap()
            .add((*word).to_owned(), number);
    }
    vocabulary
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_begun_is_completed_shortest_first() {
        let vocabulary = of(&["ressourcerie", "ressource", "reste", "res"]);
        assert_eq!(
            vocabulary.completions("ress"),
            [stem("ressource"), stem("ressourcerie")]
        );
        assert!(vocabulary.completions("zz").is_empty());
    }

    #[test]
    fn mistakes_are_forgiven_in_proportion_to_the_length() {
        let vocabulary = of(&["epicerie", "ressourcerie", "sceaux", "nanterre", "ferme"]);
        for (typed, meant) in [
            ("epicrie", "epicerie"),
            ("eppicerie", "epicerie"),
            ("pecierie", "epicerie"),
            ("resourcrie", "ressourcerie"),
            ("naterre", "nanterre"),
            ("dferme", "ferme"),
            ("scaeux", "sceaux"),
        ] {
            assert_eq!(vocabulary.corrections(typed), [stem(meant)], "{typed}");
        }
        assert!(vocabulary.corrections("fer").is_empty());
        assert!(vocabulary.corrections("forma").is_empty());
    }

    #[test]
    fn the_fewest_mistakes_win() {
        let vocabulary = of(&["cantines", "cantonal", "cantinier"]);
        assert_eq!(vocabulary.corrections("cantinnes"), [stem("cantines")]);
    }

    proptest! {
        #[test]
        fn a_short_cut_never_misses_a_correction(
            words in prop::collection::vec("[a-e]{4,10}", 1..30),
            typed in "[a-e]{4,10}",
        ) {
            let vocabulary = of(&words.iter().map(String::as_str).collect::<Vec<_>>());
            let allowed = if typed.len() < TWO_MISTAKES { 1 } else { 2 };
            let possible = words.iter().any(|word| osa_distance(word, &typed) <= allowed);
            prop_assert_eq!(!vocabulary.corrections(&typed).is_empty(), possible);
        }
    }
}
