//! How many initiatives are published in a commune, by scope; the empty commune counts all.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "initiative_tally")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub commune_insee: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub scope: String,
    pub published: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
