//! Initiatives with their revisions, themes, communes, needs, partners, lessons and documents.

use sea_orm_migration::prelude::*;

use crate::dialect::{drop_tables, run};

#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLES: &[&str] = &[
    "initiative",
    "initiative_revision",
    "initiative_theme",
    "initiative_commune",
    "initiative_need",
    "initiative_partner",
    "initiative_lesson",
    "initiative_document",
];

const SQL: &str = "
create table initiative (
    id uuid primary key,
    slug text not null unique,
    title text not null check (length(title) between 1 and 200),
    summary text not null check (length(summary) between 1 and 300),
    description text check (length(description) <= 20000),
    scope text not null check (scope in ('LOCAL', 'DEPARTMENTAL', 'REGIONAL', 'NATIONAL')),
    stage text not null
        check (stage in ('IDEA', 'PREPARATION', 'RUNNING', 'PAUSED', 'COMPLETED', 'ABANDONED')),
    lead_organization_id uuid references organization (id) on delete restrict,
    inspired_by_id uuid references initiative (id) on delete set null,
    website text check (length(website) <= 500),
    starts_on date,
    ends_on date,
    jobs_created integer check (jobs_created >= 0),
    people_served integer check (people_served >= 0),
    replicable boolean,
    rejection_reason text check (length(rejection_reason) <= 2000),
    confirmed_at timestamptz,
    {place},
    {lifecycle},
    check (ends_on is null or starts_on is null or ends_on >= starts_on),
    check (publication <> 'REJECTED' or rejection_reason is not null),
    {place_checks},
    {lifecycle_checks}
);
create index initiative_publication on initiative (publication, id);
create index initiative_updated on initiative (publication, updated_at, id);
create index initiative_slug on initiative (publication, slug, id);
create index initiative_lead on initiative (lead_organization_id, id);
create index initiative_inspired_by on initiative (inspired_by_id);
create index initiative_commune_place on initiative (commune_insee);
create index initiative_cell on initiative (geo_cell);

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

create table initiative_theme (
    initiative_id uuid not null references initiative (id) on delete cascade,
    theme_id uuid not null references theme (id) on delete restrict,
    primary key (theme_id, initiative_id)
);
create index initiative_theme_initiative on initiative_theme (initiative_id, theme_id);

create table initiative_commune (
    initiative_id uuid not null references initiative (id) on delete cascade,
    commune_insee text not null references commune (insee_code) on delete restrict,
    primary key (commune_insee, initiative_id)
);
create index initiative_commune_initiative on initiative_commune (initiative_id, commune_insee);

create table initiative_need (
    initiative_id uuid not null references initiative (id) on delete cascade,
    need text not null check (need in
        ('FUNDING', 'PREMISES', 'ADVICE', 'PARTNERS', 'VOLUNTEERS', 'VISIBILITY')),
    primary key (initiative_id, need)
);
create index initiative_need_need on initiative_need (need, initiative_id);

create table initiative_partner (
    initiative_id uuid not null references initiative (id) on delete cascade,
    organization_id uuid not null references organization (id) on delete restrict,
    role text not null check (role in ('CARRIES', 'RUNS', 'SUPPORTS', 'HOSTS', 'FUNDS')),
    primary key (initiative_id, organization_id, role)
);
create index initiative_partner_organization on initiative_partner (organization_id, initiative_id);

create table initiative_lesson (
    id uuid primary key,
    initiative_id uuid not null references initiative (id) on delete cascade,
    kind text not null check (kind in ('WORKED', 'BLOCKED', 'CONDITION')),
    content text not null check (length(content) between 1 and 2000),
    position integer not null default 0
);
create index initiative_lesson_initiative on initiative_lesson (initiative_id, position);

create table initiative_document (
    id uuid primary key,
    initiative_id uuid not null references initiative (id) on delete cascade,
    title text not null check (length(title) between 1 and 200),
    url text not null check (length(url) between 1 and 500),
    media_type text check (length(media_type) <= 100),
    position integer not null default 0
);
create index initiative_document_initiative on initiative_document (initiative_id, position);
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
