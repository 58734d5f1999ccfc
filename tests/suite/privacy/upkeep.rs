//! People are told once a year what is published about them, and what is no longer needed is
//! forgotten.

use anyhow::{Context as _, ensure};
use chrono::{Days, Months, TimeDelta};
use entity::values::{AccountLanguage, LawfulBasis, Role};
use entity::{account, api_key, contact_point, idempotency_key, one_time_link, session};
use sea_orm::{ActiveModelTrait as _, EntityTrait as _, Set};
use serde_json::{Value, json};
use tests::{Backend, Outcome, cases, fixtures};

use super::{HOME, linked, pass};
use crate::accounts::{From, server};

cases![
    people_are_told_once_a_year_what_is_published_about_them,
    what_is_no_longer_needed_is_forgotten,
    a_key_tells_the_day_of_its_last_use,
];

async fn people_are_told_once_a_year_what_is_published_about_them(backend: Backend) -> Outcome {
    let (server, clock) = server(backend).await?;
    let database = &server.app.database;
    let home = From::address(&server, HOME);
    let staff = home.bearing(&server.account(Role::Staff, None).await?.token);
    let person = server.account(Role::Member, None).await?;
    linked(database, &staff, "Camille Exemple", &person).await?;
    let other = fixtures::member(database, "Sacha Exemple", |row| {
        row.display_name = Set(Some("Sacha Exemple".to_owned()));
    })
    .await?;
    let today = clock.today();
    for (value, has_basis) in [("sacha@example.org", true), ("hidden@example.org", false)] {
        fixtures::contact(database, value, |row| {
            row.member_id = Set(Some(other));
            if has_basis {
                row.basis = Set(Some(LawfulBasis::PublicSource));
                row.source_url = Set(Some("https://example.org/".to_owned()));
                row.source_seen_on = Set(Some(today));
            }
        })
        .await?;
    }
    pass(&server, &clock, 300).await?;
    ensure!(server.letters()?.is_empty());
    for year in 1..3 {
        pass(&server, &clock, if year == 1 { 66 } else { 366 }).await?;
        pass(&server, &clock, 1).await?;
        for (address, title) in [
            (person.email.as_str(), "Camille Exemple"),
            ("sacha@example.org", "Sacha Exemple"),
        ] {
            let letters = server.letters_to(address, year).await?;
            ensure!(letters.len() == year, "{letters:?}");
            let last = letters.last().context("a letter")?;
            ensure!(
                last.text.contains(title) && last.text.contains("/member_"),
                "{}",
                last.text
            );
        }
        ensure!(server.letters()?.len() == 2 * year);
    }
    server.stop().await
}

async fn what_is_no_longer_needed_is_forgotten(backend: Backend) -> Outcome {
    let (server, clock) = server(backend).await?;
    let database = &server.app.database;
    let home = From::address(&server, HOME);
    let person = server.account(Role::ProjectHolder, None).await?;
    let input = json!({ "email": "never@example.org" });
    home.ask("accountSignUp", input, "requested")
        .await?
        .done("requested")?;
    let input = json!({ "name": "Régie", "legalForm": "ASSOCIATION", "idempotencyKey": "once" });
    home.bearing(&person.token)
        .ask("organizationCreate", input, "organization { id }")
        .await?
        .done("organization")?;
    let member = fixtures::member(database, "Camille Exemple", |_| ()).await?;
    let (now, today) = (clock.now(), clock.today());
    fixtures::contact(database, "withdrawn@example.org", |row| {
        row.member_id = Set(Some(member));
        row.consent_withdrawn_at = Set(Some(now));
    })
    .await?;
    // A mandate of the network needs no territory.
    let mandate = clock.new_id();
    entity::mandate::ActiveModel {
        id: Set(mandate),
        member_id: Set(member),
        body_kind: Set(entity::values::BodyKind::Network),
        office: Set("Présidence".to_owned()),
        starts_on: Set(today.checked_sub_months(Months::new(24))),
        ends_on: Set(today.checked_add_days(Days::new(10))),
        ..Default::default()
    }
    .insert(database)
    .await?;
    fixtures::contact(database, "ended@example.org", |row| {
        row.member_id = Set(Some(member));
        row.mandate_id = Set(Some(mandate));
    })
    .await?;

    let left = async || -> anyhow::Result<Value> {
        let never = account::Entity::find().all(database).await?;
        let never = never
            .iter()
            .filter(|row| row.email_verified_at.is_none())
            .count();
        let points = contact_point::Entity::find().all(database).await?;
        let mut points: Vec<String> = points.into_iter().map(|row| row.value).collect();
        points.sort();
        Ok(json!({
            "never": never,
            "links": one_time_link::Entity::find().all(database).await?.len(),
            "keys": idempotency_key::Entity::find().all(database).await?.len(),
            "sessions": session::Entity::find().all(database).await?.len(),
            "points": points,
        }))
    };
    let both = ["ended@example.org", "withdrawn@example.org"];
    let told = |never, links, keys, sessions, points: &[&str]| {
        json!({ "never": never, "links": links, "keys": keys, "sessions": sessions,
                "points": points })
    };
    ensure!(
        left().await? == told(1, 1, 1, 1, &both),
        "{}",
        left().await?
    );
    pass(&server, &clock, 29).await?;
    ensure!(
        left().await? == told(1, 1, 1, 1, &both),
        "{}",
        left().await?
    );
    pass(&server, &clock, 2).await?;
    ensure!(
        left().await? == told(0, 0, 0, 1, &both),
        "{}",
        left().await?
    );
    pass(&server, &clock, 30).await?;
    ensure!(
        left().await? == told(0, 0, 0, 0, &both),
        "{}",
        left().await?
    );
    pass(&server, &clock, 140).await?;
    ensure!(
        left().await? == told(0, 0, 0, 0, &both[1..]),
        "{}",
        left().await?
    );
    pass(&server, &clock, 200).await?;
    ensure!(left().await? == told(0, 0, 0, 0, &[]), "{}", left().await?);
    // Whoever opened their account is not forgotten.
    let row = account::Entity::find_by_id(person.account)
        .one(database)
        .await?;
    ensure!(row.context("gone")?.language == AccountLanguage::French);
    server.stop().await
}

async fn a_key_tells_the_day_of_its_last_use(backend: Backend) -> Outcome {
    let (server, clock) = server(backend).await?;
    let home = From::address(&server, HOME);
    let admin = home.bearing(&server.account(Role::Admin, None).await?.token);
    let made = admin
        .ask(
            "apiClientCreate",
            json!({ "name": "Essai" }),
            "apiClient { key }",
        )
        .await?;
    let key = made.done("apiClient")?["key"]
        .as_str()
        .context("a key")?
        .to_owned();
    let last_used = async || -> anyhow::Result<_> {
        let row = api_key::Entity::find().one(&server.app.database).await?;
        Ok(row.context("no key")?.last_used_at)
    };
    ensure!(last_used().await?.is_none());
    let program = home.bearing(&key);
    let first = clock.now();
    program.send("{ rateLimit { cost } }", Value::Null).await?;
    ensure!(last_used().await? == Some(first));
    clock.advance(TimeDelta::hours(23));
    program.send("{ rateLimit { cost } }", Value::Null).await?;
    ensure!(last_used().await? == Some(first));
    clock.advance(TimeDelta::hours(2));
    program.send("{ rateLimit { cost } }", Value::Null).await?;
    ensure!(last_used().await? == Some(clock.now()));
    server.stop().await
}
