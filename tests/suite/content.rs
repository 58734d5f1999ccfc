//! The first content of a registry.

use anyhow::{Context as _, ensure};
use maillage::seed;
use sea_orm::{ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _};
use serde_json::{Value, json};
use tests::{Backend, Outcome, Server, cases};

cases![
    sceaux_has_a_coworking_space_of_350_square_metres_near_stations,
    spaces_stand_on_the_day_of_the_meeting_as_it_was_told,
    what_the_minutes_do_not_say_of_spaces_is_empty,
    the_territory_is_whole,
    a_past_intercommunality_answers_for_its_time_only,
    themes_cover_every_code_of_data_inclusion,
    initiatives_carry_what_was_learnt,
    the_last_campaign_adds_up_and_is_over,
    rules_hold_from_the_day_of_their_law,
    members_are_offices_without_a_name,
    members_are_found_by_what_they_do_and_where,
    no_name_of_the_minutes_is_shipped,
    every_content_is_told_in_the_change_log,
    reference_data_come_without_the_demonstration,
    a_registry_with_content_is_left_as_it_is,
];

async fn sceaux_has_a_coworking_space_of_350_square_metres_near_stations(
    backend: Backend,
) -> Outcome {
    let server = Server::seeded(backend).await?;
    let data = server
        .data(
            r#"{
                coworkingSpaces(filter: {territory: {commune: "92071"}}) {
                    nodes {
                        name
                        surfaceM2
                        nearestStations(first: 3) { station { name } distanceMetres }
                    }
                }
            }"#,
        )
        .await?;
    let nodes = data["coworkingSpaces"]["nodes"]
        .as_array()
        .context("nodes")?;
    let coworking = nodes
        .iter()
        .find(|node| node["surfaceM2"] == 350.0)
        .with_context(|| format!("no space of 350 m² in {data}"))?;
    ensure!(
        coworking["name"] == "Espace de coworking et de télétravail de Sceaux",
        "{coworking}"
    );
    let stations = coworking["nearestStations"]
        .as_array()
        .context("stations")?;
    ensure!(stations.len() == 3, "{coworking}");
    ensure!(
        stations
            .iter()
            .any(|station| station["station"]["name"] == "Sceaux"),
        "{coworking}"
    );
    let metres: Vec<f64> = stations
        .iter()
        .filter_map(|station| station["distanceMetres"].as_f64())
        .collect();
    ensure!(
        metres.len() == 3 && metres.is_sorted() && metres.iter().all(|metres| *metres < 3_000.0),
        "{coworking}"
    );
    server.stop().await
}

async fn spaces_stand_on_the_day_of_the_meeting_as_it_was_told(backend: Backend) -> Outcome {
    let server = Server::seeded(backend).await?;
    let data = server
        .data(
            r#"{
                coworkingSpaces(first: 100) {
                    nodes { slug statusOn(date: "2015-11-27") commune { name } }
                }
            }"#,
        )
        .await?;
    let nodes = data["coworkingSpaces"]["nodes"]
        .as_array()
        .context("nodes")?;
    let told = [
        (
            "espace-de-coworking-de-sceaux",
            json!("OPEN"),
            json!("Sceaux"),
        ),
        ("maison-de-l-ess-de-sceaux", json!("OPEN"), json!("Sceaux")),
        ("casaco", Value::Null, json!("Malakoff")),
        (
            "ancien-site-artisanal-de-clichy",
            json!("OPEN"),
            json!("Clichy"),
        ),
        (
            "coworking-de-la-gare-de-clichy-levallois",
            json!("PLANNED"),
            json!("Levallois-Perret"),
        ),
        (
            "ressourcerie-le-cercle",
            json!("PLANNED"),
            json!("Nanterre"),
        ),
        ("espace-de-travail-ferme", json!("CLOSED"), Value::Null),
    ];
    ensure!(nodes.len() == told.len(), "{data}");
    for (slug, status, commune) in told {
        let node = nodes
            .iter()
            .find(|node| node["slug"] == slug)
            .with_context(|| format!("no {slug} in {data}"))?;
        ensure!(node["statusOn"] == status, "{node}");
        let name = node.pointer("/commune/name").unwrap_or(&Value::Null);
        ensure!(*name == commune, "{node}");
    }
    server.stop().await
}

