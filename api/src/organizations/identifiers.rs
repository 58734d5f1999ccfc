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
    #[error("a spreadsheet has rounded it")]
    Scientific,
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

/// Number of an association in the national register of associations: W and 9 digits, one of
/// which may be a letter.
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

/// A number that was read, and what had to be mended to read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mended<T> {
    pub value: T,
    /// Whether there were spaces, dots or other signs between its characters.
    pub had_signs: bool,
    /// Whether leading zeros were lost, as in a spreadsheet that takes it for a number.
    pub had_lost_zeros: bool,
}

/// Leading zeros that a spreadsheet loses, at the most: no SIREN begins with more.
const LOST_ZEROS: usize = 2;

impl Siren {
    /// Reads a SIREN as people and spreadsheets write it.
    ///
    /// # Errors
    /// When it is none.
    pub fn mended(text: &str) -> Result<Mended<Self>, IdentifierError> {
        mended(text, 9, luhn, Self)
    }
}

impl Siret {
    /// Reads a SIRET as people and spreadsheets write it.
    ///
    /// # Errors
    /// When it is none, or what it begins with is no SIREN.
    pub fn mended(text: &str) -> Result<Mended<Self>, IdentifierError> {
        let is_sound = |digits: &str| {
            let unit = digits.get(..9).is_some_and(luhn);
            let all = if of_la_poste(digits) {
                sum(digits).is_multiple_of(5)
            } else {
                luhn(digits)
            };
            unit && all
        };
        mended(text, 14, is_sound, Self)
    }
}

impl FromStr for Siren {
    type Err = IdentifierError;

    fn from_str(text: &str) -> Result<Self, IdentifierError> {
        Ok(Self::mended(text)?.value)
    }
}

impl FromStr for Siret {
    type Err = IdentifierError;

    fn from_str(text: &str) -> Result<Self, IdentifierError> {
        Ok(Self::mended(text)?.value)
    }
}

impl FromStr for Rna {
    type Err = IdentifierError;

    /// Reads an RNA number: W, the département of the register with its arrondissement, which
    /// have letters in Corsica and overseas, and seven digits.
    fn from_str(text: &str) -> Result<Self, IdentifierError> {
        let text = without_signs(text).to_ascii_uppercase();
        let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let parts = text.strip_prefix('W').and_then(|number| {
            (number.len() == 9).then_some(())?;
            Some((number.get(..1)?, number.get(1..2)?, number.get(2..)?))
        });
        match parts {
            Some((first, second, rest))
                if is_number(first)
                    && second.bytes().all(|byte| byte.is_ascii_alphanumeric())
                    && is_number(rest) =>
            {
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

/// The characters of a number without signs between them: spaces of any kind, dots, hyphens,
/// apostrophes, and characters that nobody sees.
fn without_signs(text: &str) -> String {
    text.chars()
        .filter(|character| character.is_alphanumeric())
        .collect()
}

/// The number of `count` digits that `text` writes.
fn mended<T>(
    text: &str,
    count: usize,
    is_sound: impl Fn(&str) -> bool,
    of: impl FnOnce(String) -> T,
) -> Result<Mended<T>, IdentifierError> {
    let text = text.trim();
    if is_scientific(text) {
        return Err(IdentifierError::Scientific);
    }
    // Spreadsheets write whole numbers with decimals.
    let whole = match text.split_once(['.', ',']) {
        Some((whole, decimals))
            if !decimals.is_empty()
                && decimals.bytes().all(|byte| byte == b'0')
                && whole.bytes().all(|byte| byte.is_ascii_digit())
                && whole.len() + LOST_ZEROS >= count =>
        {
            whole
        }
        _ => text,
    };
    let plain = without_signs(whole);
    let digits = plain.strip_prefix("FR").unwrap_or(&plain);
    let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
    let missing = count.checked_sub(digits.len());
    let missing = missing.filter(|missing| is_number && *missing <= LOST_ZEROS);
    let missing = missing.ok_or(IdentifierError::Form)?;
    let digits = format!("{}{digits}", "0".repeat(missing));
    if digits.bytes().all(|byte| byte == b'0') {
        return Err(IdentifierError::Form);
    }
    if !is_sound(&digits) {
        let wrong = if missing > 0 {
            IdentifierError::Form
        } else {
            IdentifierError::Check
        };
        return Err(wrong);
    }
    Ok(Mended {
        value: of(digits),
        had_signs: plain.len() != text.len(),
        had_lost_zeros: missing > 0,
    })
}

/// Whether a spreadsheet has rounded the number: 7,32829E+13.
fn is_scientific(text: &str) -> bool {
    let mantissa = text.split_once(['e', 'E']).filter(|(mantissa, exponent)| {
        let exponent = exponent.trim_start_matches('+');
        !mantissa.is_empty()
            && !exponent.is_empty()
            && exponent.bytes().all(|byte| byte.is_ascii_digit())
    });
    mantissa.is_some_and(|(mantissa, _)| {
        mantissa
            .bytes()
            .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b','))
    })
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
    fn numbers_are_read_as_spreadsheets_write_them() {
        for text in [
            "732.829.320.00074",
            "732-829-320-00074",
            "73282932000074.0",
            "73282932000074,00",
            "FR73282932000074",
            "'73282932000074",
            "73282932000074\u{200b}",
        ] {
            assert_eq!(
                text.parse::<Siret>().unwrap().as_str(),
                "73282932000074",
                "{text}"
            );
        }
        // Two zeros lost, then one.
        for text in ["501000400017", "0501000400017", "00501000400017"] {
            let read = Siret::mended(text).unwrap();
            assert_eq!(read.value.as_str(), "00501000400017");
            assert_eq!(read.had_lost_zeros, text.len() < 14);
        }
        assert_eq!("5010004".parse::<Siren>().unwrap().as_str(), "005010004");
        assert_eq!(
            "7,32829E+13".parse::<Siret>(),
            Err(IdentifierError::Scientific)
        );
        // Sound by itself, but no legal unit has the number it begins with.
        assert_eq!(
            "11122233344455".parse::<Siret>(),
            Err(IdentifierError::Check)
        );
    }

    #[test]
    fn associations_of_corsica_and_overseas_have_a_letter() {
        for text in ["W9R1002345", "W9P1004567", "w2a 1001234", "W921.001.234"] {
            assert!(text.parse::<Rna>().is_ok(), "{text}");
        }
        for text in ["W9RR002345", "WA21001234", "W9R100234"] {
            assert_eq!(text.parse::<Rna>(), Err(IdentifierError::Form), "{text}");
        }
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
            "7328293",
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
        fn a_wrong_digit_is_always_found(start in "[1-9][0-9]{7}", establishment in "[0-9]{4}", at in 0_usize..14, shift in 1_u8..10) {
            let start = format!("{}{establishment}", checked(&start));
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
