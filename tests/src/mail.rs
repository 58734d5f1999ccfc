//! E-mail as its recipients get it, and a real mail server.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use tempfile::TempDir;
use tokio::net::{TcpListener, TcpStream};
use tokio::process::{Child, Command};

/// Time that something has to happen, on a machine that builds something else.
const PATIENCE: Duration = Duration::from_secs(40);

/// An e-mail, read.
#[derive(Clone, Debug)]
pub struct Letter {
    headers: BTreeMap<String, String>,
    pub text: String,
    pub html: String,
}

impl Letter {
    /// Reads an e-mail that has a part in plain text and one in HTML.
    pub fn parse(raw: &str) -> anyhow::Result<Self> {
        let raw = raw.replace("\r\n", "\n");
        let (headers, body) = parts(&raw)?;
        let boundary = headers["content-type"]
            .split("boundary=")
            .nth(1)
            .context("no boundary")?
            .trim_matches('"');
        let mut letter = Self {
            headers: headers.clone(),
            text: String::new(),
            html: String::new(),
        };
        for part in body.split(&format!("--{boundary}")).skip(1) {
            if part.starts_with("--") {
                break;
            }
            let (headers, body) = parts(part.trim_start_matches('\n'))?;
            let content = decoded(&headers, body)?;
            match headers["content-type"].to_lowercase().as_str() {
                "text/plain; charset=utf-8" => letter.text = content,
                "text/html; charset=utf-8" => letter.html = content,
                other => bail!("a part of the type {other}"),
            }
        }
        Ok(letter)
    }

    /// The value of a header by its name in lower case, decoded; empty if there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }
}

/// Headers, by their names in lower case, and the body.
fn parts(text: &str) -> anyhow::Result<(BTreeMap<String, String>, &str)> {
    let (head, body) = text.split_once("\n\n").context("no body")?;
    let mut headers = BTreeMap::new();
    for line in head.replace("\n ", " ").lines() {
        let (name, value) = line.split_once(": ").context("not a header")?;
        let twice = headers.insert(name.to_lowercase(), words(value)?);
        anyhow::ensure!(twice.is_none(), "{name} stands twice");
    }
    Ok((headers, body))
}

/// The text of a header whose words may be encoded (RFC 2047).
fn words(value: &str) -> anyhow::Result<String> {
    let mut text = String::new();
    let mut rest = value;
    while let Some((before, encoded)) = rest.split_once("=?utf-8?b?") {
        let (encoded, after) = encoded.split_once("?=").context("an encoded word")?;
        // Spaces between two encoded words are not part of the text.
        let between = before.trim().is_empty() && !text.is_empty();
        if !between {
            text.push_str(before);
        }
        text.push_str(&String::from_utf8(BASE64_STANDARD.decode(encoded)?)?);
        rest = after;
    }
    text.push_str(rest);
    Ok(text)
}

fn decoded(headers: &BTreeMap<String, String>, body: &str) -> anyhow::Result<String> {
    let bytes = match headers["content-transfer-encoding"].as_str() {
        "7bit" => body.as_bytes().to_vec(),
        "base64" => BASE64_STANDARD.decode(body.replace('\n', ""))?,
        "quoted-printable" => {
            let mut bytes = Vec::new();
            let mut pieces = body.split('=');
            bytes.extend_from_slice(pieces.next().unwrap_or_default().as_bytes());
            for piece in pieces {
                if let Some(next_line) = piece.strip_prefix('\n') {
                    bytes.extend_from_slice(next_line.as_bytes());
                } else {
                    let (code, after) = piece.split_at_checked(2).context("a code")?;
                    bytes.push(u8::from_str_radix(code, 16)?);
                    bytes.extend_from_slice(after.as_bytes());
                }
            }
            bytes
        }
        other => bail!("the encoding {other}"),
    };
    Ok(String::from_utf8(bytes)?)
}

/// The e-mails in a folder, by the names of their files.
pub fn letters(folder: &Path) -> anyhow::Result<Vec<Letter>> {
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == "eml") {
            paths.push(path);
        }
    }
    paths.sort();
    paths
        .iter()
        .map(|path| Letter::parse(&std::fs::read_to_string(path)?))
        .collect()
}

/// Waits until `holds` does; `otherwise` says what did not come to be.
pub async fn eventually(
    otherwise: &str,
    mut holds: impl AsyncFnMut() -> anyhow::Result<bool>,
) -> anyhow::Result<()> {
    let begun = Instant::now();
    while !holds().await? {
        anyhow::ensure!(begun.elapsed() < PATIENCE, "{otherwise}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(())
}

/// A mail server (aiosmtpd). It refuses a recipient whose address begins with `refused`,
/// asks one that begins with `later` to come back, and takes its time for `slow`.
pub struct MailServer {
    port: u16,
    folder: TempDir,
    process: Option<Child>,
}

impl MailServer {
    /// A mail server that does not run yet.
    pub async fn stopped() -> anyhow::Result<Self> {
        let port = TcpListener::bind("127.0.0.1:0").await?.local_addr()?.port();
        Ok(Self {
            port,
            folder: tempfile::tempdir()?,
            process: None,
        })
    }

    /// A mail server that runs.
    pub async fn running() -> anyhow::Result<Self> {
        let mut server = Self::stopped().await?;
        server.start().await?;
        Ok(server)
    }

    /// Starts it, always on the same port.
    pub async fn start(&mut self) -> anyhow::Result<()> {
        let handler = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures/mail");
        let process = Command::new("aiosmtpd")
            .args(["--nosetuid", "--listen", &self.address()])
            .args(["--class", "mail_server.Handler"])
            .arg(self.folder.path())
            .env("PYTHONPATH", handler)
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .context("aiosmtpd cannot be started")?;
        self.process = Some(process);
        eventually("the mail server did not start", async || {
            Ok(TcpStream::connect(self.address()).await.is_ok())
        })
        .await
    }

    /// Stops it at once.
    pub async fn stop(&mut self) -> anyhow::Result<()> {
        if let Some(mut process) = self.process.take() {
            process.kill().await?;
        }
        Ok(())
    }

    /// What `SMTP_URL` is to be.
    pub fn url(&self) -> String {
        format!("smtp://{}", self.address())
    }

    /// What it has taken.
    pub fn letters(&self) -> anyhow::Result<Vec<Letter>> {
        letters(self.folder.path())
    }

    fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }
}
