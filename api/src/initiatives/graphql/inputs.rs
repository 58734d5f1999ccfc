//! What is written of initiatives.

use async_graphql::{Context, ID, InputObject, Result};
use chrono::NaiveDate;
use entity::values;

use super::enums::{LessonKind, Need, PartnerRole, Scope, Stage};
use crate::content_inputs;
use crate::graphql::patch::Given;
use crate::graphql::place::PlaceInput;
use crate::graphql::scalars::Date;
use crate::id::{InitiativeRef, OrganizationRef};
use crate::initiatives::model::{Document, InitiativeContent, Lesson, Partner};
use crate::written::StatedPlace;

/// An organization that takes part.
#[derive(InputObject, Clone, Debug)]
pub struct PartnerInput {
    /// Global identifier of the organization.
    pub organization: ID,
    /// What it does.
    pub role: PartnerRole,
}

/// Something learnt.
#[derive(InputObject, Clone, Debug)]
pub struct LessonInput {
    /// What it is about.
    pub kind: LessonKind,
    /// The lesson: 2,000 characters at most.
    pub content: String,
}

/// A document: either a link, or an uploaded file.
#[derive(InputObject, Clone, Debug)]
pub struct DocumentInput {
    /// Title: 200 characters at most.
    pub title: String,
    /// Address on the web.
    pub url: Option<String>,
    /// Global identifier of an uploaded file: one of the viewer's, or one that is attached to
    /// this initiative.
    pub file: Option<ID>,
    /// Media type of a link, such as application/pdf; that of a file is known.
    pub media_type: Option<String>,
}

content_inputs! {
    /// A new initiative.
    InitiativeCreateInput;
    /// Changes of an initiative: what is absent stays, what is null is cleared.
    InitiativeUpdateInput;
    InitiativePatch of InitiativeContent;
    compared as not_duplicate_of;
    required {
        /// Title: 200 characters at most.
        title: String as String,
        /// What it is: 300 characters at most.
        summary: String as String,
        /// How far it reaches.
        scope: Scope as values::Scope,
        /// How far it has come.
        stage: Stage as values::Stage,
    }
    defaulted {}
    optional {
        /// What it is and how it works, in Markdown: 20,000 characters at most.
        description: String as String,
        /// Where it is.
        place: PlaceInput as StatedPlace,
        /// Global identifier of the organization that leads it.
        lead_organization: ID as OrganizationRef,
        /// Global identifier of the initiative after which it is modelled.
        inspired_by: ID as InitiativeRef,
        /// Web site.
        website: String as String,
        /// First day.
        starts_on: Date as NaiveDate,
        /// Last day.
        ends_on: Date as NaiveDate,
        /// How many jobs it created.
        jobs_created: i32 as i32,
        /// How many people it serves.
        people_served: i32 as i32,
        /// Whether it can be done again elsewhere.
        replicable: bool as bool,
    }
    lists {
        /// Slugs of its themes, 10 at most.
        themes: String as String,
        /// INSEE codes of the communes that it concerns, 100 at most.
        communes: String as String,
        /// What it looks for.
        needs: Need as values::Need,
        /// The organizations that take part in it, 50 at most.
        partners: PartnerInput as Partner,
        /// What was learnt from it, 50 at most.
        lessons: LessonInput as Lesson,
        /// Documents about it, 50 at most.
        documents: DocumentInput as Document,
    }
}

impl Given<Partner> for PartnerInput {
    fn given(self, ctx: &Context<'_>) -> Result<Partner> {
        Ok(Partner {
            organization: self.organization.given(ctx)?,
            role: self.role.into(),
        })
    }
}

impl From<LessonInput> for Lesson {
    fn from(input: LessonInput) -> Self {
        Self {
            kind: input.kind.into(),
            content: input.content,
        }
    }
}

impl Given<Document> for DocumentInput {
    fn given(self, ctx: &Context<'_>) -> Result<Document> {
        let file = self.file.map(|id| id.given(ctx)).transpose()?;
        Ok(Document {
            title: self.title,
            url: self.url,
            file,
            media_type: self.media_type,
        })
    }
}
