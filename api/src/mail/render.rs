//! The words of an e-mail: subject, plain text and HTML.

use std::fmt::Write as _;

use chrono::{DateTime, Datelike as _, Utc};
use chrono_tz::Europe::Paris;
use entity::values::MailTemplate;

use super::message::Template;
use crate::i18n::Language;

/// Characters of a title that a message repeats, at the most.
const TITLE_CHARACTERS: usize = 120;

/// An e-mail in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// One line, without control characters.
    pub subject: String,
    pub text: String,
    /// A whole document, in which everything is escaped.
    pub html: String,
}

/// The words of `template` in `language`.
pub fn render(template: &Template, language: Language) -> Rendered {
    let parts = Parts::of(template);
    let title = parts.title.map(one_line).unwrap_or_default();
    let at = parts.at.map(|at| date(language, at)).unwrap_or_default();
    let arguments = [("title", title), ("at", at)];
    let own = |part: &str| language.message(&format!("mail-{}-{part}", parts.key), &arguments);
    let common = |part: &str| language.message(&format!("mail-{part}"), &[]);
    let words = Words {
        language,
        subject: own("subject"),
        greeting: common("greeting"),
        body: own("body"),
        reason: parts.reason.map(lines),
        link: parts.link.map(|link| Link {
            address: one_line_of(link, usize::MAX),
            action: own("action"),
            hint: common("link-hint"),
            expires: template.expires_at().map(|until| {
                let until = date(language, until);
                language.message("mail-link-expires", &[("until", until)])
            }),
        }),
        footer: [common("signature"), common("automatic")],
    };
    Rendered {
        text: words.text(),
        html: words.html(),
        subject: words.subject,
    }
}

/// What a template has of the parts that messages are made of.
#[derive(Default)]
struct Parts<'a> {
    /// Its part of the keys of messages.
    key: &'static str,
    title: Option<&'a str>,
    at: Option<DateTime<Utc>>,
    reason: Option<&'a str>,
    link: Option<&'a str>,
}

impl<'a> Parts<'a> {
    fn of(template: &'a Template) -> Self {
        let mut parts = Self {
            key: key(template.kind()),
            ..Self::default()
        };
        match template {
            Template::Invitation { link, .. }
            | Template::EmailVerification { link, .. }
            | Template::PasswordReset { link, .. }
            | Template::EmailChangeNew { link, .. } => parts.link = Some(link),
            Template::EmailChangeOld {
                requested_at, link, ..
            } => {
                parts.at = Some(*requested_at);
                parts.link = Some(link);
            }
            Template::PasswordChanged { changed_at } => parts.at = Some(*changed_at),
            Template::ReviewApproved { title, link }
            | Template::StillTrue { title, link }
            | Template::PublishedAboutYou { title, link } => {
                parts.title = Some(title);
                parts.link = Some(link);
            }
            Template::ReviewChangesAsked {
                title,
                reason,
                link,
            }
            | Template::ReviewRejected {
                title,
                reason,
                link,
            } => {
                parts.title = Some(title);
                parts.reason = Some(reason);
                parts.link = Some(link);
            }
        }
        parts
    }
}

fn key(kind: MailTemplate) -> &'static str {
    match kind {
        MailTemplate::Invitation => "invitation",
        MailTemplate::EmailVerification => "email-verification",
        MailTemplate::PasswordReset => "password-reset",
        MailTemplate::EmailChangeOld => "email-change-old",
        MailTemplate::EmailChangeNew => "email-change-new",
        MailTemplate::PasswordChanged => "password-changed",
        MailTemplate::ReviewApproved => "review-approved",
        MailTemplate::ReviewChangesAsked => "review-changes-asked",
        MailTemplate::ReviewRejected => "review-rejected",
        MailTemplate::StillTrue => "still-true",
        MailTemplate::PublishedAboutYou => "published-about-you",
    }
}

/// A message in words, before they are laid out.
struct Words {
    language: Language,
    subject: String,
    greeting: String,
    /// Paragraphs, with blank lines between them.
    body: String,
    /// Lines that a reviewer wrote.
    reason: Option<Vec<String>>,
    link: Option<Link>,
    footer: [String; 2],
}

struct Link {
    address: String,
    action: String,
    hint: String,
    expires: Option<String>,
}

