//! What belongs to an initiative.

use async_graphql::SimpleObject;
use entity::{initiative_document, initiative_lesson};

use super::enums::{LessonKind, PartnerRole};
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

/// An organization that takes part in an initiative.
#[derive(SimpleObject)]
pub struct Partner {
    /// The organization.
    pub(super) organization: Organization,
    /// What it does.
    pub(super) role: PartnerRole,
}
