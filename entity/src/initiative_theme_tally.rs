//! How many initiatives of a theme are published in a commune; the empty commune counts all.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "initiative_theme_tally")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub commune_insee: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub theme_id: Uuid,
    pub published: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
