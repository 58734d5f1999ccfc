//! French search, the same on both databases.

use anyhow::ensure;
use chrono::{DateTime, Utc};
use entity::values::{
    BodyKind, FunderKind, FundingTerritoryKind, LegalForm, MemberKind, Publication, StateAidRegime,
};
use entity::{coworking_space, funding_source, mandate, mandate_delegation, member, organization};
use maillage::change::{self, Action, Change, Subject};
use maillage::database::begin;
use sea_orm::{ActiveModelTrait as _, EntityTrait as _, Set};
use serde_json::{Value, json};
use tests::{Backend, Outcome, Server, cases};
use uuid::Uuid;

cases![
    every_way_of_typing_finds_it,
    acronyms_and_meanings_find_each_other,
    ranking_and_matches_are_the_same_everywhere,
    what_is_not_public_is_never_found_nor_counted,
    the_index_follows_every_write_and_can_be_made_anew,
    lists_are_filtered_and_ranked_by_text,
    pages_by_relevance_give_every_row_once,
    any_text_is_answered_or_refused,
    the_place_filters_what_is_found,
    every_type_is_searched,
];

/// A space to write: number, name, description, publication, commune.
struct Space<'a>(u128, &'a str, &'a str, Publication, Option<&'a str>);

fn public<'a>(number: u128, name: &'a str, description: &'a str) -> Space<'a> {
    Space(number, name, description, Publication::Published, None)
}

fn id(number: u128) -> Uuid {
    Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 + number)
}

/// Writes spaces as a writer does: the rows, then the change log, in one transaction.
async fn write(server: &Server, spaces: &[Space<'_>]) -> anyhow::Result<()> {
    let now = server.app.clock.now();
    let transaction = begin(&server.app.database).await?;
    let mut changes = Vec::new();
    for Space(number, name, description, publication, commune) in spaces {
        let row = coworking_space::ActiveModel {
            id: Set(id(*number)),
            slug: Set(format!("space-{number}")),
            name: Set((*name).to_owned()),
            description: Set(Some((*description).to_owned())),
            commune_insee: Set(commune.map(str::to_owned)),
            publication: Set(*publication),
            published_at: Set(Some(now)),
            created_at: Set(now),
            updated_at: Set(now),
            outside_territory: Set(false),
            revision: Set(1),
            ..Default::default()
        };
        let there = coworking_space::Entity::find_by_id(id(*number))
            .one(&transaction)
            .await?;
        match there {
            Some(_) => row.update(&transaction).await?,
            None => row.insert(&transaction).await?,
        };
        changes.push(Change {
            subject: Subject::CoworkingSpace,
            id: id(*number),
            action: Action::Updated,
            revision: Some(1),
            is_public: *publication == Publication::Published,
            details: json!({}),
        });
    }
    change::record(&transaction, now, "test", changes).await?;
    transaction.commit().await?;
    Ok(())
}

/// A published member, as yet without a mandate.
fn member(number: u128, now: DateTime<Utc>) -> member::ActiveModel {
    member::ActiveModel {
        id: Set(id(number)),
        slug: Set(format!("member-{number}")),
        kind: Set(MemberKind::Elected),
        publication: Set(Publication::Published),
        published_at: Set(Some(now)),
        created_at: Set(now),
        updated_at: Set(now),
        revision: Set(1),
        ..Default::default()
    }
}

/// A mandate in the network.
fn mandate(number: u128, member: u128, office: &str) -> mandate::ActiveModel {
    mandate::ActiveModel {
        id: Set(id(number)),
        member_id: Set(id(member)),
        body_kind: Set(BodyKind::Network),
        office: Set(office.to_owned()),
        ..Default::default()
    }
}

/// Writes members, all later than spaces, each with an office and the same delegation.
async fn write_members(server: &Server, offices: &[String], delegation: &str) -> Outcome {
    let now = server.app.clock.now();
    let transaction = begin(&server.app.database).await?;
    let (mut members, mut mandates, mut delegations) = (Vec::new(), Vec::new(), Vec::new());
    let mut changes = Vec::new();
    for (number, office) in (10_000..).zip(offices) {
        members.push(member(number, now));
        mandates.push(mandate(number, number, office));
        delegations.push(mandate_delegation::ActiveModel {
            id: Set(id(number)),
            mandate_id: Set(id(number)),
            label: Set(delegation.to_owned()),
            theme_id: Set(None),
        });
        changes.push(Change {
            subject: Subject::Member,
            id: id(number),
            action: Action::Created,
            revision: Some(1),
            is_public: true,
            details: json!({}),
        });
    }
    member::Entity::insert_many(members)
        .exec_without_returning(&transaction)
        .await?;
    mandate::Entity::insert_many(mandates)
        .exec_without_returning(&transaction)
        .await?;
    mandate_delegation::Entity::insert_many(delegations)
        .exec_without_returning(&transaction)
        .await?;
    change::record(&transaction, now, "test", changes).await?;
    transaction.commit().await?;
    Ok(())
}

/// The names found by a text, in their order.
async fn found(server: &Server, text: &str) -> anyhow::Result<Vec<String>> {
    let data = server
        .data_with(
            "query ($text: String!) {
                search(text: $text) {
                    totalCount
                    nodes { ... on CoworkingSpace { name } }
                }
            }",
            json!({ "text": text }),
        )
        .await?;
    let names: Vec<String> = strings(&data["search"]["nodes"], "/name");
    ensure!(
        data["search"]["totalCount"] == json!(names.len()),
        "{text}: {data}"
    );
    Ok(names)
}

