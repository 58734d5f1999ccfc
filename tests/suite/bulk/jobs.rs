//! Imports as jobs: asked once, seen by staff alone, ended by hand, forgotten in time.

use std::time::Duration;

use anyhow::{Context as _, ensure};
use chrono::TimeDelta;
use entity::values::Role;
use maillage::clock::Clock;
use sea_orm::TransactionTrait as _;
use serde_json::{Value, json};
use tests::{Backend, Outcome, Server, cases, eventually};

use super::{ask, count, done, ended, import, number, rows, tried_and_written, uploaded};

cases![
    a_wish_under_one_key_is_one_import,
    staff_see_all_imports_and_others_none,
    an_import_is_cancelled_while_it_waits_and_while_it_runs,
    too_many_imports_are_not_accepted,
    numbers_that_are_being_published_are_waited_for,
    what_ended_a_month_ago_is_forgotten_with_its_file
];

const IMPORT: &str = "coworkingSpacesImport";
const SMALL: &str = "Nom;Commune\nL'Atelier d'essai;Sceaux\n";

/// A table of so many spaces.
pub fn large(rows: usize) -> String {
    let mut text = "Nom;Commune;Description\n".to_owned();
    for number in 0..rows {
        text.push_str(&format!(
            "Lieu d'essai {number};Sceaux;Un espace parmi d'autres.\n"
        ));
    }
    text
}

async fn a_wish_under_one_key_is_one_import(backend: Backend) -> Outcome {
    let server = Server::with_territory(backend).await?;
    let staff = server.account(Role::Staff, None).await?;
    let file = uploaded(&server, &staff, "espaces.csv", SMALL).await?;
    let input = json!({ "fileId": file, "idempotencyKey": "une clé" });
    let first = ask(&server, &staff, IMPORT, input.clone()).await?;
    let ended = ended(&server, &staff, &first["import"]["id"]).await?;
    let again = ask(&server, &staff, IMPORT, input.clone()).await?;
    ensure!(
        again["import"]["id"] == ended["id"] && again["errors"] == json!([]),
        "{again}"
    );
    let mut otherwise = input;
    otherwise["source"] = json!("autre");
    let refused = ask(&server, &staff, IMPORT, otherwise).await?;
    ensure!(refused["errors"][0]["code"] == "KEY_REUSED", "{refused}");
    ensure!(count(&server, "import_job").await? == 1);
    server.stop().await
}

async fn staff_see_all_imports_and_others_none(backend: Backend) -> Outcome {
    let server = Server::with_territory(backend).await?;
    let staff = server.account(Role::Staff, None).await?;
    let colleague = server.account(Role::Staff, None).await?;
    let file = uploaded(&server, &staff, "espaces.csv", SMALL).await?;
    let tried = done(&server, &staff, IMPORT, json!({ "fileId": file })).await?;
    let report = format!(
        "{}{}",
        server.url,
        tried["reportUrl"].as_str().context("a URL")?
    );
    let url = format!("{}/files/{}", server.url, file.as_str().context("a file")?);
    let url = format!("{url}/espaces.csv");
    let list = "{ all: imports { totalCount nodes { id } } own: imports(filter: {own: true}) {
        totalCount } ended: imports(filter: {state: {in: [SUCCEEDED]}}) { totalCount }
        waits: imports(filter: {state: {eq: QUEUED}}) { totalCount } }";
    for (who, own) in [(&staff, 1), (&colleague, 0)] {
        ensure!(import(&server, who, &tried["id"]).await? == tried);
        let answer = server.send_as(&who.token, list, Value::Null).await?.body;
        ensure!(
            answer["data"]["all"]["nodes"][0]["id"] == tried["id"],
            "{answer}"
        );
        for (list, count) in [("all", 1), ("own", own), ("ended", 1), ("waits", 0)] {
            ensure!(
                answer["data"][list]["totalCount"] == count,
                "{list}: {answer}"
            );
        }
        let response = server
            .client
            .get(&report)
            .bearer_auth(&who.token)
            .send()
            .await?;
        ensure!(response.status() == 200, "{response:?}");
    }
    // The file itself is read by who sent it, and never shown by a browser.
    let own = server
        .client
        .get(&url)
        .bearer_auth(&staff.token)
        .send()
        .await?;
    ensure!(own.status() == 200, "{own:?}");
    let header = |name: &str| own.headers()[name].to_str().unwrap_or_default().to_owned();
    ensure!(header("content-type") == "text/csv", "{own:?}");
    ensure!(
        header("content-disposition").starts_with("attachment"),
        "{own:?}"
    );
    for role in [Role::ProjectHolder, Role::Member, Role::ApiClient] {
        let who = server.account(role, None).await?;
        ensure!(
            import(&server, &who, &tried["id"]).await?.is_null(),
            "{role:?}"
        );
        let answer = server.send_as(&who.token, list, Value::Null).await?.body;
        ensure!(
            answer["errors"][0]["extensions"]["code"] == "NOT_FOUND",
            "{answer}"
        );
        for url in [&report, &url] {
            let response = server
                .client
                .get(url)
                .bearer_auth(&who.token)
                .send()
                .await?;
            ensure!(response.status() == 404, "{role:?}: {response:?}");
        }
    }
    for url in [&report, &url] {
        let response = server.client.get(url).send().await?;
        ensure!(response.status() == 404, "{response:?}");
    }
    server.stop().await
}

