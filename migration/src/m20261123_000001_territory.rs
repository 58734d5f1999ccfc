//! Départements, communes, intercommunalities with dated memberships, stations, and who holds the competence for the ESS.

use sea_orm_migration::prelude::*;

use crate::dialect::{drop_tables, run};

#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLES: &[&str] = &[
    "departement",
    "commune",
    "intercommunality",
    "intercommunality_membership",
    "ess_competence",
    "station",
    "station_line",
];

const SQL: &str = "
create table departement (
    code text primary key check (length(code) between 2 and 3),
    slug text not null unique,
    name text not null check (length(name) between 1 and 100),
    region_code text check (length(region_code) = 2),
    region_name text
);

create table commune (
    insee_code text primary key check (length(insee_code) = 5),
    slug text not null unique,
    name text not null check (length(name) between 1 and 100),
    departement_code text not null references departement (code) on delete restrict,
    postal_codes jsonb not null,
    population bigint check (population >= 0),
    population_year integer,
    latitude double precision check (latitude between -90 and 90),
    longitude double precision check (longitude between -180 and 180),
    outline jsonb,
    check ((latitude is null) = (longitude is null))
);
create index commune_departement on commune (departement_code);

create table intercommunality (
    siren text primary key check (length(siren) = 9),
    slug text not null unique,
    name text not null check (length(name) between 1 and 200),
    kind text not null check (kind in ('EPT', 'CA', 'CC', 'CU', 'METROPOLE'))
);

create table intercommunality_membership (
    id uuid primary key,
    intercommunality_siren text not null references intercommunality (siren) on delete cascade,
    commune_insee text not null references commune (insee_code) on delete cascade,
    starts_on date,
    ends_on date,
    unique (commune_insee, intercommunality_siren, starts_on),
    check (ends_on is null or starts_on is null or ends_on > starts_on)
);
create index intercommunality_membership_intercommunality
    on intercommunality_membership (intercommunality_siren);

create table ess_competence (
    id uuid primary key,
    commune_insee text not null references commune (insee_code) on delete cascade,
    holder text not null check (holder in ('COMMUNE', 'INTERCOMMUNALITY')),
    intercommunality_siren text references intercommunality (siren) on delete restrict,
    contact_office text check (length(contact_office) <= 200),
    contact_url text check (length(contact_url) <= 500),
    source_url text not null,
    starts_on date,
    ends_on date,
    unique (commune_insee, starts_on),
    check ((holder = 'INTERCOMMUNALITY') = (intercommunality_siren is not null)),
    check (ends_on is null or starts_on is null or ends_on > starts_on)
);
create index ess_competence_intercommunality on ess_competence (intercommunality_siren);

create table station (
    id uuid primary key,
    slug text not null unique,
    name text not null check (length(name) between 1 and 200),
    commune_insee text references commune (insee_code) on delete set null,
    latitude double precision not null check (latitude between -90 and 90),
    longitude double precision not null check (longitude between -180 and 180)
);
create index station_commune on station (commune_insee);

create table station_line (
    station_id uuid not null references station (id) on delete cascade,
    line text not null check (length(line) between 1 and 50),
    mode text not null check (mode in ('METRO', 'RER', 'TRAIN', 'TRAM', 'VAL', 'CABLE', 'BUS')),
    operator text,
    status text not null check (status in ('IN_SERVICE', 'PLANNED')),
    opens_on date,
    opening_note text,
    primary key (station_id, line)
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
