//! Spaces as they are written.

use anyhow::ensure;
use entity::values::Role;
use serde_json::{Value, json};
use tests::fixtures::Fixtures;
use tests::{Backend, Outcome, Server, cases};

use super::steps::Kind;

const SPACE: Kind = Kind {
    field: "coworkingSpace",
    inputs: "CoworkingSpace",
    name: "name",
};

cases![
    a_space_from_its_draft_to_the_public,
    what_is_wrong_with_a_space_is_told,
    what_is_absent_stays_and_null_clears,
    lists_show_unpublished_spaces_to_who_asks
];

fn whole() -> Value {
    json!({
        "name": "La Ruche d’essai",
        "kinds": ["COWORKING", "FABLAB", "COWORKING"],
        "amenities": ["WIFI"],
        "surfaceM2": 350.5,
        "desks": 20,
        "ownerKind": "COMMUNE",
        "wheelchairAccess": "YES",
        "openingHours": "Mo-Fr 09:00-18:00",
        "website": "https://example.org/ruche",
        "place": { "commune": "99001" },
        "occupancies": [
            { "kind": "SHORT_TERM_LEASE", "startsOn": "2022-03-01", "endsOn": "2025-02-28" },
        ],
        "tariffs": [{ "audience": "STUDENT", "unit": "DAY", "amount": 0 }],
        "periods": [
            { "status": "OPEN", "startsOn": "2022-03-01", "endsOn": "2024-01-01" },
            { "status": "CLOSED", "startsOn": "2024-01-01", "reason": "Loyer trop élevé" },
        ],
    })
}

async fn a_space_from_its_draft_to_the_public(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    Fixtures::of(&server).await?.territory(&server).await?;
    let author = server.account(Role::ProjectHolder, None).await?;
    let other = server.account(Role::ProjectHolder, None).await?;
    let staff = server.account(Role::Staff, None).await?;
    let people = [&author, &other, &staff].map(|one| one.token.as_str());
    SPACE.whole_life(&server, people, whole()).await?;

    let id = SPACE
        .published(&server, people[0], people[2], whole())
        .await?;
    let shown = SPACE
        .public(
            &server,
            &id,
            "kinds amenities surfaceM2 desks ownerKind wheelchairAccess openingHours website
             commune { inseeCode } occupancies { kind endsOn } tariffs { amount desks }
             periods { status reason } location { precision }",
        )
        .await?;
    ensure!(
        shown
            == json!({
                "kinds": ["COWORKING", "FABLAB"],
                "amenities": ["WIFI"],
                "surfaceM2": 350.5,
                "desks": 20,
                "ownerKind": "COMMUNE",
                "wheelchairAccess": "YES",
                "openingHours": "Mo-Fr 09:00-18:00",
                "website": "https://example.org/ruche",
                "commune": { "inseeCode": "99001" },
                "occupancies": [{ "kind": "SHORT_TERM_LEASE", "endsOn": "2025-02-28" }],
                "tariffs": [{ "amount": 0, "desks": 1 }],
                "periods": [
                    { "status": "OPEN", "reason": null },
                    { "status": "CLOSED", "reason": "Loyer trop élevé" },
                ],
                "location": { "precision": "COMMUNE" },
            }),
        "{shown}"
    );
    server.stop().await
}

async fn what_is_wrong_with_a_space_is_told(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    let author = server.account(Role::ProjectHolder, None).await?;
    let token = &author.token;
    let organization = "organization_01h455vb4pex5vsknk084sn02q";
    let lease = |starts_on, ends_on| json!({ "kind": "SHORT_TERM_LEASE", "startsOn": starts_on, "endsOn": ends_on });
    let wrong: [(Value, &[(&str, &str)]); 10] = [
        (json!({ "name": " " }), &[("REQUIRED", "name")]),
        (json!({ "name": "n".repeat(301) }), &[("TOO_LONG", "name")]),
        (
            json!({ "surfaceM2": 0.0, "desks": -1 }),
            &[("OUT_OF_RANGE", "desks"), ("OUT_OF_RANGE", "surfaceM2")],
        ),
        (
            json!({ "openingHours": "9h-12h30" }),
            &[("INVALID", "openingHours")],
        ),
        (
            json!({ "website": "example.org" }),
            &[("INVALID", "website")],
        ),
        (
            json!({ "occupancies": [lease("2022-01-01", "2021-01-01")] }),
            &[("OUT_OF_RANGE", "occupancies.0.endsOn")],
        ),
        (
            json!({ "occupancies": [
                lease("2024-03-01", "2025-03-01"), lease("2022-03-01", "2024-02-29"),
            ] }),
            &[("OUT_OF_RANGE", "occupancies.0.endsOn")],
        ),
        (
            json!({ "periods": [
                { "status": "CLOSED", "startsOn": "2022-01-01", "endsOn": "2022-01-01" },
            ] }),
            &[
                ("OUT_OF_RANGE", "periods.0.endsOn"),
                ("REQUIRED", "periods.0.reason"),
            ],
        ),
        (
            json!({ "tariffs": [
                { "audience": "EVERYONE", "unit": "DAY", "amount": 1, "desks": 0 },
            ] }),
            &[("OUT_OF_RANGE", "tariffs.0.desks")],
        ),
        (
            json!({ "operator": organization, "place": { "commune": "99999" } }),
            &[("NOT_FOUND", "operator"), ("NOT_FOUND", "place.commune")],
        ),
    ];
    for (change, expected) in wrong {
        let mut input = json!({ "name": "Essai" });
        for (field, value) in change.as_object().into_iter().flatten() {
            input[field] = value.clone();
        }
        SPACE
            .expect_refused(&server, token, "Create", input, expected)
            .await?;
    }
    let mut negative = json!({ "name": "Essai" });
    negative["tariffs"] = json!([{ "audience": "EVERYONE", "unit": "DAY", "amount": -1 }]);
    let answer = SPACE.ask(&server, Some(token), "Create", negative).await?;
    ensure!(
        answer["errors"][0]["extensions"]["code"] == "BAD_INPUT",
        "{answer}"
    );
    server.stop().await
}

