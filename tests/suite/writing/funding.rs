//! Funding sources as they are written.

use anyhow::ensure;
use entity::values::Role;
use serde_json::{Value, json};
use tests::fixtures::Fixtures;
use tests::{Backend, Outcome, Server, cases};

use super::steps::Kind;

const FUNDING_SOURCE: Kind = Kind {
    field: "fundingSource",
    inputs: "FundingSource",
    name: "name",
};

cases![
    a_source_from_its_draft_to_the_public,
    what_is_wrong_with_a_source_is_told,
    what_was_imported_is_edited_whole,
    rules_of_others_keep_their_codes,
    only_staff_write_sources_and_list_those_that_are_not_public
];

fn least() -> Value {
    json!({
        "name": "Coup de pouce",
        "funderKind": "COMMUNE",
        "stateAidRegime": "NONE",
        "territory": { "kind": "UNSPECIFIED" },
    })
}

fn whole() -> Value {
    json!({
        "name": "Fonds d’essai",
        "description": "Pour **essayer**.",
        "funderName": "Ville d’essai",
        "funderKind": "COMMUNE",
        "forms": ["LOAN", "GRANT", "LOAN"],
        "audiences": ["ASSOCIATION"],
        "legalBasis": "Délibération d’essai",
        "minAmount": 100_000,
        "maxAmount": 1_500_000,
        "maxSharePercent": 70.5,
        "recurrence": "RECURRING",
        "callForProjects": true,
        "opensOn": "2026-01-05",
        "closesOn": "2026-03-31",
        "stateAidRegime": "DE_MINIMIS",
        "url": "https://example.org/fonds",
        "verifiedOn": "2025-11-01",
        "territory": { "kind": "COMMUNE", "code": "99001" },
        "rules": [
            {
                "code": "essai-marche",
                "outcome": "INELIGIBLE",
                "message": "Pas sur un marché.",
                "citation": "Règlement d’essai, art. 2",
                "conditions": {
                    "applicants": [{ "legalForms": ["ASSOCIATION"], "competesOnMarket": true }],
                    "ceiling": { "amount": 30_000_000, "years": 3 },
                },
                "startsOn": "2026-01-01",
            },
            {
                "code": "essai-general",
                "outcome": "ELIGIBLE",
                "message": "Ouvert à tous.",
                "citation": "Règlement d’essai, art. 1",
            },
        ],
    })
}

async fn a_source_from_its_draft_to_the_public(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    Fixtures::of(&server).await?.territory(&server).await?;
    let author = server.account(Role::Staff, None).await?;
    let other = server.account(Role::ProjectHolder, None).await?;
    let reviewer = server.account(Role::Admin, None).await?;
    let people = [&author, &other, &reviewer].map(|one| one.token.as_str());
    FUNDING_SOURCE.whole_life(&server, people, least()).await?;

    let id = FUNDING_SOURCE
        .published(&server, people[0], people[2], whole())
        .await?;
    let shown = FUNDING_SOURCE
        .public(
            &server,
            &id,
            "description funderName funderKind forms audiences legalBasis minAmount maxAmount
             maxSharePercent recurrence callForProjects opensOn closesOn stateAidRegime url
             verifiedOn territory { kind code } rules { code outcome citation startsOn endsOn }",
        )
        .await?;
    ensure!(
        shown
            == json!({
                "description": "Pour **essayer**.",
                "funderName": "Ville d’essai",
                "funderKind": "COMMUNE",
                "forms": ["GRANT", "LOAN"],
                "audiences": ["ASSOCIATION"],
                "legalBasis": "Délibération d’essai",
                "minAmount": 100_000,
                "maxAmount": 1_500_000,
                "maxSharePercent": 70.5,
                "recurrence": "RECURRING",
                "callForProjects": true,
                "opensOn": "2026-01-05",
                "closesOn": "2026-03-31",
                "stateAidRegime": "DE_MINIMIS",
                "url": "https://example.org/fonds",
                "verifiedOn": "2025-11-01",
                "territory": { "kind": "COMMUNE", "code": "99001" },
                "rules": [
                    {
                        "code": "essai-general",
                        "outcome": "ELIGIBLE",
                        "citation": "Règlement d’essai, art. 1",
                        "startsOn": null,
                        "endsOn": null,
                    },
                    {
                        "code": "essai-marche",
                        "outcome": "INELIGIBLE",
                        "citation": "Règlement d’essai, art. 2",
                        "startsOn": "2026-01-01",
                        "endsOn": null,
                    },
                ],
            }),
        "{shown}"
    );
    server.stop().await
}

