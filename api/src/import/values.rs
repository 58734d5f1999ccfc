//! Values of cells, parsed: what they mean, what had to be understood, or why they are refused.

use chrono::NaiveDate;

use super::codes;
use super::report::Code;
use crate::hours::{self, HoursError};
use crate::organizations::identifiers::{self, IdentifierError, Mended};

/// A value that was read, and what had to be understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Read<T> {
    pub value: T,
    pub notes: Vec<Code>,
}

impl<T> Read<T> {
    fn plain(value: T) -> Self {
        Self {
            value,
            notes: Vec::new(),
        }
    }
}

/// A SIRET, or what stood in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Siret {
    Siret(String),
    Siren(String),
}

impl Siret {
    /// The SIREN, which begins every SIRET.
    pub fn siren(&self) -> Option<&str> {
        match self {
            Self::Siret(siret) => siret.get(..9),
            Self::Siren(siren) => Some(siren),
        }
    }

    /// The SIRET, if it is one.
    pub fn siret(&self) -> Option<&str> {
        match self {
            Self::Siret(siret) => Some(siret),
            Self::Siren(_) => None,
        }
    }
}

/// Reads a SIRET, or a SIREN in its place.
///
/// # Errors
/// When it has another length than 14, or a wrong check digit.
pub fn siret(text: &str) -> Result<Read<Siret>, Code> {
    match identifiers::Siret::mended(text) {
        Ok(read) => {
            let mut notes = notes_of(&read);
            notes.push(if read.value.has_check_of_la_poste() {
                Code::SiretOfLaPoste
            } else {
                Code::SiretByLuhn
            });
            Ok(Read {
                value: Siret::Siret(read.value.to_string()),
                notes,
            })
        }
        Err(IdentifierError::Check) => Err(Code::SiretChecksum),
        Err(IdentifierError::Scientific) => Err(Code::Scientific),
        Err(IdentifierError::Form) => {
            let read = identifiers::Siren::mended(text).map_err(|_| Code::SiretLength)?;
            let mut notes = notes_of(&read);
            notes.push(Code::SirenInPlaceOfSiret);
            Ok(Read {
                value: Siret::Siren(read.value.to_string()),
                notes,
            })
        }
    }
}

/// Reads a SIREN.
///
/// # Errors
/// When it is none.
pub fn siren(text: &str) -> Result<Read<String>, Code> {
    match identifiers::Siren::mended(text) {
        Ok(read) => Ok(Read {
            notes: notes_of(&read),
            value: read.value.to_string(),
        }),
        Err(IdentifierError::Scientific) => Err(Code::Scientific),
        Err(_) => Err(Code::Siren),
    }
}

/// Reads the number of an association.
///
/// # Errors
/// When it is none.
pub fn rna(text: &str) -> Result<Read<String>, Code> {
    let rna: identifiers::Rna = text.parse().map_err(|_| Code::Rna)?;
    Ok(Read::plain(rna.to_string()))
}

/// Reads the number of an establishment of health or social care.
///
/// # Errors
/// When it is none.
pub fn finess(text: &str) -> Result<Read<String>, Code> {
    let text = text.trim();
    let is_finess = text.len() == 9
        && text
            .bytes()
            .enumerate()
            .all(|(index, byte)| byte.is_ascii_digit() || index == 1 && byte.is_ascii_uppercase());
    is_finess
        .then(|| Read::plain(text.to_owned()))
        .ok_or(Code::Finess)
}

fn notes_of<T>(read: &Mended<T>) -> Vec<Code> {
    [
        (read.had_signs, Code::Separators),
        (read.had_lost_zeros, Code::LeadingZero),
    ]
    .into_iter()
    .filter_map(|(holds, code)| holds.then_some(code))
    .collect()
}

/// Reads a postal code, with or without its leading zero.
///
/// # Errors
/// When it has not 4 or 5 digits.
pub fn postal_code(text: &str) -> Result<Read<String>, Code> {
    let (digits, mut notes) = digits(text);
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Code::PostalCode);
    }
    match digits.len() {
        5 => Ok(Read {
            value: digits,
            notes,
        }),
        4 => {
            notes.push(Code::LeadingZero);
            Ok(Read {
                value: format!("0{digits}"),
                notes,
            })
        }
        _ => Err(Code::PostalCode),
    }
}

