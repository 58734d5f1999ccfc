//! The real server, on a free port.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use maillage::app::App;
use maillage::clock::Clock;
use maillage::command::apply_migrations;
use maillage::database::Purpose;
use maillage::settings::Settings;
use maillage::{http, seed};
use reqwest::RequestBuilder;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::database::{Backend, Database};
use crate::mail::{Letter, eventually, letters};

/// A running server with a database of its own.
pub struct Server {
    pub url: String,
    pub client: reqwest::Client,
    pub app: Arc<App>,
    /// The token that its requests bear, unless a test says otherwise.
    token: Option<String>,
    database: Option<Database>,
    /// Where it writes e-mail, unless its settings say otherwise.
    mail: TempDir,
    handle: actix_web::dev::ServerHandle,
    /// Where its signing keys and its files are.
    folder: TempDir,
}

/// What a database holds when its server starts.
enum Content {
    Nothing,
    Reference,
    Demonstration,
}

/// An answer to a GraphQL request.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub body: Value,
}

impl Server {
    /// A server on a migrated database with the first content.
    pub async fn seeded(backend: Backend) -> anyhow::Result<Self> {
        Self::start(backend, &[], true, Clock::system()).await
    }

    /// A server on a migrated database without content.
    pub async fn empty(backend: Backend) -> anyhow::Result<Self> {
        Self::start(backend, &[], false, Clock::system()).await
    }

    /// A server on a migrated database with the reference data, without the demonstration.
    pub async fn with_territory(backend: Backend) -> anyhow::Result<Self> {
        Self::launch(backend, &[], Content::Reference, Clock::system()).await
    }

