//! A place to work together.

use sea_orm::entity::prelude::*;

use crate::values::{LocationPrecision, OwnerKind, Publication, WheelchairAccess};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "coworking_space")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub slug: String,
    pub name: String,
    pub description: Option<String>,
    pub surface_m2: Option<f64>,
    pub desks: Option<i32>,
    pub meeting_rooms: Option<i32>,
    pub operator_id: Option<Uuid>,
    pub owner_id: Option<Uuid>,
    pub owner_kind: Option<OwnerKind>,
    pub wheelchair_access: Option<WheelchairAccess>,
    pub opening_hours: Option<String>,
    pub website: Option<String>,
    pub confirmed_at: Option<DateTimeUtc>,
    pub stale_since: Option<Date>,
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
    pub publication: Publication,
    pub revision: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    pub published_at: Option<DateTimeUtc>,
    pub owner_account_id: Option<Uuid>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
