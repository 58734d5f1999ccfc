//! The servers compared, each started on a free port of this machine.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, bail};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use crate::queries::{Query, Subject};

/// How long a server may take to start.
const START: Duration = Duration::from_secs(60);

/// Which server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Maillage,
    PostGraphile,
    Limit,
}

impl Kind {
    /// All of them, in the order in which they are measured.
    pub const ALL: [Self; 3] = [Self::Maillage, Self::PostGraphile, Self::Limit];
}

/// A running server; it stops when it is dropped.
pub struct Server {
    pub kind: Kind,
    pub url: String,
    child: Child,
}

/// One request, ready to be sent many times.
#[derive(Clone, Debug)]
pub struct Request {
    pub url: String,
    /// The body to post; none to get.
    pub body: Option<String>,
}

impl Server {
    /// Starts a server on the database at `url`.
    ///
    /// # Errors
    /// When it does not say where it listens.
    pub async fn start(kind: Kind, url: &str, maillage: &Path) -> anyhow::Result<Self> {
        let mut command = match kind {
            Kind::Maillage => {
                let mut command = Command::new(maillage);
                command
                    .arg("serve")
                    .env("LISTEN", "127.0.0.1:0")
                    .env("LOG", "warn")
                    .env("RATE_LIMIT_POINTS", "0");
                command
            }
            Kind::PostGraphile => {
                let folder = peers().join("postgraphile");
                if !folder.join("node_modules").exists() {
                    bail!("run `npm ci` in {} first", folder.display());
                }
                // The version that it asks for, whatever this machine has.
                let mut command = Command::new(folder.join("node_modules/node/bin/node"));
                command
                    .arg("server.mjs")
                    .current_dir(folder)
                    .env("PORT", free_port()?.to_string())
                    .env("PROCESSES", "2")
                    .env("NODE_ENV", "production")
                    .env("GRAPHILE_ENV", "production");
                command
            }
            Kind::Limit => {
                let mut command = Command::new(std::env::current_exe()?);
                command.arg("limit");
                command
            }
        };
        let mut child = command
            .env("DATABASE_URL", url)
            .stdout(Stdio::piped())
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("cannot start {kind:?}"))?;
        let output = child.stdout.take().context("its output")?;
        let mut lines = BufReader::new(output).lines();
        let address = async {
            while let Some(line) = lines.next_line().await? {
                if let Some(start) = line.find("http://") {
                    let address = line.get(start..).unwrap_or_default();
                    let address = address.split_whitespace().next().unwrap_or_default();
                    return Ok(address.to_owned());
                }
            }
            bail!("{kind:?} stopped before it listened")
        };
        let address = tokio::time::timeout(START, address)
            .await
            .with_context(|| format!("{kind:?} does not start"))??;
        // What it says later must not fill the pipe.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Ok(Self {
            kind,
            url: address,
            child,
        })
    }

    /// How this server is asked a query.
    pub fn request(&self, query: &Query, subject: &Subject) -> Request {
        let graphql = |document: &str, variables: Value| Request {
            url: format!("{}/graphql", self.url),
            body: Some(json!({ "query": document, "variables": variables }).to_string()),
        };
        match self.kind {
            Kind::Maillage => graphql(query.maillage, subject.for_maillage(query.name)),
            Kind::PostGraphile => graphql(query.postgraphile, subject.for_postgraphile(query.name)),
            Kind::Limit => {
                let arguments: Vec<(String, String)> = (0..)
                    .zip(subject.for_limit(query.name))
                    .map(|(number, value)| (number.to_string(), value))
                    .collect();
                let url = format!("{}/{}", self.url, query.name);
                let url = reqwest::Url::parse_with_params(&url, arguments)
                    .map_or(url, |url| url.to_string());
                Request { url, body: None }
            }
        }
    }

    /// Stops the server.
    pub async fn stop(mut self) {
        // It may have stopped already.
        let _ = self.child.kill().await;
    }
}

/// The folder of the peers.
pub fn peers() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("peers")
}

fn free_port() -> anyhow::Result<u16> {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0))?;
    Ok(listener.local_addr()?.port())
}
