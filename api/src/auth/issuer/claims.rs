//! What a verified token of the other issuer says, and whether it says it to us.

use entity::values::Role;
use serde_json::Value;

use super::super::tokens::{LEEWAY_SECONDS, TokenError};
use super::Options;

/// Characters of the longest subject, as OpenID Connect bounds it.
const LONGEST_SUBJECT: usize = 255;

/// Somebody for whom the other issuer vouches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Foreign {
    /// Who they are to the issuer, for ever.
    pub subject: String,
    pub email: Option<String>,
    /// Whether the issuer has verified that the address is theirs.
    pub email_verified: bool,
    pub name: Option<String>,
    /// The highest role in which they may act; `None`: that of their account.
    pub role: Option<Role>,
}

/// Whom `claims` are about, if they are meant for us at `now`, in seconds since 1970.
pub fn judge(options: &Options, claims: &Value, now: i64) -> Result<Foreign, TokenError> {
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    if text("iss") != Some(&options.issuer) {
        return Err(TokenError::WrongIssuer);
    }
    let audience = options.audience.as_str();
    let is_ours = match claims.get("aud") {
        Some(Value::String(one)) => one == audience,
        Some(Value::Array(all)) => all.iter().any(|one| one == audience),
        _ => false,
    };
    if !is_ours {
        return Err(TokenError::WrongAudience);
    }
    let client = text("azp").or(text("client_id"));
    let accepted = |client| options.clients.iter().any(|one| one == client);
    if !options.clients.is_empty() && !client.is_some_and(accepted) {
        return Err(TokenError::WrongClient);
    }
    let instant = |name: &str| claims.get(name).map(seconds);
    let (Some(Some(issued)), Some(Some(expires))) = (instant("iat"), instant("exp")) else {
        return Err(TokenError::Malformed);
    };
    let begins = instant("nbf").unwrap_or(Some(issued));
    let begins = begins.ok_or(TokenError::Malformed)?.max(issued);
    if now >= expires.saturating_add(LEEWAY_SECONDS) {
        return Err(TokenError::Expired);
    }
    if now < begins.saturating_sub(LEEWAY_SECONDS) {
        return Err(TokenError::NotYetValid);
    }
    let subject = text("sub")
        .filter(|subject| (1..=LONGEST_SUBJECT).contains(&subject.len()) && subject.is_ascii());
    Ok(Foreign {
        subject: subject.ok_or(TokenError::Malformed)?.to_owned(),
        email: text("email").map(str::to_owned),
        email_verified: claims.get("email_verified") == Some(&Value::Bool(true)),
        name: text("name").map(str::to_owned),
        role: options.roles.as_ref().map(|roles| roles.role_in(claims)),
    })
}

