//! Which body holds the competence for the ESS in a commune, and for how long.

use sea_orm::entity::prelude::*;

use crate::values::CompetenceHolder;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "ess_competence")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub commune_insee: String,
    pub holder: CompetenceHolder,
    pub intercommunality_siren: Option<String>,
    pub contact_office: Option<String>,
    pub contact_url: Option<String>,
    pub source_url: String,
    pub starts_on: Option<Date>,
    pub ends_on: Option<Date>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
