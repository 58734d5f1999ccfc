//! GraphQL over HTTP: what the specification asks, and what keeps others out.

use std::time::Duration;

use anyhow::{Context as _, ensure};
use maillage::clock::Clock;
use reqwest::header::{
    ACCEPT, ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_ORIGIN, ALLOW, CONTENT_ENCODING,
    CONTENT_TYPE, VARY, WWW_AUTHENTICATE,
};
use reqwest::{Method, Response};
use sea_orm::ConnectionTrait as _;
use serde_json::{Value, json};
use tests::{Backend, Outcome, Server, cases};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::process::Command;

cases![
    a_query_is_answered_by_post_and_by_get;
    once:
    errors_have_the_status_that_the_media_type_asks,
    changes_are_not_made_by_get,
    only_json_is_read,
    arrays_of_operations_are_refused,
    large_bodies_are_refused_while_they_come_in,
    slow_bodies_are_given_up,
    credentials_are_refused_rather_than_ignored,
    the_operation_is_chosen_by_its_name,
    messages_are_in_the_language_of_the_reader,
    every_answer_is_protected,
    an_error_of_ours_tells_only_its_reference,
    any_page_may_read_without_credentials,
    answers_are_compressed,
    other_methods_are_told_what_is_allowed,
    the_editor_is_served_from_here;
    with "npm":
    the_audit_of_the_specification_passes,
    tools_read_the_whole_schema;
    with "chromium":
    the_editor_works_in_a_browser_without_any_other_origin,
];

const GRAPHQL: &str = "application/graphql-response+json";
const JSON: &str = "application/json";

fn code(body: &Value) -> &str {
    body["errors"][0]["extensions"]["code"]
        .as_str()
        .unwrap_or_default()
}

