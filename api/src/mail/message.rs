//! What can be said by e-mail, and with which variables.

use chrono::{DateTime, Utc};
use entity::values::{MailLanguage, MailTemplate};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::i18n::Language;

/// An e-mail to one person.
#[derive(Clone)]
pub struct Message {
    /// An e-mail address, 254 characters at most.
    pub recipient: String,
    pub language: Language,
    pub template: Template,
}

/// What an e-mail is about, with what it says. Links are whole addresses (`https://…`);
/// titles and reasons are what users wrote.
#[derive(Clone, Serialize, Deserialize)]
#[serde(
    tag = "template",
    content = "variables",
    rename_all = "SCREAMING_SNAKE_CASE"
)]
pub enum Template {
    /// Someone may open an account.
    Invitation {
        link: String,
        expires_at: DateTime<Utc>,
    },
    /// An address must be confirmed before its account is opened.
    EmailVerification {
        link: String,
        expires_at: DateTime<Utc>,
    },
    /// A new password may be chosen.
    PasswordReset {
        link: String,
        expires_at: DateTime<Utc>,
    },
    /// To the old address: it is about to be replaced, which it must confirm too.
    EmailChangeOld {
        requested_at: DateTime<Utc>,
        link: String,
        expires_at: DateTime<Utc>,
    },
    /// To the new address: it must be confirmed.
    EmailChangeNew {
        link: String,
        expires_at: DateTime<Utc>,
    },
    /// The password is another one now.
    PasswordChanged { changed_at: DateTime<Utc> },
    /// A contribution is published.
    ReviewApproved { title: String, link: String },
    /// A contribution needs changes before it is published.
    ReviewChangesAsked {
        title: String,
        reason: String,
        link: String,
    },
    /// A contribution will not be published.
    ReviewRejected {
        title: String,
        reason: String,
        link: String,
    },
    /// Whoever looks after a page is asked whether it still holds.
    StillTrue { title: String, link: String },
    /// A page that is about the recipient is public.
    PublishedAboutYou { title: String, link: String },
}

impl Template {
    /// Which template it is.
    pub fn kind(&self) -> MailTemplate {
        match self {
            Self::Invitation { .. } => MailTemplate::Invitation,
            Self::EmailVerification { .. } => MailTemplate::EmailVerification,
            Self::PasswordReset { .. } => MailTemplate::PasswordReset,
            Self::EmailChangeOld { .. } => MailTemplate::EmailChangeOld,
            Self::EmailChangeNew { .. } => MailTemplate::EmailChangeNew,
            Self::PasswordChanged { .. } => MailTemplate::PasswordChanged,
            Self::ReviewApproved { .. } => MailTemplate::ReviewApproved,
            Self::ReviewChangesAsked { .. } => MailTemplate::ReviewChangesAsked,
            Self::ReviewRejected { .. } => MailTemplate::ReviewRejected,
            Self::StillTrue { .. } => MailTemplate::StillTrue,
            Self::PublishedAboutYou { .. } => MailTemplate::PublishedAboutYou,
        }
    }

    /// When its link ceases to work, after which there is no use in sending it.
    pub fn expires_at(&self) -> Option<DateTime<Utc>> {
        match self {
            Self::Invitation { expires_at, .. }
            | Self::EmailVerification { expires_at, .. }
            | Self::PasswordReset { expires_at, .. }
            | Self::EmailChangeOld { expires_at, .. }
            | Self::EmailChangeNew { expires_at, .. } => Some(*expires_at),
            _ => None,
        }
    }

    /// The variables as a JSON object.
    ///
    /// # Errors
    /// None for the variables there are.
    pub(super) fn variables(&self) -> Result<Value, serde_json::Error> {
        let mut tagged = serde_json::to_value(self)?;
        Ok(tagged
            .get_mut("variables")
            .map(Value::take)
            .unwrap_or_default())
    }

    /// The template `kind` with the variables of a JSON object.
    ///
    /// # Errors
    /// When they are not those of the template.
    pub(super) fn read(kind: MailTemplate, variables: Value) -> Result<Self, serde_json::Error> {
        serde_json::from_value(json!({ "template": kind, "variables": variables }))
    }
}

impl From<Language> for MailLanguage {
    fn from(language: Language) -> Self {
        match language {
            Language::French => Self::French,
            Language::English => Self::English,
        }
    }
}

impl From<MailLanguage> for Language {
    fn from(language: MailLanguage) -> Self {
        match language {
            MailLanguage::French => Self::French,
            MailLanguage::English => Self::English,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_template_is_read_as_it_was_written() {
        let all = json!({
            "title": "A title",
            "reason": "A reason",
            "link": "https://example.org/",
            "expires_at": "2026-07-01T10:00:00Z",
            "requested_at": "2026-07-01T10:00:00Z",
            "changed_at": "2026-07-01T10:00:00Z",
        });
        for kind in MailTemplate::ALL {
            let template = Template::read(*kind, all.clone()).unwrap();
            assert_eq!(template.kind(), *kind);
            let variables = template.variables().unwrap();
            assert!(variables.is_object(), "{kind:?}");
            let again = Template::read(*kind, variables.clone()).unwrap();
            assert_eq!(again.variables().unwrap(), variables);
        }
    }
}
