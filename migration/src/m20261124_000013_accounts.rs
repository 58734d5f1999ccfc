//! Accounts, their sessions, one-time links and API keys, and what guards signing in.

use sea_orm_migration::prelude::*;

use crate::dialect::{drop_tables, run};

#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLES: &[&str] = &[
    "account",
    "session",
    "refresh_token",
    "one_time_link",
    "api_key",
    "sign_in_guard",
    "known_address",
    "idempotency_key",
];

// What an erased account keeps is a pseudonym: its identifier and its role.
const SQL: &str = "
create table account (
    id uuid primary key,
    email text unique check (length(email) between 3 and 254),
    display_name text check (length(display_name) between 1 and 200),
    role text not null
        check (role in ('PROJECT_HOLDER', 'MEMBER', 'STAFF', 'ADMIN', 'API_CLIENT')),
    commune_insee text references commune (insee_code) on delete restrict,
    intercommunality_siren text references intercommunality (siren) on delete restrict,
    member_id uuid unique references member (id) on delete set null,
    language text not null check (language in ('FR', 'EN')),
    password_hash text check (length(password_hash) <= 500),
    email_verified_at timestamptz,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    deactivated_at timestamptz,
    erased_at timestamptz,
    check (email is not null or role = 'API_CLIENT' or erased_at is not null),
    check (erased_at is null or (email is null and display_name is null
                                 and password_hash is null and deactivated_at is not null))
);
create index account_commune on account (commune_insee);
create index account_intercommunality on account (intercommunality_siren);
create index account_role on account (role, id);

create table session (
    id uuid primary key,
    account_id uuid not null references account (id) on delete cascade,
    device text check (length(device) <= 200),
    created_at timestamptz not null,
    last_used_at timestamptz not null,
    expires_at timestamptz not null,
    revoked_at timestamptz
);
create index session_account on session (account_id, id);
create index session_expiry on session (expires_at);

create table refresh_token (
    digest text primary key check (length(digest) = 64),
    session_id uuid not null references session (id) on delete cascade,
    issued_at timestamptz not null,
    spent_at timestamptz
);
create index refresh_token_session on refresh_token (session_id);

create table one_time_link (
    digest text primary key check (length(digest) = 64),
    account_id uuid not null references account (id) on delete cascade,
    purpose text not null check (purpose in
        ('INVITATION', 'EMAIL_VERIFICATION', 'PASSWORD_RESET', 'EMAIL_CHANGE')),
    payload jsonb not null,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    used_at timestamptz
);
create index one_time_link_account on one_time_link (account_id, purpose);
create index one_time_link_expiry on one_time_link (expires_at);

create table api_key (
    id uuid primary key,
    digest text not null unique check (length(digest) = 64),
    account_id uuid not null references account (id) on delete cascade,
    created_at timestamptz not null,
    last_used_at timestamptz,
    revoked_at timestamptz
);
create index api_key_account on api_key (account_id);

create table sign_in_guard (
    subject text primary key check (length(subject) between 1 and 100),
    failures integer not null check (failures >= 0),
    counted_from timestamptz not null,
    blocked_until timestamptz
);
create index sign_in_guard_age on sign_in_guard (counted_from);

create table known_address (
    account_id uuid not null references account (id) on delete cascade,
    address text not null check (length(address) = 64),
    seen_at timestamptz not null,
    primary key (account_id, address)
);

create table idempotency_key (
    account_id uuid not null references account (id) on delete cascade,
    key text not null check (length(key) between 1 and 100),
    request text not null check (length(request) = 64),
    entity_id uuid not null,
    created_at timestamptz not null,
    primary key (account_id, key)
);
create index idempotency_key_age on idempotency_key (created_at);
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