fn strings(list: &Value, pointer: &str) -> Vec<String> {
    list.as_array()
        .into_iter()
        .flatten()
        .filter_map(|one| one.pointer(pointer)?.as_str().map(str::to_owned))
        .collect()
}

const EPICERIE: &str = "Épicerie solidaire de Châtenay";

async fn every_way_of_typing_finds_it(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    write(
        &server,
        &[
            public(1, EPICERIE, "Une épicerie ouverte à **tous**."),
            public(2, "Ressourcerie Le Cercle", "On y répare des vélos."),
        ],
    )
    .await?;
    for text in [
        "chatenay",
        "epicerie",
        "l'épicerie",
        "L’ÉPICERIE",
        "épiceries",
        "solidair",
        "epicrie",
        "épicerie châtenay",
        "solidaires chat",
        "l'epicrie soldaire de chatnay",
        "tous",
    ] {
        let names = found(&server, text).await?;
        ensure!(names == [EPICERIE], "{text}: {names:?}");
    }
    for text in ["boulangerie", "épicerie vélos", "cha nay", ""] {
        let names = found(&server, text).await?;
        ensure!(names.is_empty(), "{text}: {names:?}");
    }
    server.stop().await
}

async fn acronyms_and_meanings_find_each_other(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    write(
        &server,
        &[
            public(1, "SCIC Les Jardins", ""),
            public(
                2,
                "Le Verger",
                "Une société coopérative d'intérêt collectif.",
            ),
            public(3, "AI Bagneux", ""),
            public(4, "Coup de main", "Association intermédiaire depuis 1987."),
            public(
                5,
                "J'ai un projet",
                "Un lieu d'intérêt local pour la société.",
            ),
        ],
    )
    .await?;
    for (text, expected) in [
        ("SCIC", ["SCIC Les Jardins", "Le Verger"]),
        ("s.c.i.c.", ["SCIC Les Jardins", "Le Verger"]),
        (
            "société coopérative d'intérêt collectif",
            ["SCIC Les Jardins", "Le Verger"],
        ),
        ("AI", ["AI Bagneux", "Coup de main"]),
        (
            "associations intermédiaires",
            ["AI Bagneux", "Coup de main"],
        ),
    ] {
        let names = found(&server, text).await?;
        ensure!(names == expected, "{text}: {names:?}");
    }
    server.stop().await
}

async fn ranking_and_matches_are_the_same_everywhere(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    write(
        &server,
        &[
            public(
                1,
                "Café du quartier",
                "Près de la ressourcerie du Cercle, pour les aînés.",
            ),
            public(
                2,
                "Ressourcerie Le Cercle",
                "Ateliers de réparation avec des aînés.",
            ),
            public(3, "Ressource et partage des aînés", "Un tiers-lieu."),
            public(4, "Ressourcerie des aînés", "Un lieu pour donner."),
        ],
    )
    .await?;
    let data = server
        .data(
            r#"{
                search(text: "ressourc ainez") {
                    totalCount
                    facets { types { type count } }
                    edges {
                        score
                        node { __typename ... on CoworkingSpace { name } }
                        matches {
                            field
                            excerpt
                            words { typed found reason start end }
                        }
                    }
                }
            }"#,
        )
        .await?;
    let answer = serde_json::to_string_pretty(&data)?;
    insta::with_settings!({ prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("search", answer);
    });
    server.stop().await
}

