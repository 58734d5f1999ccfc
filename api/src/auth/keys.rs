//! The Ed25519 keys that sign access tokens, as a JSON Web Key Set (RFC 7517 and 8037).

use std::sync::Arc;

use aws_lc_rs::digest;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::{DecodingKey, EncodingKey};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::secrets::{NoRandomness, Secret, random};

/// Bytes of a private key.
const SEED: usize = 32;

/// How long a key goes on verifying once it has stopped signing.
const VERIFIES_FOR: TimeDelta = TimeDelta::days(1);

/// How old a key is before it signs in the place of another: by then every process has
/// had the time to look for it.
const SETTLES_IN: TimeDelta = TimeDelta::seconds(5);

/// A key that signs or once signed.
#[derive(Debug)]
pub struct Key {
    /// Its name: the thumbprint of its public part (RFC 7638).
    pub kid: String,
    pub created_at: DateTime<Utc>,
    pub(super) signing: EncodingKey,
    pub(super) verifying: DecodingKey,
    /// The public part, in URL-safe base64.
    public: String,
    /// The private part, in URL-safe base64.
    private: Secret,
}

/// Keys, the latest first: it signs, and all verify until a day after they stopped signing.
#[derive(Clone, Debug, Default)]
pub struct Keys(Vec<Arc<Key>>);

/// Why a text is not a set of keys. The sentence shows nothing of the text.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotKeys {
    #[error("it is not a JSON Web Key Set with private keys: line {line}, column {column}")]
    Malformed { line: usize, column: usize },
    #[error("it has no key")]
    Empty,
    #[error("its key number {0} is not an Ed25519 key (kty OKP, crv Ed25519)")]
    OtherKind(usize),
    #[error("the parts x and d of its key number {0} do not belong together")]
    Mismatch(usize),
    #[error("the kid of its key number {0} is not the thumbprint of the key")]
    Misnamed(usize),
}

#[derive(Serialize, Deserialize)]
struct Jwks {
    keys: Vec<Jwk>,
}

#[derive(Serialize, Deserialize)]
struct Jwk {
    kty: String,
    crv: String,
    kid: String,
    x: String,
    d: String,
    created_at: DateTime<Utc>,
}

impl Key {
    fn generate(now: DateTime<Utc>) -> Result<Self, NoRandomness> {
        let seed = random::<SEED>()?;
        let pair = Ed25519KeyPair::from_seed_unchecked(&seed).map_err(|_| NoRandomness)?;
        let private = BASE64_URL_SAFE_NO_PAD.encode(seed);
        Self::new(&pair, private, now).ok_or(NoRandomness)
    }

    fn new(pair: &Ed25519KeyPair, private: String, created_at: DateTime<Utc>) -> Option<Self> {
        let public = BASE64_URL_SAFE_NO_PAD.encode(pair.public_key());
        Some(Self {
            kid: thumbprint(&public),
            created_at,
            signing: EncodingKey::from_ed_der(pair.to_pkcs8().ok()?.as_ref()),
            verifying: DecodingKey::from_ed_der(pair.public_key().as_ref()),
            public,
            private: private.into(),
        })
    }

    /// Reads the key at `place` of its set, counted from 1.
    fn read(jwk: Jwk, place: usize) -> Result<Self, NotKeys> {
        if jwk.kty != "OKP" || jwk.crv != "Ed25519" {
            return Err(NotKeys::OtherKind(place));
        }
        let bytes = |text| {
            BASE64_URL_SAFE_NO_PAD
                .decode(text)
                .ok()
                .and_then(|bytes| <[u8; SEED]>::try_from(bytes).ok())
        };
        let key = bytes(&jwk.d)
            .zip(bytes(&jwk.x))
            .and_then(|(d, x)| Ed25519KeyPair::from_seed_and_public_key(&d, &x).ok())
            .and_then(|pair| Self::new(&pair, jwk.d, jwk.created_at))
            .ok_or(NotKeys::Mismatch(place))?;
        if key.kid != jwk.kid {
            return Err(NotKeys::Misnamed(place));
        }
        Ok(key)
    }
}

