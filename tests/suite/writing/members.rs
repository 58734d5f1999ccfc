//! Entries of the directory as they are written.

use anyhow::{Context as _, ensure};
use entity::account;
use entity::values::{LawfulBasis, Role};
use futures::future::join_all;
use maillage::id::GlobalId;
use sea_orm::{EntityTrait as _, Set};
use serde_json::{Value, json};
use tests::fixtures::{Fixtures, contact};
use tests::{Backend, Outcome, Server, Signed, cases};

use super::steps::Kind;

const MEMBER: Kind = Kind {
    field: "member",
    inputs: "Member",
    name: "displayName",
};

cases![
    an_entry_from_its_draft_to_the_public,
    what_is_wrong_with_an_entry_is_told,
    a_member_has_one_entry_and_it_is_theirs,
    what_staff_write_of_others_is_not_theirs,
    mandates_keep_their_identifiers_and_what_hangs_on_them,
    what_was_seeded_is_edited_whole
];

fn whole() -> Value {
    json!({
        "kind": "ELECTED",
        "displayName": "Camille Exemple",
        "commune": "99001",
        "mandates": [
            {
                "body": { "kind": "COMMUNE", "code": "99001" },
                "office": "Adjointe au maire",
                "delegations": [
                    { "label": "Vie associative" },
                    { "label": "Mobilités", "theme": "mobilite" },
                ],
                "startsOn": "2020-05-28",
            },
            { "body": { "kind": "NETWORK" }, "office": "Présidente", "endsOn": "2020-01-01" },
        ],
    })
}

/// A server with a territory and a theme.
async fn server(backend: Backend) -> anyhow::Result<Server> {
    let server = Server::empty(backend).await?;
    let fixtures = Fixtures::of(&server).await?;
    fixtures.territory(&server).await?;
    fixtures.theme("mobilite", None).await?;
    server.read_reference_again().await?;
    Ok(server)
}

async fn an_entry_from_its_draft_to_the_public(backend: Backend) -> Outcome {
    let server = server(backend).await?;
    let author = server.account(Role::Member, Some("99001")).await?;
    let other = server.account(Role::Member, Some("99002")).await?;
    let staff = server.account(Role::Staff, None).await?;
    let people = [&author, &other, &staff].map(|one| one.token.as_str());
    let least = json!({ "kind": "STAFF", "displayName": "Dominique Exemple" });
    MEMBER.whole_life(&server, people, least).await?;

    let id = MEMBER
        .published(&server, people[2], people[2], whole())
        .await?;
    let shown = MEMBER
        .public(
            &server,
            &id,
            r#"slug kind displayName office commune { inseeCode }
               mandates { body { kind commune { inseeCode } } office startsOn endsOn
                   delegations { label theme { slug } } }"#,
        )
        .await?;
    ensure!(
        shown
            == json!({
                "slug": "camille-exemple",
                "kind": "ELECTED",
                "displayName": "Camille Exemple",
                "office": "Adjointe au maire",
                "commune": { "inseeCode": "99001" },
                "mandates": [
                    {
                        "body": { "kind": "NETWORK", "commune": null },
                        "office": "Présidente",
                        "startsOn": null,
                        "endsOn": "2020-01-01",
                        "delegations": [],
                    },
                    {
                        "body": { "kind": "COMMUNE", "commune": { "inseeCode": "99001" } },
                        "office": "Adjointe au maire",
                        "startsOn": "2020-05-28",
                        "endsOn": null,
                        "delegations": [
                            { "label": "Vie associative", "theme": null },
                            { "label": "Mobilités", "theme": { "slug": "mobilite" } },
                        ],
                    },
                ],
            }),
        "{shown}"
    );
    server.stop().await
}

