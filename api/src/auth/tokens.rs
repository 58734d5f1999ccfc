//! Access tokens: JSON Web Tokens signed with Ed25519 (RFC 9068), which tell who asks for a
//! few minutes.

use std::collections::HashSet;
use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, Header, Validation};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::header::announced;
use super::ring::KeyRing;
use crate::clock::Clock;
use crate::settings::Settings;

/// Bytes of the longest token that is looked at. Ours have some 500.
const LONGEST: usize = 4096;

/// What the type of our tokens is called, so that no other token passes for one.
const TYPE: &str = "at+jwt";

/// By how much clocks may differ.
pub(super) const LEEWAY_SECONDS: i64 = 30;

/// Issues and verifies access tokens.
pub struct Tokens {
    ring: KeyRing,
    clock: Clock,
    issuer: String,
    audience: String,
    lifetime: TimeDelta,
    validation: Validation,
}

/// A token that was issued.
#[derive(Clone)]
pub struct AccessToken {
    /// The token, as the client sends it.
    pub token: String,
    /// When it ends, to the second.
    pub expires_at: DateTime<Utc>,
}

/// What a verified token says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claims {
    /// The account that asks.
    pub account: Uuid,
    /// The session in which the token was issued.
    pub session: Uuid,
    /// The token itself.
    pub id: Uuid,
    pub issued_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

/// Why no token could be issued.
#[derive(Debug, thiserror::Error)]
pub enum IssueError {
    #[error("there is no signing key: only a server has any")]
    NoKey,
    #[error("the token could not be signed")]
    Unsigned(#[from] jsonwebtoken::errors::Error),
}

/// Why a token is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    #[error("not an access token")]
    Malformed,
    #[error("signed by another algorithm than EdDSA")]
    WrongAlgorithm,
    #[error("a token of another type")]
    WrongType,
    #[error("signed by an unknown key")]
    UnknownKey,
    #[error("the signature does not fit")]
    BadSignature,
    #[error("issued by another server")]
    WrongIssuer,
    #[error("meant for another server")]
    WrongAudience,
    #[error("given to a client that is not accepted")]
    WrongClient,
    #[error("expired")]
    Expired,
    #[error("not valid yet")]
    NotYetValid,
    #[error("the issuer does not tell its keys")]
    IssuerSilent,
}

/// The claims as they stand in a token, instants in seconds since 1970.
#[derive(Serialize, Deserialize)]
struct Payload {
    iss: String,
    aud: String,
    sub: Uuid,
    sid: Uuid,
    jti: Uuid,
    iat: i64,
    nbf: i64,
    exp: i64,
}

impl Tokens {
    /// Tokens signed by the keys of `ring`, as `settings` ask, by the time of `clock`.
    pub fn new(ring: KeyRing, settings: &Settings, clock: Clock) -> Self {
        Self {
            ring,
            clock,
            issuer: settings.token_issuer.clone(),
            audience: settings.token_audience.clone(),
            lifetime: settings.access_token_lifetime,
            validation: signature_by(Algorithm::EdDSA),
        }
    }

    /// A token for `account`, issued in `session`.
    ///
    /// # Errors
    /// When there is no key to sign with.
    pub fn issue(&self, account: Uuid, session: Uuid) -> Result<AccessToken, IssueError> {
        let now = self.clock.now();
        let key = self.ring.signing(now).ok_or(IssueError::NoKey)?;
        let issued = now.timestamp();
        let expires = issued.saturating_add(self.lifetime.num_seconds());
        let header = Header {
            typ: Some(TYPE.to_owned()),
            kid: Some(key.kid.clone()),
            ..Header::new(Algorithm::EdDSA)
        };
        let payload = Payload {
            iss: self.issuer.clone(),
            aud: self.audience.clone(),
            sub: account,
            sid: session,
            jti: self.clock.new_id(),
            iat: issued,
            nbf: issued,
            exp: expires,
        };
        Ok(AccessToken {
            token: jsonwebtoken::encode(&header, &payload, &key.signing)?,
            expires_at: instant(expires).unwrap_or(now),
        })
    }