async fn what_the_minutes_do_not_say_of_spaces_is_empty(backend: Backend) -> Outcome {
    let server = Server::seeded(backend).await?;
    let database = &server.app.database;
    let spaces = entity::coworking_space::Entity::find()
        .all(database)
        .await?;
    for space in &spaces {
        ensure!(
            space.street.is_none()
                && space.desks.is_none()
                && space.opening_hours.is_none()
                && space.wheelchair_access.is_none()
                && space.website.is_none(),
            "{space:?}"
        );
    }
    let known: Vec<f64> = spaces.iter().filter_map(|space| space.surface_m2).collect();
    ensure!(known == [350.0], "{known:?}");
    let periods = entity::coworking_space_period::Entity::find()
        .all(database)
        .await?;
    ensure!(
        periods
            .iter()
            .all(|period| period.starts_on.is_none() && period.ends_on.is_none()),
        "{periods:?}"
    );
    let tariffs = entity::coworking_space_tariff::Entity::find()
        .count(database)
        .await?;
    ensure!(tariffs == 0, "{tariffs} tariffs");
    let occupancies = entity::coworking_space_occupancy::Entity::find()
        .all(database)
        .await?;
    ensure!(
        occupancies
            .iter()
            .all(|occupancy| occupancy.rent_cents_per_m2_year.is_none()),
        "{occupancies:?}"
    );
    server.stop().await
}

async fn the_territory_is_whole(backend: Backend) -> Outcome {
    use entity::values::{IntercommunalityKind, LineStatus};
    use entity::{commune, intercommunality, intercommunality_membership, station_line};

    let server = Server::seeded(backend).await?;
    let database = &server.app.database;
    let communes = commune::Entity::find().all(database).await?;
    ensure!(communes.len() == 36, "{} communes", communes.len());
    ensure!(communes.iter().all(|commune| commune.outline.is_some()));
    for (kind, expected) in [
        (IntercommunalityKind::Ept, 4),
        (IntercommunalityKind::Metropole, 1),
        (IntercommunalityKind::Ca, 1),
    ] {
        let count = intercommunality::Entity::find()
            .filter(intercommunality::Column::Kind.eq(kind))
            .count(database)
            .await?;
        ensure!(count == expected, "{kind:?}: {count}");
    }
    let memberships = intercommunality_membership::Entity::find()
        .count(database)
        .await?;
    ensure!(memberships == 36 * 2 + 3, "{memberships} memberships");
    let lines = station_line::Entity::find().all(database).await?;
    ensure!(lines.len() == 233, "{} lines of stations", lines.len());
    let planned: Vec<_> = lines
        .iter()
        .filter(|line| line.status == LineStatus::Planned)
        .collect();
    ensure!(
        planned.len() == 14
            && planned
                .iter()
                .all(|line| line.line == "METRO 15" && line.opening_note.is_some()),
        "{planned:?}"
    );
    server.stop().await
}

async fn a_past_intercommunality_answers_for_its_time_only(backend: Backend) -> Outcome {
    let server = Server::seeded(backend).await?;
    let data = server
        .data(
            r#"{
                nanterre: commune(inseeCode: "92050") {
                    then: intercommunalities(on: "2015-11-27") { name kind siren }
                    before: intercommunalities(on: "2010-12-31") { name }
                    after: intercommunalities(on: "2016-01-01") { kind }
                }
                suresnes: commune(inseeCode: "92073") {
                    before: intercommunalities(on: "2010-12-31") { name }
                }
            }"#,
        )
        .await?;
    ensure!(
        data["nanterre"]["then"]
            == json!([{
                "name": "Communauté d'agglomération du Mont-Valérien",
                "kind": "CA",
                "siren": "200018059",
            }]),
        "{data}"
    );
    ensure!(data["nanterre"]["before"] == json!([]), "{data}");
    ensure!(
        data["suresnes"]["before"].as_array().map(Vec::len) == Some(1),
        "{data}"
    );
    let after = data["nanterre"]["after"].as_array().context("after")?;
    ensure!(
        after.len() == 2 && after.iter().all(|body| body["kind"] != "CA"),
        "{data}"
    );
    server.stop().await
}

