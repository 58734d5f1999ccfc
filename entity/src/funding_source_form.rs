//! A form of support that a source gives.

use sea_orm::entity::prelude::*;

use crate::values::FundingForm;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "funding_source_form")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub funding_source_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub form: FundingForm,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
