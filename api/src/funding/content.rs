//! The content of a funding source, as it is written and reviewed.

use chrono::NaiveDate;
use entity::values::{
    EligibilityOutcome, FunderKind, FundingAudience, FundingForm, FundingTerritoryKind, Recurrence,
    StateAidRegime,
};
use serde::{Deserialize, Serialize};

use super::conditions::Conditions;
use crate::id::OrganizationRef;
use crate::organizations::identifiers::Siren;
use crate::problem::{Code, Problem, Problems, WriteError};
use crate::written;

/// Everything that is written of a funding source; its JSON is named as the public schema's
/// inputs are.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FundingContent {
    pub name: String,
    /// Markdown.
    pub description: Option<String>,
    pub funder_name: Option<String>,
    pub funder: Option<OrganizationRef>,
    pub funder_kind: FunderKind,
    pub forms: Vec<FundingForm>,
    pub audiences: Vec<FundingAudience>,
    pub legal_basis: Option<String>,
    /// Cents.
    pub min_amount: Option<i64>,
    /// Cents.
    pub max_amount: Option<i64>,
    /// Of the cost of a project.
    pub max_share_percent: Option<f64>,
    pub recurrence: Option<Recurrence>,
    pub call_for_projects: bool,
    pub opens_on: Option<NaiveDate>,
    /// Last day.
    pub closes_on: Option<NaiveDate>,
    pub state_aid_regime: StateAidRegime,
    pub url: Option<String>,
    pub verified_on: Option<NaiveDate>,
    pub territory: OpenTo,
    pub rules: Vec<Rule>,
}

/// Where a source is open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OpenTo {
    pub kind: FundingTerritoryKind,
    /// None of what is wider than a région.
    pub code: Option<String>,
}

/// A rule of eligibility of the source itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Rule {
    pub code: String,
    pub outcome: EligibilityOutcome,
    pub message: String,
    pub citation: String,
    pub conditions: Conditions,
    pub starts_on: Option<NaiveDate>,
    /// First day on which it no longer holds.
    pub ends_on: Option<NaiveDate>,
}

impl FundingContent {
    /// The content in its one form: blanks around texts, empty texts and what is listed
    /// twice left out, and rules in the order of their codes.
    ///
    /// # Errors
    /// All that is wrong with it.
    pub fn checked(mut self) -> Result<Self, WriteError> {
        // Problems name the items of a list as they were given.
        self = self.trimmed();
        let mut problems = Problems::default();
        let found = &mut problems;
        written::text(found, "name", &self.name, 300);
        written::optional_text(found, "description", self.description.as_deref(), 20_000);
        written::optional_text(found, "funderName", self.funder_name.as_deref(), 500);
        written::optional_text(found, "legalBasis", self.legal_basis.as_deref(), 1000);
        written::amount(found, "minAmount", self.min_amount);
        written::amount(found, "maxAmount", self.max_amount);
        let ordered = self
            .min_amount
            .zip(self.max_amount)
            .is_none_or(|(least, most)| least <= most);
        found.require(ordered, || {
            Problem::new(Code::OutOfRange, "maxAmount", "amounts-invalid")
        });
        let share = self.max_share_percent;
        found.require(
            share.is_none_or(|share| share > 0.0 && share <= 100.0),
            || Problem::new(Code::OutOfRange, "maxSharePercent", "share-invalid"),
        );
        written::period(found, "closesOn", self.opens_on, self.closes_on);
        written::url(found, "url", self.url.as_deref());
        written::list(found, "forms", &self.forms, 50);
        written::list(found, "audiences", &self.audiences, 50);
        self.territory.check(found);
        written::list(found, "rules", &self.rules, 50);
        for (number, rule) in self.rules.iter().enumerate() {
            rule.check(found, &format!("rules.{number}"));
            let mut earlier = self.rules.iter().take(number);
            let twice = earlier.any(|other| other.code == rule.code);
            found.require(!twice, || taken(number, &rule.code));
        }
        problems.none()?;
        Ok(self.ordered())
    }

    /// The content in its one form.
    pub fn tidied(self) -> Self {
        self.trimmed().ordered()
    }

    fn trimmed(mut self) -> Self {
        self.name = self.name.trim().to_owned();
        for text in [
            &mut self.description,
            &mut self.funder_name,
            &mut self.legal_basis,
            &mut self.url,
            &mut self.territory.code,
        ] {
            *text = written::trimmed(text.take());
        }
        for rule in &mut self.rules {
            for text in [&mut rule.code, &mut rule.message, &mut rule.citation] {
                *text = text.trim().to_owned();
            }
        }
        self
    }

    fn ordered(mut self) -> Self {
        self.forms = written::set(self.forms);
        self.audiences = written::set(self.audiences);
        self.rules.sort_by(|one, other| one.code.cmp(&other.code));
        self
    }
}

impl OpenTo {
    fn check(&self, problems: &mut Problems) {
        use FundingTerritoryKind as Kind;
        let field = "territory.code";
        let valid = |code: &str| match self.kind {
            Kind::Europe | Kind::France | Kind::Unspecified => false,
            Kind::Region => code.len() == 2 && alphanumeric(code),
            Kind::Departement => matches!(code.len(), 2 | 3) && alphanumeric(code),
            Kind::Intercommunality => code.parse::<Siren>().is_ok(),
            Kind::Commune => code.len() == 5 && alphanumeric(code),
        };
        let wide = matches!(self.kind, Kind::Europe | Kind::France | Kind::Unspecified);
        match &self.code {
            None => problems.require(wide, || Problem::new(Code::Required, field, "required")),
            Some(code) => problems.require(valid(code), || {
                Problem::new(Code::Invalid, field, "territory-code-invalid")
            }),
        }
    }
}

fn alphanumeric(code: &str) -> bool {
    code.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

impl Rule {
    fn check(&self, problems: &mut Problems, field: &str) {
        let path = |name: &str| format!("{field}.{name}");
        written::text(problems, &path("code"), &self.code, 100);
        written::text(problems, &path("message"), &self.message, 1000);
        written::text(problems, &path("citation"), &self.citation, 500);
        written::period_until(problems, &path("endsOn"), self.starts_on, self.ends_on);
        self.conditions.check(problems, &path("conditions"));
    }
}

/// A problem with the code of the rule at this position: another one has it.
pub fn taken(position: usize, code: &str) -> Problem {
    Problem::new(
        Code::Taken,
        &format!("rules.{position}.code"),
        "rule-code-taken",
    )
    .with("value", code)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes_of(kind: FundingTerritoryKind, code: Option<&str>) -> bool {
        let mut problems = Problems::default();
        let code = code.map(str::to_owned);
        OpenTo { kind, code }.check(&mut problems);
        problems.none().is_ok()
    }

    #[test]
    fn a_territory_has_the_code_of_its_kind_and_what_is_wider_has_none() {
        use FundingTerritoryKind as Kind;
        for (kind, code, valid) in [
            (Kind::France, None, true),
            (Kind::France, Some("11"), false),
            (Kind::Region, Some("11"), true),
            (Kind::Departement, Some("92"), true),
            (Kind::Departement, Some("2A"), true),
            (Kind::Departement, Some("92071"), false),
            (Kind::Commune, Some("92071"), true),
            (Kind::Commune, None, false),
            (Kind::Intercommunality, Some("200057966"), true),
            (Kind::Intercommunality, Some("200057967"), false),
        ] {
            assert_eq!(codes_of(kind, code), valid, "{kind:?} {code:?}");
        }
    }
}
