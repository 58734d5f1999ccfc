//! Whether hours hold an instant. The library evaluates; this module sees to what it does not
//! know of the specification: comments without a state, school holidays, and holidays that
//! fall on weekdays.

use std::sync::Arc;

use chrono::{DateTime, Datelike as _, Days, NaiveDate, NaiveDateTime, Utc};
use chrono_tz::Europe::Paris;
use compact_calendar::CompactCalendar;
use opening_hours::localization::Country;
use opening_hours::{Context, ContextHolidays, OpeningHours, RuleKind};

/// A rule that is in force on no day that anybody asks about.
const NEVER: &str = "1900 Jan 01 off";

/// Years in which the library evaluates.
const YEARS: std::ops::RangeInclusive<i32> = 1900..=9998;

/// Whether a place with these hours, in Paris' time, is open at `instant`. Nothing where it is
/// not known: the hours are not in OpenStreetMap's syntax, say so themselves, only comment, or
/// depend on school holidays, which the registry does not know.
pub fn is_open_at(hours: &str, instant: DateTime<Utc>) -> Option<bool> {
    // A time zone moves an instant by less than a day: no year overflows.
    if !YEARS.contains(&instant.year()) {
        return None;
    }
    let instant = instant.with_timezone(&Paris).naive_local();
    let in_term = is_open(hours, instant, false);
    if !hours.contains("SH") {
        return in_term;
    }
    let on_holidays = is_open(hours, instant, true);
    in_term.filter(|_| in_term == on_holidays)
}

fn is_open(hours: &str, instant: NaiveDateTime, school_holidays: bool) -> Option<bool> {
    let public = Country::FR.holidays();
    let today = instant.date();
    let mut school = CompactCalendar::default();
    if school_holidays {
        // Spans may reach past midnight, from the day before or into the next one.
        let days = [today.pred_opt(), Some(today), today.succ_opt()];
        for day in days.into_iter().flatten() {
            school.insert(day);
        }
    }
    let is_holiday = |kind: &str, date: NaiveDate| match kind {
        "PH" => public.get_public().contains(date),
        _ => school_holidays,
    };
    let text = explicit(hours, |kind| is_holiday(kind, today));
    let parsed: OpeningHours = text.parse().ok()?;
    let holidays = ContextHolidays::new(Arc::new(public.get_public().clone()), Arc::new(school));
    let parsed = parsed.with_context(Context::default().with_holidays(holidays));
    // The library looks ahead to the end of the state.
    instant.checked_add_days(Days::new(366))?;
    match parsed.state(instant).0 {
        RuleKind::Open => Some(true),
        RuleKind::Closed => Some(false),
        RuleKind::Unknown => None,
    }
}

/// The hours with what the specification implies: a comment without a state means `unknown`,
/// and holidays before or after weekdays mean those weekdays that are holidays.
fn explicit(hours: &str, is_holiday: impl Fn(&str) -> bool) -> String {
    let mut rules = Vec::new();
    for (separator, rule) in rules_of(hours) {
        let mut words: Vec<String> = Vec::new();
        let mut applies = true;
        for word in words_of(rule) {
            if word.starts_with('"') && !words.last().is_some_and(|last| is_state(last)) {
                words.push("unknown".to_owned());
            }
            let both = |one: &str, other: &str| is_holidays(one) && is_weekdays(other);
            match words.last_mut() {
                Some(last) if both(last, word) => {
                    applies &= last.split(',').any(&is_holiday);
                    word.clone_into(last);
                }
                Some(last) if both(word, last) => applies &= word.split(',').any(&is_holiday),
                _ => words.push(word.to_owned()),
            }
        }
        let text = if applies {
            words.join(" ")
        } else {
            NEVER.to_owned()
        };
        rules.push(format!("{separator}{text}"));
    }
    rules.concat()
}

/// Rules, each with the separator before it.
fn rules_of(hours: &str) -> Vec<(&'static str, &str)> {
    let mut rules = Vec::new();
    let (mut start, mut separator, mut quoted) = (0, "", false);
    for (index, character) in hours.char_indices() {
        let next = match character {
            '"' => {
                quoted = !quoted;
                continue;
            }
            ';' if !quoted => ("; ", 1),
            '|' if !quoted
                && hours
                    .get(index..)
                    .is_some_and(|rest| rest.starts_with("||")) =>
            {
                (" || ", 2)
            }
            _ => continue,
        };
        if index < start {
            continue;
        }
        rules.push((separator, hours.get(start..index).unwrap_or_default()));
        (separator, start) = (next.0, index + next.1);
    }
    rules.push((separator, hours.get(start..).unwrap_or_default()));
    rules
}

