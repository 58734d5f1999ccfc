//! The funding sources of the demonstration.

use chrono::NaiveDate;
use entity::values::{
    FunderKind, FundingAudience, FundingForm, FundingTerritoryKind, Recurrence, StateAidRegime,
};
use serde::Deserialize;

use super::data::parse;
use super::writer::Writer;
use super::{SeedError, rules};
use crate::change::Subject;
use crate::funding::{FundingContent, OpenTo};
use crate::id::OrganizationRef;

const FILE: &str = "funding.toml";
const TEXT: &str = include_str!("../../data/demo/funding.toml");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Funding {
    /// The day on which the sources were last known to be as told.
    verified_on: NaiveDate,
    source: Vec<Source>,
    rule: Vec<rules::Rule>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Source {
    slug: String,
    name: String,
    description: String,
    funder: Option<String>,
    funder_name: Option<String>,
    funder_kind: FunderKind,
    #[serde(default)]
    forms: Vec<FundingForm>,
    #[serde(default)]
    audiences: Vec<FundingAudience>,
    recurrence: Option<Recurrence>,
    #[serde(default)]
    call_for_projects: bool,
    closes_on: Option<NaiveDate>,
    territory_kind: FundingTerritoryKind,
    territory_code: Option<String>,
}

/// Writes the funding sources and the rules that bind them.
pub async fn load(writer: &mut Writer<'_>) -> Result<(), SeedError> {
    let funding: Funding = parse(FILE, TEXT)?;
    let mut items = Vec::new();
    for source in funding.source {
        let id = writer.create(Subject::FundingSource, &source.slug, Some(1));
        let funder = writer.optional_id(FILE, Subject::Organization, source.funder.as_deref())?;
        let content = FundingContent {
            name: source.name,
            description: Some(source.description),
            funder_name: source.funder_name,
            funder: funder.map(OrganizationRef),
            funder_kind: source.funder_kind,
            forms: source.forms,
            audiences: source.audiences,
            legal_basis: None,
            min_amount: None,
            max_amount: None,
            max_share_percent: None,
            recurrence: source.recurrence,
            call_for_projects: source.call_for_projects,
            opens_on: None,
            closes_on: source.closes_on,
            state_aid_regime: StateAidRegime::None,
            url: None,
            verified_on: Some(funding.verified_on),
            territory: OpenTo {
                kind: source.territory_kind,
                code: source.territory_code,
            },
            rules: Vec::new(),
        };
        items.push((id, source.slug, content));
    }
    writer.publish(FILE, items).await?;
    rules::load(writer, FILE, funding.rule).await
}