fn header(response: &Response, name: impl reqwest::header::AsHeaderName) -> &str {
    response
        .headers()
        .get(name)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

async fn post(server: &Server, accept: &str, body: &Value) -> anyhow::Result<(u16, Value)> {
    let response = server
        .client
        .post(format!("{}/graphql", server.url))
        .header(ACCEPT, accept)
        .json(body)
        .send()
        .await?;
    let status = response.status().as_u16();
    ensure!(
        header(&response, CONTENT_TYPE).starts_with(accept),
        "{:?}",
        response.headers()
    );
    Ok((status, response.json().await?))
}

async fn get(server: &Server, parameters: &[(&str, &str)]) -> anyhow::Result<Response> {
    let mut url = reqwest::Url::parse(&format!("{}/graphql", server.url))?;
    url.query_pairs_mut().extend_pairs(parameters);
    Ok(server
        .client
        .get(url)
        .header(ACCEPT, GRAPHQL)
        .send()
        .await?)
}

async fn a_query_is_answered_by_post_and_by_get(backend: Backend) -> Outcome {
    let server = Server::seeded(backend).await?;
    let query = "query A($code: String!) { commune(inseeCode: $code) { name } }";
    let variables = r#"{"code": "92071"}"#;
    let (status, posted) = post(
        &server,
        JSON,
        &json!({"query": query, "variables": {"code": "92071"}}),
    )
    .await?;
    ensure!(
        status == 200 && posted == json!({"data": {"commune": {"name": "Sceaux"}}}),
        "{status} {posted}"
    );
    let response = get(&server, &[("query", query), ("variables", variables)]).await?;
    ensure!(header(&response, CONTENT_TYPE).starts_with(GRAPHQL));
    ensure!(header(&response, VARY).contains("Accept"));
    let got: Value = response.json().await?;
    ensure!(got == posted, "{got}");
    server.stop().await
}

async fn errors_have_the_status_that_the_media_type_asks(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    for query in [
        "{",
        "{ nothing }",
        "query($id: ID!) { node(id: $id) { id } }",
        "{ ...F }",
        "{ communes(first: \"two\") { totalCount } }",
    ] {
        for (accept, expected) in [(GRAPHQL, 400), (JSON, 200)] {
            let (status, body) = post(&server, accept, &json!({"query": query})).await?;
            ensure!(
                status == expected && code(&body) == "BAD_INPUT" && body.get("data").is_none(),
                "{query} as {accept}: {status} {body}"
            );
        }
    }
    // An operation that was begun answers 200, with what could be found.
    let query = "{ a: node(id: \"x\") { id } __typename }";
    for accept in [GRAPHQL, JSON] {
        let (status, body) = post(&server, accept, &json!({"query": query})).await?;
        ensure!(
            status == 200 && body["data"]["__typename"] == "Query" && code(&body) == "BAD_INPUT",
            "{status} {body}"
        );
    }
    let refused = server
        .client
        .post(format!("{}/graphql", server.url))
        .header(ACCEPT, "image/png")
        .json(&json!({"query": "{ __typename }"}))
        .send()
        .await?;
    ensure!(refused.status() == 406, "{refused:?}");
    server.stop().await
}

async fn changes_are_not_made_by_get(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    let response = get(&server, &[("query", "mutation { __typename }")]).await?;
    ensure!(response.status() == 405, "{response:?}");
    ensure!(header(&response, ALLOW) == "POST", "{response:?}");
    let document = "query A { __typename } mutation B { __typename }";
    let response = get(&server, &[("query", document), ("operationName", "B")]).await?;
    ensure!(response.status() == 405, "{response:?}");
    server.stop().await
}

async fn only_json_is_read(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    let send = |content_type: Option<&'static str>, encoding: Option<&'static str>| {
        let mut request = server
            .client
            .post(format!("{}/graphql", server.url))
            .body(r#"{"query": "{ __typename }"}"#);
        if let Some(content_type) = content_type {
            request = request.header(CONTENT_TYPE, content_type);
        }
        if let Some(encoding) = encoding {
            request = request.header(CONTENT_ENCODING, encoding);
        }
        request.send()
    };
    for content_type in [
        None,
        Some("text/plain"),
        Some("application/x-www-form-urlencoded"),
        Some("multipart/form-data; boundary=x"),
        Some("application/graphql"),
        Some("application/json; charset=utf-16"),
    ] {
        let response = send(content_type, None).await?;
        ensure!(response.status() == 415, "{content_type:?}: {response:?}");
        let body: Value = response.json().await?;
        ensure!(code(&body) == "BAD_INPUT", "{body}");
    }
    let response = send(Some(JSON), Some("gzip")).await?;
    ensure!(response.status() == 415, "{response:?}");
    ensure!(send(Some(JSON), None).await?.status() == 200);
    for body in ["", "{", "null", "\u{feff}{}", "{\"query\": null}"] {
        let response = server
            .client
            .post(format!("{}/graphql", server.url))
            .header(CONTENT_TYPE, JSON)
            .body(body)
            .send()
            .await?;
        ensure!(response.status() == 400, "{body:?}: {response:?}");
    }
    server.stop().await
}

async fn arrays_of_operations_are_refused(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    let batch = json!([{"query": "{ __typename }"}, {"query": "{ __typename }"}]);
    let (status, body) = post(&server, JSON, &batch).await?;
    ensure!(
        status == 400 && code(&body) == "BAD_INPUT",
        "{status} {body}"
    );
    server.stop().await
}

async fn large_bodies_are_refused_while_they_come_in(backend: Backend) -> Outcome {
    let settings = [("BODY_LIMIT_BYTES", "4096")];
    let server = Server::start(backend, &settings, false, Clock::system()).await?;
    let body = json!({"query": "{ __typename }", "extensions": {"a": "x".repeat(5000)}});
    let (status, answer) = post(&server, JSON, &body).await?;
    ensure!(
        status == 413 && code(&answer) == "BAD_INPUT",
        "{status} {answer}"
    );
    // Without an announced length, the refusal comes before the end of the body.
    let mut stream = connect(&server).await?;
    stream
        .write_all(
            b"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\
              Transfer-Encoding: chunked\r\n\r\n",
        )
        .await?;
    for _ in 0..5 {
        let chunk = format!("400\r\n{}\r\n", " ".repeat(1024));
        stream.write_all(chunk.as_bytes()).await?;
    }
    let answer = read_head(&mut stream).await?;
    ensure!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    server.stop().await
}

async fn slow_bodies_are_given_up(backend: Backend) -> Outcome {
    let settings = [("BODY_TIMEOUT_MS", "300"), ("HEAD_TIMEOUT_MS", "300")];
    let server = Server::start(backend, &settings, false, Clock::system()).await?;
    let mut stream = connect(&server).await?;
    stream
        .write_all(
            b"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\
              Content-Length: 100\r\n\r\n{",
        )
        .await?;
    let answer = read_head(&mut stream).await?;
    ensure!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    let mut stream = connect(&server).await?;
    stream.write_all(b"POST /graphql HTTP/1.1\r\n").await?;
    let answer = read_head(&mut stream).await?;
    ensure!(answer.starts_with("HTTP/1.1 408"), "{answer:?}");
    server.stop().await
}

async fn connect(server: &Server) -> anyhow::Result<TcpStream> {
    let address = server.url.trim_start_matches("http://");
    Ok(TcpStream::connect(address).await?)
}

async fn read_head(stream: &mut TcpStream) -> anyhow::Result<String> {
    let mut buffer = vec![0; 4096];
    let length = tokio::time::timeout(Duration::from_secs(10), stream.read(&mut buffer))
        .await
        .context("no answer in ten seconds")??;
    buffer.truncate(length);
    Ok(String::from_utf8_lossy(&buffer).into_owned())
}

async fn credentials_are_refused_rather_than_ignored(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    for values in [vec!["Bearer x"], vec!["Basic eA==", "Bearer x"], vec![""]] {
        let mut request = server
            .client
            .post(format!("{}/graphql", server.url))
            .json(&json!({"query": "{ __typename }"}));
        for value in values {
            request = request.header("authorization", value);
        }
        let response = request.send().await?;
        ensure!(response.status() == 401, "{response:?}");
        ensure!(
            header(&response, WWW_AUTHENTICATE) == "Bearer",
            "{response:?}"
        );
        let body: Value = response.json().await?;
        ensure!(code(&body) == "UNAUTHENTICATED", "{body}");
    }
    server.stop().await
}

async fn the_operation_is_chosen_by_its_name(backend: Backend) -> Outcome {
    let server = Server::seeded(backend).await?;
    let document = r#"query A { a: commune(inseeCode: "92071") { name } } query B { __typename }"#;
    let response = get(&server, &[("query", document), ("operationName", "A")]).await?;
    let body: Value = response.json().await?;
    ensure!(body["data"]["a"]["name"] == "Sceaux", "{body}");
    for name in [None, Some("C")] {
        let request = json!({"query": document, "operationName": name});
        let (status, body) = post(&server, GRAPHQL, &request).await?;
        ensure!(
            status == 400 && code(&body) == "BAD_INPUT",
            "{status} {body}"
        );
    }
    server.stop().await
}

async fn messages_are_in_the_language_of_the_reader(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    for (language, beginning) in [("", "Le document"), ("en", "The document")] {
        let response = server
            .client
            .post(format!("{}/graphql", server.url))
            .header("accept-language", language)
            .json(&json!({"query": "{"}))
            .send()
            .await?;
        let body: Value = response.json().await?;
        let message = body["errors"][0]["message"].as_str().unwrap_or_default();
        ensure!(message.starts_with(beginning), "{body}");
        ensure!(code(&body) == "BAD_INPUT", "{body}");
    }
    server.stop().await
}

async fn every_answer_is_protected(backend: Backend) -> Outcome {
    let settings = [("PUBLIC_URL", "https://maillage.example")];
    let server = Server::start(backend, &settings, false, Clock::system()).await?;
    for path in [
        "/graphql",
        "/graphql?query={__typename}",
        "/health/live",
        "/nothing",
    ] {
        let response = server
            .client
            .get(format!("{}{path}", server.url))
            .header(ACCEPT, "text/html,*/*;q=0.8")
            .send()
            .await?;
        ensure!(
            header(&response, "x-content-type-options") == "nosniff",
            "{response:?}"
        );
        ensure!(
            header(&response, "referrer-policy") == "same-origin",
            "{response:?}"
        );
        ensure!(
            header(&response, "strict-transport-security").contains("max-age"),
            "{response:?}"
        );
        let policy = header(&response, "content-security-policy");
        ensure!(
            policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
            "{path}: {policy}"
        );
    }
    server.stop().await
}

async fn an_error_of_ours_tells_only_its_reference(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    let away = "alter table coworking_space rename to away";
    server.app.database.execute_unprepared(away).await?;
    let answer = server
        .send("{ coworkingSpaces { nodes { name } } }", Value::Null)
        .await?;
    let told = answer.body.to_string();
    ensure!(code(&answer.body) == "INTERNAL", "{told}");
    for inside in ["coworking_space", "table", "select", "SQL"] {
        ensure!(!told.contains(inside), "{told}");
    }
    server.stop().await
}

async fn any_page_may_read_without_credentials(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    let url = format!("{}/graphql", server.url);
    let asked = server
        .client
        .request(Method::OPTIONS, &url)
        .header("origin", "https://commune.example")
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "content-type")
        .send()
        .await?;
    ensure!(asked.status().is_success(), "{asked:?}");
    ensure!(
        header(&asked, ACCESS_CONTROL_ALLOW_ORIGIN) == "*",
        "{asked:?}"
    );
    let read = server
        .client
        .post(&url)
        .header("origin", "https://commune.example")
        .json(&json!({"query": "{ __typename }"}))
        .send()
        .await?;
    ensure!(read.status() == 200, "{read:?}");
    ensure!(
        header(&read, ACCESS_CONTROL_ALLOW_ORIGIN) == "*",
        "{read:?}"
    );
    ensure!(
        read.headers()
            .get(ACCESS_CONTROL_ALLOW_CREDENTIALS)
            .is_none(),
        "{read:?}"
    );
    // A page may send a token that it holds; the browser adds nothing by itself.
    for (name, allowed) in [("authorization", true), ("x-other", false)] {
        let asked = server
            .client
            .request(Method::OPTIONS, &url)
            .header("origin", "https://commune.example")
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", name)
            .send()
            .await?;
        ensure!(asked.status().is_success() == allowed, "{asked:?}");
        let credentials = asked.headers().get(ACCESS_CONTROL_ALLOW_CREDENTIALS);
        ensure!(credentials.is_none(), "{asked:?}");
    }
    server.stop().await
}

async fn answers_are_compressed(backend: Backend) -> Outcome {
    let server = Server::seeded(backend).await?;
    let plain = reqwest::Client::builder().no_gzip().no_brotli().build()?;
    let query = "{ communes(first: 36) { nodes { id name slug postalCodes } } }";
    for (accepted, encoding) in [("br", "br"), ("gzip", "gzip"), ("identity", "")] {
        let response = plain
            .post(format!("{}/graphql", server.url))
            .header("accept-encoding", accepted)
            .json(&json!({"query": query}))
            .send()
            .await?;
        ensure!(response.status() == 200, "{response:?}");
        ensure!(
            header(&response, CONTENT_ENCODING) == encoding,
            "{accepted}: {response:?}"
        );
        let small = response.bytes().await?.len() < 2500;
        ensure!(
            small == (accepted != "identity"),
            "{accepted} was of no use"
        );
    }
    server.stop().await
}

async fn other_methods_are_told_what_is_allowed(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    for method in [Method::PUT, Method::DELETE, Method::PATCH] {
        let response = server
            .client
            .request(method, format!("{}/graphql", server.url))
            .send()
            .await?;
        ensure!(response.status() == 405, "{response:?}");
        ensure!(header(&response, ALLOW).contains("POST"), "{response:?}");
    }
    server.stop().await
}

async fn the_editor_is_served_from_here(backend: Backend) -> Outcome {
    let server = Server::seeded(backend).await?;
    let page = server
        .client
        .get(format!("{}/graphql", server.url))
        .header(ACCEPT, "text/html,application/xhtml+xml,*/*;q=0.8")
        .send()
        .await?
        .text()
        .await?;
    let addresses: Vec<&str> = page
        .split(['"'])
        .filter(|text| text.starts_with('/') && text.contains('.'))
        .collect();
    ensure!(addresses.len() == 6, "{addresses:?}");
    ensure!(!page.contains("://"), "{page}");
    for address in addresses {
        let response = server
            .client
            .get(format!("{}{address}", server.url))
            .send()
            .await?;
        ensure!(response.status() == 200, "{address}: {response:?}");
        ensure!(
            header(&response, "cache-control").contains("immutable"),
            "{response:?}"
        );
        ensure!(!response.bytes().await?.is_empty());
    }
    let missing = format!("{}/graphiql/0/start.js", server.url);
    ensure!(server.client.get(missing).send().await?.status() == 404);
    // The query that the editor begins with is answered.
    let data = server
        .data(include_str!("../../api/assets/graphiql/welcome.graphql"))
        .await?;
    ensure!(data["coworkingSpaces"]["nodes"].is_array(), "{data}");
    server.stop().await
}

async fn node(script: &str, server: &Server) -> anyhow::Result<Value> {
    let folder = tests::npm::installed("audit").await?;
    let output = Command::new("node")
        .args([script, &format!("{}/graphql", server.url)])
        .current_dir(folder)
        .output()
        .await?;
    ensure!(
        output.status.success(),
        "{script}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(serde_json::from_slice(&output.stdout)?)
}

async fn the_audit_of_the_specification_passes(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    let results = node("audit.mjs", &server).await?;
    let results = results.as_array().context("a list")?;
    ensure!(results.len() >= 61, "only {} audits", results.len());
    let failed: Vec<_> = results
        .iter()
        .filter(|result| result["status"] != "ok")
        .collect();
    ensure!(failed.is_empty(), "{failed:#?}");
    server.stop().await
}

async fn tools_read_the_whole_schema(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    let schema = node("introspection.mjs", &server).await?;
    ensure!(schema["query"] == "Query", "{schema}");
    server.stop().await
}

async fn the_editor_works_in_a_browser_without_any_other_origin(backend: Backend) -> Outcome {
    let server = Server::seeded(backend).await?;
    let folder = tempfile::tempdir()?;
    let net_log = folder.path().join("net.json");
    let output = Command::new("chromium")
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-features=NetworkTimeServiceQuerying",
            "--virtual-time-budget=20000",
            "--dump-dom",
        ])
        .arg(format!("--user-data-dir={}", folder.path().display()))
        .arg(format!("--log-net-log={}", net_log.display()))
        .arg(format!("{}/graphql", server.url))
        .kill_on_drop(true)
        .output();
    let output = tokio::time::timeout(Duration::from_secs(120), output)
        .await
        .context("chromium did not end")??;
    let page = String::from_utf8_lossy(&output.stdout);
    for part in [
        "graphiql-container",
        "CodeMirror",
        "coworkingSpaces",
        "nearestStations",
    ] {
        ensure!(
            page.contains(part),
            "no {part} in {page}\n{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    let log = std::fs::read_to_string(&net_log)?;
    // What the browser asks for its own purposes has no initiator of ours.
    let initiator = format!("\"initiator\":\"{}\"", server.url);
    let addresses: Vec<&str> = log
        .lines()
        .filter(|event| event.contains(&initiator))
        .filter_map(|event| event.split_once("\"url\":\""))
        .filter_map(|(_, rest)| rest.split('"').next())
        .collect();
    for part in ["/graphiql.min.js", "/graphql"] {
        ensure!(
            addresses.iter().any(|address| address.ends_with(part)),
            "no {part} in {addresses:?}"
        );
    }
    let foreign: Vec<_> = addresses
        .iter()
        .filter(|address| !address.starts_with(&server.url) && !address.starts_with("data:"))
        .collect();
    ensure!(foreign.is_empty(), "{foreign:?}");
    server.stop().await
}
