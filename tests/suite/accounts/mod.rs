//! Accounts, as front ends and people meet them.

mod administration;
mod cookies;
mod email;
mod guard;
mod opening;
mod passwords;
mod permissions;
mod replicas;
mod sessions;

use anyhow::{Context as _, ensure};
use chrono::{DateTime, Utc};
use maillage::clock::Clock;
use serde_json::{Value, json};
use tests::{Backend, Server};

/// The tests of this topic.
pub fn cases() -> Vec<tests::Case> {
    [
        administration::cases(),
        cookies::cases(),
        email::cases(),
        guard::cases(),
        opening::cases(),
        passwords::cases(),
        permissions::cases(),
        replicas::cases(),
        sessions::cases(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

pub const PASSWORD: &str = "corbeau-lampe-violet-38";
pub const OTHER_PASSWORD: &str = "tilleul.panier.onze.marees";

/// The origin of the pages of the server.
pub const ORIGIN: &str = "https://registry.example.org";

/// What is asked of tokens.
pub const TOKENS: &str = "tokens { accessToken refreshToken session { id } account { email } }";

/// A server that believes what its proxy tells of addresses, and a clock that tests move.
pub async fn server(backend: Backend) -> anyhow::Result<(Server, Clock)> {
    let clock = Clock::fixed(now());
    let settings = [("TRUSTED_PROXIES", "127.0.0.1"), ("PUBLIC_URL", ORIGIN)];
    let server = Server::start(backend, &settings, false, clock.clone()).await?;
    Ok((server, clock))
}

#[expect(
    clippy::disallowed_methods,
    reason = "letters are sent by the real time"
)]
fn now() -> DateTime<Utc> {
    Utc::now()
}

/// Somebody who asks.
#[derive(Clone)]
pub struct From<'a> {
    server: &'a Server,
    headers: Vec<(&'static str, String)>,
}

/// What was answered.
pub struct Answered {
    pub status: u16,
    pub body: Value,
    /// The payload of the mutation.
    pub payload: Value,
    pub cookies: Vec<String>,
    pub caching: String,
}

impl<'a> From<'a> {
    /// Somebody at this network address.
    pub fn address(server: &'a Server, address: &str) -> Self {
        let headers = vec![("x-forwarded-for", address.to_owned())];
        Self { server, headers }
    }

    /// The same with another header.
    pub fn with(&self, name: &'static str, value: impl Into<String>) -> Self {
        let mut from = self.clone();
        from.headers.push((name, value.into()));
        from
    }

    /// The same, signed in.
    pub fn bearing(&self, token: &str) -> Self {
        self.with("authorization", format!("Bearer {token}"))
    }

    /// Asks for a mutation, and for `selection` of its payload.
    pub async fn ask(
        &self,
        mutation: &str,
        input: Value,
        selection: &str,
    ) -> anyhow::Result<Answered> {
        let (first, rest) = mutation.split_at(1);
        let query = format!(
            "mutation($input: {}{rest}Input!) {{ {mutation}(input: $input) {{ {selection} \
             errors {{ code field message }} }} }}",
            first.to_uppercase()
        );
        let mut answered = self.send(&query, json!({ "input": input })).await?;
        answered.payload = answered.body["data"][mutation].clone();
        Ok(answered)
    }

    /// Sends an operation.
    pub async fn send(&self, query: &str, variables: Value) -> anyhow::Result<Answered> {
        let mut request = self.server.request();
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        let body = json!({ "query": query, "variables": variables });
        let response = request.json(&body).send().await?;
        let headers = response.headers();
        let cookies = headers.get_all("set-cookie").iter();
        let cookies = cookies
            .map(|value| Ok(value.to_str()?.to_owned()))
            .collect::<anyhow::Result<_>>()?;
        let caching = headers.get("cache-control").context("no cache-control")?;
        Ok(Answered {
            status: response.status().as_u16(),
            caching: caching.to_str()?.to_owned(),
            cookies,
            body: response.json().await?,
            payload: Value::Null,
        })
    }

    /// Signs in.
    pub async fn sign_in(&self, email: &str, password: &str) -> anyhow::Result<Answered> {
        let input = json!({ "email": email, "password": password });
        self.ask("sessionCreate", input, TOKENS).await
    }

    /// Signs up and confirms the address.
    pub async fn open(&self, email: &str, password: &str) -> anyhow::Result<()> {
        let input = json!({ "email": email, "displayName": "Dominique Exemple" });
        let asked = self.ask("accountSignUp", input, "requested").await?;
        asked.done("requested")?;
        let letters = self.server.letters_to(email, 1).await?;
        let token = token_in(&letters.first().context("no letter")?.text)?;
        let input = json!({ "token": token, "password": password });
        let verified = self.ask("accountVerifyEmail", input, "verified").await?;
        verified.done("verified")?;
        Ok(())
    }
}

impl Answered {
    /// The field of the payload that tells what was done, if it was.
    pub fn done(&self, field: &str) -> anyhow::Result<&Value> {
        let value = &self.payload[field];
        ensure!(self.status == 200 && !value.is_null(), "{}", self.body);
        ensure!(self.payload["errors"] == json!([]), "{}", self.body);
        Ok(value)
    }

    /// The codes of the payload's errors.
    pub fn codes(&self) -> Vec<&str> {
        let errors = self.payload["errors"].as_array().into_iter().flatten();
        errors.filter_map(|error| error["code"].as_str()).collect()
    }

    /// That the input was refused for this reason alone.
    pub fn refused(&self, code: &str) -> anyhow::Result<()> {
        ensure!(self.codes() == [code], "not {code}: {}", self.body);
        Ok(())
    }

    /// That the whole operation was refused with this code.
    pub fn failed(&self, code: &str) -> anyhow::Result<()> {
        let told = &self.body["errors"][0]["extensions"]["code"];
        ensure!(*told == code, "not {code}: {}", self.body);
        Ok(())
    }

    /// A token that was answered.
    pub fn token(&self, name: &str) -> anyhow::Result<String> {
        let token = self.done("tokens")?[name].as_str();
        Ok(token.with_context(|| format!("no {name}"))?.to_owned())
    }
}

/// The secret of the link in a letter.
pub fn token_in(text: &str) -> anyhow::Result<String> {
    let link = text
        .lines()
        .find(|line| line.starts_with(ORIGIN))
        .with_context(|| format!("no link in {text}"))?;
    let (_, token) = link.split_once('#').context("no secret in the link")?;
    Ok(token.trim().to_owned())
}
