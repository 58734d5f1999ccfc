//! Organizations as they are written.

use anyhow::ensure;
use entity::values::Role;
use futures::future::join_all;
use serde_json::{Value, json};
use tests::fixtures::Fixtures;
use tests::{Backend, Outcome, Server, cases};

use super::steps::Kind;

const ORGANIZATION: Kind = Kind {
    field: "organization",
    inputs: "Organization",
    name: "name",
};

/// Numbers of one legal unit's establishments.
const SIRETS: [&str; 3] = ["73282932000017", "73282932000025", "73282932000033"];

cases![
    an_organization_from_its_draft_to_the_public,
    what_is_wrong_with_an_organization_is_told,
    numbers_of_others_are_taken,
    of_two_that_become_public_at_once_one_has_the_number,
    sites_keep_their_identifiers,
    members_keep_what_has_a_site_in_their_commune
];

fn whole() -> Value {
    json!({
        "name": "Les Essais solidaires",
        "acronym": "LES",
        "legalForm": "ASSOCIATION",
        "siaeKind": "ACI",
        "esusStartsOn": "2020-01-01",
        "siren": "732 829 320",
        "rna": "w921000001",
        "foundedOn": "2010-05-01",
        "sites": [
            { "siret": "732 829 320 00074", "isHeadOffice": true, "place": { "commune": "99001" } },
            { "name": "Atelier" },
        ],
    })
}

async fn an_organization_from_its_draft_to_the_public(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    Fixtures::of(&server).await?.territory(&server).await?;
    let author = server.account(Role::ProjectHolder, None).await?;
    let other = server.account(Role::ProjectHolder, None).await?;
    let staff = server.account(Role::Staff, None).await?;
    let people = [&author, &other, &staff].map(|one| one.token.as_str());
    let numberless = json!({ "name": "Essai", "legalForm": "COMPANY" });
    ORGANIZATION.whole_life(&server, people, numberless).await?;

    let id = ORGANIZATION
        .published(&server, people[0], people[2], whole())
        .await?;
    let shown = ORGANIZATION
        .public(
            &server,
            &id,
            "acronym legalForm siaeKind siren rna foundedOn commune { inseeCode }
             sites { nodes { name siret isHeadOffice } }",
        )
        .await?;
    ensure!(
        shown
            == json!({
                "acronym": "LES",
                "legalForm": "ASSOCIATION",
                "siaeKind": "ACI",
                "siren": "732829320",
                "rna": "W921000001",
                "foundedOn": "2010-05-01",
                "commune": { "inseeCode": "99001" },
                "sites": { "nodes": [
                    { "name": null, "siret": "73282932000074", "isHeadOffice": true },
                    { "name": "Atelier", "siret": null, "isHeadOffice": false },
                ] },
            }),
        "{shown}"
    );
    server.stop().await
}

async fn what_is_wrong_with_an_organization_is_told(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    let author = server.account(Role::ProjectHolder, None).await?;
    let wrong: [(Value, &[(&str, &str)]); 7] = [
        (json!({ "name": "" }), &[("REQUIRED", "name")]),
        (
            json!({ "siren": "732829321", "rna": "921" }),
            &[("INVALID", "rna"), ("INVALID", "siren")],
        ),
        (
            json!({ "sites": [{ "siret": "73282932000075" }] }),
            &[("INVALID", "sites.0.siret")],
        ),
        (
            json!({ "esusStartsOn": "2020-01-02", "esusEndsOn": "2020-01-01" }),
            &[("OUT_OF_RANGE", "esusEndsOn")],
        ),
        (
            json!({ "esusEndsOn": "2020-01-01" }),
            &[("REQUIRED", "esusStartsOn")],
        ),
        (
            json!({ "sites": [{ "isHeadOffice": true }, { "isHeadOffice": true }] }),
            &[("INVALID", "sites.1.isHeadOffice")],
        ),
        (
            json!({ "sites": [{ "id": "site_01h455vb4pex5vsknk084sn02q" }] }),
            &[("NOT_FOUND", "sites.0.id")],
        ),
    ];
    for (change, expected) in wrong {
        let mut input = json!({ "name": "Essai", "legalForm": "COMPANY" });
        for (field, value) in change.as_object().into_iter().flatten() {
            input[field] = value.clone();
        }
        ORGANIZATION
            .expect_refused(&server, &author.token, "Create", input, expected)
            .await?;
    }
    server.stop().await
}

async fn numbers_of_others_are_taken(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    Fixtures::of(&server).await?.territory(&server).await?;
    let author = server.account(Role::ProjectHolder, None).await?;
    let staff = server.account(Role::Staff, None).await?;
    let twin = ORGANIZATION
        .done(&server, &author.token, "Create", whole())
        .await?;
    let read = json!({ "id": twin["id"], "expectedRevision": 1 });
    ORGANIZATION
        .done(&server, &author.token, "Submit", read.clone())
        .await?;
    let id = ORGANIZATION
        .published(&server, &author.token, &staff.token, whole())
        .await?;
    let taken = [
        ("TAKEN", "rna"),
        ("TAKEN", "siren"),
        ("TAKEN", "sites.0.siret"),
    ];
    ORGANIZATION
        .expect_refused(&server, &author.token, "Create", whole(), &taken)
        .await?;
    ORGANIZATION
        .expect_refused(&server, &staff.token, "Approve", read, &taken)
        .await?;
    let own = json!({ "id": id, "expectedRevision": 1, "siren": "732829320" });
    ORGANIZATION
        .done(&server, &author.token, "Update", own)
        .await?;
    server.stop().await
}