async fn an_import_is_cancelled_while_it_waits_and_while_it_runs(backend: Backend) -> Outcome {
    let server = Server::with_territory(backend).await?;
    let staff = server.account(Role::Staff, None).await?;
    let other = server.account(Role::Admin, None).await?;
    let long = uploaded(&server, &staff, "longue.csv", large(20_000)).await?;
    let runs = ask(&server, &staff, IMPORT, json!({ "fileId": long })).await?;
    let runs = &runs["import"]["id"];
    let small = uploaded(&server, &staff, "espaces.csv", SMALL).await?;
    let waits = ask(&server, &staff, IMPORT, json!({ "fileId": small })).await?;
    let waits = &waits["import"]["id"];
    let cancel = async |id: &Value| {
        let query = format!(
            "mutation {{ importCancel(input: {{id: {id}}}) {{
                import {{ state }} errors {{ code field }} }} }}"
        );
        let mut answer = server.send_as(&other.token, &query, Value::Null).await?;
        anyhow::Ok(answer.body["data"]["importCancel"].take())
    };
    // Its progress is told while it runs.
    eventually("it did not come on", async || {
        let told = import(&server, &staff, runs).await?;
        ensure!(told["endedAt"].is_null(), "it was too fast: {told}");
        Ok(told["state"] == "RUNNING" && told["counts"]["total"].as_i64() >= Some(500))
    })
    .await?;
    let told = import(&server, &staff, runs).await?;
    let percent = told["progress"]["percent"].as_i64();
    ensure!(percent > Some(0) && percent < Some(100), "{told}");
    ensure!(import(&server, &staff, waits).await?["state"] == "QUEUED");
    for id in [waits, runs] {
        let cancelled = cancel(id).await?;
        ensure!(cancelled["import"]["state"] == "CANCELLED", "{cancelled}");
    }
    let told = import(&server, &staff, runs).await?;
    let again = cancel(runs).await?;
    ensure!(
        again["errors"] == json!([{ "code": "ILLEGAL_TRANSITION", "field": ["id"] }]),
        "{again}"
    );
    // The worker goes on with what comes next, and has written nothing more.
    let next = done(&server, &staff, IMPORT, json!({ "fileId": small })).await?;
    ensure!(next["state"] == "SUCCEEDED", "{next}");
    ensure!(import(&server, &staff, runs).await? == told, "{told}");
    let kept = rows(&server, &staff, waits, &[]).await?;
    ensure!(kept.is_empty(), "{kept:?}");
    let missing = cancel(&json!("import_01h455vb4pex5vsknk084sn02q")).await?;
    ensure!(missing["errors"][0]["code"] == "NOT_FOUND", "{missing}");
    server.stop().await
}

