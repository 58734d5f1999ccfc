//! Owners are asked once a year whether what is public is still true, and what nobody confirms
//! is said to be stale without being hidden.

use anyhow::{Context as _, ensure};
use chrono::TimeDelta;
use entity::values::{Publication, Role};
use entity::{organization, reminder};
use maillage::id::Kind;
use sea_orm::{ActiveModelTrait as _, EntityTrait as _, IntoActiveModel as _, Set};
use serde_json::{Value, json};
use tests::{Backend, Outcome, Server, cases, fixtures};
use uuid::Uuid;

use super::{HOME, global, pass};
use crate::accounts::{From, ORIGIN, server};

cases![
    an_owner_is_asked_once_and_answers_by_a_button,
    what_nobody_confirms_is_stale_and_stays_public,
    a_link_is_that_of_the_present_owner_and_ends,
    an_approved_edit_confirms_and_a_rejected_one_does_not,
    who_may_write_a_content_confirms_it,
    replicas_ask_once,
    what_an_import_brought_long_ago_is_looked_at_in_one_go,
];

/// An organization that `owner` was said to be true of just now.
async fn organization(server: &Server, name: &str, owner: Option<Uuid>) -> anyhow::Result<Uuid> {
    let now = server.app.clock.now();
    fixtures::organization(&server.app.database, name, |row| {
        row.owner_account_id = Set(owner);
        row.confirmed_at = Set(Some(now));
        row.created_at = Set(now);
        row.updated_at = Set(now);
    })
    .await
}

/// The path of the link in the only letter to an address.
async fn link(server: &Server, email: &str) -> anyhow::Result<String> {
    let letters = server.letters_to(email, 1).await?;
    ensure!(letters.len() == 1, "{letters:?}");
    let text = &letters.first().context("a letter")?.text;
    let link = text.lines().find(|line| line.starts_with(ORIGIN));
    let link = link.with_context(|| format!("no link in {text}"))?;
    Ok(format!("{}{}", server.url, link.trim_start_matches(ORIGIN)))
}

async fn stale_since(server: &Server, id: Uuid) -> anyhow::Result<Value> {
    let id = global(Kind::Organization, id);
    let mut data = server
        .data(&format!(
            "{{ organization(id: \"{id}\") {{ name staleSince confirmedAt }} }}"
        ))
        .await?;
    ensure!(data["organization"]["name"].is_string(), "{data}");
    Ok(data["organization"]["staleSince"].take())
}

async fn an_owner_is_asked_once_and_answers_by_a_button(backend: Backend) -> Outcome {
    let (server, clock) = server(backend).await?;
    let owner = server.account(Role::ProjectHolder, None).await?;
    let id = organization(&server, "Régie <b>", Some(owner.account)).await?;
    pass(&server, &clock, 364).await?;
    ensure!(
        reminder::Entity::find()
            .all(&server.app.database)
            .await?
            .is_empty()
    );
    pass(&server, &clock, 1).await?;
    pass(&server, &clock, 1).await?;
    let link = link(&server, &owner.email).await?;

    // What looks for dangers in links reads the page, and confirms nothing.
    let confirmed = async || -> anyhow::Result<_> {
        let row = organization::Entity::find_by_id(id);
        let row = row.one(&server.app.database).await?.context("a row")?;
        Ok(row.confirmed_at)
    };
    let before = confirmed().await?;
    for _ in 0..2 {
        let page = server.client.get(&link).send().await?;
        ensure!(page.status() == 200);
        let headers = page.headers().clone();
        ensure!(headers["cache-control"] == "no-store", "{headers:?}");
        ensure!(headers["referrer-policy"] == "no-referrer", "{headers:?}");
        let policy = headers["content-security-policy"].to_str()?;
        ensure!(policy.contains("form-action 'self'"), "{policy}");
        let text = page.text().await?;
        ensure!(text.contains("<form method=\"post\">"), "{text}");
        ensure!(text.contains("Régie &lt;b&gt;"), "{text}");
        let head = server.client.head(&link).send().await?;
        ensure!(!head.status().is_server_error());
    }
    ensure!(confirmed().await? == before);

    for _ in 0..2 {
        let answer = server
            .client
            .post(&link)
            .header("accept-language", "en")
            .send()
            .await?;
        ensure!(answer.status() == 200);
        let text = answer.text().await?;
        ensure!(
            text.contains("Thank you") && !text.contains("<form"),
            "{text}"
        );
        ensure!(confirmed().await? == Some(clock.now()));
    }
    // Nobody is asked for another year.
    pass(&server, &clock, 300).await?;
    ensure!(server.letters_to(&owner.email, 1).await?.len() == 1);
    ensure!(stale_since(&server, id).await?.is_null());
    pass(&server, &clock, 65).await?;
    server.letters_to(&owner.email, 2).await?;
    server.stop().await
}

