//! What is read of a token before its signature is verified: by which key, and whose.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::Value;

/// The header of a token.
#[derive(Deserialize)]
pub(super) struct Announced {
    pub alg: String,
    pub typ: Option<String>,
    pub kid: Option<String>,
    /// Extensions that must be understood; we know none.
    pub crit: Option<Value>,
}

/// The header of `token`, if it is one.
pub(super) fn announced(token: &str) -> Option<Announced> {
    let (header, _) = parts(token)?;
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(header).ok()?).ok()
}

/// Who `token` says has issued it. It proves nothing: it tells by whose keys to verify.
pub fn announced_issuer(token: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Payload {
        iss: String,
    }
    let (_, payload) = parts(token)?;
    let payload: Payload =
        serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(payload).ok()?).ok()?;
    Some(payload.iss)
}

fn parts(token: &str) -> Option<(&str, &str)> {
    let (header, rest) = token.split_once('.')?;
    let (payload, signature) = rest.split_once('.')?;
    (!signature.contains('.')).then_some((header, payload))
}
