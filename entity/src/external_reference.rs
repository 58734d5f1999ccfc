//! Where an imported entity comes from.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "external_reference")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub source: String,
    pub external_id: String,
    pub entity_kind: String,
    pub entity_id: Uuid,
    pub fingerprint: String,
    pub imported_at: DateTimeUtc,
    /// What the source said when it was last read: values by path within the content. None of
    /// what was imported before that was kept.
    pub stated: Option<Json>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
