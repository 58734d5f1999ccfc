//! Organizations and their sites, as a front end reads them.

use anyhow::{Context as _, ensure};
use entity::values::{LegalForm, Publication, SiaeKind};
use maillage::id::{GlobalId, Kind};
use sea_orm::Set;
use serde_json::{Value, json};
use tests::{Backend, Outcome, Server, cases, fixtures};
use uuid::Uuid;

cases![
    an_organization_is_found_by_each_of_its_identifiers,
    lists_are_filtered_by_what_organizations_are,
    the_nearest_site_counts,
    hidden_organizations_are_on_no_path,
    statements_do_not_grow_with_organizations,
    wrong_numbers_are_refused,
];

const SIREN: &str = "732829320";
const SIRET: &str = "73282932000074";

fn global(id: Uuid) -> String {
    GlobalId {
        kind: Kind::Organization,
        uuid: id,
    }
    .to_string()
}

fn names(list: &Value) -> Vec<&str> {
    list["nodes"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|node| node["name"].as_str())
        .collect()
}

async fn an_organization_is_found_by_each_of_its_identifiers(backend: Backend) -> Outcome {
    let server = Server::with_territory(backend).await?;
    let database = &server.app.database;
    let id = fixtures::organization(database, "Atelier du Fil Bleu", |row| {
        row.legal_form = Set(LegalForm::CooperativeScic);
        row.siren = Set(Some(SIREN.to_owned()));
        row.rna = Set(Some("W921000001".to_owned()));
        row.esus_starts_on = Set("2015-01-01".parse().ok());
        row.esus_ends_on = Set("2020-01-01".parse().ok());
    })
    .await?;
    fixtures::site(database, id, fixtures::place("92044", None), |_| ()).await?;
    fixtures::site(
        database,
        id,
        fixtures::place("92071", Some((48.778, 2.29))),
        |row| {
            row.is_head_office = Set(true);
            row.siret = Set(Some(SIRET.to_owned()));
        },
    )
    .await?;
    let fields = "{
        id name legalForm essFamily siren siret rna
        esus { startsOn endsOn }
        before: isEsusOn(date: \"2014-12-31\") first: isEsusOn(date: \"2015-01-01\")
        last: isEsusOn(date: \"2019-12-31\") after: isEsusOn(date: \"2020-01-01\")
        commune { name } location { latitude precision }
        headOffice { siret isHeadOffice }
        sites { totalCount nodes { isHeadOffice commune { name } } }
    }";
    for look_up in [
        format!("id: \"{}\"", global(id)),
        "slug: \"atelier-du-fil-bleu\"".to_owned(),
        "siret: \"732 829 320 00074\"".to_owned(),
        format!("siren: \"{SIREN}\""),
        "rna: \"W921000001\"".to_owned(),
    ] {
        let data = server
            .data(&format!("{{ organization({look_up}) {fields} }}"))
            .await?;
        let expected = json!({
            "id": global(id),
            "name": "Atelier du Fil Bleu",
            "legalForm": "COOPERATIVE_SCIC",
            "essFamily": "COOPERATIVE",
            "siren": SIREN,
            "siret": SIRET,
            "rna": "W921000001",
            "esus": {"startsOn": "2015-01-01", "endsOn": "2020-01-01"},
            "before": false, "first": true, "last": true, "after": false,
            "commune": {"name": "Sceaux"},
            "location": {"latitude": 48.778, "precision": "EXACT"},
            "headOffice": {"siret": SIRET, "isHeadOffice": true},
            "sites": {"totalCount": 2, "nodes": [
                {"isHeadOffice": true, "commune": {"name": "Sceaux"}},
                {"isHeadOffice": false, "commune": {"name": "Levallois-Perret"}},
            ]},
        });
        ensure!(data["organization"] == expected, "{look_up}: {data}");
    }
    let query = format!("{{ node(id: \"{}\") {{ id __typename }} }}", global(id));
    let data = server.data(&query).await?;
    ensure!(data["node"]["__typename"] == "Organization", "{data}");
    server.stop().await
}

async fn lists_are_filtered_by_what_organizations_are(backend: Backend) -> Outcome {
    let server = Server::with_territory(backend).await?;
    let database = &server.app.database;
    let association = fixtures::organization(database, "Amis du Square", |_| ()).await?;
    for _ in 0..2 {
        let place = fixtures::place("92071", None);
        fixtures::site(database, association, place, |_| ()).await?;
    }
    let scic = fixtures::organization(database, "Boulangerie Commune", |row| {
        row.legal_form = Set(LegalForm::CooperativeScic);
        row.siae_kind = Set(Some(SiaeKind::Ei));
        row.siren = Set(Some(SIREN.to_owned()));
        row.esus_starts_on = Set("2015-01-01".parse().ok());
    })
    .await?;
    let place = fixtures::place("92044", None);
    fixtures::site(database, scic, place, |row| {
        row.siret = Set(Some(SIRET.to_owned()));
    })
    .await?;
    let company = fixtures::organization(database, "Cycles Reunis", |row| {
        row.legal_form = Set(LegalForm::Company);
        row.esus_starts_on = Set("2015-01-01".parse().ok());
        row.esus_ends_on = Set("2016-01-01".parse().ok());
        row.competes_on_market = Set(Some(true));
    })
    .await?;
    let place = fixtures::place("92071", None);
    fixtures::site(database, company, place, |_| ()).await?;
    for (filter, expected) in [
        (
            "{}",
            vec!["Amis du Square", "Boulangerie Commune", "Cycles Reunis"],
        ),
        (
            "{territory: {commune: \"92071\"}}",
            vec!["Amis du Square", "Cycles Reunis"],
        ),
        (
            "{legalForm: {in: [COMPANY, ASSOCIATION]}}",
            vec!["Amis du Square", "Cycles Reunis"],
        ),
        (
            "{essFamily: {eq: COOPERATIVE}}",
            vec!["Boulangerie Commune"],
        ),
        ("{siaeKind: {eq: EI}}", vec!["Boulangerie Commune"]),
        ("{isEsus: true}", vec!["Boulangerie Commune"]),
        ("{isEsus: false}", vec!["Amis du Square", "Cycles Reunis"]),
        ("{competesOnMarket: true}", vec!["Cycles Reunis"]),
        ("{siren: \"732829320\"}", vec!["Boulangerie Commune"]),
        ("{siret: \"73282932000074\"}", vec!["Boulangerie Commune"]),
        (
            "{siret: \"73282932000074\", territory: {commune: \"92071\"}}",
            vec![],
        ),
        ("{rna: \"W921000001\"}", vec![]),
    ] {
        let query = format!(
            "{{ organizations(filter: {filter}, order: NAME_ASC) {{ totalCount nodes {{ name }} }} }}"
        );
        let data = server.data(&query).await?;
        let list = &data["organizations"];
        ensure!(names(list) == expected, "{filter}: {list}");
        ensure!(list["totalCount"] == expected.len(), "{filter}: {list}");
    }
    let data = server
        .data(
            "{
                organizations {
                    facets {
                        legalForms { legalForm count }
                        essFamilies { essFamily count }
                        communes { commune { inseeCode } count }
                    }
                }
                commune(inseeCode: \"92071\") { organizations(order: NAME_ASC) {
                    totalCount nodes { name }
                } }
            }",
        )
        .await?;
    let expected = json!({
        "legalForms": [
            {"legalForm": "ASSOCIATION", "count": 1},
            {"legalForm": "COMPANY", "count": 1},
            {"legalForm": "COOPERATIVE_SCIC", "count": 1},
        ],
        "essFamilies": [
            {"essFamily": "ASSOCIATION", "count": 1},
            {"essFamily": "COOPERATIVE", "count": 1},
        ],
        "communes": [
            {"commune": {"inseeCode": "92071"}, "count": 2},
            {"commune": {"inseeCode": "92044"}, "count": 1},
        ],
    });
    ensure!(data["organizations"]["facets"] == expected, "{data}");
    let nested = &data["commune"]["organizations"];
    ensure!(
        names(nested) == ["Amis du Square", "Cycles Reunis"] && nested["totalCount"] == 2,
        "{data}"
    );
    server.stop().await
}

