//! What staff see of all pairs, and what is seen of hidden contents on every way there.

use anyhow::{Context as _, ensure};
use entity::values::{DuplicateReason, DuplicateVerdict, Publication, Role};
use entity::{coworking_space, probable_duplicate};
use maillage::change::Subject;
use maillage::id::Kind;
use sea_orm::{ActiveModelTrait as _, Set};
use serde_json::{Value, json};
use tests::fixtures::{Fixtures, global_id, put_space};
use tests::{Backend, Outcome, Server, cases};
use uuid::Uuid;

use super::said;

cases![
    staff_see_what_is_open_and_what_was_decided,
    a_hidden_space_is_on_no_way_to_duplicates,
];

/// A pair that an import found.
async fn pair(
    fixtures: &Fixtures,
    subject: Subject,
    one: Uuid,
    other: Uuid,
    reason: DuplicateReason,
) -> anyhow::Result<()> {
    fixtures
        .insert(probable_duplicate::ActiveModel {
            id: Set(fixtures.id()),
            entity_kind: Set(subject.as_str().to_owned()),
            left_id: Set(std::cmp::min(one, other)),
            right_id: Set(std::cmp::max(one, other)),
            reason: Set(reason),
            score: Set(0.95),
            verdict: Set(DuplicateVerdict::Open),
            found_at: Set(fixtures.now()),
            distance_metres: Set(Some(10.0)),
            decided_at: Set(None),
            decided_by_id: Set(None),
        })
        .await
}

async fn staff_see_what_is_open_and_what_was_decided(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    let fixtures = Fixtures::of(&server).await?;
    let staff = server.account(Role::Staff, None).await?.token;
    let mut spaces = Vec::new();
    for _ in 0..4 {
        spaces.push(fixtures.space(|_| {}).await?);
    }
    let (one, other) = (
        fixtures.organization(|_| {}).await?,
        fixtures.organization(|_| {}).await?,
    );
    let similar = DuplicateReason::SimilarNameAndPlace;
    pair(
        &fixtures,
        Subject::Organization,
        one,
        other,
        DuplicateReason::SameSiret,
    )
    .await?;
    for number in 1..4 {
        let (left, right) = (spaces[0], spaces[number]);
        pair(&fixtures, Subject::CoworkingSpace, left, right, similar).await?;
    }
    let ask = async |arguments: &str| {
        let query = format!(
            "{{ probableDuplicates{arguments} {{ totalCount pageInfo {{ endCursor hasNextPage }}
                nodes {{ reason score distanceMetres verdict foundAt left {{ id }} right {{ id }} }} }} }}"
        );
        let answer = server.send_as(&staff, &query, Value::Null).await?.body;
        ensure!(answer.get("errors").is_none(), "{answer}");
        Ok(answer["data"]["probableDuplicates"].clone())
    };
    let count = async |filter: &str| {
        let found = ask(&format!("(filter: {{{filter}}})")).await?;
        found["totalCount"].as_i64().context("a count")
    };
    ensure!(count("").await? == 4);
    ensure!(count("kind: COWORKING_SPACE").await? == 3);
    ensure!(count("kind: INITIATIVE").await? == 0);
    ensure!(count("reason: SAME_SIRET").await? == 1);
    ensure!(count("kind: COWORKING_SPACE, reason: SAME_SIRET").await? == 0);
    ensure!(count("verdict: DIFFERENT").await? == 0);
    let ids = [one, other].map(|id| global_id(Kind::Organization, id));
    let found = ask("(filter: {kind: ORGANIZATION})").await?;
    let node = &found["nodes"][0];
    ensure!(
        node["left"]["id"] == ids[0] && node["right"]["id"] == ids[1],
        "the first one is the left one: {found}"
    );
    ensure!(
        node["distanceMetres"] == 10.0 && node["verdict"] == "OPEN",
        "{found}"
    );
    said(
        &server,
        &staff,
        "probableDuplicateDismiss",
        [&ids[1], &ids[0]],
    )
    .await?;
    ensure!(count("").await? == 3);
    ensure!(count("verdict: DIFFERENT").await? == 1);

    // Pages do not shift.
    let mut seen = Vec::new();
    let mut after = String::new();
    loop {
        let page = ask(&format!("(first: 2{after})")).await?;
        let nodes = page["nodes"].as_array().context("nodes")?;
        seen.extend(nodes.iter().map(|node| node["right"]["id"].clone()));
        if page["pageInfo"]["hasNextPage"] == json!(false) {
            break;
        }
        after = format!(", after: {}", page["pageInfo"]["endCursor"]);
    }
    let newest_first = spaces.iter().skip(1).rev();
    let newest_first: Vec<Value> = newest_first
        .map(|id| json!(global_id(Kind::CoworkingSpace, *id)))
        .collect();
    ensure!(seen == newest_first, "{seen:?}");

    for role in [Role::ProjectHolder, Role::Member, Role::ApiClient] {
        let who = server.account(role, None).await?;
        let query = "{ probableDuplicates { totalCount nodes { score } } }";
        let answer = server.send_as(&who.token, query, Value::Null).await?.body;
        ensure!(super::code(&answer) == "FORBIDDEN", "{answer}");
        ensure!(answer["data"]["probableDuplicates"].is_null(), "{answer}");
    }
    server.stop().await
}

