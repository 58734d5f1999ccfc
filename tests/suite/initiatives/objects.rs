//! One initiative and what belongs to it.

use anyhow::ensure;
use chrono::NaiveDate;
use entity::values::{LessonKind, Need, RevisionState};
use entity::{initiative_document, initiative_lesson};
use maillage::change::Subject;
use maillage::id::Kind;
use sea_orm::Set;
use serde_json::json;
use tests::fixtures::{Fixtures, global_id, put_initiative};
use tests::{Backend, Outcome, Server, cases};

cases![
    an_initiative_tells_all_that_is_public,
    only_approved_revisions_show,
    distance_is_that_from_the_point_asked,
];

async fn an_initiative_tells_all_that_is_public(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    let fixtures = Fixtures::of(&server).await?;
    fixtures.territory(&server).await?;
    let theme = fixtures.theme("reuse", None).await?;
    server.read_reference_again().await?;
    let model = fixtures.initiative(|_| {}).await?;
    let id = fixtures
        .initiative(|row| {
            put_initiative(row, 48.0105, 2.0);
            row.slug = Set("le-cercle".to_owned());
            row.title = Set("Le Cercle".to_owned());
            row.description = Set(Some("**Ressourcerie** <script>x</script>".to_owned()));
            row.inspired_by_id = Set(Some(model));
            row.website = Set(Some("https://example.org".to_owned()));
            row.starts_on = Set(NaiveDate::from_ymd_opt(2015, 1, 2));
            row.jobs_created = Set(Some(7));
            row.people_served = Set(Some(1200));
            row.replicable = Set(Some(true));
            row.street = Set(Some("1 rue de l’Essai".to_owned()));
            row.postal_code = Set(Some("99001".to_owned()));
            row.commune_insee = Set(Some("99001".to_owned()));
        })
        .await?;
    fixtures.has_themes(id, &[theme]).await?;
    fixtures.concerns(id, &["99002", "99001"]).await?;
    fixtures.needs(id, &[Need::Premises, Need::Funding]).await?;
    for (position, kind, content) in [
        (2, LessonKind::Blocked, "The rent"),
        (1, LessonKind::Worked, "The heart of town"),
    ] {
        fixtures
            .insert(initiative_lesson::ActiveModel {
                id: Set(fixtures.id()),
                initiative_id: Set(id),
                kind: Set(kind),
                content: Set(content.to_owned()),
                position: Set(position),
            })
            .await?;
    }
    fixtures
        .insert(initiative_document::ActiveModel {
            id: Set(fixtures.id()),
            initiative_id: Set(id),
            title: Set("Bilan".to_owned()),
            url: Set("https://example.org/bilan.pdf".to_owned()),
            media_type: Set(Some("application/pdf".to_owned())),
            position: Set(0),
            file_id: Set(None),
        })
        .await?;
    let data = server
        .data(
            r#"{ initiative(slug: "le-cercle") {
                title description descriptionHtml scope stage needs
                themes { slug } communes { inseeCode } commune { name }
                address { street postalCode commune { inseeCode } }
                location { latitude longitude precision outsideTerritory }
                distance { metres }
                nearestStations(first: 1) { station { slug } distanceMetres }
                lessons { kind content } documents { title url mediaType }
                inspiredBy { slug inspired { totalCount nodes { slug } } }
                inspired { totalCount } website startsOn endsOn jobsCreated peopleServed
                replicable revision publishedAt createdAt updatedAt confirmedAt
            } }"#,
        )
        .await?;
    let shown = &data["initiative"];
    ensure!(
        *shown
            == json!({
                "title": "Le Cercle",
                "description": "**Ressourcerie** <script>x</script>",
                "descriptionHtml": "<p><strong>Ressourcerie</strong> </p>\n",
                "scope": "LOCAL", "stage": "RUNNING", "needs": ["FUNDING", "PREMISES"],
                "themes": [{"slug": "reuse"}],
                "communes": [{"inseeCode": "99001"}, {"inseeCode": "99002"}],
                "commune": {"name": "Essai 1"},
                "address": {"street": "1 rue de l’Essai", "postalCode": "99001",
                    "commune": {"inseeCode": "99001"}},
                "location": {"latitude": 48.0105, "longitude": 2.0, "precision": "EXACT",
                    "outsideTerritory": false},
                "distance": null,
                "nearestStations": [{"station": {"slug": "gare-d-essai"}, "distanceMetres": 56}],
                "lessons": [{"kind": "WORKED", "content": "The heart of town"},
                    {"kind": "BLOCKED", "content": "The rent"}],
                "documents": [{"title": "Bilan", "url": "https://example.org/bilan.pdf",
                    "mediaType": "application/pdf"}],
                "inspiredBy": {"slug": "initiative-00001",
                    "inspired": {"totalCount": 1, "nodes": [{"slug": "le-cercle"}]}},
                "inspired": {"totalCount": 0},
                "website": "https://example.org", "startsOn": "2015-01-02", "endsOn": null,
                "jobsCreated": 7, "peopleServed": 1200, "replicable": true, "revision": 1,
                "publishedAt": "2023-11-14T22:13:22.123456+00:00",
                "createdAt": "2023-11-14T22:13:22.123456+00:00",
                "updatedAt": "2023-11-14T22:13:22.123456+00:00",
                "confirmedAt": null,
            }),
        "{shown:#}"
    );
    let id = global_id(Kind::Initiative, id);
    let data = server
        .data(&format!(
            r#"{{ initiative(id: "{id}") {{ id }}
                  node(id: "{id}") {{ id ... on Initiative {{ title }} }} }}"#
        ))
        .await?;
    ensure!(
        data == json!({"initiative": {"id": id}, "node": {"id": id, "title": "Le Cercle"}}),
        "{data}"
    );
    server.stop().await
}

