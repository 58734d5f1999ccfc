//! Contents that may be one: shown before creation, and said to be two.

mod deciding;
mod finding;
mod imports;
mod queue;

use anyhow::{Context as _, ensure};
use serde_json::{Value, json};
use tests::{Case, Server};

/// The tests of these modules.
pub fn cases() -> Vec<Case> {
    [
        deciding::cases(),
        finding::cases(),
        imports::cases(),
        queue::cases(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// What a candidate is asked.
const CANDIDATE: &str = "{ reason score distanceMetres content { id } }";

/// The answer of a query for what may be the same.
async fn answer(server: &Server, token: &str, query: &str, input: &str) -> anyhow::Result<Value> {
    let query = format!("{{ found: {query}(input: {{ {input} }}, first: 10) {CANDIDATE} }}");
    Ok(server.send_as(token, &query, Value::Null).await?.body)
}

/// The candidates that somebody is shown, each with its identifier and why.
async fn found(
    server: &Server,
    token: &str,
    query: &str,
    input: &str,
) -> anyhow::Result<Vec<(String, String)>> {
    let answer = answer(server, token, query, input).await?;
    ensure!(answer.get("errors").is_none(), "{query} {input}: {answer}");
    shown(&answer["data"]["found"])
}

/// The identifiers of candidates, each with why.
fn shown(candidates: &Value) -> anyhow::Result<Vec<(String, String)>> {
    let list = candidates.as_array().context("candidates")?;
    let text = |value: &Value| value.as_str().map(str::to_owned).context("a text");
    list.iter()
        .map(|one| Ok((text(&one["content"]["id"])?, text(&one["reason"])?)))
        .collect()
}

/// The code of what refused an operation; empty if nothing did.
fn code(answer: &Value) -> &str {
    answer["errors"][0]["extensions"]["code"]
        .as_str()
        .unwrap_or_default()
}

/// The answer of a mutation that says something of two contents.
async fn say(server: &Server, token: &str, mutation: &str, input: Value) -> anyhow::Result<Value> {
    let ending = mutation
        .strip_prefix("probableDuplicate")
        .context("a mutation")?;
    let query = format!(
        "mutation ($input: ProbableDuplicate{ending}Input!) {{ done: {mutation}(input: $input) {{
            errors {{ code field message }}
            probableDuplicate {{
                verdict reason decidedAt left {{ id }} right {{ id }}
            }} }} }}"
    );
    let variables = json!({ "input": input });
    let answer = server.send_as(token, &query, variables).await?.body;
    Ok(answer)
}

/// What was said of two contents, which must have been done.
async fn said(
    server: &Server,
    token: &str,
    mutation: &str,
    [left, right]: [&str; 2],
) -> anyhow::Result<Value> {
    let mut answer = say(
        server,
        token,
        mutation,
        json!({ "left": left, "right": right }),
    )
    .await?;
    let pair = answer["data"]["done"]["probableDuplicate"].take();
    ensure!(!pair.is_null(), "{mutation} answered {answer}");
    Ok(pair)
}

/// The initiative that somebody creates, with what it may be.
async fn created(server: &Server, token: &str, input: Value) -> anyhow::Result<Value> {
    let query = format!(
        "mutation ($input: InitiativeCreateInput!) {{ done: initiativeCreate(input: $input) {{
            errors {{ code field message }}
            initiative {{ id review {{ probableDuplicates {CANDIDATE} }} }} }} }}"
    );
    let answer = server.send_as(token, &query, json!({ "input": input }));
    let mut answer = answer.await?.body;
    ensure!(answer.get("errors").is_none(), "{answer}");
    Ok(answer["data"]["done"].take())
}

/// An initiative of a commune.
fn initiative(title: &str, commune: &str) -> Value {
    json!({
        "title": title, "summary": "Un essai.", "scope": "LOCAL", "stage": "IDEA",
        "communes": [commune],
    })
}