async fn what_is_not_public_is_never_found_nor_counted(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    let states = [
        Publication::Draft,
        Publication::Submitted,
        Publication::Rejected,
        Publication::Archived,
    ];
    let hidden: Vec<Space<'_>> = (2..)
        .zip(states)
        .map(|(number, state)| Space(number, "Ressourcerie secrète", "", state, None))
        .collect();
    write(&server, &hidden).await?;
    write(&server, &[public(1, "Ressourcerie", "")]).await?;
    let names = found(&server, "ressourcerie").await?;
    ensure!(names == ["Ressourcerie"], "{names:?}");
    // Not even the vocabulary tells of it.
    let names = found(&server, "secret").await?;
    ensure!(names.is_empty(), "{names:?}");
    // An index that holds too much shows no more for it.
    let transaction = begin(&server.app.database).await?;
    let mut document =
        maillage::search::Document::new(maillage::search::SearchKind::CoworkingSpace, id(2));
    document.add(maillage::search::Field::Title, Some("Ressourcerie secrète"));
    maillage::search::index(&transaction, vec![document]).await?;
    transaction.commit().await?;
    for order in ["", ", order: RELEVANCE"] {
        let data = server
            .data(&format!(
                r#"{{
                    search(text: "secrete") {{ totalCount facets {{ types {{ count }} }} edges {{ cursor }} }}
                    coworkingSpaces(filter: {{text: "secrete"}}{order}) {{
                        totalCount
                        nodes {{ name }}
                        facets {{ kinds {{ count }} }}
                    }}
                }}"#
            ))
            .await?;
        ensure!(
            data == json!({
                "search": { "totalCount": 0, "facets": { "types": [] }, "edges": [] },
                "coworkingSpaces": { "totalCount": 0, "nodes": [], "facets": { "kinds": [] } },
            }),
            "{data}"
        );
    }
    server.stop().await
}

async fn the_index_follows_every_write_and_can_be_made_anew(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    write(&server, &[public(1, "Ancien nom", "")]).await?;
    ensure!(found(&server, "ancien").await? == ["Ancien nom"]);
    write(&server, &[public(1, "Nouveau titre", "")]).await?;
    ensure!(found(&server, "ancien").await?.is_empty());
    ensure!(found(&server, "nouvau").await? == ["Nouveau titre"]);
    write(
        &server,
        &[Space(1, "Nouveau titre", "", Publication::Archived, None)],
    )
    .await?;
    ensure!(found(&server, "nouveau").await?.is_empty());

    // Written by someone who does not know of the index.
    let row = coworking_space::ActiveModel {
        id: Set(id(1)),
        name: Set("Troisième nom".to_owned()),
        publication: Set(Publication::Published),
        ..Default::default()
    };
    row.update(&server.app.database).await?;
    write(&server, &[public(2, "Deuxième lieu", "")]).await?;
    let hidden = coworking_space::ActiveModel {
        id: Set(id(2)),
        publication: Set(Publication::Draft),
        ..Default::default()
    };
    hidden.update(&server.app.database).await?;
    ensure!(found(&server, "troisieme").await?.is_empty());
    for removed in [1, 0] {
        let done = maillage::search::reindex(&server.app.database, server.app.clock.now()).await?;
        ensure!(done.documents == 1 && done.removed == removed, "{done:?}");
        ensure!(found(&server, "troisieme").await? == ["Troisième nom"]);
        ensure!(found(&server, "deuxieme").await?.is_empty());
    }
    server.stop().await
}

