//! An office that a member holds or held.

use sea_orm::entity::prelude::*;

use crate::values::BodyKind;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "mandate")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub member_id: Uuid,
    pub body_kind: BodyKind,
    pub commune_insee: Option<String>,
    pub intercommunality_siren: Option<String>,
    pub departement_code: Option<String>,
    pub office: String,
    pub starts_on: Option<Date>,
    pub ends_on: Option<Date>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
