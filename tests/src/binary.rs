//! The program itself, as operators run it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use anyhow::{Context as _, bail};
use maillage::app::App;
use maillage::clock::Clock;
use maillage::database::Purpose;
use maillage::settings::Settings;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader};
use tokio::process::{Child, Command};

/// Time that the program has to start, on a machine that builds something else.
const PATIENCE: Duration = Duration::from_secs(90);

/// The program in a working directory of its own.
pub struct Binary {
    pub folder: TempDir,
    environment: Vec<(String, String)>,
}

/// The program while it serves.
pub struct Serving {
    /// The address that it printed.
    pub url: String,
    /// Everything it printed up to there.
    pub greeting: String,
    child: Child,
}

/// What a program that served left behind.
pub struct Ended {
    pub success: bool,
    pub log: String,
}

impl Binary {
    /// The program with these settings and no others.
    pub fn new(settings: &[(&str, &str)]) -> anyhow::Result<Self> {
        let mut environment: Vec<(String, String)> = settings
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        if !settings.iter().any(|(name, _)| *name == "LISTEN") {
            environment.push(("LISTEN".to_owned(), "127.0.0.1:0".to_owned()));
        }
        Ok(Self {
            folder: tempfile::tempdir()?,
            environment,
        })
    }

    /// Runs a command to its end.
    pub async fn run(&self, arguments: &[&str]) -> anyhow::Result<Output> {
        let output = self.command(arguments)?.output();
        Ok(tokio::time::timeout(PATIENCE, output)
            .await
            .with_context(|| format!("{arguments:?} did not end"))??)
    }

    /// Serves, from when the address is printed.
    pub async fn serve(&self) -> anyhow::Result<Serving> {
        let mut child = self
            .command(&[])?
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let stdout = child.stdout.take().context("no standard output")?;
        let mut lines = BufReader::new(stdout).lines();
        let mut greeting = String::new();
        let reading = async {
            while let Some(line) = lines.next_line().await? {
                greeting.push_str(&line);
                greeting.push('\n');
                if line.contains("GraphiQL") {
                    break;
                }
            }
            anyhow::Ok(())
        };
        tokio::time::timeout(PATIENCE, reading)
            .await
            .context("the program did not say where it listens")??;
        let url = greeting
            .split_whitespace()
            .find(|word| word.starts_with("http://"))
            .map(str::to_owned);
        let Some(url) = url else {
            let mut log = String::new();
            if let Some(mut stderr) = child.stderr.take() {
                stderr.read_to_string(&mut log).await?;
            }
            bail!("no address in {greeting:?}: {log}");
        };
        Ok(Serving {
            url,
            greeting,
            child,
        })
    }

    /// The registry of the program with these settings, beside it: what signs in here is
    /// signed in there.
    pub async fn beside(&self, settings: &[(&'static str, &str)]) -> anyhow::Result<Arc<App>> {
        let keys = self.folder.path().join("maillage-keys.json");
        let mut values: BTreeMap<&'static str, String> = settings
            .iter()
            .map(|(name, value)| (*name, (*value).to_owned()))
            .collect();
        values.insert("SIGNING_KEYS_FILE", keys.display().to_string());
        values.insert("DATABASE_CONNECTIONS", "2".to_owned());
        let settings = Settings::from_values(&values)?;
        Ok(App::open(settings, Clock::system(), Purpose::Serve).await?)
    }

    fn command(&self, arguments: &[&str]) -> anyhow::Result<Command> {
        let mut command = Command::new(path()?);
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env_clear()
            .envs(self.environment.iter().cloned())
            .stdin(Stdio::null());
        Ok(command)
    }
}

impl Serving {
    /// Asks the program to end, as an init system does.
    pub async fn terminate(&self) -> anyhow::Result<()> {
        let id = self.child.id().context("it has ended")?;
        let status = Command::new("kill")
            .args(["-TERM", &id.to_string()])
            .status()
            .await?;
        anyhow::ensure!(status.success(), "kill: {status}");
        Ok(())
    }

    /// Waits until the program has ended.
    pub async fn ended(mut self, within: Duration) -> anyhow::Result<Ended> {
        let mut stderr = self.child.stderr.take().context("no standard error")?;
        let ending = async {
            let mut log = String::new();
            stderr.read_to_string(&mut log).await?;
            let status = self.child.wait().await?;
            anyhow::Ok(Ended {
                success: status.success(),
                log,
            })
        };
        tokio::time::timeout(within, ending)
            .await
            .context("the program did not end")?
    }

    /// Kills it, as a power cut does.
    pub async fn kill(mut self) -> anyhow::Result<()> {
        Ok(self.child.kill().await?)
    }

    /// Asks it to end and waits until it has.
    pub async fn stop(self) -> anyhow::Result<Ended> {
        self.terminate().await?;
        self.ended(Duration::from_secs(40)).await
    }
}

/// The program, built once.
fn path() -> anyhow::Result<&'static Path> {
    static BUILT: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    BUILT
        .get_or_init(|| build().map_err(|error| format!("{error:#}")))
        .as_deref()
        .map_err(|error| anyhow::anyhow!("{error}"))
}

fn build() -> anyhow::Result<PathBuf> {
    let mut command = std::process::Command::new(env!("CARGO"));
    // What cargo tells a test of its package would make it build some dependencies anew.
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&*name);
        }
    }
    let output = command
        .args(["build", "--package=maillage", "--bin=maillage"])
        .args(["--locked", "--message-format=json"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()?;
    if !output.status.success() {
        bail!("{}", String::from_utf8_lossy(&output.stderr));
    }
    String::from_utf8(output.stdout)?
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .filter_map(|message| message["executable"].as_str().map(PathBuf::from))
        .next_back()
        .context("the build named no executable")
}
