//! Funding sources, the data of their eligibility rules, and the financing of initiatives.

use sea_orm_migration::prelude::*;

use crate::dialect::{drop_tables, run};

#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLES: &[&str] = &[
    "funding_source",
    "funding_source_form",
    "funding_source_audience",
    "funding_rule",
    "financing_line",
];

const SQL: &str = "
create table funding_source (
    id uuid primary key,
    slug text not null unique,
    name text not null check (length(name) between 1 and 300),
    description text check (length(description) <= 20000),
    funder_name text check (length(funder_name) <= 500),
    funder_organization_id uuid references organization (id) on delete set null,
    funder_kind text not null check (funder_kind in
        ('EUROPEAN_UNION', 'STATE', 'REGION', 'DEPARTEMENT', 'INTERCOMMUNALITY', 'COMMUNE',
         'PUBLIC_AGENCY', 'PRIVATE_OPERATOR', 'FOUNDATION', 'BANK', 'SOLIDARITY_INVESTOR',
         'CROWDFUNDING_PLATFORM', 'OTHER')),
    legal_basis text check (length(legal_basis) <= 1000),
    min_amount_cents bigint check (min_amount_cents >= 0),
    max_amount_cents bigint check (max_amount_cents >= 0),
    max_share_percent double precision check (max_share_percent > 0 and max_share_percent <= 100),
    recurrence text check (recurrence in ('PERMANENT', 'ONE_OFF', 'RECURRING')),
    call_for_projects boolean not null default false,
    opens_on date,
    closes_on date,
    state_aid_regime text not null default 'NONE'
        check (state_aid_regime in ('NONE', 'DE_MINIMIS', 'DE_MINIMIS_SGEI')),
    url text check (length(url) <= 500),
    verified_on date,
    territory_kind text not null default 'FRANCE'
        check (territory_kind in ('EUROPE', 'FRANCE', 'REGION', 'DEPARTEMENT', 'INTERCOMMUNALITY',
                                  'COMMUNE', 'UNSPECIFIED')),
    territory_code text,
    {lifecycle},
    check (max_amount_cents is null or min_amount_cents is null
           or max_amount_cents >= min_amount_cents),
    check (closes_on is null or opens_on is null or closes_on >= opens_on),
    check ((territory_kind in ('EUROPE', 'FRANCE', 'UNSPECIFIED')) = (territory_code is null)),
    {lifecycle_checks}
);
create index funding_source_publication on funding_source (publication, id);
create index funding_source_slug on funding_source (publication, slug, id);
create index funding_source_funder on funding_source (funder_organization_id);

create table funding_source_form (
    funding_source_id uuid not null references funding_source (id) on delete cascade,
    form text not null check (form in
        ('GRANT', 'LOAN', 'REPAYABLE_ADVANCE', 'EQUITY', 'GUARANTEE', 'IN_KIND',
         'TECHNICAL_ENGINEERING', 'FINANCIAL_ENGINEERING', 'LEGAL_ENGINEERING', 'OTHER')),
    primary key (funding_source_id, form)
);

create table funding_source_audience (
    funding_source_id uuid not null references funding_source (id) on delete cascade,
    audience text not null check (audience in
        ('COMMUNE', 'INTERCOMMUNALITY', 'DEPARTEMENT', 'REGION', 'OVERSEAS_COLLECTIVITY',
         'ASSOCIATION', 'PRIVATE_PERSON', 'FARMER', 'COMPANY', 'LOCAL_PUBLIC_COMPANY',
         'PUBLIC_BODY', 'RESEARCHER')),
    primary key (funding_source_id, audience)
);

create table funding_rule (
    id uuid primary key,
    code text not null unique,
    funder_kind text,
    funding_source_id uuid references funding_source (id) on delete cascade,
    outcome text not null check (outcome in ('ELIGIBLE', 'CONDITIONAL', 'INELIGIBLE')),
    message text not null check (length(message) between 1 and 1000),
    citation text not null check (length(citation) between 1 and 500),
    conditions jsonb not null,
    starts_on date,
    ends_on date,
    check (ends_on is null or starts_on is null or ends_on > starts_on)
);
create index funding_rule_source on funding_rule (funding_source_id);

create table financing_line (
    id uuid primary key,
    initiative_id uuid not null references initiative (id) on delete cascade,
    funding_source_id uuid not null references funding_source (id) on delete restrict,
    status text not null check (status in ('PLANNED', 'REQUESTED', 'GRANTED', 'REFUSED', 'PAID')),
    requested_cents bigint check (requested_cents >= 0),
    granted_cents bigint check (granted_cents >= 0),
    decided_on date,
    agreement_reference text check (length(agreement_reference) <= 100)
);
create index financing_line_initiative on financing_line (initiative_id, id);
create index financing_line_source on financing_line (funding_source_id, initiative_id);
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