impl Keys {
    /// One new key.
    ///
    /// # Errors
    /// When the machine gives no random bytes.
    pub fn generate(now: DateTime<Utc>) -> Result<Self, NoRandomness> {
        Ok(Self(vec![Arc::new(Key::generate(now)?)]))
    }

    /// Reads a set with private parts, as [`Keys::to_private_json`] writes it.
    ///
    /// # Errors
    /// Why `text` is not one.
    pub fn read(text: &str) -> Result<Self, NotKeys> {
        let set: Jwks = serde_json::from_str(text).map_err(|error| NotKeys::Malformed {
            line: error.line(),
            column: error.column(),
        })?;
        if set.keys.is_empty() {
            return Err(NotKeys::Empty);
        }
        let keys = set.keys.into_iter().zip(1..);
        keys.map(|(jwk, place)| Key::read(jwk, place).map(Arc::new))
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// These keys behind a new one, without those that no longer verify.
    ///
    /// # Errors
    /// When the machine gives no random bytes.
    pub fn rotated(&self, now: DateTime<Utc>) -> Result<Self, NoRandomness> {
        let mut keys = Self::generate(now)?;
        keys.0.extend(self.0.iter().cloned());
        Ok(Self(
            keys.verifying(now)
                .map(|(key, _)| Arc::clone(key))
                .collect(),
        ))
    }

    /// The latest key.
    pub fn latest(&self) -> Option<&Arc<Key>> {
        self.0.first()
    }

    /// The key that signs at `now`: the latest, but for the first seconds after a rotation.
    pub fn signing(&self, now: DateTime<Utc>) -> Option<&Arc<Key>> {
        let mut settled = self
            .0
            .iter()
            .filter(|key| now >= key.created_at + SETTLES_IN);
        settled.next().or(self.latest())
    }

    /// The key named `kid`, if it verifies at `now`.
    pub fn find(&self, kid: &str, now: DateTime<Utc>) -> Option<&Arc<Key>> {
        let mut verifying = self.verifying(now).map(|(key, _)| key);
        verifying.find(|key| key.kid == kid)
    }

    /// The keys that verify at `now`, each with when it will stop to; `None`: the latest.
    pub fn verifying(
        &self,
        now: DateTime<Utc>,
    ) -> impl Iterator<Item = (&Arc<Key>, Option<DateTime<Utc>>)> {
        let newer = self.0.iter().map(|newer| Some(newer.created_at));
        self.0
            .iter()
            .zip(std::iter::once(None).chain(newer))
            .map(|(key, stopped)| (key, stopped.map(|stopped| stopped + VERIFIES_FOR)))
            .filter(move |(_, until)| until.is_none_or(|until| now < until))
    }

    /// The public parts of the keys that verify at `now`, as a JSON Web Key Set.
    pub fn public_json(&self, now: DateTime<Utc>) -> Value {
        let keys: Vec<Value> = self
            .verifying(now)
            .map(|(key, _)| {
                json!({
                    "kty": "OKP",
                    "crv": "Ed25519",
                    "alg": "EdDSA",
                    "use": "sig",
                    "kid": key.kid,
                    "x": key.public,
                })
            })
            .collect();
        json!({ "keys": keys })
    }

    /// The whole of the keys, private parts too, as a JSON Web Key Set.
    pub fn to_private_json(&self) -> Secret {
        let keys = self.0.iter().map(|key| Jwk {
            kty: "OKP".to_owned(),
            crv: "Ed25519".to_owned(),
            kid: key.kid.clone(),
            x: key.public.clone(),
            d: key.private.reveal().to_owned(),
            created_at: key.created_at,
        });
        let set = Jwks {
            keys: keys.collect(),
        };
        Secret::from(json!(set).to_string() + "\n")
    }
}

/// The thumbprint of a public key (RFC 7638): SHA-256 of its required members in order.
fn thumbprint(public: &str) -> String {
    let members = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{public}"}}"#);
    BASE64_URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, members.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: DateTime<Utc> = DateTime::UNIX_EPOCH;

    #[test]
    fn a_thumbprint_is_that_of_the_standard() {
        // The key of RFC 8037, appendix A.
        let public = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
        let known = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k";
        assert_eq!(thumbprint(public), known);
        let text = format!(
            r#"{{"keys": [{{"kty": "OKP", "crv": "Ed25519", "kid": "{known}", "x": "{public}",
                "d": "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
                "created_at": "2026-01-01T00:00:00Z", "alg": "EdDSA"}}]}}"#
        );
        assert_eq!(Keys::read(&text).unwrap().latest().unwrap().kid, known);
    }

    #[test]
    fn keys_are_read_as_they_are_written() {
        let keys = Keys::generate(NOON).unwrap().rotated(NOON).unwrap();
        let text = keys.to_private_json();
        let read = Keys::read(text.reveal()).unwrap();
        assert_eq!(read.to_private_json(), text);
        assert_eq!(read.verifying(NOON).count(), 2);
    }

    #[test]
    fn what_is_public_has_no_private_part() {
        let keys = Keys::generate(NOON).unwrap();
        let key = keys.latest().unwrap();
        let public = keys.public_json(NOON);
        let mut members: Vec<_> = public["keys"][0].as_object().unwrap().keys().collect();
        members.sort();
        assert_eq!(members, ["alg", "crv", "kid", "kty", "use", "x"]);
        let shown = format!("{public} {keys:?}");
        assert!(!shown.contains(key.private.reveal()), "{shown}");
    }

    #[test]
    fn a_key_verifies_for_a_day_after_it_stopped_signing() {
        let first = Keys::generate(NOON).unwrap();
        let old = first.latest().unwrap().kid.clone();
        let rotated = NOON + TimeDelta::days(400);
        let keys = first.rotated(rotated).unwrap();
        assert_ne!(keys.latest().unwrap().kid, old);
        let just_before = rotated + TimeDelta::seconds(86_399);
        assert!(keys.find(&old, just_before).is_some());
        assert!(keys.find(&old, rotated + TimeDelta::days(1)).is_none());
        // It leaves the file at the next rotation.
        let kids = |keys: &Keys| keys.to_private_json().reveal().matches("kid").count();
        assert_eq!(kids(&keys.rotated(just_before).unwrap()), 3);
        let later = rotated + TimeDelta::days(2);
        assert_eq!(kids(&keys.rotated(later).unwrap()), 2);
    }

    #[test]
    fn a_new_key_signs_once_all_have_had_time_to_see_it() {
        let first = Keys::generate(NOON).unwrap();
        let keys = first.rotated(NOON + TimeDelta::hours(1)).unwrap();
        let signing = |keys: &Keys, seconds| {
            let now = NOON + TimeDelta::seconds(seconds);
            keys.signing(now).unwrap().kid.clone()
        };
        let (old, new) = (signing(&first, 0), keys.latest().unwrap().kid.clone());
        assert_eq!(signing(&keys, 3604), old);
        assert_eq!(signing(&keys, 3605), new);
    }

    #[test]
    fn a_wrong_set_is_explained_without_its_secrets() {
        let keys = Keys::generate(NOON).unwrap();
        let other = Keys::generate(NOON).unwrap();
        let (key, other) = (keys.latest().unwrap(), other.latest().unwrap());
        let text = keys.to_private_json();
        let text = text.reveal();
        let private = key.private.reveal();
        for (wrong, expected) in [
            ("{\"keys\": []}".to_owned(), NotKeys::Empty),
            (text.replace("OKP", "EC"), NotKeys::OtherKind(1)),
            (text.replace(&key.kid, &other.kid), NotKeys::Misnamed(1)),
            (
                text.replace(private, other.private.reveal()),
                NotKeys::Mismatch(1),
            ),
            (text.replace(private, "short"), NotKeys::Mismatch(1)),
        ] {
            assert_eq!(Keys::read(&wrong).unwrap_err(), expected);
        }
        let unclosed = text.replace(private, &format!("{private}\" \""));
        let error = Keys::read(&unclosed).unwrap_err();
        assert!(matches!(error, NotKeys::Malformed { .. }));
        assert!(!error.to_string().contains(private));
    }
}
