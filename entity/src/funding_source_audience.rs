//! An audience that a source is open to.

use sea_orm::entity::prelude::*;

use crate::values::FundingAudience;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "funding_source_audience")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub funding_source_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub audience: FundingAudience,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
