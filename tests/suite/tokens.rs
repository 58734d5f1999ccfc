//! Access tokens that prove nothing.

use anyhow::{Context as _, ensure};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chrono::{TimeDelta, Utc};
use entity::session;
use entity::values::Role;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use maillage::auth::Auth;
use maillage::clock::Clock;
use maillage::database::Purpose;
use maillage::i18n::Language;
use maillage::settings::Settings;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use serde_json::{Value, json};
use tests::{Backend, Outcome, Server, Signed, cases};

cases![
    a_token_proves_who_asks_until_its_session_ends;
    once:
    forged_tokens_are_refused,
    tokens_meant_for_others_or_for_another_time_are_refused,
    what_is_no_token_is_refused,
];

const QUERY: &str = "{ viewer { account { email } } }";

/// That a request with these values of `Authorization` is refused for this reason.
async fn refused(server: &Server, values: &[String], key: &str) -> anyhow::Result<()> {
    let mut request = server.request().json(&json!({ "query": QUERY }));
    for value in values {
        request = request.header("authorization", value);
    }
    let response = request.send().await?;
    let challenge = response.headers().get("www-authenticate");
    ensure!(
        challenge.is_some_and(|value| value == "Bearer"),
        "{response:?}"
    );
    let answer = (response.status().as_u16(), response.json::<Value>().await?);
    let error = &answer.1["errors"][0];
    let message = Language::French.message(key, &[]);
    ensure!(
        answer.0 == 401
            && error["extensions"]["code"] == "UNAUTHENTICATED"
            && error["message"] == message
            && answer.1.get("data").is_none(),
        "not {key}: {answer:?}"
    );
    Ok(())
}

fn bearer(token: &str) -> Vec<String> {
    vec![format!("Bearer {token}")]
}

fn part(value: &Value) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(value.to_string())
}

fn read(part: &str) -> anyhow::Result<Value> {
    Ok(serde_json::from_slice(
        &BASE64_URL_SAFE_NO_PAD.decode(part)?,
    )?)
}

async fn forged_tokens_are_refused(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    let signed = server.account(Role::Admin, None).await?;
    let parts: Vec<&str> = signed.token.split('.').collect();
    let [header, payload, signature] = parts[..] else {
        anyhow::bail!("not a token");
    };
    let kid = read(header)?["kid"].clone();
    for none in ["none", "None", ""] {
        let header = part(&json!({ "alg": none, "typ": "at+jwt", "kid": kid }));
        for signature in ["", signature] {
            let token = format!("{header}.{payload}.{signature}");
            refused(&server, &bearer(&token), "token-invalid").await?;
        }
    }
    // The public key is known to everybody: it must not pass for a shared secret.
    let keys = format!("{}/.well-known/jwks.json", server.url);
    let keys: Value = server.client.get(keys).send().await?.json().await?;
    let public = keys["keys"][0]["x"].as_str().context("a public key")?;
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(public)?;
    for secret in [bytes.as_slice(), public.as_bytes()] {
        let header = Header {
            typ: Some("at+jwt".to_owned()),
            kid: kid.as_str().map(str::to_owned),
            ..Header::new(Algorithm::HS256)
        };
        let claims = read(payload)?;
        let token = jsonwebtoken::encode(&header, &claims, &EncodingKey::from_secret(secret))?;
        refused(&server, &bearer(&token), "token-invalid").await?;
    }
    let mut other = read(payload)?;
    let somebody = server.account(Role::Staff, None).await?;
    other["sub"] = json!(somebody.account);
    let token = format!("{header}.{}.{signature}", part(&other));
    refused(&server, &bearer(&token), "token-invalid").await?;
    server.stop().await
}

/// A token for who signed in, made by a server with other settings or at another time.
fn issued_elsewhere(
    server: &Server,
    signed: &Signed,
    clock: Clock,
    change: impl FnOnce(&mut Settings),
) -> anyhow::Result<Vec<String>> {
    let mut settings = server.app.settings.clone();
    change(&mut settings);
    let auth = Auth::open(&settings, clock, Purpose::Serve)?;
    Ok(bearer(
        &auth.tokens.issue(signed.account, signed.session)?.token,
    ))
}

async fn tokens_meant_for_others_or_for_another_time_are_refused(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    let signed = server.account(Role::Admin, None).await?;
    let now = || Clock::fixed(server.app.clock.now());
    let other = "https://other.example.org".to_owned();
    let token = issued_elsewhere(&server, &signed, now(), |settings| {
        settings.token_audience.clone_from(&other);
    })?;
    refused(&server, &token, "token-invalid").await?;
    let token = issued_elsewhere(&server, &signed, now(), |settings| {
        settings.token_issuer.clone_from(&other);
    })?;
    refused(&server, &token, "token-invalid").await?;
    let folder = tempfile::tempdir()?;
    let token = issued_elsewhere(&server, &signed, now(), |settings| {
        settings.signing_keys_file = folder.path().join("keys.json");
    })?;
    refused(&server, &token, "token-invalid").await?;
    let at = |hours| Clock::fixed(server.app.clock.now() + TimeDelta::hours(hours));
    let token = issued_elsewhere(&server, &signed, at(-1), |_| {})?;
    refused(&server, &token, "token-expired").await?;
    let token = issued_elsewhere(&server, &signed, at(1), |_| {})?;
    refused(&server, &token, "token-not-yet-valid").await?;
    server.stop().await
}

async fn what_is_no_token_is_refused(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    let signed = server.account(Role::Admin, None).await?;
    let good = format!("Bearer {}", signed.token);
    refused(&server, &[good.clone(), good], "credentials-twice").await?;
    for value in ["", "Bearer", &signed.token, "Basic Y2FtaWxsZTpzZWNyZXQ="] {
        refused(&server, &[value.to_owned()], "credentials-malformed").await?;
    }
    for token in ["garbage", "a.b.c", "..", "null", "{}"] {
        refused(&server, &bearer(token), "token-invalid").await?;
    }
    refused(&server, &bearer("maillage_"), "session-ended").await?;
    refused(&server, &bearer("maillage_unknown"), "session-ended").await?;
    server.stop().await
}

async fn a_token_proves_who_asks_until_its_session_ends(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    let signed = server.account(Role::Member, None).await?;
    let answer = server.send_as(&signed.token, QUERY, Value::Null).await?;
    ensure!(
        answer.body["data"]["viewer"]["account"]["email"] == signed.email,
        "{answer:?}"
    );
    let now = server.app.clock.now();
    set(&server, &signed, session::Column::ExpiresAt, now).await?;
    refused(&server, &bearer(&signed.token), "session-ended").await?;
    let later = now + TimeDelta::days(1);
    set(&server, &signed, session::Column::ExpiresAt, later).await?;
    set(&server, &signed, session::Column::RevokedAt, now).await?;
    refused(&server, &bearer(&signed.token), "session-ended").await?;
    server.stop().await
}

async fn set(
    server: &Server,
    signed: &Signed,
    column: session::Column,
    instant: chrono::DateTime<Utc>,
) -> anyhow::Result<()> {
    session::Entity::update_many()
        .col_expr(column, Expr::val(instant))
        .filter(session::Column::Id.eq(signed.session))
        .exec(&server.app.database)
        .await?;
    Ok(())
}
