//! The initiatives of the demonstration.

use chrono::NaiveDate;
use entity::values::{FinancingStatus, LessonKind, Need, PartnerRole, Publication, Scope, Stage};
use entity::{
    financing_line, initiative, initiative_commune, initiative_document, initiative_lesson,
    initiative_need, initiative_partner, initiative_theme,
};
use sea_orm::{DbErr, Set};
use serde::Deserialize;
use uuid::Uuid;

use super::SeedError;
use super::data::{insert, parse};
use super::writer::{PlaceName, Writer};
use crate::change::Subject;
use crate::initiatives::model::InitiativeContent;
use crate::problem::WriteError;
use crate::review::{Reviewed as _, first_revision};
use crate::{set_place, viewer};

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

/// Everything written of the initiatives, by table.
#[derive(Default)]
struct Rows {
    initiatives: Vec<initiative::ActiveModel>,
    themes: Vec<initiative_theme::ActiveModel>,
    communes: Vec<initiative_commune::ActiveModel>,
    needs: Vec<initiative_need::ActiveModel>,
    partners: Vec<initiative_partner::ActiveModel>,
    lessons: Vec<initiative_lesson::ActiveModel>,
    documents: Vec<initiative_document::ActiveModel>,
    financing: Vec<financing_line::ActiveModel>,
}

/// Writes the initiatives and all that belongs to them.
pub async fn load(writer: &mut Writer<'_>) -> Result<(), SeedError> {
    let initiatives: Initiatives = parse(FILE, TEXT)?;
    let mut rows = Rows::default();
    let mut written = Vec::new();
    for initiative in &initiatives.initiative {
        // Before its own identifier is made: an initiative is inspired by an earlier one.
        let inspired_by =
            writer.optional_id(FILE, Subject::Initiative, initiative.inspired_by.as_deref())?;
        let id = writer.create(Subject::Initiative, &initiative.slug, Some(1));
        written.push(id);
        rows.initiatives
            .push(row(writer, id, inspired_by, initiative)?);
        rows.belongings(writer, id, initiative)?;
    }
    let transaction = writer.transaction;
    insert(transaction, rows.initiatives).await?;
    insert(transaction, rows.themes).await?;
    insert(transaction, rows.communes).await?;
    insert(transaction, rows.needs).await?;
    insert(transaction, rows.partners).await?;
    insert(transaction, rows.lessons).await?;
    insert(transaction, rows.documents).await?;
    insert(transaction, rows.financing).await?;
    let scope = viewer::Scope {
        viewer: viewer::Viewer::Visitor,
        now: writer.now,
        today: writer.clock.today(),
    };
    for id in written {
        let head = InitiativeContent::head(transaction, scope, id).await?;
        let head = head.ok_or_else(|| DbErr::RecordNotFound("an initiative".to_owned()))?;
        first_revision::<InitiativeContent>(writer.clock, scope, transaction, &head)
            .await
            .map_err(|error| match error {
                WriteError::Database(error) => SeedError::Database(error),
                error => SeedError::Data {
                    file: FILE,
                    reason: error.to_string(),
                },
            })?;
    }
    Ok(())
}

fn row(
    writer: &Writer<'_>,
    id: Uuid,
    inspired_by: Option<Uuid>,
    initiative: &Initiative,
) -> Result<initiative::ActiveModel, SeedError> {
    let lead = initiative.lead.as_deref();
    let mut row = initiative::ActiveModel {
        id: Set(id),
        slug: Set(initiative.slug.clone()),
        title: Set(initiative.title.clone()),
        summary: Set(initiative.summary.clone()),
        description: Set(initiative.description.clone()),
        scope: Set(initiative.scope),
        stage: Set(initiative.stage),
        lead_organization_id: Set(writer.optional_id(FILE, Subject::Organization, lead)?),
        inspired_by_id: Set(inspired_by),
        starts_on: Set(initiative.starts_on),
        publication: Set(Publication::Published),
        revision: Set(1),
        created_at: Set(writer.now),
        updated_at: Set(writer.now),
        published_at: Set(Some(writer.now)),
        ..Default::default()
    };
    set_place!(row, writer.place(FILE, initiative.place.as_ref())?);
    Ok(row)
}

impl Rows {
    fn belongings(
        &mut self,
        writer: &Writer<'_>,
        initiative_id: Uuid,
        initiative: &Initiative,
    ) -> Result<(), SeedError> {
        for theme in &initiative.themes {
            self.themes.push(initiative_theme::ActiveModel {
                initiative_id: Set(initiative_id),
                theme_id: Set(writer.id(FILE, Subject::Theme, theme)?),
            });
        }
        for insee_code in &initiative.communes {
            self.communes.push(initiative_commune::ActiveModel {
                initiative_id: Set(initiative_id),
                commune_insee: Set(insee_code.clone()),
            });
        }
        for need in &initiative.needs {
            self.needs.push(initiative_need::ActiveModel {
                initiative_id: Set(initiative_id),
                need: Set(*need),
            });
        }
        for partner in &initiative.partners {
            self.partners.push(initiative_partner::ActiveModel {
                initiative_id: Set(initiative_id),
                organization_id: Set(writer.id(
                    FILE,
                    Subject::Organization,
                    &partner.organization,
                )?),
                role: Set(partner.role),
            });
        }
        for (position, lesson) in (0..).zip(&initiative.lessons) {
            self.lessons.push(initiative_lesson::ActiveModel {
                id: Set(writer.clock.new_id()),
                initiative_id: Set(initiative_id),
                kind: Set(lesson.kind),
                content: Set(lesson.content.clone()),
                position: Set(position),
            });
        }
        for (position, document) in (0..).zip(&initiative.documents) {
            self.documents.push(initiative_document::ActiveModel {
                id: Set(writer.clock.new_id()),
                initiative_id: Set(initiative_id),
                title: Set(document.title.clone()),
                url: Set(document.url.clone()),
                media_type: Set(None),
                position: Set(position),
                file_id: Set(None),
            });
        }
        for financing in &initiative.financed_by {
            self.financing.push(financing_line::ActiveModel {
                id: Set(writer.clock.new_id()),
                initiative_id: Set(initiative_id),
                funding_source_id: Set(writer.id(
                    FILE,
                    Subject::FundingSource,
                    &financing.source,
                )?),
                status: Set(financing.status),
                ..Default::default()
            });
        }
        Ok(())
    }
}
