//! The content of an entry of the directory, as it is written and reviewed.

use chrono::NaiveDate;
use entity::values::{BodyKind, MemberKind};
use serde::{Deserialize, Serialize};

use crate::id::{MandateRef, OrganizationRef};
use crate::problem::{Code, Problem, Problems, WriteError};
use crate::written::{self, Part};

/// Everything that is written of a member, ways to reach them left out: each of those has
/// its own lawful basis. Its JSON is named as the public schema's inputs are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MemberContent {
    pub kind: MemberKind,
    /// None of who is shown by office only.
    pub display_name: Option<String>,
    /// INSEE code.
    pub commune: Option<String>,
    pub organization: Option<OrganizationRef>,
    pub mandates: Vec<Mandate>,
}

/// An office that a member holds or held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Mandate {
    /// None of a new mandate, until its member is known.
    pub id: Option<MandateRef>,
    pub body: Body,
    pub office: String,
    pub delegations: Vec<Delegation>,
    pub starts_on: Option<NaiveDate>,
    /// First day on which it is over.
    pub ends_on: Option<NaiveDate>,
}

/// The body where a mandate is held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Body {
    pub kind: BodyKind,
    /// None of the network and the state.
    pub code: Option<String>,
}

/// A portfolio that goes with a mandate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Delegation {
    pub label: String,
    /// Slug of the theme that it is about.
    pub theme: Option<String>,
}

impl Part for Mandate {
    type Reference = MandateRef;
    const LIST: &'static str = "mandates";
    const NAME: &'static str = "mandate";
    const UNKNOWN: &'static str = "unknown-mandate";

    fn id(&mut self) -> &mut Option<MandateRef> {
        &mut self.id
    }
}

impl MemberContent {
    /// The content in its one form: blanks around texts and empty texts left out.
    ///
    /// # Errors
    /// All that is wrong with it.
    pub fn checked(mut self) -> Result<Self, WriteError> {
        self = self.tidied();
        let mut problems = Problems::default();
        let found = &mut problems;
        let name = self.display_name.as_deref();
        written::optional_text(found, "displayName", name, 200);
        let told = name.is_some() || !self.mandates.is_empty();
        found.require(told, || {
            Problem::new(Code::Required, "displayName", "name-or-mandate")
        });
        written::list(found, "mandates", &self.mandates, 100);
        for (number, mandate) in self.mandates.iter().enumerate() {
            mandate.check(found, &format!("mandates.{number}"));
        }
        problems.none()?;
        Ok(self)
    }

    /// The content in its one form.
    pub fn tidied(mut self) -> Self {
        for text in [&mut self.display_name, &mut self.commune] {
            *text = written::trimmed(text.take());
        }
        for mandate in &mut self.mandates {
            mandate.office = mandate.office.trim().to_owned();
            mandate.body.code = written::trimmed(mandate.body.code.take());
            for delegation in &mut mandate.delegations {
                delegation.label = delegation.label.trim().to_owned();
                delegation.theme = written::trimmed(delegation.theme.take());
            }
        }
        self
    }
}

impl Mandate {
    fn check(&self, problems: &mut Problems, field: &str) {
        let path = |name: &str| format!("{field}.{name}");
        written::text(problems, &path("office"), &self.office, 200);
        written::period_until(problems, &path("endsOn"), self.starts_on, self.ends_on);
        let has_code = !matches!(self.body.kind, BodyKind::Network | BodyKind::State);
        match (&self.body.code, has_code) {
            (None, true) => {
                problems.add(Problem::new(Code::Required, &path("body.code"), "required"));
            }
            (Some(_), false) => {
                let field = path("body.code");
                problems.add(Problem::new(Code::Invalid, &field, "body-without-code"));
            }
            (Some(_), true) | (None, false) => {}
        }
        written::list(problems, &path("delegations"), &self.delegations, 50);
        for (number, delegation) in self.delegations.iter().enumerate() {
            let field = format!("{field}.delegations.{number}.label");
            written::text(problems, &field, &delegation.label, 200);
        }
    }
}
