//! Asks the other issuer for its public keys, over HTTP.

use std::time::Duration;

use reqwest::{Client, Url, redirect};
use serde::Deserialize;

use super::keys::PublicKeys;
use super::options::is_loopback;

/// How long the issuer has to accept a connection, and to answer.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
const TIMEOUT: Duration = Duration::from_secs(5);

/// Bytes of the longest answer that is read.
const LONGEST: usize = 262_144;

/// Why the issuer's keys could not be had.
#[derive(Debug, thiserror::Error)]
pub enum DiscoveryError {
    #[error("{url} does not answer")]
    Unanswered {
        url: Url,
        #[source]
        source: reqwest::Error,
    },
    #[error("{url} answers with status {status}")]
    Status { url: Url, status: u16 },
    #[error("{url} answers more than {LONGEST} bytes")]
    TooLong { url: Url },
    #[error("{url} does not answer what OpenID Connect asks for")]
    Unreadable {
        url: Url,
        #[source]
        source: serde_json::Error,
    },
    #[error("{url} describes another issuer")]
    OtherIssuer { url: Url },
    #[error("the address {0:?} is none of HTTPS")]
    Address(String),
}

/// What an issuer tells of itself.
#[derive(Deserialize)]
struct Description {
    issuer: String,
    jwks_uri: String,
}

/// A client that keeps to what an issuer is asked: it follows no redirect and waits for
/// nobody.
///
/// # Errors
/// When it cannot be set up on this machine.
pub fn client() -> Result<Client, reqwest::Error> {
    Client::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .timeout(TIMEOUT)
        .redirect(redirect::Policy::none())
        // It is asked once in some minutes.
        .pool_max_idle_per_host(0)
        .user_agent("maillage")
        .build()
}

/// The public keys of `issuer`, as it has them now.
///
/// # Errors
/// Why they cannot be had.
pub async fn fetch(client: &Client, issuer: &str) -> Result<PublicKeys, DiscoveryError> {
    let base = issuer.trim_end_matches('/');
    let url = address(&format!("{base}/.well-known/openid-configuration"), issuer)?;
    let body = get(client, &url).await?;
    let description: Description = read(&url, serde_json::from_slice(&body))?;
    if description.issuer != issuer {
        return Err(DiscoveryError::OtherIssuer { url });
    }
    let url = address(&description.jwks_uri, issuer)?;
    let body = get(client, &url).await?;
    read(&url, PublicKeys::read(&body))
}

/// The address `text`, by HTTPS or, where the issuer is on this machine, on this machine.
fn address(text: &str, issuer: &str) -> Result<Url, DiscoveryError> {
    let is_local = Url::parse(issuer).is_ok_and(|issuer| is_loopback(&issuer));
    Url::parse(text)
        .ok()
        .filter(|url| url.scheme() == "https" || (is_local && is_loopback(url)))
        .ok_or_else(|| DiscoveryError::Address(text.chars().take(200).collect()))
}

async fn get(client: &Client, url: &Url) -> Result<Vec<u8>, DiscoveryError> {
    let unanswered = |source: reqwest::Error| DiscoveryError::Unanswered {
        url: url.clone(),
        source: source.without_url(),
    };
    let request = client.get(url.clone()).header("accept", "application/json");
    let mut response = request.send().await.map_err(unanswered)?;
    let status = response.status();
    if !status.is_success() {
        return Err(DiscoveryError::Status {
            url: url.clone(),
            status: status.as_u16(),
        });
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(unanswered)? {
        if body.len() + chunk.len() > LONGEST {
            return Err(DiscoveryError::TooLong { url: url.clone() });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn read<T>(url: &Url, read: Result<T, serde_json::Error>) -> Result<T, DiscoveryError> {
    read.map_err(|source| DiscoveryError::Unreadable {
        url: url.clone(),
        source,
    })
}
