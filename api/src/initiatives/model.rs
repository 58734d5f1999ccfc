//! The content of an initiative, as it is written and reviewed.

use chrono::NaiveDate;
use entity::values::{LessonKind, Need, PartnerRole, Scope, Stage};
use serde::{Deserialize, Serialize};

use crate::id::{FileRef, InitiativeRef, OrganizationRef};
use crate::problem::{Code, Problem, Problems, WriteError};
use crate::written::{self, StatedPlace};

/// Everything that is written of an initiative; its JSON is named as the public schema's
/// inputs are.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InitiativeContent {
    pub title: String,
    pub summary: String,
    /// Markdown.
    pub description: Option<String>,
    pub scope: Scope,
    pub stage: Stage,
    /// Slugs of themes.
    pub themes: Vec<String>,
    /// INSEE codes of the communes concerned.
    pub communes: Vec<String>,
    pub needs: Vec<Need>,
    pub place: Option<StatedPlace>,
    pub lead_organization: Option<OrganizationRef>,
    pub partners: Vec<Partner>,
    pub inspired_by: Option<InitiativeRef>,
    pub website: Option<String>,
    pub starts_on: Option<NaiveDate>,
    pub ends_on: Option<NaiveDate>,
    pub jobs_created: Option<i32>,
    pub people_served: Option<i32>,
    pub replicable: Option<bool>,
    pub lessons: Vec<Lesson>,
    pub documents: Vec<Document>,
}

/// An organization and what it does for the initiative.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Partner {
    pub organization: OrganizationRef,
    pub role: PartnerRole,
}

/// Something learnt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Lesson {
    pub kind: LessonKind,
    pub content: String,
}

/// A document: either a link, or an uploaded file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Document {
    pub title: String,
    pub url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<FileRef>,
    /// That of a link; that of a file is known.
    pub media_type: Option<String>,
}

impl InitiativeContent {
    /// The content in its one form: blanks around texts, empty texts and what is listed
    /// twice left out.
    ///
    /// # Errors
    /// All that is wrong with it.
    pub fn checked(mut self) -> Result<Self, WriteError> {
        self = self.tidied();
        let mut problems = Problems::default();
        let found = &mut problems;
        written::text(found, "title", &self.title, 200);
        written::text(found, "summary", &self.summary, 300);
        written::optional_text(found, "description", self.description.as_deref(), 20_000);
        written::url(found, "website", self.website.as_deref());
        written::period(found, "endsOn", self.starts_on, self.ends_on);
        written::count(found, "jobsCreated", self.jobs_created);
        written::count(found, "peopleServed", self.people_served);
        written::list(found, "themes", &self.themes, 10);
        written::list(found, "communes", &self.communes, 100);
        written::list(found, "partners", &self.partners, 50);
        written::list(found, "lessons", &self.lessons, 50);
        written::list(found, "documents", &self.documents, 50);
        if let Some(place) = &self.place {
            place.check(found, "place");
        }
        for (number, lesson) in self.lessons.iter().enumerate() {
            let field = format!("lessons.{number}.content");
            written::text(found, &field, &lesson.content, 2000);
        }
        for (number, document) in self.documents.iter().enumerate() {
            let field = |name| format!("documents.{number}.{name}");
            written::text(found, &field("title"), &document.title, 200);
            written::url(found, &field("url"), document.url.as_deref());
            found.require(document.url.is_some() != document.file.is_some(), || {
                Problem::new(Code::Invalid, &field("url"), "document-one-source")
            });
            let media_type = document.media_type.as_deref();
            written::optional_text(found, &field("mediaType"), media_type, 100);
        }
        problems.none()?;
        Ok(self)
    }

    /// The content in its one form.
    pub fn tidied(mut self) -> Self {
        for text in [&mut self.title, &mut self.summary] {
            *text = text.trim().to_owned();
        }
        for text in [&mut self.description, &mut self.website] {
            *text = written::trimmed(text.take());
        }
        for lesson in &mut self.lessons {
            lesson.content = lesson.content.trim().to_owned();
        }
        for document in &mut self.documents {
            document.title = document.title.trim().to_owned();
            document.url = written::trimmed(document.url.take());
            document.media_type =
                written::trimmed(document.media_type.take()).filter(|_| document.file.is_none());
        }
        self.place = self.place.take().and_then(StatedPlace::tidied);
        self.themes = written::set(self.themes);
        self.communes = written::set(self.communes);
        self.needs = written::set(self.needs);
        self.partners = written::set(self.partners);
        self
    }
}
