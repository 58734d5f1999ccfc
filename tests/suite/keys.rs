//! The keys that sign access tokens, as operators and other programs meet them.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use chrono::TimeDelta;
use maillage::auth::Auth;
use maillage::clock::Clock;
use maillage::database::Purpose;
use reqwest::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_TYPE, ORIGIN};
use serde_json::Value;
use tests::{Backend, Binary, Outcome, Server, cases};
use uuid::Uuid;

cases![
    other_programs_can_read_the_public_keys;
    once:
    servers_that_start_together_share_the_keys_of_one_file,
    a_rotation_reaches_a_running_server_and_signs_nobody_out,
    keys_that_others_can_read_are_refused,
    keys_may_come_from_a_setting,
    only_a_server_makes_keys,
];

const FILE: &str = "maillage-keys.json";

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

async fn public_keys(url: &str) -> anyhow::Result<Value> {
    let response = reqwest::get(format!("{url}/.well-known/jwks.json")).await?;
    Ok(response.error_for_status()?.json().await?)
}

fn kids(set: &Value) -> Vec<String> {
    let keys = set["keys"].as_array().into_iter().flatten();
    keys.filter_map(|key| key["kid"].as_str().map(str::to_owned))
        .collect()
}

/// What a command that must succeed printed.
async fn run(binary: &Binary, arguments: &[&str]) -> anyhow::Result<String> {
    let output = binary.run(arguments).await?;
    let said = text(&output.stderr);
    ensure!(output.status.success(), "{arguments:?}: {said}");
    Ok(text(&output.stdout))
}

/// What a command that must fail said in its one line.
async fn failure(binary: &Binary, arguments: &[&str]) -> anyhow::Result<String> {
    let output = binary.run(arguments).await?;
    let said = text(&output.stderr);
    let as_it_should = !output.status.success() && said.lines().count() == 1;
    ensure!(as_it_should, "{arguments:?}: {said}");
    Ok(said)
}

#[cfg(unix)]
fn mode(path: &Path) -> anyhow::Result<u32> {
    use std::os::unix::fs::PermissionsExt as _;
    Ok(std::fs::metadata(path)?.permissions().mode() & 0o777)
}

#[cfg(unix)]
fn set_mode(path: &Path, mode: u32) -> anyhow::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    Ok(std::fs::set_permissions(
        path,
        std::fs::Permissions::from_mode(mode),
    )?)
}