    /// What `token` says, if it is one of ours and valid now.
    ///
    /// # Errors
    /// Why it is refused.
    pub fn verify(&self, token: &str) -> Result<Claims, TokenError> {
        if token.len() > LONGEST {
            return Err(TokenError::Malformed);
        }
        let announced = announced(token).ok_or(TokenError::Malformed)?;
        if announced.alg != "EdDSA" {
            return Err(TokenError::WrongAlgorithm);
        }
        if announced.typ.as_deref() != Some(TYPE) {
            return Err(TokenError::WrongType);
        }
        if announced.crit.is_some() {
            return Err(TokenError::Malformed);
        }
        let now = self.clock.now();
        let key = announced.kid.and_then(|kid| self.ring.find(&kid, now));
        let key = key.ok_or(TokenError::UnknownKey)?;
        let decoded = jsonwebtoken::decode::<Payload>(token, &key.verifying, &self.validation);
        let payload = decoded
            .map_err(|error| match error.kind() {
                ErrorKind::InvalidSignature => TokenError::BadSignature,
                _ => TokenError::Malformed,
            })?
            .claims;
        self.judge(&payload, now.timestamp())?;
        Ok(Claims {
            account: payload.sub,
            session: payload.sid,
            id: payload.jti,
            issued_at: instant(payload.iat).ok_or(TokenError::Malformed)?,
            expires_at: instant(payload.exp).ok_or(TokenError::Malformed)?,
        })
    }

    /// The public keys by which others can verify our tokens, as a JSON Web Key Set.
    pub fn public_keys(&self) -> Value {
        self.ring.public_json(self.clock.now())
    }