async fn what_is_absent_stays_and_null_clears(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    let author = server.account(Role::ProjectHolder, None).await?;
    let token = &author.token;
    let input = json!({ "name": "Essai", "desks": 3, "website": "https://example.org" });
    let id = SPACE.done(&server, token, "Create", input).await?["id"].take();
    let read = || async {
        let query = "query ($id: ID!) { coworkingSpace(id: $id) { desks website } }";
        let mut answer = server.send_as(token, query, json!({ "id": id })).await?;
        anyhow::Ok(answer.body["data"]["coworkingSpace"].take())
    };
    // A variable without a value inside an input that is written out.
    let update = "mutation ($id: ID!, $revision: Int!, $desks: Int, $website: String) {
        coworkingSpaceUpdate(input: {
            id: $id, expectedRevision: $revision, desks: $desks, website: $website
        }) { errors { code } } }";
    let variables = json!({ "id": id, "revision": 1, "desks": null });
    let answer = server.send_as(token, update, variables).await?;
    ensure!(
        answer.body["data"]["coworkingSpaceUpdate"]["errors"] == json!([]),
        "{answer:?}"
    );
    let seen = read().await?;
    ensure!(
        seen == json!({ "desks": null, "website": "https://example.org" }),
        "{seen}"
    );
    // The same by one variable that holds the whole input.
    let whole = json!({ "id": id, "expectedRevision": 2, "website": null, "name": "Autre" });
    SPACE.done(&server, token, "Update", whole).await?;
    let seen = read().await?;
    ensure!(seen == json!({ "desks": null, "website": null }), "{seen}");
    server.stop().await
}

async fn lists_show_unpublished_spaces_to_who_asks(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    let author = server.account(Role::ProjectHolder, None).await?;
    let other = server.account(Role::ProjectHolder, None).await?;
    let staff = server.account(Role::Staff, None).await?;
    let input = json!({ "name": "Essai", "kinds": ["FABLAB"] });
    SPACE
        .done(&server, &author.token, "Create", input.clone())
        .await?;
    SPACE
        .published(&server, &author.token, &staff.token, input)
        .await?;
    for (token, filter, count) in [
        (&author.token, json!({}), 1),
        (&author.token, json!({ "own": true }), 2),
        (
            &author.token,
            json!({ "publication": { "eq": "DRAFT" } }),
            1,
        ),
        (&other.token, json!({ "own": true }), 0),
        (&other.token, json!({ "publication": { "eq": "DRAFT" } }), 0),
        (
            &staff.token,
            json!({ "publication": { "in": ["DRAFT", "PUBLISHED"] } }),
            2,
        ),
    ] {
        let query = "query ($filter: CoworkingSpaceFilter) { coworkingSpaces(filter: $filter) {
            totalCount nodes { id } facets { kinds { count } } } }";
        let variables = json!({ "filter": filter });
        let answer = server.send_as(token, query, variables).await?.body;
        let list = &answer["data"]["coworkingSpaces"];
        let facet = if count == 0 {
            json!([])
        } else {
            json!([{ "count": count }])
        };
        ensure!(list["totalCount"] == count, "{filter}: {answer}");
        ensure!(
            list["nodes"].as_array().map(Vec::len) == Some(count),
            "{filter}: {answer}"
        );
        ensure!(list["facets"]["kinds"] == facet, "{filter}: {answer}");
    }
    server.stop().await
}
