//! The public keys of the other issuer, kept for some time.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use jsonwebtoken::{Algorithm, DecodingKey};
use reqwest::Client;

use super::super::tokens::TokenError;
use super::discovery::fetch;
use super::keys::PublicKeys;

/// Age from which on the keys are asked for anew.
const FRESH_FOR: Duration = Duration::from_secs(600);

/// Age up to which keys are used while the issuer does not answer.
const USED_FOR: Duration = Duration::from_secs(24 * 3600);

/// How often the issuer is asked at the most: anyone may name a key that never was.
const SHORTEST_PERIOD: Duration = Duration::from_secs(5);

/// Keys of one issuer.
pub struct KeyCache {
    issuer: String,
    client: Client,
    held: Mutex<Held>,
    /// Held by the one that asks the issuer.
    asking: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct Held {
    keys: PublicKeys,
    /// When the issuer answered last.
    answered: Option<Instant>,
    /// When it was last asked, and whether it answered.
    asked: Option<(Instant, bool)>,
}

impl Held {
    fn find(&self, kid: &str, algorithm: Algorithm, now: Instant) -> Option<DecodingKey> {
        let usable = self.answered.is_some_and(|at| now - at < USED_FOR);
        let found = self.keys.find(kid, algorithm).filter(|_| usable);
        found.map(|found| found.key.clone())
    }

    /// Whether the issuer is to be asked again, although the key is here.
    fn is_old(&self, now: Instant) -> bool {
        self.answered.is_none_or(|at| now - at >= FRESH_FOR) && self.may_ask(now)
    }

    fn may_ask(&self, now: Instant) -> bool {
        self.asked.is_none_or(|(at, _)| now - at >= SHORTEST_PERIOD)
    }

    /// Why a key is not here: if the issuer did not answer, it may be a new one.
    fn lacks(&self) -> TokenError {
        match self.asked {
            Some((_, true)) => TokenError::UnknownKey,
            _ => TokenError::IssuerSilent,
        }
    }
}

impl KeyCache {
    pub fn new(issuer: String, client: Client) -> Self {
        Self {
            issuer,
            client,
            held: Mutex::default(),
            asking: tokio::sync::Mutex::default(),
        }
    }

    /// The key named `kid` for signatures by `algorithm`.
    ///
    /// # Errors
    /// When the issuer has no such key, or does not answer.
    pub async fn find(
        self: &Arc<Self>,
        kid: &str,
        algorithm: Algorithm,
    ) -> Result<DecodingKey, TokenError> {
        let (found, is_old) = {
            let (held, now) = (self.held(), Instant::now());
            (held.find(kid, algorithm, now), held.is_old(now))
        };
        if let Some(key) = found {
            if is_old {
                self.ask_aside();
            }
            return Ok(key);
        }
        // It goes on although who waits for it may go.
        let cache = Arc::clone(self);
        let asked = tokio::spawn(async move { cache.ask_once().await });
        if let Err(error) = asked.await {
            tracing::error!(%error, "the keys of the issuer were not asked for to the end");
        }
        let held = self.held();
        let found = held.find(kid, algorithm, Instant::now());
        found.ok_or_else(|| held.lacks())
    }

    /// Asks the issuer while requests go on with the keys that are here.
    fn ask_aside(self: &Arc<Self>) {
        if self.asking.try_lock().is_ok() {
            let cache = Arc::clone(self);
            tokio::spawn(async move { cache.ask_once().await });
        }
    }

    /// Asks the issuer, unless somebody just did.
    async fn ask_once(&self) {
        let _alone = self.asking.lock().await;
        if !self.held().may_ask(Instant::now()) {
            return;
        }
        let answer = fetch(&self.client, &self.issuer).await;
        let now = Instant::now();
        let mut held = self.held();
        held.asked = Some((now, answer.is_ok()));
        match answer {
            Ok(keys) => {
                tracing::debug!(keys = keys.len(), "the issuer told its keys");
                held.keys = keys;
                held.answered = Some(now);
            }
            Err(error) => {
                let error = anyhow::Error::new(error);
                tracing::error!("{error:#}; the keys read before stay in use for a day");
            }
        }
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn held(asked: Duration, answered: bool, age: Duration) -> (Held, Instant) {
        let set = json!({ "keys": [{ "kty": "OKP", "crv": "Ed25519", "kid": "k", "x": "AAAA" }] });
        let begun = Instant::now();
        let now = begun + age;
        let held = Held {
            keys: PublicKeys::read(set.to_string().as_bytes()).unwrap(),
            answered: Some(begun),
            asked: Some((now - asked, answered)),
        };
        (held, now)
    }

    #[test]
    fn keys_are_used_for_a_day_while_the_issuer_is_silent() {
        for (hours, used) in [(0, true), (23, true), (24, false)] {
            let age = Duration::from_secs(hours * 3600);
            let (held, now) = held(Duration::ZERO, false, age);
            let found = held.find("k", Algorithm::EdDSA, now);
            assert_eq!(found.is_some(), used, "{hours}");
            assert_eq!(held.lacks(), TokenError::IssuerSilent);
        }
    }

    #[test]
    fn keys_are_asked_for_every_ten_minutes_and_never_twice_in_five_seconds() {
        let seconds = Duration::from_secs;
        for (asked, age, expected) in [
            (seconds(599), seconds(599), false),
            (seconds(600), seconds(600), true),
            (seconds(4), seconds(900), false),
            (seconds(5), seconds(900), true),
        ] {
            let (held, now) = held(asked, true, age);
            assert_eq!(held.is_old(now), expected, "{asked:?} {age:?}");
            assert_eq!(held.may_ask(now), asked >= SHORTEST_PERIOD);
        }
        assert!(Held::default().may_ask(Instant::now()));
        assert_eq!(Held::default().lacks(), TokenError::IssuerSilent);
    }
}
