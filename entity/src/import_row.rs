//! What became of one row of an import.

use sea_orm::entity::prelude::*;

use crate::values::ImportOutcome;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "import_row")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub import_id: Uuid,
    /// The row's place in the file, from 1.
    pub number: i64,
    /// The line of the file on which it begins, from 1.
    pub line: i64,
    pub outcome: ImportOutcome,
    /// What identifies it in its source.
    pub external_id: String,
    /// Global identifiers of what it is about.
    pub entities: Json,
    /// What was found, each with its code, column and value.
    pub findings: Json,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
