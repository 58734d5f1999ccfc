//! What a source gives, or is asked, for an initiative.

use sea_orm::entity::prelude::*;

use crate::values::FinancingStatus;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "financing_line")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub initiative_id: Uuid,
    pub funding_source_id: Uuid,
    pub status: FinancingStatus,
    pub requested_cents: Option<i64>,
    pub granted_cents: Option<i64>,
    pub decided_on: Option<Date>,
    pub agreement_reference: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
