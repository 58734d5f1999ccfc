//! Codes and labels, compared without what differs from one hand to another.

use std::collections::BTreeMap;

use entity::values as stored;

use crate::text::folded;

/// A character that was destroyed before the file was written.
const LOST: char = '\u{FFFD}';

/// A code or label without accents, case, and the many ways to separate words.
pub fn key(text: &str) -> String {
    folded(text)
        .split(|character: char| {
            character.is_whitespace() || matches!(character, '_' | '-' | '/' | '\'')
        })
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// Whether two codes are the same; a destroyed character may have been any.
pub fn alike(one: &str, other: &str) -> bool {
    keys_alike(&key(one), &key(other))
}

/// Whether `part` is found in `whole`; a destroyed character may have been any.
pub fn within(whole: &str, part: &str) -> bool {
    let (whole, part): (Vec<char>, Vec<char>) =
        (key(whole).chars().collect(), key(part).chars().collect());
    !part.is_empty()
        && whole
            .windows(part.len())
            .any(|window| window.iter().zip(&part).all(|(a, b)| same(*a, *b)))
}

/// The value of a table for a code, and whether destroyed characters had to be guessed.
/// The entry `*` stands for all codes that have none.
pub fn look_up<'a>(table: &'a BTreeMap<String, String>, code: &str) -> Option<(&'a str, bool)> {
    let code_key = key(code);
    table
        .iter()
        .find(|(entry, _)| keys_alike(&code_key, &key(entry)))
        .map(|(_, value)| (value.as_str(), code.contains(LOST)))
        .or_else(|| table.get("*").map(|value| (value.as_str(), false)))
}

/// A value of a closed list, whether its words are joined by `_` or by `-`.
pub fn spelled(text: &str) -> String {
    text.trim().replace(['-', ' '], "_").to_uppercase()
}

/// The values of a cell: separated by `separator`, but not within quotes or parentheses.
pub fn split(text: &str, separator: char) -> Vec<String> {
    let mut values = vec![String::new()];
    let (mut depth, mut quoted) = (0_usize, false);
    for character in text.chars() {
        match character {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            '"' => quoted = !quoted,
            '«' => quoted = true,
            '»' => quoted = false,
            _ => {}
        }
        if character == separator && depth == 0 && !quoted {
            values.push(String::new());
        } else if let Some(last) = values.last_mut() {
            last.push(character);
        }
    }
    values
        .into_iter()
        .map(|value| value.trim().to_owned())
        .filter(|value| !value.is_empty())
        .collect()
}

/// Closed lists whose values are read from text.
pub trait Stored: Sized {
    fn parse(text: &str) -> Option<Self>;
}

macro_rules! stored {
    ($($name:ident),+ $(,)?) => {$(
        impl Stored for stored::$name {
            fn parse(text: &str) -> Option<Self> {
                stored::$name::parse(text)
            }
        }
    )+};
}

stored![
    Amenity,
    FunderKind,
    FundingAudience,
    FundingForm,
    FundingTerritoryKind,
    IntercommunalityKind,
    LegalForm,
    LocationPrecision,
    OwnerKind,
    Recurrence,
    Scope,
    SiaeKind,
    SpaceKind,
    Stage,
    StructureKind,
    WheelchairAccess,
];

fn keys_alike(one: &str, other: &str) -> bool {
    one.chars().count() == other.chars().count()
        && one.chars().zip(other.chars()).all(|(a, b)| same(a, b))
}

fn same(one: char, other: char) -> bool {
    one == other || one == LOST || other == LOST
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn spellings_and_lost_characters_do_not_count() {
        assert!(alike("technical-engineering", "technical_engineering"));
        assert!(alike(
            "Biblioth\u{FFFD}que / M\u{FFFD}diath\u{FFFD}que",
            "Bibliothèque / Médiathèque"
        ));
        assert!(!alike("Bibliothèque", "Médiathèque"));
        assert!(within(
            "Conseil départemental du Morbihan",
            "conseil departemental"
        ));
        assert_eq!(spelled("LOCAL-public company"), "LOCAL_PUBLIC_COMPANY");
    }

    #[test]
    fn a_separator_within_parentheses_or_quotes_separates_nothing() {
        assert_eq!(
            split(
                "Communes;Entreprises publiques locales (Sem; Spl, SemOp);\"a;b\"; ",
                ';'
            ),
            [
                "Communes",
                "Entreprises publiques locales (Sem; Spl, SemOp)",
                "\"a;b\""
            ]
        );
    }

    proptest! {
        #[test]
        fn what_was_joined_is_split_again(
            values in proptest::collection::vec("[a-zé,]{1,8}( \\([a-z;,]{0,5}\\))?", 0..6),
        ) {
            prop_assert_eq!(split(&values.join(";"), ';'), values);
        }

        #[test]
        fn a_text_is_alike_itself_and_within_itself(text in "\\PC{0,20}") {
            prop_assert!(alike(&text, &text));
            prop_assert!(key(&text).is_empty() || within(&text, &text));
        }
    }
}
