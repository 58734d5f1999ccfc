//! What is not public stays hidden, by whatever path it is sought.

use anyhow::ensure;
use entity::values::{Need, PartnerRole, Publication};
use maillage::id::Kind;
use sea_orm::Set;
use serde_json::{Value, json};
use tests::fixtures::{Fixtures, global_id, put_initiative};
use tests::{Backend, Outcome, Server, cases};

cases![what_is_not_published_is_nowhere];

async fn what_is_not_published_is_nowhere(backend: Backend) -> Outcome {
    for publication in Publication::ALL {
        if *publication != Publication::Published {
            hidden(backend.clone(), *publication).await?;
        }
    }
    Ok(())
}

async fn hidden(backend: Backend, publication: Publication) -> Outcome {
    let server = Server::empty(backend).await?;
    let fixtures = Fixtures::of(&server).await?;
    fixtures.territory(&server).await?;
    let theme = fixtures.theme("theme", None).await?;
    server.read_reference_again().await?;
    let organization = fixtures.organization(|_| {}).await?;
    let shown = fixtures.initiative(|_| {}).await?;
    let secret = fixtures
        .initiative(|row| {
            put_initiative(row, 48.01, 2.0);
            row.slug = Set("secret".to_owned());
            row.title = Set("SECRET".to_owned());
            row.summary = Set("SECRET".to_owned());
            row.description = Set(Some("SECRET".to_owned()));
            row.publication = Set(publication);
            row.rejection_reason = Set(Some("SECRET".to_owned()));
            row.inspired_by_id = Set(Some(shown));
            row.commune_insee = Set(Some("99001".to_owned()));
            row.lead_organization_id = Set(Some(organization));
        })
        .await?;
    let child = fixtures
        .initiative(|row| row.inspired_by_id = Set(Some(secret)))
        .await?;
    fixtures.has_themes(secret, &[theme]).await?;
    fixtures.concerns(secret, &["99001"]).await?;
    fixtures.needs(secret, &[Need::Advice]).await?;
    fixtures
        .partner(secret, organization, PartnerRole::Runs)
        .await?;
    let id = global_id(Kind::Initiative, secret);
    let lead = global_id(Kind::Organization, organization);
    let child = global_id(Kind::Initiative, child);
    let list = "{ totalCount nodes { title } facets { themes { count } scopes { count } \
                 stages { count } needs { count } communes { count } } }";
    let query = format!(
        r#"{{
            byId: initiative(id: "{id}") {{ title }}
            bySlug: initiative(slug: "secret") {{ title }}
            node(id: "{id}") {{ id }}
            nodes(ids: ["{id}"]) {{ id }}
            child: initiative(id: "{child}") {{ inspiredBy {{ title }} }}
            all: initiatives(first: 100) {list}
            changed: initiatives(first: 100, order: UPDATED_AT_DESC) {{ nodes {{ title }} }}
            titles: initiatives(first: 100, order: TITLE_ASC) {{ nodes {{ title }} }}
            inCommune: initiatives(filter: {{territory: {{commune: "99001"}}}}) {list}
            inDepartement: initiatives(filter: {{territory: {{departement: "99"}}}}) {list}
            ofTheme: initiatives(filter: {{theme: {{eq: "theme"}}}}) {list}
            inNeed: initiatives(filter: {{need: {{eq: ADVICE}}}}) {list}
            ledBy: initiatives(filter: {{leadOrganization: {{eq: "{lead}"}}}}) {list}
            near: initiatives(order: DISTANCE, filter: {{near: {{location:
                {{latitude: 48.01, longitude: 2.0}}}}}}) {list}
            commune(inseeCode: "99001") {{ initiatives {list} }}
            intercommunality(siren: "999999999") {{ initiatives {list} }}
            departement(code: "99") {{ initiatives {list} }}
            theme(slug: "theme") {{ initiatives {list} }}
        }}"#
    );
    let data = server.data(&query).await?;
    ensure!(
        !data.to_string().contains("SECRET"),
        "{publication:?}: {data}"
    );
    for path in ["byId", "bySlug", "node"] {
        ensure!(data[path].is_null(), "{publication:?} {path}: {data}");
    }
    ensure!(data["nodes"] == json!([null]), "{data}");
    ensure!(data["child"] == json!({"inspiredBy": null}), "{data}");
    ensure!(data["all"]["totalCount"] == 2, "{data}");
    ensure!(data["all"]["facets"]["communes"] == json!([]), "{data}");
    let empty = json!({"totalCount": 0, "nodes": [], "facets": {"themes": [], "scopes": [],
        "stages": [], "needs": [], "communes": []}});
    let lists: [&Value; 10] = [
        &data["inCommune"],
        &data["inDepartement"],
        &data["ofTheme"],
        &data["inNeed"],
        &data["ledBy"],
        &data["near"],
        &data["commune"]["initiatives"],
        &data["intercommunality"]["initiatives"],
        &data["departement"]["initiatives"],
        &data["theme"]["initiatives"],
    ];
    for list in lists {
        ensure!(*list == empty, "{publication:?}: {list} in {data}");
    }
    let inspired = server
        .data(&format!(
            r#"{{ initiative(id: "{}") {{ inspired {list} }} }}"#,
            global_id(Kind::Initiative, shown)
        ))
        .await?;
    ensure!(inspired["initiative"]["inspired"] == empty, "{inspired}");
    server.stop().await
}
