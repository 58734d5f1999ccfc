//! A server that is killed in the middle of an import, and servers that share the work.

use std::time::Duration;

use anyhow::ensure;
use entity::values::Role;
use sea_orm::{ConnectionTrait as _, Statement};
use serde_json::{Value, json};
use tests::{Backend, Binary, Outcome, Server, cases, eventually, sign_in};

use super::jobs::large;
use super::{ask, ended, import, number, rows, send, tried_and_written, uploaded};

cases![
    a_killed_or_stopped_server_goes_on_where_it_was,
    two_servers_run_each_import_once
];

const IMPORT: &str = "coworkingSpacesImport";
const ROWS: i64 = 6_000;

/// Sends an operation to a program.
async fn operation(url: &str, token: &str, query: &str, input: Value) -> anyhow::Result<Value> {
    let body = json!({ "query": query, "variables": input });
    let request = reqwest::Client::new()
        .post(format!("{url}/graphql"))
        .bearer_auth(token)
        .json(&body);
    Ok(request.send().await?.json().await?)
}

async fn a_killed_or_stopped_server_goes_on_where_it_was(backend: Backend) -> Outcome {
    let database = backend.create().await?;
    let settings = [
        ("DATABASE_URL", database.url.as_str()),
        ("MIGRATE_ON_START", "true"),
        ("SEED_ON_START", "true"),
        ("RATE_LIMIT_POINTS", "0"),
        ("LOG", "error"),
    ];
    let binary = Binary::new(&settings)?;
    let serving = binary.serve().await?;
    let app = binary.beside(&settings).await?;
    let staff = sign_in(&app, Role::Staff, None).await?;
    let scalar = async |sql: &str| {
        let statement = Statement::from_string(app.database.get_database_backend(), sql);
        let row = app.database.query_one_raw(statement).await?;
        let row = row.ok_or_else(|| anyhow::anyhow!("no row"))?;
        anyhow::Ok(row.try_get_by_index::<i64>(0)?)
    };
    let rows = usize::try_from(ROWS)?;
    let (status, file) = send(&serving.url, &staff.token, "a.csv", large(rows).into()).await?;
    ensure!(status == 201, "{file}");
    let asked = format!(
        "mutation ($file: ID!, $dry: Boolean!) {{ {IMPORT}(input: {{fileId: $file, dryRun: $dry}}) {{
            import {{ id }} errors {{ code }} }} }}"
    );
    let told = "query ($id: ID!) { import(id: $id) { state startedAt endedAt
        counts { total created updated unchanged refused } } }";
    let mut serving = serving;
    for (dry, kills) in [(true, 1), (false, 2)] {
        let input = json!({ "file": file["id"], "dry": dry });
        let answer = operation(&serving.url, &staff.token, &asked, input).await?;
        let id = answer["data"][IMPORT]["import"]["id"].clone();
        ensure!(id.is_string(), "{answer}");
        let total = "select created + updated + unchanged + refused from import_job \
                     order by id desc limit 1";
        for kill in 1..=kills {
            eventually("it did not come on", async || {
                Ok(scalar(total).await? >= kill * 1_000)
            })
            .await?;
            if kill == 1 {
                serving.kill().await?;
                // Its lease would end by itself in a minute.
                let sql = "update import_job set lease_until = created_at \
                           where state = 'RUNNING'";
                app.database.execute_unprepared(sql).await?;
            } else {
                // What is told to stop gives it back.
                serving.stop().await?;
                let waits = "select count(*) from import_job where state = 'QUEUED'";
                ensure!(scalar(waits).await? == 1, "it was not given back");
            }
            ensure!(scalar(total).await? < ROWS, "it was too fast");
            serving = binary.serve().await?;
        }
        let mut import = Value::Null;
        eventually("it did not end", async || {
            let answer = operation(&serving.url, &staff.token, told, json!({ "id": id })).await?;
            import = answer["data"]["import"].clone();
            Ok(!import["endedAt"].is_null())
        })
        .await?;
        // As if nothing had happened: what was done before is not told as done already.
        ensure!(
            import["state"] == "SUCCEEDED"
                && import["counts"]["created"] == ROWS
                && import["counts"]["total"] == ROWS,
            "{import}"
        );
        let numbers = "select count(distinct number) from import_row r join import_job j \
                       on j.id = r.import_id where j.id = (select id from import_job \
                       order by id desc limit 1)";
        ensure!(scalar(numbers).await? == ROWS, "each row is told once");
        let spaces = "select count(*) from coworking_space where name like 'Lieu d''essai %'";
        let written = if dry { 0 } else { ROWS };
        ensure!(scalar(spaces).await? == written, "each row is written once");
        let logged = "select count(*) from change where action = 'imported' \
                      and entity_kind = 'space' and actor like 'account%'";
        ensure!(scalar(logged).await? == written, "each row is logged once");
    }
    serving.stop().await?;
    app.database.close_by_ref().await?;
    database.remove().await
}

async fn two_servers_run_each_import_once(backend: Backend) -> Outcome {
    let server = Server::with_territory(backend).await?;
    let staff = server.account(Role::Staff, None).await?;
    let replica = server
        .replica(|settings| {
            settings.files = server.app.settings.files.clone();
        })
        .await?;
    let file = uploaded(&server, &staff, "a.csv", large(1_500)).await?;
    let input = json!({ "fileId": file });
    tried_and_written(&server, &staff, IMPORT, input.clone()).await?;
    let mut ids = Vec::new();
    for _ in 0..4 {
        let asked = ask(&server, &staff, IMPORT, input.clone()).await?;
        ids.push(asked["import"]["id"].clone());
    }
    let running = "select count(*) from import_job where state = 'RUNNING'";
    let attempts = "select cast(max(attempts) as bigint) from import_job";
    let mut open = true;
    while open {
        ensure!(number(&server, running).await? <= 1, "two run at once");
        open = false;
        for id in &ids {
            open |= import(&replica, &staff, id).await?["endedAt"].is_null();
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    ensure!(number(&server, attempts).await? == 1, "one was begun twice");
    for id in &ids {
        let told = ended(&server, &staff, id).await?;
        ensure!(told["counts"]["unchanged"] == 1_500, "{told}");
        ensure!(rows(&server, &staff, id, &[]).await?.len() == 1_500);
    }
    replica.stop().await?;
    server.stop().await
}
