//! Checks that the servers answer alike, then measures them in turn.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use serde_json::Value;
use tokio::process::Command;
use tokio_postgres::Client;

use crate::generate::connect;
use crate::queries::{QUERIES, Query, Subject, content};
use crate::report::{Measures, write};
use crate::say;
use crate::servers::{Kind, Request, Server, peers};

/// What is to be measured, and how.
pub struct Plan {
    pub database_url: String,
    pub maillage: PathBuf,
    /// How long each server is asked each query before anything is measured.
    pub warm_up: Duration,
    pub duration: Duration,
    pub rounds: usize,
    pub connections: usize,
    pub only: Vec<String>,
    pub output: Option<PathBuf>,
    pub note: String,
}

/// Measures and tells.
///
/// # Errors
/// When a server does not start or fails, or two of them do not say the same.
pub async fn run(plan: &Plan) -> anyhow::Result<()> {
    let client = connect(&plan.database_url).await?;
    let setup = std::fs::read_to_string(peers().join("setup.sql"))?;
    client.batch_execute(&setup).await?;
    let mut subject = Subject::choose(&client).await?;
    let initiatives: i64 = client
        .query_one("select count(*) from initiative", &[])
        .await?
        .get(0);
    let mut servers = Vec::new();
    for kind in Kind::ALL {
        servers.push(Server::start(kind, &plan.database_url, &plan.maillage).await?);
    }
    for server in servers
        .iter()
        .filter(|server| server.kind == Kind::PostGraphile)
    {
        for (name, body) in subject.peer_pages() {
            let request = Request {
                url: format!("{}/graphql", server.url),
                body: Some(body.to_string()),
            };
            subject.keep_cursor(name, &ask(&request).await?)?;
        }
    }
    let queries: Vec<&Query> = QUERIES
        .iter()
        .filter(|query| plan.only.is_empty() || plan.only.iter().any(|name| name == query.name))
        .collect();
    for query in &queries {
        alike(&servers, query, &subject).await?;
    }
    say("the servers answer alike");
    for server in &servers {
        for query in &queries {
            until_quiet(&client).await?;
            measure(plan, plan.warm_up, &server.request(query, &subject)).await?;
        }
        say(&format!("{:?} is warm", server.kind));
    }
    let mut measures = Measures::default();
    for round in 0..plan.rounds {
        for query in &queries {
            for server in &servers {
                until_quiet(&client).await?;
                let request = server.request(query, &subject);
                let rate = measure(plan, plan.duration, &request).await?;
                say(&format!(
                    "round {} {:3} {:?}: {rate:.0}/s",
                    round + 1,
                    query.name,
                    server.kind
                ));
                measures.add(query.name, server.kind, rate);
            }
        }
    }
    for server in servers {
        server.stop().await;
    }
    let table = write(plan, initiatives, &queries, &measures);
    say(&table);
    if let Some(output) = &plan.output {
        std::fs::write(output, table)?;
    }
    Ok(())
}

/// Refuses servers that do not say the same.
async fn alike(servers: &[Server], query: &Query, subject: &Subject) -> anyhow::Result<()> {
    let mut first: Option<(Kind, Value)> = None;
    for server in servers {
        let request = server.request(query, subject);
        let answer = ask(&request)
            .await
            .with_context(|| format!("{:?} does not answer {}", server.kind, query.name))?;
        let said = content(query.name, &answer)
            .with_context(|| format!("{:?} on {}", server.kind, query.name))?;
        match &first {
            None => first = Some((server.kind, said)),
            Some((kind, other)) => ensure!(
                *other == said,
                "on {} {kind:?} says\n{other:#}\nand {:?}\n{said:#}",
                query.name,
                server.kind
            ),
        }
    }
    Ok(())
}

async fn ask(request: &Request) -> anyhow::Result<Value> {
    let client = reqwest::Client::new();
    let builder = match &request.body {
        Some(body) => client
            .post(&request.url)
            .header("content-type", "application/json")
            .body(body.clone()),
        None => client.get(&request.url),
    };
    let response = builder.header("accept", "application/json").send().await?;
    let status = response.status();
    let text = response.text().await?;
    serde_json::from_str(&text).with_context(|| format!("{status}: {text}"))
}

/// Waits until the database works for nobody: a server that was measured may still be busy
/// with what it was asked.
async fn until_quiet(client: &Client) -> anyhow::Result<()> {
    const WORKING: &str = "select count(*) from pg_stat_activity \
        where datname = current_database() and state = 'active' and pid <> pg_backend_pid()";
    const LOOKS: usize = 3;
    let begun = Instant::now();
    let mut quiet = 0;
    while quiet < LOOKS {
        ensure!(
            begun.elapsed() < Duration::from_secs(120),
            "the database is not left alone"
        );
        tokio::time::sleep(Duration::from_millis(100)).await;
        let working: i64 = client.query_one(WORKING, &[]).await?.get(0);
        quiet = if working == 0 { quiet + 1 } else { 0 };
    }
    Ok(())
}

/// Requests per second of one server on one query, asked for `duration`.
async fn measure(plan: &Plan, duration: Duration, request: &Request) -> anyhow::Result<f64> {
    let mut script = String::from("wrk.headers[\"Accept\"] = \"application/json\"\n");
    if let Some(body) = &request.body {
        script.push_str("wrk.method = \"POST\"\n");
        script.push_str("wrk.headers[\"Content-Type\"] = \"application/json\"\n");
        script.push_str(&format!("wrk.body = [==[{body}]==]\n"));
    }
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("request.lua");
    std::fs::write(&path, script)?;
    let output = Command::new("wrk")
        .arg("--threads=1")
        .arg(format!("--connections={}", plan.connections))
        .arg(format!("--duration={}s", duration.as_secs()))
        .arg("--timeout=10s")
        .arg("--script")
        .arg(&path)
        .arg(&request.url)
        .output()
        .await
        .context("wrk is not installed")?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    ensure!(
        output.status.success() && !text.contains("Non-2xx") && !text.contains("Socket errors"),
        "{}: {text}{}",
        request.url,
        String::from_utf8_lossy(&output.stderr)
    );
    text.lines()
        .find_map(|line| line.trim().strip_prefix("Requests/sec:"))
        .and_then(|rate| rate.trim().parse().ok())
        .with_context(|| format!("wrk says: {text}"))
}
