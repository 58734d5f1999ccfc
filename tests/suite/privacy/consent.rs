//! Contact points are kept by those who may, and consent is given and withdrawn by the person
//! alone.

use anyhow::ensure;
use entity::values::{MemberKind, Publication, Role};
use entity::{change, contact_point, coworking_space};
use maillage::id::Kind;
use sea_orm::{ActiveModelTrait as _, EntityTrait as _, Set};
use serde_json::{Value, json};
use tests::{Backend, Outcome, Server, cases, fixtures};

use super::{HOME, global, linked};
use crate::accounts::{From, server};

cases![
    consent_is_given_and_withdrawn_by_the_person_alone,
    a_public_source_is_kept_by_who_keeps_the_entry_until_the_person_objects,
    owners_of_contents_consent_for_them,
    a_space_is_not_shown_by_its_contact_point_once_it_is_hidden,
    what_is_wrong_with_a_contact_point_is_told,
    one_entry_is_about_one_account,
];

const POINT: &str = "contactPoint { id value visibility consentWording consentWithdrawnAt \
                     basis { kind sourceUrl seenOn consentGivenAt } }";

const OWN: &str = "{ viewer { contactPoints { value consentWithdrawnAt basis { kind }
                    owner { id } } } }";

/// The version of the words of consent, and the words.
async fn wording(who: &From<'_>) -> anyhow::Result<(Value, Value)> {
    let answer = who
        .send("{ contactConsentWording { version text } }", json!({}))
        .await?;
    let shown = &answer.body["data"]["contactConsentWording"];
    ensure!(shown["text"].as_str().is_some_and(|text| text.len() > 100));
    Ok((shown["version"].clone(), shown["text"].clone()))
}

fn from_source(owner: &str, value: &str) -> Value {
    let source = json!({ "url": "https://example.org/annuaire", "seenOn": "2024-01-15" });
    json!({
        "owner": owner, "channel": "EMAIL", "value": value, "visibility": "PUBLIC",
        "basis": { "source": source },
    })
}

fn with_consent(owner: &str, value: &str, version: &Value) -> Value {
    json!({
        "owner": owner, "channel": "EMAIL", "value": value, "visibility": "PUBLIC",
        "basis": { "consent": { "wording": version } },
    })
}

/// The values that the public sees of an owner.
async fn shown(server: &Server, owner: &str) -> anyhow::Result<Vec<String>> {
    let query = format!(
        "{{ node(id: \"{owner}\") {{
            ... on Member {{ contactPoints {{ value }} }}
            ... on Organization {{ contactPoints {{ value }} }}
        }} }}"
    );
    let data = server.data(&query).await?;
    let points = data["node"]["contactPoints"]
        .as_array()
        .into_iter()
        .flatten();
    Ok(points
        .filter_map(|point| Some(point["value"].as_str()?.to_owned()))
        .collect())
}

