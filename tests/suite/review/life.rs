//! The whole life of an initiative: to read as documentation.

use anyhow::{Context as _, ensure};
use entity::values::Role;
use serde_json::{Value, json};
use tests::{Backend, Outcome, Server, Signed, cases};

cases![
    an_initiative_from_its_draft_to_its_archive,
    nothing_said_leaves_and_null_clears
];

/// Sends a mutation as somebody, and answers its payload, which must hold no errors.
async fn done(
    server: &Server,
    who: &Signed,
    mutation: &str,
    input: Value,
) -> anyhow::Result<Value> {
    let kind = format!("{}{}", mutation[..1].to_uppercase(), &mutation[1..]);
    let input_type = match mutation {
        "initiativeCreate" | "initiativeUpdate" => format!("{kind}Input"),
        "initiativeApprove" | "initiativeReject" | "initiativeAskForChanges" => {
            "DecisionInput".to_owned()
        }
        "initiativeRestoreRevision" => "RestoreRevisionInput".to_owned(),
        _ => "RevisionInput".to_owned(),
    };
    let query = format!(
        "mutation ($input: {input_type}!) {{ {mutation}(input: $input) {{
            initiative {{ id title revision review {{ publication latestRevision }} }}
            errors {{ code field message }} }} }}"
    );
    let answer = server
        .send_as(&who.token, &query, json!({ "input": input }))
        .await?;
    let payload = &answer.body["data"][mutation];
    ensure!(
        payload["errors"] == json!([]),
        "{mutation} {input}: {}",
        answer.body
    );
    Ok(payload["initiative"].clone())
}

/// The title that anybody sees, null if there is none.
async fn public_title(server: &Server, id: &Value) -> anyhow::Result<Value> {
    let query = format!("{{ initiative(id: {id}) {{ title }} }}");
    Ok(server.data(&query).await?["initiative"]["title"].clone())
}