/// Reads the INSEE code of a commune, with or without its leading zero.
///
/// # Errors
/// When it is none.
pub fn insee_code(text: &str) -> Result<Read<String>, Code> {
    let code = text.trim().to_uppercase();
    let digits = code.bytes().all(|byte| byte.is_ascii_digit());
    let corsican = code.starts_with("2A") || code.starts_with("2B");
    match code.len() {
        5 if digits => Ok(Read::plain(code)),
        5 if corsican && code.bytes().skip(2).all(|byte| byte.is_ascii_digit()) => {
            Ok(Read::plain(code))
        }
        4 if digits => Ok(Read {
            value: format!("0{code}"),
            notes: vec![Code::LeadingZero],
        }),
        _ => Err(Code::InseeCode),
    }
}

/// Reads a date: 2022-12-31, 2022/12/31 or 31/12/2022, with or without a time after it.
///
/// # Errors
/// When it is none.
pub fn date(text: &str) -> Result<Read<NaiveDate>, Code> {
    let day = text.split_whitespace().next().unwrap_or_default();
    let day = day.split_once('T').map_or(day, |(day, _)| day);
    let parts: Vec<&str> = day.split(['-', '/']).collect();
    let number = |text: &str, digits: std::ops::RangeInclusive<usize>| {
        (digits.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit()))
            .then(|| text.parse::<u32>().ok())
            .flatten()
    };
    let [first, month, last] = parts.as_slice() else {
        return Err(Code::Date);
    };
    let (year, day) = if first.len() == 4 {
        (first, last)
    } else {
        (last, first)
    };
    number(year, 4..=4)
        .zip(number(month, 1..=2))
        .zip(number(day, 1..=2))
        .and_then(|((year, month), day)| {
            NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)
        })
        .map(Read::plain)
        .ok_or(Code::Date)
}

/// Reads the address of a site.
///
/// # Errors
/// When it has another scheme than http and https, or no host.
pub fn url(text: &str) -> Result<Read<String>, Code> {
    let text = text.trim();
    let (scheme, rest) = match text.split_once("://") {
        Some((scheme, rest)) => (Some(scheme.to_ascii_lowercase()), rest),
        None => (None, text),
    };
    if scheme
        .as_ref()
        .is_some_and(|scheme| !["http", "https"].contains(&scheme.as_str()))
    {
        return Err(Code::Url);
    }
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let labels: Vec<&str> = host.split('.').collect();
    let is_label = |label: &&str| {
        !label.is_empty()
            && label.chars().all(|character| {
                character.is_alphanumeric() || matches!(character, '-' | '_' | ':')
            })
    };
    if labels.len() < 2 || !labels.iter().all(is_label) || text.contains(char::is_whitespace) {
        return Err(Code::Url);
    }
    Ok(match scheme {
        Some(scheme) => Read::plain(format!("{scheme}://{rest}")),
        None => Read {
            value: format!("http://{text}"),
            notes: vec![Code::UrlWithoutScheme],
        },
    })
}

/// Reads a number with a decimal point or comma.
///
/// # Errors
/// When it is none.
pub fn decimal(text: &str) -> Result<Read<f64>, Code> {
    text.trim()
        .replace(',', ".")
        .parse()
        .ok()
        .filter(|number: &f64| number.is_finite())
        .map(Read::plain)
        .ok_or(Code::Coordinate)
}

/// Reads a whole number, with or without separators of thousands.
///
/// # Errors
/// When it is none.
pub fn whole(text: &str) -> Result<Read<i64>, Code> {
    let (digits, _) = digits(text);
    digits.parse().map(Read::plain).map_err(|_| Code::Number)
}

/// Reads opening hours, in the OpenStreetMap syntax or in a usual French form.
///
/// # Errors
/// When they are in neither, name no day, or are too long.
pub fn opening_hours(text: &str) -> Result<Read<String>, Code> {
    let read = hours::read(text).map_err(|error| match error {
        HoursError::Form => Code::OpeningHours,
        HoursError::NoDay => Code::HoursWithoutDay,
        HoursError::TooLong => Code::TooLong,
    })?;
    let notes = if read.is_rewritten {
        vec![Code::HoursRewritten]
    } else {
        Vec::new()
    };
    Ok(Read {
        value: read.osm,
        notes,
    })
}

/// Reads yes or no, with or without remarks after it.
///
/// # Errors
/// When it is neither.
pub fn yes_or_no(text: &str) -> Result<Read<bool>, Code> {
    let key = codes::key(text);
    let word = key
        .split(|character: char| !character.is_alphanumeric())
        .find(|word| !word.is_empty());
    match word {
        Some("oui" | "o" | "yes" | "y" | "true" | "vrai" | "1" | "x" | "ok") => {
            Ok(Read::plain(true))
        }
        Some("non" | "n" | "no" | "false" | "faux" | "0" | "aucun" | "aucune") => {
            Ok(Read::plain(false))
        }
        _ => Err(Code::UnknownCode),
    }
}

