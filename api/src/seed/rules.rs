//! The rules of eligibility, as data.

use chrono::NaiveDate;
use entity::funding_rule;
use entity::values::{EligibilityOutcome, FunderKind, FundingForm, LegalForm, StateAidRegime};
use sea_orm::Set;
use serde::{Deserialize, Serialize};

use super::SeedError;
use super::data::insert;
use super::writer::Writer;

/// A rule: of a kind of funder, or of all.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    code: String,
    funder_kind: Option<FunderKind>,
    outcome: EligibilityOutcome,
    message: String,
    citation: String,
    starts_on: Option<NaiveDate>,
    /// First day on which it no longer holds.
    ends_on: Option<NaiveDate>,
    conditions: Conditions,
}

/// When a rule fires: the JSON of `funding_rule.conditions`.
///
/// Every condition that is present must hold; one that is absent asks nothing.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Conditions {
    /// The applicant is as one of these.
    #[serde(skip_serializing_if = "Option::is_none")]
    applicants: Option<Vec<Applicant>>,
    /// The source gives one of these forms of support.
    #[serde(skip_serializing_if = "Option::is_none")]
    forms: Option<Vec<FundingForm>>,
    /// The source applies one of these regimes of state aid.
    #[serde(skip_serializing_if = "Option::is_none")]
    state_aid_regimes: Option<Vec<StateAidRegime>>,
    /// The initiative has one of these themes, by slug.
    #[serde(skip_serializing_if = "Option::is_none")]
    themes: Option<Vec<String>>,
    /// What the applicant may have received at most, the aid in question included.
    #[serde(skip_serializing_if = "Option::is_none")]
    ceiling: Option<Ceiling>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Applicant {
    legal_forms: Vec<LegalForm>,
    /// Whether it competes on a market; asks nothing if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    competes_on_market: Option<bool>,
}

/// Cents, over so many rolling years.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Ceiling {
    cents: i64,
    years: u8,
}

/// Writes `rules`, which are told in `file`.
pub async fn load(
    writer: &Writer<'_>,
    file: &'static str,
    rules: Vec<Rule>,
) -> Result<(), SeedError> {
    let mut rows = Vec::new();
    for rule in rules {
        let conditions = serde_json::to_value(&rule.conditions);
        let conditions = conditions.map_err(|error| SeedError::Data {
            file,
            reason: error.to_string(),
        })?;
        rows.push(funding_rule::ActiveModel {
            id: Set(writer.clock.new_id()),
            code: Set(rule.code),
            funder_kind: Set(rule.funder_kind.map(|kind| kind.as_str().to_owned())),
            funding_source_id: Set(None),
            outcome: Set(rule.outcome),
            message: Set(rule.message),
            citation: Set(rule.citation),
            conditions: Set(conditions),
            starts_on: Set(rule.starts_on),
            ends_on: Set(rule.ends_on),
        });
    }
    insert(writer.transaction, rows).await
}