async fn what_is_wrong_with_a_source_is_told(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    let staff = server.account(Role::Staff, None).await?;
    let rule = |change: Value| {
        let mut rule = json!({
            "code": "essai", "outcome": "ELIGIBLE", "message": "Oui.", "citation": "Art. 1",
        });
        for (field, value) in change.as_object().into_iter().flatten() {
            rule[field] = value.clone();
        }
        rule
    };
    let wrong: [(Value, &[(&str, &str)]); 10] = [
        (json!({ "name": " " }), &[("REQUIRED", "name")]),
        (
            json!({ "funderName": "n".repeat(501), "legalBasis": "n".repeat(1001) }),
            &[("TOO_LONG", "funderName"), ("TOO_LONG", "legalBasis")],
        ),
        (
            json!({ "minAmount": 2, "maxAmount": 1, "maxSharePercent": 100.5 }),
            &[
                ("OUT_OF_RANGE", "maxAmount"),
                ("OUT_OF_RANGE", "maxSharePercent"),
            ],
        ),
        (
            json!({ "opensOn": "2026-02-01", "closesOn": "2026-01-31" }),
            &[("OUT_OF_RANGE", "closesOn")],
        ),
        (json!({ "url": "example.org" }), &[("INVALID", "url")]),
        (
            json!({ "territory": { "kind": "COMMUNE" } }),
            &[("REQUIRED", "territory.code")],
        ),
        (
            json!({ "territory": { "kind": "FRANCE", "code": "92" } }),
            &[("INVALID", "territory.code")],
        ),
        (
            json!({ "funder": "organization_01h455vb4pex5vsknk084sn02q" }),
            &[("NOT_FOUND", "funder")],
        ),
        (
            json!({ "rules": [
                rule(json!({})),
                rule(json!({ "message": "", "startsOn": "2026-01-01", "endsOn": "2026-01-01" })),
            ] }),
            &[
                ("OUT_OF_RANGE", "rules.1.endsOn"),
                ("REQUIRED", "rules.1.message"),
                ("TAKEN", "rules.1.code"),
            ],
        ),
        (
            json!({ "rules": [rule(json!({ "conditions": { "themes": ["inconnu"] } }))] }),
            &[("NOT_FOUND", "rules.0.conditions.themes")],
        ),
    ];
    for (change, expected) in wrong {
        let mut input = least();
        for (field, value) in change.as_object().into_iter().flatten() {
            input[field] = value.clone();
        }
        FUNDING_SOURCE
            .expect_refused(&server, &staff.token, "Create", input, expected)
            .await?;
    }
    server.stop().await
}

/// What came into the registry otherwise than by its mutations has no revision: the first
/// edit keeps one of it, and loses nothing.
async fn what_was_imported_is_edited_whole(backend: Backend) -> Outcome {
    let server = Server::seeded(backend).await?;
    let staff = server.account(Role::Staff, None).await?;
    let selection = "id name funderName funderKind forms audiences recurrence callForProjects
        closesOn stateAidRegime verifiedOn territory { kind code } funder { id }
        rules { code }";
    let sources = format!("{{ fundingSources(first: 100) {{ nodes {{ {selection} }} }} }}");
    let before = server.data(&sources).await?;
    let before = before["fundingSources"]["nodes"].as_array().cloned();
    let before = before.unwrap_or_default();
    ensure!(before.len() > 1, "{before:?}");
    for source in &before {
        let change = json!({
            "id": source["id"], "expectedRevision": 1, "url": "https://example.org/nouveau",
        });
        FUNDING_SOURCE
            .done(&server, &staff.token, "Update", change)
            .await?;
        let read = json!({ "id": source["id"], "expectedRevision": 2 });
        FUNDING_SOURCE
            .done(&server, &staff.token, "Approve", read)
            .await?;
    }
    let after = server.data(&sources).await?;
    ensure!(
        after["fundingSources"]["nodes"].as_array() == Some(&before),
        "{before:?} became {after}"
    );
    server.stop().await
}

