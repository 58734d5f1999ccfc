//! Files imported over HTTP: uploaded, tried, written, and told row by row.

mod corrections;
mod files_of_people;
mod jobs;
mod messy;
mod refused;
mod registries;
mod resumed;
mod sheets;
mod templates;

use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use serde_json::{Value, json};
use tests::{Case, Server, Signed};

/// The tests of this module.
pub fn cases() -> Vec<Case> {
    [
        corrections::cases(),
        files_of_people::cases(),
        jobs::cases(),
        messy::cases(),
        refused::cases(),
        registries::cases(),
        resumed::cases(),
        templates::cases(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Time that an import has to end, on a machine that builds something else.
const PATIENCE: Duration = Duration::from_secs(240);

/// All that is told of an import but its rows.
const TOLD: &str = "id kind state dryRun confirmsId fileName mappingName source sheet
    account { email } createdAt startedAt endedAt progress { bytes totalBytes percent }
    counts { total created updated unchanged refused skipped }
    findings { code severity message count } failure { code message line }
    rowsLeftOut reportUrl";

/// Sends `bytes` to be imported, and answers the status and the body.
async fn send(url: &str, token: &str, name: &str, bytes: Vec<u8>) -> anyhow::Result<(u16, Value)> {
    let name = maillage::files::percent_encoded(name);
    let response = reqwest::Client::new()
        .post(format!("{url}/files?purpose=import&name={name}"))
        .bearer_auth(token)
        .body(bytes)
        .send()
        .await?;
    Ok((response.status().as_u16(), response.json().await?))
}

/// The identifier of a file that was sent to be imported.
async fn uploaded(
    server: &Server,
    who: &Signed,
    name: &str,
    bytes: impl Into<Vec<u8>>,
) -> anyhow::Result<Value> {
    let (status, mut body) = send(&server.url, &who.token, name, bytes.into()).await?;
    ensure!(status == 201, "{status} {body}");
    Ok(body["id"].take())
}

/// The payload of a mutation of this name that asks for an import.
async fn ask(server: &Server, who: &Signed, mutation: &str, input: Value) -> anyhow::Result<Value> {
    let query = format!(
        "mutation ($input: ImportInput!) {{ {mutation}(input: $input) {{
            import {{ {TOLD} }} errors {{ code field message }} }} }}"
    );
    let variables = json!({ "input": input });
    let mut answer = server.send_as(&who.token, &query, variables).await?;
    let payload = answer.body["data"][mutation].take();
    ensure!(payload.is_object(), "{}", answer.body);
    Ok(payload)
}

/// An import as somebody sees it.
async fn import(server: &Server, who: &Signed, id: &Value) -> anyhow::Result<Value> {
    let query = format!("{{ import(id: {id}) {{ {TOLD} }} }}");
    let mut answer = server.send_as(&who.token, &query, Value::Null).await?;
    ensure!(answer.body.get("errors").is_none(), "{}", answer.body);
    Ok(answer.body["data"]["import"].take())
}

/// An import once it has ended.
async fn ended(server: &Server, who: &Signed, id: &Value) -> anyhow::Result<Value> {
    let begun = Instant::now();
    loop {
        let import = import(server, who, id).await?;
        if !import["endedAt"].is_null() {
            return Ok(import);
        }
        ensure!(begun.elapsed() < PATIENCE, "it does not end: {import}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// An import that must be accepted, once it has ended.
async fn done(
    server: &Server,
    who: &Signed,
    mutation: &str,
    input: Value,
) -> anyhow::Result<Value> {
    let payload = ask(server, who, mutation, input).await?;
    ensure!(payload["errors"] == json!([]), "{payload}");
    ended(server, who, &payload["import"]["id"]).await
}

/// Tries a file, then has it written; answers both imports.
async fn tried_and_written(
    server: &Server,
    who: &Signed,
    mutation: &str,
    input: Value,
) -> anyhow::Result<(Value, Value)> {
    let tried = done(server, who, mutation, input.clone()).await?;
    ensure!(tried["state"] == "SUCCEEDED", "{tried}");
    let mut input = input;
    input["dryRun"] = json!(false);
    let written = done(server, who, mutation, input).await?;
    ensure!(written["state"] == "SUCCEEDED", "{written}");
    ensure!(written["confirmsId"] == tried["id"], "{written}");
    Ok((tried, written))
}

/// The rows of an import, all of them, with these outcomes if any are named.
async fn rows(
    server: &Server,
    who: &Signed,
    id: &Value,
    outcomes: &[&str],
) -> anyhow::Result<Vec<Value>> {
    let query = "query ($id: ID!, $outcomes: [ImportOutcome!]!, $after: String) {
        import(id: $id) { rows(first: 100, after: $after, outcome: {in: $outcomes}) {
            nodes { number line outcome nodes { __typename id }
                findings { code severity column value message } }
            pageInfo { hasNextPage endCursor } } } }";
    let all = ["CREATED", "UPDATED", "UNCHANGED", "REFUSED", "SKIPPED"];
    let outcomes = if outcomes.is_empty() { &all } else { outcomes };
    let mut after = Value::Null;
    let mut rows = Vec::new();
    loop {
        let variables = json!({ "id": id, "outcomes": outcomes, "after": after });
        let mut answer = server.send_as(&who.token, query, variables).await?;
        ensure!(answer.body.get("errors").is_none(), "{}", answer.body);
        let mut page = answer.body["data"]["import"]["rows"].take();
        let nodes = page["nodes"].as_array_mut().context("rows")?;
        rows.append(nodes);
        if page["pageInfo"]["hasNextPage"] != true {
            return Ok(rows);
        }
        after = page["pageInfo"]["endCursor"].take();
    }
}

/// How many rows a table has.
async fn count(server: &Server, table: &str) -> anyhow::Result<i64> {
    number(server, &format!("select count(*) from {table}")).await
}

/// The number that a statement answers.
async fn number(server: &Server, sql: &str) -> anyhow::Result<i64> {
    use sea_orm::{ConnectionTrait as _, Statement};
    let database = &server.app.database;
    let statement = Statement::from_string(database.get_database_backend(), sql);
    let row = database.query_one_raw(statement).await?;
    Ok(row.context("a number")?.try_get_by_index(0)?)
}
