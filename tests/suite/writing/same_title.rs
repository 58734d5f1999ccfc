//! Several people create something of the same title at the same moment.

use std::collections::BTreeSet;

use anyhow::{Context as _, ensure};
use entity::values::Role;
use serde_json::{Value, json};
use tests::{Backend, Outcome, Server, cases};

cases![each_of_several_creations_at_once_has_a_slug_of_its_own];

const AT_ONCE: usize = 6;

async fn each_of_several_creations_at_once_has_a_slug_of_its_own(backend: Backend) -> Outcome {
    let server = Server::with_territory(backend).await?;
    let admin = server.account(Role::Admin, None).await?;
    let mandate = json!([{ "body": { "kind": "NETWORK" }, "office": "Présidence d'essai" }]);
    let kinds: [(&str, &str, Value); 6] = [
        (
            "initiative",
            "Initiative",
            json!({ "title": "Atelier de quartier", "summary": "Ensemble.",
                "scope": "LOCAL", "stage": "IDEA" }),
        ),
        (
            "organization",
            "Organization",
            json!({ "name": "Atelier de quartier", "legalForm": "ASSOCIATION" }),
        ),
        (
            "coworkingSpace",
            "CoworkingSpace",
            json!({ "name": "Atelier de quartier" }),
        ),
        (
            "fundingSource",
            "FundingSource",
            json!({ "name": "Atelier de quartier", "funderKind": "FOUNDATION",
                "stateAidRegime": "NONE",
                "territory": { "kind": "FRANCE" } }),
        ),
        (
            "member",
            "Member",
            json!({ "kind": "ELECTED", "mandates": mandate }),
        ),
        ("theme", "Theme", json!({ "name": "Atelier de quartier" })),
    ];
    for (field, name, input) in kinds {
        let query = format!(
            "mutation ($input: {name}CreateInput!) {{ {field}Create(input: $input) {{
                {field} {{ slug }} errors {{ code field message }} }} }}"
        );
        let variables = json!({ "input": input });
        let asked = (0..AT_ONCE).map(|_| server.send_as(&admin.token, &query, variables.clone()));
        let mut slugs = BTreeSet::new();
        for answer in futures::future::join_all(asked).await {
            let body = answer?.body;
            let slug = &body["data"][format!("{field}Create")][field]["slug"];
            let slug = slug.as_str().with_context(|| format!("{field}: {body}"))?;
            slugs.insert(slug.to_owned());
        }
        ensure!(slugs.len() == AT_ONCE, "{field}: {slugs:?}");
    }
    server.stop().await
}