async fn rules_of_others_keep_their_codes(backend: Backend) -> Outcome {
    let server = Server::seeded(backend).await?;
    let staff = server.account(Role::Staff, None).await?;
    let rule = |code: &str| {
        json!({
            "code": code, "outcome": "ELIGIBLE", "message": "Oui.", "citation": "Art. 1",
        })
    };
    let mut input = least();
    input["rules"] = json!([rule("de-minimis")]);
    let taken = [("TAKEN", "rules.0.code")];
    FUNDING_SOURCE
        .expect_refused(&server, &staff.token, "Create", input.clone(), &taken)
        .await?;
    input["rules"] = json!([rule("essai")]);
    let first = FUNDING_SOURCE
        .done(&server, &staff.token, "Create", input.clone())
        .await?;
    FUNDING_SOURCE
        .expect_refused(&server, &staff.token, "Create", input, &taken)
        .await?;
    // Its own code stays its own, and is free once it leaves it.
    let own = json!({
        "id": first["id"], "expectedRevision": 1,
        "rules": [rule("essai"), rule("essai-2")],
    });
    FUNDING_SOURCE
        .done(&server, &staff.token, "Update", own)
        .await?;
    let without = json!({ "id": first["id"], "expectedRevision": 2, "rules": [] });
    FUNDING_SOURCE
        .done(&server, &staff.token, "Update", without)
        .await?;
    let mut again = least();
    again["rules"] = json!([rule("essai")]);
    FUNDING_SOURCE
        .done(&server, &staff.token, "Create", again)
        .await?;
    server.stop().await
}

async fn only_staff_write_sources_and_list_those_that_are_not_public(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    let staff = server.account(Role::Staff, None).await?;
    let other = server.account(Role::Admin, None).await?;
    let member = server.account(Role::Member, None).await?;
    FUNDING_SOURCE
        .done(&server, &staff.token, "Create", least())
        .await?;
    FUNDING_SOURCE
        .published(&server, &staff.token, &other.token, least())
        .await?;
    for (token, filter, count) in [
        (&staff.token, json!({}), 1),
        (&staff.token, json!({ "own": true }), 2),
        (&other.token, json!({ "own": true }), 0),
        (&other.token, json!({ "publication": { "eq": "DRAFT" } }), 1),
        (
            &member.token,
            json!({ "publication": { "eq": "DRAFT" } }),
            0,
        ),
    ] {
        let query = "query ($filter: FundingSourceFilter) { fundingSources(filter: $filter) {
            totalCount nodes { id } facets { funderKinds { count } } } }";
        let variables = json!({ "filter": filter });
        let answer = server.send_as(token, query, variables).await?.body;
        let list = &answer["data"]["fundingSources"];
        ensure!(list["totalCount"] == count, "{filter}: {answer}");
        let nodes = list["nodes"].as_array().map(Vec::len);
        ensure!(nodes == Some(count), "{filter}: {answer}");
        let facets = list["facets"]["funderKinds"].as_array();
        let counted = facets.and_then(|all| all.first()?["count"].as_u64());
        ensure!(counted.unwrap_or_default() == count as u64, "{answer}");
    }
    let answer = FUNDING_SOURCE
        .ask(&server, Some(&member.token), "Create", least())
        .await?;
    ensure!(
        answer["errors"][0]["extensions"]["code"] == "FORBIDDEN",
        "{answer}"
    );
    server.stop().await
}
