//! Contact points are shown on a lawful basis, and never without one, on any path.

use std::collections::BTreeSet;

use anyhow::{Context as _, ensure};
use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use entity::contact_point::ActiveModel;
use entity::initiative;
use entity::values::{ContactVisibility, LawfulBasis, MemberKind, Publication, Scope, Stage};
use maillage::clock::Clock;
use maillage::id::{GlobalId, Kind};
use sea_orm::{ActiveModelTrait as _, DatabaseConnection, Set};
use serde_json::json;
use tests::{Backend, Outcome, Server, cases, fixtures};
use uuid::Uuid;

cases![
    what_may_not_be_shown_is_in_no_answer,
    every_path_to_a_contact_point_is_known,
    a_contact_point_of_a_mandate_expires_with_it,
];

const SIREN: &str = "732829320";
const SIRET: &str = "73282932000074";
const RNA: &str = "W921000001";
const POINTS: &str =
    "contactPoints { channel value label basis { kind sourceUrl seenOn consentGivenAt } }";

fn global(kind: Kind, uuid: Uuid) -> String {
    GlobalId { kind, uuid }.to_string()
}

/// The day and the instant at which the server judges.
#[derive(Clone, Copy)]
struct Present {
    now: DateTime<Utc>,
    today: NaiveDate,
}

impl Present {
    fn tomorrow(self) -> NaiveDate {
        self.today + Days::new(1)
    }

    fn source(self, row: &mut ActiveModel) {
        row.basis = Set(Some(LawfulBasis::PublicSource));
        row.source_url = Set(Some("https://example.org/annuaire".to_owned()));
        row.source_seen_on = Set(Some(self.today));
    }

    fn consent(self, row: &mut ActiveModel) {
        row.basis = Set(Some(LawfulBasis::Consent));
        row.consent_wording = Set(Some("plant-wording".to_owned()));
        row.consent_given_at = Set(Some(self.now - TimeDelta::minutes(1)));
    }
}

/// Gives an owner the contact points that no owner may show.
async fn plant(
    database: &DatabaseConnection,
    present: Present,
    name: &str,
    owner: impl Fn(&mut ActiveModel),
) -> anyhow::Result<()> {
    let value = |case: &str| format!("plant-{name}-{case}@example.org");
    fixtures::contact(database, &value("no-basis"), |row| owner(row)).await?;
    fixtures::contact(database, &value("network"), |row| {
        owner(row);
        present.source(row);
        row.visibility = Set(ContactVisibility::Network);
    })
    .await?;
    fixtures::contact(database, &value("network-consent"), |row| {
        owner(row);
        present.consent(row);
        row.visibility = Set(ContactVisibility::Network);
    })
    .await?;
    fixtures::contact(database, &value("withdrawn"), |row| {
        owner(row);
        present.consent(row);
        row.consent_withdrawn_at = Set(Some(present.now));
    })
    .await?;
    fixtures::contact(database, &value("withdrawn-source"), |row| {
        owner(row);
        present.source(row);
        row.consent_withdrawn_at = Set(Some(present.now));
    })
    .await?;
    fixtures::contact(database, &value("future-consent"), |row| {
        owner(row);
        present.consent(row);
        row.consent_given_at = Set(Some(present.now + TimeDelta::hours(1)));
    })
    .await?;
    fixtures::contact(database, &value("seen-tomorrow"), |row| {
        owner(row);
        present.source(row);
        row.source_seen_on = Set(Some(present.tomorrow()));
    })
    .await
}

/// An initiative that `organization` leads.
async fn initiative(
    database: &DatabaseConnection,
    present: Present,
    slug: &str,
    publication: Publication,
    organization: Uuid,
) -> anyhow::Result<Uuid> {
    let id = Clock::system().new_id();
    let row = initiative::ActiveModel {
        id: Set(id),
        slug: Set(slug.to_owned()),
        title: Set(slug.to_owned()),
        summary: Set(slug.to_owned()),
        scope: Set(Scope::Local),
        stage: Set(Stage::Running),
        lead_organization_id: Set(Some(organization)),
        publication: Set(publication),
        revision: Set(1),
        created_at: Set(present.now),
        updated_at: Set(present.now),
        published_at: Set(Some(present.now)),
        ..Default::default()
    };
    row.insert(database).await?;
    Ok(id)
}

