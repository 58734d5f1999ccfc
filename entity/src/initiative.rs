//! An initiative, as last approved.

use sea_orm::entity::prelude::*;

use crate::values::{LocationPrecision, Publication, Scope, Stage};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "initiative")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub slug: String,
    pub title: String,
    pub summary: String,
    pub description: Option<String>,
    pub scope: Scope,
    pub stage: Stage,
    pub lead_organization_id: Option<Uuid>,
    pub inspired_by_id: Option<Uuid>,
    pub website: Option<String>,
    pub starts_on: Option<Date>,
    pub ends_on: Option<Date>,
    pub jobs_created: Option<i32>,
    pub people_served: Option<i32>,
    pub replicable: Option<bool>,
    pub rejection_reason: Option<String>,
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
