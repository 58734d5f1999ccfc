//! Members of the network, their mandates, and contact points with their lawful basis.

use sea_orm_migration::prelude::*;

use crate::dialect::{drop_tables, run};

#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLES: &[&str] = &["member", "mandate", "mandate_delegation", "contact_point"];

const SQL: &str = "
create table member (
    id uuid primary key,
    slug text not null unique,
    kind text not null check (kind in ('ELECTED', 'STAFF')),
    display_name text check (length(display_name) <= 200),
    commune_insee text references commune (insee_code) on delete restrict,
    organization_id uuid references organization (id) on delete set null,
    {lifecycle},
    {lifecycle_checks}
);
create index member_publication on member (publication, id);
create index member_commune on member (commune_insee, id);
create index member_organization on member (organization_id, id);

create table mandate (
    id uuid primary key,
    member_id uuid not null references member (id) on delete cascade,
    body_kind text not null
        check (body_kind in ('COMMUNE', 'INTERCOMMUNALITY', 'DEPARTEMENT', 'NETWORK', 'STATE')),
    commune_insee text references commune (insee_code) on delete restrict,
    intercommunality_siren text references intercommunality (siren) on delete restrict,
    departement_code text references departement (code) on delete restrict,
    office text not null check (length(office) between 1 and 200),
    starts_on date,
    ends_on date,
    check ((body_kind = 'COMMUNE') = (commune_insee is not null)),
    check ((body_kind = 'INTERCOMMUNALITY') = (intercommunality_siren is not null)),
    check ((body_kind = 'DEPARTEMENT') = (departement_code is not null)),
    check (ends_on is null or starts_on is null or ends_on > starts_on)
);
create index mandate_member on mandate (member_id);
create index mandate_commune on mandate (commune_insee);
create index mandate_intercommunality on mandate (intercommunality_siren);
create index mandate_departement on mandate (departement_code);

create table mandate_delegation (
    id uuid primary key,
    mandate_id uuid not null references mandate (id) on delete cascade,
    label text not null check (length(label) between 1 and 200),
    theme_id uuid references theme (id) on delete set null
);
create index mandate_delegation_mandate on mandate_delegation (mandate_id);
create index mandate_delegation_theme on mandate_delegation (theme_id);

create table contact_point (
    id uuid primary key,
    member_id uuid references member (id) on delete cascade,
    mandate_id uuid references mandate (id) on delete cascade,
    organization_id uuid references organization (id) on delete cascade,
    space_id uuid references coworking_space (id) on delete cascade,
    initiative_id uuid references initiative (id) on delete cascade,
    channel text not null check (channel in ('EMAIL', 'PHONE', 'POSTAL', 'WEBSITE', 'SOCIAL')),
    value text not null check (length(value) between 1 and 500),
    label text check (length(label) <= 200),
    visibility text not null check (visibility in ('PUBLIC', 'NETWORK')),
    basis text check (basis in ('PUBLIC_SOURCE', 'CONSENT')),
    source_url text check (length(source_url) <= 500),
    source_seen_on date,
    consent_given_at timestamptz,
    consent_wording text check (length(consent_wording) <= 2000),
    consent_withdrawn_at timestamptz,
    check ((case when member_id is null then 0 else 1 end)
           + (case when organization_id is null then 0 else 1 end)
           + (case when space_id is null then 0 else 1 end)
           + (case when initiative_id is null then 0 else 1 end) = 1),
    check (mandate_id is null or member_id is not null),
    check (basis is null or basis <> 'PUBLIC_SOURCE'
           or (source_url is not null and source_seen_on is not null)),
    check (basis is null or basis <> 'CONSENT'
           or (consent_given_at is not null and consent_wording is not null))
);
create index contact_point_member on contact_point (member_id);
create index contact_point_mandate on contact_point (mandate_id);
create index contact_point_organization on contact_point (organization_id);
create index contact_point_space on contact_point (space_id);
create index contact_point_initiative on contact_point (initiative_id);
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