async fn lists_are_filtered_and_ranked_by_text(backend: Backend) -> Outcome {
    let server = Server::with_territory(backend).await?;
    write(
        &server,
        &[
            Space(
                1,
                "Un lieu",
                "Ressourcerie",
                Publication::Published,
                Some("92071"),
            ),
            Space(2, "Ressourcerie", "", Publication::Published, Some("92071")),
            Space(3, "Ressourcerie", "", Publication::Published, Some("92002")),
            public(4, "Autre", "Rien"),
        ],
    )
    .await?;
    let data = server
        .data(
            r#"{
                newest: coworkingSpaces(filter: {text: "ressourcerie", territory: {departement: "92"}}) {
                    totalCount nodes { slug }
                }
                best: coworkingSpaces(
                    filter: {text: "ressourcerie", territory: {departement: "92"}}, order: RELEVANCE
                ) {
                    totalCount nodes { slug }
                }
                all: coworkingSpaces(filter: {text: " ? ", territory: {commune: "92071"}}) {
                    nodes { slug }
                }
            }"#,
        )
        .await?;
    let expect = |field: &str, slugs: &[&str]| {
        let there = strings(&data[field]["nodes"], "/slug");
        let there: Vec<&str> = there
            .iter()
            .map(String::as_str)
            .filter(|slug| slug.starts_with("space-"))
            .collect();
        ensure!(there == slugs, "{field}: {data}");
        Ok(())
    };
    expect("newest", &["space-3", "space-2", "space-1"])?;
    expect("best", &["space-3", "space-2", "space-1"])?;
    expect("all", &["space-2", "space-1"])?;
    for arguments in [
        "order: RELEVANCE",
        r#"order: RELEVANCE, filter: {text: "!"}"#,
    ] {
        let code = server
            .error_code(&format!(
                "{{ coworkingSpaces({arguments}) {{ totalCount }} }}"
            ))
            .await?;
        ensure!(code == "BAD_INPUT", "{arguments}: {code}");
    }

    // Lists of many communes are ranked together.
    let nested = |communes: u32| {
        format!(
            r#"{{ communes(first: {communes}) {{ nodes {{
                coworkingSpaces(filter: {{text: "ressourcrie"}}, order: RELEVANCE) {{
                    totalCount nodes {{ slug }}
                }}
            }} }} }}"#
        )
    };
    let mut counts = Vec::new();
    for communes in [2, 36] {
        let before = server.statements().await?;
        let data = server.data(&nested(communes)).await?;
        counts.push(server.statements().await? - before);
        let slugs: Vec<String> = data["communes"]["nodes"]
            .as_array()
            .into_iter()
            .flatten()
            .flat_map(|commune| strings(&commune["coworkingSpaces"]["nodes"], "/slug"))
            .filter(|slug| slug.starts_with("space-"))
            .collect();
        let expected: &[&str] = if communes == 2 {
            &["space-3"]
        } else {
            &["space-3", "space-2", "space-1"]
        };
        ensure!(slugs == expected, "{slugs:?}");
    }
    ensure!(counts[0] == counts[1], "statements: {counts:?}");
    server.stop().await
}

async fn pages_by_relevance_give_every_row_once(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    // More than are ranked, so that some only follow.
    let names: Vec<String> = (0..1_203)
        .map(|number| match number % 3 {
            0 => format!("Ferme numéro{number}"),
            1 => format!("Fermette numéro{number}"),
            _ => format!("Lieu numéro{number}"),
        })
        .collect();
    let spaces: Vec<Space<'_>> = (0..)
        .zip(&names)
        .map(|(number, name)| public(number, name, "Une ferme à visiter."))
        .collect();
    write(&server, &spaces).await?;
    write_members(&server, &names, "Une ferme à visiter.").await?;
    for (list, node, rows, [first, last]) in [
        (
            r#"search(text: "ferme", "#,
            "... on CoworkingSpace { slug } ... on Member { slug }",
            2_406,
            ["member-11200", "space-0"],
        ),
        (
            r#"coworkingSpaces(filter: {text: "ferme"}, order: RELEVANCE, "#,
            "slug",
            1_203,
            ["space-1200", "space-0"],
        ),
        (
            r#"members(filter: {text: "ferme"}, order: RELEVANCE, "#,
            "slug",
            1_203,
            ["member-11200", "member-10000"],
        ),
    ] {
        let walk = async |forward: bool| -> anyhow::Result<Vec<String>> {
            let mut slugs = Vec::new();
            let mut cursor: Option<String> = None;
            loop {
                let (size, side) = if forward {
                    ("first", "after")
                } else {
                    ("last", "before")
                };
                let cursor_argument = cursor
                    .as_ref()
                    .map(|cursor| format!(r#", {side}: "{cursor}""#))
                    .unwrap_or_default();
                let data = server
                    .data(&format!(
                        "{{ list: {list}{size}: 100{cursor_argument}) {{
                            totalCount
                            nodes {{ {node} }}
                            pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }}
                        }} }}"
                    ))
                    .await?;
                ensure!(data["list"]["totalCount"] == rows, "{data}");
                let page = strings(&data["list"]["nodes"], "/slug");
                let info = &data["list"]["pageInfo"];
                let (more, next) = if forward {
                    slugs.extend(page);
                    (&info["hasNextPage"], &info["endCursor"])
                } else {
                    slugs.splice(0..0, page);
                    (&info["hasPreviousPage"], &info["startCursor"])
                };
                if more != &json!(true) {
                    return Ok(slugs);
                }
                cursor = next.as_str().map(str::to_owned);
            }
        };
        let forward = walk(true).await?;
        let backward = walk(false).await?;
        ensure!(forward == backward, "the ways differ");
        let mut distinct = forward.clone();
        distinct.sort();
        distinct.dedup();
        ensure!(
            forward.len() == rows && distinct.len() == rows,
            "{} rows, {} of them distinct",
            forward.len(),
            distinct.len()
        );
        // The newest of the best, then what is ranked lower, then what is not ranked.
        ensure!(forward[0] == first, "{}", forward[0]);
        ensure!(forward[rows - 1] == last, "{}", forward[rows - 1]);
    }
    server.stop().await
}