async fn consent_is_given_and_withdrawn_by_the_person_alone(backend: Backend) -> Outcome {
    let (server, _) = server(backend).await?;
    let home = From::address(&server, HOME);
    let person = server.account(Role::Member, None).await?;
    let camille = home.bearing(&person.token);
    let staff = home.bearing(&server.account(Role::Staff, None).await?.token);
    let stranger = home.bearing(&server.account(Role::ProjectHolder, None).await?.token);
    let member = linked(&server.app.database, &staff, "Camille Exemple", &person).await?;
    let owner = global(Kind::Member, member);
    let (version, words) = wording(&camille).await?;

    // Nobody consents for somebody else.
    let input = with_consent(&owner, "Camille@Example.org ", &version);
    for other in [&staff, &stranger] {
        other
            .ask("contactPointCreate", input.clone(), POINT)
            .await?
            .failed("FORBIDDEN")?;
    }
    home.ask("contactPointCreate", input.clone(), POINT)
        .await?
        .failed("UNAUTHENTICATED")?;

    let mut once = input.clone();
    once["idempotencyKey"] = json!("the first one");
    let created = camille
        .ask("contactPointCreate", once.clone(), POINT)
        .await?;
    let point = created.done("contactPoint")?.clone();
    ensure!(point["value"] == "camille@example.org", "{point}");
    ensure!(point["basis"]["kind"] == "CONSENT", "{point}");
    ensure!(point["consentWording"] == words, "{point}");
    let again = camille.ask("contactPointCreate", once, POINT).await?;
    ensure!(again.done("contactPoint")?["id"] == point["id"]);
    ensure!(shown(&server, &owner).await? == ["camille@example.org"]);

    // What somebody consented to, only they change.
    let id = &point["id"];
    let narrower = json!({ "id": id, "visibility": "NETWORK" });
    for (who, code) in [(&staff, "FORBIDDEN"), (&stranger, "FORBIDDEN")] {
        who.ask("contactPointUpdate", narrower.clone(), POINT)
            .await?
            .failed(code)?;
        who.ask("contactConsentWithdraw", json!({ "id": id }), POINT)
            .await?
            .failed(code)?;
    }
    let updated = camille.ask("contactPointUpdate", narrower, POINT).await?;
    ensure!(updated.done("contactPoint")?["visibility"] == "NETWORK");
    ensure!(shown(&server, &owner).await?.is_empty());
    let wider = json!({ "id": id, "visibility": "PUBLIC" });
    camille
        .ask("contactPointUpdate", wider, POINT)
        .await?
        .done("contactPoint")?;

    // Withdrawn, it is hidden in the same write, from everybody.
    let input = json!({ "id": id });
    let withdrawn = camille
        .ask("contactConsentWithdraw", input.clone(), POINT)
        .await?;
    let point = withdrawn.done("contactPoint")?;
    ensure!(point["basis"].is_null(), "{point}");
    ensure!(point["consentWithdrawnAt"].is_string(), "{point}");
    ensure!(shown(&server, &owner).await?.is_empty());
    let own = camille.send(OWN, json!({})).await?;
    let own = &own.body["data"]["viewer"]["contactPoints"];
    ensure!(own[0]["value"] == "camille@example.org", "{own}");
    ensure!(own[0]["owner"]["id"] == owner, "{own}");
    let of_others = stranger.send(OWN, json!({})).await?;
    ensure!(
        of_others.body["data"]["viewer"]["contactPoints"] == json!([]),
        "{}",
        of_others.body
    );

    // Hidden, it is not there for others, and does not come back by their work.
    stranger
        .ask("contactPointDelete", input.clone(), "id")
        .await?
        .refused("NOT_FOUND")?;
    let found_again = from_source(&owner, "camille@example.org");
    staff
        .ask("contactPointCreate", found_again, POINT)
        .await?
        .refused("TAKEN")?;
    let give = json!({ "id": id, "wording": version });
    staff
        .ask("contactConsentGive", give.clone(), POINT)
        .await?
        .failed("FORBIDDEN")?;
    let old = json!({ "id": id, "wording": "2001-01" });
    camille
        .ask("contactConsentGive", old, POINT)
        .await?
        .refused("CONFLICT")?;
    let given = camille.ask("contactConsentGive", give, POINT).await?;
    ensure!(given.done("contactPoint")?["basis"]["kind"] == "CONSENT");
    ensure!(shown(&server, &owner).await? == ["camille@example.org"]);

    // Staff take it away at the person's written request.
    staff
        .ask("contactPointDelete", input, "id")
        .await?
        .done("id")?;
    ensure!(shown(&server, &owner).await?.is_empty());

    // The log tells what happened, and no value.
    let log = change::Entity::find().all(&server.app.database).await?;
    let of_points: Vec<_> = log
        .iter()
        .filter(|row| row.entity_kind == "contact")
        .map(|row| (row.action.as_str(), row.is_public))
        .collect();
    ensure!(
        of_points
            == [
                ("created", false),
                ("updated", false),
                ("updated", false),
                ("consent_withdrawn", false),
                ("consent_given", false),
                ("deleted", false),
            ],
        "{of_points:?}"
    );
    ensure!(
        log.iter()
            .any(|row| row.entity_kind == "member" && row.is_public)
    );
    let text = format!("{log:?}");
    ensure!(
        !text.contains("camille") && !text.contains("Camille"),
        "{text}"
    );
    server.stop().await
}

