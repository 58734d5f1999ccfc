//! People correct what an import brought, and the source is imported again.

use anyhow::{Context as _, ensure};
use entity::values::Role;
use serde_json::{Value, json};
use tests::{Backend, Outcome, Server, Signed, cases};

use super::{rows, tried_and_written, uploaded};

cases![
    a_correction_survives_the_next_edition_of_each_kind,
    both_values_are_told_when_the_source_and_a_person_changed_one_field,
    the_source_wins_when_staff_say_so,
    an_open_edit_follows_what_the_source_changed,
    a_column_that_is_gone_erases_nothing,
    an_archived_item_stays_archived,
];

/// A kind that is imported: its mutations and two editions of one row, of which the second
/// has another website, and perhaps another description.
struct Kind {
    import: &'static str,
    field: &'static str,
    website: &'static str,
    columns: &'static str,
    row: fn(&str, &str) -> String,
}

const KINDS: [Kind; 4] = [
    Kind {
        import: "organizationsImport",
        field: "organization",
        website: "website",
        columns: "Identifiant;Nom;Forme juridique;Description;Site;Code postal;Commune",
        row: |text, site| format!("k1;Les Amis d'essai;Association;{text};{site};92330;Sceaux"),
    },
    Kind {
        import: "initiativesImport",
        field: "initiative",
        website: "website",
        columns: "Identifiant;Titre;Résumé;Description;Site;Portée;Avancement;Commune",
        row: |text, site| {
            format!("k1;Le Jardin d'essai;Un jardin.;{text};{site};Locale;En cours;Sceaux")
        },
    },
    Kind {
        import: "coworkingSpacesImport",
        field: "coworkingSpace",
        website: "website",
        columns: "Identifiant;Nom;Description;Site;Code postal;Commune",
        row: |text, site| format!("k1;Le Bureau d'essai;{text};{site};92330;Sceaux"),
    },
    Kind {
        import: "fundingSourcesImport",
        field: "fundingSource",
        website: "url",
        columns: "Identifiant;Nom;Description;Site;Financeur;Type de financeur",
        row: |text, site| format!("k1;L'Aide d'essai;{text};{site};Fondation d'essai;Fondation"),
    },
];

const SOURCE: &str = "registre-d-essai";

impl Kind {
    fn file(&self, text: &str, site: &str) -> String {
        format!("{}\n{}\n", self.columns, (self.row)(text, site))
    }

    /// Imports an edition; answers the row of the report.
    async fn import(&self, at: &At<'_>, file: String, more: Value) -> anyhow::Result<Value> {
        let id = uploaded(at.server, at.staff, "edition.csv", file).await?;
        let mut input = json!({ "fileId": id, "source": SOURCE });
        for (name, value) in more.as_object().into_iter().flatten() {
            input[name] = value.clone();
        }
        let (tried, written) = tried_and_written(at.server, at.staff, self.import, input).await?;
        let tried = rows(at.server, at.staff, &tried["id"], &[]).await?;
        let mut written = rows(at.server, at.staff, &written["id"], &[]).await?;
        ensure!(written.len() == 1, "{written:?}");
        // The dry run tells the same, but for what it does not create.
        ensure!(
            tried[0]["findings"] == written[0]["findings"],
            "{tried:?} {written:?}"
        );
        ensure!(
            tried[0]["outcome"] == written[0]["outcome"],
            "{tried:?} {written:?}"
        );
        Ok(written[0].take())
    }