async fn any_text_is_answered_or_refused(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    write(&server, &[public(1, EPICERIE, "")]).await?;
    for text in [
        "\"",
        "'; drop table search_document; --",
        "épicerie AND OR NOT NEAR(",
        "title_words : x* ^ {} - + \\ \0",
        "a & b | !c <-> d:*A",
        "*",
        "\u{FEFF}\u{202E}épicerie",
        "日本語 テスト",
        "ǆ ﬁ ½ İ ẞ",
        "😀😀",
    ] {
        let answer = server
            .send(
                "query ($text: String!) {
                    search(text: $text) { totalCount edges { score matches { excerpt } } }
                    coworkingSpaces(filter: {text: $text}) { totalCount nodes { name } }
                    members(filter: {text: $text}) { totalCount nodes { slug } }
                }",
                json!({ "text": text }),
            )
            .await?;
        ensure!(
            answer.body.get("errors").is_none(),
            "{text:?}: {}",
            answer.body
        );
    }
    for text in [
        "x".repeat(201),
        "mot ".repeat(50),
        (0..13).map(|n| format!("m{n} ")).collect(),
    ] {
        let code = server
            .error_code(&format!("{{ search(text: \"{text}\") {{ totalCount }} }}"))
            .await?;
        ensure!(code == "BAD_INPUT", "{text}: {code}");
    }
    server.stop().await
}

async fn the_place_filters_what_is_found(backend: Backend) -> Outcome {
    let server = Server::with_territory(backend).await?;
    write(
        &server,
        &[
            Space(1, "Xylothèque", "", Publication::Published, Some("92071")),
            Space(2, "Xylothèque", "", Publication::Published, Some("92002")),
        ],
    )
    .await?;
    let data = server
        .data(
            r#"{
                here: search(text: "xylotheque", filter: {territory: {commune: "92071"}}) {
                    totalCount nodes { ... on CoworkingSpace { commune { name } } }
                }
                byName: search(text: "xylotheque antony") {
                    edges { matches { field words { found } } }
                }
                near: search(
                    text: "xylotheque",
                    types: [COWORKING_SPACE],
                    filter: {near: {location: {latitude: 48.7, longitude: 2.3}}}
                ) { totalCount }
            }"#,
        )
        .await?;
    ensure!(
        data == json!({
            "here": { "totalCount": 1, "nodes": [{ "commune": { "name": "Sceaux" } }] },
            "byName": { "edges": [{ "matches": [
                { "field": "TITLE", "words": [{ "found": "Xylothèque" }] },
                { "field": "COMMUNE", "words": [{ "found": "Antony" }] },
            ] }] },
            "near": { "totalCount": 0 },
        }),
        "{data}"
    );
    server.stop().await
}

