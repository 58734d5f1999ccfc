//! Each “no” of the matrix of permissions, tried over HTTP.

use anyhow::{Context as _, ensure};
use entity::values::Role;
use maillage::permission::{ALL, Reach};
use serde_json::{Value, json};
use tests::{Backend, Outcome, Server, Signed, cases};

cases![
    what_is_not_one_s_own_does_not_exist,
    who_may_not_review_is_told_so,
    a_member_keeps_their_commune
];

const CREATE: &str = "mutation { initiativeCreate(input: {title: \"La leur\", summary: \"Leur.\",
    scope: LOCAL, stage: IDEA, communes: [\"92071\"]}) { initiative { id } errors { code } } }";

async fn draft_of(server: &Server, who: &Signed) -> anyhow::Result<Value> {
    let answer = server.send_as(&who.token, CREATE, Value::Null).await?;
    let id = answer.body["data"]["initiativeCreate"]["initiative"]["id"].clone();
    ensure!(id.is_string(), "{}", answer.body);
    Ok(id)
}

/// The mutations on one initiative, as sent by somebody who read its first revision.
fn mutations(id: &Value) -> Vec<(&'static str, String)> {
    let read = format!("id: {id}, expectedRevision: 1");
    [
        ("initiativeUpdate", format!("{read}, stage: RUNNING")),
        ("initiativeSubmit", read.clone()),
        ("initiativeApprove", read.clone()),
        (
            "initiativeAskForChanges",
            format!("{read}, reason: \"Non.\""),
        ),
        ("initiativeReject", format!("{read}, reason: \"Non.\"")),
        ("initiativeArchive", read.clone()),
        ("initiativeRestore", read.clone()),
        ("initiativeRestoreRevision", format!("{read}, revision: 1")),
    ]
    .into_iter()
    .map(|(name, input)| {
        let query = format!("mutation {{ {name}(input: {{{input}}}) {{ errors {{ code }} }} }}");
        (name, query)
    })
    .collect()
}

/// The code with which something was refused, of a payload or of the whole answer.
fn refusal(body: &Value) -> String {
    let top = &body["errors"][0]["extensions"]["code"];
    let payload = body["data"]
        .as_object()
        .and_then(|data| data.values().next())
        .map(|payload| payload["errors"][0]["code"].clone());
    top.as_str()
        .or(payload.as_ref().and_then(Value::as_str))
        .unwrap_or_default()
        .to_owned()
}

async fn what_is_not_one_s_own_does_not_exist(backend: Backend) -> Outcome {
    let server = Server::with_territory(backend).await?;
    let owner = server.account(Role::ProjectHolder, None).await?;
    let id = draft_of(&server, &owner).await?;
    let strangers = [
        server.account(Role::ProjectHolder, None).await?,
        server.account(Role::Member, Some("92002")).await?,
        server.account(Role::ApiClient, None).await?,
    ];
    for stranger in &strangers {
        let read = format!("{{ initiative(id: {id}) {{ title }} node(id: {id}) {{ id }} }}");
        let answer = server.send_as(&stranger.token, &read, Value::Null).await?;
        ensure!(
            answer.body["data"] == json!({ "initiative": null, "node": null }),
            "{}",
            answer.body
        );
        for (name, query) in mutations(&id) {
            let answer = server.send_as(&stranger.token, &query, Value::Null).await?;
            ensure!(
                refusal(&answer.body) == "NOT_FOUND",
                "{name}: {}",
                answer.body
            );
        }
    }
    for (name, query) in mutations(&id) {
        let answer = server.send(&query, Value::Null).await?;
        ensure!(
            refusal(&answer.body) == "UNAUTHENTICATED",
            "{name}: {}",
            answer.body
        );
    }
    let answer = server.send(CREATE, Value::Null).await?;
    ensure!(
        refusal(&answer.body) == "UNAUTHENTICATED",
        "{}",
        answer.body
    );
    let answer = server
        .send_as(&strangers[2].token, CREATE, Value::Null)
        .await?;
    ensure!(refusal(&answer.body) == "FORBIDDEN", "{}", answer.body);
    server.stop().await
}

async fn who_may_not_review_is_told_so(backend: Backend) -> Outcome {
    let server = Server::with_territory(backend).await?;
    let owner = server.account(Role::ProjectHolder, None).await?;
    let member = server.account(Role::Member, Some("92071")).await?;
    let client = server.account(Role::ApiClient, None).await?;
    let staff = server.account(Role::Staff, None).await?;
    let id = draft_of(&server, &owner).await?;
    for (name, query) in &mutations(&id) {
        let operation = ALL.iter().copied().flatten().find(|one| one.name == *name);
        let rule = operation
            .with_context(|| format!("{name} is in no matrix"))?
            .rule;
        // Both see it: the one owns it, the other keeps its commune.
        for (who, role) in [(&owner, Role::ProjectHolder), (&member, Role::Member)] {
            if rule.reach(role) == Reach::Never {
                let answer = server.send_as(&who.token, query, Value::Null).await?;
                ensure!(
                    refusal(&answer.body) == "FORBIDDEN",
                    "{name} by {role:?}: {}",
                    answer.body
                );
            }
        }
    }
    for (name, query) in mutations(&id) {
        if ["initiativeSubmit", "initiativeApprove"].contains(&name) {
            let answer = server.send_as(&staff.token, &query, Value::Null).await?;
            ensure!(refusal(&answer.body).is_empty(), "{name}: {}", answer.body);
        }
    }
    // What is public is seen by everybody, and kept by few.
    let stranger = server.account(Role::ProjectHolder, None).await?;
    for (name, query) in mutations(&id) {
        for who in [&stranger, &client] {
            let answer = server.send_as(&who.token, &query, Value::Null).await?;
            ensure!(
                refusal(&answer.body) == "FORBIDDEN",
                "{name}: {}",
                answer.body
            );
        }
    }
    let queue = "{ reviewQueue { totalCount } }";
    for who in [&owner, &member, &client] {
        let answer = server.send_as(&who.token, queue, Value::Null).await?;
        ensure!(refusal(&answer.body) == "FORBIDDEN", "{}", answer.body);
    }
    let answer = server.send(queue, Value::Null).await?;
    ensure!(
        refusal(&answer.body) == "UNAUTHENTICATED",
        "{}",
        answer.body
    );
    server.stop().await
}

async fn a_member_keeps_their_commune(backend: Backend) -> Outcome {
    let server = Server::with_territory(backend).await?;
    let owner = server.account(Role::ProjectHolder, None).await?;
    let member = server.account(Role::Member, Some("92071")).await?;
    let id = draft_of(&server, &owner).await?;
    let read = format!(
        "{{ initiative(id: {id}) {{ viewerCanUpdate viewerCanSubmit viewerCanReview
            viewerCanArchive }} }}"
    );
    let answer = server.send_as(&member.token, &read, Value::Null).await?;
    ensure!(
        answer.body["data"]["initiative"]
            == json!({ "viewerCanUpdate": true, "viewerCanSubmit": true,
                       "viewerCanReview": false, "viewerCanArchive": false }),
        "{}",
        answer.body
    );
    let update = format!(
        "mutation {{ initiativeUpdate(input: {{id: {id}, expectedRevision: 1,
            title: \"La nôtre\"}}) {{ initiative {{ title }} errors {{ code }} }} }}"
    );
    let answer = server.send_as(&member.token, &update, Value::Null).await?;
    ensure!(
        answer.body["data"]["initiativeUpdate"]["initiative"]["title"] == "La nôtre",
        "{}",
        answer.body
    );
    server.stop().await
}