    async fn look(&self, at: &At<'_>, id: &Value) -> anyhow::Result<Value> {
        let (field, website) = (self.field, self.website);
        let query = format!(
            "{{ {field}(id: {id}) {{ description website: {website} viewerCanUpdate
                review {{ latestRevision latest {{ state content }}
                    history(first: 20) {{ nodes {{
                        number state source importId authorId }} }} }} }} }}"
        );
        let mut answer = at
            .server
            .send_as(&at.staff.token, &query, Value::Null)
            .await?;
        ensure!(answer.body.get("errors").is_none(), "{}", answer.body);
        Ok(answer.body["data"][field].take())
    }

    /// Sends a step of a review, which must succeed.
    async fn step(
        &self,
        at: &At<'_>,
        step: &str,
        id: &Value,
        revision: i64,
        changes: Value,
    ) -> anyhow::Result<Value> {
        let field = self.field;
        let upper = format!("{}{}", field[..1].to_uppercase(), &field[1..]);
        let input_type = if step == "Update" {
            format!("{upper}UpdateInput")
        } else if step == "Archive" {
            "RevisionInput".to_owned()
        } else {
            "DecisionInput".to_owned()
        };
        let query = format!(
            "mutation ($input: {input_type}!) {{ {field}{step}(input: $input) {{
                errors {{ code field message }} }} }}"
        );
        let mut input = json!({ "id": id, "expectedRevision": revision });
        for (name, value) in changes.as_object().into_iter().flatten() {
            input[name] = value.clone();
        }
        let variables = json!({ "input": input });
        let mut answer = at
            .server
            .send_as(&at.staff.token, &query, variables)
            .await?;
        let payload = answer.body["data"][format!("{field}{step}")].take();
        ensure!(payload["errors"].is_array(), "{}", answer.body);
        Ok(payload)
    }

    async fn done(
        &self,
        at: &At<'_>,
        step: &str,
        id: &Value,
        revision: i64,
        changes: Value,
    ) -> anyhow::Result<()> {
        let payload = self.step(at, step, id, revision, changes).await?;
        ensure!(payload["errors"] == json!([]), "{step}: {payload}");
        Ok(())
    }
}

struct At<'a> {
    server: &'a Server,
    staff: &'a Signed,
}

fn created(row: &Value) -> anyhow::Result<Value> {
    ensure!(row["outcome"] == "CREATED", "{row}");
    Ok(row["nodes"][0]["id"].clone())
}

fn codes(row: &Value) -> Vec<&str> {
    let findings = row["findings"].as_array();
    let findings = findings.into_iter().flatten();
    findings.filter_map(|one| one["code"].as_str()).collect()
}

async fn a_correction_survives_the_next_edition_of_each_kind(backend: Backend) -> Outcome {
    let server = Server::with_territory(backend).await?;
    let staff = server.account(Role::Staff, None).await?;
    let at = At {
        server: &server,
        staff: &staff,
    };
    for kind in &KINDS {
        let first = kind.file("Texte de la source", "https://un.example.org");
        let id = created(&kind.import(&at, first.clone(), json!({})).await?)?;
        let corrected = json!({ "description": "Texte corrigé" });
        kind.done(&at, "Update", &id, 1, corrected).await?;
        kind.done(&at, "Approve", &id, 2, json!({})).await?;
        // The same edition again changes nothing.
        let row = kind.import(&at, first, json!({})).await?;
        ensure!(row["outcome"] == "UNCHANGED", "{row}");
        let second = kind.file("Texte de la source", "https://deux.example.org");
        let row = kind.import(&at, second.clone(), json!({})).await?;
        ensure!(row["outcome"] == "UPDATED", "{} {row}", kind.field);
        ensure!(!codes(&row).contains(&"KEPT_LOCAL_CHANGE"), "{row}");
        let item = kind.look(&at, &id).await?;
        ensure!(
            item["description"] == "Texte corrigé"
                && item["website"] == "https://deux.example.org"
                && item["review"]["latestRevision"] == 3,
            "{item}"
        );
        // The next edit starts from what the import wrote.
        let edited = match kind.field {
            "organization" => json!({ "acronym": "LAE" }),
            "fundingSource" => json!({ "legalBasis": "Un règlement" }),
            "coworkingSpace" => json!({ "desks": 12 }),
            _ => json!({ "peopleServed": 12 }),
        };
        kind.done(&at, "Update", &id, 3, edited).await?;
        kind.done(&at, "Approve", &id, 4, json!({})).await?;
        let item = kind.look(&at, &id).await?;
        ensure!(
            item["description"] == "Texte corrigé" && item["website"] == "https://deux.example.org",
            "{item}"
        );
        // Who and which import, the newest first.
        let history = item["review"]["history"]["nodes"]
            .as_array()
            .context("history")?;
        let told: Vec<(i64, bool, bool)> = history
            .iter()
            .map(|one| {
                let by_source = one["source"] == SOURCE && one["importId"].is_string();
                let by_person = one["authorId"].is_string();
                (
                    one["number"].as_i64().unwrap_or_default(),
                    by_source,
                    by_person,
                )
            })
            .collect();
        let expected = [
            (4, false, true),
            (3, true, false),
            (2, false, true),
            (1, true, false),
        ];
        ensure!(told == expected, "{} {history:#?}", kind.field);
    }
    server.stop().await
}

