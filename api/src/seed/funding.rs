//! The funding sources of the demonstration.

use chrono::NaiveDate;
use entity::values::{
    FunderKind, FundingAudience, FundingForm, FundingTerritoryKind, Publication, Recurrence,
    StateAidRegime,
};
use entity::{funding_source, funding_source_audience, funding_source_form};
use sea_orm::Set;
use serde::Deserialize;

use super::data::{insert, parse};
use super::writer::Writer;
use super::{SeedError, rules};
use crate::change::Subject;

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
    let mut rows = Vec::new();
    let mut forms = Vec::new();
    let mut audiences = Vec::new();
    for source in funding.source {
        let funder = source.funder.as_deref();
        let id = writer.create(Subject::FundingSource, &source.slug, Some(1));
        rows.push(funding_source::ActiveModel {
            id: Set(id),
            slug: Set(source.slug),
            name: Set(source.name),
            description: Set(Some(source.description)),
            funder_name: Set(source.funder_name),
            funder_organization_id: Set(writer.optional_id(FILE, Subject::Organization, funder)?),
            funder_kind: Set(source.funder_kind),
            recurrence: Set(source.recurrence),
            call_for_projects: Set(source.call_for_projects),
            closes_on: Set(source.closes_on),
            state_aid_regime: Set(StateAidRegime::None),
            verified_on: Set(Some(funding.verified_on)),
            territory_kind: Set(source.territory_kind),
            territory_code: Set(source.territory_code),
            publication: Set(Publication::Published),
            revision: Set(1),
            created_at: Set(writer.now),
            updated_at: Set(writer.now),
            published_at: Set(Some(writer.now)),
            ..Default::default()
        });
        forms.extend(
            source
                .forms
                .into_iter()
                .map(|form| funding_source_form::ActiveModel {
                    funding_source_id: Set(id),
                    form: Set(form),
                }),
        );
        audiences.extend(source.audiences.into_iter().map(|audience| {
            funding_source_audience::ActiveModel {
                funding_source_id: Set(id),
                audience: Set(audience),
            }
        }));
    }
    insert(writer.transaction, rows).await?;
    insert(writer.transaction, forms).await?;
    insert(writer.transaction, audiences).await?;
    rules::load(writer, FILE, funding.rule).await
}
