//! What a contact point may hold.

use chrono::NaiveDate;
use entity::values::ContactChannel;

use crate::accounts::Email;
use crate::problem::{Code, Problem, Problems};
use crate::written::{optional_text, text, url};

/// Characters of a value and of a label, at the most.
const LONGEST_VALUE: usize = 500;
const LONGEST_LABEL: usize = 200;

/// Digits of a telephone number: those of an emergency number, and of the longest there is
/// (E.164).
const DIGITS: std::ops::RangeInclusive<usize> = 2..=15;

/// A public source, and when it was last seen there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    pub url: String,
    pub seen_on: NaiveDate,
}

/// A value as it is kept: without blanks around it, and an e-mail address in lower case.
pub fn tidied(channel: ContactChannel, value: &str) -> String {
    let value = value.trim();
    match channel {
        ContactChannel::Email => value.to_lowercase(),
        _ => value.to_owned(),
    }
}

/// Checks the value of a channel.
pub fn check_value(problems: &mut Problems, channel: ContactChannel, value: &str) {
    let invalid = |key| Problem::new(Code::Invalid, "value", key);
    if value.is_empty() {
        return text(problems, "value", value, LONGEST_VALUE);
    }
    match channel {
        ContactChannel::Email => {
            problems.require(Email::parse(value).is_some(), || invalid("email-invalid"))
        }
        ContactChannel::Phone => {
            problems.require(is_phone(value), || invalid("phone-invalid"));
        }
        ContactChannel::Website | ContactChannel::Social => url(problems, "value", Some(value)),
        ContactChannel::Postal => text(problems, "value", value, LONGEST_VALUE),
    }
}

fn is_phone(value: &str) -> bool {
    let digits = value.chars().filter(char::is_ascii_digit).count();
    let written = |(place, character): (usize, char)| match character {
        '+' => place == 0,
        ' ' | '.' | '-' | '(' | ')' | '/' => true,
        other => other.is_ascii_digit(),
    };
    DIGITS.contains(&digits) && value.len() <= 30 && value.chars().enumerate().all(written)
}

/// Checks what a contact point is for.
pub fn check_label(problems: &mut Problems, label: Option<&str>) {
    optional_text(problems, "label", label, LONGEST_LABEL);
}

/// Checks a public source.
pub fn check_source(problems: &mut Problems, source: &Source, today: NaiveDate) {
    url(problems, "source.url", Some(&source.url));
    problems.require(source.seen_on <= today, || {
        Problem::new(Code::OutOfRange, "source.seenOn", "day-in-future")
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepts(channel: ContactChannel, value: &str) -> bool {
        let mut problems = Problems::default();
        check_value(&mut problems, channel, &tidied(channel, value));
        problems.none().is_ok()
    }

    #[test]
    fn a_value_is_of_its_channel() {
        for (channel, good, wrong) in [
            (ContactChannel::Email, " Mairie@Example.ORG ", "mairie"),
            (ContactChannel::Phone, "+33 1 99 00 12 34", "call me"),
            (ContactChannel::Phone, "01.99.00.12.34", "01+99"),
            (ContactChannel::Website, "https://example.org", "example"),
            (
                ContactChannel::Social,
                "https://social.example.org/@a",
                "@a",
            ),
            (
                ContactChannel::Postal,
                "1 rue de l’Essai, 92000 Nanterre",
                " ",
            ),
        ] {
            assert!(accepts(channel, good), "{good}");
            assert!(!accepts(channel, wrong), "{wrong}");
        }
        assert!(!accepts(ContactChannel::Phone, &"1".repeat(16)));
        assert!(!accepts(ContactChannel::Postal, &"é".repeat(501)));
        assert_eq!(
            tidied(ContactChannel::Email, " A@Example.org"),
            "a@example.org"
        );
    }
}