async fn both_values_are_told_when_the_source_and_a_person_changed_one_field(
    backend: Backend,
) -> Outcome {
    let server = Server::with_territory(backend).await?;
    let staff = server.account(Role::Staff, None).await?;
    let at = At {
        server: &server,
        staff: &staff,
    };
    let kind = &KINDS[0];
    let file = kind.file("Texte A", "https://un.example.org");
    let id = created(&kind.import(&at, file, json!({})).await?)?;
    kind.done(&at, "Update", &id, 1, json!({ "description": "Texte B" }))
        .await?;
    kind.done(&at, "Approve", &id, 2, json!({})).await?;
    let third = kind.file("Texte C", "https://un.example.org");
    let file = uploaded(&server, &staff, "c.csv", third.clone()).await?;
    let input = json!({ "fileId": file, "source": SOURCE });
    let (_, written) = tried_and_written(&server, &staff, kind.import, input).await?;
    let query = "query ($id: ID!) { import(id: $id) { rows(first: 1) { nodes {
        outcome findings { code column value kept message } } } } }";
    let variables = json!({ "id": written["id"] });
    let answer = server.send_as(&staff.token, query, variables).await?;
    let row = &answer.body["data"]["import"]["rows"]["nodes"][0];
    let findings = row["findings"].as_array().context("findings")?;
    let told = findings
        .iter()
        .find(|one| one["code"] == "KEPT_LOCAL_CHANGE");
    let told = told.with_context(|| row.to_string())?;
    ensure!(
        row["outcome"] == "UNCHANGED"
            && told["column"] == "Description"
            && told["value"] == "Texte C"
            && told["kept"] == "Texte B",
        "{row}"
    );
    let item = kind.look(&at, &id).await?;
    ensure!(item["description"] == "Texte B", "{item}");
    // Told once: the same edition again says nothing new.
    let row = kind.import(&at, third, json!({})).await?;
    ensure!(
        row["outcome"] == "UNCHANGED" && !codes(&row).contains(&"KEPT_LOCAL_CHANGE"),
        "{row}"
    );
    server.stop().await
}

async fn the_source_wins_when_staff_say_so(backend: Backend) -> Outcome {
    let server = Server::with_territory(backend).await?;
    let staff = server.account(Role::Staff, None).await?;
    let at = At {
        server: &server,
        staff: &staff,
    };
    let kind = &KINDS[1];
    let file = kind.file("Texte A", "https://un.example.org");
    let id = created(&kind.import(&at, file.clone(), json!({})).await?)?;
    kind.done(&at, "Update", &id, 1, json!({ "description": "Texte B" }))
        .await?;
    kind.done(&at, "Approve", &id, 2, json!({})).await?;
    let row = kind
        .import(&at, file, json!({ "sourceWins": true }))
        .await?;
    ensure!(row["outcome"] == "UPDATED", "{row}");
    let item = kind.look(&at, &id).await?;
    ensure!(
        item["description"] == "Texte A" && item["review"]["latestRevision"] == 3,
        "{item}"
    );
    server.stop().await
}

