//! The public keys of the other issuer, out of its JSON Web Key Set (RFC 7517).

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserialize;
use serde_json::Value;

/// Keys of one set that are read, at the most.
const MOST: usize = 100;

/// Bytes of the shortest RSA modulus that is trusted: 2048 bits.
const SHORTEST_MODULUS: usize = 256;

/// The algorithms that RSA keys sign with.
const RSA: &[Algorithm] = &[
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::PS512,
];

/// A key that verifies.
pub struct PublicKey {
    kid: String,
    algorithms: Vec<Algorithm>,
    pub key: DecodingKey,
}

/// The keys of one set that we can verify with.
#[derive(Default)]
pub struct PublicKeys(Vec<PublicKey>);

#[derive(Deserialize)]
struct Jwks {
    keys: Vec<Value>,
}

#[derive(Deserialize)]
struct Jwk {
    kty: String,
    kid: String,
    #[serde(rename = "use")]
    used_for: Option<String>,
    key_ops: Option<Vec<String>>,
    alg: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

/// The algorithm called `name`, if we verify by it: with a public key, whatever a token says.
pub fn algorithm(name: &str) -> Option<Algorithm> {
    let others = [Algorithm::ES256, Algorithm::ES384, Algorithm::EdDSA];
    let mut all = RSA.iter().copied().chain(others);
    all.find(|one| named(*one, name))
}

fn named(algorithm: Algorithm, name: &str) -> bool {
    format!("{algorithm:?}") == name
}

impl PublicKeys {
    /// The keys of the set `json` that are meant for signatures. Others are left out: a set
    /// may have some that we do not know.
    ///
    /// # Errors
    /// When it is no set of keys.
    pub fn read(json: &[u8]) -> Result<Self, serde_json::Error> {
        let set: Jwks = serde_json::from_slice(json)?;
        let keys = set.keys.into_iter().take(MOST);
        let keys = keys.filter_map(|key| serde_json::from_value(key).ok());
        Ok(Self(keys.filter_map(PublicKey::read).collect()))
    }

    /// The key named `kid`, if it signs by `algorithm`.
    pub fn find(&self, kid: &str, algorithm: Algorithm) -> Option<&PublicKey> {
        let mut keys = self.0.iter();
        keys.find(|key| key.kid == kid && key.algorithms.contains(&algorithm))
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }
}

impl PublicKey {
    fn read(jwk: Jwk) -> Option<Self> {
        let signs = jwk.used_for.is_none_or(|used_for| used_for == "sig")
            && jwk
                .key_ops
                .is_none_or(|ops| ops.iter().any(|op| op == "verify"));
        if !signs {
            return None;
        }
        let (algorithms, key) = match (jwk.kty.as_str(), jwk.crv.as_deref()) {
            ("RSA", _) => {
                let modulus = jwk.n?;
                let bytes = BASE64_URL_SAFE_NO_PAD.decode(&modulus).ok()?;
                if bytes.iter().skip_while(|byte| **byte == 0).count() < SHORTEST_MODULUS {
                    return None;
                }
                (RSA, DecodingKey::from_rsa_components(&modulus, &jwk.e?))
            }
            ("EC", Some("P-256")) => (
                &[Algorithm::ES256][..],
                DecodingKey::from_ec_components(&jwk.x?, &jwk.y?),
            ),
            ("EC", Some("P-384")) => (
                &[Algorithm::ES384][..],
                DecodingKey::from_ec_components(&jwk.x?, &jwk.y?),
            ),
            ("OKP", Some("Ed25519")) => (
                &[Algorithm::EdDSA][..],
                DecodingKey::from_ed_components(&jwk.x?),
            ),
            _ => return None,
        };
        let wanted = |one: &Algorithm| jwk.alg.as_ref().is_none_or(|alg| named(*one, alg));
        Some(Self {
            kid: jwk.kid,
            algorithms: algorithms.iter().copied().filter(wanted).collect(),
            key: key.ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn keys(keys: &Value) -> PublicKeys {
        PublicKeys::read(json!({ "keys": keys }).to_string().as_bytes()).unwrap()
    }

    fn modulus(bytes: usize) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(vec![0xC1; bytes])
    }

    #[test]
    fn only_algorithms_with_public_keys_are_known() {
        for known in [
            "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA",
        ] {
            assert!(algorithm(known).is_some(), "{known}");
        }
        for unknown in ["none", "None", "HS256", "HS384", "HS512", "rs256", ""] {
            assert_eq!(algorithm(unknown), None, "{unknown}");
        }
    }

    #[test]
    fn a_key_verifies_by_its_own_algorithms() {
        let n = modulus(256);
        let set = keys(&json!([
            { "kty": "RSA", "kid": "any", "n": n, "e": "AQAB" },
            { "kty": "RSA", "kid": "one", "n": n, "e": "AQAB", "alg": "PS256", "use": "sig" },
            { "kty": "OKP", "crv": "Ed25519", "kid": "ed", "x": modulus(32) },
            { "kty": "EC", "crv": "P-256", "kid": "ec", "x": modulus(32), "y": modulus(32) },
        ]));
        let finds = |kid, algorithm| set.find(kid, algorithm).is_some();
        assert!(finds("any", Algorithm::RS256) && finds("any", Algorithm::PS512));
        assert!(finds("one", Algorithm::PS256) && !finds("one", Algorithm::RS256));
        assert!(finds("ed", Algorithm::EdDSA) && !finds("ed", Algorithm::RS256));
        assert!(finds("ec", Algorithm::ES256) && !finds("ec", Algorithm::ES384));
        assert!(!finds("other", Algorithm::RS256) && !finds("any", Algorithm::HS256));
    }

    #[test]
    fn keys_for_something_else_are_left_out() {
        let n = modulus(256);
        for other in [
            json!({ "kty": "oct", "kid": "k", "k": "c2VjcmV0" }),
            json!({ "kty": "RSA", "kid": "k", "n": n, "e": "AQAB", "use": "enc" }),
            json!({ "kty": "RSA", "kid": "k", "n": n, "e": "AQAB", "key_ops": ["encrypt"] }),
            json!({ "kty": "RSA", "n": n, "e": "AQAB" }),
            json!({ "kty": "RSA", "kid": "k", "n": modulus(128), "e": "AQAB" }),
            json!({ "kty": "RSA", "kid": "k", "n": "", "e": "AQAB" }),
            json!({ "kty": "OKP", "crv": "X25519", "kid": "k", "x": modulus(32) }),
            json!({ "kty": "EC", "crv": "secp256k1", "kid": "k", "x": n, "y": n }),
            json!({ "kty": "quantum", "kid": "k" }),
            json!(null),
        ] {
            assert_eq!(keys(&json!([other])).len(), 0, "{other}");
        }
        assert!(PublicKeys::read(b"{}").is_err());
        assert!(PublicKeys::read(b"<html>").is_err());
    }
}
