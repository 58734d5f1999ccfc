//! Real registries imported over HTTP tell what the command line tells.

use anyhow::{Context as _, ensure};
use entity::values::Role;
use serde_json::{Value, json};
use tests::{Backend, Outcome, Server, cases, real};

use super::{count, rows, tried_and_written, uploaded};

cases![a_real_registry_is_imported_with_the_counts_of_the_command_line];

/// How often something was found.
fn found(import: &Value, code: &str) -> Option<i64> {
    let mut findings = import["findings"].as_array()?.iter();
    findings.find(|finding| finding["code"] == code)?["count"].as_i64()
}

async fn a_real_registry_is_imported_with_the_counts_of_the_command_line(
    backend: Backend,
) -> Outcome {
    let Some(path) = real("aidants-connect-2023.json")? else {
        return Ok(());
    };
    let server = Server::with_territory(backend).await?;
    let staff = server.account(Role::Staff, None).await?;
    let before = count(&server, "organization").await?;
    let file = uploaded(&server, &staff, "aidants.json", std::fs::read(path)?).await?;
    let input = json!({ "fileId": file, "mapping": "aidants-connect-2023" });
    let import = "organizationsImport";
    let (tried, written) = tried_and_written(&server, &staff, import, input.clone()).await?;
    ensure!(count(&server, "organization").await? == before + 3_407);
    for import in [&tried, &written] {
        let counts = &import["counts"];
        ensure!(
            counts["total"] == 3_407 && counts["created"] == 3_407,
            "{import}"
        );
        for (code, count) in [
            ("SIRET_BY_LUHN", 3_197),
            ("SIRET_OF_LA_POSTE", 92),
            ("SIRET_CHECKSUM", 14),
            ("LEADING_ZERO", 225),
        ] {
            ensure!(found(import, code) == Some(count), "{code}: {import}");
        }
    }
    let kept = rows(&server, &staff, &written["id"], &[]).await?;
    ensure!(
        kept.len() == 3_407 && written["rowsLeftOut"] == 0,
        "{}",
        kept.len()
    );
    let wrong = kept.iter().filter(|row| {
        let findings = row["findings"].as_array().into_iter().flatten();
        let mut codes = findings.filter_map(|finding| finding["code"].as_str());
        codes.any(|code| code == "SIRET_CHECKSUM")
    });
    ensure!(wrong.count() == 14, "rows with a wrong SIRET");
    let id = kept[0]["nodes"][0]["id"].as_str().context("a node")?;
    ensure!(id.starts_with("organization_"), "{id}");
    let (_, again) = tried_and_written(&server, &staff, import, input).await?;
    ensure!(again["counts"]["unchanged"] == 3_407, "{again}");
    ensure!(count(&server, "organization").await? == before + 3_407);
    server.stop().await
}
