//! The data of one rule of eligibility.

use sea_orm::entity::prelude::*;

use crate::values::EligibilityOutcome;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "funding_rule")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub code: String,
    pub funder_kind: Option<String>,
    pub funding_source_id: Option<Uuid>,
    pub outcome: EligibilityOutcome,
    pub message: String,
    pub citation: String,
    pub conditions: Json,
    pub starts_on: Option<Date>,
    pub ends_on: Option<Date>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