async fn an_open_edit_follows_what_the_source_changed(backend: Backend) -> Outcome {
    let server = Server::with_territory(backend).await?;
    let staff = server.account(Role::Staff, None).await?;
    let at = At {
        server: &server,
        staff: &staff,
    };
    for kind in &KINDS {
        let file = kind.file("Texte A", "https://un.example.org");
        let id = created(&kind.import(&at, file, json!({})).await?)?;
        let edit = json!({ "description": "Texte proposé" });
        kind.done(&at, "Update", &id, 1, edit).await?;
        let second = kind.file("Texte A", "https://deux.example.org");
        let row = kind.import(&at, second, json!({})).await?;
        ensure!(row["outcome"] == "UPDATED", "{row}");
        let item = kind.look(&at, &id).await?;
        // The public sees what the source says; the edit waits on top of it.
        let latest = &item["review"]["latest"];
        ensure!(
            item["description"] == "Texte A"
                && item["website"] == "https://deux.example.org"
                && latest["state"] == "PENDING"
                && latest["content"]["description"] == "Texte proposé"
                && latest["content"][kind.website] == "https://deux.example.org",
            "{item}"
        );
        // Whoever goes on from what they read gets a conflict.
        let stale = json!({ "description": "Texte proposé, suite" });
        let refused = kind.step(&at, "Update", &id, 2, stale).await?;
        ensure!(refused["errors"][0]["code"] == "CONFLICT", "{refused}");
        let current = item["review"]["latestRevision"]
            .as_i64()
            .context("number")?;
        kind.done(&at, "Approve", &id, current, json!({})).await?;
        let item = kind.look(&at, &id).await?;
        ensure!(
            item["description"] == "Texte proposé" && item["website"] == "https://deux.example.org",
            "{item}"
        );
    }
    server.stop().await
}

async fn a_column_that_is_gone_erases_nothing(backend: Backend) -> Outcome {
    let server = Server::with_territory(backend).await?;
    let staff = server.account(Role::Staff, None).await?;
    let at = At {
        server: &server,
        staff: &staff,
    };
    let kind = &KINDS[0];
    let file = kind.file("Texte A", "https://un.example.org");
    let id = created(&kind.import(&at, file, json!({})).await?)?;
    let less = "Identifiant;Nom;Forme juridique;Description;Commune\n\
        k1;Les Amis d'essai;Association;Texte D;Sceaux\n";
    let row = kind.import(&at, less.to_owned(), json!({})).await?;
    ensure!(row["outcome"] == "UPDATED", "{row}");
    let item = kind.look(&at, &id).await?;
    ensure!(
        item["description"] == "Texte D" && item["website"] == "https://un.example.org",
        "{item}"
    );
    server.stop().await
}

async fn an_archived_item_stays_archived(backend: Backend) -> Outcome {
    let server = Server::with_territory(backend).await?;
    let staff = server.account(Role::Staff, None).await?;
    let at = At {
        server: &server,
        staff: &staff,
    };
    let kind = &KINDS[2];
    let file = kind.file("Texte A", "https://un.example.org");
    let id = created(&kind.import(&at, file, json!({})).await?)?;
    kind.done(&at, "Archive", &id, 1, json!({})).await?;
    let second = kind.file("Texte A", "https://deux.example.org");
    let row = kind.import(&at, second, json!({})).await?;
    ensure!(row["outcome"] == "UPDATED", "{row}");
    let query = format!("{{ coworkingSpace(id: {id}) {{ name }} }}");
    let hidden = server.data(&query).await?;
    ensure!(hidden["coworkingSpace"].is_null(), "{hidden}");
    let item = kind.look(&at, &id).await?;
    ensure!(item["website"] == "https://deux.example.org", "{item}");
    server.stop().await
}