async fn what_nobody_confirms_is_stale_and_stays_public(backend: Backend) -> Outcome {
    let (server, clock) = server(backend).await?;
    let home = From::address(&server, HOME);
    let owner = server.account(Role::ProjectHolder, None).await?;
    let owned = organization(&server, "Owned", Some(owner.account)).await?;
    let orphan = organization(&server, "Orphan", None).await?;
    let fresh = organization(&server, "Fresh", Some(owner.account)).await?;
    pass(&server, &clock, 366).await?;
    pass(&server, &clock, 59).await?;
    for id in [owned, orphan, fresh] {
        ensure!(stale_since(&server, id).await?.is_null());
    }
    let admin = server.account(Role::Admin, None).await?;
    let input = json!({ "id": global(Kind::Organization, fresh) });
    home.bearing(&admin.token)
        .ask("contentConfirm", input, "content { id }")
        .await?
        .done("content")?;
    pass(&server, &clock, 1).await?;
    let today = clock.today().to_string();
    for (id, expected) in [
        (owned, json!(today)),
        (orphan, json!(today)),
        (fresh, Value::Null),
    ] {
        ensure!(stale_since(&server, id).await? == expected);
    }
    // It is told, and not hidden.
    let counts = server
        .data(
            "{ all: organizations { totalCount }
               stale: organizations(filter: {stale: true}) { totalCount nodes { slug } }
               fresh: organizations(filter: {stale: false}) { nodes { slug } }
               initiatives(filter: {stale: true}) { totalCount }
               coworkingSpaces(filter: {stale: true}) { totalCount }
               fundingSources(filter: {stale: true}) { totalCount } }",
        )
        .await?;
    ensure!(counts["all"]["totalCount"] == 3, "{counts}");
    ensure!(counts["stale"]["totalCount"] == 2, "{counts}");
    ensure!(
        counts["fresh"]["nodes"] == json!([{ "slug": "fresh" }]),
        "{counts}"
    );
    for list in ["initiatives", "coworkingSpaces", "fundingSources"] {
        ensure!(counts[list]["totalCount"] == 0, "{counts}");
    }
    let log = entity::change::Entity::find()
        .all(&server.app.database)
        .await?;
    let told = log
        .iter()
        .filter(|change| change.details == json!({ "fields": ["staleSince"] }) && change.is_public);
    ensure!(told.count() == 2, "{log:?}");

    // It stays so once, until somebody confirms: late, by the link.
    pass(&server, &clock, 20).await?;
    ensure!(stale_since(&server, owned).await? == json!(today));
    let link = {
        let letters = server.letters_to(&owner.email, 2).await?;
        ensure!(letters.len() == 2, "{letters:?}");
        let of_owned = letters
            .iter()
            .find(|one| one.header("subject").contains("Owned"));
        let text = &of_owned.context("a letter about it")?.text;
        let link = text.lines().find(|line| line.starts_with(ORIGIN));
        format!(
            "{}{}",
            server.url,
            link.context("a link")?.trim_start_matches(ORIGIN)
        )
    };
    ensure!(server.client.post(&link).send().await?.status() == 200);
    ensure!(stale_since(&server, owned).await?.is_null());
    server.stop().await
}

async fn a_link_is_that_of_the_present_owner_and_ends(backend: Backend) -> Outcome {
    let (server, clock) = server(backend).await?;
    let owner = server.account(Role::ProjectHolder, None).await?;
    let id = organization(&server, "Régie", Some(owner.account)).await?;
    pass(&server, &clock, 366).await?;
    let link = link(&server, &owner.email).await?;
    let status = async |address: &str| -> anyhow::Result<u16> {
        Ok(server.client.post(address).send().await?.status().as_u16())
    };
    ensure!(status(&format!("{}/still-true/none", server.url)).await? == 404);
    let give = async |owner: Option<Uuid>| -> anyhow::Result<()> {
        let row = organization::ActiveModel {
            id: Set(id),
            owner_account_id: Set(owner),
            ..Default::default()
        };
        row.update(&server.app.database).await?;
        Ok(())
    };
    give(None).await?;
    ensure!(status(&link).await? == 404);
    give(Some(owner.account)).await?;
    clock.advance(TimeDelta::days(91));
    ensure!(status(&link).await? == 404);
    // What is kept of it goes.
    pass(&server, &clock, 1).await?;
    let left = entity::confirmation_link::Entity::find()
        .all(&server.app.database)
        .await?;
    ensure!(left.is_empty(), "{left:?}");
    server.stop().await
}