async fn a_public_source_is_kept_by_who_keeps_the_entry_until_the_person_objects(
    backend: Backend,
) -> Outcome {
    let (server, _) = server(backend).await?;
    let home = From::address(&server, HOME);
    let person = server.account(Role::Member, None).await?;
    let camille = home.bearing(&person.token);
    let staff = home.bearing(&server.account(Role::Staff, None).await?.token);
    let member = linked(&server.app.database, &staff, "Camille Exemple", &person).await?;
    let owner = global(Kind::Member, member);
    let input = from_source(&owner, "elue@example.org");
    let created = staff.ask("contactPointCreate", input, POINT).await?;
    let point = created.done("contactPoint")?;
    ensure!(
        point["basis"]
            == json!({ "kind": "PUBLIC_SOURCE", "sourceUrl": "https://example.org/annuaire",
                       "seenOn": "2024-01-15", "consentGivenAt": null }),
        "{point}"
    );
    ensure!(shown(&server, &owner).await? == ["elue@example.org"]);
    let id = point["id"].clone();
    let seen = json!({ "url": "https://example.org/elus", "seenOn": "2025-06-01" });
    let again = json!({ "id": id, "label": "Permanence", "source": seen });
    let updated = staff.ask("contactPointUpdate", again, POINT).await?;
    ensure!(updated.done("contactPoint")?["basis"]["seenOn"] == "2025-06-01");

    camille
        .ask("contactConsentWithdraw", json!({ "id": id }), POINT)
        .await?
        .done("contactPoint")?;
    ensure!(shown(&server, &owner).await?.is_empty());
    // Seen again, it stays hidden.
    let again = json!({ "id": id, "source": seen });
    staff
        .ask("contactPointUpdate", again, POINT)
        .await?
        .done("contactPoint")?;
    ensure!(shown(&server, &owner).await?.is_empty());

    let agent = fixtures::member(&server.app.database, "Agent", |row| {
        row.kind = Set(MemberKind::Staff);
    })
    .await?;
    let agent = global(Kind::Member, agent);
    staff
        .ask(
            "contactPointCreate",
            from_source(&agent, "agent@example.org"),
            POINT,
        )
        .await?
        .refused("INVALID")?;
    server.stop().await
}

async fn owners_of_contents_consent_for_them(backend: Backend) -> Outcome {
    let (server, _) = server(backend).await?;
    let home = From::address(&server, HOME);
    let holder = server.account(Role::ProjectHolder, None).await?;
    let dominique = home.bearing(&holder.token);
    let staff = home.bearing(&server.account(Role::Staff, None).await?.token);
    let organization = fixtures::organization(&server.app.database, "Régie", |row| {
        row.owner_account_id = Set(Some(holder.account));
    })
    .await?;
    let owner = global(Kind::Organization, organization);
    let (version, _) = wording(&dominique).await?;
    let input = with_consent(&owner, "regie@example.org", &version);
    staff
        .ask("contactPointCreate", input.clone(), POINT)
        .await?
        .failed("FORBIDDEN")?;
    let created = dominique.ask("contactPointCreate", input, POINT).await?;
    let id = created.done("contactPoint")?["id"].clone();
    let input = from_source(&owner, "accueil@example.org");
    staff
        .ask("contactPointCreate", input, POINT)
        .await?
        .done("contactPoint")?;
    let mut found = shown(&server, &owner).await?;
    found.sort();
    ensure!(found == ["accueil@example.org", "regie@example.org"]);

    // Whoever consented may withdraw, even once somebody else owns the content.
    entity::organization::Entity::update_many()
        .col_expr(
            entity::organization::Column::OwnerAccountId,
            sea_orm::sea_query::Expr::val(None::<uuid::Uuid>),
        )
        .exec(&server.app.database)
        .await?;
    dominique
        .ask("contactConsentWithdraw", json!({ "id": id }), POINT)
        .await?
        .done("contactPoint")?;
    ensure!(shown(&server, &owner).await? == ["accueil@example.org"]);
    server.stop().await
}

async fn a_space_is_not_shown_by_its_contact_point_once_it_is_hidden(backend: Backend) -> Outcome {
    let (server, _) = server(backend).await?;
    let home = From::address(&server, HOME);
    let holder = server.account(Role::ProjectHolder, None).await?;
    let dominique = home.bearing(&holder.token);
    let database = &server.app.database;
    let space = fixtures::space(
        database,
        "Atelier",
        fixtures::exact_place(48.8, 2.3),
        |row| {
            row.owner_account_id = Set(Some(holder.account));
        },
    )
    .await?;
    let owner = global(Kind::CoworkingSpace, space);
    let (version, _) = wording(&dominique).await?;
    let input = with_consent(&owner, "atelier@example.org", &version);
    dominique
        .ask("contactPointCreate", input, POINT)
        .await?
        .done("contactPoint")?;
    let own_point = async || {
        let answer = dominique.send(OWN, json!({})).await?;
        anyhow::Ok(answer.body["data"]["viewer"]["contactPoints"][0].clone())
    };
    ensure!(own_point().await?["owner"]["id"] == owner);

    for publication in Publication::ALL {
        coworking_space::ActiveModel {
            id: Set(space),
            owner_account_id: Set(None),
            publication: Set(*publication),
            ..Default::default()
        }
        .update(database)
        .await?;
        let point = own_point().await?;
        ensure!(point["value"] == "atelier@example.org", "{point}");
        let expected = match publication {
            Publication::Published => json!({ "id": owner }),
            _ => Value::Null,
        };
        ensure!(point["owner"] == expected, "{publication:?}: {point}");
    }
    server.stop().await
}

