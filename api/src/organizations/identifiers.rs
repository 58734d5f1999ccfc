//! Identifiers of organizations in French registers.

use std::fmt;
use std::str::FromStr;

/// Why a text is not an identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdentifierError {
    #[error("not of the right length or characters")]
    Form,
    #[error("a digit is wrong: the check does not hold")]
    Check,
}

/// The SIREN of La Poste, whose establishments have a check of their own.
const LA_POSTE: &str = "356000000";
/// The head office of La Poste: the only one of its establishments with the usual check.
const LA_POSTE_HEAD_OFFICE: &str = "35600000000048";

/// Number of a legal unit in the SIRENE register: 9 digits, the last of which is a check.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Siren(String);

/// Number of an establishment in the SIRENE register: the SIREN of its legal unit and 5
/// digits, the last of which is a check.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Siret(String);

/// Number of an association in the national register of associations: W and 9 digits.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Rna(String);

macro_rules! identifier {
    ($($name:ident)+) => {$(
        impl $name {
            /// The identifier without spaces.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }
    )+};
}

identifier! { Siren Siret Rna }

impl FromStr for Siren {
    type Err = IdentifierError;

    /// Reads a SIREN, spaces of any kind between its digits or not.
    fn from_str(text: &str) -> Result<Self, IdentifierError> {
        let digits = digits(text, 9)?;
        if luhn(&digits) {
            Ok(Self(digits))
        } else {
            Err(IdentifierError::Check)
        }
    }
}

impl FromStr for Siret {
    type Err = IdentifierError;

    /// Reads a SIRET, spaces of any kind between its digits or not.
    fn from_str(text: &str) -> Result<Self, IdentifierError> {
        let digits = digits(text, 14)?;
        let checked = if of_la_poste(&digits) {
            sum(&digits).is_multiple_of(5)
        } else {
            luhn(&digits)
        };
        if checked {
            Ok(Self(digits))
        } else {
            Err(IdentifierError::Check)
        }
    }
}

impl FromStr for Rna {
    type Err = IdentifierError;

    /// Reads an RNA number, in either case.
    fn from_str(text: &str) -> Result<Self, IdentifierError> {
        let text = without_spaces(text).to_ascii_uppercase();
        match text.strip_prefix('W') {
            Some(number) if number.len() == 9 && number.bytes().all(|b| b.is_ascii_digit()) => {
                Ok(Self(text))
            }
            _ => Err(IdentifierError::Form),
        }
    }
}

impl Siret {
    /// The nine digits of the legal unit.
    pub fn siren(&self) -> &str {
        self.0.get(..9).unwrap_or_default()
    }

    /// Whether the check that holds is that of La Poste, not the usual one.
    pub fn has_check_of_la_poste(&self) -> bool {
        of_la_poste(&self.0)
    }
}

fn of_la_poste(digits: &str) -> bool {
    digits.starts_with(LA_POSTE) && digits != LA_POSTE_HEAD_OFFICE
}

fn without_spaces(text: &str) -> String {
    text.chars()
        .filter(|character| !character.is_whitespace())
        .collect()
}

/// The digits of `text`, which must be `count` of them, not all zero.
fn digits(text: &str, count: usize) -> Result<String, IdentifierError> {
    let text = without_spaces(text);
    let right = text.len() == count
        && text.bytes().all(|byte| byte.is_ascii_digit())
        && text.bytes().any(|byte| byte != b'0');
    if right {
        Ok(text)
    } else {
        Err(IdentifierError::Form)
    }
}

fn values(digits: &str) -> impl DoubleEndedIterator<Item = u32> {
    digits.chars().filter_map(|digit| digit.to_digit(10))
}

fn sum(digits: &str) -> u32 {
    values(digits).sum()
}

/// Luhn's check: every second digit from the right counts double, as the sum of its own
/// digits, and the whole is a multiple of 10.
fn luhn(digits: &str) -> bool {
    values(digits)
        .rev()
        .zip([1, 2].into_iter().cycle())
        .map(|(digit, weight)| {
            let product = digit * weight;
            product / 10 + product % 10
        })
        .sum::<u32>()
        .is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The digits and the check digit that Luhn asks for.
    fn checked(digits: &str) -> String {
        ('0'..='9')
            .map(|check| format!("{digits}{check}"))
            .find(|whole| luhn(whole))
            .unwrap()
    }

    #[test]
    fn known_numbers_are_read() {
        let siret: Siret = "732 829 320 00074".parse().unwrap();
        assert_eq!(siret.as_str(), "73282932000074");
        assert_eq!(siret.siren(), "732829320");
        assert!(!siret.has_check_of_la_poste());
        assert!("732\u{202f}829\u{202f}320".parse::<Siren>().is_ok());
        assert_eq!("w921000001".parse::<Rna>().unwrap().as_str(), "W921000001");
    }

    #[test]
    fn la_poste_has_its_own_check_except_at_its_head_office() {
        let head_office: Siret = LA_POSTE_HEAD_OFFICE.parse().unwrap();
        assert!(!head_office.has_check_of_la_poste());
        // The digits of this one add up to 20, and Luhn's check does not hold.
        let other: Siret = "35600000000051".parse().unwrap();
        assert!(other.has_check_of_la_poste());
        assert_eq!(
            "35600000000052".parse::<Siret>(),
            Err(IdentifierError::Check)
        );
    }

    #[test]
    fn numbers_of_another_form_are_refused() {
        for text in [
            "",
            "7328293200007",
            "732829320000740",
            "00000000000000",
            "7328293200007A",
        ] {
            assert_eq!(text.parse::<Siret>(), Err(IdentifierError::Form), "{text}");
        }
        for text in [
            "W92100000",
            "X921000001",
            "W9210000012",
            "921000001",
            "W92100000é",
        ] {
            assert_eq!(text.parse::<Rna>(), Err(IdentifierError::Form), "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_wrong_digit_is_always_found(start in "[1-9][0-9]{12}", at in 0_usize..14, shift in 1_u8..10) {
            prop_assume!(!start.starts_with(LA_POSTE));
            let right = checked(&start);
            prop_assert_eq!(right.parse::<Siret>().unwrap().to_string(), right.clone());
            let mut wrong = right.into_bytes();
            wrong[at] = b'0' + (wrong[at] - b'0' + shift) % 10;
            let wrong = String::from_utf8(wrong).unwrap();
            prop_assume!(!wrong.starts_with(LA_POSTE));
            prop_assert_eq!(wrong.parse::<Siret>(), Err(IdentifierError::Check));
        }

        #[test]
        fn what_is_read_reads_back(text in "\\PC{0,20}") {
            if let Ok(siren) = text.parse::<Siren>() {
                prop_assert_eq!(siren.as_str().parse::<Siren>(), Ok(siren.clone()));
            }
            if let Ok(siret) = text.parse::<Siret>() {
                prop_assert_eq!(siret.as_str().parse::<Siret>(), Ok(siret.clone()));
            }
            if let Ok(rna) = text.parse::<Rna>() {
                prop_assert_eq!(rna.as_str().parse::<Rna>(), Ok(rna.clone()));
            }
        }

        #[test]
        fn spaces_do_not_count(start in "[1-9][0-9]{7}", at in 0_usize..9) {
            let right = checked(&start);
            let mut spaced = right.clone();
            spaced.insert(at, '\u{202f}');
            prop_assert_eq!(spaced.parse::<Siren>().unwrap().to_string(), right);
        }
    }
}