async fn every_type_is_searched(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    write(&server, &[public(1, "Atelier de l'abeille", "")]).await?;
    let now = server.app.clock.now();
    let transaction = begin(&server.app.database).await?;
    let source = funding_source::ActiveModel {
        id: Set(id(2)),
        slug: Set("source".to_owned()),
        name: Set("Fonds abeille".to_owned()),
        funder_name: Set(Some("Caisse du Rucher".to_owned())),
        funder_kind: Set(FunderKind::Foundation),
        call_for_projects: Set(false),
        state_aid_regime: Set(StateAidRegime::None),
        territory_kind: Set(FundingTerritoryKind::France),
        publication: Set(Publication::Published),
        published_at: Set(Some(now)),
        created_at: Set(now),
        updated_at: Set(now),
        revision: Set(1),
        ..Default::default()
    };
    source.insert(&transaction).await?;
    let organization = organization::ActiveModel {
        id: Set(id(3)),
        slug: Set("organization".to_owned()),
        name: Set("Les Abeilles".to_owned()),
        legal_form: Set(LegalForm::CooperativeScic),
        publication: Set(Publication::Published),
        published_at: Set(Some(now)),
        created_at: Set(now),
        updated_at: Set(now),
        revision: Set(1),
        ..Default::default()
    };
    organization.insert(&transaction).await?;
    let operated = coworking_space::ActiveModel {
        id: Set(id(1)),
        operator_id: Set(Some(id(3))),
        ..Default::default()
    };
    operated.update(&transaction).await?;
    let belongs = member::ActiveModel {
        organization_id: Set(Some(id(3))),
        ..member(4, now)
    };
    belongs.insert(&transaction).await?;
    mandate(5, 4, "Apicultrice").insert(&transaction).await?;
    let changes =
        [(Subject::FundingSource, 2), (Subject::Organization, 3)].map(|(subject, number)| Change {
            subject,
            id: id(number),
            action: Action::Created,
            revision: Some(1),
            is_public: true,
            details: json!({}),
        });
    change::record(&transaction, now, "test", changes.to_vec()).await?;
    transaction.commit().await?;
    let data = server
        .data(
            r#"{
                all: search(text: "abeilles") {
                    totalCount nodes { __typename } facets { types { type count } }
                }
                one: search(text: "abeilles", types: [FUNDING_SOURCE]) {
                    totalCount nodes { ... on FundingSource { slug } }
                }
                near: search(
                    text: "abeilles", filter: {near: {location: {latitude: 48.8, longitude: 2.2}}}
                ) { totalCount nodes { __typename } }
                organizations(filter: {text: "scic"}, order: RELEVANCE) {
                    totalCount nodes { slug }
                }
                operated: search(text: "atelier des abeilles") {
                    edges { node { __typename } matches { field } }
                }
                belonging: search(text: "apicultrices des abeilles", types: [MEMBER]) {
                    edges { node { __typename } matches { field } }
                }
                sources: fundingSources(filter: {text: "fondations ruch"}, order: RELEVANCE) {
                    totalCount nodes { slug }
                }
            }"#,
        )
        .await?;
    ensure!(
        data == json!({
            "all": {
                "totalCount": 4,
                "nodes": [
                    { "__typename": "Organization" },
                    { "__typename": "FundingSource" },
                    { "__typename": "CoworkingSpace" },
                    { "__typename": "Member" },
                ],
                "facets": { "types": [
                    { "type": "ORGANIZATION", "count": 1 },
                    { "type": "COWORKING_SPACE", "count": 1 },
                    { "type": "FUNDING_SOURCE", "count": 1 },
                    { "type": "MEMBER", "count": 1 },
                ] },
            },
            "one": { "totalCount": 1, "nodes": [{ "slug": "source" }] },
            "near": { "totalCount": 0, "nodes": [] },
            "organizations": { "totalCount": 1, "nodes": [{ "slug": "organization" }] },
            "operated": { "edges": [{
                "node": { "__typename": "CoworkingSpace" },
                "matches": [{ "field": "TITLE" }, { "field": "ORGANIZATION" }],
            }] },
            "belonging": { "edges": [{
                "node": { "__typename": "Member" },
                "matches": [{ "field": "TITLE" }, { "field": "ORGANIZATION" }],
            }] },
            "sources": { "totalCount": 1, "nodes": [{ "slug": "source" }] },
        }),
        "{data}"
    );
    server.stop().await
}
