//! What the README sends as people with accounts: sign-in, an upload, a content and its review.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use entity::account;
use entity::values::Role;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use serde_json::{Value, json};
use tests::{Backend, Outcome, Server, cases};

use super::{Request, holds, readme, root, sent};

cases![who_has_an_account_is_answered_as_it_says];

/// The headings under which an account is needed, the last ones for that of staff.
pub const HEADINGS: [&str; 4] = [
    "Accounts",
    "Writing and review",
    "As staff",
    "A spreadsheet",
];

/// Time that an import has to end.
const PATIENCE: Duration = Duration::from_secs(60);

/// What is uploaded to a path.
fn body(path: &str) -> anyhow::Result<Vec<u8>> {
    if path.contains("purpose=import") {
        return Ok(std::fs::read(root().join("docs/modeles/initiatives.csv"))?);
    }
    Ok(b"%PDF-1.7\n%%EOF\n".to_vec())
}

/// What words such as `$FILE` stand for.
type Known = BTreeMap<String, Value>;

/// `text` without its `$`, if it is such a word.
fn word(value: &Value) -> Option<&str> {
    value.as_str()?.strip_prefix('$')
}

/// `value` with what is known in place of words.
fn told(value: &Value, known: &Known) -> anyhow::Result<Value> {
    if let Some(word) = word(value) {
        return known.get(word).cloned().with_context(|| format!("${word}"));
    }
    Ok(match value {
        Value::Object(fields) => {
            let fields = fields.iter();
            let fields = fields.map(|(name, value)| Ok((name.clone(), told(value, known)?)));
            Value::Object(fields.collect::<anyhow::Result<_>>()?)
        }
        Value::Array(items) => {
            let items = items.iter().map(|item| told(item, known));
            Value::Array(items.collect::<anyhow::Result<_>>()?)
        }
        other => other.clone(),
    })
}

/// Learns what the words of `part` stand for that are not known yet.
fn learn(part: &Value, whole: &Value, known: &mut Known) {
    if let Some(word) = word(part) {
        known
            .entry(word.to_owned())
            .or_insert_with(|| whole.clone());
    }
    match part {
        Value::Object(fields) => {
            for (name, part) in fields {
                learn(part, &whole[name], known);
            }
        }
        Value::Array(items) => {
            for (number, part) in items.iter().enumerate() {
                learn(part, &whole[number], known);
            }
        }
        _ => {}
    }
}

/// Whether an answer is that of an import which has not ended.
fn is_under_way(body: &Value) -> bool {
    let state = body["data"]["import"]["state"].as_str();
    matches!(state, Some("QUEUED" | "RUNNING"))
}

/// Somebody with the address and the password that the README signs in with.
async fn somebody(server: &Server, variables: &Value) -> Outcome {
    let text = |name: &str| variables["input"][name].as_str().context("a sign-in");
    let signed = server.account(Role::ProjectHolder, None).await?;
    let hash = server.app.auth.passwords.hash(text("password")?).await?;
    account::Entity::update_many()
        .col_expr(account::Column::Email, Expr::val(text("email")?))
        .col_expr(account::Column::PasswordHash, Expr::val(hash))
        .filter(account::Column::Id.eq(signed.account))
        .exec(&server.app.database)
        .await?;
    Ok(())
}

async fn who_has_an_account_is_answered_as_it_says(backend: Backend) -> Outcome {
    let server = Server::seeded(backend).await?;
    let staff = server.account(Role::Staff, None).await?;
    let mut known = Known::new();
    let mut count = 0;
    for one in sent(&readme()?)? {
        let heading = one.heading.as_str();
        if !HEADINGS.contains(&heading) {
            continue;
        }
        let token = match heading {
            "Accounts" => None,
            "As staff" | "A spreadsheet" => Some(staff.token.as_str()),
            _ => known.get("ACCESS_TOKEN").and_then(Value::as_str),
        };
        let (request, status) = match &one.request {
            Request::File { path } => {
                let url = format!("{}{path}", server.url);
                (server.client.post(url).body(body(path)?), 201)
            }
            Request::Operation { query, variables } => {
                if query.contains("sessionCreate") {
                    somebody(&server, variables).await?;
                }
                let body = json!({ "query": query, "variables": told(variables, &known)? });
                (server.request().json(&body), 200)
            }
        };
        let request = match token {
            Some(token) => request.bearer_auth(token),
            None => request,
        };
        let begun = Instant::now();
        let mut answer = Server::answer(request.try_clone().context("a request")?).await?;
        while is_under_way(&answer.body) && begun.elapsed() < PATIENCE {
            tokio::time::sleep(Duration::from_millis(100)).await;
            answer = Server::answer(request.try_clone().context("a request")?).await?;
        }
        ensure!(
            answer.status == status && answer.body.get("errors").is_none(),
            "{one:?}\n{}",
            answer.body
        );
        ensure!(!one.answers.is_empty(), "no answer to {one:?}");
        for expected in &one.answers {
            learn(expected, &answer.body, &mut known);
            ensure!(
                holds(&answer.body, &told(expected, &known)?),
                "{one:?}\nanswers\n{:#}",
                answer.body
            );
        }
        count += 1;
    }
    ensure!(count >= 7, "only {count} requests");
    // What was written is public now.
    let query = "{ initiative(slug: \"le-jardin-des-bas-coudrais\") { id documents { url } } }";
    let data = server.data(query).await?;
    ensure!(data["initiative"]["id"] == known["INITIATIVE"], "{data}");
    let url = data["initiative"]["documents"][0]["url"].as_str();
    let url = format!("{}{}", server.url, url.context("a file")?);
    let file = server.client.get(url).send().await?;
    ensure!(file.status() == 200, "{file:?}");
    server.stop().await
}