/// The words of a rule; a comment is one.
fn words_of(rule: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut start = None;
    let mut quoted = false;
    for (index, character) in rule.char_indices() {
        if character == '"' {
            quoted = !quoted;
        }
        if character.is_whitespace() && !quoted {
            if let Some(start) = start.take() {
                words.extend(rule.get(start..index));
            }
        } else if start.is_none() {
            start = Some(index);
        }
    }
    words.extend(start.and_then(|start| rule.get(start..)));
    words
}

fn is_state(word: &str) -> bool {
    ["open", "closed", "off", "unknown"]
        .iter()
        .any(|state| word.eq_ignore_ascii_case(state))
}

fn is_holidays(word: &str) -> bool {
    word.split(',').all(|one| one == "PH" || one == "SH")
}

fn is_weekdays(word: &str) -> bool {
    let is_day = |day: &str| {
        let name = day.split('[').next().unwrap_or_default();
        ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"].contains(&name)
    };
    word.split([',', '-']).all(is_day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(text).unwrap().to_utc()
    }

    /// Each instant with what OpenStreetMap's specification makes of the hours.
    #[test]
    fn hours_are_evaluated_as_the_specification_says() {
        let (open, closed, unknown) = (Some(true), Some(false), None);
        for (hours, instant, expected) in [
            // A Monday in summer: 09:00 in Paris is 07:00 UTC.
            ("Mo-Fr 09:00-18:00", "2026-07-06T07:00:00Z", open),
            ("Mo-Fr 09:00-18:00", "2026-07-06T06:59:00Z", closed),
            ("Mo-Fr 9h-12h30", "2026-07-06T07:00:00Z", unknown),
            ("24/7", "2026-12-25T03:00:00+01:00", open),
            ("off", "2026-07-06T10:00:00+02:00", closed),
            ("unknown", "2026-07-06T10:00:00+02:00", unknown),
            // Comments.
            ("\"sur rendez-vous\"", "2026-12-25T03:00:00+01:00", unknown),
            (
                "Tu,Th 09:00-11:00 || \"sur rendez-vous\"",
                "2026-07-08T03:00:00+02:00",
                unknown,
            ),
            (
                "Tu,Th 09:00-11:00 || \"sur rendez-vous\"",
                "2026-07-07T10:00:00+02:00",
                open,
            ),
            (
                "Mo-Fr 09:00-12:00 \"sur rendez-vous\"",
                "2026-07-06T10:00:00+02:00",
                unknown,
            ),
            (
                "Mo-Fr 09:00-12:00 \"sur rendez-vous\"",
                "2026-07-06T13:00:00+02:00",
                closed,
            ),
            (
                "Mo-Fr 09:00-12:00 open \"sonner; deux fois\"",
                "2026-07-06T10:00:00+02:00",
                open,
            ),
            // School holidays are not known.
            (
                "Mo-Fr 09:00-18:00; SH off",
                "2026-08-05T10:00:00+02:00",
                unknown,
            ),
            (
                "Mo-Fr 09:00-18:00; SH off",
                "2026-08-05T20:00:00+02:00",
                closed,
            ),
            ("SH Mo-Fr 09:00-18:00", "2026-09-09T10:00:00+02:00", unknown),
            ("SH Mo-Fr 09:00-18:00", "2026-09-12T10:00:00+02:00", closed),
            ("Mo-Fr,SH 09:00-18:00", "2026-09-09T10:00:00+02:00", open),
            // Public holidays: 14 July 2026 is a Tuesday, 15 August 2026 a Saturday.
            (
                "Mo-Fr 09:00-18:00; PH off",
                "2026-07-14T10:00:00+02:00",
                closed,
            ),
            ("PH Mo-Fr 09:00-18:00", "2026-07-14T10:00:00+02:00", open),
            ("PH Mo-Fr 09:00-18:00", "2026-07-15T10:00:00+02:00", closed),
            ("PH Mo-Fr 09:00-18:00", "2026-08-15T10:00:00+02:00", closed),
            ("PH,Mo-Fr 09:00-18:00", "2026-08-15T10:00:00+02:00", open),
            (
                "Mo-Fr 09:00-18:00; PH Mo-Fr off",
                "2026-07-14T10:00:00+02:00",
                closed,
            ),
            (
                "Mo-Fr 09:00-18:00; PH Mo-Fr off",
                "2026-07-15T10:00:00+02:00",
                open,
            ),
        ] {
            assert_eq!(
                is_open_at(hours, at(instant)),
                expected,
                "{hours} {instant}"
            );
        }
    }

    #[test]
    fn instants_at_the_ends_of_time_are_not_known() {
        for instant in [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC] {
            assert_eq!(is_open_at("24/7", instant), None);
        }
        assert_eq!(is_open_at("24/7", at("9999-12-31T23:59:59Z")), None);
        assert_eq!(is_open_at("24/7", at("0001-01-01T00:00:00Z")), None);
    }
}
