//! Members of the network, as a front end reads them.

use anyhow::{Context as _, ensure};
use chrono::{DateTime, TimeDelta, Utc};
use entity::values::{BodyKind, LawfulBasis, MemberKind, Publication};
use entity::{mandate, member, organization, theme};
use maillage::change::{self, Action, Change, Subject};
use maillage::database::begin;
use maillage::id::{GlobalId, Kind};
use maillage::search::{Document, Field, SearchKind};
use sea_orm::{ActiveModelTrait as _, Set};
use serde_json::{Value, json};
use tests::{Backend, Outcome, Server, cases, fixtures};
use uuid::Uuid;

cases![
    a_member_is_shown_by_office_with_past_and_present_mandates,
    members_are_filtered_by_what_they_do,
    hidden_members_are_on_no_path,
    a_member_is_found_however_it_is_typed,
    members_are_filtered_and_ranked_by_text,
    the_index_follows_members_and_their_organizations,
    only_published_members_are_found,
    a_mandate_that_ended_finds_its_member_and_shows_nothing,
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

/// Writes to the change log that these changed at an instant, as every writer does.
async fn changed(server: &Server, at: DateTime<Utc>, changed: &[(Subject, Uuid)]) -> Outcome {
    let changes = changed.iter().map(|(subject, id)| Change {
        subject: *subject,
        id: *id,
        action: Action::Updated,
        revision: None,
        is_public: true,
        details: json!({}),
    });
    let transaction = begin(&server.app.database).await?;
    change::record(&transaction, at, "test", changes.collect()).await?;
    transaction.commit().await?;
    Ok(())
}

/// The slugs of the members that a text finds, in order of relevance: the same by a search
/// of everything, by one of members, and in the list of members.
async fn found(server: &Server, text: &str) -> anyhow::Result<Vec<String>> {
    let data = server
        .data_with(
            "query ($text: String!) {
                all: search(text: $text) {
                    totalCount facets { types { type count } } nodes { ... on Member { slug } }
                }
                one: search(text: $text, types: [MEMBER]) {
                    totalCount facets { types { type count } } nodes { ... on Member { slug } }
                }
                members(filter: {text: $text}, order: RELEVANCE) {
                    totalCount facets { kinds { count } } nodes { slug }
                }
            }",
            json!({ "text": text }),
        )
        .await?;
    let found = slugs(&data["members"]);
    ensure!(
        data["members"]["totalCount"] == found.len(),
        "{text}: {data}"
    );
    ensure!(slugs(&data["all"]) == found, "{text}: {data}");
    ensure!(slugs(&data["one"]) == found, "{text}: {data}");
    let of_members = json!({"type": "MEMBER", "count": found.len()});
    for list in ["all", "one"] {
        let types = data[list]["facets"]["types"].as_array().context("types")?;
        ensure!(
            types.contains(&of_members) != found.is_empty(),
            "{text}: {data}"
        );
    }
    Ok(found.into_iter().map(str::to_owned).collect())
}

