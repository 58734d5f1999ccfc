//! A price of a space.

use sea_orm::entity::prelude::*;

use crate::values::{TariffAudience, TariffUnit};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "coworking_space_tariff")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub space_id: Uuid,
    pub audience: TariffAudience,
    pub unit: TariffUnit,
    pub amount_cents: i64,
    pub desks: i32,
    pub note: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
