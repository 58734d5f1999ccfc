//! By which title, and when, a space is occupied.

use sea_orm::entity::prelude::*;

use crate::values::OccupancyKind;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "coworking_space_occupancy")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub space_id: Uuid,
    pub kind: OccupancyKind,
    pub starts_on: Option<Date>,
    pub ends_on: Option<Date>,
    pub rent_cents_per_m2_year: Option<i64>,
    pub preferential_rent: Option<bool>,
    pub note: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
