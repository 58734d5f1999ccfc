//! E-mail that waits to be sent, and what became of it.

use sea_orm_migration::prelude::*;

use crate::dialect::{drop_tables, run};

#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLES: &[&str] = &["outbox_message"];

// A message waits as long as it has a next attempt. Once it is sent, nothing tells to whom,
// nor what it said.
const SQL: &str = "
create table outbox_message (
    id uuid primary key,
    created_at timestamptz not null,
    recipient text check (length(recipient) between 3 and 254),
    language text not null check (language in ('fr', 'en')),
    template text not null check (template in (
        'INVITATION', 'EMAIL_VERIFICATION', 'PASSWORD_RESET', 'EMAIL_CHANGE_OLD',
        'EMAIL_CHANGE_NEW', 'PASSWORD_CHANGED', 'REVIEW_APPROVED', 'REVIEW_CHANGES_ASKED',
        'REVIEW_REJECTED', 'STILL_TRUE', 'PUBLISHED_ABOUT_YOU')),
    variables jsonb,
    attempts integer not null default 0 check (attempts >= 0),
    next_attempt_at timestamptz,
    sent_at timestamptz,
    failed_at timestamptz,
    failure text check (length(failure) <= 100),
    check ((next_attempt_at is null) = (sent_at is not null or failed_at is not null)),
    check (sent_at is null or failed_at is null),
    check (next_attempt_at is null or (recipient is not null and variables is not null)),
    check (sent_at is null or (recipient is null and variables is null))
);
create index outbox_message_due on outbox_message (next_attempt_at)
    where next_attempt_at is not null;
create index outbox_message_failed on outbox_message (failed_at)
    where failed_at is not null;
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
