//! From where somebody asks, besides who they prove to be.

use crate::auth::secrets::{Secret, digest};
use crate::rate::Client;
use crate::settings::Settings;

/// The name of the cookie in which browsers keep a refresh token.
pub const REFRESH_COOKIE: &str = "maillage_refresh";

/// Characters kept of what a device says it is.
const LONGEST_DEVICE: usize = 200;

/// From where somebody asks.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The network address.
    pub client: Client,
    /// What the program says it is, shortened.
    pub device: Option<String>,
    pub cookie: Cookie,
}

/// The refresh token that a browser sent by itself.
#[derive(Clone, Debug)]
pub enum Cookie {
    None,
    /// There is one, but no page of ours asked for it to be sent.
    Foreign,
    Token(Secret),
}

impl Caller {
    /// Somebody at `client` whose program sent `user_agent`.
    pub fn new(client: Client, user_agent: Option<&str>, cookie: Cookie) -> Self {
        let device: Option<String> = user_agent.map(|text| {
            let printed = text.chars().filter(|character| !character.is_control());
            printed.take(LONGEST_DEVICE).collect()
        });
        Self {
            client,
            device: device.filter(|device| !device.is_empty()),
            cookie,
        }
    }

    /// The digest of the network address, told apart by what it is `of`.
    pub(super) fn address(&self, of: &str) -> String {
        digest(&format!("{of}\n{}", self.client))
    }
}

/// Whether a request with these headers `Origin` and `Sec-Fetch-Site` comes from a page of
/// ours, or from no page at all: a cookie is then meant to be there.
pub fn is_own_page(settings: &Settings, origin: Option<&str>, fetch_site: Option<&str>) -> bool {
    let own = |origin: &str| {
        origin == settings.public_origin() || settings.web_origins.iter().any(|one| one == origin)
    };
    origin.is_none_or(own) && fetch_site.is_none_or(|site| matches!(site, "same-origin" | "none"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn only_our_pages_and_what_is_no_page_may_use_cookies() {
        let settings = Settings::from_values(&BTreeMap::from([
            ("PUBLIC_URL", "https://api.example.org/registry".to_owned()),
            (
                "WEB_ORIGINS",
                "https://www.example.org, https://other.example.org".to_owned(),
            ),
        ]))
        .unwrap();
        for (origin, site, expected) in [
            (None, None, true),
            (None, Some("none"), true),
            (Some("https://api.example.org"), Some("same-origin"), true),
            (Some("https://www.example.org"), None, true),
            (Some("https://other.example.org"), None, true),
            (Some("https://api.example.org"), Some("same-site"), false),
            (Some("https://api.example.org"), Some("cross-site"), false),
            (Some("https://evil.example.net"), None, false),
            (Some("https://api.example.org.example.net"), None, false),
            (Some("http://api.example.org"), None, false),
            (Some("null"), None, false),
            (None, Some("cross-site"), false),
        ] {
            assert_eq!(
                is_own_page(&settings, origin, site),
                expected,
                "{origin:?} {site:?}"
            );
        }
    }

    #[test]
    fn what_a_device_says_is_shortened() {
        let client = std::net::IpAddr::from([192, 0, 2, 1]).into();
        let device = |text| Caller::new(client, Some(text), Cookie::None).device;
        assert_eq!(device("Firefox\u{7}"), Some("Firefox".to_owned()));
        assert_eq!(device(""), None);
        assert_eq!(device(&"é".repeat(300)), Some("é".repeat(200)));
    }
}
