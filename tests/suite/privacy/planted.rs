//! Values of people that may not be shown are planted, and then looked for wherever somebody
//! could see them: in every answer to everybody, in the figures, the log, errors and the
//! change log.

use std::time::Duration;

use anyhow::ensure;
use chrono::{Days, TimeDelta};
use entity::contact_point::ActiveModel;
use entity::values::{
    AccountLanguage, ContactVisibility, LawfulBasis, MailLanguage, MailTemplate, Role,
};
use entity::{account, one_time_link, outbox_message, session};
use maillage::clock::Clock;
use maillage::command::apply_migrations;
use sea_orm::{ActiveModelTrait as _, DatabaseConnection, EntityTrait as _, Set};
use serde_json::{Value, json};
use tests::fixtures::Fixtures;
use tests::{Backend, Binary, Outcome, Server, cases, fixtures};
use uuid::Uuid;

use super::rows_with;
use crate::statements::answers_to_everything;

cases![
    what_is_hidden_of_people_is_in_no_answer_to_anybody;
    once:
    figures_logs_and_errors_tell_nothing_of_people,
];

/// Part of what nobody may see.
const NOBODY: &str = "zyxnobody";
/// Part of what only the network, staff and administrators may see.
const NETWORK: &str = "zyxnetwork";
/// Part of what only staff and administrators may see.
const REVIEWERS: &str = "zyxreviewers";

/// Gives `owner` contact points that may not be shown, or not to everybody.
async fn plant_contacts(
    database: &DatabaseConnection,
    clock: &Clock,
    owner: impl Fn(&mut ActiveModel),
) -> anyhow::Result<()> {
    let (now, today) = (clock.now(), clock.today());
    let source = |row: &mut ActiveModel| {
        row.basis = Set(Some(LawfulBasis::PublicSource));
        row.source_url = Set(Some("https://example.org/annuaire".to_owned()));
        row.source_seen_on = Set(Some(today));
    };
    let consent = |row: &mut ActiveModel| {
        row.basis = Set(Some(LawfulBasis::Consent));
        row.consent_wording = Set(Some("J’accepte.".to_owned()));
        row.consent_given_at = Set(Some(now - TimeDelta::minutes(1)));
    };
    let value = |case: &str| format!("{NOBODY}-{case}@example.org");
    fixtures::contact(database, &value("no-basis"), |row| owner(row)).await?;
    fixtures::contact(database, &value("withdrawn"), |row| {
        owner(row);
        consent(row);
        row.label = Set(Some(format!("{NOBODY}-label")));
        row.consent_withdrawn_at = Set(Some(now));
    })
    .await?;
    fixtures::contact(database, &value("not-yet"), |row| {
        owner(row);
        source(row);
        row.source_seen_on = Set(Some(today + Days::new(1)));
    })
    .await?;
    fixtures::contact(database, &format!("{NETWORK}@example.org"), |row| {
        owner(row);
        consent(row);
        row.visibility = Set(ContactVisibility::Network);
    })
    .await
}

/// An account in use, and all that its person leaves behind.
async fn plant_account(database: &DatabaseConnection, clock: &Clock) -> anyhow::Result<Uuid> {
    let (id, now) = (clock.new_id(), clock.now());
    account::ActiveModel {
        id: Set(id),
        email: Set(Some(format!("{REVIEWERS}@example.org"))),
        display_name: Set(Some(format!("Camille {REVIEWERS}"))),
        role: Set(Role::ProjectHolder),
        language: Set(AccountLanguage::French),
        email_verified_at: Set(Some(now)),
        created_at: Set(now),
        updated_at: Set(now),
        ..Default::default()
    }
    .insert(database)
    .await?;
    session::ActiveModel {
        id: Set(clock.new_id()),
        account_id: Set(id),
        device: Set(Some(format!("{NOBODY}-device"))),
        created_at: Set(now),
        last_used_at: Set(now),
        expires_at: Set(now + TimeDelta::days(30)),
        ..Default::default()
    }
    .insert(database)
    .await?;
    one_time_link::Entity::insert(one_time_link::ActiveModel {
        digest: Set("0".repeat(64)),
        account_id: Set(id),
        purpose: Set(entity::values::LinkPurpose::EmailChange),
        payload: Set(json!({ "email": format!("{NOBODY}-new@example.org"), "side": "new" })),
        created_at: Set(now),
        expires_at: Set(now + TimeDelta::days(2)),
        used_at: Set(None),
    })
    .exec_without_returning(database)
    .await?;
    outbox_message::ActiveModel {
        id: Set(clock.new_id()),
        created_at: Set(now),
        recipient: Set(Some(format!("{NOBODY}-mail@example.org"))),
        language: Set(MailLanguage::French),
        template: Set(MailTemplate::PasswordReset),
        variables: Set(Some(
            json!({ "link": format!("https://example.org/{NOBODY}") }),
        )),
        attempts: Set(0),
        next_attempt_at: Set(Some(now + TimeDelta::days(300))),
        ..Default::default()
    }
    .insert(database)
    .await?;
    Ok(id)
}