async fn what_is_wrong_with_a_contact_point_is_told(backend: Backend) -> Outcome {
    let (server, _) = server(backend).await?;
    let home = From::address(&server, HOME);
    let staff = home.bearing(&server.account(Role::Staff, None).await?.token);
    let member = fixtures::member(&server.app.database, "Camille Exemple", |_| ()).await?;
    let other = fixtures::member(&server.app.database, "Sacha Exemple", |_| ()).await?;
    let owner = global(Kind::Member, member);
    let good = from_source(&owner, "elue@example.org");
    for (field, value, codes) in [
        ("value", json!("nobody"), vec!["INVALID"]),
        ("value", json!(" "), vec!["REQUIRED"]),
        ("label", json!("é".repeat(201)), vec!["TOO_LONG"]),
        (
            "basis",
            json!({ "source": { "url": "annuaire", "seenOn": "2999-01-01" } }),
            vec!["INVALID", "OUT_OF_RANGE"],
        ),
        ("idempotencyKey", json!(""), vec!["INVALID"]),
        (
            "owner",
            json!(global(Kind::Member, uuid::Uuid::nil())),
            vec!["NOT_FOUND"],
        ),
    ] {
        let mut input = good.clone();
        input[field] = value;
        let answer = staff.ask("contactPointCreate", input, POINT).await?;
        ensure!(answer.codes() == codes, "{field}: {}", answer.body);
    }
    let mut input = good.clone();
    input["owner"] = json!(global(Kind::Organization, uuid::Uuid::nil()));
    input["mandate"] = json!(global(Kind::Mandate, uuid::Uuid::nil()));
    staff
        .ask("contactPointCreate", input, POINT)
        .await?
        .refused("NOT_FOUND")?;
    // The mandate of somebody else.
    let mut input = good.clone();
    input["owner"] = json!(global(Kind::Member, other));
    input["mandate"] = json!(global(Kind::Mandate, uuid::Uuid::nil()));
    staff
        .ask("contactPointCreate", input, POINT)
        .await?
        .refused("NOT_FOUND")?;
    for number in 0..20 {
        let input = from_source(&owner, &format!("elue{number}@example.org"));
        staff
            .ask("contactPointCreate", input, POINT)
            .await?
            .done("contactPoint")?;
    }
    staff
        .ask("contactPointCreate", good, POINT)
        .await?
        .refused("OUT_OF_RANGE")?;
    let count = contact_point::Entity::find()
        .all(&server.app.database)
        .await?;
    ensure!(count.len() == 20);
    server.stop().await
}

async fn one_entry_is_about_one_account(backend: Backend) -> Outcome {
    let (server, _) = server(backend).await?;
    let home = From::address(&server, HOME);
    let person = server.account(Role::Member, None).await?;
    let other = server.account(Role::ProjectHolder, None).await?;
    let admin_account = server.account(Role::Admin, None).await?;
    let admin = home.bearing(&admin_account.token);
    let staff = home.bearing(&server.account(Role::Staff, None).await?.token);
    let member = linked(&server.app.database, &staff, "Camille Exemple", &person).await?;
    let member = global(Kind::Member, member);
    let input =
        |account, member: Value| json!({ "id": global(Kind::Account, account), "member": member });
    let what = "account { member { id } }";
    staff
        .ask(
            "accountLinkMember",
            input(other.account, json!(member)),
            what,
        )
        .await?
        .refused("TAKEN")?;
    // Staff say it of those whom they may invite.
    staff
        .ask(
            "accountLinkMember",
            input(admin_account.account, Value::Null),
            what,
        )
        .await?
        .failed("FORBIDDEN")?;
    home.bearing(&person.token)
        .ask(
            "accountLinkMember",
            input(person.account, Value::Null),
            what,
        )
        .await?
        .failed("FORBIDDEN")?;
    let nobody = json!(global(Kind::Member, uuid::Uuid::nil()));
    staff
        .ask("accountLinkMember", input(other.account, nobody), what)
        .await?
        .refused("NOT_FOUND")?;
    let unlinked = staff
        .ask(
            "accountLinkMember",
            input(person.account, Value::Null),
            what,
        )
        .await?;
    ensure!(unlinked.done("account")?["member"].is_null());
    let invited = admin
        .ask(
            "accountInvite",
            json!({ "email": "invitee@example.org", "role": "MEMBER", "language": "FR",
                    "member": member }),
            what,
        )
        .await?;
    ensure!(invited.done("account")?["member"]["id"] == member);
    server.stop().await
}
