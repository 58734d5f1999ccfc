//! Rows of which only the parts are read that a query asks: whatever else is asked, a field
//! says the same.

use std::collections::HashMap;

use anyhow::{Context as _, ensure};
use maillage::clock::Clock;
use serde_json::Value;
use tests::fixtures::{Fixtures, MIDDLE};
use tests::{Backend, Outcome, Server, cases};

cases![
    a_field_says_the_same_alone_and_with_all_others,
    lists_that_ask_different_parts_are_read_together,
];

/// Types, and queries of objects of them.
const ASKED: [(&str, &str); 18] = [
    ("Initiative", "initiatives(first: 3) { nodes { FIELDS } }"),
    (
        "Initiative",
        "initiatives(first: 3, order: UPDATED_AT_DESC) { pageInfo { endCursor } edges { cursor node { FIELDS } } }",
    ),
    (
        "Initiative",
        "initiatives(first: 3, order: DISTANCE, filter: {near: {location: NEAR, maxMetres: 100000}}) \
         { pageInfo { endCursor } nodes { FIELDS } }",
    ),
    (
        "Initiative",
        "initiatives(first: 3, order: RELEVANCE, filter: {text: \"partage\"}) { nodes { FIELDS } }",
    ),
    (
        "Initiative",
        "initiative(slug: \"initiative-of-1\") { FIELDS }",
    ),
    (
        "Initiative",
        "search(first: 3, text: \"partage\", types: [INITIATIVE]) { nodes { ... on Initiative { FIELDS } } }",
    ),
    (
        "Organization",
        "initiatives(first: 3) { nodes { leadOrganization { FIELDS } } }",
    ),
    (
        "Organization",
        "initiatives(first: 3) { nodes { partners { organization { FIELDS } } } }",
    ),
    (
        "Organization",
        "organization(slug: \"organization-of-0\") { FIELDS }",
    ),
    (
        "FundingSource",
        "initiatives(first: 3) { nodes { fundingSources { FIELDS } } }",
    ),
    (
        "FundingSource",
        "initiative(slug: \"initiative-of-1\") { title fundingSources { FIELDS } }",
    ),
    (
        "FundingSource",
        "initiatives(first: 3) { nodes { financingLines { fundingSource { FIELDS } } } }",
    ),
    ("Member", "members(first: 3) { nodes { FIELDS } }"),
    (
        "Member",
        "members(first: 3, order: NAME_ASC) { pageInfo { endCursor } edges { cursor node { FIELDS } } }",
    ),
    (
        "Member",
        "organizations(first: 3) { nodes { members(first: 2) { nodes { FIELDS } } } }",
    ),
    (
        "CoworkingSpace",
        "coworkingSpaces(first: 3) { nodes { FIELDS } }",
    ),
    (
        "CoworkingSpace",
        "coworkingSpaces(first: 3, order: DISTANCE, filter: {near: {location: NEAR, maxMetres: 100000}}) \
         { pageInfo { endCursor } edges { cursor node { FIELDS } } }",
    ),
    (
        "CoworkingSpace",
        "organizations(first: 3) { nodes { coworkingSpaces(first: 2, order: NAME_ASC) { nodes { FIELDS } } } }",
    ),
];

async fn filled(backend: Backend) -> anyhow::Result<Server> {
    let settings = [("QUERY_COST", "1000000"), ("QUERY_FIELDS", "10000")];
    let server = Server::start(backend, &settings, false, Clock::system()).await?;
    let fixtures = Fixtures::of(&server).await?;
    fixtures.everything(&server, 0..3).await?;
    Ok(server)
}

/// The fields of each object type, as introspection tells them.
async fn schema(server: &Server) -> anyhow::Result<HashMap<String, Vec<Value>>> {
    const TYPE: &str = "name kind ofType { name kind ofType { name kind ofType { name kind } } }";
    let data = server
        .data(&format!(
            "{{ __schema {{ types {{ name fields {{ name args {{ name }} type {{ {TYPE} }} }} }} }} }}"
        ))
        .await?;
    let types = data["__schema"]["types"].as_array().context("types")?;
    let named = types.iter().filter_map(|of| {
        let name = of["name"].as_str()?.to_owned();
        Some((name, of["fields"].as_array()?.clone()))
    });
    Ok(named.collect())
}