async fn what_is_wrong_with_an_entry_is_told(backend: Backend) -> Outcome {
    let server = server(backend).await?;
    let staff = server.account(Role::Staff, None).await?;
    let mandate = |change: Value| {
        let mut mandate = json!({ "body": { "kind": "NETWORK" }, "office": "Présidente" });
        for (field, value) in change.as_object().into_iter().flatten() {
            mandate[field] = value.clone();
        }
        json!({ "mandates": [mandate] })
    };
    let wrong: [(Value, &[(&str, &str)]); 9] = [
        (
            json!({ "displayName": " " }),
            &[("REQUIRED", "displayName")],
        ),
        (
            json!({ "displayName": "n".repeat(201) }),
            &[("TOO_LONG", "displayName")],
        ),
        (
            mandate(json!({ "office": "", "startsOn": "2020-01-01", "endsOn": "2020-01-01" })),
            &[
                ("OUT_OF_RANGE", "mandates.0.endsOn"),
                ("REQUIRED", "mandates.0.office"),
            ],
        ),
        (
            mandate(json!({ "body": { "kind": "COMMUNE" } })),
            &[("REQUIRED", "mandates.0.body.code")],
        ),
        (
            mandate(json!({ "body": { "kind": "STATE", "code": "92" } })),
            &[("INVALID", "mandates.0.body.code")],
        ),
        (
            mandate(json!({ "body": { "kind": "DEPARTEMENT", "code": "00" } })),
            &[("NOT_FOUND", "mandates.0.body.code")],
        ),
        (
            mandate(json!({ "delegations": [{ "label": " ", "theme": "inconnu" }] })),
            &[("REQUIRED", "mandates.0.delegations.0.label")],
        ),
        (
            mandate(json!({ "delegations": [{ "label": "Essai", "theme": "inconnu" }] })),
            &[("NOT_FOUND", "mandates.0.delegations.0.theme")],
        ),
        (
            mandate(json!({ "id": "mandate_01h455vb4pex5vsknk084sn02q" })),
            &[("NOT_FOUND", "mandates.0.id")],
        ),
    ];
    for (change, expected) in wrong {
        let mut input = json!({ "kind": "ELECTED", "displayName": "Camille Exemple" });
        for (field, value) in change.as_object().into_iter().flatten() {
            input[field] = value.clone();
        }
        MEMBER
            .expect_refused(&server, &staff.token, "Create", input, expected)
            .await?;
    }
    let nowhere = json!({
        "kind": "ELECTED", "displayName": "Camille Exemple", "commune": "99999",
        "organization": "organization_01h455vb4pex5vsknk084sn02q",
    });
    let unknown = [("NOT_FOUND", "commune"), ("NOT_FOUND", "organization")];
    MEMBER
        .expect_refused(&server, &staff.token, "Create", nowhere, &unknown)
        .await?;
    server.stop().await
}

/// The identifier of the entry that is about the person of an account.
async fn entry(server: &Server, who: &Signed) -> anyhow::Result<Option<String>> {
    let row = account::Entity::find_by_id(who.account)
        .one(&server.app.database)
        .await?
        .context("an account")?;
    let kind = maillage::id::Kind::Member;
    Ok(row
        .member_id
        .map(|uuid| GlobalId { kind, uuid }.to_string()))
}

async fn a_member_has_one_entry_and_it_is_theirs(backend: Backend) -> Outcome {
    let server = server(backend).await?;
    let member = server.account(Role::Member, Some("99001")).await?;
    // Who asks several times at once, without a key, still has one.
    let variables = json!({ "input": whole() });
    let create = "mutation ($input: MemberCreateInput!) { memberCreate(input: $input) {
        member { id } errors { code field } } }";
    let asked = (0..4).map(|_| server.send_as(&member.token, create, variables.clone()));
    let mut created = Vec::new();
    for answer in join_all(asked).await {
        let body = answer?.body;
        let payload = &body["data"]["memberCreate"];
        if let Some(id) = payload["member"]["id"].as_str() {
            created.push(id.to_owned());
        } else {
            ensure!(payload["errors"][0]["code"] == "TAKEN", "{body}");
        }
    }
    ensure!(created.len() == 1, "{created:?}");
    ensure!(entry(&server, &member).await?.as_ref() == created.first());
    let taken = [("TAKEN", "")];
    MEMBER
        .expect_refused(&server, &member.token, "Create", whole(), &taken)
        .await?;

    let change = json!({
        "id": created.first(), "expectedRevision": 1, "displayName": "Camille E.",
    });
    let neighbour = server.account(Role::Member, Some("99001")).await?;
    let refused = MEMBER
        .ask(&server, Some(&neighbour.token), "Update", change.clone())
        .await?;
    let code = &refused["errors"][0]["extensions"]["code"];
    ensure!(code == "FORBIDDEN", "{refused}");
    MEMBER
        .done(&server, &member.token, "Update", change)
        .await?;
    server.stop().await
}

/// Who wrote an entry about somebody else as staff does not keep it once they are staff no
/// more.
async fn what_staff_write_of_others_is_not_theirs(backend: Backend) -> Outcome {
    let server = server(backend).await?;
    let staff = server.account(Role::Staff, None).await?;
    let id = MEMBER
        .published(&server, &staff.token, &staff.token, whole())
        .await?;
    ensure!(entry(&server, &staff).await?.is_none());
    account::Entity::update_many()
        .set(account::ActiveModel {
            role: Set(Role::Member),
            ..Default::default()
        })
        .exec(&server.app.database)
        .await?;
    let change = json!({ "id": id, "expectedRevision": 1, "displayName": "Autre" });
    let refused = MEMBER
        .ask(&server, Some(&staff.token), "Update", change)
        .await?;
    let code = &refused["errors"][0]["extensions"]["code"];
    ensure!(code == "FORBIDDEN", "{refused}");
    server.stop().await
}

