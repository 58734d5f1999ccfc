//! The initiatives of the demonstration.

use chrono::NaiveDate;
use entity::financing_line;
use entity::values::{FinancingStatus, LessonKind, Need, PartnerRole, Scope, Stage};
use sea_orm::Set;
use serde::Deserialize;
use uuid::Uuid;

use super::SeedError;
use super::data::{insert, parse};
use super::writer::{PlaceName, Writer};
use crate::change::Subject;
use crate::id::{InitiativeRef, OrganizationRef};
use crate::initiatives::model::{self, InitiativeContent};

const FILE: &str = "initiatives.toml";
const TEXT: &str = include_str!("../../data/demo/initiatives.toml");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Initiatives {
    initiative: Vec<Initiative>,
}

/// An initiative as the file tells it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Initiative {
    slug: String,
    title: String,
    summary: String,
    description: Option<String>,
    scope: Scope,
    stage: Stage,
    lead: Option<String>,
    inspired_by: Option<String>,
    starts_on: Option<NaiveDate>,
    place: Option<PlaceName>,
    #[serde(default)]
    themes: Vec<String>,
    #[serde(default)]
    communes: Vec<String>,
    #[serde(default)]
    needs: Vec<Need>,
    #[serde(default)]
    partners: Vec<Partner>,
    #[serde(default)]
    lessons: Vec<Lesson>,
    #[serde(default)]
    documents: Vec<Document>,
    #[serde(default)]
    financed_by: Vec<Financing>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Partner {
    organization: String,
    role: PartnerRole,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Lesson {
    kind: LessonKind,
    content: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    title: String,
    url: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Financing {
    source: String,
    status: FinancingStatus,
}

/// Writes the initiatives and the lines that finance them.
pub async fn load(writer: &mut Writer<'_>) -> Result<(), SeedError> {
    let initiatives: Initiatives = parse(FILE, TEXT)?;
    let mut items = Vec::new();
    let mut lines = Vec::new();
    for initiative in initiatives.initiative {
        // Before its own identifier is made: an initiative is inspired by an earlier one.
        let inspired_by =
            writer.optional_id(FILE, Subject::Initiative, initiative.inspired_by.as_deref())?;
        let id = writer.create(Subject::Initiative, &initiative.slug, Some(1));
        for financing in &initiative.financed_by {
            let source = writer.id(FILE, Subject::FundingSource, &financing.source)?;
            lines.push(financing_line::ActiveModel {
                id: Set(writer.clock.new_id()),
                initiative_id: Set(id),
                funding_source_id: Set(source),
                status: Set(financing.status),
                ..Default::default()
            });
        }
        let slug = initiative.slug.clone();
        items.push((id, slug, content(writer, initiative, inspired_by)?));
    }
    writer.publish(FILE, items).await?;
    insert(writer.transaction, lines).await
}

fn content(
    writer: &Writer<'_>,
    initiative: Initiative,
    inspired_by: Option<Uuid>,
) -> Result<InitiativeContent, SeedError> {
    let lead = initiative.lead.as_deref();
    let lead = writer.optional_id(FILE, Subject::Organization, lead)?;
    let place = writer.place(FILE, initiative.place.as_ref())?;
    let partners = initiative.partners.into_iter().map(|partner| {
        let id = writer.id(FILE, Subject::Organization, &partner.organization)?;
        Ok(model::Partner {
            organization: OrganizationRef(id),
            role: partner.role,
        })
    });
    let partners = partners.collect::<Result<_, SeedError>>()?;
    let lessons = initiative.lessons.into_iter().map(|lesson| model::Lesson {
        kind: lesson.kind,
        content: lesson.content,
    });
    let documents = initiative.documents.into_iter();
    let documents = documents.map(|document| model::Document {
        title: document.title,
        url: Some(document.url),
        file: None,
        media_type: None,
    });
    Ok(InitiativeContent {
        title: initiative.title,
        summary: initiative.summary,
        description: initiative.description,
        scope: initiative.scope,
        stage: initiative.stage,
        themes: initiative.themes,
        communes: initiative.communes,
        needs: initiative.needs,
        place,
        lead_organization: lead.map(OrganizationRef),
        partners,
        inspired_by: inspired_by.map(InitiativeRef),
        website: None,
        starts_on: initiative.starts_on,
        ends_on: None,
        jobs_created: None,
        people_served: None,
        replicable: None,
        lessons: lessons.collect(),
        documents: documents.collect(),
    })
}