async fn the_nearest_site_counts(backend: Backend) -> Outcome {
    let server = Server::with_territory(backend).await?;
    let database = &server.app.database;
    // Degrees of latitude south of the centre: a thousandth is 111 metres.
    for (name, sites) in [
        ("Alpha", vec![0.009, 0.002]),
        ("Beta", vec![0.001, 0.05]),
        ("Gamma", vec![0.004]),
        ("Delta", vec![0.08]),
        ("Epsilon", vec![]),
    ] {
        let id = fixtures::organization(database, name, |_| ()).await?;
        for south in sites {
            let place = fixtures::place("92071", Some((48.8 - south, 2.3)));
            fixtures::site(database, id, place, |_| ()).await?;
        }
    }
    let page = "nodes { name distance { metres approximate } } pageInfo { endCursor hasNextPage }";
    let near = "filter: {near: {location: {latitude: 48.8, longitude: 2.3}, maxMetres: 2000}}";
    let mut found = Vec::new();
    let mut after = String::new();
    loop {
        let data = server
            .data(&format!(
                "{{ organizations({near}, order: DISTANCE, first: 1{after}) {{ totalCount {page} }} }}"
            ))
            .await?;
        let list = &data["organizations"];
        ensure!(list["totalCount"] == 3, "{list}");
        let node = &list["nodes"][0];
        found.push((
            node["name"].as_str().unwrap_or_default().to_owned(),
            node["distance"]["metres"].as_i64().unwrap_or_default(),
        ));
        if list["pageInfo"]["hasNextPage"] == false {
            break;
        }
        ensure!(found.len() < 5, "{found:?}");
        after = format!(", after: {}", list["pageInfo"]["endCursor"]);
    }
    let expected = [("Beta", 111), ("Alpha", 222), ("Gamma", 445)];
    ensure!(
        found
            .iter()
            .map(|(name, metres)| (name.as_str(), *metres))
            .eq(expected),
        "{found:?}"
    );
    let data = server
        .data(&format!(
            "{{ a: commune(inseeCode: \"92071\") {{ organizations({near}, order: DISTANCE) {{ nodes {{ name }} }} }}
                b: commune(inseeCode: \"92044\") {{ organizations({near}, order: DISTANCE) {{ nodes {{ name }} }} }}
                box: organizations(filter: {{within: {{south: 48.7, west: 2.2, north: 48.73, east: 2.4}}}}) {{ nodes {{ name }} }} }}"
        ))
        .await?;
    ensure!(
        names(&data["a"]["organizations"]) == ["Beta", "Alpha", "Gamma"],
        "{data}"
    );
    ensure!(names(&data["b"]["organizations"]).is_empty(), "{data}");
    ensure!(names(&data["box"]) == ["Delta"], "{data}");
    let code = server
        .error_code("{ organizations(order: DISTANCE) { totalCount } }")
        .await?;
    ensure!(code == "BAD_INPUT", "{code}");
    server.stop().await
}

