//! When contents were confirmed, of which that was asked, and which nobody confirmed.

use sea_orm_migration::prelude::*;

use crate::dialect::{drop_tables, run};

#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLES: &[&str] = &["reminder", "confirmation_link"];

/// Contents that are confirmed from time to time.
const CONFIRMED: [&str; 4] = [
    "organization",
    "initiative",
    "coworking_space",
    "funding_source",
];

/// Those that did not tell yet when.
const NOT_TOLD: [&str; 2] = ["organization", "funding_source"];

// One row for each that was reminded of: what claims it, so that replicas remind once.
const SQL: &str = "
create table reminder (
    entity_kind text not null
        check (entity_kind in ('organization', 'initiative', 'space', 'funding', 'member')),
    entity_id uuid not null,
    sent_at timestamptz not null,
    primary key (entity_kind, entity_id)
);

create table confirmation_link (
    digest text primary key check (length(digest) = 64),
    entity_kind text not null
        check (entity_kind in ('organization', 'initiative', 'space', 'funding')),
    entity_id uuid not null,
    account_id uuid not null references account (id) on delete cascade,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    used_at timestamptz
);
create index confirmation_link_account on confirmation_link (account_id);
create index confirmation_link_expiry on confirmation_link (expires_at);
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, SQL).await?;
        for table in NOT_TOLD {
            let column = format!("alter table {table} add column confirmed_at timestamptz");
            run(manager, &column).await?;
        }
        // Empty columns: the previous release goes on writing rows without them.
        for table in CONFIRMED {
            let column = format!(
                "alter table {table} add column stale_since date;
                 create index {table}_stale on {table} (stale_since)
                     where stale_since is not null;"
            );
            run(manager, &column).await?;
        }
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in CONFIRMED {
            let column =
                format!("drop index {table}_stale; alter table {table} drop column stale_since;");
            run(manager, &column).await?;
        }
        for table in NOT_TOLD {
            let column = format!("alter table {table} drop column confirmed_at");
            run(manager, &column).await?;
        }
        drop_tables(manager, TABLES).await
    }
}