async fn themes_cover_every_code_of_data_inclusion(backend: Backend) -> Outcome {
    let server = Server::seeded(backend).await?;
    let database = &server.app.database;
    let themes = entity::theme::Entity::find().all(database).await?;
    for slug in [
        "developpement-durable",
        "aines",
        "mobilite",
        "insertion-par-l-emploi",
        "cohesion-sociale",
        "services-a-la-personne",
        "reemploi",
        "tiers-lieux",
        "numerique",
        "epicerie-solidaire",
    ] {
        ensure!(themes.iter().any(|theme| theme.slug == slug), "{slug}");
    }
    let codes: std::collections::BTreeSet<String> = entity::theme_mapping::Entity::find()
        .filter(entity::theme_mapping::Column::Scheme.eq("data-inclusion-v1"))
        .all(database)
        .await?
        .into_iter()
        .map(|mapping| mapping.code)
        .collect();
    let categories: std::collections::BTreeSet<&str> = codes
        .iter()
        .filter_map(|code| code.split_once("--"))
        .map(|(category, _)| category)
        .collect();
    ensure!(codes.len() == 69, "{} thématiques", codes.len());
    ensure!(categories.len() == 16, "{categories:?}");
    server.stop().await
}

async fn every_content_is_told_in_the_change_log(backend: Backend) -> Outcome {
    let server = Server::seeded(backend).await?;
    let database = &server.app.database;
    for (kind, rows) in [
        (
            "theme",
            entity::theme::Entity::find().count(database).await?,
        ),
        (
            "organization",
            entity::organization::Entity::find().count(database).await?,
        ),
        (
            "space",
            entity::coworking_space::Entity::find()
                .count(database)
                .await?,
        ),
        (
            "initiative",
            entity::initiative::Entity::find().count(database).await?,
        ),
        (
            "funding",
            entity::funding_source::Entity::find()
                .count(database)
                .await?,
        ),
        (
            "member",
            entity::member::Entity::find().count(database).await?,
        ),
    ] {
        let told = entity::change::Entity::find()
            .filter(entity::change::Column::EntityKind.eq(kind))
            .count(database)
            .await?;
        ensure!(told == rows && rows > 0, "{kind}: {told} of {rows}");
    }
    server.stop().await
}

async fn a_registry_with_content_is_left_as_it_is(backend: Backend) -> Outcome {
    let server = Server::seeded(backend).await?;
    let database = &server.app.database;
    let before = entity::change::Entity::find().count(database).await?;
    seed::seed(&server.app).await?;
    let after = entity::change::Entity::find().count(database).await?;
    ensure!(before == after, "{before} changes became {after}");
    let spaces = entity::coworking_space::Entity::find()
        .count(database)
        .await?;
    ensure!(spaces == 7, "{spaces} spaces");
    server.stop().await
}

async fn initiatives_carry_what_was_learnt(backend: Backend) -> Outcome {
    use entity::values::{LessonKind, Stage};
    use entity::{initiative, initiative_lesson, revision};

    let server = Server::seeded(backend).await?;
    let database = &server.app.database;
    let initiatives = initiative::Entity::find().all(database).await?;
    ensure!(initiatives.len() == 15, "{} initiatives", initiatives.len());
    let lessons_of = |slug: &'static str| {
        let id = initiatives
            .iter()
            .find(|row| row.slug == slug)
            .map(|row| row.id);
        async move {
            let id = id.with_context(|| format!("no {slug}"))?;
            let lessons = initiative_lesson::Entity::find()
                .filter(initiative_lesson::Column::InitiativeId.eq(id))
                .all(database)
                .await?;
            anyhow::Ok(lessons)
        }
    };
    let sceaux = lessons_of("espace-de-coworking-de-sceaux").await?;
    ensure!(
        sceaux
            .iter()
            .filter(|lesson| lesson.kind == LessonKind::Worked)
            .count()
            == 4,
        "{sceaux:?}"
    );
    let closed = lessons_of("reouverture-d-un-espace-de-travail").await?;
    ensure!(
        closed.len() == 2
            && closed
                .iter()
                .all(|lesson| lesson.kind == LessonKind::Blocked),
        "{closed:?}"
    );
    for (slug, stage) in [
        ("ressourcerie-le-cercle", Stage::Preparation),
        ("le-ressourcing", Stage::Preparation),
        ("reouverture-d-un-espace-de-travail", Stage::Paused),
        ("reseau-92-economie-sociale-et-solidaire", Stage::Running),
    ] {
        let found = initiatives
            .iter()
            .find(|row| row.slug == slug)
            .map(|row| row.stage);
        ensure!(found == Some(stage), "{slug}: {found:?}");
    }
    let outside: Vec<&str> = initiatives
        .iter()
        .filter(|row| row.outside_territory)
        .map(|row| row.slug.as_str())
        .collect();
    ensure!(outside == ["projet-d-etic-a-montreuil"], "{outside:?}");
    let revisions = revision::Entity::find()
        .filter(revision::Column::EntityKind.eq("initiative"))
        .all(database)
        .await?;
    ensure!(
        revisions.len() == initiatives.len()
            && revisions.iter().all(|revision| {
                revision.number == 1
                    && revision.content["title"].is_string()
                    && revision.source.as_deref() == Some("demonstration")
            }),
        "{revisions:?}"
    );
    server.stop().await
}

