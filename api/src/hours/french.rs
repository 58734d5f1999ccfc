//! Usual French forms of opening hours, as OpenStreetMap's syntax.

use super::HoursError;
use crate::text::folded;

const NAMES: [&str; 7] = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"];

/// Days for which something is said.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Days {
    week: [bool; 7],
    public_holidays: bool,
    school_holidays: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Day(usize),
    EveryDay,
    PublicHolidays,
    SchoolHolidays,
    /// Minutes after midnight.
    Time(u16),
    Dash,
    /// "à", "au": between days or times.
    To,
    And,
    Except,
    Closed,
    AllDay,
    ByAppointment,
    Break,
}

enum Said {
    Spans(Vec<(u16, u16)>),
    Closed,
    ByAppointment(Vec<(u16, u16)>),
}

/// The hours that a text says.
///
/// # Errors
/// When a word of it is not understood, or it names no day.
pub fn to_osm(text: &str) -> Result<String, HoursError> {
    let tokens = tokens(text).ok_or(HoursError::Form)?;
    let mut reader = Reader { tokens, at: 0 };
    let mut groups = Vec::new();
    loop {
        while matches!(reader.peek(), Some(Token::Break | Token::And)) {
            reader.at += 1;
        }
        if reader.peek().is_none() {
            break;
        }
        groups.push(reader.group(groups.is_empty())?);
    }
    if groups.is_empty() {
        return Err(HoursError::Form);
    }
    Ok(written(&groups))
}

struct Reader {
    tokens: Vec<Token>,
    at: usize,
}

impl Reader {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn peek_after(&self, count: usize) -> Option<&Token> {
        self.tokens.get(self.at + count)
    }

    fn takes(&mut self, token: &Token) -> bool {
        let is_next = self.peek() == Some(token);
        self.at += usize::from(is_next);
        is_next
    }

    /// Days and what is said of them, in either order.
    fn group(&mut self, is_first: bool) -> Result<(Option<Days>, Said), HoursError> {
        if self.takes(&Token::Closed) {
            let days = self.days();
            let is_all = days.is_none() && is_first && self.peek().is_none();
            return match days {
                None if !is_all => Err(HoursError::Form),
                days => Ok((days, Said::Closed)),
            };
        }
        if self.takes(&Token::ByAppointment) {
            let days = self.days();
            let is_all = days.is_none() && is_first && self.peek().is_none();
            return match days {
                None if !is_all => Err(HoursError::Form),
                days => Ok((days, Said::ByAppointment(Vec::new()))),
            };
        }
        let before = self.spans()?;
        let days = self.days();
        if !before.is_empty() {
            let days = days.ok_or(HoursError::NoDay)?;
            return Ok((Some(days), self.appointment(before)));
        }
        let days = Some(days.ok_or(HoursError::Form)?);
        while matches!(self.peek(), Some(Token::And)) {
            self.at += 1;
        }
        if self.takes(&Token::Closed) {
            return Ok((days, Said::Closed));
        }
        if self.takes(&Token::ByAppointment) {
            let spans = self.spans()?;
            return Ok((days, Said::ByAppointment(spans)));
        }
        let spans = self.spans()?;
        if spans.is_empty() {
            return Err(HoursError::Form);
        }
        Ok((days, self.appointment(spans)))
    }

    fn appointment(&mut self, spans: Vec<(u16, u16)>) -> Said {
        let after = usize::from(self.peek() == Some(&Token::And));
        if self.peek_after(after) == Some(&Token::ByAppointment) {
            self.at += after + 1;
            Said::ByAppointment(spans)
        } else {
            Said::Spans(spans)
        }
    }

