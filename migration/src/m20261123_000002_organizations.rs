//! Organizations and their sites.

use sea_orm_migration::prelude::*;

use crate::dialect::{drop_tables, run};

#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLES: &[&str] = &["organization", "organization_site"];

const SQL: &str = "
create table organization (
    id uuid primary key,
    slug text not null unique,
    name text not null check (length(name) between 1 and 300),
    acronym text check (length(acronym) <= 50),
    legal_form text not null check (legal_form in (
        'ASSOCIATION', 'COOPERATIVE', 'COOPERATIVE_SCOP', 'COOPERATIVE_SCIC', 'COOPERATIVE_CAE',
        'MUTUAL', 'FOUNDATION', 'ESS_COMPANY', 'COMPANY', 'COMMUNE', 'INTERCOMMUNALITY',
        'DEPARTEMENT', 'REGION', 'STATE', 'OTHER_PUBLIC_BODY', 'INFORMAL_GROUP', 'UNKNOWN')),
    siae_kind text check (siae_kind in ('AI', 'ACI', 'EI', 'EITI', 'ETTI')),
    structure_kind text check (structure_kind in ('EA', 'EATT', 'GEIQ', 'ESAT', 'OPCS')),
    esus_starts_on date,
    esus_ends_on date,
    siren text check (length(siren) = 9),
    rna text check (length(rna) = 10),
    competes_on_market boolean,
    description text check (length(description) <= 20000),
    website text check (length(website) <= 500),
    founded_on date,
    {lifecycle},
    check (esus_ends_on is null or esus_starts_on is not null),
    {lifecycle_checks}
);
create index organization_siren on organization (siren);
create index organization_rna on organization (rna);
create index organization_publication on organization (publication, id);
create index organization_slug on organization (publication, slug, id);

create table organization_site (
    id uuid primary key,
    organization_id uuid not null references organization (id) on delete cascade,
    name text check (length(name) <= 300),
    siret text check (length(siret) = 14),
    finess text check (length(finess) = 9),
    is_head_office boolean not null default false,
    opening_hours text check (length(opening_hours) <= 1000),
    wheelchair_access text check (wheelchair_access in ('YES', 'LIMITED', 'NO')),
    {place},
    {place_checks}
);
create index organization_site_organization on organization_site (organization_id);
create index organization_site_siret on organization_site (siret);
create index organization_site_commune on organization_site (commune_insee);
create index organization_site_cell on organization_site (geo_cell);
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