/// The type of a field, without what says that it is a list or not null.
fn type_of(field: &Value) -> &Value {
    let mut of = &field["type"];
    while !of["ofType"].is_null() {
        of = &of["ofType"];
    }
    of
}

/// Each field of a type as it is selected, those that lead to an object with its values.
fn fields(schema: &HashMap<String, Vec<Value>>, of: &str) -> Vec<String> {
    let name = |field: &Value| field["name"].as_str().unwrap_or_default().to_owned();
    let of_type = schema.get(of).into_iter().flatten();
    let selected = of_type.map(|field| {
        let below = type_of(field)["name"]
            .as_str()
            .and_then(|of| schema.get(of));
        let Some(below) = below else {
            return name(field);
        };
        let is_value = |field: &&Value| {
            let kind = &type_of(field)["kind"];
            *kind == "SCALAR" || *kind == "ENUM"
        };
        let values: Vec<String> = below.iter().filter(is_value).map(name).collect();
        format!("{} {{ __typename {} }}", name(field), values.join(" "))
    });
    selected.collect()
}

/// Whether `whole` says all that `part` says.
fn says(whole: &Value, part: &Value) -> bool {
    match (whole, part) {
        (Value::Object(whole), Value::Object(part)) => part
            .iter()
            .all(|(name, part)| whole.get(name).is_some_and(|whole| says(whole, part))),
        (Value::Array(whole), Value::Array(part)) => {
            whole.len() == part.len()
                && whole
                    .iter()
                    .zip(part)
                    .all(|(whole, part)| says(whole, part))
        }
        (whole, part) => whole == part,
    }
}

async fn a_field_says_the_same_alone_and_with_all_others(backend: Backend) -> Outcome {
    let server = filled(backend).await?;
    let schema = schema(&server).await?;
    let near = format!("{{latitude: {}, longitude: {}}}", MIDDLE.0, MIDDLE.1);
    for (of, query) in ASKED {
        let fields = fields(&schema, of);
        ensure!(fields.len() > 10, "{of}: {fields:?}");
        let ask = |fields: &str| {
            let query = query.replace("FIELDS", fields).replace("NEAR", &near);
            format!("{{ {query} }}")
        };
        let together = server.data(&ask(&fields.join(" "))).await?;
        ensure!(
            together.to_string().contains("\"id\":\""),
            "{query}: {together}"
        );
        for field in fields {
            let alone = server.data(&ask(&field)).await?;
            ensure!(
                says(&together, &alone),
                "{field} of {query}: alone {alone}, together {together}"
            );
        }
    }
    server.stop().await
}

async fn lists_that_ask_different_parts_are_read_together(backend: Backend) -> Outcome {
    let server = filled(backend).await?;
    let data = server
        .data(
            "{ communes(first: 100) { nodes { \
                 few: initiatives(first: 2) { nodes { title } } \
                 many: initiatives(first: 2) { nodes { \
                     title website description createdAt location { latitude } \
                     leadOrganization { name commune { name } } } } } } }",
        )
        .await?;
    let communes = data["communes"]["nodes"].as_array().context("communes")?;
    let (mut titles, mut times) = (0, 0);
    for commune in communes {
        ensure!(says(&commune["many"], &commune["few"]), "{commune}");
        for initiative in commune["many"]["nodes"].as_array().into_iter().flatten() {
            titles += usize::from(initiative["title"].is_string());
            let created = initiative["createdAt"].as_str().unwrap_or_default();
            times += usize::from(!created.is_empty() && !created.starts_with("1970"));
        }
    }
    ensure!(titles > 0 && titles == times, "{data}");
    server.stop().await
}
