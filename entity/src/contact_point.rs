//! A way to reach someone, with the lawful basis for showing it.

use sea_orm::entity::prelude::*;

use crate::values::{ContactChannel, ContactVisibility, LawfulBasis};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "contact_point")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub member_id: Option<Uuid>,
    pub mandate_id: Option<Uuid>,
    pub organization_id: Option<Uuid>,
    pub space_id: Option<Uuid>,
    pub initiative_id: Option<Uuid>,
    pub channel: ContactChannel,
    pub value: String,
    pub label: Option<String>,
    pub visibility: ContactVisibility,
    pub basis: Option<LawfulBasis>,
    pub source_url: Option<String>,
    pub source_seen_on: Option<Date>,
    pub consent_given_at: Option<DateTimeUtc>,
    pub consent_wording: Option<String>,
    pub consent_withdrawn_at: Option<DateTimeUtc>,
    /// Which version of the words was consented to.
    pub consent_version: Option<String>,
    /// Who consented.
    pub consent_account_id: Option<Uuid>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
