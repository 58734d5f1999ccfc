//! Coworking spaces: kinds, amenities, occupancy, tariffs and the periods of their life.

use sea_orm_migration::prelude::*;

use crate::dialect::{drop_tables, run};

#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLES: &[&str] = &[
    "coworking_space",
    "coworking_space_kind",
    "coworking_space_amenity",
    "coworking_space_occupancy",
    "coworking_space_tariff",
    "coworking_space_period",
];

const SQL: &str = "
create table coworking_space (
    id uuid primary key,
    slug text not null unique,
    name text not null check (length(name) between 1 and 300),
    description text check (length(description) <= 20000),
    surface_m2 double precision check (surface_m2 > 0),
    desks integer check (desks >= 0),
    meeting_rooms integer check (meeting_rooms >= 0),
    operator_id uuid references organization (id) on delete set null,
    owner_id uuid references organization (id) on delete set null,
    owner_kind text check (owner_kind in
        ('COMMUNE', 'INTERCOMMUNALITY', 'OTHER_PUBLIC_BODY', 'SOCIAL_LANDLORD', 'ASSOCIATION',
         'COMPANY', 'PRIVATE_PERSON')),
    wheelchair_access text check (wheelchair_access in ('YES', 'LIMITED', 'NO')),
    opening_hours text check (length(opening_hours) <= 1000),
    website text check (length(website) <= 500),
    confirmed_at timestamptz,
    {place},
    {lifecycle},
    {place_checks},
    {lifecycle_checks}
);
create index coworking_space_publication on coworking_space (publication, id);
create index coworking_space_slug on coworking_space (publication, slug, id);
create index coworking_space_operator on coworking_space (operator_id);
create index coworking_space_owner on coworking_space (owner_id);
create index coworking_space_commune on coworking_space (commune_insee, id);
create index coworking_space_cell on coworking_space (geo_cell);

create table coworking_space_kind (
    space_id uuid not null references coworking_space (id) on delete cascade,
    kind text not null check (kind in
        ('COWORKING', 'TELEWORK', 'MEETING_ROOMS', 'SHARED_OFFICES', 'FABLAB', 'SHARED_WORKSHOP',
         'RESSOURCERIE', 'COMMUNITY_CAFE', 'ESS_HOUSE', 'INCUBATOR', 'THIRD_PLACE', 'OTHER')),
    primary key (space_id, kind)
);
create index coworking_space_kind_kind on coworking_space_kind (kind, space_id);

create table coworking_space_amenity (
    space_id uuid not null references coworking_space (id) on delete cascade,
    amenity text not null check (amenity in
        ('WIFI', 'PRINTER', 'PHONE_BOOTH', 'KITCHEN', 'COFFEE', 'CHILDCARE', 'BICYCLE_PARKING',
         'CAR_PARKING', 'SHOWER', 'LOCKERS', 'OUTDOOR_AREA', 'VIDEOCONFERENCE', 'COMPUTERS',
         'MACHINE_TOOLS', 'POSTAL_ADDRESS')),
    primary key (space_id, amenity)
);
create index coworking_space_amenity_amenity on coworking_space_amenity (amenity, space_id);

create table coworking_space_occupancy (
    id uuid primary key,
    space_id uuid not null references coworking_space (id) on delete cascade,
    kind text not null check (kind in
        ('OWNERSHIP', 'COMMERCIAL_LEASE', 'SHORT_TERM_LEASE', 'PRECARIOUS_AGREEMENT',
         'FREE_LOAN', 'LEASE_UNSPECIFIED')),
    starts_on date,
    ends_on date,
    rent_cents_per_m2_year bigint check (rent_cents_per_m2_year >= 0),
    preferential_rent boolean,
    note text check (length(note) <= 1000),
    check (ends_on is null or starts_on is null or ends_on >= starts_on)
);
create index coworking_space_occupancy_space on coworking_space_occupancy (space_id);

create table coworking_space_tariff (
    id uuid primary key,
    space_id uuid not null references coworking_space (id) on delete cascade,
    audience text not null check (audience in
        ('EVERYONE', 'STUDENT', 'EMPLOYEE', 'SELF_EMPLOYED', 'JOB_SEEKER', 'RETIRED',
         'ASSOCIATION', 'COMPANY', 'RESIDENT')),
    unit text not null check (unit in ('HOUR', 'HALF_DAY', 'DAY', 'WEEK', 'MONTH')),
    amount_cents bigint not null check (amount_cents >= 0),
    desks integer not null default 1 check (desks >= 1),
    note text check (length(note) <= 500)
);
create index coworking_space_tariff_space on coworking_space_tariff (space_id);

create table coworking_space_period (
    id uuid primary key,
    space_id uuid not null references coworking_space (id) on delete cascade,
    status text not null check (status in ('PLANNED', 'OPEN', 'CLOSED', 'REOPENING')),
    starts_on date,
    ends_on date,
    reason text check (length(reason) <= 1000),
    check (ends_on is null or starts_on is null or ends_on > starts_on),
    check (status <> 'CLOSED' or reason is not null)
);
create index coworking_space_period_space on coworking_space_period (space_id, starts_on);
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
