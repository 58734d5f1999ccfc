//! Many writers while the server is killed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use entity::values::{MailTemplate, Role};
use entity::{change, idempotency_key, initiative, outbox_message, revision};
use futures::future::join_all;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _};
use serde_json::{Value, json};
use tests::{Backend, Binary, Outcome, Serving, Signed, cases, letters, sign_in};
use tokio::sync::RwLock;

cases![a_killed_server_loses_nothing_that_it_acknowledged];

/// What one writer was told, in the client's own ledger.
#[derive(Default)]
struct Ledger {
    /// Identifiers, by the key under which they were created.
    created: BTreeMap<String, BTreeSet<String>>,
    /// What was acknowledged as approved.
    approved: BTreeSet<String>,
}

struct Writers {
    url: RwLock<String>,
    client: reqwest::Client,
    holder: Signed,
    staff: Signed,
    until: Instant,
}

const CREATE: &str = "mutation ($input: InitiativeCreateInput!) { initiativeCreate(input: $input) {
    initiative { id } errors { code } } }";
const SUBMIT: &str = "mutation ($input: RevisionInput!) { initiativeSubmit(input: $input) {
    initiative { id } errors { code } } }";
const APPROVE: &str = "mutation ($input: DecisionInput!) { initiativeApprove(input: $input) {
    initiative { id } errors { code } } }";

impl Writers {
    /// The payload of a mutation; nothing if it was not answered.
    async fn send(&self, token: &str, query: &str, input: &Value) -> Option<Value> {
        let url = format!("{}/graphql", self.url.read().await);
        let body = json!({ "query": query, "variables": { "input": input } });
        let request = self.client.post(url).bearer_auth(token).json(&body);
        let mut answer: Value = request.send().await.ok()?.json().await.ok()?;
        let payload = answer["data"].as_object_mut()?.values_mut().next()?.take();
        (!payload.is_null()).then_some(payload)
    }

    /// Creates, submits and has approved one initiative after the other, asking again
    /// whatever was not answered.
    async fn write(&self, writer: usize) -> Ledger {
        let mut ledger = Ledger::default();
        let mut number = 0;
        while Instant::now() < self.until {
            let key = format!("{writer}-{number}");
            number += 1;
            let input = json!({
                "idempotencyKey": key, "title": key, "summary": "Écrite pendant la panne.",
                "scope": "LOCAL", "stage": "IDEA",
            });
            let Some(id) = self
                .until_answered(&self.holder.token, CREATE, &input)
                .await
            else {
                continue;
            };
            let told = ledger.created.entry(key).or_default();
            told.insert(id.clone());
            // Asked again, it answers the same.
            if let Some(again) = self
                .until_answered(&self.holder.token, CREATE, &input)
                .await
            {
                told.insert(again);
            }
            let input = json!({ "id": id, "expectedRevision": 1 });
            self.until_answered(&self.holder.token, SUBMIT, &input)
                .await;
            if self
                .until_answered(&self.staff.token, APPROVE, &input)
                .await
                .is_some()
            {
                ledger.approved.insert(id);
            }
        }
        ledger
    }

    /// The identifier that a mutation answers; nothing if it was refused, or never answered.
    async fn until_answered(&self, token: &str, query: &str, input: &Value) -> Option<String> {
        while Instant::now() < self.until {
            if let Some(payload) = self.send(token, query, input).await {
                return payload["initiative"]["id"].as_str().map(str::to_owned);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        None
    }
}

async fn a_killed_server_loses_nothing_that_it_acknowledged(backend: Backend) -> Outcome {
    // SQLite has one writer at a time: fewer of them wait for less.
    let (writers, seconds) = if backend.is_postgres() {
        (200, 30)
    } else {
        (8, 8)
    };
    let database = backend.create().await?;
    let settings = [
        ("DATABASE_URL", database.url.as_str()),
        ("MIGRATE_ON_START", "true"),
        ("RATE_LIMIT_POINTS", "0"),
        ("LOG", "error"),
    ];
    let binary = Binary::new(&settings)?;
    let serving = binary.serve().await?;
    let app = binary.beside(&settings).await?;
    let begun = Instant::now();
    let work = Arc::new(Writers {
        url: RwLock::new(serving.url.clone()),
        client: reqwest::Client::builder()
            .timeout(Duration::from_secs(10))
            .build()?,
        holder: sign_in(&app, Role::ProjectHolder, None).await?,
        staff: sign_in(&app, Role::Staff, None).await?,
        until: begun + Duration::from_secs(seconds),
    });
    let all = join_all((0..writers).map(|writer| work.write(writer)));
    let (ledgers, serving) =
        tokio::join!(all, killed_and_started(&binary, serving, &work, seconds));
    let serving = serving?;

    let mut created = 0;
    let initiatives = initiative::Entity::find().all(&app.database).await?;
    let ids: BTreeSet<String> = initiatives.iter().map(|row| id_of(row.id)).collect();
    for (key, told) in ledgers.iter().flat_map(|ledger| &ledger.created) {
        ensure!(told.len() == 1, "{key} was created as {told:?}");
        ensure!(told.is_subset(&ids), "{key} is lost: {told:?}");
        created += 1;
    }
    let keys = idempotency_key::Entity::find().all(&app.database).await?;
    ensure!(
        keys.len() == initiatives.len(),
        "{} keys, {} initiatives",
        keys.len(),
        initiatives.len()
    );
    let log = change::Entity::find()
        .order_by_asc(change::Column::Version)
        .all(&app.database)
        .await?;
    let versions: Vec<i64> = log.iter().map(|row| row.version).collect();
    ensure!(
        versions == (1..=log.len() as i64).collect::<Vec<_>>(),
        "the change log has a gap"
    );
    let approvals = log.iter().filter(|row| row.action == "approved");
    let approved: BTreeSet<String> = approvals.map(|row| id_of(row.entity_id)).collect();
    for id in ledgers.iter().flat_map(|ledger| &ledger.approved) {
        ensure!(approved.contains(id), "the approval of {id} is lost");
    }
    // One revision for each, decided where the log says so, and one e-mail for each approval.
    let revisions = revision::Entity::find().all(&app.database).await?;
    ensure!(revisions.len() == initiatives.len());
    let decided = revisions
        .iter()
        .filter(|row| row.decided_at.is_some())
        .count();
    let posted = outbox_message::Entity::find()
        .filter(outbox_message::Column::Template.eq(MailTemplate::ReviewApproved))
        .all(&app.database)
        .await?;
    ensure!(
        decided == approved.len() && posted.len() == approved.len(),
        "{decided} decided, {} approved, {} posted",
        approved.len(),
        posted.len()
    );
    let sent = letters(&binary.folder.path().join("maillage-mail"))?;
    ensure!(
        sent.len() <= posted.len() + 4,
        "{} sent, {} posted",
        sent.len(),
        posted.len()
    );
    ensure!(created > 0 && !approved.is_empty(), "nothing was written");
    serving.stop().await?;
    app.database.close_by_ref().await?;
    database.remove().await
}

async fn killed_and_started(
    binary: &Binary,
    serving: Serving,
    work: &Writers,
    seconds: u64,
) -> anyhow::Result<Serving> {
    tokio::time::sleep(Duration::from_secs(seconds / 2)).await;
    serving.kill().await?;
    let serving = binary.serve().await.context("after the kill")?;
    *work.url.write().await = serving.url.clone();
    Ok(serving)
}

fn id_of(uuid: uuid::Uuid) -> String {
    let kind = maillage::id::Kind::Initiative;
    maillage::id::GlobalId { kind, uuid }.to_string()
}
