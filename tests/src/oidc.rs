//! An OpenID Connect provider (npm `oidc-provider`), and people who sign in to it.

use std::collections::BTreeMap;
use std::process::Stdio;

use anyhow::{Context as _, bail};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use reqwest::redirect::Policy;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

use crate::npm;

/// Where a client of the provider is sent back to.
const REDIRECT: &str = "https://front.example.org/callback";

/// The example of RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// Redirects that are followed to sign in.
const REDIRECTS: usize = 10;

/// A provider that runs.
pub struct Provider {
    pub issuer: String,
    process: Child,
    /// It ends if nobody can read what it says.
    _said: Lines<BufReader<ChildStdout>>,
    client: reqwest::Client,
}

/// Tokens that it gave.
#[derive(Debug)]
pub struct Tokens {
    pub access: String,
    pub id: String,
}

impl Provider {
    /// A provider on a free port that signs with a key named `key`.
    pub async fn start(key: &str) -> anyhow::Result<Self> {
        Self::at("0", key).await
    }

    async fn at(port: &str, key: &str) -> anyhow::Result<Self> {
        let folder = npm::installed("oidc").await?;
        let mut process = Command::new("node")
            .args(["provider.mjs", port, key])
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .context("node cannot be started")?;
        let stdout = process.stdout.take().context("no output")?;
        let mut said = BufReader::new(stdout).lines();
        let issuer = said.next_line().await?;
        Ok(Self {
            issuer: issuer.context("the provider did not start")?,
            process,
            _said: said,
            client: reqwest::Client::builder()
                .redirect(Policy::none())
                .build()?,
        })
    }

    /// Stops it at once.
    pub async fn stop(&mut self) -> anyhow::Result<()> {
        Ok(self.process.kill().await?)
    }

    /// Starts it anew on the same port, with a key named `key` and no other.
    pub async fn restart(&mut self, key: &str) -> anyhow::Result<()> {
        self.stop().await?;
        let (_, port) = self.issuer.rsplit_once(':').context("a port")?;
        *self = Self::at(port, key).await?;
        Ok(())
    }

    /// How often its keys were asked for.
    pub async fn asked(&self) -> anyhow::Result<u32> {
        let url = format!("{}/asked", self.issuer);
        Ok(self.client.get(url).send().await?.text().await?.parse()?)
    }

    /// Its public keys.
    pub async fn keys(&self) -> anyhow::Result<Value> {
        let url = format!("{}/jwks", self.issuer);
        Ok(self.client.get(url).send().await?.json().await?)
    }

    /// Signs a person with these claims in to `client`, which then asks for a token for
    /// `audience`: the authorization code flow, as a browser and a front end go through it.
    pub async fn sign_in(
        &self,
        client: &str,
        audience: &str,
        claims: &Value,
    ) -> anyhow::Result<Tokens> {
        let hint = BASE64_URL_SAFE_NO_PAD.encode(claims.to_string());
        let asked = reqwest::Url::parse_with_params(
            &format!("{}/auth", self.issuer),
            [
                ("client_id", client),
                ("redirect_uri", REDIRECT),
                ("response_type", "code"),
                ("scope", "openid email profile"),
                ("code_challenge", CHALLENGE),
                ("code_challenge_method", "S256"),
                ("resource", audience),
                ("login_hint", &hint),
            ],
        )?;
        let code = self.browse(asked).await?;
        let response = self
            .client
            .post(format!("{}/token", self.issuer))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(
                reqwest::Url::parse_with_params(
                    "form:",
                    [
                        ("grant_type", "authorization_code"),
                        ("client_id", client),
                        ("redirect_uri", REDIRECT),
                        ("code_verifier", VERIFIER),
                        ("code", &code),
                        ("resource", audience),
                    ],
                )?
                .query()
                .context("a form")?
                .to_owned(),
            )
            .send()
            .await?;
        let body: Value = response.json().await?;
        let token = |name: &str| {
            let token = body[name].as_str();
            Ok::<_, anyhow::Error>(token.with_context(|| body.to_string())?.to_owned())
        };
        Ok(Tokens {
            access: token("access_token")?,
            id: token("id_token")?,
        })
    }

    /// Follows redirects as a browser that keeps cookies, up to the code in the last one.
    async fn browse(&self, begin: reqwest::Url) -> anyhow::Result<String> {
        let mut url = begin;
        let mut cookies = BTreeMap::new();
        for _ in 0..REDIRECTS {
            let kept: Vec<String> = cookies
                .iter()
                .map(|(name, value): (&String, &String)| format!("{name}={value}"))
                .collect();
            let request = self.client.get(url.clone());
            let response = request.header("cookie", kept.join("; ")).send().await?;
            for cookie in response.headers().get_all("set-cookie") {
                let pair = cookie.to_str()?.split(';').next().unwrap_or_default();
                let (name, value) = pair.split_once('=').context("a cookie")?;
                cookies.insert(name.to_owned(), value.to_owned());
            }
            let Some(location) = response.headers().get("location") else {
                bail!("{url}: {}", response.text().await?);
            };
            url = url.join(location.to_str()?)?;
            if url.as_str().starts_with(REDIRECT) {
                let code = url.query_pairs().find(|(name, _)| name == "code");
                let (_, code) = code.with_context(|| url.to_string())?;
                return Ok(code.into_owned());
            }
        }
        bail!("too many redirects, the last one to {url}")
    }
}
