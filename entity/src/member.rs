//! A member of the network: elected, or staff.

use sea_orm::entity::prelude::*;

use crate::values::{MemberKind, Publication};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "member")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub slug: String,
    pub kind: MemberKind,
    pub display_name: Option<String>,
    pub commune_insee: Option<String>,
    pub organization_id: Option<Uuid>,
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