async fn too_many_imports_are_not_accepted(backend: Backend) -> Outcome {
    let server = Server::with_territory(backend).await?;
    let staff = server.account(Role::Staff, None).await?;
    let file = uploaded(&server, &staff, "longue.csv", large(20_000)).await?;
    let mut told = Value::Null;
    for _ in 0..6 {
        told = ask(&server, &staff, IMPORT, json!({ "fileId": file })).await?;
    }
    ensure!(told["errors"][0]["code"] == "TOO_MANY_ATTEMPTS", "{told}");
    ensure!(count(&server, "import_job").await? == 5);
    server.stop().await
}

async fn numbers_that_are_being_published_are_waited_for(backend: Backend) -> Outcome {
    let is_postgres = backend.is_postgres();
    let server = Server::with_territory(backend).await?;
    let staff = server.account(Role::Staff, None).await?;
    let table = "Nom;SIRET;Commune\nL'Épi d'essai;90909090400014;Sceaux\n";
    let file = uploaded(&server, &staff, "a.csv", table).await?;
    let mutation = "organizationsImport";
    // Writers of SQLite come one after the other anyway.
    if is_postgres {
        let connection = server.connect().await?;
        let publishing = connection.begin().await?;
        maillage::database::one_at_a_time(&publishing, &["90909090400014"]).await?;
        let waits = ask(&server, &staff, mutation, json!({ "fileId": file })).await?;
        let id = &waits["import"]["id"];
        eventually("it did not begin", async || {
            Ok(import(&server, &staff, id).await?["state"] == "RUNNING")
        })
        .await?;
        tokio::time::sleep(Duration::from_millis(500)).await;
        let told = import(&server, &staff, id).await?;
        ensure!(
            told["state"] == "RUNNING" && told["counts"]["total"] == 0,
            "{told}"
        );
        publishing.commit().await?;
        ensure!(ended(&server, &staff, id).await?["state"] == "SUCCEEDED");
        connection.close().await?;
    }
    let input = json!({ "fileId": file });
    let (_, written) = tried_and_written(&server, &staff, mutation, input).await?;
    ensure!(written["counts"]["created"] == 1, "{written}");
    server.stop().await
}

async fn what_ended_a_month_ago_is_forgotten_with_its_file(backend: Backend) -> Outcome {
    let clock = Clock::fixed(Clock::system().now());
    let server = Server::start(backend, &[], true, clock.clone()).await?;
    let staff = server.account(Role::Staff, None).await?;
    let file = uploaded(&server, &staff, "espaces.csv", SMALL).await?;
    let input = json!({ "fileId": file });
    let (_, written) = tried_and_written(&server, &staff, IMPORT, input).await?;
    ensure!(written["counts"]["total"] == 1, "{written}");
    let everything = async || maillage::upkeep::everything(&server.app, &server.app.database).await;
    clock.advance(TimeDelta::days(29));
    everything().await?;
    ensure!(count(&server, "import_job").await? == 2 && count(&server, "import_row").await? == 2);
    ensure!(server.kept_files()?.len() == 1, "the file");
    clock.advance(TimeDelta::days(2));
    everything().await?;
    ensure!(count(&server, "import_job").await? == 0 && count(&server, "import_row").await? == 0);
    // What is attached to nothing, the cleaner removes.
    eventually("the file stays", async || {
        let rows = number(&server, "select count(*) from file").await?;
        Ok(rows == 0 && server.kept_files()?.is_empty())
    })
    .await?;
    let sql = "select count(*) from coworking_space where slug = 'l-atelier-d-essai'";
    ensure!(number(&server, sql).await? == 1, "what was imported stays");
    server.stop().await
}