    fn days(&mut self) -> Option<Days> {
        let mut days = Days::default();
        let mut found = false;
        loop {
            let start = self.at;
            while found && matches!(self.peek(), Some(Token::And)) {
                self.at += 1;
            }
            match self.peek() {
                Some(Token::Day(first)) => {
                    let first = *first;
                    let last = match (self.peek_after(1), self.peek_after(2)) {
                        (Some(Token::Dash | Token::To), Some(Token::Day(last))) => Some(*last),
                        _ => None,
                    };
                    self.at += if last.is_some() { 3 } else { 1 };
                    let last = last.unwrap_or(first);
                    let count = (last + 7 - first) % 7 + 1;
                    for day in (first..first + count).map(|day| day % 7) {
                        if let Some(named) = days.week.get_mut(day) {
                            *named = true;
                        }
                    }
                }
                Some(Token::EveryDay) => {
                    days.week = [true; 7];
                    self.at += 1;
                }
                Some(Token::PublicHolidays) => {
                    days.public_holidays = true;
                    self.at += 1;
                }
                Some(Token::SchoolHolidays) => {
                    days.school_holidays = true;
                    self.at += 1;
                }
                Some(Token::Except) if found => {
                    self.at += 1;
                    let except = self.days()?;
                    for (day, leave) in days.week.iter_mut().zip(except.week) {
                        *day &= !leave;
                    }
                    return Some(days);
                }
                _ => {
                    self.at = start;
                    return found.then_some(days);
                }
            }
            found = true;
        }
    }

    /// Spans of time, none if there is no time next.
    fn spans(&mut self) -> Result<Vec<(u16, u16)>, HoursError> {
        let mut spans = Vec::new();
        loop {
            let start = self.at;
            while matches!(self.peek(), Some(Token::And)) {
                self.at += 1;
            }
            if self.takes(&Token::AllDay) {
                spans.push((0, 24 * 60));
                continue;
            }
            let Some(Token::Time(opens)) = self.peek() else {
                self.at = start;
                return Ok(spans);
            };
            let opens = *opens;
            match (self.peek_after(1), self.peek_after(2)) {
                (Some(Token::Dash | Token::To), Some(Token::Time(closes))) => {
                    let closes = if *closes == 0 { 24 * 60 } else { *closes };
                    if opens == closes {
                        return Err(HoursError::Form);
                    }
                    spans.push((opens, closes));
                    self.at += 3;
                }
                _ => return Err(HoursError::Form),
            }
        }
    }
}

fn written(groups: &[(Option<Days>, Said)]) -> String {
    let mut text = String::new();
    let mut opened = Days::default();
    for (days, said) in groups {
        let rule = match said {
            Said::Closed => "off".to_owned(),
            Said::Spans(spans) => times(spans),
            Said::ByAppointment(spans) => format!("{} \"sur rendez-vous\"", times(spans))
                .trim()
                .to_owned(),
        };
        let shares = days.is_some_and(|days| days.shares(&opened)) && !matches!(said, Said::Closed);
        if !text.is_empty() {
            // A rule of its own would replace what an earlier one says of the same day.
            text.push_str(if shares { ", " } else { "; " });
        }
        if let Some(days) = days {
            opened.add(days);
            text.push_str(&days.named());
            text.push(' ');
        }
        text.push_str(&rule);
    }
    if text == "Mo-Su 00:00-24:00" {
        return "24/7".to_owned();
    }
    text
}

fn times(spans: &[(u16, u16)]) -> String {
    let time = |minutes: u16| format!("{:02}:{:02}", minutes / 60, minutes % 60);
    let spans = spans
        .iter()
        .map(|(opens, closes)| format!("{}-{}", time(*opens), time(*closes)));
    spans.collect::<Vec<_>>().join(",")
}

impl Days {
    fn shares(&self, other: &Self) -> bool {
        self.week
            .iter()
            .zip(other.week)
            .any(|(one, other)| *one && other)
    }

    fn add(&mut self, other: &Self) {
        for (day, more) in self.week.iter_mut().zip(other.week) {
            *day |= more;
        }
    }

    fn named(&self) -> String {
        let mut parts = Vec::new();
        let is_named = |day: usize| self.week.get(day).copied().unwrap_or_default();
        let name = |day: usize| NAMES.get(day).copied().unwrap_or_default();
        let mut day = 0;
        while day < 7 {
            if !is_named(day) {
                day += 1;
                continue;
            }
            let first = day;
            while day < 7 && is_named(day) {
                day += 1;
            }
            let last = day - 1;
            parts.push(match last - first {
                0 => name(first).to_owned(),
                1 => format!("{},{}", name(first), name(last)),
                _ => format!("{}-{}", name(first), name(last)),
            });
        }
        if self.public_holidays {
            parts.insert(0, "PH".to_owned());
        }
        if self.school_holidays {
            parts.insert(0, "SH".to_owned());
        }
        parts.join(",")
    }
}