async fn of_two_that_become_public_at_once_one_has_the_number(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    Fixtures::of(&server).await?.territory(&server).await?;
    let author = server.account(Role::ProjectHolder, None).await?;
    let staff = server.account(Role::Staff, None).await?;
    // Of three legal units: two organizations of one would not both become public.
    for siret in [SIRETS[0], "90909100100018", "90909200900010"] {
        let mut drafts = Vec::new();
        for twin in 0..4 {
            let input = json!({
                "name": format!("Essai {twin}"), "legalForm": "COMPANY",
                "sites": [{ "siret": siret }],
            });
            let draft = ORGANIZATION.done(&server, &author.token, "Create", input);
            let read = json!({ "id": draft.await?["id"], "expectedRevision": 1 });
            ORGANIZATION
                .done(&server, &author.token, "Submit", read.clone())
                .await?;
            drafts.push(read);
        }
        let all = drafts
            .iter()
            .map(|read| ORGANIZATION.ask(&server, Some(&staff.token), "Approve", read.clone()));
        let mut public = Vec::new();
        for (answer, read) in join_all(all).await.into_iter().zip(&drafts) {
            let answer = answer?;
            let done = &answer["data"]["done"];
            if done["content"].is_null() {
                let taken = json!([
                    { "code": "TAKEN", "field": ["siren"] },
                    { "code": "TAKEN", "field": ["sites", "0", "siret"] },
                ]);
                let errors = done["errors"].as_array().into_iter().flatten();
                let told: Vec<Value> = errors
                    .map(|error| json!({ "code": error["code"], "field": error["field"] }))
                    .collect();
                ensure!(json!(told) == taken, "{answer}");
            } else {
                public.push(read.clone());
            }
        }
        ensure!(public.len() == 1, "{public:?}");
        // Nor does one that comes back to the public.
        let first = public.remove(0);
        ORGANIZATION
            .done(&server, &staff.token, "Archive", first.clone())
            .await?;
        let twin = drafts.iter().find(|read| **read != first);
        let twin = twin.cloned().unwrap_or_default();
        ORGANIZATION
            .done(&server, &staff.token, "Approve", twin)
            .await?;
        let taken = [("TAKEN", "siren"), ("TAKEN", "sites.0.siret")];
        ORGANIZATION
            .expect_refused(&server, &staff.token, "Restore", first, &taken)
            .await?;
    }
    server.stop().await
}

async fn sites_keep_their_identifiers(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    Fixtures::of(&server).await?.territory(&server).await?;
    let author = server.account(Role::ProjectHolder, None).await?;
    let staff = server.account(Role::Staff, None).await?;
    let id = ORGANIZATION
        .published(&server, &author.token, &staff.token, whole())
        .await?;
    let sites = || async {
        let selection = "sites { nodes { id name } }";
        let mut found = ORGANIZATION.public(&server, &id, selection).await?;
        anyhow::Ok(found["sites"]["nodes"].take())
    };
    let before = sites().await?;
    let change = json!({
        "id": id,
        "expectedRevision": 1,
        "sites": [{ "id": before[1]["id"], "name": "Grand atelier" }, { "name": "Boutique" }],
    });
    ORGANIZATION
        .done(&server, &author.token, "Update", change)
        .await?;
    ensure!(sites().await? == before, "pending and public");
    let rename = json!({ "id": id, "expectedRevision": 2, "name": "Autre nom" });
    ORGANIZATION
        .done(&server, &author.token, "Update", rename)
        .await?;
    let read = json!({ "id": id, "expectedRevision": 3 });
    ORGANIZATION
        .done(&server, &staff.token, "Approve", read)
        .await?;
    let after = sites().await?;
    let named = |name: &str| {
        let nodes = after.as_array().into_iter().flatten();
        nodes.into_iter().find(|site| site["name"] == name).cloned()
    };
    ensure!(after.as_array().map(Vec::len) == Some(2), "{after}");
    let kept = named("Grand atelier").unwrap_or_default();
    ensure!(kept["id"] == before[1]["id"], "{before} became {after}");
    let new = named("Boutique").unwrap_or_default();
    ensure!(new["id"] != before[0]["id"], "{before} became {after}");
    server.stop().await
}

async fn members_keep_what_has_a_site_in_their_commune(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    Fixtures::of(&server).await?.territory(&server).await?;
    let author = server.account(Role::ProjectHolder, None).await?;
    let near = server.account(Role::Member, Some("99001")).await?;
    let far = server.account(Role::Member, Some("99002")).await?;
    let id = ORGANIZATION
        .done(&server, &author.token, "Create", whole())
        .await?["id"]
        .take();
    let change = json!({ "id": id, "expectedRevision": 1, "acronym": "ESS" });
    let unknown = [("NOT_FOUND", "id")];
    ORGANIZATION
        .expect_refused(&server, &far.token, "Update", change.clone(), &unknown)
        .await?;
    ORGANIZATION
        .done(&server, &near.token, "Update", change)
        .await?;
    server.stop().await
}
