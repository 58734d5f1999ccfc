//! What is written of funding sources.

use async_graphql::{ID, InputObject};
use chrono::NaiveDate;
use entity::values;

use super::enums::{
    EligibilityOutcome, FunderKind, FundingAudience, FundingForm, FundingTerritoryKind, Recurrence,
    StateAidRegime,
};
use crate::content_inputs;
use crate::funding::conditions::{Applicant, Ceiling, Conditions};
use crate::funding::content::{FundingContent, OpenTo, Rule};
use crate::graphql::scalars::{Cents, Date};
use crate::id::OrganizationRef;
use crate::organizations::graphql::LegalForm;

/// Where a funding source is open.
#[derive(InputObject, Clone, Debug)]
pub struct FundingTerritoryInput {
    /// How wide it is.
    pub kind: FundingTerritoryKind,
    /// The official code of the région, département or commune, or the SIREN of the
    /// intercommunality; null for wider territories.
    pub code: Option<String>,
}

/// A rule of eligibility of the source itself.
#[derive(InputObject, Clone, Debug)]
pub struct FundingRuleInput {
    /// Name of the rule, unique among all rules and never translated: 100 characters at most.
    pub code: String,
    /// What it says of the projects that it is about.
    pub outcome: EligibilityOutcome,
    /// The rule in words, in French: 1,000 characters at most.
    pub message: String,
    /// Where the law says so: 500 characters at most.
    pub citation: String,
    /// Which projects it is about; all of them if absent.
    pub conditions: Option<FundingConditionsInput>,
    /// First day; null if it is not known.
    pub starts_on: Option<Date>,
    /// First day on which it no longer holds; null while it does.
    pub ends_on: Option<Date>,
}

/// Which projects a rule is about: every condition that is present must hold.
#[derive(InputObject, Clone, Debug)]
pub struct FundingConditionsInput {
    /// The applicant is as one of these, 50 at most.
    pub applicants: Option<Vec<FundingApplicantInput>>,
    /// The source gives one of these forms of support, 50 at most.
    pub forms: Option<Vec<FundingForm>>,
    /// The source gives under one of these rules on state aid, 50 at most.
    pub state_aid_regimes: Option<Vec<StateAidRegime>>,
    /// The initiative has one of these themes, 50 slugs at most.
    pub themes: Option<Vec<String>>,
    /// What the applicant may have received at most, the aid in question included.
    pub ceiling: Option<FundingCeilingInput>,
}

/// Who applies.
#[derive(InputObject, Clone, Debug)]
pub struct FundingApplicantInput {
    /// Legal forms, one of which the applicant has; 50 at most.
    pub legal_forms: Vec<LegalForm>,
    /// Whether the applicant competes on a market; asks nothing if absent.
    pub competes_on_market: Option<bool>,
}

/// The most that was received over so many rolling years.
#[derive(InputObject, Clone, Debug)]
pub struct FundingCeilingInput {
    /// In cents.
    pub amount: Cents,
    /// Rolling years, 1 to 50.
    pub years: i32,
}

content_inputs! {
    /// A new funding source.
    FundingSourceCreateInput;
    /// Changes of a funding source: what is absent stays, what is null is cleared.
    FundingSourceUpdateInput;
    FundingPatch of FundingContent;
    required {
        /// Name: 300 characters at most.
        name: String as String,
        /// What the funder is.
        funder_kind: FunderKind as values::FunderKind,
        /// Rules on state aid under which it gives.
        state_aid_regime: StateAidRegime as values::StateAidRegime,
        /// Where it is open.
        territory: FundingTerritoryInput as OpenTo,
    }
    defaulted {
        /// Whether it is a call for projects.
        call_for_projects: bool as bool,
    }
    optional {
        /// What it funds and how to apply, in Markdown: 20,000 characters at most.
        description: String as String,
        /// Name of the funder, or of the funders: 500 characters at most.
        funder_name: String as String,
        /// Global identifier of the organization that funds.
        funder: ID as OrganizationRef,
        /// The law or the decision on which it stands: 1,000 characters at most.
        legal_basis: String as String,
        /// The least that it gives, in cents.
        min_amount: Cents as i64,
        /// The most that it gives, in cents.
        max_amount: Cents as i64,
        /// The highest share of the cost of a project that it pays, in percent: above 0, 100
        /// at most.
        max_share_percent: f64 as f64,
        /// How often it takes applications.
        recurrence: Recurrence as values::Recurrence,
        /// First day of application.
        opens_on: Date as NaiveDate,
        /// Last day of application.
        closes_on: Date as NaiveDate,
        /// Where to read more, and to apply.
        url: String as String,
        /// When someone last verified that it is still true.
        verified_on: Date as NaiveDate,
    }
    lists {
        /// Forms of support.
        forms: FundingForm as values::FundingForm,
        /// To whom it is open.
        audiences: FundingAudience as values::FundingAudience,
        /// Its own rules of eligibility, 50 at most.
        rules: FundingRuleInput as Rule,
    }
}

impl From<FundingTerritoryInput> for OpenTo {
    fn from(input: FundingTerritoryInput) -> Self {
        Self {
            kind: input.kind.into(),
            code: input.code,
        }
    }
}

impl From<FundingRuleInput> for Rule {
    fn from(input: FundingRuleInput) -> Self {
        Self {
            code: input.code,
            outcome: input.outcome.into(),
            message: input.message,
            citation: input.citation,
            conditions: input.conditions.map(Into::into).unwrap_or_default(),
            starts_on: input.starts_on.map(Into::into),
            ends_on: input.ends_on.map(Into::into),
        }
    }
}

impl From<FundingConditionsInput> for Conditions {
    fn from(input: FundingConditionsInput) -> Self {
        Self {
            applicants: input.applicants.map(all),
            forms: input.forms.map(all),
            state_aid_regimes: input.state_aid_regimes.map(all),
            themes: input.themes,
            ceiling: input.ceiling.map(|ceiling| Ceiling {
                amount: ceiling.amount.0,
                years: ceiling.years,
            }),
        }
    }
}

impl From<FundingApplicantInput> for Applicant {
    fn from(input: FundingApplicantInput) -> Self {
        Self {
            legal_forms: all(input.legal_forms),
            competes_on_market: input.competes_on_market,
        }
    }
}

/// Every item, as a content holds it.
fn all<I: Into<T>, T>(items: Vec<I>) -> Vec<T> {
    items.into_iter().map(Into::into).collect()
}
