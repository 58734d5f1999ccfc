//! What is written of initiatives.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Result};

use super::enums::{LessonKind, Need, PartnerRole, Scope, Stage};
use crate::graphql::ContextExt as _;
use crate::graphql::patch::{all_into, replace, set};
use crate::graphql::place::PlaceInput;
use crate::graphql::scalars::Date;
use crate::id::{FileRef, InitiativeRef, Kind, OrganizationRef};
use crate::initiatives::model::{Document, InitiativeContent, Lesson, Partner};

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

/// A new initiative.
#[derive(InputObject, Clone, Debug)]
pub struct InitiativeCreateInput {
    /// Under which the initiative is created once, however often it is asked: 1 to 100
    /// characters that you never use again for another one.
    pub idempotency_key: Option<String>,
    /// Title: 200 characters at most.
    pub title: String,
    /// What it is: 300 characters at most.
    pub summary: String,
    /// What it is and how it works, in Markdown: 20,000 characters at most.
    pub description: Option<String>,
    /// How far it reaches.
    pub scope: Scope,
    /// How far it has come.
    pub stage: Stage,
    /// Slugs of its themes, 10 at most.
    #[graphql(default)]
    pub themes: Vec<String>,
    /// INSEE codes of the communes that it concerns, 100 at most.
    #[graphql(default)]
    pub communes: Vec<String>,
    /// What it looks for.
    #[graphql(default)]
    pub needs: Vec<Need>,
    /// Where it is.
    pub place: Option<PlaceInput>,
    /// Global identifier of the organization that leads it.
    pub lead_organization: Option<ID>,
    /// The organizations that take part in it, 50 at most.
    #[graphql(default)]
    pub partners: Vec<PartnerInput>,
    /// Global identifier of the initiative after which it is modelled.
    pub inspired_by: Option<ID>,
    /// Web site.
    pub website: Option<String>,
    /// First day.
    pub starts_on: Option<Date>,
    /// Last day.
    pub ends_on: Option<Date>,
    /// How many jobs it created.
    pub jobs_created: Option<i32>,
    /// How many people it serves.
    pub people_served: Option<i32>,
    /// Whether it can be done again elsewhere.
    pub replicable: Option<bool>,
    /// What was learnt from it, 50 at most.
    #[graphql(default)]
    pub lessons: Vec<LessonInput>,
    /// Documents about it, 50 at most.
    #[graphql(default)]
    pub documents: Vec<DocumentInput>,
}

/// Changes of an initiative: what is absent stays, what is null is cleared.
#[derive(InputObject, Clone, Debug)]
pub struct InitiativeUpdateInput {
    /// Global identifier of the initiative.
    pub id: ID,
    /// Number of its latest revision, as it was read; another one answers `CONFLICT`.
    pub expected_revision: i32,
    /// Title: 200 characters at most.
    pub title: Option<String>,
    /// What it is: 300 characters at most.
    pub summary: Option<String>,
    /// What it is and how it works, in Markdown: 20,000 characters at most.
    pub description: MaybeUndefined<String>,
    /// How far it reaches.
    pub scope: Option<Scope>,
    /// How far it has come.
    pub stage: Option<Stage>,
    /// Slugs of its themes, 10 at most.
    pub themes: Option<Vec<String>>,
    /// INSEE codes of the communes that it concerns, 100 at most.
    pub communes: Option<Vec<String>>,
    /// What it looks for.
    pub needs: Option<Vec<Need>>,
    /// Where it is.
    pub place: MaybeUndefined<PlaceInput>,
    /// Global identifier of the organization that leads it.
    pub lead_organization: MaybeUndefined<ID>,
    /// The organizations that take part in it, 50 at most.
    pub partners: Option<Vec<PartnerInput>>,
    /// Global identifier of the initiative after which it is modelled.
    pub inspired_by: MaybeUndefined<ID>,
    /// Web site.
    pub website: MaybeUndefined<String>,
    /// First day.
    pub starts_on: MaybeUndefined<Date>,
    /// Last day.
    pub ends_on: MaybeUndefined<Date>,
    /// How many jobs it created.
    pub jobs_created: MaybeUndefined<i32>,
    /// How many people it serves.
    pub people_served: MaybeUndefined<i32>,
    /// Whether it can be done again elsewhere.
    pub replicable: MaybeUndefined<bool>,
    /// What was learnt from it, 50 at most.
    pub lessons: Option<Vec<LessonInput>>,
    /// Documents about it, 50 at most.
    pub documents: Option<Vec<DocumentInput>>,
}