async fn an_initiative_from_its_draft_to_its_archive(backend: Backend) -> Outcome {
    let server = Server::with_territory(backend).await?;
    let holder = server.account(Role::ProjectHolder, None).await?;
    let staff = server.account(Role::Staff, None).await?;

    // A project holder writes a draft. Nobody else sees it, in no list and by no identifier.
    let draft = done(
        &server,
        &holder,
        "initiativeCreate",
        json!({
            "idempotencyKey": "bocaux-1",
            "title": "Les bocaux du quartier",
            "summary": "Une conserverie d’insertion dans l’ancienne halle.",
            "scope": "LOCAL",
            "stage": "IDEA",
            "themes": ["insertion-par-l-emploi"],
            "communes": ["92071"],
            "place": { "commune": "92071" },
            "needs": ["PREMISES", "FUNDING"],
        }),
    )
    .await?;
    let id = &draft["id"];
    ensure!(draft["review"]["publication"] == "DRAFT", "{draft}");
    ensure!(public_title(&server, id).await?.is_null());
    let own = "{ initiatives(filter: {own: true}) { totalCount nodes { title } } }";
    let listed = server.send_as(&holder.token, own, Value::Null).await?;
    ensure!(
        listed.body["data"]["initiatives"]["totalCount"] == 1,
        "{}",
        listed.body
    );
    let all = "{ initiatives { totalCount } }";
    let listed = server.send_as(&holder.token, all, Value::Null).await?;
    ensure!(
        listed.body["data"]["initiatives"]["totalCount"] == 0,
        "a draft is in the public list: {}",
        listed.body
    );

    // It is handed in, waits in the queue of the staff, and comes back with a question.
    let read = json!({ "id": id, "expectedRevision": 1 });
    let submitted = done(&server, &holder, "initiativeSubmit", read.clone()).await?;
    ensure!(
        submitted["review"]["publication"] == "SUBMITTED",
        "{submitted}"
    );
    let queue = "{ reviewQueue { totalCount nodes { waitingDays revision { number state }
        content { ... on Initiative { title viewerCanReview } } } } }";
    let waiting = server.send_as(&staff.token, queue, Value::Null).await?;
    let waiting = &waiting.body["data"]["reviewQueue"];
    ensure!(
        *waiting
            == json!({ "totalCount": 1, "nodes": [{
                "waitingDays": 0,
                "revision": { "number": 1, "state": "PENDING" },
                "content": { "title": "Les bocaux du quartier", "viewerCanReview": true },
            }] }),
        "{waiting}"
    );
    let question = "Combien d’emplois en insertion ?";
    let asked = done(
        &server,
        &staff,
        "initiativeAskForChanges",
        json!({ "id": id, "expectedRevision": 1, "reason": question }),
    )
    .await?;
    ensure!(asked["review"]["publication"] == "DRAFT", "{asked}");

    let letter = server.letters_to(&holder.email, 1).await?;
    let letter = letter.first().context("a letter")?;
    let page = format!(
        "{}/{}",
        server.app.settings.link_base,
        id.as_str().unwrap_or_default()
    );
    ensure!(
        letter.text.contains(question) && letter.text.contains(&page),
        "no {page} in {}",
        letter.text
    );

    // Its holder answers, hands it in again, and it is approved: everybody sees it.
    let changes = json!({ "id": id, "expectedRevision": 1, "jobsCreated": 4 });
    let changed = done(&server, &holder, "initiativeUpdate", changes).await?;
    ensure!(changed["review"]["latestRevision"] == 2, "{changed}");
    let read = json!({ "id": id, "expectedRevision": 2 });
    done(&server, &holder, "initiativeSubmit", read.clone()).await?;
    ensure!(public_title(&server, id).await?.is_null());
    let approved = done(&server, &staff, "initiativeApprove", read).await?;
    ensure!(
        approved["review"]["publication"] == "PUBLISHED",
        "{approved}"
    );
    ensure!(public_title(&server, id).await? == "Les bocaux du quartier");
    let found = server
        .data("{ search(text: \"conserverie\") { totalCount } }")
        .await?;
    ensure!(found["search"]["totalCount"] == 1, "{found}");

    // An edit waits: the public keeps what was approved last, until this is approved too.
    let changes = json!({ "id": id, "expectedRevision": 2, "title": "Les bocaux de Sceaux" });
    let edited = done(&server, &holder, "initiativeUpdate", changes).await?;
    ensure!(
        edited["title"] == "Les bocaux du quartier" && edited["revision"] == 2,
        "{edited}"
    );
    ensure!(public_title(&server, id).await? == "Les bocaux du quartier");
    let read = json!({ "id": id, "expectedRevision": 3 });
    done(&server, &staff, "initiativeApprove", read.clone()).await?;
    ensure!(public_title(&server, id).await? == "Les bocaux de Sceaux");

    // All of it is kept, for who keeps or reviews it.
    let history = format!(
        "{{ initiative(id: {id}) {{ review {{
            history {{ nodes {{ number state reason }} }}
            differences(from: 1, to: 3) {{ field before after }} }} }} }}"
    );
    let told = server.send_as(&holder.token, &history, Value::Null).await?;
    let review = &told.body["data"]["initiative"]["review"];
    ensure!(
        review["history"]["nodes"]
            == json!([
                { "number": 3, "state": "APPROVED", "reason": null },
                { "number": 2, "state": "APPROVED", "reason": null },
                { "number": 1, "state": "CHANGES_ASKED", "reason": question },
            ]),
        "{}",
        told.body
    );
    ensure!(
        review["differences"]
            == json!([
                { "field": "jobsCreated", "before": null, "after": 4 },
                { "field": "title", "before": "Les bocaux du quartier",
                  "after": "Les bocaux de Sceaux" },
            ]),
        "{}",
        told.body
    );
    let told = server.data(&history).await?;
    ensure!(told["initiative"]["review"].is_null(), "{told}");

    // An earlier revision comes back as a new one; the end is the archive.
    let again = json!({ "id": id, "expectedRevision": 3, "revision": 2 });
    let again = done(&server, &holder, "initiativeRestoreRevision", again).await?;
    ensure!(again["review"]["latestRevision"] == 4, "{again}");
    let read = json!({ "id": id, "expectedRevision": 4 });
    let refused = json!({ "id": id, "expectedRevision": 4, "reason": "L’ancien nom a changé." });
    done(&server, &staff, "initiativeReject", refused).await?;
    ensure!(public_title(&server, id).await? == "Les bocaux de Sceaux");
    let archived = done(&server, &holder, "initiativeArchive", read.clone()).await?;
    ensure!(
        archived["review"]["publication"] == "ARCHIVED",
        "{archived}"
    );
    ensure!(public_title(&server, id).await?.is_null());
    let found = server
        .data("{ search(text: \"conserverie\") { totalCount } }")
        .await?;
    ensure!(found["search"]["totalCount"] == 0, "{found}");
    done(&server, &holder, "initiativeRestore", read).await?;
    ensure!(public_title(&server, id).await? == "Les bocaux de Sceaux");
    server.stop().await
}

async fn nothing_said_leaves_and_null_clears(backend: Backend) -> Outcome {
    let server = Server::with_territory(backend).await?;
    let holder = server.account(Role::ProjectHolder, None).await?;
    let draft = done(
        &server,
        &holder,
        "initiativeCreate",
        json!({
            "title": "Atelier", "summary": "Un atelier.", "scope": "LOCAL", "stage": "IDEA",
            "website": "https://atelier.example.org", "jobsCreated": 2,
        }),
    )
    .await?;
    let id = &draft["id"];
    // A variable left out of a literal is nothing said, as is a field left out of a variable.
    let query = format!(
        "mutation ($website: String, $jobs: Int) {{ initiativeUpdate(input: {{
            id: {id}, expectedRevision: 1, stage: RUNNING, website: $website, jobsCreated: $jobs
        }}) {{ initiative {{ website jobsCreated stage }} errors {{ code field message }} }} }}"
    );
    let answer = server
        .send_as(&holder.token, &query, json!({ "jobs": null }))
        .await?;
    let shown = &answer.body["data"]["initiativeUpdate"]["initiative"];
    ensure!(
        *shown
            == json!({ "website": "https://atelier.example.org", "jobsCreated": null,
                       "stage": "RUNNING" }),
        "{}",
        answer.body
    );
    server.stop().await
}