/// Objects with lawful contact points and others, by global identifier.
struct Planted {
    member: String,
    staff: String,
    organization: String,
    space: String,
    hidden: Vec<String>,
}

async fn fill(database: &DatabaseConnection, present: Present) -> anyhow::Result<Planted> {
    let place = fixtures::place("92071", None);
    let organization = fixtures::organization(database, "Owner", |row| {
        row.siren = Set(Some(SIREN.to_owned()));
        row.rna = Set(Some(RNA.to_owned()));
    })
    .await?;
    fixtures::site(database, organization, place.clone(), |row| {
        row.siret = Set(Some(SIRET.to_owned()));
    })
    .await?;
    let of_organization = |row: &mut ActiveModel| row.organization_id = Set(Some(organization));
    plant(database, present, "organization", of_organization).await?;
    fixtures::contact(database, "lawful-organization@example.org", |row| {
        of_organization(row);
        present.source(row);
    })
    .await?;

    let space = fixtures::space(database, "Owned", place.clone(), |row| {
        row.operator_id = Set(Some(organization));
        row.owner_id = Set(Some(organization));
    })
    .await?;
    let of_space = |row: &mut ActiveModel| row.space_id = Set(Some(space));
    plant(database, present, "space", of_space).await?;
    fixtures::contact(database, "lawful-space@example.org", |row| {
        of_space(row);
        present.consent(row);
    })
    .await?;

    let led = initiative(
        database,
        present,
        "led",
        Publication::Published,
        organization,
    )
    .await?;
    let of_initiative = |row: &mut ActiveModel| row.initiative_id = Set(Some(led));
    plant(database, present, "initiative", of_initiative).await?;
    fixtures::contact(database, "lawful-initiative@example.org", |row| {
        of_initiative(row);
        present.consent(row);
    })
    .await?;
    let draft = initiative(database, present, "draft", Publication::Draft, organization).await?;
    fixtures::contact(database, "plant-hidden-initiative@example.org", |row| {
        row.initiative_id = Set(Some(draft));
        present.consent(row);
    })
    .await?;

    let member = fixtures::member(database, "Elected", |row| {
        row.commune_insee = Set(Some("92071".to_owned()));
        row.organization_id = Set(Some(organization));
    })
    .await?;
    let of_member = |row: &mut ActiveModel| row.member_id = Set(Some(member));
    plant(database, present, "member", of_member).await?;
    let long_ago = "2014-04-01".parse().ok();
    let (today, tomorrow) = (Some(present.today), Some(present.tomorrow()));
    for (value, starts_on, ends_on) in [
        ("lawful-member-open", None, None),
        ("lawful-member-from-today", today, None),
        ("lawful-member-until-tomorrow", long_ago, tomorrow),
        ("plant-member-until-today", long_ago, today),
        ("plant-member-from-tomorrow", tomorrow, None),
    ] {
        let mandate = fixtures::mandate(database, member, "92071", starts_on, ends_on).await?;
        for (basis, set) in [
            ("source", Present::source as fn(Present, &mut ActiveModel)),
            ("consent", Present::consent),
        ] {
            fixtures::contact(database, &format!("{value}-{basis}"), |row| {
                of_member(row);
                set(present, row);
                row.mandate_id = Set(Some(mandate));
            })
            .await?;
        }
    }
    fixtures::contact(database, "lawful-member@example.org", |row| {
        of_member(row);
        present.source(row);
    })
    .await?;

    let staff = fixtures::member(database, "Staff", |row| {
        row.kind = Set(MemberKind::Staff);
        row.commune_insee = Set(Some("92071".to_owned()));
        row.organization_id = Set(Some(organization));
    })
    .await?;
    let of_staff = |row: &mut ActiveModel| row.member_id = Set(Some(staff));
    plant(database, present, "staff", of_staff).await?;
    fixtures::contact(database, "plant-staff-source@example.org", |row| {
        of_staff(row);
        present.source(row);
    })
    .await?;
    let of_another = fixtures::mandate(database, member, "92071", None, None).await?;
    fixtures::contact(database, "plant-staff-mandate@example.org", |row| {
        of_staff(row);
        present.consent(row);
        row.mandate_id = Set(Some(of_another));
    })
    .await?;
    fixtures::contact(database, "lawful-staff@example.org", |row| {
        of_staff(row);
        present.consent(row);
    })
    .await?;

    let mut hidden = Vec::new();
    for publication in [Publication::Draft, Publication::Archived] {
        let name = format!("plant hidden {publication:?}");
        let organization = fixtures::organization(database, &name, |row| {
            row.publication = Set(publication);
            row.siren = Set(Some(SIREN.to_owned()));
        })
        .await?;
        fixtures::site(database, organization, place.clone(), |_| ()).await?;
        let space = fixtures::space(database, &name, place.clone(), |row| {
            row.publication = Set(publication);
            row.operator_id = Set(Some(organization));
        })
        .await?;
        let member = fixtures::member(database, &name, |row| {
            row.publication = Set(publication);
            row.commune_insee = Set(Some("92071".to_owned()));
        })
        .await?;
        let owners: [fn(&mut ActiveModel, Uuid); 3] = [
            |row, id| row.organization_id = Set(Some(id)),
            |row, id| row.space_id = Set(Some(id)),
            |row, id| row.member_id = Set(Some(id)),
        ];
        for (set, id) in owners.into_iter().zip([organization, space, member]) {
            fixtures::contact(database, &format!("plant-hidden-{id}-source"), |row| {
                set(row, id);
                present.source(row);
            })
            .await?;
            fixtures::contact(database, &format!("plant-hidden-{id}-consent"), |row| {
                set(row, id);
                present.consent(row);
            })
            .await?;
        }
        hidden.push(global(Kind::Organization, organization));
        hidden.push(global(Kind::CoworkingSpace, space));
        hidden.push(global(Kind::Member, member));
    }
    hidden.push(global(Kind::Initiative, draft));
    Ok(Planted {
        member: global(Kind::Member, member),
        staff: global(Kind::Member, staff),
        organization: global(Kind::Organization, organization),
        space: global(Kind::CoworkingSpace, space),
        hidden,
    })
}