async fn hidden_organizations_are_on_no_path(backend: Backend) -> Outcome {
    let server = Server::with_territory(backend).await?;
    let database = &server.app.database;
    for (number, publication) in (0..).zip([
        Publication::Draft,
        Publication::Submitted,
        Publication::Rejected,
        Publication::Archived,
    ]) {
        let name = format!("Secret {number}");
        let id = fixtures::organization(database, &name, |row| {
            row.publication = Set(publication);
            row.siren = Set(Some(SIREN.to_owned()));
            row.rna = Set(Some("W921000001".to_owned()));
            row.esus_starts_on = Set("2015-01-01".parse().ok());
        })
        .await?;
        let place = fixtures::place("92071", Some((48.778, 2.29)));
        fixtures::site(database, id, place.clone(), |row| {
            row.is_head_office = Set(true);
            row.siret = Set(Some(SIRET.to_owned()));
        })
        .await?;
        let space = format!("Espace {number}");
        fixtures::space(database, &space, place, |row| {
            row.operator_id = Set(Some(id));
            row.owner_id = Set(Some(id));
        })
        .await?;
        let id = global(id);
        let near = "near: {location: {latitude: 48.778, longitude: 2.29}}";
        let data = server
            .data(&format!(
                "{{
                    id: organization(id: \"{id}\") {{ name }}
                    slug: organization(slug: \"secret-{number}\") {{ name }}
                    siret: organization(siret: \"{SIRET}\") {{ name }}
                    siren: organization(siren: \"{SIREN}\") {{ name }}
                    rna: organization(rna: \"W921000001\") {{ name }}
                    node(id: \"{id}\") {{ id }}
                    nodes(ids: [\"{id}\", \"{id}\"]) {{ id }}
                    byName: organizations(order: NAME_ASC) {{
                        totalCount nodes {{ name }} edges {{ cursor }}
                        facets {{ legalForms {{ count }} essFamilies {{ count }} communes {{ count }} }}
                    }}
                    byDistance: organizations(filter: {{{near}}}, order: DISTANCE) {{
                        totalCount nodes {{ name }}
                    }}
                    bySiret: organizations(filter: {{siret: \"{SIRET}\"}}) {{ totalCount nodes {{ name }} }}
                    commune(inseeCode: \"92071\") {{
                        organizations {{ totalCount nodes {{ name }} }}
                    }}
                    coworkingSpace(slug: \"espace-{number}\") {{
                        name operator {{ name }} owner {{ name }}
                    }}
                    operated: coworkingSpaces(filter: {{operator: \"{id}\"}}) {{ totalCount }}
                }}"
            ))
            .await?;
        let nothing = json!({"totalCount": 0, "nodes": []});
        let expected = json!({
            "id": null, "slug": null, "siret": null, "siren": null, "rna": null,
            "node": null, "nodes": [null, null],
            "byName": {
                "totalCount": 0, "nodes": [], "edges": [],
                "facets": {"legalForms": [], "essFamilies": [], "communes": []},
            },
            "byDistance": nothing, "bySiret": nothing,
            "commune": {"organizations": nothing},
            "coworkingSpace": {"name": space, "operator": null, "owner": null},
            "operated": {"totalCount": 0},
        });
        ensure!(data == expected, "{publication:?}: {data}");
    }
    server.stop().await
}

async fn statements_do_not_grow_with_organizations(backend: Backend) -> Outcome {
    let server = Server::with_territory(backend).await?;
    let database = &server.app.database;
    let query = "{ communes(first: 2) { nodes { organizations(first: 20) { totalCount nodes {
        name siret commune { name } location { latitude } headOffice { name }
        sites(first: 3) { totalCount nodes { name } }
        coworkingSpaces(first: 2) { totalCount nodes { name operator { name } } }
    } } } }
    organizations(first: 20, filter: {near: {location: {latitude: 48.75, longitude: 2.3}}}) {
        nodes { distance { metres } }
    } }";
    let mut counts = Vec::new();
    for size in [2, 18] {
        for number in 0..size {
            let name = format!("Organisme {size} {number}");
            let id = fixtures::organization(database, &name, |_| ()).await?;
            for insee_code in ["92002", "92004"] {
                let place = fixtures::place(insee_code, Some((48.75, 2.3)));
                fixtures::site(database, id, place.clone(), |_| ()).await?;
                let space = format!("Espace {size} {number} {insee_code}");
                fixtures::space(database, &space, place, |row| {
                    row.operator_id = Set(Some(id));
                })
                .await?;
            }
        }
        let before = server.statements().await?;
        let data = server.data(query).await?;
        counts.push(server.statements().await? - before);
        let nodes = &data["communes"]["nodes"][0]["organizations"]["nodes"];
        let read = nodes.as_array().context("nodes")?.len();
        ensure!(read == if size == 2 { 2 } else { 20 }, "{read}");
        ensure!(nodes[0]["coworkingSpaces"]["totalCount"] == 2, "{nodes}");
    }
    ensure!(
        counts.first() == counts.last() && counts.first().is_some_and(|count| *count > 3),
        "{counts:?}"
    );
    server.stop().await
}

async fn wrong_numbers_are_refused(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    for query in [
        "{ organization(siret: \"73282932000075\") { id } }",
        "{ organization(siren: \"1\") { id } }",
        "{ organization(rna: \"921000001\") { id } }",
        "{ organization(slug: \"a\", siren: \"732829320\") { id } }",
        "{ organization { id } }",
        "{ organizations(filter: {siret: \"0\"}) { totalCount } }",
    ] {
        let code = server.error_code(query).await?;
        ensure!(code == "BAD_INPUT", "{query}: {code}");
    }
    let data = server
        .data("{ organization(siren: \"732829320\") { id } }")
        .await?;
    ensure!(data["organization"].is_null(), "{data}");
    server.stop().await
}
