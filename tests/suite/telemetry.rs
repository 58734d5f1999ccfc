//! What operators see: health, figures, logs.

use anyhow::{Context as _, ensure};
use migration::{Migrator, MigratorTrait as _};
use serde_json::{Value, json};
use tests::{Backend, Binary, Outcome, Server, cases};

cases![
    health_tells_what_the_database_lacks,
    the_figures_count_requests_errors_and_statements;
    once:
    requests_keep_their_identifier,
    each_request_is_one_line_of_the_log_without_what_was_asked,
];

async fn health_tells_what_the_database_lacks(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    let ask = |path: &str| server.client.get(format!("{}{path}", server.url)).send();
    ensure!(ask("/health/live").await?.status() == 200);
    ensure!(ask("/health/ready").await?.status() == 200);
    let before = server.statements().await?;
    ask("/health/ready").await?;
    let after = server.statements().await?;
    ensure!(after - before == 1, "{} statements", after - before);
    Migrator::down(&server.app.database, Some(1)).await?;
    let response = ask("/health/ready").await?;
    ensure!(response.status() == 503, "{response:?}");
    let text = response.text().await?;
    ensure!(text.contains("pending") && text.contains("m2026"), "{text}");
    server.app.database.clone().close_by_ref().await?;
    ensure!(ask("/health/ready").await?.status() == 503);
    ensure!(ask("/health/live").await?.status() == 200);
    server.stop().await
}

async fn the_figures_count_requests_errors_and_statements(backend: Backend) -> Outcome {
    let server = Server::seeded(backend).await?;
    server.data("{ coworkingSpaces { totalCount } }").await?;
    server.error_code("{ nothing }").await?;
    let text = server
        .client
        .get(format!("{}/metrics", server.url))
        .send()
        .await?
        .text()
        .await?;
    let figure = |name: &str| {
        text.lines()
            .find(|line| line.starts_with(name))
            .and_then(|line| line.rsplit_once(' '))
            .and_then(|(_, figure)| figure.parse::<f64>().ok())
            .with_context(|| format!("no {name} in {text}"))
    };
    for (name, least) in [
        (
            "maillage_http_requests_total{route=\"/graphql\",status=\"200\"}",
            1.0,
        ),
        (
            "maillage_http_requests_total{route=\"/graphql\",status=\"400\"}",
            1.0,
        ),
        ("maillage_graphql_errors_total{code=\"BAD_INPUT\"}", 1.0),
        (
            "maillage_graphql_operation_seconds_count{kind=\"query\"}",
            1.0,
        ),
        (
            "maillage_sql_statement_seconds_count{outcome=\"done\"}",
            1.0,
        ),
        ("maillage_database_connections{state=\"idle\"}", 1.0),
        ("maillage_database_connections{state=\"busy\"}", 0.0),
    ] {
        ensure!(figure(name)? >= least, "{name} in {text}");
    }
    server.stop().await
}

async fn requests_keep_their_identifier(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    let send = |id: &'static str| {
        server
            .client
            .get(format!("{}/health/live", server.url))
            .header("x-request-id", id)
            .send()
    };
    let kept = send("front-42.a_B").await?;
    ensure!(kept.headers()["x-request-id"] == "front-42.a_B", "{kept:?}");
    for forged in ["", "a b", "{\"level\":\"ERROR\"}", &*"x".repeat(65).leak()] {
        let given = send(forged).await?;
        let id = given.headers()["x-request-id"].to_str()?;
        ensure!(id != forged && id.len() == 32, "{forged:?}: {id}");
    }
    server.stop().await
}

async fn each_request_is_one_line_of_the_log_without_what_was_asked(_: Backend) -> Outcome {
    let binary = Binary::new(&[("LOG_FORMAT", "json")])?;
    let serving = binary.serve().await?;
    let response = reqwest::Client::new()
        .post(format!("{}/graphql?secret=planted-address", serving.url))
        .header("x-request-id", "one-request")
        .json(&json!({
            "query": "query($q: String!) { planted: commune(inseeCode: $q) { name } }",
            "variables": {"q": "planted-variable"},
        }))
        .send()
        .await?;
    ensure!(response.status() == 200, "{response:?}");
    let ended = serving.stop().await?;
    ensure!(!ended.log.contains("planted"), "{}", ended.log);
    let lines: Vec<Value> = ended
        .log
        .lines()
        .map(serde_json::from_str)
        .collect::<Result<_, _>>()
        .with_context(|| ended.log.clone())?;
    let access: Vec<_> = lines
        .iter()
        .filter(|line| line["target"] == "maillage::access")
        .collect();
    ensure!(access.len() == 1, "{access:#?}");
    let line = access[0];
    ensure!(
        line["method"] == "POST"
            && line["route"] == "/graphql"
            && line["status"] == 200
            && line["duration_ms"].is_number()
            && line["span"]["request_id"] == "one-request",
        "{line}"
    );
    Ok(())
}
