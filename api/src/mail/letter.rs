//! One e-mail with its headers (RFC 5322), as it goes to the mail server.

use std::time::SystemTime;

use chrono::{DateTime, Utc};
use entity::outbox_message::Model;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};

use super::message::Template;
use super::render::render;
use super::transport::Options;
use crate::i18n::Language;

/// Why a message cannot be written: another attempt would change nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unwritable {
    #[error("the variables are not those of the template")]
    Variables,
    #[error("the link no longer works")]
    Expired,
    #[error("the recipient is not an e-mail address")]
    Recipient,
    #[error("the headers cannot be written")]
    Headers,
}

/// The e-mail that `row` asks for, written at `now`. Its `Message-ID` is made of the row's
/// identifier, so that an e-mail sent twice can be recognised.
///
/// # Errors
/// Why it cannot be written.
pub fn letter(
    row: &Model,
    options: &Options,
    now: DateTime<Utc>,
) -> Result<lettre::Message, Unwritable> {
    let variables = row.variables.clone().unwrap_or_default();
    let template = Template::read(row.template, variables).map_err(|_| Unwritable::Variables)?;
    if template.expires_at().is_some_and(|end| end <= now) {
        return Err(Unwritable::Expired);
    }
    let recipient = row.recipient.as_deref().unwrap_or_default();
    // A quoted local part may hold almost anything, but nothing that ends a header.
    if recipient.contains(char::is_control) {
        return Err(Unwritable::Recipient);
    }
    let recipient = recipient.parse().map_err(|_| Unwritable::Recipient)?;
    let language = Language::from(row.language);
    let rendered = render(&template, language);
    let header = |name, value: &str| HeaderValue::new(name, value.to_owned());
    let mut letter = lettre::Message::builder()
        .message_id(Some(format!(
            "<{}@{}>",
            row.id,
            options.from.email.domain()
        )))
        .date(SystemTime::from(now))
        .from(options.from.clone())
        .to(Mailbox::new(None, recipient))
        .subject(rendered.subject)
        .raw_header(header(CONTENT_LANGUAGE, language.code()))
        // Holiday notices and the like are not to answer (RFC 3834).
        .raw_header(header(AUTO_SUBMITTED, "auto-generated"));
    if let Some(reply_to) = &options.reply_to {
        letter = letter.reply_to(reply_to.clone());
    }
    letter
        .multipart(MultiPart::alternative_plain_html(
            rendered.text,
            rendered.html,
        ))
        .map_err(|_| Unwritable::Headers)
}

const CONTENT_LANGUAGE: HeaderName = HeaderName::new_from_ascii_str("Content-Language");
const AUTO_SUBMITTED: HeaderName = HeaderName::new_from_ascii_str("Auto-Submitted");

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use chrono::TimeDelta;
    use entity::values::{MailLanguage, MailTemplate};
    use serde_json::json;
    use uuid::Uuid;

    use super::*;
    use crate::settings::Settings;

    const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

    fn row(recipient: &str, title: &str) -> Model {
        Model {
            id: Uuid::from_u128(7),
            created_at: NOW,
            recipient: Some(recipient.to_owned()),
            language: MailLanguage::English,
            template: MailTemplate::ReviewApproved,
            variables: Some(json!({ "title": title, "link": "https://example.org/" })),
            attempts: 1,
            next_attempt_at: Some(NOW),
            sent_at: None,
            failed_at: None,
            failure: None,
        }
    }

    fn options() -> Options {
        Settings::from_values(&BTreeMap::new()).unwrap().mail
    }

    #[test]
    fn a_title_cannot_add_a_header() {
        for title in [
            "A\r\nBcc: other@example.org\r\n\r\nbody",
            "A\nBcc: other@example.org",
            "A\r\n Bcc: other@example.org",
            "A\u{2028}Bcc: other@example.org\u{85}Bcc: other@example.org",
        ] {
            let letter = letter(&row("someone@example.org", title), &options(), NOW).unwrap();
            assert_eq!(letter.envelope().to().len(), 1);
            let raw = String::from_utf8(letter.formatted()).unwrap();
            let (head, _) = raw.split_once("\r\n\r\n").unwrap();
            assert!(!head.contains("\nBcc"), "{head}");
            assert_eq!(head.matches("\nSubject: ").count(), 1, "{head}");
        }
    }

    #[test]
    fn the_identifier_names_the_row() {
        let letter = letter(&row("someone@example.org", "A"), &options(), NOW).unwrap();
        let raw = String::from_utf8(letter.formatted()).unwrap();
        let id = "Message-ID: <00000000-0000-0000-0000-000000000007@localhost>\r\n";
        assert!(raw.contains(id), "{raw}");
    }

    #[test]
    fn what_cannot_be_sent_is_told() {
        let write = |row: &Model| letter(row, &options(), NOW).err();
        for recipient in [
            "",
            "nobody",
            "a@example.org\r\nBcc: b@example.org",
            "\"a\r\nBcc: b\"@example.org",
        ] {
            assert_eq!(write(&row(recipient, "A")), Some(Unwritable::Recipient));
        }
        let mut other = row("someone@example.org", "A");
        other.template = MailTemplate::PasswordReset;
        assert_eq!(write(&other), Some(Unwritable::Variables));
        let until =
            |end: DateTime<Utc>| json!({ "link": "https://example.org/", "expires_at": end });
        other.variables = Some(until(NOW));
        assert_eq!(write(&other), Some(Unwritable::Expired));
        other.variables = Some(until(NOW + TimeDelta::seconds(1)));
        assert_eq!(write(&other), None);
    }
}