async fn what_may_not_be_shown_is_in_no_answer(backend: Backend) -> Outcome {
    let server = Server::with_territory(backend).await?;
    let present = Present {
        now: server.app.clock.now(),
        today: server.app.clock.today(),
    };
    let planted = fill(&server.app.database, present).await?;
    maillage::search::reindex(&server.app.database, present.now).await?;
    let Planted {
        member,
        staff,
        organization,
        space,
        hidden,
    } = &planted;
    let hidden = hidden.join("\", \"");
    let all = format!(
        "... on Member {{ displayName office {POINTS} }}
         ... on Organization {{ name {POINTS} }}
         ... on CoworkingSpace {{ name {POINTS} }}
         ... on Initiative {{ title {POINTS} }}"
    );
    let of_members = [
        "lawful-member-open-source",
        "lawful-member-open-consent",
        "lawful-member-from-today-source",
        "lawful-member-until-tomorrow-consent",
        "lawful-member@example.org",
    ];
    let of_staff = ["lawful-staff@example.org"];
    let of_organizations = ["lawful-organization@example.org"];
    let of_spaces = ["lawful-space@example.org"];
    let of_initiatives = ["lawful-initiative@example.org"];
    let everyone = [of_members.as_slice(), of_staff.as_slice()].concat();
    let everything = [
        everyone.as_slice(),
        of_organizations.as_slice(),
        of_spaces.as_slice(),
    ]
    .concat();
    let commune = "commune(inseeCode: \"92071\")";
    let facets = "facets { kinds { kind count } communes { count } }";
    let paths: Vec<(String, &[&str])> = vec![
        (format!("member(id: \"{member}\") {{ {POINTS} }}"), &of_members),
        (format!("member(slug: \"elected\") {{ {POINTS} }}"), &of_members),
        (format!("member(id: \"{staff}\") {{ {POINTS} }}"), &of_staff),
        (format!("members {{ totalCount {facets} nodes {{ slug {POINTS} }} }}"), &everyone),
        (format!("members {{ edges {{ node {{ {POINTS} }} }} }}"), &everyone),
        (format!("members(filter: {{kind: {{eq: STAFF}}}}) {{ nodes {{ {POINTS} }} }}"), &of_staff),
        (format!("{commune} {{ members {{ nodes {{ slug {POINTS} }} }} }}"), &everyone),
        (
            format!("organization(slug: \"owner\") {{ members {{ nodes {{ {POINTS} }} }} }}"),
            &everyone,
        ),
        (format!("organization(id: \"{organization}\") {{ {POINTS} }}"), &of_organizations),
        (format!("organization(slug: \"owner\") {{ {POINTS} }}"), &of_organizations),
        (format!("organization(siren: \"{SIREN}\") {{ {POINTS} }}"), &of_organizations),
        (format!("organization(siret: \"{SIRET}\") {{ {POINTS} }}"), &of_organizations),
        (format!("organization(rna: \"{RNA}\") {{ {POINTS} }}"), &of_organizations),
        (
            format!(
                "organizations {{ totalCount nodes {{ name slug {POINTS} }}
                 facets {{ legalForms {{ count }} communes {{ count }} }} }}"
            ),
            &of_organizations,
        ),
        (format!("organizations {{ edges {{ node {{ {POINTS} }} }} }}"), &of_organizations),
        (
            format!("{commune} {{ organizations {{ nodes {{ name {POINTS} }} }} }}"),
            &of_organizations,
        ),
        (
            format!("coworkingSpace(slug: \"owned\") {{ operator {{ {POINTS} }} }}"),
            &of_organizations,
        ),
        (
            format!("coworkingSpace(slug: \"owned\") {{ owner {{ {POINTS} }} }}"),
            &of_organizations,
        ),
        (
            format!("member(slug: \"elected\") {{ organization {{ {POINTS} }} }}"),
            &of_organizations,
        ),
        (format!("coworkingSpace(id: \"{space}\") {{ {POINTS} }}"), &of_spaces),
        (format!("coworkingSpace(slug: \"owned\") {{ {POINTS} }}"), &of_spaces),
        (
            format!("coworkingSpaces {{ totalCount {facets} nodes {{ name {POINTS} }} }}"),
            &of_spaces,
        ),
        (format!("coworkingSpaces {{ edges {{ node {{ {POINTS} }} }} }}"), &of_spaces),
        (
            format!("{commune} {{ coworkingSpaces {{ nodes {{ name {POINTS} }} }} }}"),
            &of_spaces,
        ),
        (
            format!("organization(slug: \"owner\") {{ coworkingSpaces {{ nodes {{ {POINTS} }} }} }}"),
            &of_spaces,
        ),
        (format!("initiative(slug: \"led\") {{ {POINTS} }}"), &of_initiatives),
        (format!("initiatives {{ totalCount nodes {{ {POINTS} }} }}"), &of_initiatives),
        (
            format!("organization(slug: \"owner\") {{ initiatives {{ nodes {{ {POINTS} }} }} }}"),
            &of_initiatives,
        ),
        (
            format!("initiative(slug: \"led\") {{ leadOrganization {{ {POINTS} }} }}"),
            &of_organizations,
        ),
        (format!("node(id: \"{member}\") {{ {all} }}"), &of_members),
        (format!("node(id: \"{organization}\") {{ {all} }}"), &of_organizations),
        (format!("node(id: \"{space}\") {{ {all} }}"), &of_spaces),
        (
            format!(
                "nodes(ids: [\"{hidden}\", \"{member}\", \"{staff}\", \"{organization}\", \"{space}\"])
                 {{ {all} }}"
            ),
            &everything,
        ),
        (format!("nodes(ids: [\"{hidden}\"]) {{ {all} }}"), &[]),
        (
            format!("members(filter: {{text: \"conseil\"}}) {{ nodes {{ {POINTS} }} }}"),
            &of_members,
        ),
        (
            format!(
                "search(text: \"conseil\") {{ nodes {{ {all} }}
                 edges {{ node {{ {all} }} matches {{ excerpt }} }} }}"
            ),
            &of_members,
        ),
        (format!("search(text: \"owner\") {{ nodes {{ {all} }} }}"), &everything),
    ];
    for (path, lawful) in &paths {
        let answer = server.data(&format!("{{ {path} }}")).await?.to_string();
        ensure!(!answer.contains("plant"), "{path}: {answer}");
        for value in *lawful {
            ensure!(
                answer.contains(value),
                "{value} is missing: {path}: {answer}"
            );
        }
    }
    server.stop().await
}