/// Sayings of several words, each as one.
const SAYINGS: [(&str, &str); 24] = [
    ("uniquement sur rendez-vous", " @rdv "),
    ("uniquement sur rdv", " @rdv "),
    ("sur rendez-vous", " @rdv "),
    ("sur rendez vous", " @rdv "),
    ("sur rdv", " @rdv "),
    ("tous les jours", " @all "),
    ("7 jours sur 7", " @all "),
    ("7 jours/7", " @all "),
    ("7j sur 7", " @all "),
    ("7j/7", " @all "),
    ("7/7", " @all "),
    ("24 heures sur 24", " @day "),
    ("24h sur 24", " @day "),
    ("24h/24", " @day "),
    ("24/24", " @day "),
    ("les jours feries", " @ph "),
    ("jours feries", " @ph "),
    ("jour ferie", " @ph "),
    ("vacances scolaires", " @sh "),
    ("apres-midi", " "),
    ("apres midi", " "),
    ("a partir de", " @from "),
    ("en continu", " "),
    ("non stop", " "),
];

fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut text = folded(text);
    for (saying, one) in SAYINGS {
        text = text.replace(saying, one);
    }
    let characters: Vec<char> = text.chars().collect();
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(character) = characters.get(at).copied() {
        match character {
            '-' | '>' => tokens.push(Token::Dash),
            ',' | '/' | '&' | '+' => tokens.push(Token::And),
            ';' | '|' | '\n' => tokens.push(Token::Break),
            '.' | ':' | '\'' | '(' | ')' => {}
            _ if character.is_whitespace() => {}
            _ if character.is_ascii_digit() => {
                let (minutes, next) = time(&characters, at)?;
                tokens.push(Token::Time(minutes));
                at = next;
                continue;
            }
            _ if character.is_alphabetic() || character == '@' => {
                let end = at + 1;
                let length = characters
                    .iter()
                    .skip(end)
                    .take_while(|character| character.is_alphabetic())
                    .count();
                let word: String = characters.get(at..end + length)?.iter().collect();
                tokens.extend(word_token(&word)?);
                at = end + length;
                continue;
            }
            _ => return None,
        }
        at += 1;
    }
    Some(tokens)
}

/// A time that begins at a digit: "9h", "9h30", "9 h 30", "09:00", "9"; and where it ends.
fn time(characters: &[char], start: usize) -> Option<(u16, usize)> {
    let digits = |from: usize| {
        let count = characters
            .iter()
            .skip(from)
            .take_while(|character| character.is_ascii_digit())
            .count();
        let text: String = characters.iter().skip(from).take(count).collect();
        (text, from + count)
    };
    let spaces = |from: usize| {
        from + characters
            .iter()
            .skip(from)
            .take_while(|character| character.is_whitespace())
            .count()
    };
    let (hour, mut next) = digits(start);
    let hour: u16 = hour.parse().ok().filter(|hour| *hour <= 24)?;
    let mut minutes = 0;
    let mark = spaces(next);
    let is_mark = |at: usize| matches!(characters.get(at), Some('h' | ':'));
    if is_mark(mark) {
        next = mark + 1;
        // "heures"
        while characters.get(mark) == Some(&'h')
            && characters
                .get(next)
                .is_some_and(|character| "eurs".contains(*character))
        {
            next += 1;
        }
        let (text, end) = digits(spaces(next));
        // "9h 14h": the second number is another time.
        if text.len() == 2 && !is_mark(spaces(end)) {
            minutes = text.parse().ok().filter(|minutes| *minutes < 60)?;
            next = end;
        }
    }
    let total = hour * 60 + minutes;
    (total <= 24 * 60).then_some((total, next))
}