/// A mandate in force, in the network unless `change` says where.
async fn in_force(
    server: &Server,
    member: Uuid,
    office: &str,
    change: impl FnOnce(&mut mandate::ActiveModel),
) -> anyhow::Result<Uuid> {
    let id = server.app.clock.new_id();
    let mut row = mandate::ActiveModel {
        id: Set(id),
        member_id: Set(member),
        body_kind: Set(BodyKind::Network),
        office: Set(office.to_owned()),
        ..Default::default()
    };
    change(&mut row);
    row.insert(&server.app.database).await?;
    Ok(id)
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

async fn a_member_is_found_however_it_is_typed(backend: Backend) -> Outcome {
    let server = Server::with_territory(backend).await?;
    let database = &server.app.database;
    let (now, today) = (server.app.clock.now(), server.app.clock.today());
    let organization = fixtures::organization(database, "Amicale des élus", |_| ()).await?;
    let camille = fixtures::member(database, "Camille", |row| {
        row.display_name = Set(Some("Camille Exemple".to_owned()));
        row.commune_insee = Set(Some("92071".to_owned()));
        row.organization_id = Set(Some(organization));
    })
    .await?;
    let deputy = in_force(&server, camille, "Première adjointe au maire", |row| {
        row.body_kind = Set(BodyKind::Commune);
        row.commune_insee = Set(Some("92002".to_owned()));
    })
    .await?;
    fixtures::delegation(database, deputy, "Économie circulaire et réemploi", None).await?;
    in_force(&server, camille, "Vice-présidente", |row| {
        row.body_kind = Set(BodyKind::Intercommunality);
        row.intercommunality_siren = Set(Some("200057966".to_owned()));
    })
    .await?;
    in_force(&server, camille, "Conseillère départementale", |row| {
        row.body_kind = Set(BodyKind::Departement);
        row.departement_code = Set(Some("92".to_owned()));
    })
    .await?;
    let past = in_force(&server, camille, "Trésorière", |row| {
        row.body_kind = Set(BodyKind::Commune);
        row.commune_insee = Set(Some("92044".to_owned()));
        row.ends_on = Set(Some(today));
    })
    .await?;
    fixtures::delegation(database, past, "Patrimoine", None).await?;
    fixtures::contact(database, "zygomatique@courriel.invalid", |row| {
        row.member_id = Set(Some(camille));
        row.label = Set(Some("Secrétariat".to_owned()));
        row.basis = Set(Some(LawfulBasis::PublicSource));
        row.source_url = Set(Some("https://annuaire.invalid/".to_owned()));
        row.source_seen_on = Set(Some(today));
    })
    .await?;
    let other = fixtures::member(database, "Other", |_| ()).await?;
    in_force(&server, other, "Directrice", |_| ()).await?;
    let members = [(Subject::Member, camille), (Subject::Member, other)];
    changed(&server, now, &members).await?;
    for text in [
        "camille",
        "CAMILLE EXEMPLE",
        "l’Exemple",
        "premiere adjointe",
        "adjointes",
        "premère ajointe",
        "vice presidente",
        "CONSEILLERE DEPARTEMENTALE",
        "econom circul",
        "réemplois",
        "antony",
        "vallee sud",
        "Hauts-de-Seine",
        "amicale d'élus",
        "sceaux",
        "réemploi antony camile",
    ] {
        let slugs = found(&server, text).await?;
        ensure!(slugs == ["camille"], "{text}: {slugs:?}");
    }
    for text in [
        "trésorière",
        "patrimoine",
        "levallois",
        "zygomatique",
        "courriel",
        "secrétariat",
        "annuaire",
        "camille boulangerie",
        "camille directrice",
    ] {
        let slugs = found(&server, text).await?;
        ensure!(slugs.is_empty(), "{text}: {slugs:?}");
    }
    let data = server
        .data(
            r#"{ search(text: "camille adjointe reemploi seine vallée amicale sceaux") { edges {
                node { ... on Member { slug office } } matches { field excerpt }
            } } }"#,
        )
        .await?;
    let matches = [
        ("TITLE", "Camille Exemple"),
        ("TITLE", "Première adjointe au maire"),
        ("DELEGATION", "Économie circulaire et réemploi"),
        ("BODY", "Hauts-de-Seine"),
        ("BODY", "Vallée Sud-Grand Paris"),
        ("ORGANIZATION", "Amicale des élus"),
        ("COMMUNE", "Sceaux"),
    ]
    .map(|(field, excerpt)| json!({"field": field, "excerpt": excerpt}));
    let edges = &data["search"]["edges"];
    ensure!(edges[0]["node"]["slug"] == "camille", "{data}");
    ensure!(edges[0]["matches"] == json!(matches), "{data}");
    server.stop().await
}