/// A new way to contact points must come into the test above.
async fn every_path_to_a_contact_point_is_known(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    let data = server
        .data("{ __schema { types { name fields { name type { kind name ofType { name ofType { name ofType { name } } } } } } } }")
        .await?;
    let (mut found, mut kept) = (BTreeSet::new(), BTreeSet::new());
    for kind in data["__schema"]["types"].as_array().context("types")? {
        for field in kind["fields"].as_array().into_iter().flatten() {
            let path = format!("{}.{}", kind["name"], field["name"]).replace('"', "");
            let of = field["type"].to_string();
            if of.contains("\"ContactPoint\"") {
                found.insert(path);
            } else if of.contains("\"KeptContactPoint\"") {
                kept.insert(path);
            }
        }
    }
    let known = ["CoworkingSpace", "Initiative", "Member", "Organization"]
        .map(|owner| format!("{owner}.contactPoints"));
    ensure!(found == BTreeSet::from(known), "{found:?}");
    // One's own, and what one has just written.
    let known = [
        "Viewer.contactPoints",
        "ContactPointCreatePayload.contactPoint",
        "ContactPointUpdatePayload.contactPoint",
        "ContactConsentGivePayload.contactPoint",
        "ContactConsentWithdrawPayload.contactPoint",
    ];
    ensure!(kept == known.map(str::to_owned).into(), "{kept:?}");
    server.stop().await
}