async fn the_last_campaign_adds_up_and_is_over(backend: Backend) -> Outcome {
    let server = Server::seeded(backend).await?;
    let call = entity::funding_source::Entity::find()
        .filter(entity::funding_source::Column::CallForProjects.eq(true))
        .all(&server.app.database)
        .await?;
    let [call] = call.as_slice() else {
        anyhow::bail!("{call:?}");
    };
    let numbers: Vec<u32> = call
        .description
        .as_deref()
        .unwrap_or_default()
        .split("**")
        .filter_map(|bold| bold.split(' ').next()?.parse().ok())
        .collect();
    ensure!(
        matches!(numbers[..], [all, local, wider] if (all, local, wider) == (68, 55, 13)
            && all == local + wider),
        "{numbers:?}"
    );
    ensure!(
        call.closes_on
            .is_some_and(|day| day.to_string() == "2015-08-31"),
        "{call:?}"
    );
    server.stop().await
}

async fn rules_hold_from_the_day_of_their_law(backend: Backend) -> Outcome {
    use entity::values::EligibilityOutcome;

    let server = Server::seeded(backend).await?;
    let rules = entity::funding_rule::Entity::find()
        .all(&server.app.database)
        .await?;
    let rule = |code: &str| {
        rules
            .iter()
            .find(|rule| rule.code == code)
            .with_context(|| format!("no {code}"))
    };
    for code in [
        "departement-direct-aid-company",
        "departement-direct-aid-association-on-market",
    ] {
        let rule = rule(code)?;
        ensure!(
            rule.outcome == EligibilityOutcome::Ineligible
                && rule.funder_kind.as_deref() == Some("DEPARTEMENT")
                && rule.starts_on.map(|day| day.to_string()).as_deref() == Some("2015-08-08")
                && rule.ends_on.is_none()
                && rule.citation.contains("L1511-2"),
            "{rule:?}"
        );
    }
    for (code, regulation, cents) in [
        ("de-minimis", "2023/2831", 30_000_000),
        ("de-minimis-sgei", "2023/2832", 75_000_000),
    ] {
        let rule = rule(code)?;
        ensure!(
            rule.citation.contains(regulation)
                && rule.conditions["ceiling"] == json!({"amount": cents, "years": 3})
                && rule.starts_on.map(|day| day.to_string()).as_deref() == Some("2024-01-01")
                && rule.ends_on.map(|day| day.to_string()).as_deref() == Some("2031-01-01"),
            "{rule:?}"
        );
    }
    ensure!(
        rules.iter().all(|rule| rule
            .conditions
            .as_object()
            .is_some_and(|all| !all.is_empty())),
        "{rules:?}"
    );
    server.stop().await
}

