//! The program as operators run it.

use std::time::Duration;

use anyhow::{Context as _, ensure};
use serde_json::{Value, json};
use tests::{Backend, Binary, Outcome, cases};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

cases![
    migrations_go_up_and_down_by_command,
    replicas_may_start_together;
    once:
    without_settings_it_serves_a_filled_registry,
    a_wrong_setting_stops_the_start_and_is_named,
    settings_come_from_a_file_under_the_environment,
    it_explains_itself,
    the_schema_is_printed,
    requests_in_flight_are_ended_before_it_stops,
];

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

async fn ask(url: &str, query: &str) -> anyhow::Result<Value> {
    let response = reqwest::Client::new()
        .post(format!("{url}/graphql"))
        .json(&json!({ "query": query }))
        .send()
        .await?;
    Ok(response.json().await?)
}

async fn without_settings_it_serves_a_filled_registry(_: Backend) -> Outcome {
    let binary = Binary::new(&[])?;
    let serving = binary.serve().await?;
    ensure!(!serving.url.ends_with(":0"), "{}", serving.url);
    ensure!(
        serving
            .greeting
            .contains(&format!("{}/graphql", serving.url)),
        "{}",
        serving.greeting
    );
    ensure!(binary.folder.path().join("maillage.sqlite").is_file());
    let query = "{ communes { totalCount } commune(inseeCode: \"92071\") { name } }";
    let first = ask(&serving.url, query).await?;
    ensure!(
        first == json!({"data": {"communes": {"totalCount": 36}, "commune": {"name": "Sceaux"}}}),
        "{first}"
    );
    ensure!(serving.stop().await?.success);
    // The second start finds what the first one made.
    let serving = binary.serve().await?;
    ensure!(ask(&serving.url, query).await? == first);
    ensure!(serving.stop().await?.success);
    Ok(())
}

async fn a_wrong_setting_stops_the_start_and_is_named(_: Backend) -> Outcome {
    for (name, value) in [
        ("LISTEN", "everywhere"),
        ("DATABASE_URL", "mysql://user:planted@localhost/x"),
        ("MIGRATE_ON_START", "perhaps"),
        ("QUERY_DEPTH", "0"),
        ("LOG", "no=such=level"),
        ("TRUSTED_PROXIES", "10.0.0.0/99"),
    ] {
        let output = Binary::new(&[(name, value)])?.run(&["serve"]).await?;
        let said = text(&output.stderr);
        ensure!(!output.status.success(), "{name}={value} was taken");
        ensure!(
            said.contains(name) && said.lines().count() == 1,
            "{name}: {said}"
        );
        ensure!(
            !said.contains("planted") && output.stdout.is_empty(),
            "{said}"
        );
    }
    let taken = std::net::TcpListener::bind("127.0.0.1:0")?;
    let address = taken.local_addr()?.to_string();
    let output = Binary::new(&[("LISTEN", address.as_str())])?
        .run(&["serve"])
        .await?;
    let said = text(&output.stderr);
    ensure!(
        !output.status.success() && said.contains(&address),
        "{said}"
    );
    Ok(())
}

async fn settings_come_from_a_file_under_the_environment(_: Backend) -> Outcome {
    let binary = Binary::new(&[("DATABASE_URL", "sqlite:given.sqlite?mode=rwc")])?;
    let file = binary.folder.path().join("settings.toml");
    std::fs::write(&file, "query_depth = 0\n")?;
    let output = binary
        .run(&["--config", "settings.toml", "migrate", "status"])
        .await?;
    let said = text(&output.stderr);
    ensure!(
        !output.status.success() && said.contains("QUERY_DEPTH"),
        "{said}"
    );
    std::fs::write(&file, "query_dept = 5\n")?;
    let output = binary
        .run(&["--config", "settings.toml", "migrate", "status"])
        .await?;
    let said = text(&output.stderr);
    ensure!(
        !output.status.success() && said.contains("query_dept"),
        "{said}"
    );
    std::fs::write(
        &file,
        "query_depth = 5\ndatabase_url = \"sqlite:other.sqlite\"\n",
    )?;
    let output = binary
        .run(&["--config", "settings.toml", "migrate", "up"])
        .await?;
    ensure!(output.status.success(), "{}", text(&output.stderr));
    ensure!(binary.folder.path().join("given.sqlite").is_file());
    ensure!(!binary.folder.path().join("other.sqlite").exists());
    Ok(())
}

async fn it_explains_itself(_: Backend) -> Outcome {
    let binary = Binary::new(&[])?;
    let help = text(&binary.run(&["--help"]).await?.stdout);
    for part in [
        "serve",
        "migrate",
        "seed",
        "schema",
        "--config",
        "DATABASE_URL",
        "RATE_LIMIT_POINTS",
    ] {
        ensure!(help.contains(part), "no {part} in {help}");
    }
    let version = text(&binary.run(&["--version"]).await?.stdout);
    ensure!(
        version.starts_with("maillage ") && version.contains('.'),
        "{version}"
    );
    let unknown = binary.run(&["dance"]).await?;
    ensure!(unknown.status.code() == Some(2), "{unknown:?}");
    Ok(())
}

