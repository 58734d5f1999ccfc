//! Writes that meet, come twice, or come too late.

use anyhow::{Context as _, ensure};
use entity::values::Role;
use futures::future::join_all;
use serde_json::{Value, json};
use tests::{Backend, Outcome, Server, Signed, cases};

cases![
    of_two_reviewers_one_wins,
    a_key_creates_once_however_often_it_is_asked,
    writers_that_meet_leave_no_gap_and_lose_nothing,
    every_problem_is_told_with_its_field,
];

const CREATE: &str = "mutation ($input: InitiativeCreateInput!) { initiativeCreate(input: $input) {
    initiative { id } errors { code field message } } }";

fn initiative(title: &str) -> Value {
    json!({ "title": title, "summary": "Une initiative.", "scope": "LOCAL", "stage": "IDEA" })
}

async fn created(server: &Server, who: &Signed, input: Value) -> anyhow::Result<Value> {
    let answer = server
        .send_as(&who.token, CREATE, json!({ "input": input }))
        .await?;
    let id = answer.body["data"]["initiativeCreate"]["initiative"]["id"].clone();
    ensure!(id.is_string(), "{}", answer.body);
    Ok(id)
}

async fn of_two_reviewers_one_wins(backend: Backend) -> Outcome {
    let server = Server::with_territory(backend).await?;
    let holder = server.account(Role::ProjectHolder, None).await?;
    let reviewers = [
        server.account(Role::Staff, None).await?,
        server.account(Role::Admin, None).await?,
    ];
    let id = created(&server, &holder, initiative("Deux avis")).await?;
    let submit = format!(
        "mutation {{ initiativeSubmit(input: {{id: {id}, expectedRevision: 1}}) {{
            errors {{ code }} }} }}"
    );
    server.send_as(&holder.token, &submit, Value::Null).await?;
    let approve = format!(
        "mutation {{ initiativeApprove(input: {{id: {id}, expectedRevision: 1}}) {{
            errors {{ code field }} }} }}"
    );
    let both = reviewers
        .iter()
        .map(|reviewer| server.send_as(&reviewer.token, &approve, Value::Null));
    let mut codes = Vec::new();
    for answer in join_all(both).await {
        let answer = answer?;
        let errors = &answer.body["data"]["initiativeApprove"]["errors"];
        let errors = errors.as_array().context("errors")?.clone();
        codes.push(errors.first().map(|error| error["code"].clone()));
    }
    codes.sort_by_key(Option::is_some);
    ensure!(codes == [None, Some(json!("CONFLICT"))], "{codes:?}");
    server.stop().await
}

async fn a_key_creates_once_however_often_it_is_asked(backend: Backend) -> Outcome {
    let server = Server::with_territory(backend).await?;
    let holder = server.account(Role::ProjectHolder, None).await?;
    let mut input = initiative("Une seule fois");
    input["idempotencyKey"] = json!("une-seule-fois");
    let variables = json!({ "input": input });
    let asked = (0..5).map(|_| server.send_as(&holder.token, CREATE, variables.clone()));
    let mut ids = Vec::new();
    for answer in join_all(asked).await {
        let answer = answer?;
        let id = &answer.body["data"]["initiativeCreate"]["initiative"]["id"];
        ids.push(
            id.as_str()
                .with_context(|| answer.body.to_string())?
                .to_owned(),
        );
    }
    ids.dedup();
    ensure!(ids.len() == 1, "{ids:?}");
    // Another account's key is another key; another body is refused.
    let other = server.account(Role::ProjectHolder, None).await?;
    let theirs = created(&server, &other, input.clone()).await?;
    ensure!(theirs != ids[0].as_str());
    input["title"] = json!("Autre chose");
    let answer = server
        .send_as(&holder.token, CREATE, json!({ "input": input }))
        .await?;
    let errors = &answer.body["data"]["initiativeCreate"]["errors"];
    ensure!(
        errors[0]["code"] == "KEY_REUSED" && errors[0]["field"] == json!(["idempotencyKey"]),
        "{}",
        answer.body
    );
    server.stop().await
}