async fn other_programs_can_read_the_public_keys(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    let response = server
        .client
        .get(format!("{}/.well-known/jwks.json", server.url))
        .header(ORIGIN, "https://elsewhere.example.org")
        .send()
        .await?;
    ensure!(response.status() == 200, "{response:?}");
    for (name, expected) in [
        (CONTENT_TYPE, "application/jwk-set+json"),
        (CACHE_CONTROL, "public, max-age=60"),
        (ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
    ] {
        let value = response.headers().get(&name).context("a header")?;
        ensure!(value == expected, "{name}: {value:?}");
    }
    let set: Value = response.json().await?;
    let keys = set["keys"].as_array().context("keys")?;
    ensure!(keys.len() == 1, "{set}");
    let key = keys[0].as_object().context("a key")?;
    let mut members: Vec<&str> = key.keys().map(String::as_str).collect();
    members.sort_unstable();
    ensure!(
        members == ["alg", "crv", "kid", "kty", "use", "x"],
        "{members:?}"
    );
    ensure!(key["kty"] == "OKP" && key["crv"] == "Ed25519" && key["alg"] == "EdDSA");
    let token = server.app.auth.tokens.issue(Uuid::nil(), Uuid::nil())?;
    ensure!(server.app.auth.tokens.verify(&token.token).is_ok());
    server.stop().await
}

async fn servers_that_start_together_share_the_keys_of_one_file(_: Backend) -> Outcome {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("keys.json");
    let path = file.display().to_string();
    let settings = [
        ("SIGNING_KEYS_FILE", path.as_str()),
        ("SEED_ON_START", "false"),
    ];
    let binaries = [
        Binary::new(&settings)?,
        Binary::new(&settings)?,
        Binary::new(&settings)?,
    ];
    let (one, two, three) = futures::join!(
        binaries[0].serve(),
        binaries[1].serve(),
        binaries[2].serve()
    );
    let mut sets = Vec::new();
    for serving in [one?, two?, three?] {
        sets.push(public_keys(&serving.url).await?);
        ensure!(serving.stop().await?.success);
    }
    ensure!(kids(&sets[0]).len() == 1, "{sets:?}");
    ensure!(sets.iter().all(|set| *set == sets[0]), "{sets:?}");
    #[cfg(unix)]
    ensure!(mode(&file)? == 0o600);
    let names = std::fs::read_dir(folder.path())?.count();
    ensure!(names == 1, "{names} files");
    let again = binaries[0].serve().await?;
    ensure!(public_keys(&again.url).await? == sets[0]);
    ensure!(again.stop().await?.success);
    Ok(())
}

async fn a_rotation_reaches_a_running_server_and_signs_nobody_out(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    let tokens = &server.app.auth.tokens;
    let before = tokens.issue(Uuid::nil(), Uuid::nil())?.token;
    let file = server.app.settings.signing_keys_file.clone();
    let path = file.display().to_string();
    let binary = Binary::new(&[("SIGNING_KEYS_FILE", path.as_str())])?;
    let listed = run(&binary, &["keys", "list"]).await?;
    let first = kids(&public_keys(&server.url).await?);
    ensure!(
        listed.lines().count() == 1 && listed.starts_with(&first[0]) && listed.contains("signs"),
        "{listed}"
    );
    // Two at once wait for one another, so that both keys are kept.
    let rotated = futures::join!(
        binary.run(&["keys", "rotate"]),
        binary.run(&["keys", "rotate"])
    );
    ensure!(rotated.0?.status.success() && rotated.1?.status.success());
    let listed = run(&binary, &["keys", "list"]).await?;
    let lines: Vec<&str> = listed.lines().collect();
    ensure!(
        lines.len() == 3
            && lines[0].contains("signs")
            && lines[2].starts_with(&first[0])
            && lines[2].contains("verifies until"),
        "{listed}"
    );
    #[cfg(unix)]
    ensure!(mode(&file)? == 0o600);
    // A replica signs with the new key some seconds after the rotation, when every other has
    // had the time to look at the file again: that takes one second at the most.
    let later = Clock::fixed(Clock::system().now() + TimeDelta::seconds(10));
    let replica = Auth::open(&server.app.settings, later, Purpose::Serve)?;
    let after = replica.tokens.issue(Uuid::nil(), Uuid::nil())?.token;
    tokio::time::sleep(Duration::from_secs(1)).await;
    ensure!(tokens.verify(&after).is_ok());
    ensure!(tokens.verify(&before).is_ok() && replica.tokens.verify(&before).is_ok());
    let served = kids(&public_keys(&server.url).await?);
    ensure!(
        served.len() == 3 && lines[0].starts_with(&served[0]),
        "{served:?}"
    );
    // A file that was damaged signs nobody out either.
    std::fs::write(&file, "{}")?;
    ensure!(tokens.verify(&after).is_ok() && tokens.verify(&before).is_ok());
    server.stop().await
}

#[cfg(unix)]
async fn keys_that_others_can_read_are_refused(_: Backend) -> Outcome {
    let binary = Binary::new(&[("SEED_ON_START", "false")])?;
    let serving = binary.serve().await?;
    public_keys(&serving.url).await?;
    ensure!(serving.stop().await?.success);
    let file = binary.folder.path().join(FILE);
    set_mode(&file, 0o640)?;
    for arguments in [
        &["serve"] as &[&str],
        &["keys", "list"],
        &["keys", "rotate"],
    ] {
        let said = failure(&binary, arguments).await?;
        ensure!(said.contains(FILE) && said.contains("640"), "{said}");
    }
    set_mode(&file, 0o400)?;
    run(&binary, &["keys", "list"]).await?;
    Ok(())
}

#[cfg(not(unix))]
async fn keys_that_others_can_read_are_refused(_: Backend) -> Outcome {
    Ok(())
}

async fn keys_may_come_from_a_setting(_: Backend) -> Outcome {
    let server = Server::empty(Backend::Sqlite).await?;
    let content = std::fs::read_to_string(&server.app.settings.signing_keys_file)?;
    let set = public_keys(&server.url).await?;
    server.stop().await?;
    let binary = Binary::new(&[
        ("SIGNING_KEYS", content.as_str()),
        ("SEED_ON_START", "false"),
    ])?;
    let serving = binary.serve().await?;
    ensure!(public_keys(&serving.url).await? == set);
    ensure!(serving.stop().await?.success);
    ensure!(!binary.folder.path().join(FILE).exists());
    let listed = run(&binary, &["keys", "list"]).await?;
    ensure!(listed.starts_with(&kids(&set)[0]), "{listed}");
    let said = failure(&binary, &["keys", "rotate"]).await?;
    ensure!(said.contains("SIGNING_KEYS"), "{said}");
    let binary = Binary::new(&[("SIGNING_KEYS", "planted"), ("SEED_ON_START", "false")])?;
    let said = failure(&binary, &["serve"]).await?;
    ensure!(
        said.contains("SIGNING_KEYS") && !said.contains("planted"),
        "{said}"
    );
    Ok(())
}

async fn only_a_server_makes_keys(_: Backend) -> Outcome {
    let binary = Binary::new(&[("DATABASE_URL", "sqlite:given.sqlite?mode=rwc")])?;
    let file = binary.folder.path().join(FILE);
    run(&binary, &["migrate", "up"]).await?;
    for arguments in [["keys", "list"], ["keys", "rotate"]] {
        let said = failure(&binary, &arguments).await?;
        ensure!(said.contains(FILE), "{said}");
    }
    ensure!(!file.exists());
    let serving = binary.serve().await?;
    public_keys(&serving.url).await?;
    ensure!(file.is_file());
    ensure!(serving.stop().await?.success);
    Ok(())
}
