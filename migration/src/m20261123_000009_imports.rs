//! Where imported rows come from, and probable duplicates between sources.

use sea_orm_migration::prelude::*;

use crate::dialect::{drop_tables, run};

#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLES: &[&str] = &["external_reference", "probable_duplicate"];

const SQL: &str = "
create table external_reference (
    id uuid primary key,
    source text not null check (length(source) between 1 and 100),
    external_id text not null check (length(external_id) between 1 and 300),
    entity_kind text not null check (length(entity_kind) between 1 and 50),
    entity_id uuid not null,
    fingerprint text not null,
    imported_at timestamptz not null,
    unique (source, entity_kind, external_id)
);
create index external_reference_entity on external_reference (entity_kind, entity_id);

create table probable_duplicate (
    id uuid primary key,
    entity_kind text not null check (length(entity_kind) between 1 and 50),
    left_id uuid not null,
    right_id uuid not null,
    reason text not null check (reason in ('SAME_SIRET', 'SAME_RNA', 'SIMILAR_NAME_AND_PLACE')),
    score double precision not null check (score between 0 and 1),
    verdict text not null default 'OPEN' check (verdict in ('OPEN', 'DUPLICATE', 'DIFFERENT')),
    found_at timestamptz not null,
    unique (entity_kind, left_id, right_id),
    check (left_id < right_id)
);
create index probable_duplicate_right on probable_duplicate (entity_kind, right_id);
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
