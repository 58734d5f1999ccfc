//! One version of a reviewed content.

use sea_orm::entity::prelude::*;

use crate::values::RevisionState;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "revision")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub entity_kind: String,
    pub entity_id: Uuid,
    pub number: i32,
    pub state: RevisionState,
    pub content: Json,
    pub author_id: Option<Uuid>,
    pub author: Option<String>,
    pub created_at: DateTimeUtc,
    pub submitted_at: Option<DateTimeUtc>,
    pub decided_by_id: Option<Uuid>,
    pub decided_at: Option<DateTimeUtc>,
    pub reason: Option<String>,
    /// The source whose statement it is, where no account wrote it.
    pub source: Option<String>,
    /// The import that brought it; its job may be forgotten.
    pub import_id: Option<Uuid>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The same table without its content, which is large.
pub mod heading {
    use sea_orm::entity::prelude::*;

    use crate::values::RevisionState;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "revision")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub entity_kind: String,
        pub entity_id: Uuid,
        pub number: i32,
        pub state: RevisionState,
        pub author_id: Option<Uuid>,
        pub created_at: DateTimeUtc,
        pub submitted_at: Option<DateTimeUtc>,
        pub decided_by_id: Option<Uuid>,
        pub decided_at: Option<DateTimeUtc>,
        pub reason: Option<String>,
        pub source: Option<String>,
        pub import_id: Option<Uuid>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