    /// A server with settings of the test's.
    pub async fn start(
        backend: Backend,
        settings: &[(&'static str, &str)],
        seeded: bool,
        clock: Clock,
    ) -> anyhow::Result<Self> {
        let content = if seeded {
            Content::Demonstration
        } else {
            Content::Nothing
        };
        Self::launch(backend, settings, content, clock).await
    }

    async fn launch(
        backend: Backend,
        settings: &[(&'static str, &str)],
        content: Content,
        clock: Clock,
    ) -> anyhow::Result<Self> {
        let database = backend.create().await?;
        let folder = tempfile::tempdir()?;
        let keys = folder.path().join("keys.json");
        let mail = tempfile::tempdir()?;
        let mut values = BTreeMap::from([
            ("DATABASE_URL", database.url.clone()),
            ("LISTEN", "127.0.0.1:0".to_owned()),
            ("WORKERS", "1".to_owned()),
            ("DATABASE_CONNECTIONS", "4".to_owned()),
            ("RATE_LIMIT_POINTS", "0".to_owned()),
            ("SIGNING_KEYS_FILE", keys.display().to_string()),
            ("PASSWORD_MEMORY_KIB", "8".to_owned()),
            ("PASSWORD_ITERATIONS", "1".to_owned()),
            ("MAIL_FOLDER", mail.path().display().to_string()),
            (
                "FILES_FOLDER",
                folder.path().join("files").display().to_string(),
            ),
        ]);
        for (name, value) in settings {
            values.insert(name, (*value).to_owned());
        }
        let settings = Settings::from_values(&values)?;
        let batch = App::open(settings.clone(), clock.clone(), Purpose::Batch).await?;
        apply_migrations(&batch.database).await?;
        match content {
            Content::Nothing => {}
            Content::Reference => seed::seed_reference_data(&batch).await?,
            Content::Demonstration => seed::seed(&batch).await?,
        }
        // The last connection to close tidies a file of SQLite, for which it locks everybody out.
        batch.database.close_by_ref().await?;
        Self::serve(settings, clock, Some(database), mail, folder).await
    }

    async fn serve(
        settings: Settings,
        clock: Clock,
        database: Option<Database>,
        mail: TempDir,
        folder: TempDir,
    ) -> anyhow::Result<Self> {
        let app = App::open(settings, clock, Purpose::Serve).await?;
        let server = http::start(Arc::clone(&app)).await?;
        let url = server.url();
        let handle = server.handle();
        actix_web::rt::spawn(server.run_until_stopped());
        Ok(Self {
            url,
            client: reqwest::Client::builder().build()?,
            app,
            token: None,
            database,
            mail,
            handle,
            folder,
        })
    }

    /// Another server on the same database, with the same keys and clock, and settings as
    /// `change` leaves them. To be stopped before this one.
    pub async fn replica(&self, change: impl FnOnce(&mut Settings)) -> anyhow::Result<Self> {
        let mut settings = self.app.settings.clone();
        change(&mut settings);
        let clock = self.app.clock.clone();
        let (mail, folder) = (tempfile::tempdir()?, tempfile::tempdir()?);
        Self::serve(settings, clock, None, mail, folder).await
    }

    /// Stops the server and removes its database.
    pub async fn stop(mut self) -> anyhow::Result<()> {
        self.handle.stop(true).await;
        self.app.database.close_by_ref().await?;
        match self.database.take() {
            Some(database) => database.remove().await,
            None => Ok(()),
        }
    }

    /// A connection of the test's own to the server's database.
    pub async fn connect(&self) -> anyhow::Result<sea_orm::DatabaseConnection> {
        let database = self.database.as_ref().context("the server has stopped")?;
        database.connect().await
    }

    /// What its folder of files holds, by the path in it.
    pub fn kept_files(&self) -> anyhow::Result<BTreeMap<String, Vec<u8>>> {
        let root = self.folder.path().join("files");
        let mut found = BTreeMap::new();
        let mut folders = vec![root.clone()];
        while let Some(folder) = folders.pop() {
            let Ok(entries) = std::fs::read_dir(&folder) else {
                continue;
            };
            for entry in entries {
                let path = entry?.path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let name = path.strip_prefix(&root)?.display().to_string();
                    found.insert(name, std::fs::read(&path)?);
                }
            }
        }
        Ok(found)
    }

    /// The e-mails sent so far.
    pub fn letters(&self) -> anyhow::Result<Vec<Letter>> {
        letters(self.mail.path())
    }

    /// The e-mails to `address`, once there are `count` of them.
    pub async fn letters_to(&self, address: &str, count: usize) -> anyhow::Result<Vec<Letter>> {
        let to = || {
            let mut letters = self.letters()?;
            letters.retain(|letter| letter.header("to") == address);
            anyhow::Ok(letters)
        };
        eventually("the e-mails were not sent", async || {
            Ok(to()?.len() >= count)
        })
        .await?;
        to()
    }

    /// Has the server read the reference data now, rather than within a second.
    pub async fn read_reference_again(&self) -> anyhow::Result<()> {
        Ok(maillage::reference::refresh(&self.app, &self.app.database).await?)
    }

    /// Sends an operation as front ends do.
    pub async fn send(&self, query: &str, variables: Value) -> anyhow::Result<Answer> {
        let body = json!({ "query": query, "variables": variables });
        Self::answer(self.request().json(&body)).await
    }

    /// A request of a front end, without its body.
    pub fn request(&self) -> RequestBuilder {
        let request = self
            .client
            .post(format!("{}/graphql", self.url))
            .header("accept", "application/graphql-response+json");
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    /// Has all that this test sends from now on be asked as who holds `token`.
    pub fn ask_as(&mut self, token: &str) {
        self.token = Some(token.to_owned());
    }

    /// Has all that this test sends from now on be asked without an account.
    pub fn ask_as_visitor(&mut self) {
        self.token = None;
    }

    /// Sends a request and reads its answer.
    pub async fn answer(request: RequestBuilder) -> anyhow::Result<Answer> {
        let response = request.send().await?;
        let status = response.status().as_u16();
        let text = response.text().await?;
        let body = serde_json::from_str(&text).with_context(|| format!("{status}: {text}"))?;
        Ok(Answer { status, body })
    }

    /// The data of an operation that must succeed.
    pub async fn data(&self, query: &str) -> anyhow::Result<Value> {
        self.data_with(query, Value::Null).await
    }

    /// The data of an operation with variables that must succeed.
    pub async fn data_with(&self, query: &str, variables: Value) -> anyhow::Result<Value> {
        let mut answer = self.send(query, variables).await?;
        if answer.body.get("errors").is_some() {
            bail!("{query}\nanswered {}", answer.body);
        }
        Ok(answer.body["data"].take())
    }

    /// The code of the first error of an operation that must fail.
    pub async fn error_code(&self, query: &str) -> anyhow::Result<String> {
        let answer = self.send(query, Value::Null).await?;
        answer.body["errors"][0]["extensions"]["code"]
            .as_str()
            .map(str::to_owned)
            .with_context(|| format!("{query}\nanswered {}", answer.body))
    }

    /// The data of an operation that must succeed, and how many SQL statements it took.
    pub async fn counted(&self, query: &str) -> anyhow::Result<(Value, u64)> {
        let before = self.statements().await?;
        let data = self.data(query).await?;
        Ok((data, self.statements().await? - before))
    }

    /// How many SQL statements the server has sent so far.
    pub async fn statements(&self) -> anyhow::Result<u64> {
        let text = self
            .client
            .get(format!("{}/metrics", self.url))
            .send()
            .await?
            .text()
            .await?;
        text.lines()
            .filter_map(|line| line.strip_prefix("maillage_sql_statement_seconds_count"))
            .filter_map(|line| line.rsplit_once(' '))
            .map(|(_, count)| count.parse::<u64>().context("a count"))
            .sum()
    }
}
