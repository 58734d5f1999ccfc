//! Themes are written through the API: they count their revisions, and can be archived.

use sea_orm_migration::prelude::*;

use crate::dialect::run;

#[derive(DeriveMigrationName)]
pub struct Migration;

const UP: &str = "
alter table theme add column revision integer not null default 1 check (revision >= 1);
alter table theme add column archived_at timestamptz;
";

const DOWN: &str = "
alter table theme drop column archived_at;
alter table theme drop column revision;
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, UP).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, DOWN).await
    }
}