impl InitiativeCreateInput {
    /// The content that is meant.
    ///
    /// # Errors
    /// `BAD_INPUT` when an identifier is none, or that of another type.
    pub fn content(self, ctx: &Context<'_>) -> Result<InitiativeContent> {
        let organization = |id: ID| organization(ctx, &id);
        Ok(InitiativeContent {
            title: self.title,
            summary: self.summary,
            description: self.description,
            scope: self.scope.into(),
            stage: self.stage.into(),
            themes: self.themes,
            communes: self.communes,
            needs: self.needs.into_iter().map(Into::into).collect(),
            place: self.place.map(Into::into),
            lead_organization: self.lead_organization.map(organization).transpose()?,
            partners: partners_of(ctx, self.partners)?,
            inspired_by: self
                .inspired_by
                .map(|id| initiative(ctx, &id))
                .transpose()?,
            website: self.website,
            starts_on: self.starts_on.map(Into::into),
            ends_on: self.ends_on.map(Into::into),
            jobs_created: self.jobs_created,
            people_served: self.people_served,
            replicable: self.replicable,
            lessons: self.lessons.into_iter().map(Into::into).collect(),
            documents: documents_of(ctx, self.documents)?,
        })
    }
}

/// What an update changes of a content.
pub struct InitiativePatch {
    input: InitiativeUpdateInput,
    lead_organization: MaybeUndefined<OrganizationRef>,
    partners: Option<Vec<Partner>>,
    documents: Option<Vec<Document>>,
    inspired_by: MaybeUndefined<InitiativeRef>,
}

impl InitiativeUpdateInput {
    /// The changes that are meant.
    ///
    /// # Errors
    /// `BAD_INPUT` when an identifier is none, or that of another type.
    pub fn patch(self, ctx: &Context<'_>) -> Result<InitiativePatch> {
        let lead = self.lead_organization.clone();
        let inspired_by = self.inspired_by.clone();
        let partners = self.partners.clone();
        let documents = self.documents.clone();
        Ok(InitiativePatch {
            lead_organization: lead.map_value(|id| organization(ctx, &id)).transpose()?,
            partners: partners.map(|all| partners_of(ctx, all)).transpose()?,
            documents: documents.map(|all| documents_of(ctx, all)).transpose()?,
            inspired_by: inspired_by
                .map_value(|id| initiative(ctx, &id))
                .transpose()?,
            input: self,
        })
    }
}

impl InitiativePatch {
    /// The content with these changes.
    pub fn apply(&self, mut content: InitiativeContent) -> InitiativeContent {
        let input = self.input.clone();
        replace(&mut content.title, input.title);
        replace(&mut content.summary, input.summary);
        set(&mut content.description, input.description);
        replace(&mut content.scope, input.scope.map(Into::into));
        replace(&mut content.stage, input.stage.map(Into::into));
        replace(&mut content.themes, input.themes);
        replace(&mut content.communes, input.communes);
        let needs = input.needs;
        replace(&mut content.needs, needs.map(all_into));
        set(&mut content.place, input.place.map_value(Into::into));
        set(&mut content.lead_organization, self.lead_organization);
        replace(&mut content.partners, self.partners.clone());
        set(&mut content.inspired_by, self.inspired_by);
        set(&mut content.website, input.website);
        set(
            &mut content.starts_on,
            input.starts_on.map_value(Into::into),
        );
        set(&mut content.ends_on, input.ends_on.map_value(Into::into));
        set(&mut content.jobs_created, input.jobs_created);
        set(&mut content.people_served, input.people_served);
        set(&mut content.replicable, input.replicable);
        replace(&mut content.lessons, input.lessons.map(all_into));
        replace(&mut content.documents, self.documents.clone());
        content
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

fn organization(ctx: &Context<'_>, id: &ID) -> Result<OrganizationRef> {
    ctx.uuid(Kind::Organization, id).map(OrganizationRef)
}

fn initiative(ctx: &Context<'_>, id: &ID) -> Result<InitiativeRef> {
    ctx.uuid(Kind::Initiative, id).map(InitiativeRef)
}

fn partners_of(ctx: &Context<'_>, inputs: Vec<PartnerInput>) -> Result<Vec<Partner>> {
    inputs
        .into_iter()
        .map(|input| {
            Ok(Partner {
                organization: organization(ctx, &input.organization)?,
                role: input.role.into(),
            })
        })
        .collect()
}

fn documents_of(ctx: &Context<'_>, inputs: Vec<DocumentInput>) -> Result<Vec<Document>> {
    inputs
        .into_iter()
        .map(|input| {
            let file = input.file.map(|id| ctx.uuid(Kind::File, &id)).transpose()?;
            Ok(Document {
                title: input.title,
                url: input.url,
                file: file.map(FileRef),
                media_type: input.media_type,
            })
        })
        .collect()
}
