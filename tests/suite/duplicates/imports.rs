//! What imports report, after somebody said that it is none.

use anyhow::{Context as _, ensure};
use entity::values::Role;
use maillage::id::Kind;
use serde_json::Value;
use tests::{Backend, Binary, Outcome, Server, cases};

use super::said;

cases![a_dismissed_pair_is_not_reported_again];

/// A mapping of the source that stands in for `{source}`.
const MAPPING: &str = r#"
    name = "{source}"
    title = "A small source"
    format = "csv"
    keys = [["id"]]
    [source]
    name = "{source}"
    url = "https://example.org"
    licence = "x"
    attribution = "x"
    seen_on = "2022-01-01"
    [[entities]]
    kind = "space"
    constants = { kinds = "COWORKING" }
    fields = { name = "nom", postal_code = "cp", commune_name = "ville", website = "site" }
"#;

/// Imports the row of a source; answers the reported duplicates.
async fn import(binary: &Binary, source: &str, name: &str, site: &str) -> anyhow::Result<usize> {
    let folder = binary.folder.path();
    std::fs::write(folder.join("m.toml"), MAPPING.replace("{source}", source))?;
    let text = format!("id;nom;cp;ville;site\n1;{name};92330;SCEAUX;{site}\n");
    std::fs::write(folder.join("f.csv"), text)?;
    let words = ["import", "m.toml", "f.csv", "--report", "r.csv"];
    let output = binary.run(&words).await?;
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    ensure!(output.status.success(), "{error}");
    let report = std::fs::read_to_string(folder.join("r.csv"))?;
    Ok(report.matches("probable duplicate").count())
}

async fn a_dismissed_pair_is_not_reported_again(backend: Backend) -> Outcome {
    let server = Server::with_territory(backend).await?;
    let staff = server.account(Role::Staff, None).await?.token;
    let url = server.app.settings.database_url.clone();
    let binary = Binary::new(&[("DATABASE_URL", url.as_str())])?;
    ensure!(import(&binary, "one", "La Ruche d’essai", "a.example.org").await? == 0);
    ensure!(import(&binary, "two", "RUCHE D'ESSAI (LA)", "b.example.org").await? == 1);

    let query = "{ probableDuplicates { totalCount nodes { reason left { id } right { id } } } }";
    let ask = async || {
        let answer = server.send_as(&staff, query, Value::Null).await?.body;
        anyhow::Ok(answer["data"]["probableDuplicates"].clone())
    };
    let open = ask().await?;
    let node = &open["nodes"][0];
    ensure!(
        open["totalCount"] == 1 && node["reason"] == "SIMILAR_NAME_AND_PLACE",
        "{open}"
    );
    let id = |side: &str| node[side]["id"].as_str().context("an identifier");
    ensure!(
        id("left")?.starts_with(Kind::CoworkingSpace.prefix()),
        "{open}"
    );
    said(
        &server,
        &staff,
        "probableDuplicateDismiss",
        [id("left")?, id("right")?],
    )
    .await?;

    // A changed row is compared again, and the pair is known.
    ensure!(import(&binary, "two", "RUCHE D'ESSAI (LA)", "c.example.org").await? == 0);
    let after = ask().await?;
    ensure!(after["totalCount"] == 0, "{after}");
    said(
        &server,
        &staff,
        "probableDuplicateRestore",
        [id("left")?, id("right")?],
    )
    .await?;
    ensure!(ask().await? == open);
    server.stop().await
}