async fn mandates_keep_their_identifiers_and_what_hangs_on_them(backend: Backend) -> Outcome {
    let server = server(backend).await?;
    let staff = server.account(Role::Staff, None).await?;
    let id = MEMBER
        .published(&server, &staff.token, &staff.token, whole())
        .await?;
    let mandates = || async {
        let selection = "mandates { id office delegations { label } }
            contactPoints { value }";
        MEMBER.public(&server, &id, selection).await
    };
    let before = mandates().await?;
    let office = |of: &Value, name: &str| {
        let all = of["mandates"].as_array().into_iter().flatten();
        let found = all.into_iter().find(|one| one["office"] == name);
        found.cloned().unwrap_or_default()
    };
    let deputy = office(&before, "Adjointe au maire");
    let uuid = |id: &Value| -> anyhow::Result<uuid::Uuid> {
        let id: GlobalId = id.as_str().context("an identifier")?.parse()?;
        Ok(id.uuid)
    };
    let (member, mandate) = (uuid(&id)?, uuid(&deputy["id"])?);
    contact(&server.app.database, "mairie@example.org", |row| {
        row.member_id = Set(Some(member));
        row.mandate_id = Set(Some(mandate));
        row.basis = Set(Some(LawfulBasis::PublicSource));
        row.source_url = Set(Some("https://example.org/elus".to_owned()));
        row.source_seen_on = Set(Some(server.app.clock.today()));
    })
    .await?;

    // The deputy becomes mayor by the same mandate; another one is dropped, and one is new.
    let change = json!({
        "id": id,
        "expectedRevision": 1,
        "mandates": [
            {
                "id": deputy["id"],
                "body": { "kind": "COMMUNE", "code": "99001" },
                "office": "Maire",
                "delegations": [{ "label": "Finances" }],
                "startsOn": "2020-05-28",
            },
            { "body": { "kind": "STATE" }, "office": "Sénatrice" },
        ],
    });
    MEMBER.done(&server, &staff.token, "Update", change).await?;
    ensure!(
        office(&mandates().await?, "Maire").is_null(),
        "pending and public"
    );
    let read = json!({ "id": id, "expectedRevision": 2 });
    MEMBER.done(&server, &staff.token, "Approve", read).await?;
    let after = mandates().await?;
    let mayor = office(&after, "Maire");
    ensure!(mayor["id"] == deputy["id"], "{before} became {after}");
    ensure!(mayor["delegations"] == json!([{ "label": "Finances" }]));
    ensure!(
        after["contactPoints"] == json!([{ "value": "mairie@example.org" }]),
        "{after}"
    );
    ensure!(office(&after, "Présidente").is_null(), "{after}");
    let senator = office(&after, "Sénatrice");
    let old = office(&before, "Présidente");
    ensure!(
        senator["id"].is_string() && senator["id"] != old["id"],
        "{before} became {after}"
    );
    // A mandate of somebody else cannot be taken.
    let theirs = json!({
        "kind": "ELECTED",
        "mandates": [{
            "id": mayor["id"], "body": { "kind": "STATE" }, "office": "Préfète",
        }],
    });
    let unknown = [("NOT_FOUND", "mandates.0.id")];
    MEMBER
        .expect_refused(&server, &staff.token, "Create", theirs, &unknown)
        .await?;
    server.stop().await
}

/// What came into the registry otherwise than by its mutations has no revision: the first
/// edit keeps one of it, and loses nothing.
async fn what_was_seeded_is_edited_whole(backend: Backend) -> Outcome {
    let server = Server::seeded(backend).await?;
    let staff = server.account(Role::Staff, None).await?;
    let members = "{ members(first: 100) { nodes { id slug kind displayName office
        commune { inseeCode } organization { id }
        mandates { id body { kind commune { inseeCode } departement { code }
            intercommunality { siren } } office startsOn endsOn
            delegations { label theme { slug } } } } } }";
    let before = server.data(members).await?;
    let before = before["members"]["nodes"].as_array().cloned();
    let before = before.unwrap_or_default();
    ensure!(before.len() > 1, "{before:?}");
    for member in &before {
        let other = if member["kind"] == "STAFF" {
            "ELECTED"
        } else {
            "STAFF"
        };
        for (kind, revision) in [(json!(other), 1), (member["kind"].clone(), 2)] {
            let change = json!({
                "id": member["id"], "expectedRevision": revision, "kind": kind,
            });
            MEMBER.done(&server, &staff.token, "Update", change).await?;
            let read = json!({ "id": member["id"], "expectedRevision": revision + 1 });
            MEMBER.done(&server, &staff.token, "Approve", read).await?;
        }
    }
    let after = server.data(members).await?;
    ensure!(
        after["members"]["nodes"].as_array() == Some(&before),
        "{before:?} became {after}"
    );
    server.stop().await
}
