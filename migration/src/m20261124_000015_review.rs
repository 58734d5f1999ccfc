//! Revisions of all reviewed content in one table, and who owns each content.

use sea_orm_migration::prelude::*;

use crate::dialect::run;

#[derive(DeriveMigrationName)]
pub struct Migration;

/// Tables of reviewed content.
const REVIEWED: [&str; 5] = [
    "organization",
    "initiative",
    "coworking_space",
    "funding_source",
    "member",
];

const REVISIONS: &str = "
create table revision (
    id uuid primary key,
    entity_kind text not null
        check (entity_kind in ('organization', 'initiative', 'space', 'funding', 'member')),
    entity_id uuid not null,
    number integer not null check (number >= 1),
    state text not null check (state in
        ('DRAFT', 'PENDING', 'APPROVED', 'CHANGES_ASKED', 'REJECTED', 'SUPERSEDED')),
    content jsonb not null,
    author_id uuid references account (id) on delete set null,
    author text check (length(author) <= 200),
    created_at timestamptz not null,
    submitted_at timestamptz,
    decided_by_id uuid references account (id) on delete set null,
    decided_at timestamptz,
    reason text check (length(reason) <= 2000),
    unique (entity_kind, entity_id, number),
    check (state <> 'PENDING' or submitted_at is not null),
    check (state not in ('CHANGES_ASKED', 'REJECTED') or reason is not null)
);
create index revision_queue on revision (state, submitted_at, id);
create index revision_author on revision (author_id);
create index revision_decided_by on revision (decided_by_id);

insert into revision
    (id, entity_kind, entity_id, number, state, content, author, created_at, submitted_at, reason)
select id, 'initiative', initiative_id, number, state, content, author, created_at, created_at, ''
from initiative_revision;
update revision set reason = null where state not in ('CHANGES_ASKED', 'REJECTED');

drop table initiative_revision;
";

const REVISIONS_DOWN: &str = "
create table initiative_revision (
    id uuid primary key,
    initiative_id uuid not null references initiative (id) on delete cascade,
    number integer not null check (number >= 1),
    state text not null check (state in ('APPROVED', 'PENDING', 'CHANGES_ASKED', 'REJECTED')),
    content jsonb not null,
    author text check (length(author) <= 200),
    created_at timestamptz not null,
    unique (initiative_id, number)
);
insert into initiative_revision (id, initiative_id, number, state, content, author, created_at)
select id, entity_id, number, state, content, author, created_at
from revision
where entity_kind = 'initiative' and state not in ('DRAFT', 'SUPERSEDED');
drop table revision;
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, REVISIONS).await?;
        for table in REVIEWED {
            let owner = format!(
                "alter table {table}
                     add column owner_account_id uuid references account (id) on delete set null;
                 create index {table}_owner_account on {table} (owner_account_id, id);"
            );
            run(manager, &owner).await?;
        }
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in REVIEWED {
            let owner = format!(
                "drop index {table}_owner_account; alter table {table} drop column owner_account_id;"
            );
            run(manager, &owner).await?;
        }
        run(manager, REVISIONS_DOWN).await
    }
}
