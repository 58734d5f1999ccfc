//! One line that stops at a station, or will.

use sea_orm::entity::prelude::*;

use crate::values::{LineStatus, TransportMode};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "station_line")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub station_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub line: String,
    pub mode: TransportMode,
    pub operator: Option<String>,
    pub status: LineStatus,
    pub opens_on: Option<Date>,
    pub opening_note: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