/// An instant of a token: whole seconds, which some issuers write with decimals.
fn seconds(value: &Value) -> Option<i64> {
    let rounded = || value.as_f64().map(|seconds| seconds as i64);
    value.as_i64().or_else(rounded)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::RoleClaim;
    use super::*;

    fn options() -> Options {
        Options {
            issuer: "https://id.example.org".to_owned(),
            audience: "maillage".to_owned(),
            clients: Vec::new(),
            sign_up: false,
            roles: None,
        }
    }

    fn claims() -> Value {
        json!({
            "iss": "https://id.example.org", "sub": "42", "aud": "maillage",
            "iat": 1000, "exp": 1600, "email": "camille@example.org", "email_verified": true,
        })
    }

    fn with(name: &str, value: Value) -> Value {
        let mut claims = claims();
        claims[name] = value;
        claims
    }

    fn refusal(claims: &Value, now: i64) -> Option<TokenError> {
        judge(&options(), claims, now).err()
    }

    #[test]
    fn who_is_vouched_for_is_told() {
        let told = judge(&options(), &claims(), 1000).unwrap();
        assert_eq!(
            told,
            Foreign {
                subject: "42".to_owned(),
                email: Some("camille@example.org".to_owned()),
                email_verified: true,
                name: None,
                role: None,
            }
        );
        for value in [json!("true"), json!(1), Value::Null, json!(false)] {
            let claims = with("email_verified", value.clone());
            let told = judge(&options(), &claims, 1000).unwrap();
            assert!(!told.email_verified, "{value}");
        }
    }

    #[test]
    fn what_is_meant_for_others_is_refused() {
        let wrong = Some(TokenError::WrongIssuer);
        let issuers = ["https://id.example.org/", "https://ID.example.org", ""];
        for issuer in issuers.map(Value::from).into_iter().chain([json!([])]) {
            assert_eq!(refusal(&with("iss", issuer), 1000), wrong);
        }
        let wrong = Some(TokenError::WrongAudience);
        for audience in [json!("other"), json!(["other"]), json!([]), Value::Null] {
            assert_eq!(refusal(&with("aud", audience), 1000), wrong);
        }
        let both = with("aud", json!(["account", "maillage"]));
        assert_eq!(refusal(&both, 1000), None);
    }

    #[test]
    fn clients_are_those_of_the_setting() {
        let options = Options {
            clients: vec!["front".to_owned()],
            ..options()
        };
        let judge = |claims: &Value| judge(&options, claims, 1000).err();
        assert_eq!(judge(&with("azp", json!("front"))), None);
        assert_eq!(judge(&with("client_id", json!("front"))), None);
        let wrong = Some(TokenError::WrongClient);
        assert_eq!(judge(&claims()), wrong);
        assert_eq!(judge(&with("azp", json!("other"))), wrong);
        let mut both = with("azp", json!("other"));
        both["client_id"] = json!("front");
        assert_eq!(judge(&both), wrong);
    }

    #[test]
    fn clocks_may_differ_by_half_a_minute() {
        assert_eq!(refusal(&claims(), 1629), None);
        assert_eq!(refusal(&claims(), 1630), Some(TokenError::Expired));
        assert_eq!(refusal(&claims(), 970), None);
        assert_eq!(refusal(&claims(), 969), Some(TokenError::NotYetValid));
        let later = with("nbf", json!(1100));
        assert_eq!(refusal(&later, 1070), None);
        assert_eq!(refusal(&later, 1069), Some(TokenError::NotYetValid));
        assert_eq!(refusal(&with("exp", json!(1600.9)), 1629), None);
    }

    #[test]
    fn without_its_instants_or_subject_a_token_is_none() {
        let malformed = Some(TokenError::Malformed);
        for name in ["iat", "exp", "sub"] {
            let mut claims = claims();
            claims.as_object_mut().unwrap().remove(name);
            assert_eq!(refusal(&claims, 1000), malformed, "{name}");
        }
        for (name, value) in [
            ("exp", json!("1600")),
            ("iat", Value::Null),
            ("nbf", json!("1000")),
            ("sub", json!("")),
            ("sub", json!(42)),
            ("sub", json!("é")),
            ("sub", json!("4".repeat(256))),
        ] {
            assert_eq!(refusal(&with(name, value), 1000), malformed, "{name}");
        }
        for extreme in [
            json!(i64::MIN),
            json!(i64::MAX),
            json!(1e300),
            json!(-1e300),
        ] {
            for name in ["iat", "exp", "nbf"] {
                // Whatever it says, it does no harm.
                let _ = refusal(&with(name, extreme.clone()), 1000);
            }
        }
    }

    #[test]
    fn a_claim_bounds_the_role_where_a_setting_says_so() {
        let options = Options {
            roles: RoleClaim::read("groups", "registry=staff"),
            ..options()
        };
        let role = |claims: &Value| judge(&options, claims, 1000).unwrap().role;
        assert_eq!(
            role(&with("groups", json!(["registry"]))),
            Some(Role::Staff)
        );
        assert_eq!(role(&claims()), Some(Role::ProjectHolder));
    }
}