    /// Whether the claims are for us and for `now`, in seconds since 1970.
    fn judge(&self, payload: &Payload, now: i64) -> Result<(), TokenError> {
        if payload.iss != self.issuer {
            return Err(TokenError::WrongIssuer);
        }
        if payload.aud != self.audience {
            return Err(TokenError::WrongAudience);
        }
        if now >= payload.exp.saturating_add(LEEWAY_SECONDS) {
            return Err(TokenError::Expired);
        }
        if now < payload.nbf.saturating_sub(LEEWAY_SECONDS) {
            return Err(TokenError::NotYetValid);
        }
        Ok(())
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("AccessToken")
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

/// Verifies the signature alone: claims are judged by our clock, each with its own error.
pub(super) fn signature_by(algorithm: Algorithm) -> Validation {
    let mut validation = Validation::new(algorithm);
    validation.required_spec_claims = HashSet::new();
    validation.validate_exp = false;
    validation.validate_nbf = false;
    validation.validate_aud = false;
    validation
}

/// The instant `seconds` after 1970, if calendars have it.
fn instant(seconds: i64) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp(seconds, 0)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use base64::Engine as _;
    use base64::prelude::BASE64_URL_SAFE_NO_PAD;
    use jsonwebtoken::EncodingKey;
    use proptest::prelude::*;
    use serde_json::json;

    use super::super::keys::Keys;
    use super::*;

    const NOON: DateTime<Utc> = DateTime::UNIX_EPOCH;
    const ACCOUNT: Uuid = Uuid::from_u128(1);
    const SESSION: Uuid = Uuid::from_u128(2);

    /// Tokens by these keys, `seconds` after noon.
    fn tokens(keys: &Keys, seconds: i64) -> Tokens {
        tokens_with(keys, seconds, &[])
    }

    fn tokens_with(keys: &Keys, seconds: i64, settings: &[(&'static str, &str)]) -> Tokens {
        let keys = keys.to_private_json().reveal().to_owned();
        let mut values = BTreeMap::from([("SIGNING_KEYS", keys)]);
        for (name, value) in settings {
            values.insert(name, (*value).to_owned());
        }
        let settings = Settings::from_values(&values).unwrap();
        let clock = Clock::fixed(NOON + TimeDelta::seconds(seconds));
        let ring = KeyRing::open(&settings, clock.now()).unwrap();
        Tokens::new(ring, &settings, clock)
    }

    fn keys() -> Keys {
        Keys::generate(NOON).unwrap()
    }

    fn payload() -> Value {
        json!({
            "iss": "maillage", "aud": "maillage", "sub": ACCOUNT, "sid": SESSION,
            "jti": Uuid::from_u128(3), "iat": 0, "nbf": 0, "exp": 600,
        })
    }

    fn header(keys: &Keys) -> Header {
        Header {
            typ: Some(TYPE.to_owned()),
            kid: Some(keys.latest().unwrap().kid.clone()),
            ..Header::new(Algorithm::EdDSA)
        }
    }

    fn signed(keys: &Keys, header: &Header, payload: &Value) -> String {
        jsonwebtoken::encode(header, payload, &keys.latest().unwrap().signing).unwrap()
    }

    fn part(value: &Value) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(value.to_string())
    }

    #[test]
    fn a_token_tells_who_asks_until_it_expires() {
        let keys = keys();
        let token = tokens(&keys, 0).issue(ACCOUNT, SESSION).unwrap();
        assert_eq!(token.expires_at, NOON + TimeDelta::minutes(10));
        let claims = tokens(&keys, 599).verify(&token.token).unwrap();
        assert_eq!((claims.account, claims.session), (ACCOUNT, SESSION));
        assert_eq!(
            (claims.issued_at, claims.expires_at),
            (NOON, token.expires_at)
        );
        let header = jsonwebtoken::decode_header(&token.token).unwrap();
        assert_eq!(header, self::header(&keys));
        assert!(!format!("{token:?}").contains(&token.token));
    }

    #[test]
    fn clocks_may_differ_by_half_a_minute() {
        let keys = keys();
        let token = tokens(&keys, 0).issue(ACCOUNT, SESSION).unwrap().token;
        let at = |seconds| tokens(&keys, seconds).verify(&token).map(|_| ());
        assert_eq!(at(629), Ok(()));
        assert_eq!(at(630), Err(TokenError::Expired));
        assert_eq!(at(-30), Ok(()));
        assert_eq!(at(-31), Err(TokenError::NotYetValid));
    }

    #[test]
    fn the_setting_gives_the_minutes() {
        let keys = keys();
        let tokens = tokens_with(&keys, 0, &[("ACCESS_TOKEN_MINUTES", "1")]);
        let token = tokens.issue(ACCOUNT, SESSION).unwrap();
        assert_eq!(token.expires_at, NOON + TimeDelta::minutes(1));
    }

    #[test]
    fn old_keys_verify_after_a_rotation() {
        let old = keys();
        let token = tokens(&old, 0).issue(ACCOUNT, SESSION).unwrap().token;
        let new = old.rotated(NOON).unwrap();
        let tokens = tokens(&new, 5);
        assert!(tokens.verify(&token).is_ok());
        let token = tokens.issue(ACCOUNT, SESSION).unwrap().token;
        let header = jsonwebtoken::decode_header(&token).unwrap();
        assert_eq!(header.kid.as_ref(), Some(&new.latest().unwrap().kid));
        assert_eq!(
            self::tokens(&old, 5).verify(&token),
            Err(TokenError::UnknownKey)
        );
    }

    #[test]
    fn without_keys_nothing_is_issued_or_verified() {
        let settings = Settings::from_values(&BTreeMap::new()).unwrap();
        let none = Tokens::new(KeyRing::empty(), &settings, Clock::fixed(NOON));
        let issued = none.issue(ACCOUNT, SESSION);
        assert!(matches!(issued, Err(IssueError::NoKey)));
        let token = tokens(&keys(), 0).issue(ACCOUNT, SESSION).unwrap().token;
        assert_eq!(none.verify(&token), Err(TokenError::UnknownKey));
    }

    #[test]
    fn each_wrong_header_is_told() {
        let keys = keys();
        let tokens = tokens(&keys, 0);
        let good = header(&keys);
        let other = |change: fn(&mut Header)| {
            let mut header = good.clone();
            change(&mut header);
            tokens.verify(&signed(&keys, &header, &payload()))
        };
        assert!(other(|_| ()).is_ok());
        let wrong_type = Err(TokenError::WrongType);
        assert_eq!(other(|header| header.typ = None), wrong_type);
        assert_eq!(other(|header| header.typ = Some("JWT".into())), wrong_type);
        let unknown = Err(TokenError::UnknownKey);
        assert_eq!(other(|header| header.kid = None), unknown);
        assert_eq!(other(|header| header.kid = Some("other".into())), unknown);
        let critical = other(|header| header.crit = Some(vec!["b64".into()]));
        assert_eq!(critical, Err(TokenError::Malformed));
    }

    #[test]
    fn other_algorithms_are_refused_whatever_they_are_signed_with() {
        let keys = keys();
        let tokens = tokens(&keys, 0);
        let kid = &keys.latest().unwrap().kid;
        for alg in ["none", "None", "", "ES256", "Ed25519"] {
            let header = part(&json!({ "alg": alg, "typ": TYPE, "kid": kid }));
            let token = format!("{header}.{}.", part(&payload()));
            assert_eq!(tokens.verify(&token), Err(TokenError::WrongAlgorithm));
        }
        // Signed with what everybody knows of the key.
        let public = keys.public_json(NOON)["keys"][0]["x"].clone();
        let public = public.as_str().unwrap();
        for secret in [
            BASE64_URL_SAFE_NO_PAD.decode(public).unwrap(),
            public.as_bytes().to_vec(),
        ] {
            let header = Header {
                alg: Algorithm::HS256,
                ..header(&keys)
            };
            let secret = EncodingKey::from_secret(&secret);
            let token = jsonwebtoken::encode(&header, &payload(), &secret).unwrap();
            assert_eq!(tokens.verify(&token), Err(TokenError::WrongAlgorithm));
            // And with the algorithm that is asked, in name.
            let header = json!({ "alg": "EdDSA", "typ": TYPE, "kid": kid });
            let (_, rest) = token.split_once('.').unwrap();
            let token = format!("{}.{rest}", part(&header));
            assert_eq!(tokens.verify(&token), Err(TokenError::BadSignature));
        }
    }

    #[test]
    fn what_was_not_signed_is_refused() {
        let (ours, theirs) = (keys(), keys());
        let tokens = tokens(&ours, 0);
        let forged = signed(&theirs, &header(&ours), &payload());
        assert_eq!(tokens.verify(&forged), Err(TokenError::BadSignature));
        let token = signed(&ours, &header(&ours), &payload());
        let parts: Vec<&str> = token.split('.').collect();
        let mut other = payload();
        other["sub"] = json!(Uuid::from_u128(9));
        let changed = format!("{}.{}.{}", parts[0], part(&other), parts[2]);
        assert_eq!(tokens.verify(&changed), Err(TokenError::BadSignature));
        let unsigned = format!("{}.{}.", parts[0], parts[1]);
        assert_eq!(tokens.verify(&unsigned), Err(TokenError::BadSignature));
        assert!(tokens.verify(&token).is_ok());
    }

    #[test]
    fn what_is_meant_for_others_is_refused() {
        let keys = keys();
        let token = tokens(&keys, 0).issue(ACCOUNT, SESSION).unwrap().token;
        let verify = |name, value| tokens_with(&keys, 0, &[(name, value)]).verify(&token);
        assert_eq!(
            verify("TOKEN_ISSUER", "https://other.example.org"),
            Err(TokenError::WrongIssuer)
        );
        assert_eq!(
            verify("PUBLIC_URL", "https://other.example.org"),
            Err(TokenError::WrongIssuer)
        );
        assert_eq!(
            verify("TOKEN_AUDIENCE", "other"),
            Err(TokenError::WrongAudience)
        );
    }

    #[test]
    fn what_is_no_token_is_refused() {
        let keys = keys();
        let tokens = tokens(&keys, 0);
        let token = signed(&keys, &header(&keys), &payload());
        let twice = r#"{"alg":"none","alg":"EdDSA","typ":"at+jwt"}"#;
        for wrong in [
            String::new(),
            "..".to_owned(),
            format!("{token}.{token}"),
            format!(" {token}"),
            format!("Bearer {token}"),
            format!("{token}="),
            token.replacen('.', "", 1),
            format!("{}..", BASE64_URL_SAFE_NO_PAD.encode(twice)),
            "a".repeat(LONGEST + 1),
            "é.é.é".to_owned(),
        ] {
            assert_eq!(tokens.verify(&wrong), Err(TokenError::Malformed), "{wrong}");
        }
        let mut long = payload();
        long["iss"] = json!("a".repeat(LONGEST));
        let long = signed(&keys, &header(&keys), &long);
        assert_eq!(tokens.verify(&long), Err(TokenError::Malformed));
        for claim in ["iss", "aud", "sub", "sid", "jti", "iat", "nbf", "exp"] {
            for value in [None, Some(json!(["maillage"])), Some(json!(-0.5))] {
                let mut payload = payload();
                let claims = payload.as_object_mut().unwrap();
                claims.remove(claim);
                if let Some(value) = value {
                    claims.insert(claim.to_owned(), value);
                }
                let token = signed(&keys, &header(&keys), &payload);
                assert_eq!(tokens.verify(&token), Err(TokenError::Malformed), "{claim}");
            }
        }
    }

    #[test]
    fn instants_out_of_bounds_do_no_harm() {
        let keys = keys();
        let tokens = tokens(&keys, 0);
        for (claim, instant, expected) in [
            ("exp", i64::MAX, Err(TokenError::Malformed)),
            ("exp", i64::MIN, Err(TokenError::Expired)),
            ("nbf", i64::MAX, Err(TokenError::NotYetValid)),
            ("nbf", i64::MIN, Ok(())),
            ("iat", i64::MAX, Err(TokenError::Malformed)),
        ] {
            let mut payload = payload();
            payload[claim] = json!(instant);
            let token = signed(&keys, &header(&keys), &payload);
            let verified = tokens.verify(&token).map(|_| ());
            assert_eq!(verified, expected, "{claim} {instant}");
        }
    }

    proptest! {
        #[test]
        fn arbitrary_texts_never_verify(text in ".*", parts in "[A-Za-z0-9_=-]{0,80}(\\.[A-Za-z0-9_=-]{0,80}){0,4}") {
            let tokens = tokens(&keys(), 0);
            prop_assert!(tokens.verify(&text).is_err());
            prop_assert!(tokens.verify(&parts).is_err());
        }

        #[test]
        fn one_other_character_makes_a_token_worthless(at in 0.0..1.0f64, character in "[A-Za-z0-9_.-]") {
            let keys = keys();
            let tokens = tokens(&keys, 0);
            let token = tokens.issue(ACCOUNT, SESSION).unwrap().token;
            // The last character of a part has bits that stand for nothing.
            let at = (at * (token.len() - 1) as f64) as usize;
            let mut changed = token.clone();
            changed.replace_range(at..=at, &character);
            prop_assert_eq!(tokens.verify(&changed).is_ok(), changed == token);
        }

        #[test]
        fn arbitrary_headers_never_verify(alg in "EdDSA|none|HS256|.{0,8}", typ in "at\\+jwt|.{0,8}", kid in ".{0,50}", signature in "[A-Za-z0-9_-]{0,90}") {
            let keys = keys();
            let tokens = tokens(&keys, 0);
            for kid in [&kid, &keys.latest().unwrap().kid] {
                let header = part(&json!({ "alg": alg, "typ": typ, "kid": kid }));
                let token = format!("{header}.{}.{signature}", part(&payload()));
                prop_assert!(tokens.verify(&token).is_err());
            }
        }
    }
}
