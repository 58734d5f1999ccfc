//! Two entities that may be one.

use sea_orm::entity::prelude::*;

use crate::values::{DuplicateReason, DuplicateVerdict};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "probable_duplicate")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub entity_kind: String,
    pub left_id: Uuid,
    pub right_id: Uuid,
    pub reason: DuplicateReason,
    pub score: f64,
    pub verdict: DuplicateVerdict,
    pub found_at: DateTimeUtc,
    pub distance_metres: Option<f64>,
    pub decided_at: Option<DateTimeUtc>,
    pub decided_by_id: Option<Uuid>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