async fn an_approved_edit_confirms_and_a_rejected_one_does_not(backend: Backend) -> Outcome {
    let (server, clock) = server(backend).await?;
    let id = organization(&server, "Régie", None).await?;
    pass(&server, &clock, 366).await?;
    pass(&server, &clock, 60).await?;
    let since = stale_since(&server, id).await?;
    ensure!(since.is_string(), "{since}");
    let staff = server.account(Role::Staff, None).await?;
    let step = async |step: &str, revision: i32, more: &str| -> anyhow::Result<()> {
        let id = global(Kind::Organization, id);
        let query = format!(
            "mutation {{ {step}(input: {{id: \"{id}\", expectedRevision: {revision}{more}}}) {{
                organization {{ id }} errors {{ message }} }} }}"
        );
        let answer = server.send_as(&staff.token, &query, Value::Null).await?;
        ensure!(
            answer.body["data"][step]["organization"]["id"] == id,
            "{}",
            answer.body
        );
        Ok(())
    };
    let edit = ", website: \"https://example.org\"";
    step("organizationUpdate", 1, edit).await?;
    ensure!(stale_since(&server, id).await? == since);
    step("organizationReject", 2, ", reason: \"Non.\"").await?;
    ensure!(stale_since(&server, id).await? == since);
    step("organizationUpdate", 2, ", acronym: \"R\"").await?;
    step("organizationApprove", 3, "").await?;
    ensure!(stale_since(&server, id).await?.is_null());
    pass(&server, &clock, 300).await?;
    ensure!(stale_since(&server, id).await?.is_null());
    server.stop().await
}

async fn who_may_write_a_content_confirms_it(backend: Backend) -> Outcome {
    let (server, _) = server(backend).await?;
    let home = From::address(&server, HOME);
    let owner = server.account(Role::ProjectHolder, None).await?;
    let stranger = server.account(Role::ProjectHolder, None).await?;
    let staff = server.account(Role::Staff, None).await?;
    let public = organization(&server, "Public", Some(owner.account)).await?;
    let draft = fixtures::organization(&server.app.database, "Draft", |row| {
        row.owner_account_id = Set(Some(owner.account));
        row.publication = Set(Publication::Draft);
    })
    .await?;
    let ask = async |token: &str, id: Uuid| {
        let input = json!({ "id": global(Kind::Organization, id) });
        home.bearing(token)
            .ask(
                "contentConfirm",
                input,
                "content { id ... on Organization { confirmedAt } }",
            )
            .await
    };
    for who in [&owner, &staff] {
        let answer = ask(&who.token, public).await?;
        ensure!(answer.done("content")?["confirmedAt"].is_string());
        ask(&who.token, draft)
            .await?
            .refused("ILLEGAL_TRANSITION")?;
    }
    ask(&stranger.token, public).await?.failed("FORBIDDEN")?;
    ask(&stranger.token, draft).await?.refused("NOT_FOUND")?;
    let input = json!({ "id": global(Kind::Organization, public) });
    home.ask("contentConfirm", input, "content { id }")
        .await?
        .failed("UNAUTHENTICATED")?;
    let input = json!({ "id": global(Kind::Member, public) });
    home.bearing(&staff.token)
        .ask("contentConfirm", input, "content { id }")
        .await?
        .failed("BAD_INPUT")?;
    server.stop().await
}

async fn replicas_ask_once(backend: Backend) -> Outcome {
    let (server, clock) = server(backend).await?;
    let owner = server.account(Role::ProjectHolder, None).await?;
    for number in 0..5 {
        organization(&server, &format!("Régie {number}"), Some(owner.account)).await?;
    }
    clock.advance(TimeDelta::days(366));
    let app = &server.app;
    let other = server.connect().await?;
    let (one, two) = tokio::join!(
        maillage::upkeep::everything(app, &app.database),
        maillage::upkeep::everything(app, &other),
    );
    one?;
    two?;
    pass(&server, &clock, 1).await?;
    server.letters_to(&owner.email, 5).await?;
    let sent = entity::outbox_message::Entity::find()
        .all(&server.app.database)
        .await?;
    ensure!(sent.len() == 5, "{sent:?}");
    server.stop().await
}

async fn what_an_import_brought_long_ago_is_looked_at_in_one_go(backend: Backend) -> Outcome {
    const MANY: usize = 1_201;
    let (server, clock) = server(backend).await?;
    let owner = server.account(Role::ProjectHolder, None).await?;
    let first = organization(&server, "First", Some(owner.account)).await?;
    let row = organization::Entity::find_by_id(first);
    let row = row.one(&server.app.database).await?.context("a row")?;
    let others = (1..MANY).map(|number| {
        let mut other = row.clone().into_active_model();
        other.id = Set(clock.new_id());
        other.slug = Set(format!("imported-{number}"));
        other.owner_account_id = Set(None);
        other
    });
    let inserted = organization::Entity::insert_many(others);
    inserted
        .exec_without_returning(&server.app.database)
        .await?;
    pass(&server, &clock, 366).await?;
    let reminders = reminder::Entity::find().all(&server.app.database).await?;
    ensure!(reminders.len() == MANY, "{}", reminders.len());
    ensure!(server.letters_to(&owner.email, 1).await?.len() == 1);
    pass(&server, &clock, 60).await?;
    let data = server
        .data("{ stale: organizations(filter: {stale: true}) { totalCount } }")
        .await?;
    ensure!(data["stale"]["totalCount"] == MANY, "{data}");
    Ok(())
}