async fn writers_that_meet_leave_no_gap_and_lose_nothing(backend: Backend) -> Outcome {
    use entity::change;
    use sea_orm::{EntityTrait as _, QueryOrder as _};

    let server = Server::with_territory(backend).await?;
    let holder = server.account(Role::ProjectHolder, None).await?;
    let id = created(&server, &holder, initiative("Bousculade")).await?;
    // Each reads the latest revision and adds one person; who comes too late reads again.
    let one_more = || async {
        for _ in 0..100 {
            let read = format!(
                "{{ initiative(id: {id}) {{ review {{ latest {{ number content }} }} }} }}"
            );
            let read = server.send_as(&holder.token, &read, Value::Null).await?;
            let read = &read.body["data"]["initiative"]["review"]["latest"];
            let people = read["content"]["peopleServed"].as_i64().unwrap_or_default();
            let update = format!(
                "mutation {{ initiativeUpdate(input: {{ id: {id},
                    expectedRevision: {}, peopleServed: {} }}) {{ errors {{ code }} }} }}",
                read["number"],
                people + 1
            );
            let written = server.send_as(&holder.token, &update, Value::Null).await?;
            let errors = &written.body["data"]["initiativeUpdate"]["errors"];
            if *errors == json!([]) {
                return Ok(());
            }
            ensure!(errors[0]["code"] == "CONFLICT", "{}", written.body);
        }
        anyhow::bail!("a writer never came through")
    };
    for written in join_all((0..8).map(|_| one_more())).await {
        written?;
    }
    let query = format!("{{ initiative(id: {id}) {{ peopleServed }} }}");
    let shown = server.send_as(&holder.token, &query, Value::Null).await?;
    ensure!(
        shown.body["data"]["initiative"]["peopleServed"] == 8,
        "an update was lost: {}",
        shown.body
    );
    let log = change::Entity::find()
        .order_by_asc(change::Column::Version)
        .all(&server.app.database)
        .await?;
    let versions: Vec<i64> = log.iter().map(|row| row.version).collect();
    let gapless: Vec<i64> = (1..=log.len() as i64).collect();
    ensure!(versions == gapless, "{versions:?}");
    let last = log.last().context("a change")?;
    ensure!(
        last.details == json!({ "fields": ["peopleServed"] }) && last.revision == Some(9),
        "{last:?}"
    );
    server.stop().await
}

async fn every_problem_is_told_with_its_field(backend: Backend) -> Outcome {
    let server = Server::with_territory(backend).await?;
    let holder = server.account(Role::ProjectHolder, None).await?;
    let input = json!({
        "title": "  ", "summary": "é".repeat(301), "scope": "LOCAL", "stage": "IDEA",
        "website": "javascript:alert(1)", "startsOn": "2026-05-02", "endsOn": "2026-05-01",
        "jobsCreated": -1, "place": { "postalCode": "9233" },
        "lessons": [{ "kind": "WORKED", "content": "" }],
    });
    let answer = server
        .send_as(&holder.token, CREATE, json!({ "input": input }))
        .await?;
    let errors = answer.body["data"]["initiativeCreate"]["errors"].as_array();
    let mut told: Vec<String> = errors
        .with_context(|| answer.body.to_string())?
        .iter()
        .map(|error| {
            let field: Vec<&str> = error["field"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .collect();
            format!(
                "{} {}",
                field.join("."),
                error["code"].as_str().unwrap_or_default()
            )
        })
        .collect();
    told.sort_unstable();
    ensure!(
        told == [
            "endsOn OUT_OF_RANGE",
            "jobsCreated OUT_OF_RANGE",
            "lessons.0.content REQUIRED",
            "place.postalCode INVALID",
            "summary TOO_LONG",
            "title REQUIRED",
            "website INVALID",
        ],
        "{told:?}"
    );
    // What the database alone can tell is told once the rest is right.
    let mut input = initiative("Nulle part");
    input["communes"] = json!(["99999"]);
    input["themes"] = json!(["nowhere"]);
    let answer = server
        .send_as(&holder.token, CREATE, json!({ "input": input }))
        .await?;
    let errors = &answer.body["data"]["initiativeCreate"]["errors"];
    ensure!(
        errors[0]["field"] == json!(["themes"]) && errors[1]["field"] == json!(["communes"]),
        "{}",
        answer.body
    );
    server.stop().await
}
