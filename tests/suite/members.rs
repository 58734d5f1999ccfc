//! Members of the network, as a front end reads them.

use anyhow::{Context as _, ensure};
use entity::theme;
use entity::values::{MemberKind, Publication};
use maillage::id::{GlobalId, Kind};
use sea_orm::{ActiveModelTrait as _, Set};
use serde_json::{Value, json};
use tests::{Backend, Outcome, Server, cases, fixtures};
use uuid::Uuid;

cases![
    a_member_is_shown_by_office_with_past_and_present_mandates,
    members_are_filtered_by_what_they_do,
    hidden_members_are_on_no_path,
    statements_do_not_grow_with_members,
];

fn global(kind: Kind, uuid: Uuid) -> String {
    GlobalId { kind, uuid }.to_string()
}

fn slugs(list: &Value) -> Vec<&str> {
    list["nodes"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|node| node["slug"].as_str())
        .collect()
}

async fn a_member_is_shown_by_office_with_past_and_present_mandates(backend: Backend) -> Outcome {
    let server = Server::with_territory(backend).await?;
    let database = &server.app.database;
    let organization = fixtures::organization(database, "Mairie", |_| ()).await?;
    let id = fixtures::member(database, "Adjointe Sceaux", |row| {
        row.commune_insee = Set(Some("92071".to_owned()));
        row.organization_id = Set(Some(organization));
    })
    .await?;
    let (start, end) = ("2014-04-01".parse().ok(), "2020-05-28".parse().ok());
    fixtures::mandate(database, id, "92071", start, end).await?;
    let current = fixtures::mandate(database, id, "92071", end, None).await?;
    fixtures::delegation(database, current, "Économie sociale et solidaire", None).await?;
    let id = global(Kind::Member, id);
    for look_up in [
        format!("id: \"{id}\""),
        "slug: \"adjointe-sceaux\"".to_owned(),
    ] {
        let data = server
            .data(&format!(
                "{{ member({look_up}) {{
                    id slug kind displayName office commune {{ name }} organization {{ name }}
                    mandates {{
                        office startsOn endsOn isCurrent then: isCurrent(on: \"2015-11-27\")
                        body {{ kind commune {{ inseeCode }} departement {{ code }} }}
                        delegations {{ label }}
                    }}
                }} }}"
            ))
            .await?;
        let body = json!({
            "kind": "COMMUNE", "commune": {"inseeCode": "92071"}, "departement": null,
        });
        let expected = json!({
            "id": id, "slug": "adjointe-sceaux", "kind": "ELECTED", "displayName": null,
            "office": "Conseil municipal", "commune": {"name": "Sceaux"},
            "organization": {"name": "Mairie"},
            "mandates": [
                {
                    "office": "Conseil municipal", "startsOn": "2014-04-01",
                    "endsOn": "2020-05-28", "isCurrent": false, "then": true, "body": body,
                    "delegations": [],
                },
                {
                    "office": "Conseil municipal", "startsOn": "2020-05-28", "endsOn": null,
                    "isCurrent": true, "then": false, "body": body,
                    "delegations": [{"label": "Économie sociale et solidaire"}],
                },
            ],
        });
        ensure!(data["member"] == expected, "{look_up}: {data}");
    }
    let data = server
        .data(&format!("{{ node(id: \"{id}\") {{ __typename }} }}"))
        .await?;
    ensure!(data["node"]["__typename"] == "Member", "{data}");
    server.stop().await
}

