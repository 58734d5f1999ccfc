//! What belongs to an initiative.

use std::sync::Arc;

use async_graphql::{Object, SimpleObject};
use chrono::{DateTime, Utc};
use entity::initiative_revision::heading;
use entity::{initiative_document, initiative_lesson};

use super::enums::{LessonKind, PartnerRole};
use crate::connection;
use crate::initiatives::revisions::RevisionListing;
use crate::organizations::graphql::Organization;

/// Something learnt from an initiative.
#[derive(SimpleObject)]
pub struct Lesson {
    /// What it is about.
    kind: LessonKind,
    /// The lesson.
    content: String,
}

impl From<initiative_lesson::Model> for Lesson {
    fn from(row: initiative_lesson::Model) -> Self {
        Self {
            kind: row.kind.into(),
            content: row.content,
        }
    }
}

/// A link to a document.
#[derive(SimpleObject)]
pub struct Document {
    /// Title.
    title: String,
    /// Address.
    url: String,
    /// Media type, such as application/pdf.
    media_type: Option<String>,
}

impl From<initiative_document::Model> for Document {
    fn from(row: initiative_document::Model) -> Self {
        Self {
            title: row.title,
            url: row.url,
            media_type: row.media_type,
        }
    }
}

/// An approved version of an initiative.
pub struct InitiativeRevision(Arc<heading::Model>);

impl InitiativeRevision {
    /// A row as a node of a list.
    pub(crate) fn in_list(row: Arc<heading::Model>, _: &RevisionListing) -> Self {
        Self(row)
    }
}

/// An approved version of an initiative.
#[Object]
impl InitiativeRevision {
    /// Number of the revision, from 1 on.
    async fn number(&self) -> i32 {
        self.0.number
    }

    /// When it was written.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }
}

connection! {
    /// Approved versions of an initiative, the newest first.
    InitiativeRevisionConnection, InitiativeRevisionEdge, InitiativeRevision, RevisionListing
}

/// An organization that takes part in an initiative.
#[derive(SimpleObject)]
pub struct Partner {
    /// The organization.
    pub(super) organization: Organization,
    /// What it does.
    pub(super) role: PartnerRole,
}
