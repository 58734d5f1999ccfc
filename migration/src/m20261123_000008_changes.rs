//! The change log: gap-free, in commit order, never rewritten.

use sea_orm_migration::prelude::*;

use crate::dialect::{run, run_for};

#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLES: &str = "
create table change (
    version bigint primary key check (version >= 1),
    at timestamptz not null,
    actor text not null check (length(actor) between 1 and 200),
    entity_kind text not null check (length(entity_kind) between 1 and 50),
    entity_id uuid not null,
    action text not null check (length(action) between 1 and 50),
    revision integer,
    is_public boolean not null,
    details jsonb not null
);
create index change_entity on change (entity_kind, entity_id, version);

create table change_head (
    id integer primary key check (id = 1),
    version bigint not null check (version >= 0)
);
insert into change_head (id, version) values (1, 0);
";

const SQLITE: &str = "
create trigger change_never_updated before update on change
begin
    select raise(abort, 'the change log is append-only');
end;
create trigger change_never_deleted before delete on change
begin
    select raise(abort, 'the change log is append-only');
end;
";

const POSTGRES: &str = "
create function refuse_change_rewrite() returns trigger language plpgsql as $$
begin
    raise exception 'the change log is append-only';
end
$$;
create trigger change_never_rewritten before update or delete on change
    for each row execute function refuse_change_rewrite();
create trigger change_never_truncated before truncate on change
    for each statement execute function refuse_change_rewrite();
";

const SQLITE_DOWN: &str = "
drop table change_head;
drop table change;
";

const POSTGRES_DOWN: &str = "
drop table change_head;
drop table change;
drop function refuse_change_rewrite();
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, TABLES).await?;
        run_for(manager, SQLITE, POSTGRES).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run_for(manager, SQLITE_DOWN, POSTGRES_DOWN).await
    }
}