async fn members_are_filtered_by_what_they_do(backend: Backend) -> Outcome {
    let server = Server::with_territory(backend).await?;
    let database = &server.app.database;
    let theme = server.app.clock.new_id();
    theme::ActiveModel {
        id: Set(theme),
        slug: Set("theme-of-the-test".to_owned()),
        name: Set("Thème".to_owned()),
        position: Set(0),
        ..Default::default()
    }
    .insert(database)
    .await?;
    let organization = fixtures::organization(database, "Mairie", |_| ()).await?;
    let elected = fixtures::member(database, "A elected", |row| {
        row.commune_insee = Set(Some("92071".to_owned()));
        row.organization_id = Set(Some(organization));
    })
    .await?;
    let past = fixtures::mandate(
        database,
        elected,
        "92071",
        "2014-04-01".parse().ok(),
        "2020-05-28".parse().ok(),
    )
    .await?;
    fixtures::delegation(database, past, "Réemploi", Some(theme)).await?;
    let other = fixtures::member(database, "B elected", |row| {
        row.commune_insee = Set(Some("92044".to_owned()));
    })
    .await?;
    fixtures::mandate(database, other, "92044", "2020-05-28".parse().ok(), None).await?;
    fixtures::member(database, "C staff", |row| {
        row.kind = Set(MemberKind::Staff);
        row.commune_insee = Set(Some("92071".to_owned()));
    })
    .await?;
    let theme = global(Kind::Theme, theme);
    let organization = global(Kind::Organization, organization);
    for (filter, expected) in [
        ("{}".to_owned(), vec!["a-elected", "b-elected", "c-staff"]),
        (
            "{territory: {commune: \"92071\"}}".to_owned(),
            vec!["a-elected", "c-staff"],
        ),
        ("{kind: {eq: STAFF}}".to_owned(), vec!["c-staff"]),
        ("{currentOn: \"2015-11-27\"}".to_owned(), vec!["a-elected"]),
        ("{currentOn: \"2020-05-28\"}".to_owned(), vec!["b-elected"]),
        (
            format!("{{delegationTheme: {{eq: \"{theme}\"}}}}"),
            vec!["a-elected"],
        ),
        (
            format!("{{delegationTheme: {{eq: \"{theme}\"}}, currentOn: \"2021-01-01\"}}"),
            vec![],
        ),
        (
            format!("{{organization: \"{organization}\"}}"),
            vec!["a-elected"],
        ),
    ] {
        let data = server
            .data(&format!(
                "{{ members(filter: {filter}, order: NAME_ASC) {{ totalCount nodes {{ slug }} }} }}"
            ))
            .await?;
        let list = &data["members"];
        ensure!(slugs(list) == expected, "{filter}: {list}");
        ensure!(list["totalCount"] == expected.len(), "{filter}: {list}");
    }
    let data = server
        .data(
            "{
                members { facets { kinds { kind count } communes { commune { name } count } } }
                commune(inseeCode: \"92071\") { members(order: NAME_ASC) { nodes { slug } } }
                organization(slug: \"mairie\") { members { totalCount nodes { slug } } }
            }",
        )
        .await?;
    let facets = json!({
        "kinds": [{"kind": "ELECTED", "count": 2}, {"kind": "STAFF", "count": 1}],
        "communes": [
            {"commune": {"name": "Sceaux"}, "count": 2},
            {"commune": {"name": "Levallois-Perret"}, "count": 1},
        ],
    });
    ensure!(data["members"]["facets"] == facets, "{data}");
    ensure!(
        slugs(&data["commune"]["members"]) == ["a-elected", "c-staff"],
        "{data}"
    );
    ensure!(
        slugs(&data["organization"]["members"]) == ["a-elected"],
        "{data}"
    );
    server.stop().await
}

async fn hidden_members_are_on_no_path(backend: Backend) -> Outcome {
    let server = Server::with_territory(backend).await?;
    let database = &server.app.database;
    let shown = fixtures::organization(database, "Shown", |_| ()).await?;
    for (number, publication) in (0..).zip([
        Publication::Draft,
        Publication::Submitted,
        Publication::Rejected,
        Publication::Archived,
    ]) {
        let hidden = fixtures::organization(database, &format!("Hidden {number}"), |row| {
            row.publication = Set(publication);
        })
        .await?;
        let visible = fixtures::member(database, &format!("Visible {number}"), |row| {
            row.organization_id = Set(Some(hidden));
        })
        .await?;
        let id = fixtures::member(database, &format!("Secret {number}"), |row| {
            row.publication = Set(publication);
            row.commune_insee = Set(Some("92071".to_owned()));
            row.organization_id = Set(Some(shown));
        })
        .await?;
        fixtures::mandate(database, id, "92071", None, None).await?;
        let id = global(Kind::Member, id);
        let data = server
            .data(&format!(
                "{{
                    id: member(id: \"{id}\") {{ slug }}
                    slug: member(slug: \"secret-{number}\") {{ slug }}
                    node(id: \"{id}\") {{ id }}
                    nodes(ids: [\"{id}\"]) {{ id }}
                    members(filter: {{territory: {{commune: \"92071\"}}}}) {{
                        totalCount nodes {{ slug }} edges {{ cursor }}
                        facets {{ kinds {{ count }} communes {{ count }} }}
                    }}
                    current: members(filter: {{currentOn: \"2015-11-27\"}}) {{ totalCount }}
                    commune(inseeCode: \"92071\") {{ members {{ totalCount nodes {{ slug }} }} }}
                    organization(slug: \"shown\") {{ members {{ totalCount nodes {{ slug }} }} }}
                    visible: member(id: \"{}\") {{ slug organization {{ name }} }}
                    ofHidden: members(filter: {{organization: \"{}\"}}) {{ totalCount }}
                }}",
                global(Kind::Member, visible),
                global(Kind::Organization, hidden),
            ))
            .await?;
        let nothing = json!({"totalCount": 0, "nodes": []});
        let expected = json!({
            "id": null, "slug": null, "node": null, "nodes": [null],
            "members": {
                "totalCount": 0, "nodes": [], "edges": [],
                "facets": {"kinds": [], "communes": []},
            },
            "current": {"totalCount": 0},
            "commune": {"members": nothing},
            "organization": {"members": nothing},
            "visible": {"slug": format!("visible-{number}"), "organization": null},
            "ofHidden": {"totalCount": 0},
        });
        ensure!(data == expected, "{publication:?}: {data}");
    }
    server.stop().await
}

async fn statements_do_not_grow_with_members(backend: Backend) -> Outcome {
    let server = Server::with_territory(backend).await?;
    let database = &server.app.database;
    let query = "{ communes(first: 2) { nodes { members(first: 20) { totalCount nodes {
        office organization { name members(first: 2) { nodes { slug } } }
        mandates { office delegations { label } body { commune { name } } }
        contactPoints { value }
    } } } } }";
    let mut counts = Vec::new();
    for size in [2, 18] {
        for number in 0..size {
            for insee_code in ["92002", "92004"] {
                let name = format!("{size} {number} {insee_code}");
                let organization = fixtures::organization(database, &name, |_| ()).await?;
                let id = fixtures::member(database, &name, |row| {
                    row.commune_insee = Set(Some(insee_code.to_owned()));
                    row.organization_id = Set(Some(organization));
                })
                .await?;
                let mandate = fixtures::mandate(database, id, insee_code, None, None).await?;
                fixtures::delegation(database, mandate, "Délégation", None).await?;
            }
        }
        let before = server.statements().await?;
        let data = server.data(query).await?;
        counts.push(server.statements().await? - before);
        let nodes = &data["communes"]["nodes"][0]["members"]["nodes"];
        let read = nodes.as_array().context("nodes")?.len();
        ensure!(read == if size == 2 { 2 } else { 20 }, "{read}");
        ensure!(
            nodes[0]["mandates"][0]["delegations"][0]["label"] == "Délégation",
            "{nodes}"
        );
    }
    ensure!(
        counts.first() == counts.last() && counts.first().is_some_and(|count| *count > 3),
        "{counts:?}"
    );
    server.stop().await
}