async fn a_contact_point_of_a_mandate_expires_with_it(backend: Backend) -> Outcome {
    let instant = |text: &str| text.parse::<DateTime<Utc>>();
    for (now, shown) in [
        // In Paris the mandate begins and ends at midnight: at 22:00 UTC in summer, 23:00 in
        // winter.
        ("2020-05-27T21:59:59Z", false),
        ("2020-05-27T22:00:00Z", true),
        ("2025-12-31T22:59:59Z", true),
        ("2025-12-31T23:00:00Z", false),
    ] {
        let clock = Clock::fixed(instant(now)?);
        let server = Server::start(backend.clone(), &[], true, clock).await?;
        let database = &server.app.database;
        let member = fixtures::member(database, "Elected of the test", |_| ()).await?;
        let mandate = fixtures::mandate(
            database,
            member,
            "92071",
            "2020-05-28".parse().ok(),
            "2026-01-01".parse().ok(),
        )
        .await?;
        fixtures::contact(database, "office@example.org", |row| {
            row.member_id = Set(Some(member));
            row.mandate_id = Set(Some(mandate));
            row.basis = Set(Some(LawfulBasis::PublicSource));
            row.source_url = Set(Some("https://example.org/annuaire".to_owned()));
            row.source_seen_on = Set("2020-05-01".parse().ok());
        })
        .await?;
        let data = server
            .data(
                "{ member(slug: \"elected-of-the-test\") {
                    office contactPoints { value basis { kind sourceUrl seenOn } }
                } }",
            )
            .await?;
        let expected = if shown {
            json!({
                "office": "Conseil municipal",
                "contactPoints": [{
                    "value": "office@example.org",
                    "basis": {
                        "kind": "PUBLIC_SOURCE",
                        "sourceUrl": "https://example.org/annuaire",
                        "seenOn": "2020-05-01",
                    },
                }],
            })
        } else {
            json!({"office": null, "contactPoints": []})
        };
        ensure!(data["member"] == expected, "{now}: {data}");
        server.stop().await?;
    }
    Ok(())
}