/// What a word means; no token for a word that only fills, nothing for an unknown one.
fn word_token(word: &str) -> Option<Vec<Token>> {
    let one = |token| Some(vec![token]);
    match word {
        "lundi" | "lundis" | "lun" | "lu" => one(Token::Day(0)),
        "mardi" | "mardis" | "mar" | "ma" => one(Token::Day(1)),
        "mercredi" | "mercredis" | "mer" | "me" => one(Token::Day(2)),
        "jeudi" | "jeudis" | "jeu" | "je" => one(Token::Day(3)),
        "vendredi" | "vendredis" | "ven" | "ve" => one(Token::Day(4)),
        "samedi" | "samedis" | "sam" | "sa" => one(Token::Day(5)),
        "dimanche" | "dimanches" | "dim" | "di" => one(Token::Day(6)),
        "@all" => one(Token::EveryDay),
        "@ph" => one(Token::PublicHolidays),
        "@sh" => one(Token::SchoolHolidays),
        "@day" => one(Token::AllDay),
        "@rdv" => one(Token::ByAppointment),
        "midi" => one(Token::Time(12 * 60)),
        "minuit" => one(Token::Time(0)),
        "a" | "au" | "aux" | "jusqu" => one(Token::To),
        "et" | "puis" | "ou" => one(Token::And),
        "sauf" | "hors" | "excepte" => one(Token::Except),
        "ferme" | "fermee" | "fermes" | "fermeture" => one(Token::Closed),
        "du" | "de" | "des" | "d" | "le" | "les" | "la" | "l" | "ouvert" | "ouverte"
        | "ouverts" | "ouverture" | "horaire" | "horaires" | "matin" | "soir" | "entre" => {
            Some(Vec::new())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_french_forms_are_understood() {
        for (text, osm) in [
            ("Lu-Ve 9h-18h", "Mo-Fr 09:00-18:00"),
            ("lundi au vendredi 9h-17h", "Mo-Fr 09:00-17:00"),
            (
                "Du lundi au vendredi de 9h à 12h et de 14h à 18h",
                "Mo-Fr 09:00-12:00,14:00-18:00",
            ),
            (
                "Lundi au vendredi 9H-12H/14H-18H",
                "Mo-Fr 09:00-12:00,14:00-18:00",
            ),
            (
                "lundi au vendredi 9h-12h/14h-18h Samedi 9h-12h",
                "Mo-Fr 09:00-12:00,14:00-18:00; Sa 09:00-12:00",
            ),
            ("Mardi, jeudi : 14 h 30 – 18 h", "Tu,Th 14:30-18:00"),
            ("tous les jours de 8h30 à 20h", "Mo-Su 08:30-20:00"),
            ("7j/7 24h/24", "24/7"),
            (
                "Lu-Sa 10:00-19:00, fermé le dimanche",
                "Mo-Sa 10:00-19:00; Su off",
            ),
            ("De 9h à 17h du lundi au jeudi", "Mo-Th 09:00-17:00"),
            ("tous les jours sauf le lundi 10h-18h", "Tu-Su 10:00-18:00"),
            ("sur rendez-vous", "\"sur rendez-vous\""),
            (
                "Mercredi 14h-17h sur rendez-vous",
                "We 14:00-17:00 \"sur rendez-vous\"",
            ),
            ("fermé", "off"),
            ("lun. mar. jeu. 9h-12h", "Mo,Tu,Th 09:00-12:00"),
            ("vendredi 18h-minuit", "Fr 18:00-24:00"),
            ("samedi matin 9h-12h", "Sa 09:00-12:00"),
            (
                "lundi 9h-12h ; lundi 14h-18h",
                "Mo 09:00-12:00, Mo 14:00-18:00",
            ),
            (
                "lundi au vendredi 9h-18h, fermé les jours fériés",
                "Mo-Fr 09:00-18:00; PH off",
            ),
            ("Lundi - Mardi : 9 heures à 12 heures", "Mo,Tu 09:00-12:00"),
        ] {
            assert_eq!(to_osm(text).as_deref(), Ok(osm), "{text}");
        }
    }

    #[test]
    fn what_is_not_understood_is_refused_whole() {
        for text in [
            "lundi matin",
            "lundi au vendredi",
            "lundi 9h",
            "lundi 9h-9h",
            "lundi 25h-26h",
            "un lundi sur deux 9h-12h",
            "fermé pour travaux",
            "lundi à partir de 9h",
        ] {
            assert!(to_osm(text).is_err(), "{text}");
        }
        assert_eq!(to_osm("9h-18h"), Err(HoursError::NoDay));
    }
}
