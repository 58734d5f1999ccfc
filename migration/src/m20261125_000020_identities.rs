//! Who accounts are to another issuer.

use sea_orm_migration::prelude::*;

use crate::dialect::{drop_tables, run};

#[derive(DeriveMigrationName)]
pub struct Migration;

// An address may be given to somebody else there; a subject never is.
const SQL: &str = "
create table account_identity (
    issuer text not null check (length(issuer) between 1 and 500),
    subject text not null check (length(subject) between 1 and 255),
    account_id uuid not null references account (id) on delete cascade,
    created_at timestamptz not null,
    primary key (issuer, subject),
    unique (account_id, issuer)
);
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
        drop_tables(manager, &["account_identity"]).await
    }
}
