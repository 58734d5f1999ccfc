//! Where money or help can be found.

use sea_orm::entity::prelude::*;

use crate::values::{FunderKind, FundingTerritoryKind, Publication, Recurrence, StateAidRegime};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "funding_source")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub slug: String,
    pub name: String,
    pub description: Option<String>,
    pub funder_name: Option<String>,
    pub funder_organization_id: Option<Uuid>,
    pub funder_kind: FunderKind,
    pub legal_basis: Option<String>,
    pub min_amount_cents: Option<i64>,
    pub max_amount_cents: Option<i64>,
    pub max_share_percent: Option<f64>,
    pub recurrence: Option<Recurrence>,
    pub call_for_projects: bool,
    pub opens_on: Option<Date>,
    pub closes_on: Option<Date>,
    pub state_aid_regime: StateAidRegime,
    pub url: Option<String>,
    pub verified_on: Option<Date>,
    pub territory_kind: FundingTerritoryKind,
    pub territory_code: Option<String>,
    pub confirmed_at: Option<DateTimeUtc>,
    pub stale_since: Option<Date>,
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