async fn members_are_offices_without_a_name(backend: Backend) -> Outcome {
    let server = Server::seeded(backend).await?;
    let database = &server.app.database;
    let members = entity::member::Entity::find().all(database).await?;
    ensure!(members.len() == 11, "{} members", members.len());
    ensure!(
        members.iter().all(|member| member.display_name.is_none()),
        "{members:?}"
    );
    let mandates = entity::mandate::Entity::find().all(database).await?;
    ensure!(
        members.iter().all(|member| mandates
            .iter()
            .any(|mandate| mandate.member_id == member.id)),
        "{mandates:?}"
    );
    let contacts = entity::contact_point::Entity::find().all(database).await?;
    ensure!(
        contacts.iter().all(|contact| contact.member_id.is_none()
            && contact.basis.is_some()
            && contact.value.ends_with("@example.org")),
        "{contacts:?}"
    );
    server.stop().await
}

async fn members_are_found_by_what_they_do_and_where(backend: Backend) -> Outcome {
    let server = Server::seeded(backend).await?;
    for (text, slug) in [
        (
            "vice présidente économie collaborative",
            "vice-presidente-du-departement-economie-collaborative",
        ),
        (
            "conseillere hauts-de-seine malakof",
            "adjointe-au-maire-de-malakoff",
        ),
        ("adjoint suresnes", "adjointe-au-maire-de-suresnes"),
    ] {
        let data = server
            .data_with(
                "query ($text: String!) {
                    search(text: $text, types: [MEMBER]) { nodes { ... on Member { slug } } }
                }",
                json!({ "text": text }),
            )
            .await?;
        ensure!(
            data["search"]["nodes"] == json!([{ "slug": slug }]),
            "{text}: {data}"
        );
    }
    server.stop().await
}

/// The family names of the minutes, each as what it hashes to, so that they are not here.
const NAMES: [uuid::Uuid; 12] = [
    uuid::uuid!("0a102beb-a7f9-529a-89a4-ff5fcfb28cfc"),
    uuid::uuid!("17a44836-c141-5ab0-b327-1851f7a245c5"),
    uuid::uuid!("256f1c91-ba1c-5246-a085-e7d7a7f7669f"),
    uuid::uuid!("385b271f-dc3a-586a-9e96-52d2655af744"),
    uuid::uuid!("448564d5-aa32-5e39-877a-e1f305740cf2"),
    uuid::uuid!("a3f07c92-21a1-585a-93d5-34db66ab6ba7"),
    uuid::uuid!("b0e7d6eb-ab6c-5ece-9f89-4da2214ed068"),
    uuid::uuid!("b552c680-c1b5-5ebe-b249-58b1d119ff7d"),
    uuid::uuid!("d8472a74-41d0-5036-b8e5-ea214aca9e24"),
    uuid::uuid!("e07a88d8-8c5a-5d50-bff6-ea79eb3b2395"),
    uuid::uuid!("e1012584-3a5e-5428-9e7b-9c8e60cbf9f3"),
    uuid::uuid!("e2993d88-378c-5071-9afe-709b5c0e9c02"),
];

async fn no_name_of_the_minutes_is_shipped(_backend: Backend) -> Outcome {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../api/data/demo");
    let mut words = 0;
    for file in std::fs::read_dir(folder)? {
        let text = std::fs::read_to_string(file?.path())?;
        for word in text.split(|character: char| !character.is_alphanumeric()) {
            words += 1;
            let hashed = hash_of_name(word);
            ensure!(!NAMES.contains(&hashed), "the name {word}");
        }
    }
    ensure!(words > 1_000, "only {words} words were read");
    Ok(())
}

fn hash_of_name(word: &str) -> uuid::Uuid {
    let folded = maillage::text::folded(word);
    uuid::Uuid::new_v5(&uuid::Uuid::NAMESPACE_OID, folded.as_bytes())
}

async fn reference_data_come_without_the_demonstration(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    seed::seed_reference_data(&server.app).await?;
    let database = &server.app.database;
    let themes = entity::theme::Entity::find().count(database).await?;
    let stations = entity::station::Entity::find().count(database).await?;
    ensure!(themes == 21 && stations == 179, "{themes} {stations}");
    let organizations = entity::organization::Entity::find().count(database).await?;
    let initiatives = entity::initiative::Entity::find().count(database).await?;
    ensure!(organizations == 0 && initiatives == 0);
    server.stop().await
}