async fn the_schema_is_printed(_: Backend) -> Outcome {
    let binary = Binary::new(&[])?;
    let output = binary.run(&["schema"]).await?;
    let schema = text(&output.stdout);
    ensure!(
        output.status.success() && schema.contains("type Query"),
        "{schema}"
    );
    ensure!(!binary.folder.path().join("maillage.sqlite").exists());
    Ok(())
}

async fn migrations_go_up_and_down_by_command(backend: Backend) -> Outcome {
    let database = backend.create().await?;
    let binary = Binary::new(&[
        ("DATABASE_URL", database.url.as_str()),
        ("MIGRATE_ON_START", "false"),
    ])?;
    let run = async |arguments: &[&str]| {
        let output = binary.run(arguments).await?;
        ensure!(
            output.status.success(),
            "{arguments:?}: {}",
            text(&output.stderr)
        );
        anyhow::Ok(text(&output.stdout))
    };
    let count =
        |status: &str, word: &str| status.lines().filter(|line| line.starts_with(word)).count();
    let status = run(&["migrate", "status"]).await?;
    let all = count(&status, "pending");
    ensure!(all > 5 && count(&status, "applied") == 0, "{status}");
    run(&["migrate", "up"]).await?;
    run(&["migrate", "up"]).await?;
    ensure!(count(&run(&["migrate", "status"]).await?, "applied") == all);
    run(&["migrate", "down", "--steps", "2"]).await?;
    ensure!(count(&run(&["migrate", "status"]).await?, "pending") == 2);
    let serving = binary.serve().await?;
    let ready = reqwest::get(format!("{}/health/ready", serving.url)).await?;
    ensure!(ready.status() == 503, "{ready:?}");
    serving.stop().await?;
    database.remove().await
}

async fn replicas_may_start_together(backend: Backend) -> Outcome {
    if !backend.is_postgres() {
        // A file has one process: there, starting twice one after the other is what counts.
        let database = backend.create().await?;
        let binary = Binary::new(&[
            ("DATABASE_URL", database.url.as_str()),
            ("SEED_ON_START", "true"),
        ])?;
        for _ in 0..2 {
            let serving = binary.serve().await?;
            let body = ask(&serving.url, "{ communes { totalCount } }").await?;
            ensure!(body["data"]["communes"]["totalCount"] == 36, "{body}");
            serving.stop().await?;
        }
        return database.remove().await;
    }
    let database = backend.create().await?;
    let binary = Binary::new(&[
        ("DATABASE_URL", database.url.as_str()),
        ("MIGRATE_ON_START", "true"),
        ("SEED_ON_START", "true"),
        ("DATABASE_CONNECTIONS", "1"),
    ])?;
    let (one, two, three) = futures::join!(binary.serve(), binary.serve(), binary.serve());
    for serving in [one?, two?, three?] {
        let ready = reqwest::get(format!("{}/health/ready", serving.url)).await?;
        ensure!(ready.status() == 200, "{ready:?}");
        let body = ask(&serving.url, "{ communes { totalCount } }").await?;
        ensure!(body["data"]["communes"]["totalCount"] == 36, "{body}");
        ensure!(serving.stop().await?.success);
    }
    database.remove().await
}

async fn requests_in_flight_are_ended_before_it_stops(_: Backend) -> Outcome {
    let binary = Binary::new(&[])?;
    let serving = binary.serve().await?;
    let address = serving.url.trim_start_matches("http://").to_owned();
    let body = r#"{"query": "{ commune(inseeCode: \"92071\") { name } }"}"#;
    let (first, last) = body.split_at(20);
    let mut in_flight = TcpStream::connect(&address).await?;
    in_flight
        .write_all(
            format!(
                "POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\
                 Content-Length: {}\r\n\r\n{first}",
                body.len()
            )
            .as_bytes(),
        )
        .await?;
    // A connection kept open by a client that asks nothing does not delay the end.
    let idle = reqwest::Client::new();
    ensure!(
        idle.get(format!("{}/health/live", serving.url))
            .send()
            .await?
            .status()
            == 200
    );
    tokio::time::sleep(Duration::from_millis(300)).await;
    serving.terminate().await?;
    tokio::time::sleep(Duration::from_millis(700)).await;
    in_flight.write_all(last.as_bytes()).await?;
    let mut answer = Vec::new();
    let mut buffer = [0; 4096];
    while !text(&answer).contains("Sceaux") {
        let read = tokio::time::timeout(Duration::from_secs(10), in_flight.read(&mut buffer))
            .await
            .context("no answer")??;
        ensure!(read > 0, "the connection was cut after {:?}", text(&answer));
        answer.extend_from_slice(&buffer[..read]);
    }
    ensure!(
        text(&answer).starts_with("HTTP/1.1 200"),
        "{}",
        text(&answer)
    );
    drop(in_flight);
    let ended = serving.ended(Duration::from_secs(30)).await?;
    ensure!(ended.success, "{}", ended.log);
    Ok(())
}