async fn members_are_filtered_and_ranked_by_text(backend: Backend) -> Outcome {
    let server = Server::with_territory(backend).await?;
    let database = &server.app.database;
    let organization = fixtures::organization(database, "Mairie", |_| ()).await?;
    let mut written = Vec::new();
    for (name, insee_code, office, delegation) in [
        ("Title", "92071", "Déléguée à la voirie", "Sport"),
        ("Body", "92071", "Adjointe au maire", "Voirie"),
        ("Elsewhere", "92002", "Adjointe à la voirie", "Sport"),
        ("Nothing", "92071", "Maire", "Sport"),
    ] {
        let member = fixtures::member(database, name, |row| {
            row.commune_insee = Set(Some(insee_code.to_owned()));
            row.organization_id = Set(Some(organization));
        })
        .await?;
        let mandate = in_force(&server, member, office, |_| ()).await?;
        fixtures::delegation(database, mandate, delegation, None).await?;
        written.push((Subject::Member, member));
    }
    changed(&server, server.app.clock.now(), &written).await?;
    let data = server
        .data(
            r#"{
                newest: members(filter: {text: "voirie"}) { totalCount nodes { slug } }
                best: members(
                    filter: {text: "voirie", territory: {commune: "92071"}}, order: RELEVANCE
                ) { totalCount nodes { slug } facets { communes { count } } }
                all: members(filter: {text: " ? ", territory: {commune: "92071"}}) {
                    nodes { slug }
                }
                here: search(text: "voirie", filter: {territory: {commune: "92002"}}) {
                    totalCount nodes { ... on Member { slug } }
                }
                near: search(
                    text: "voirie", filter: {near: {location: {latitude: 48.78, longitude: 2.29}}}
                ) { totalCount nodes { __typename } }
                commune(inseeCode: "92071") {
                    members(filter: {text: "voirie"}, order: RELEVANCE) { nodes { slug } }
                }
                organization(slug: "mairie") {
                    members(filter: {text: "voiries"}, order: RELEVANCE) { nodes { slug } }
                }
            }"#,
        )
        .await?;
    let expected = json!({
        "newest": {
            "totalCount": 3,
            "nodes": [{"slug": "elsewhere"}, {"slug": "body"}, {"slug": "title"}],
        },
        "best": {
            "totalCount": 2,
            "nodes": [{"slug": "title"}, {"slug": "body"}],
            "facets": {"communes": [{"count": 2}]},
        },
        "all": {"nodes": [{"slug": "nothing"}, {"slug": "body"}, {"slug": "title"}]},
        "here": {"totalCount": 1, "nodes": [{"slug": "elsewhere"}]},
        "near": {"totalCount": 0, "nodes": []},
        "commune": {"members": {"nodes": [{"slug": "title"}, {"slug": "body"}]}},
        "organization": {"members": {
            "nodes": [{"slug": "elsewhere"}, {"slug": "title"}, {"slug": "body"}],
        }},
    });
    ensure!(data == expected, "{data}");
    for list in [
        "members(ARGUMENTS) { totalCount }",
        "commune(inseeCode: \"92071\") { members(ARGUMENTS) { totalCount } }",
        "organization(slug: \"mairie\") { members(ARGUMENTS) { totalCount } }",
    ] {
        for arguments in [
            "order: RELEVANCE",
            "order: RELEVANCE, filter: {text: \"!\"}",
        ] {
            let query = format!("{{ {} }}", list.replace("ARGUMENTS", arguments));
            let answer = server.send(&query, Value::Null).await?;
            let error = &answer.body["errors"][0];
            let message = error["message"].as_str().context("a message")?;
            ensure!(
                error["extensions"]["code"] == "BAD_INPUT" && message.contains("RELEVANCE"),
                "{query}: {}",
                answer.body
            );
        }
    }
    server.stop().await
}

