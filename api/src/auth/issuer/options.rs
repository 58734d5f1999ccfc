//! What the settings say of the other issuer.

use entity::values::Role;
use reqwest::Url;
use serde_json::Value;

/// Another issuer, and what its tokens must say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// Its address, as its tokens name it.
    pub issuer: String,
    /// How it names us.
    pub audience: String,
    /// The clients whose tokens are accepted; none: all of them.
    pub clients: Vec<String>,
    /// Whether whoever it vouches for gets an account.
    pub sign_up: bool,
    pub roles: Option<RoleClaim>,
}

/// Where tokens tell of roles, and which of ours these are at the most.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleClaim {
    claim: String,
    roles: Vec<(String, Role)>,
}

impl RoleClaim {
    /// The claim named `claim`, with roles written as `name=role`, separated by commas.
    pub fn read(claim: &str, roles: &str) -> Option<Self> {
        let roles = roles.split(',').map(|pair| {
            let (name, role) = pair.split_once('=')?;
            let (name, role) = (name.trim(), role.trim());
            let role = role.to_ascii_uppercase().replace('-', "_");
            let mut persons = Role::ALL.iter().filter(|one| rank(**one) > 0);
            let role = persons.find(|one| one.as_str() == role)?;
            (!name.is_empty()).then(|| (name.to_owned(), *role))
        });
        Some(Self {
            claim: claim.to_owned(),
            roles: roles.collect::<Option<_>>()?,
        })
    }

    /// The highest role of ours that `claims` tell of; without any, that of whoever signs up.
    pub fn role_in(&self, claims: &Value) -> Role {
        let claim = claims.get(&self.claim).or_else(|| {
            let mut names = self.claim.split('.');
            names.try_fold(claims, |inner, name| inner.get(name))
        });
        let told = |name: &str| match claim {
            Some(Value::String(one)) => one == name,
            Some(Value::Array(all)) => all.iter().any(|one| one == name),
            _ => false,
        };
        self.roles
            .iter()
            .filter(|(name, _)| told(name))
            .map(|(_, role)| *role)
            .max_by_key(|role| rank(*role))
            .unwrap_or(Role::ProjectHolder)
    }
}

/// The role that allows less.
pub fn lower(one: Role, other: Role) -> Role {
    if rank(other) < rank(one) { other } else { one }
}

/// How much a role allows, 0 where it is that of no person.
fn rank(role: Role) -> u8 {
    match role {
        Role::ApiClient => 0,
        Role::ProjectHolder => 1,
        Role::Member => 2,
        Role::Staff => 3,
        Role::Admin => 4,
    }
}

/// Whether an issuer may be at `address`: by HTTPS, or on this machine.
pub fn is_issuer(address: &str) -> bool {
    Url::parse(address).is_ok_and(|url| {
        (url.scheme() == "https" || is_loopback(&url))
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none()
    })
}

/// Whether `url` is that of a server on this machine, spoken to without TLS.
pub(super) fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let address = host.parse::<std::net::IpAddr>();
    url.scheme() == "http"
        && (host == "localhost" || address.is_ok_and(|address| address.is_loopback()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_issuer_is_spoken_to_by_https_or_on_this_machine() {
        for good in [
            "https://id.example.org",
            "https://id.example.org/realms/essai",
            "http://127.0.0.1:3000",
            "http://[::1]:3000",
            "http://localhost:3000/",
        ] {
            assert!(is_issuer(good), "{good}");
        }
        for wrong in [
            "",
            "id.example.org",
            "http://id.example.org",
            "http://localhost.example.org",
            "https://user:secret@id.example.org",
            "https://id.example.org?realm=essai",
            "https://id.example.org#essai",
            "file:///etc/keys",
        ] {
            assert!(!is_issuer(wrong), "{wrong}");
        }
    }

    #[test]
    fn a_claim_tells_of_no_role_but_those_that_are_named() {
        let roles = "registry-staff=staff, registry-admin=admin,holders=project-holder";
        let read = |claim: &str| RoleClaim::read(claim, roles).unwrap();
        let groups = |groups: Value| read("groups").role_in(&json!({ "groups": groups }));
        assert_eq!(groups(json!(["registry-staff"])), Role::Staff);
        assert_eq!(
            groups(json!(["registry-staff", "registry-admin"])),
            Role::Admin
        );
        assert_eq!(groups(json!("registry-admin")), Role::Admin);
        for none in [
            json!(["admin", "STAFF", "registry-admin "]),
            json!([["registry-admin"]]),
            json!({ "registry-admin": true }),
            json!(true),
            Value::Null,
        ] {
            assert_eq!(groups(none.clone()), Role::ProjectHolder, "{none}");
        }
        let nested = json!({ "realm_access": { "roles": ["registry-staff"] } });
        assert_eq!(read("realm_access.roles").role_in(&nested), Role::Staff);
        let named = json!({ "https://example.org/roles": ["registry-staff"] });
        let role = read("https://example.org/roles").role_in(&named);
        assert_eq!(role, Role::Staff);
        for wrong in ["", "staff", "a=b", "a=api-client", "=staff", "a=staff,"] {
            assert_eq!(RoleClaim::read("groups", wrong), None, "{wrong}");
        }
    }

    #[test]
    fn the_lower_of_two_roles_allows_less() {
        assert_eq!(lower(Role::Admin, Role::Staff), Role::Staff);
        assert_eq!(lower(Role::ProjectHolder, Role::Admin), Role::ProjectHolder);
        assert_eq!(lower(Role::Member, Role::Member), Role::Member);
    }
}
