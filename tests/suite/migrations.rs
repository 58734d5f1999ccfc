//! The schema of the database: reversible, and sound.

use anyhow::{Context as _, ensure};
use migration::{Migrator, MigratorTrait as _};
use sea_orm::{ConnectionTrait as _, Statement};
use tests::{Backend, Outcome, cases};

cases![
    every_step_can_be_undone_and_done_again,
    every_foreign_key_has_an_index_and_says_what_deletes,
    the_change_log_cannot_be_rewritten,
    documents_keep_their_files_when_files_may_be_more,
];

async fn every_step_can_be_undone_and_done_again(backend: Backend) -> Outcome {
    let database = backend.create().await?;
    let connection = database.connect().await?;
    Migrator::up(&connection, None).await?;
    let first = catalogue(&connection, &backend).await?;
    Migrator::down(&connection, None).await?;
    let left: Vec<_> = catalogue(&connection, &backend)
        .await?
        .into_iter()
        .filter(|line| !line.contains("seaql_migrations"))
        .collect();
    ensure!(left.is_empty(), "left behind: {left:?}");
    Migrator::up(&connection, None).await?;
    ensure!(catalogue(&connection, &backend).await? == first);
    connection.close().await?;
    database.remove().await
}

async fn every_foreign_key_has_an_index_and_says_what_deletes(backend: Backend) -> Outcome {
    let database = backend.create().await?;
    let connection = database.connect().await?;
    Migrator::up(&connection, None).await?;
    let unsound = if backend.is_postgres() {
        texts(
            &connection,
            "select con.conrelid::regclass || '.' || att.attname
             from pg_constraint con
             join pg_attribute att on att.attrelid = con.conrelid and att.attnum = con.conkey[1]
             where con.contype = 'f'
               and (con.confdeltype = 'a' or not exists (
                 select 1 from pg_index where indrelid = con.conrelid
                   and indkey[0] = con.conkey[1]))",
        )
        .await?
    } else {
        texts(
            &connection,
            "select t.name || '.' || k.\"from\"
             from sqlite_schema t, pragma_foreign_key_list(t.name) k
             where t.type = 'table'
               and (k.on_delete = 'NO ACTION' or not exists (
                 select 1 from pragma_index_list(t.name) l, pragma_index_info(l.name) i
                 where i.seqno = 0 and i.name = k.\"from\"))",
        )
        .await?
    };
    ensure!(
        unsound.is_empty(),
        "without an index or ON DELETE: {unsound:?}"
    );
    connection.close().await?;
    database.remove().await
}

async fn the_change_log_cannot_be_rewritten(backend: Backend) -> Outcome {
    let database = backend.create().await?;
    let connection = database.connect().await?;
    Migrator::up(&connection, None).await?;
    let id = if backend.is_postgres() {
        "gen_random_uuid()"
    } else {
        "randomblob(16)"
    };
    let instant = if backend.is_postgres() {
        "now()"
    } else {
        "datetime('now')"
    };
    connection
        .execute_unprepared(&format!(
            "insert into change (version, at, actor, entity_kind, entity_id, action, is_public, details)
             values (1, {instant}, 'test', 'theme', {id}, 'created', true, '{{}}')"
        ))
        .await?;
    for statement in ["update change set actor = 'other'", "delete from change"] {
        let refused = connection.execute_unprepared(statement).await;
        ensure!(
            refused.is_err_and(|error| error.to_string().contains("append-only")),
            "{statement} was not refused"
        );
    }
    connection.close().await?;
    database.remove().await
}

/// SQLite makes the table of files anew: what points to it must not be lost on the way.
async fn documents_keep_their_files_when_files_may_be_more(backend: Backend) -> Outcome {
    let database = backend.create().await?;
    let connection = database.connect().await?;
    Migrator::up(&connection, None).await?;
    let (file, other) = if backend.is_postgres() {
        (
            "'01900000-0000-7000-8000-000000000001'",
            "'01900000-0000-7000-8000-000000000002'",
        )
    } else {
        (
            "x'01900000000070008000000000000001'",
            "x'01900000000070008000000000000002'",
        )
    };
    let at = "'2026-01-01T00:00:00+00:00'";
    let files = format!(
        "insert into file (id, name, media_type, byte_size, sha256, variants, created_at, stored_at)
         values ({file}, 'a.pdf', 'application/pdf', 1, '{hash}', '[]', {at}, {at}),
                ({other}, 'a.csv', 'text/csv', 1, '{hash}', '[]', {at}, {at});
         insert into initiative (id, slug, title, summary, scope, stage, created_at, updated_at)
         values ({file}, 'a', 'A', 'A', 'LOCAL', 'IDEA', {at}, {at});
         insert into initiative_document (id, initiative_id, title, url, file_id)
         values ({file}, {file}, 'A', 'a.pdf', {file})",
        hash = "0".repeat(64),
    );
    connection.execute_unprepared(&files).await?;
    let all = Migrator::migrations();
    let steps = all
        .iter()
        .rev()
        .position(|step| step.name() == "m20261125_000023_import_jobs")
        .map(|later| u32::try_from(later + 1))
        .context("the step")??;
    let left = "select name from file order by name";
    let kept = "select f.name from initiative_document d join file f on f.id = d.file_id";
    Migrator::down(&connection, Some(steps)).await?;
    ensure!(texts(&connection, left).await? == ["a.pdf"]);
    ensure!(texts(&connection, kept).await? == ["a.pdf"]);
    Migrator::up(&connection, None).await?;
    ensure!(texts(&connection, kept).await? == ["a.pdf"]);
    // The pointer is one still: what is removed is no longer pointed to.
    connection.execute_unprepared("delete from file").await?;
    let empty = "select title from initiative_document where file_id is null";
    ensure!(texts(&connection, empty).await? == ["A"]);
    connection.close().await?;
    database.remove().await
}

/// A line for each table, column, index and trigger.
async fn catalogue(
    connection: &sea_orm::DatabaseConnection,
    backend: &Backend,
) -> anyhow::Result<Vec<String>> {
    let query = if backend.is_postgres() {
        "select table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable
         from information_schema.columns where table_schema = 'public'
         union all select indexdef from pg_indexes where schemaname = 'public'
         union all select pg_get_triggerdef(oid) from pg_trigger where not tgisinternal
         union all select pg_get_constraintdef(oid) || conname from pg_constraint
            where connamespace = 'public'::regnamespace
         union all select proname from pg_proc where pronamespace = 'public'::regnamespace
         order by 1"
    } else {
        "select type || ' ' || name || coalesce(sql, '') from sqlite_schema
         where name not like 'sqlite_%' order by 1"
    };
    texts(connection, query).await
}

async fn texts(
    connection: &sea_orm::DatabaseConnection,
    query: &str,
) -> anyhow::Result<Vec<String>> {
    let statement = Statement::from_string(connection.get_database_backend(), query);
    connection
        .query_all_raw(statement)
        .await?
        .into_iter()
        .map(|row| Ok(row.try_get_by_index(0)?))
        .collect()
}
