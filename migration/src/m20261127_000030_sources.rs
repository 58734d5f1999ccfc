//! Where content comes from: what a source said last, and which source and import wrote a
//! revision.

use sea_orm_migration::prelude::*;

use crate::dialect::run;

#[derive(DeriveMigrationName)]
pub struct Migration;

// An import that is forgotten leaves its revisions: nothing refers to the job by a key.
const SQL: &str = "
alter table external_reference add column stated jsonb;
alter table revision add column source text check (length(source) between 1 and 100);
alter table revision add column import_id uuid;
alter table import_job add column source_wins boolean not null default false;
";

const UNDO: &str = "
alter table import_job drop column source_wins;
alter table revision drop column import_id;
alter table revision drop column source;
alter table external_reference drop column stated;
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, SQL).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, UNDO).await
    }
}