async fn the_index_follows_members_and_their_organizations(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    let database = &server.app.database;
    let now = server.app.clock.now();
    let organization = fixtures::organization(database, "Ancienne amicale", |_| ()).await?;
    let member = fixtures::member(database, "Member", |row| {
        row.organization_id = Set(Some(organization));
    })
    .await?;
    let mandate = in_force(&server, member, "Directrice", |_| ()).await?;
    // Members written before they were searched come with the next index.
    ensure!(found(&server, "directrice").await?.is_empty());
    let done = maillage::search::reindex(database, now).await?;
    ensure!(done.documents == 2, "{done:?}");
    ensure!(found(&server, "directrice ancienne").await? == ["member"]);

    let renamed = organization::ActiveModel {
        id: Set(organization),
        name: Set("Nouveau cercle".to_owned()),
        ..Default::default()
    };
    renamed.update(database).await?;
    changed(&server, now, &[(Subject::Organization, organization)]).await?;
    ensure!(found(&server, "ancienne").await?.is_empty());
    ensure!(found(&server, "directrice cercle").await? == ["member"]);
    for publication in Publication::ALL {
        let state = organization::ActiveModel {
            id: Set(organization),
            publication: Set(*publication),
            ..Default::default()
        };
        state.update(database).await?;
        changed(&server, now, &[(Subject::Organization, organization)]).await?;
        let by_organization = found(&server, "cercle").await?;
        let is_public = *publication == Publication::Published;
        ensure!(
            by_organization.is_empty() != is_public,
            "{publication:?}: {by_organization:?}"
        );
        ensure!(found(&server, "directrice").await? == ["member"]);
    }

    let promoted = mandate::ActiveModel {
        id: Set(mandate),
        office: Set("Présidente".to_owned()),
        ..Default::default()
    };
    promoted.update(database).await?;
    changed(&server, now, &[(Subject::Member, member)]).await?;
    ensure!(found(&server, "directrice").await?.is_empty());
    ensure!(found(&server, "présidentes").await? == ["member"]);
    server.stop().await
}

async fn only_published_members_are_found(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    let database = &server.app.database;
    let now = server.app.clock.now();
    let member = fixtures::member(database, "Member", |row| {
        row.display_name = Set(Some("Xylophoniste".to_owned()));
    })
    .await?;
    let mandate = in_force(&server, member, "Directrice", |_| ()).await?;
    fixtures::delegation(database, mandate, "Musique", None).await?;
    for publication in Publication::ALL {
        let state = member::ActiveModel {
            id: Set(member),
            publication: Set(*publication),
            ..Default::default()
        };
        state.update(database).await?;
        changed(&server, now, &[(Subject::Member, member)]).await?;
        let expected: &[&str] = match publication {
            Publication::Published => &["member"],
            _ => &[],
        };
        for text in ["xylophoniste", "directrice", "musique", "xylo"] {
            let slugs = found(&server, text).await?;
            ensure!(slugs == expected, "{publication:?} {text}: {slugs:?}");
        }
        // An index that holds too much shows no more for it.
        let mut document = Document::new(SearchKind::Member, member);
        document.add(Field::Title, Some("Xylophoniste"));
        let transaction = begin(database).await?;
        maillage::search::index(&transaction, vec![document]).await?;
        transaction.commit().await?;
        let slugs = found(&server, "xylophoniste").await?;
        ensure!(slugs == expected, "{publication:?}: {slugs:?}");
    }
    server.stop().await
}

