//! Themes, as a front end reads them.

use std::time::Duration;

use anyhow::ensure;
use entity::theme_mapping;
use maillage::id::Kind;
use sea_orm::Set;
use serde_json::json;
use tests::fixtures::{Fixtures, global_id};
use tests::{Backend, Outcome, Server, cases};

cases![
    the_taxonomy_is_a_tree_in_its_order,
    a_theme_is_found_by_identifier_and_by_slug_only,
    a_new_theme_shows_without_a_restart,
    unknown_themes_are_refused_by_filters,
];

async fn the_taxonomy_is_a_tree_in_its_order(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    let fixtures = Fixtures::of(&server).await?;
    let second = fixtures.theme("z-first-in-order", None).await?;
    let child = fixtures.theme("child", Some(second)).await?;
    fixtures.theme("a-last-in-order", None).await?;
    fixtures
        .insert(theme_mapping::ActiveModel {
            theme_id: Set(child),
            scheme: Set("data-inclusion".to_owned()),
            code: Set("numerique--utiliser".to_owned()),
        })
        .await?;
    server.read_reference_again().await?;
    let data = server
        .data(
            "{ themes { slug name } \
               top: themes(firstLevel: true) { slug children { slug parent { slug } \
                   mappings { scheme code } } } }",
        )
        .await?;
    ensure!(
        data["themes"]
            == json!([
                {"slug": "z-first-in-order", "name": "Z-FIRST-IN-ORDER"},
                {"slug": "child", "name": "CHILD"},
                {"slug": "a-last-in-order", "name": "A-LAST-IN-ORDER"},
            ]),
        "{data}"
    );
    ensure!(
        data["top"]
            == json!([
                {"slug": "z-first-in-order", "children": [{
                    "slug": "child",
                    "parent": {"slug": "z-first-in-order"},
                    "mappings": [{"scheme": "data-inclusion", "code": "numerique--utiliser"}],
                }]},
                {"slug": "a-last-in-order", "children": []},
            ]),
        "{data}"
    );
    server.stop().await
}

async fn a_theme_is_found_by_identifier_and_by_slug_only(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    let fixtures = Fixtures::of(&server).await?;
    let id = global_id(Kind::Theme, fixtures.theme("mobility", None).await?);
    server.read_reference_again().await?;
    let data = server
        .data(&format!(
            r#"{{ a: theme(id: "{id}") {{ slug }} b: theme(slug: "mobility") {{ id }}
                  c: node(id: "{id}") {{ ... on Theme {{ slug }} }} d: theme(slug: "x") {{ id }} }}"#
        ))
        .await?;
    ensure!(
        data == json!({"a": {"slug": "mobility"}, "b": {"id": id}, "c": {"slug": "mobility"},
            "d": null}),
        "{data}"
    );
    for query in [
        "{ theme { slug } }".to_owned(),
        format!(r#"{{ theme(id: "{id}", slug: "mobility") {{ slug }} }}"#),
        format!(
            r#"{{ theme(id: "{}") {{ slug }} }}"#,
            id.replace("theme", "station")
        ),
    ] {
        let code = server.error_code(&query).await?;
        ensure!(code == "BAD_INPUT", "{query}: {code}");
    }
    server.stop().await
}

async fn a_new_theme_shows_without_a_restart(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    let fixtures = Fixtures::of(&server).await?;
    fixtures.theme("ageing", None).await?;
    let mut data = json!(null);
    for _ in 0..100 {
        data = server.data(r#"{ theme(slug: "ageing") { slug } }"#).await?;
        if data["theme"].is_object() {
            return server.stop().await;
        }
        actix_web::rt::time::sleep(Duration::from_millis(100)).await;
    }
    server.stop().await?;
    anyhow::bail!("not shown after ten seconds: {data}")
}

async fn unknown_themes_are_refused_by_filters(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    for theme in [
        r#"{eq: "unknown"}"#,
        r#"{in: ["station_01h455vb4pex5vsknk084sn02q"]}"#,
    ] {
        let query = format!("{{ initiatives(filter: {{theme: {theme}}}) {{ totalCount }} }}");
        let code = server.error_code(&query).await?;
        ensure!(code == "BAD_INPUT", "{theme}: {code}");
    }
    server.stop().await
}
