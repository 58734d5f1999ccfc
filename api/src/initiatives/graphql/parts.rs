//! What belongs to an initiative.

use async_graphql::SimpleObject;
use entity::initiative_lesson;

use super::enums::{LessonKind, PartnerRole};
use crate::files;
use crate::initiatives::store::DocumentRow;
use crate::organizations::graphql::Organization;
use crate::settings::Settings;

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

/// A document: a link, or an uploaded file.
#[derive(SimpleObject)]
pub struct Document {
    /// Title.
    title: String,
    /// Address; that of an uploaded file is a path of this server where the server does not
    /// know its public address.
    url: String,
    /// Media type, such as application/pdf.
    media_type: Option<String>,
    /// Size in bytes of an uploaded file, 2147483647 at the most; null for a link.
    byte_size: Option<i32>,
}

impl Document {
    /// The document of this row.
    pub fn new(settings: &Settings, (row, file): DocumentRow) -> Self {
        match file {
            Some(file) => Self {
                title: row.title,
                url: files::address(settings, &file),
                media_type: Some(file.media_type.as_str().to_owned()),
                byte_size: Some(i32::try_from(file.byte_size).unwrap_or(i32::MAX)),
            },
            None => Self {
                title: row.title,
                url: row.url,
                media_type: row.media_type,
                byte_size: None,
            },
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