async fn a_hidden_space_is_on_no_way_to_duplicates(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    let fixtures = Fixtures::of(&server).await?;
    fixtures.territory(&server).await?;
    let author = server.account(Role::ProjectHolder, None).await?;
    let staff = server.account(Role::Staff, None).await?;
    let named = |row: &mut coworking_space::ActiveModel| {
        put_space(row, 48.01, 2.0);
        row.name = Set("SECRET".to_owned());
    };
    let secret = fixtures.space(named).await?;
    let own = fixtures
        .space(|row| {
            named(row);
            row.owner_account_id = Set(Some(author.account));
        })
        .await?;
    let similar = DuplicateReason::SimilarNameAndPlace;
    pair(&fixtures, Subject::CoworkingSpace, own, secret, similar).await?;
    let [id, own] = [secret, own].map(|id| global_id(Kind::CoworkingSpace, id));
    let content = "{ content { id ... on CoworkingSpace { name } } }";
    let there = r#"name: "SECRET", place: {location: {latitude: 48.01, longitude: 2.0}}"#;
    let paths = [
        format!(r#"coworkingSpace(id: "{own}") {{ review {{ probableDuplicates {content} }} }}"#),
        format!("coworkingSpaceDuplicates(input: {{ {there} }}) {content}"),
        format!(r#"coworkingSpaceDuplicates(input: {{ {there}, id: "{own}" }}) {content}"#),
        "probableDuplicates { nodes { left { id } right { id } }
            edges { node { left { id } right { id } } } }"
            .to_owned(),
    ];
    let tells = async |token: &str, path: &String| {
        let query = format!("{{ {path} }}");
        let answer = server.send_as(token, &query, Value::Null).await?;
        anyhow::Ok(answer.body.to_string().contains(&id))
    };
    for path in &paths {
        ensure!(tells(&staff.token, path).await?, "{path}");
        let is_queue = path.starts_with("probableDuplicates");
        ensure!(tells(&author.token, path).await? != is_queue, "{path}");
    }
    for publication in Publication::ALL {
        if *publication == Publication::Published {
            continue;
        }
        let row = coworking_space::ActiveModel {
            id: Set(secret),
            publication: Set(*publication),
            ..Default::default()
        };
        row.update(&fixtures.connection).await?;
        for path in &paths {
            ensure!(tells(&staff.token, path).await?, "{publication:?} {path}");
            ensure!(!tells(&author.token, path).await?, "{publication:?} {path}");
        }
    }
    server.stop().await
}
