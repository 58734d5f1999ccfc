//! Imports of uploaded files: what is to be done, how far it is, and what became of each row.

use sea_orm_migration::prelude::*;

use crate::dialect::{drop_tables, run, run_for};

#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLES: &[&str] = &["import_job", "import_row"];

// What runs has a holder and a lease; what waits or has ended has none.
const SQL: &str = "
create table import_job (
    id uuid primary key,
    account_id uuid references account (id) on delete set null,
    kind text not null check (kind in (
        'INITIATIVE', 'ORGANIZATION', 'COWORKING_SPACE', 'FUNDING_SOURCE')),
    file_id uuid references file (id) on delete set null,
    file_name text not null check (length(file_name) between 1 and 150),
    sha256 text not null check (length(sha256) = 64),
    mapping_name text not null check (length(mapping_name) <= 200),
    mapping text not null check (length(mapping) <= 65536),
    source text not null check (length(source) between 1 and 100),
    sheet text check (length(sheet) <= 100),
    dry_run boolean not null,
    confirms_id uuid references import_job (id) on delete set null,
    state text not null check (state in (
        'QUEUED', 'RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELLED')),
    created_at timestamptz not null,
    started_at timestamptz,
    ended_at timestamptz,
    holder uuid,
    lease_until timestamptz,
    attempts integer not null default 0 check (attempts >= 0),
    bytes_done bigint not null default 0 check (bytes_done >= 0),
    bytes_total bigint not null check (bytes_total >= 0),
    created bigint not null default 0 check (created >= 0),
    updated bigint not null default 0 check (updated >= 0),
    unchanged bigint not null default 0 check (unchanged >= 0),
    refused bigint not null default 0 check (refused >= 0),
    skipped bigint not null default 0 check (skipped >= 0),
    findings jsonb not null,
    kept_refused bigint not null default 0 check (kept_refused >= 0),
    kept_others bigint not null default 0 check (kept_others >= 0),
    failure text check (failure in (
        'FILE_GONE', 'UNREADABLE', 'NO_SUCH_SHEET', 'NO_KNOWN_COLUMN', 'TOO_LARGE',
        'TOO_MANY_ROWS', 'GIVEN_UP')),
    failure_line bigint check (failure_line >= 0),
    check ((holder is null) = (lease_until is null)),
    check ((state = 'RUNNING') = (holder is not null)),
    check ((state in ('QUEUED', 'RUNNING')) = (ended_at is null)),
    check ((state = 'FAILED') = (failure is not null))
);
create index import_job_account on import_job (account_id);
create index import_job_file on import_job (file_id);
create index import_job_confirms on import_job (confirms_id);
create index import_job_open on import_job (id) where ended_at is null;
create index import_job_ended on import_job (ended_at) where ended_at is not null;
create index import_job_dry on import_job (sha256, kind) where dry_run;

create table import_row (
    id uuid primary key,
    import_id uuid not null references import_job (id) on delete cascade,
    number bigint not null check (number >= 1),
    line bigint not null check (line >= 0),
    outcome text not null check (outcome in (
        'CREATED', 'UPDATED', 'UNCHANGED', 'REFUSED', 'SKIPPED')),
    external_id text not null,
    entities jsonb not null,
    findings jsonb not null,
    unique (import_id, number)
);
create index import_row_outcome on import_row (import_id, outcome, number);
";

/// The table of files as `m20261124_000016_files` made it, with these closed lists. SQLite
/// cannot change a check: the table is made anew, and what points to it is kept meanwhile,
/// as dropping a table empties what points to its rows.
const SQLITE_FILES: &str = "
create table file_made_anew (
    id uuid primary key,
    owner_account_id uuid references account (id) on delete set null,
    name text not null check (length(name) between 1 and 150),
    media_type text not null check (media_type in ({media_types})),
    byte_size bigint not null check (byte_size >= 0),
    sha256 text not null check (length(sha256) = 64),
    width integer check (width >= 1),
    height integer check (height >= 1),
    variants jsonb not null,
    created_at timestamptz not null,
    stored_at timestamptz,
    attached_kind text check (attached_kind in ({attachments})),
    attached_id uuid,
    check ((width is null) = (height is null)),
    check ((attached_kind is null) = (attached_id is null)),
    check (attached_id is null or stored_at is not null)
);
insert into file_made_anew select * from file;
create table file_pointers as
    select id, file_id from initiative_document where file_id is not null;
drop table file;
alter table file_made_anew rename to file;
update initiative_document
    set file_id = (select p.file_id from file_pointers p where p.id = initiative_document.id)
    where id in (select id from file_pointers);
drop table file_pointers;
create index file_owner on file (owner_account_id, created_at);
create index file_loose on file (created_at) where attached_id is null;
";

const POSTGRES_FILES: &str = "
alter table file drop constraint file_media_type_check;
alter table file add constraint file_media_type_check check (media_type in ({media_types}));
alter table file drop constraint file_attached_kind_check;
alter table file add constraint file_attached_kind_check
    check (attached_kind in ({attachments}));
";

const MEDIA_TYPES: &str = "
    'application/pdf', 'image/jpeg', 'image/png',
    'application/vnd.oasis.opendocument.text',
    'application/vnd.oasis.opendocument.spreadsheet',
    'application/vnd.oasis.opendocument.presentation',
    'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
    'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    'application/vnd.openxmlformats-officedocument.presentationml.presentation'";

/// What an earlier release does not know. Its cleaner removes the objects of files that it
/// finds attached to nothing; of rows that are gone, objects stay.
const FORGET: &str = "
delete from file where media_type in ('text/csv', 'application/json');
update file set attached_kind = null, attached_id = null where attached_kind = 'import';
";

/// Has files be of these types and attached to these things.
async fn files(
    manager: &SchemaManager<'_>,
    media_types: &str,
    attachments: &str,
) -> Result<(), DbErr> {
    let filled = |sql: &str| {
        sql.replace("{media_types}", media_types)
            .replace("{attachments}", attachments)
    };
    run_for(manager, &filled(SQLITE_FILES), &filled(POSTGRES_FILES)).await
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let media_types = format!("{MEDIA_TYPES}, 'text/csv', 'application/json'");
        files(manager, &media_types, "'initiative', 'import'").await?;
        run(manager, SQL).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, TABLES).await?;
        run(manager, FORGET).await?;
        files(manager, MEDIA_TYPES, "'initiative'").await
    }
}
