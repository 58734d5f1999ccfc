//! An organization of the ESS, or one that works with it.

use sea_orm::entity::prelude::*;

use crate::values::{LegalForm, Publication, SiaeKind, StructureKind};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "organization")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub slug: String,
    pub name: String,
    pub acronym: Option<String>,
    pub legal_form: LegalForm,
    pub siae_kind: Option<SiaeKind>,
    pub structure_kind: Option<StructureKind>,
    pub esus_starts_on: Option<Date>,
    pub esus_ends_on: Option<Date>,
    pub siren: Option<String>,
    pub rna: Option<String>,
    pub competes_on_market: Option<bool>,
    pub description: Option<String>,
    pub website: Option<String>,
    pub founded_on: Option<Date>,
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