async fn what_is_hidden_of_people_is_in_no_answer_to_anybody(backend: Backend) -> Outcome {
    let settings = [
        ("QUERY_COST", "10000000"),
        ("QUERY_FIELDS", "100000"),
        ("QUERY_DEPTH", "50"),
        ("QUERY_TOKENS", "100000"),
        ("QUERY_ALIASES", "10000"),
        ("OPERATION_TIMEOUT_MS", "120000"),
        ("RATE_LIMIT_POINTS", "1000000000"),
    ];
    let clock = Clock::system();
    let mut server = Server::start(backend, &settings, false, clock.clone()).await?;
    let database = server.app.database.clone();
    Fixtures::of(&server)
        .await?
        .everything(&server, 0..2)
        .await?;
    let first = |rows: Vec<Uuid>| rows.into_iter().next().unwrap_or_default();
    let organizations = entity::organization::Entity::find().all(&database).await?;
    let organization = first(organizations.iter().map(|row| row.id).collect());
    let members = entity::member::Entity::find().all(&database).await?;
    let member = first(members.iter().map(|row| row.id).collect());
    let spaces = entity::coworking_space::Entity::find()
        .all(&database)
        .await?;
    let space = first(spaces.iter().map(|row| row.id).collect());
    let initiatives = entity::initiative::Entity::find().all(&database).await?;
    let initiative = first(initiatives.iter().map(|row| row.id).collect());
    plant_contacts(&database, &clock, |row| {
        row.organization_id = Set(Some(organization))
    })
    .await?;
    plant_contacts(&database, &clock, |row| row.member_id = Set(Some(member))).await?;
    plant_contacts(&database, &clock, |row| row.space_id = Set(Some(space))).await?;
    plant_contacts(&database, &clock, |row| {
        row.initiative_id = Set(Some(initiative))
    })
    .await?;
    plant_account(&database, &clock).await?;
    maillage::search::reindex(&database, clock.now()).await?;

    let reviewer = server.account(Role::Staff, None).await?.token;
    let mut seen_by_reviewers = false;
    for role in [None]
        .into_iter()
        .chain(Role::ALL.iter().copied().map(Some))
    {
        let token = match role {
            Some(role) => Some(server.account(role, None).await?.token),
            None => None,
        };
        let answers = answers_to_everything(&mut server, &reviewer, token.as_deref()).await?;
        ensure!(answers.len() > 80, "only {}", answers.len());
        let (network, reviews) = match role {
            Some(Role::Staff | Role::Admin) => (true, true),
            Some(Role::Member) => (true, false),
            _ => (false, false),
        };
        let mut of_network = false;
        for (query, answer) in answers {
            let answer = answer.to_string();
            for (plant, may_see) in [(NOBODY, false), (NETWORK, network), (REVIEWERS, reviews)] {
                ensure!(
                    may_see || !answer.contains(plant),
                    "{role:?}: {query}: {answer}"
                );
            }
            of_network |= answer.contains(NETWORK);
            seen_by_reviewers |= answer.contains(REVIEWERS);
        }
        // Or nothing was planted where it is looked for.
        ensure!(of_network == network, "{role:?}");
        for text in [NOBODY, NETWORK, REVIEWERS] {
            let query = format!(
                "{{ search(text: \"{text}\") {{ totalCount }}
                    members(filter: {{text: \"{text}\"}}) {{ totalCount }}
                    organizations(filter: {{text: \"{text}\"}}) {{ totalCount }} }}"
            );
            let found = server.data(&query).await?;
            for list in ["search", "members", "organizations"] {
                ensure!(found[list]["totalCount"] == 0, "{role:?}: {text}: {found}");
            }
        }
    }
    ensure!(seen_by_reviewers);
    let figures = server.client.get(format!("{}/metrics", server.url));
    let figures = figures.send().await?.text().await?;
    ensure!(!figures.contains("zyx"), "{figures}");
    for (table, row) in rows_with(&database, "zyx").await? {
        ensure!(
            [
                "account",
                "session",
                "one_time_link",
                "outbox_message",
                "contact_point"
            ]
            .contains(&table.as_str()),
            "{table}: {row}"
        );
    }
    server.stop().await
}

async fn figures_logs_and_errors_tell_nothing_of_people(_: Backend) -> Outcome {
    let program = Binary::new(&[
        ("DATABASE_URL", "sqlite:people.sqlite?mode=rwc"),
        ("SEED_ON_START", "false"),
        (
            "LOG",
            "trace,sqlx=warn,h2=info,hyper=info,mio=info,actix=info",
        ),
        ("PASSWORD_MEMORY_KIB", "8"),
        ("PASSWORD_ITERATIONS", "1"),
    ])?;
    let url = format!(
        "sqlite:{}?mode=rwc",
        program.folder.path().join("people.sqlite").display()
    );
    let database = sea_orm::Database::connect(&url).await?;
    apply_migrations(&database).await?;
    let clock = Clock::system();
    let account = plant_account(&database, &clock).await?;
    let member = fixtures::member(&database, "Élue", |_| ()).await?;
    plant_contacts(&database, &clock, |row| row.member_id = Set(Some(member))).await?;
    let serving = program.serve().await?;
    let client = reqwest::Client::new();
    let known = format!("{REVIEWERS}@example.org");
    let mutation = |text: &str| format!("mutation {{ {text} {{ errors {{ code message }} }} }}");
    let queries = [
        mutation(&format!("accountSignUp(input: {{email: \"{known}\"}})")),
        mutation(&format!("accountSignUp(input: {{email: \"{known} no\"}})")),
        mutation(&format!(
            "passwordResetRequest(input: {{email: \"{known}\"}})"
        )),
        mutation(&format!(
            "sessionCreate(input: {{email: \"{known}\", password: \"{NOBODY}-password\"}})"
        )),
        mutation(&format!(
            "sessionRefresh(input: {{refreshToken: \"{NOBODY}\"}})"
        )),
        mutation(&format!(
            "passwordReset(input: {{token: \"{NOBODY}\", password: \"{NOBODY}\"}})"
        )),
        "{ members { nodes { displayName contactPoints { value } } } }".to_owned(),
        format!("{{ accounts(filter: {{text: \"{known}\"}}) {{ totalCount }} }}"),
        format!("{{ node(id: \"{NOBODY}\") {{ id }} }}"),
        format!("{{ search(text: \"{known}\") {{ totalCount }} }}"),
        format!("{{ {NOBODY} }}"),
        format!("{{ {NOBODY}"),
    ];
    for query in &queries {
        let request = client
            .post(format!("{}/graphql", serving.url))
            .header("user-agent", format!("{NOBODY}-device"))
            .json(&json!({ "query": query, "variables": { "email": known } }));
        let answer = request.send().await?.text().await?;
        // What somebody sends may come back to them; what the registry holds may not.
        let answer = answer.replace(&format!("« {NOBODY} »"), "").to_lowercase();
        ensure!(!answer.contains("camille"), "{query}: {answer}");
        ensure!(!answer.contains(&format!("{NOBODY}-")), "{query}: {answer}");
    }
    // A fault of ours: the database refuses what is asked of it.
    use sea_orm::ConnectionTrait as _;
    database
        .execute_unprepared("alter table sign_in_guard rename to gone")
        .await?;
    let faulty = mutation(&format!(
        "sessionCreate(input: {{email: \"{known}\", password: \"{NOBODY}-password\"}})"
    ));
    let request = client.post(format!("{}/graphql", serving.url));
    let answer = request.json(&json!({ "query": faulty })).send().await?;
    let answer = answer.text().await?;
    ensure!(
        answer.contains("INTERNAL") && !answer.contains("zyx"),
        "{answer}"
    );
    let figures = client.get(format!("{}/metrics", serving.url));
    let figures = figures.send().await?.text().await?;
    ensure!(!figures.contains("zyx"), "{figures}");
    let greeting = serving.greeting.clone();
    serving.terminate().await?;
    let ended = serving.ended(Duration::from_secs(40)).await?;
    let log = format!("{greeting}{}", ended.log).to_lowercase();
    ensure!(
        log.contains("incident") && log.contains("answered"),
        "{log}"
    );
    let told: Vec<&str> = log.lines().filter(|line| line.contains("zyx")).collect();
    ensure!(told.is_empty(), "{told:#?}");
    let log = entity::change::Entity::find().all(&database).await?;
    let log: Value = json!(log.iter().map(|row| format!("{row:?}")).collect::<Vec<_>>());
    ensure!(log.to_string().contains("passwordReset"), "{log}");
    ensure!(!log.to_string().contains("zyx"), "{log}");
    ensure!(!log.to_string().contains("Camille") && !account.is_nil());
    Ok(())
}
