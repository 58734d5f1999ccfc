//! A file that somebody uploaded.

use sea_orm::entity::prelude::*;

use crate::values::{Attachment, FileType};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "file")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub owner_account_id: Option<Uuid>,
    pub name: String,
    pub media_type: FileType,
    pub byte_size: i64,
    /// Lower-case hexadecimal.
    pub sha256: String,
    pub width: Option<i32>,
    pub height: Option<i32>,
    /// The widths at which it is kept besides its own, with their heights and sizes.
    pub variants: Json,
    pub created_at: DateTimeUtc,
    /// Empty while its objects are written or removed.
    pub stored_at: Option<DateTimeUtc>,
    pub attached_kind: Option<Attachment>,
    pub attached_id: Option<Uuid>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
