//! One of the addresses of an organization.

use sea_orm::entity::prelude::*;

use crate::values::{LocationPrecision, WheelchairAccess};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "organization_site")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub organization_id: Uuid,
    pub name: Option<String>,
    pub siret: Option<String>,
    pub finess: Option<String>,
    pub is_head_office: bool,
    pub opening_hours: Option<String>,
    pub wheelchair_access: Option<WheelchairAccess>,
    pub street: Option<String>,
    pub postal_code: Option<String>,
    pub commune_insee: Option<String>,
    pub latitude: Option<f64>,
    pub longitude: Option<f64>,
    pub location_precision: Option<LocationPrecision>,
    pub outside_territory: bool,
    pub geo_cell: Option<i64>,
    pub geo_x: Option<f64>,
    pub geo_y: Option<f64>,
    pub geo_z: Option<f64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
