//! Files that people upload, and the documents of initiatives that are such files.

use sea_orm_migration::prelude::*;

use crate::dialect::run;

#[derive(DeriveMigrationName)]
pub struct Migration;

// A row comes before its objects and goes after them: what has no time at which it was stored
// is not served, and removed with whatever there is of it.
const SQL: &str = "
create table file (
    id uuid primary key,
    owner_account_id uuid references account (id) on delete set null,
    name text not null check (length(name) between 1 and 150),
    media_type text not null check (media_type in (
        'application/pdf', 'image/jpeg', 'image/png',
        'application/vnd.oasis.opendocument.text',
        'application/vnd.oasis.opendocument.spreadsheet',
        'application/vnd.oasis.opendocument.presentation',
        'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
        'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
        'application/vnd.openxmlformats-officedocument.presentationml.presentation')),
    byte_size bigint not null check (byte_size >= 0),
    sha256 text not null check (length(sha256) = 64),
    width integer check (width >= 1),
    height integer check (height >= 1),
    variants jsonb not null,
    created_at timestamptz not null,
    stored_at timestamptz,
    attached_kind text check (attached_kind in ('initiative')),
    attached_id uuid,
    check ((width is null) = (height is null)),
    check ((attached_kind is null) = (attached_id is null)),
    check (attached_id is null or stored_at is not null)
);
create index file_owner on file (owner_account_id, created_at);
create index file_loose on file (created_at) where attached_id is null;

alter table initiative_document
    add column file_id uuid references file (id) on delete set null;
create index initiative_document_file on initiative_document (file_id);
";

const DOWN: &str = "
delete from initiative_document where file_id is not null;
drop index initiative_document_file;
alter table initiative_document drop column file_id;
drop table file;
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
