//! What a spent refresh token needs to be answered with the same successor again.

use sea_orm_migration::prelude::*;

use crate::dialect::run;

#[derive(DeriveMigrationName)]
pub struct Migration;

const SQL: &str = "
alter table refresh_token add column successor_salt text check (length(successor_salt) <= 64);
";

const UNDO: &str = "
alter table refresh_token drop column successor_salt;
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
