//! Opening hours: read from what people write, kept in OpenStreetMap's syntax, and evaluated
//! so that what is not known stays unknown.

mod evaluation;
mod french;

pub use evaluation::is_open_at;

use opening_hours::OpeningHours;

/// Characters of opening hours, at the most.
pub const LONGEST: usize = 1000;

/// Opening hours in OpenStreetMap's syntax.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hours {
    pub osm: String,
    /// Whether the text was not in that syntax and had to be understood.
    pub is_rewritten: bool,
}

/// Why a text is not taken for opening hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HoursError {
    #[error("neither OpenStreetMap's syntax nor a usual French form")]
    Form,
    /// "09:00-12:00" would mean every day of the year: nobody writes it to say so.
    #[error("no day of the week")]
    NoDay,
    #[error("longer than {LONGEST} characters")]
    TooLong,
}

/// Reads opening hours in OpenStreetMap's syntax or in a usual French form.
///
/// # Errors
/// When they are in neither, name no day, or are too long.
pub fn read(text: &str) -> Result<Hours, HoursError> {
    let text = text.trim();
    if text.chars().count() > LONGEST {
        return Err(HoursError::TooLong);
    }
    for (candidate, is_rewritten) in [(text.to_owned(), false), (plain_dashes(text), true)] {
        if is_osm(&candidate) {
            return named_days(Hours {
                osm: candidate,
                is_rewritten,
            });
        }
    }
    let osm = french::to_osm(text)?;
    if osm.chars().count() > LONGEST {
        return Err(HoursError::TooLong);
    }
    if !is_osm(&osm) {
        return Err(HoursError::Form);
    }
    named_days(Hours {
        osm,
        is_rewritten: true,
    })
}

fn is_osm(text: &str) -> bool {
    !text.is_empty() && text.parse::<OpeningHours>().is_ok()
}

fn plain_dashes(text: &str) -> String {
    text.replace(['–', '—', '−', '‐', '‑'], "-")
}

fn named_days(hours: Hours) -> Result<Hours, HoursError> {
    const DAYS: [&str; 9] = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su", "PH", "SH"];
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let stated = without_comments(&hours.osm);
    let words: Vec<&str> = stated
        .split(|character: char| !character.is_alphanumeric() && !"/:".contains(character))
        .filter(|word| !word.is_empty())
        .collect();
    let names_day = words
        .iter()
        .any(|word| DAYS.contains(word) || *word == "24/7" || *word == "easter");
    let is_number = |word: &str| word.bytes().all(|byte| byte.is_ascii_digit());
    let names_date = words.windows(2).any(|pair| match pair {
        [month, day] => MONTHS.contains(month) && is_number(day) && day.len() <= 2,
        _ => false,
    });
    let states = ["off", "closed", "unknown"];
    let is_state = |word: &str| states.iter().any(|state| word.eq_ignore_ascii_case(state));
    let never_opens = words.iter().all(|word| is_state(word));
    if names_day || names_date || never_opens {
        Ok(hours)
    } else {
        Err(HoursError::NoDay)
    }
}

/// The text outside of quotes.
fn without_comments(text: &str) -> String {
    text.split('"').step_by(2).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn osm(text: &str) -> Result<String, HoursError> {
        read(text).map(|hours| hours.osm)
    }

    #[test]
    fn the_syntax_of_openstreetmap_is_kept_as_it_is() {
        for text in [
            "Mo-Fr 09:00-12:00,14:00-18:00",
            "Mo-Fr 09:00-18:00; PH off",
            "24/7",
            "\"sur rendez-vous\"",
            "Tu,Th 09:00-11:00 || \"sur rendez-vous\"",
            "off",
            "unknown",
            "PH",
            "Dec 25 off; Mo-Su 10:00-12:00",
            "Mo[1] 14:00-17:00",
        ] {
            let expected = Hours {
                osm: text.to_owned(),
                is_rewritten: false,
            };
            assert_eq!(read(text), Ok(expected), "{text}");
        }
        assert_eq!(osm("Mo-Fr 09:00–18:00").unwrap(), "Mo-Fr 09:00-18:00");
    }

    #[test]
    fn hours_that_name_no_day_are_refused() {
        for text in [
            "09:00 - 12:00",
            "09:00-17:00; 09:00-12:00",
            "2022",
            "Jan",
            "Apr-Sep 09:00-18:00",
            "14:00+",
            "9h-18h",
        ] {
            assert_eq!(osm(text), Err(HoursError::NoDay), "{text}");
        }
        for text in [
            "",
            "10 bis",
            "fermé pour travaux",
            "voir le site",
            "lundi matin",
        ] {
            assert_eq!(osm(text), Err(HoursError::Form), "{text}");
        }
        assert_eq!(osm(&"Mo ".repeat(400)), Err(HoursError::TooLong));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,60}") {
            if let Ok(hours) = read(&text) {
                prop_assert!(is_osm(&hours.osm));
            }
        }

        #[test]
        fn words_of_hours_are_read_or_refused(
            words in proptest::collection::vec(
                "lundi|vendredi|sa|au|de|à|9h|12h30|18:00|-|,|et|fermé|sauf|;|sur rendez-vous|7j/7",
                0..9,
            ),
        ) {
            if let Ok(hours) = read(&words.join(" ")) {
                prop_assert!(is_osm(&hours.osm));
            }
        }
    }
}