async fn only_approved_revisions_show(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    let fixtures = Fixtures::of(&server).await?;
    let id = fixtures.initiative(|_| {}).await?;
    for (number, state) in [
        (1, RevisionState::Approved),
        (2, RevisionState::Rejected),
        (3, RevisionState::Approved),
        (4, RevisionState::ChangesAsked),
        (5, RevisionState::Pending),
    ] {
        fixtures
            .revision(Subject::Initiative, id, number, state)
            .await?;
    }
    let data = server
        .data(
            "{ initiatives { nodes { revisions(first: 1) { totalCount nodes { number } \
               pageInfo { endCursor } } } } }",
        )
        .await?;
    let revisions = &data["initiatives"]["nodes"][0]["revisions"];
    ensure!(
        revisions["totalCount"] == 2 && revisions["nodes"] == json!([{"number": 3}]),
        "{data}"
    );
    let cursor = &revisions["pageInfo"]["endCursor"];
    let data = server
        .data(&format!(
            "{{ initiatives {{ nodes {{ revisions(first: 5, after: {cursor}) \
             {{ nodes {{ number }} }} }} }} }}"
        ))
        .await?;
    ensure!(
        data["initiatives"]["nodes"][0]["revisions"]["nodes"] == json!([{"number": 1}]),
        "{data}"
    );
    server.stop().await
}

async fn distance_is_that_from_the_point_asked(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    let fixtures = Fixtures::of(&server).await?;
    fixtures
        .initiative(|row| put_initiative(row, 48.01, 2.0))
        .await?;
    let data = server
        .data(
            "{ initiatives(filter: {near: {location: {latitude: 48.0, longitude: 2.0}}}, \
               order: DISTANCE) { nodes { distance { metres approximate } } } }",
        )
        .await?;
    ensure!(
        data["initiatives"]["nodes"]
            == json!([{"distance": {"metres": 1112, "approximate": false}}]),
        "{data}"
    );
    server.stop().await
}
