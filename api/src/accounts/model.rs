//! The parts of an account, and their rules.

use entity::account;
use entity::values::{AccountLanguage, Role};
use uuid::Uuid;

use crate::auth::passwords::{self, LONGEST, SHORTEST, Weakness};
use crate::i18n::Language;
use crate::id::{GlobalId, Kind};
use crate::problem::{Code, Problem, Problems};

/// Characters of an e-mail address, at the most.
const LONGEST_EMAIL: usize = 254;

/// Characters of a name, at the most.
const LONGEST_NAME: usize = 200;

/// An e-mail address as accounts are found by it: in lower case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Email(String);

impl Email {
    /// The address written as `text`, if it is one.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().to_lowercase();
        let fits = text.chars().count() <= LONGEST_EMAIL;
        (fits && text.parse::<lettre::Address>().is_ok()).then_some(Self(text))
    }

    /// The address in the field `field` of an input.
    ///
    /// # Errors
    /// When it is none.
    pub fn checked(field: &str, text: &str) -> Result<Self, Problem> {
        Self::parse(text).ok_or_else(|| Problem::new(Code::Invalid, field, "email-invalid"))
    }

    /// The address as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A name as it is kept; `None` if nothing was given.
///
/// # Errors
/// When it is too long.
pub fn checked_name(field: &str, name: Option<&str>) -> Result<Option<String>, Problem> {
    let name = name.map(str::trim).filter(|name| !name.is_empty());
    if name.is_some_and(|name| name.chars().count() > LONGEST_NAME) {
        return Err(Problem::new(Code::TooLong, field, "text-too-long").with("most", LONGEST_NAME));
    }
    Ok(name.map(str::to_owned))
}

/// Whether `password` may be that of an account with this address and name.
///
/// # Errors
/// What is wrong with it.
pub fn checked_password(
    field: &str,
    password: &str,
    account: &account::Model,
    name: Option<&str>,
) -> Result<(), Problem> {
    let personal: Vec<&str> = [
        account.email.as_deref(),
        account.display_name.as_deref(),
        name,
    ]
    .into_iter()
    .flatten()
    .collect();
    passwords::check(password, &personal).map_err(|weakness| match weakness {
        Weakness::TooShort => {
            Problem::new(Code::TooShort, field, "password-too-short").with("least", SHORTEST)
        }
        Weakness::TooLong => {
            Problem::new(Code::TooLong, field, "text-too-long").with("most", LONGEST)
        }
        Weakness::TooCommon => Problem::new(Code::TooCommon, field, "password-too-common"),
    })
}

/// A role, with the part of the territory that a member keeps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Office {
    pub role: Role,
    /// INSEE code.
    pub commune: Option<String>,
    /// SIREN.
    pub intercommunality: Option<String>,
}

impl Office {
    /// Whether it holds together, whatever the territory is.
    pub fn check(&self, problems: &mut Problems) {
        problems.require(self.role != Role::ApiClient, || {
            Problem::new(Code::Invalid, "role", "role-of-programs")
        });
        let parts = [
            ("commune", &self.commune),
            ("intercommunality", &self.intercommunality),
        ];
        let given = parts.iter().filter(|(_, code)| code.is_some());
        for (number, (field, _)) in given.enumerate() {
            problems.require(self.role == Role::Member, || {
                Problem::new(Code::Invalid, field, "territory-of-members")
            });
            problems.require(number == 0, || {
                Problem::new(Code::Invalid, field, "one-territory")
            });
        }
    }
}

/// Whether somebody may sign in to `account`, if they prove to be its owner.
pub fn is_open(account: &account::Model) -> bool {
    account.deactivated_at.is_none() && account.email_verified_at.is_some()
}

/// How the change log names an account that acts.
pub fn actor(account: Uuid) -> String {
    let kind = Kind::Account;
    GlobalId {
        kind,
        uuid: account,
    }
    .to_string()
}

/// How the change log names somebody without an account.
pub const VISITOR: &str = "visitor";

impl From<AccountLanguage> for Language {
    fn from(language: AccountLanguage) -> Self {
        match language {
            AccountLanguage::French => Self::French,
            AccountLanguage::English => Self::English,
        }
    }
}

impl From<Language> for AccountLanguage {
    fn from(language: Language) -> Self {
        match language {
            Language::French => Self::French,
            Language::English => Self::English,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_the_same_in_any_case() {
        let email = Email::parse("  Camille.Exemple@Example.ORG ").unwrap();
        assert_eq!(email.as_str(), "camille.exemple@example.org");
        for wrong in [
            "",
            "camille",
            "@example.org",
            "a b@example.org",
            "a@b@example.org",
        ] {
            assert_eq!(Email::parse(wrong), None, "{wrong}");
        }
        assert_eq!(
            Email::parse(&format!("{}@example.org", "a".repeat(250))),
            None
        );
    }

    #[test]
    fn only_members_keep_a_part_of_the_territory() {
        let count = |role, commune: bool, intercommunality: bool| {
            let mut problems = Problems::default();
            Office {
                role,
                commune: commune.then(|| "92071".to_owned()),
                intercommunality: intercommunality.then(|| "200057966".to_owned()),
            }
            .check(&mut problems);
            match problems.none() {
                Err(crate::problem::WriteError::Problems(problems)) => problems.len(),
                _ => 0,
            }
        };
        assert_eq!(count(Role::Member, true, false), 0);
        assert_eq!(count(Role::Member, false, false), 0);
        assert_eq!(count(Role::Member, true, true), 1);
        assert_eq!(count(Role::Staff, true, false), 1);
        assert_eq!(count(Role::ApiClient, false, false), 1);
    }
}
