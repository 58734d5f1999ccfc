//! Unguessable secrets, for refresh tokens and one-time links.

use std::fmt;

use aws_lc_rs::{digest as hash, hmac, rand};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

/// Random bytes of one secret.
const BYTES: usize = 32;

/// A text that logs must never show.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

/// The machine gives no random bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the machine gives no random bytes")]
pub struct NoRandomness;

impl Secret {
    /// A new secret: 32 random bytes as 43 characters of URL-safe base64.
    ///
    /// # Errors
    /// When the machine gives no random bytes.
    pub fn generate() -> Result<Self, NoRandomness> {
        Ok(Self(BASE64_URL_SAFE_NO_PAD.encode(random::<BYTES>()?)))
    }

    /// The secret that follows this one: HMAC-SHA256 of `salt` under it. Whoever has only
    /// this secret, or only what the database keeps, cannot make it.
    pub fn successor(&self, salt: &str) -> Self {
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.0.as_bytes());
        let tag = hmac::sign(&key, salt.as_bytes());
        Self(BASE64_URL_SAFE_NO_PAD.encode(tag.as_ref()))
    }

    /// The text, for the one it is meant for.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What the database keeps of it: see [`digest`].
    pub fn digest(&self) -> String {
        digest(&self.0)
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret(…)")
    }
}

/// SHA-256 of `secret` in lower-case hexadecimal, 64 characters. Of a text with 256 random
/// bits, a digest without salt is enough: nobody can try them all.
pub fn digest(secret: &str) -> String {
    use fmt::Write as _;
    let digest = hash::digest(&hash::SHA256, secret.as_bytes());
    digest
        .as_ref()
        .iter()
        .fold(String::with_capacity(64), |mut text, byte| {
            // Writing to a String cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}

/// Random bytes, as unpredictable as the machine has them.
pub(super) fn random<const N: usize>() -> Result<[u8; N], NoRandomness> {
    let mut bytes = [0; N];
    rand::fill(&mut bytes).map_err(|_| NoRandomness)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_differ_and_fit_into_addresses() {
        let one = Secret::generate().unwrap();
        assert_ne!(one, Secret::generate().unwrap());
        assert_eq!(one.reveal().len(), 43);
        let safe = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        assert!(one.reveal().bytes().all(safe));
    }

    #[test]
    fn a_successor_is_always_the_same_and_no_other_has_it() {
        let one = Secret::from("one".to_owned());
        assert_eq!(one.successor("salt"), one.successor("salt"));
        assert_ne!(one.successor("salt"), one.successor("other salt"));
        assert_ne!(
            one.successor("salt"),
            Secret::from("two".to_owned()).successor("salt")
        );
        assert_eq!(one.successor("salt").reveal().len(), 43);
    }

    #[test]
    fn a_digest_is_that_of_the_standard() {
        let known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(digest("abc"), known);
        assert_eq!(Secret::from("abc".to_owned()).digest(), known);
    }

    #[test]
    fn nothing_shows_when_it_is_logged() {
        let secret = Secret::generate().unwrap();
        assert!(!format!("{secret:?}").contains(secret.reveal()));
    }
}
