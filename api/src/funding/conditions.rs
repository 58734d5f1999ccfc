//! When a rule of eligibility fires.

use entity::values::{FundingForm, LegalForm, StateAidRegime};
use serde::{Deserialize, Serialize};

use crate::problem::{Code, Problem, Problems};
use crate::written;

/// When a rule fires: the JSON of `funding_rule.conditions`.
///
/// Every condition that is present must hold; one that is absent asks nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Conditions {
    /// The applicant is as one of these.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub applicants: Option<Vec<Applicant>>,
    /// The source gives one of these forms of support.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub forms: Option<Vec<FundingForm>>,
    /// The source applies one of these regimes of state aid.
    #[serde(alias = "state_aid_regimes", skip_serializing_if = "Option::is_none")]
    pub state_aid_regimes: Option<Vec<StateAidRegime>>,
    /// The initiative has one of these themes, by slug.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub themes: Option<Vec<String>>,
    /// What the applicant may have received at most, the aid in question included.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ceiling: Option<Ceiling>,
}

/// Who applies.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Applicant {
    #[serde(alias = "legal_forms")]
    pub legal_forms: Vec<LegalForm>,
    /// Whether it competes on a market; asks nothing if absent.
    #[serde(alias = "competes_on_market", skip_serializing_if = "Option::is_none")]
    pub competes_on_market: Option<bool>,
}

/// The most that was received over so many rolling years.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Ceiling {
    /// Cents.
    #[serde(alias = "cents")]
    pub amount: i64,
    pub years: i32,
}

impl Conditions {
    /// Adds to `problems` what is wrong with them, stated at `field`.
    pub fn check(&self, problems: &mut Problems, field: &str) {
        let path = |name: &str| format!("{field}.{name}");
        let applicants = self.applicants.as_deref().unwrap_or_default();
        written::list(problems, &path("applicants"), applicants, 50);
        for (number, applicant) in applicants.iter().enumerate() {
            let field = format!("{field}.applicants.{number}.legalForms");
            written::list(problems, &field, &applicant.legal_forms, 50);
        }
        let forms = self.forms.as_deref().unwrap_or_default();
        written::list(problems, &path("forms"), forms, 50);
        let regimes = self.state_aid_regimes.as_deref().unwrap_or_default();
        written::list(problems, &path("stateAidRegimes"), regimes, 50);
        let themes = self.themes.as_deref().unwrap_or_default();
        written::list(problems, &path("themes"), themes, 50);
        if let Some(ceiling) = self.ceiling {
            written::amount(problems, &path("ceiling.amount"), Some(ceiling.amount));
            problems.require((1..=50).contains(&ceiling.years), || {
                Problem::new(Code::OutOfRange, &path("ceiling.years"), "years-invalid")
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_are_read_as_they_were_first_written() {
        let first = r#"{
            "applicants": [{ "legal_forms": ["ASSOCIATION"], "competes_on_market": true }],
            "state_aid_regimes": ["DE_MINIMIS"],
            "ceiling": { "cents": 30000000, "years": 3 }
        }"#;
        let read: Conditions = serde_json::from_str(first).unwrap();
        let again = serde_json::to_string(&read).unwrap();
        assert_eq!(
            again,
            r#"{"applicants":[{"legalForms":["ASSOCIATION"],"competesOnMarket":true}],"stateAidRegimes":["DE_MINIMIS"],"ceiling":{"amount":30000000,"years":3}}"#
        );
        assert_eq!(serde_json::from_str::<Conditions>(&again).unwrap(), read);
    }
}
