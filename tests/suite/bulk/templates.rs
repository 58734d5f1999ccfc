//! The templates that agents fill in are read without a question.

use std::path::Path;

use anyhow::ensure;
use entity::values::Role;
use serde_json::json;
use tests::{Backend, Outcome, Server, cases};

use super::{done, rows, uploaded};

cases![each_template_is_read_without_a_question];

async fn each_template_is_read_without_a_question(backend: Backend) -> Outcome {
    let server = Server::seeded(backend).await?;
    let staff = server.account(Role::Staff, None).await?;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/modeles");
    for (name, mutation) in [
        ("initiatives.csv", "initiativesImport"),
        ("organisations.csv", "organizationsImport"),
        ("espaces.csv", "coworkingSpacesImport"),
        ("financements.csv", "fundingSourcesImport"),
    ] {
        let bytes = std::fs::read(folder.join(name))?;
        let file = uploaded(&server, &staff, name, bytes).await?;
        let tried = done(&server, &staff, mutation, json!({ "fileId": file })).await?;
        ensure!(tried["state"] == "SUCCEEDED", "{name}: {tried}");
        ensure!(
            tried["counts"]["created"] == 1 && tried["counts"]["total"] == 1,
            "{name}: {tried}"
        );
        for row in rows(&server, &staff, &tried["id"], &[]).await? {
            let findings = row["findings"].as_array().into_iter().flatten();
            for finding in findings {
                ensure!(finding["severity"] == "UNDERSTOOD", "{name}: {finding}");
            }
        }
    }
    server.stop().await
}
