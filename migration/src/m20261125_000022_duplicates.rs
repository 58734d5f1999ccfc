//! Who decided of a probable duplicate and when, and the further reasons to suspect one.

use sea_orm_migration::prelude::*;

use crate::dialect::run_for;

#[derive(DeriveMigrationName)]
pub struct Migration;

const COLUMNS: &str = "id, entity_kind, left_id, right_id, reason, score, verdict, found_at";

// SQLite does not change the checks of a table: it is written anew. Columns that may be empty
// come last: the previous release goes on writing rows without them.
const SQLITE: &str = "
create table probable_duplicate_next (
    id uuid primary key,
    entity_kind text not null check (length(entity_kind) between 1 and 50),
    left_id uuid not null,
    right_id uuid not null,
    reason text not null check (reason in ({reasons})),
    score double precision not null check (score between 0 and 1),
    verdict text not null default 'OPEN' check (verdict in ({verdicts})),
    found_at timestamptz not null,{more}
    unique (entity_kind, left_id, right_id),
    check (left_id < right_id)
);
insert into probable_duplicate_next ({columns}) select {columns} from probable_duplicate;
drop table probable_duplicate;
alter table probable_duplicate_next rename to probable_duplicate;
create index probable_duplicate_right on probable_duplicate (entity_kind, right_id);
";

const MORE: &str = "
    distance_metres double precision check (distance_metres >= 0),
    decided_at timestamptz,
    decided_by_id uuid references account (id) on delete set null,";

const INDEXES: &str = "
create index probable_duplicate_queue on probable_duplicate (verdict, found_at, id);
create index probable_duplicate_decided_by on probable_duplicate (decided_by_id);
";

const POSTGRES: &str = "
alter table probable_duplicate
    add column distance_metres double precision check (distance_metres >= 0),
    add column decided_at timestamptz,
    add column decided_by_id uuid references account (id) on delete set null,
    drop constraint probable_duplicate_reason_check,
    drop constraint probable_duplicate_verdict_check,
    add constraint probable_duplicate_reason_check check (reason in ({reasons})),
    add constraint probable_duplicate_verdict_check check (verdict in ({verdicts}));
";

const POSTGRES_DOWN: &str = "
alter table probable_duplicate
    drop column distance_metres,
    drop column decided_at,
    drop column decided_by_id,
    drop constraint probable_duplicate_reason_check,
    drop constraint probable_duplicate_verdict_check,
    add constraint probable_duplicate_reason_check check (reason in ({reasons})),
    add constraint probable_duplicate_verdict_check check (verdict in ({verdicts}));
";

const REASONS_BEFORE: &str = "'SAME_SIRET', 'SAME_RNA', 'SIMILAR_NAME_AND_PLACE'";
const REASONS: &str = "'SAME_SIRET', 'SAME_RNA', 'SIMILAR_NAME_AND_PLACE', 'SAME_SIREN',
        'SIMILAR_NAME_AND_LEAD', 'COMPARED'";

// Nobody says that two are one: nothing merges them.
const VERDICTS_BEFORE: &str = "'OPEN', 'DUPLICATE', 'DIFFERENT'";
const VERDICTS: &str = "'OPEN', 'DIFFERENT'";

/// What has a reason that the earlier schema does not know.
const FORGET_NEW: &str = "
delete from probable_duplicate where reason not in
    ('SAME_SIRET', 'SAME_RNA', 'SIMILAR_NAME_AND_PLACE');
";

fn filled(sql: &str, reasons: &str, verdicts: &str, more: &str) -> String {
    sql.replace("{reasons}", reasons)
        .replace("{verdicts}", verdicts)
        .replace("{more}", more)
        .replace("{columns}", COLUMNS)
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let sqlite = filled(SQLITE, REASONS, VERDICTS, MORE) + INDEXES;
        let postgres = filled(POSTGRES, REASONS, VERDICTS, "") + INDEXES;
        run_for(manager, &sqlite, &postgres).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let sqlite = FORGET_NEW.to_owned() + &filled(SQLITE, REASONS_BEFORE, VERDICTS_BEFORE, "");
        let postgres = FORGET_NEW.to_owned()
            + "drop index probable_duplicate_queue;"
            + &filled(POSTGRES_DOWN, REASONS_BEFORE, VERDICTS_BEFORE, "");
        run_for(manager, &sqlite, &postgres).await
    }
}
