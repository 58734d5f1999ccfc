//! The rules of eligibility, as data.

use chrono::NaiveDate;
use entity::funding_rule;
use entity::values::{EligibilityOutcome, FunderKind};
use sea_orm::Set;
use serde::Deserialize;

use super::SeedError;
use super::data::insert;
use super::writer::Writer;
use crate::funding::Conditions;

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
