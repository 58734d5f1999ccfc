//! The managed taxonomy of themes and its correspondence with other vocabularies.

use sea_orm_migration::prelude::*;

use crate::dialect::{drop_tables, run};

#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLES: &[&str] = &["theme", "theme_mapping"];

const SQL: &str = "
create table theme (
    id uuid primary key,
    slug text not null unique,
    name text not null check (length(name) between 1 and 100),
    description text check (length(description) <= 1000),
    parent_id uuid references theme (id) on delete restrict,
    position integer not null default 0
);
create index theme_parent on theme (parent_id);

create table theme_mapping (
    theme_id uuid not null references theme (id) on delete cascade,
    scheme text not null check (length(scheme) between 1 and 50),
    code text not null check (length(code) between 1 and 200),
    primary key (theme_id, scheme, code)
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
        drop_tables(manager, TABLES).await
    }
}
