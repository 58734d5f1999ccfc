//! By whom and to which version of the words consent was given.

use sea_orm_migration::prelude::*;

use crate::dialect::run;

#[derive(DeriveMigrationName)]
pub struct Migration;

// Columns that may be empty: the previous release goes on writing rows without them.
const SQL: &str = "
alter table contact_point
    add column consent_version text check (length(consent_version) between 1 and 20);
alter table contact_point
    add column consent_account_id uuid references account (id) on delete set null;
create index contact_point_consent_account on contact_point (consent_account_id);
";

const DOWN: &str = "
drop index contact_point_consent_account;
alter table contact_point drop column consent_account_id;
alter table contact_point drop column consent_version;
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
        run(manager, DOWN).await
    }
}
