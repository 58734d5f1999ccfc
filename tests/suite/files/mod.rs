//! Files that people upload, over HTTP.

mod bucket;
mod reading;
mod removal;
mod samples;
mod uploads;

use anyhow::ensure;
use serde_json::{Value, json};
use tests::{Case, Server, Signed};

/// The tests of this module.
pub fn cases() -> Vec<Case> {
    [
        bucket::cases(),
        uploads::cases(),
        reading::cases(),
        removal::cases(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Sends `bytes` as a file called `name`, and answers the status and the body.
async fn send(
    server: &Server,
    who: &Signed,
    name: &str,
    bytes: Vec<u8>,
) -> anyhow::Result<(u16, Value)> {
    let name = maillage::files::percent_encoded(name);
    let response = server
        .client
        .post(format!("{}/files?name={name}", server.url))
        .bearer_auth(&who.token)
        .body(bytes)
        .send()
        .await?;
    Ok((response.status().as_u16(), response.json().await?))
}

/// The answer to an upload that must succeed.
async fn uploaded(
    server: &Server,
    who: &Signed,
    name: &str,
    bytes: Vec<u8>,
) -> anyhow::Result<Value> {
    let (status, body) = send(server, who, name, bytes).await?;
    ensure!(status == 201, "{status} {body}");
    Ok(body)
}

/// Asks for the address of a file, as who holds `token`.
fn get(server: &Server, url: &Value, token: Option<&str>) -> reqwest::RequestBuilder {
    let url = url.as_str().unwrap_or_default();
    let request = server.client.get(format!("{}{url}", server.url));
    match token {
        Some(token) => request.bearer_auth(token),
        None => request,
    }
}

/// The status of a file, as who holds `token` sees it.
async fn status(server: &Server, url: &Value, token: Option<&str>) -> anyhow::Result<u16> {
    Ok(get(server, url, token).send().await?.status().as_u16())
}

/// Creates an initiative with these documents, and answers the payload.
async fn initiative(server: &Server, who: &Signed, documents: Value) -> anyhow::Result<Value> {
    let query = "mutation ($documents: [DocumentInput!]!) { initiativeCreate(input: {
        title: \"Le jardin partagé\", summary: \"Un jardin.\", scope: LOCAL, stage: IDEA,
        communes: [\"92071\"], documents: $documents }) {
        initiative { id documents { title url mediaType byteSize } }
        errors { code field message } } }";
    let variables = json!({ "documents": documents });
    let mut answer = server.send_as(&who.token, query, variables).await?;
    let payload = answer.body["data"]["initiativeCreate"].take();
    ensure!(payload.is_object(), "{}", answer.body);
    Ok(payload)
}

/// Sends a mutation of an initiative that has been read at `revision`.
async fn step(
    server: &Server,
    who: &Signed,
    mutation: &str,
    id: &Value,
    revision: i32,
    more: &str,
) -> anyhow::Result<Value> {
    let query = format!(
        "mutation {{ {mutation}(input: {{id: {id}, expectedRevision: {revision}{more}}}) {{
            errors {{ code field }} }} }}"
    );
    let mut answer = server.send_as(&who.token, &query, Value::Null).await?;
    ensure!(answer.body["errors"].is_null(), "{}", answer.body);
    Ok(answer.body["data"][mutation]["errors"].take())
}