/// Reads two coordinates of one cell: "48.775, 2.2901".
pub fn pair(text: &str) -> Option<(&str, &str)> {
    let text = text.trim();
    let (one, other) = if text.contains(';') {
        text.split_once(';')?
    } else if text.contains('.') && text.contains(',') {
        text.split_once(',')?
    } else {
        text.split_once(char::is_whitespace)?
    };
    let (one, other) = (one.trim_end_matches(',').trim(), other.trim());
    (decimal(one).is_ok() && decimal(other).is_ok()).then_some((one, other))
}

/// A text on one line, without spaces at its ends or several in a row.
pub fn line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// `text` without the spaces between its digits, whichever kind they are.
fn digits(text: &str) -> (String, Vec<Code>) {
    let text = text.trim();
    let digits: String = text
        .chars()
        .filter(|character| !character.is_whitespace())
        .collect();
    let notes = if digits.len() == text.len() {
        Vec::new()
    } else {
        vec![Code::Separators]
    };
    (digits, notes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read<T>(value: T, notes: &[Code]) -> Result<Read<T>, Code> {
        Ok(Read {
            value,
            notes: notes.to_vec(),
        })
    }

    #[test]
    fn a_siret_is_understood_or_refused_with_its_reason() {
        let sound = Siret::Siret("73282932000074".to_owned());
        assert_eq!(
            siret("73\u{202F}282\u{202F}932\u{202F}000\u{202F}074"),
            read(sound.clone(), &[Code::Separators, Code::SiretByLuhn])
        );
        assert_eq!(siret("73282932000074"), read(sound, &[Code::SiretByLuhn]));
        assert_eq!(
            siret("732 829 320"),
            read(
                Siret::Siren("732829320".to_owned()),
                &[Code::Separators, Code::SirenInPlaceOfSiret]
            )
        );
        assert_eq!(siret("1"), Err(Code::SiretLength));
        assert_eq!(siret("CAMARET-SUR-AIGUES"), Err(Code::SiretLength));
        assert_eq!(siret("73282932000075"), Err(Code::SiretChecksum));
    }

    #[test]
    fn lost_zeros_are_understood() {
        assert_eq!(
            postal_code("4000"),
            read("04000".to_owned(), &[Code::LeadingZero])
        );
        assert_eq!(postal_code("92330"), read("92330".to_owned(), &[]));
        assert_eq!(postal_code("923"), Err(Code::PostalCode));
        assert_eq!(insee_code("2A004"), read("2A004".to_owned(), &[]));
        assert_eq!(
            insee_code("6088"),
            read("06088".to_owned(), &[Code::LeadingZero])
        );
    }

    #[test]
    fn dates_of_every_usual_form_are_read() {
        let day = NaiveDate::from_ymd_opt(2022, 12, 31).unwrap();
        for text in [
            "2022-12-31",
            "31/12/2022",
            "2022/12/31 14:16:50.898",
            "2022-12-31T10:00:00Z",
        ] {
            assert_eq!(date(text), read(day, &[]), "{text}");
        }
        for text in ["09/0102023", "31/02/2022", "", "12/31/2022", "31/12/22"] {
            assert_eq!(date(text), Err(Code::Date), "{text}");
        }
    }

    #[test]
    fn addresses_of_sites_have_a_host() {
        assert!(url("https://www.lumen.fr/a?b#c").is_ok());
        assert_eq!(
            url("abracodabra.fr"),
            read(
                "http://abracodabra.fr".to_owned(),
                &[Code::UrlWithoutScheme]
            )
        );
        for text in [
            "ttps://twitter.com/x",
            "@",
            "voir le site",
            "http://",
            "https:///a",
            "a@b.fr",
        ] {
            assert_eq!(url(text), Err(Code::Url), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,40}") {
            let _ = (siret(&text), siren(&text), rna(&text), insee_code(&text), pair(&text));
            let _ = (date(&text), url(&text), decimal(&text), whole(&text));
            let _ = (opening_hours(&text), line(&text));
            if let Ok(code) = postal_code(&text) {
                prop_assert_eq!(code.value.len(), 5);
            }
        }

        #[test]
        fn every_date_reads_back(days in 0..80_000_i32) {
            let day = NaiveDate::from_num_days_from_ce_opt(700_000 + days).unwrap();
            prop_assert_eq!(date(&day.to_string()).unwrap().value, day);
            prop_assert_eq!(date(&day.format("%d/%m/%Y").to_string()).unwrap().value, day);
        }
    }
}
