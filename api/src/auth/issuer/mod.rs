//! Tokens of another issuer, by OpenID Connect: they prove who asks as ours do.

mod cache;
mod claims;
mod discovery;
mod keys;
mod options;

use std::sync::Arc;

use jsonwebtoken::errors::ErrorKind;
use serde_json::Value;

use self::cache::KeyCache;
use super::header::announced;
use super::tokens::{TokenError, signature_by};
use crate::clock::Clock;

pub use claims::Foreign;
pub use options::{Options, RoleClaim, is_issuer, lower};

/// Bytes of the longest token that is looked at: some name many roles.
const LONGEST: usize = 16_384;

/// The types of tokens that are taken: access tokens (RFC 9068), and tokens of no type, as
/// many issuers write them. Those that mean something else, such as a logout, are not.
const TYPES: [&str; 3] = ["jwt", "at+jwt", "application/at+jwt"];

/// Verifies the tokens of another issuer.
pub struct Issuer {
    pub options: Options,
    keys: Arc<KeyCache>,
    clock: Clock,
}

impl Issuer {
    /// The issuer that `options` name; it is not asked for anything yet.
    ///
    /// # Errors
    /// When this machine cannot speak HTTP.
    pub fn new(options: Options, clock: Clock) -> Result<Self, reqwest::Error> {
        let keys = KeyCache::new(options.issuer.clone(), discovery::client()?);
        Ok(Self {
            options,
            keys: Arc::new(keys),
            clock,
        })
    }

    /// Whom `token` is about, if the issuer has signed it for us and it is valid now.
    ///
    /// # Errors
    /// Why it is not, or that its key cannot be had.
    pub async fn verify(&self, token: &str) -> Result<Foreign, TokenError> {
        if token.len() > LONGEST {
            return Err(TokenError::Malformed);
        }
        let header = announced(token).ok_or(TokenError::Malformed)?;
        let algorithm = keys::algorithm(&header.alg).ok_or(TokenError::WrongAlgorithm)?;
        let is_taken = |typ: &String| TYPES.contains(&typ.to_ascii_lowercase().as_str());
        if !header.typ.as_ref().is_none_or(is_taken) {
            return Err(TokenError::WrongType);
        }
        if header.crit.is_some() {
            return Err(TokenError::Malformed);
        }
        let kid = header.kid.ok_or(TokenError::UnknownKey)?;
        let key = self.keys.find(&kid, algorithm).await?;
        let decoded = jsonwebtoken::decode::<Value>(token, &key, &signature_by(algorithm));
        let claims = decoded
            .map_err(|error| match error.kind() {
                ErrorKind::InvalidSignature => TokenError::BadSignature,
                _ => TokenError::Malformed,
            })?
            .claims;
        claims::judge(&self.options, &claims, self.clock.now().timestamp())
    }
}