impl Words {
    fn paragraphs(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.greeting.as_str()).chain(self.body.split("\n\n"))
    }

    fn text(&self) -> String {
        let mut blocks: Vec<String> = self.paragraphs().map(str::to_owned).collect();
        if let Some(reason) = &self.reason {
            let quoted: Vec<_> = reason.iter().map(|line| format!("> {line}")).collect();
            blocks.push(quoted.join("\n"));
        }
        if let Some(link) = &self.link {
            let colon = match self.language {
                Language::French => " :",
                Language::English => ":",
            };
            blocks.push(format!("{}{colon}\n{}", link.action, link.address));
            blocks.extend(link.expires.clone());
        }
        blocks.push(format!("-- \n{}", self.footer.join("\n")));
        blocks.join("\n\n") + "\n"
    }

    /// Plain HTML that reads well aloud, on paper and without styles. Nothing of it is
    /// fetched from elsewhere: that would tell who reads it.
    fn html(&self) -> String {
        let mut main = String::new();
        let subject = escape(&self.subject);
        // Writing to a String cannot fail.
        let _ = writeln!(main, "<h1 style=\"font-size:20px\">{subject}</h1>");
        for paragraph in self.paragraphs() {
            let _ = writeln!(main, "<p>{}</p>", escape(paragraph));
        }
        if let Some(reason) = &self.reason {
            let reason: Vec<_> = reason.iter().map(|line| escape(line)).collect();
            let _ = writeln!(main, "<blockquote>{}</blockquote>", reason.join("<br>\n"));
        }
        if let Some(link) = &self.link {
            let address = escape(&link.address);
            if is_web_address(&link.address) {
                let _ = writeln!(
                    main,
                    "<p><a href=\"{address}\" style=\"{BUTTON}\">{}</a></p>",
                    escape(&link.action)
                );
            }
            let _ = writeln!(main, "<p>{}<br>\n{address}</p>", escape(&link.hint));
            if let Some(expires) = &link.expires {
                let _ = writeln!(main, "<p>{}</p>", escape(expires));
            }
        }
        let language = self.language.code();
        let footer = self
            .footer
            .each_ref()
            .map(|line| escape(line))
            .join("<br>\n");
        format!(
            "<!DOCTYPE html>\n\
             <html lang=\"{language}\">\n\
             <head>\n\
             <meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <title>{subject}</title>\n\
             </head>\n\
             <body style=\"{PAGE}\">\n\
             <main style=\"max-width:36em;margin:0 auto\">\n\
             {main}\
             </main>\n\
             <footer style=\"max-width:36em;margin:32px auto 0;border-top:1px solid #767676\">\n\
             <p>{footer}</p>\n\
             </footer>\n\
             </body>\n\
             </html>\n"
        )
    }
}

const PAGE: &str =
    "margin:0;padding:24px;background:#ffffff;color:#1f1f1f;font:16px/1.5 sans-serif";
const BUTTON: &str = "display:inline-block;padding:12px 20px;background:#0b5394;color:#ffffff";

/// `text` as the content of an element or of a quoted attribute.
/// `text` as it stands in HTML.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

fn is_web_address(address: &str) -> bool {
    address.starts_with("https://") || address.starts_with("http://")
}

/// A title on one line, cut where it is too long.
fn one_line(title: &str) -> String {
    one_line_of(title, TITLE_CHARACTERS)
}

/// `text` with its white space and control characters as single spaces, `most` characters
/// at the most.
fn one_line_of(text: &str, most: usize) -> String {
    let text: String = text
        .chars()
        .filter(|character| !turns_direction(*character))
        .map(|character| {
            if character.is_control() {
                ' '
            } else {
                character
            }
        })
        .collect();
    let words: Vec<_> = text.split_whitespace().collect();
    let line = words.join(" ");
    if line.chars().count() <= most {
        return line;
    }
    let mut cut: String = line.chars().take(most.saturating_sub(1)).collect();
    cut.push('…');
    cut
}

/// The lines of `text`, each without what a line cannot hold.
fn lines(text: &str) -> Vec<String> {
    text.trim()
        .lines()
        .map(|line| one_line_of(line, usize::MAX))
        .collect()
}

/// Whether the character turns the direction of the text after it, by which a text can be
/// made to look like another one.
fn turns_direction(character: char) -> bool {
    matches!(character, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// An instant in words, in French time.
fn date(language: Language, instant: DateTime<Utc>) -> String {
    let local = instant.with_timezone(&Paris);
    let day = match (language, local.day()) {
        (Language::French, 1) => "1er".to_owned(),
        (_, day) => day.to_string(),
    };
    language.message(
        "mail-date",
        &[
            ("day", day),
            ("month", local.format("%b").to_string()),
            ("year", local.year().to_string()),
            ("time", local.format("%H:%M").to_string()),
        ],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_in_words_and_in_french_time() {
        let instant = DateTime::parse_from_rfc3339("2026-07-31T22:05:00Z").unwrap();
        assert_eq!(
            date(Language::French, instant.to_utc()),
            "1er août 2026 à 00:05 (heure de Paris)"
        );
        assert_eq!(
            date(Language::English, instant.to_utc()),
            "1 August 2026 at 00:05 (Paris time)"
        );
    }

    #[test]
    fn what_users_wrote_is_escaped_and_on_one_line() {
        let template = Template::ReviewRejected {
            title: "A <b>\r\nBcc: other@example.org\u{202E}\0 ".to_owned(),
            reason: "No.\n\n<script>alert('1')</script>".to_owned(),
            link: "javascript:alert(1)".to_owned(),
        };
        for language in [Language::French, Language::English] {
            let rendered = render(&template, language);
            assert!(rendered.subject.ends_with("A <b> Bcc: other@example.org"));
            assert!(!rendered.subject.contains(char::is_control));
            assert!(!rendered.text.contains("\nBcc"));
            assert!(rendered.text.contains("> No.\n> \n> <script>"));
            assert!(!rendered.html.contains("<b>"));
            assert!(!rendered.html.contains("<script"));
            assert!(!rendered.html.contains("href"));
        }
    }

    #[test]
    fn a_long_title_is_cut() {
        let cut = one_line(&"é".repeat(500));
        assert_eq!(cut.chars().count(), TITLE_CHARACTERS);
        assert!(cut.ends_with('…'));
    }
}