async fn a_mandate_that_ended_finds_its_member_and_shows_nothing(backend: Backend) -> Outcome {
    let server = Server::with_territory(backend).await?;
    let database = &server.app.database;
    let (now, today) = (server.app.clock.now(), server.app.clock.today());
    let organization = fixtures::organization(database, "Amicale", |_| ()).await?;
    let member = fixtures::member(database, "Member", |row| {
        row.organization_id = Set(Some(organization));
    })
    .await?;
    let mandate = fixtures::mandate(
        database,
        member,
        "92071",
        "2014-04-01".parse().ok(),
        Some(today),
    )
    .await?;
    fixtures::delegation(database, mandate, "Voirie", None).await?;
    fixtures::contact(database, "mandate@example.org", |row| {
        row.member_id = Set(Some(member));
        row.mandate_id = Set(Some(mandate));
        row.basis = Set(Some(LawfulBasis::PublicSource));
        row.source_url = Set(Some("https://example.org/annuaire".to_owned()));
        row.source_seen_on = Set("2015-05-01".parse().ok());
    })
    .await?;
    // Last written when the mandate was in force and the organization public.
    let then = now - TimeDelta::days(2);
    changed(&server, then, &[(Subject::Member, member)]).await?;
    let hidden = organization::ActiveModel {
        id: Set(organization),
        publication: Set(Publication::Draft),
        ..Default::default()
    };
    hidden.update(database).await?;
    for text in ["conseil municipal", "voirie", "sceaux", "amicale"] {
        let slugs = found(&server, text).await?;
        ensure!(slugs == ["member"], "{text}: {slugs:?}");
        let data = server
            .data(&format!(
                r#"{{ search(text: "{text}") {{ edges {{
                    node {{ ... on Member {{
                        displayName office organization {{ name }} contactPoints {{ value }}
                    }} }}
                    matches {{ field excerpt }}
                }} }} }}"#
            ))
            .await?;
        let expected = json!([{
            "node": {
                "displayName": null, "office": null, "organization": null, "contactPoints": [],
            },
            "matches": [],
        }]);
        ensure!(data["search"]["edges"] == expected, "{text}: {data}");
    }
    changed(&server, now, &[(Subject::Member, member)]).await?;
    for text in ["conseil municipal", "voirie", "sceaux", "amicale"] {
        let slugs = found(&server, text).await?;
        ensure!(slugs.is_empty(), "{text}: {slugs:?}");
    }
    server.stop().await
}

async fn statements_do_not_grow_with_members(backend: Backend) -> Outcome {
    let server = Server::with_territory(backend).await?;
    let database = &server.app.database;
    let queries = [
        "{ communes(first: 2) { nodes { members(first: 20) { totalCount nodes {
            office organization { name members(first: 2) { nodes { slug } } }
            mandates { office delegations { label } body { commune { name } } }
            contactPoints { value }
        } } } } }",
        "{ communes(first: 2) { nodes {
            members(filter: {text: \"delegation\"}, order: RELEVANCE, first: 20) {
                totalCount nodes { office mandates { delegations { label } } }
            }
        } } }",
        "{ search(text: \"delegations municipal\", types: [MEMBER], first: 40) {
            totalCount
            facets { types { count } }
            edges {
                score
                matches { field excerpt }
                node { ... on Member {
                    office organization { name } commune { name }
                    mandates { office delegations { label } body { commune { name } } }
                    contactPoints { value }
                } }
            }
        } }",
    ];
    let mut counts = Vec::new();
    for size in [2, 18] {
        let mut written = Vec::new();
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
                written.push((Subject::Member, id));
            }
        }
        changed(&server, server.app.clock.now(), &written).await?;
        // New words are read before they are counted.
        server.data(queries[1]).await?;
        let mut of_size = Vec::new();
        for query in queries {
            let before = server.statements().await?;
            let data = server.data(query).await?;
            of_size.push(server.statements().await? - before);
            let (nodes, most) = match data.pointer("/search/edges") {
                Some(edges) => (edges, 40),
                None => (&data["communes"]["nodes"][0]["members"]["nodes"], 20),
            };
            let read = nodes.as_array().context("nodes")?.len();
            ensure!(read == if size == 2 { most / 10 } else { most }, "{read}");
            let first = nodes[0].get("node").unwrap_or(&nodes[0]);
            ensure!(
                first["mandates"][0]["delegations"][0]["label"] == "Délégation",
                "{nodes}"
            );
        }
        counts.push(of_size);
    }
    ensure!(
        counts.first() == counts.last() && counts.iter().flatten().all(|count| *count > 3),
        "{counts:?}"
    );
    server.stop().await
}
