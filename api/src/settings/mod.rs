//! Settings: environment variables, over an optional TOML file, over defaults.

mod reader;
mod table;

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::thread::available_parallelism;
use std::time::Duration;

use chrono::TimeDelta;
use ipnet::IpNet;

use self::reader::{Reader, read_file};
use crate::auth::issuer;
use crate::auth::secrets::Secret;
use crate::{files, mail};

pub use table::{Entry, TABLE, help};

/// Validated settings.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Connection string of the database.
    pub database_url: String,
    pub listen: SocketAddr,
    pub migrate_on_start: bool,
    pub seed_on_start: bool,
    pub public_url: Option<String>,
    pub log: String,
    pub log_format: LogFormat,
    pub workers: usize,
    pub max_connections: usize,
    pub database_connections: u32,
    pub trusted_proxies: Vec<IpNet>,
    pub body_timeout: Duration,
    pub head_timeout: Duration,
    pub operation_timeout: Duration,
    pub limits: Limits,
    /// Cost a visitor may spend in a minute; `None`: no limit.
    pub rate_limit_points: Option<u32>,
    pub signing_keys_file: PathBuf,
    /// Signing keys that stand in for those of the file.
    pub signing_keys: Option<Secret>,
    pub token_issuer: String,
    pub token_audience: String,
    pub access_token_lifetime: TimeDelta,
    /// Another issuer whose tokens are accepted too.
    pub oidc: Option<issuer::Options>,
    /// Time without use after which a session ends.
    pub session_lifetime: TimeDelta,
    /// Origins of front ends, besides our own.
    pub web_origins: Vec<String>,
    /// What the links of e-mails begin with, without a slash at the end.
    pub link_base: String,
    pub password_memory_kib: u32,
    pub password_iterations: u32,
    pub mail: mail::Options,
    pub files: files::Options,
}

/// Bounds of what one request may ask.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    pub body_bytes: usize,
    pub query_bytes: usize,
    pub query_tokens: usize,
    pub query_nesting: usize,
    pub query_directives: usize,
    pub query_fragment_spreads: usize,
    pub variables_nesting: usize,
    pub query_aliases: usize,
    pub query_fields: usize,
    pub query_depth: usize,
    pub introspection_items: usize,
    pub query_cost: usize,
    pub input_list_items: usize,
}

/// How log lines are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    Pretty,
    Json,
}

/// A setting that cannot be used; the sentence names it.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    #[error("the setting {name} is {value:?}, but it must be {expected}")]
    Invalid {
        name: &'static str,
        value: String,
        expected: String,
    },
    #[error("the settings file {path} cannot be read")]
    Unreadable {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error("the settings file {path} is not valid TOML: {message}")]
    NotToml { path: PathBuf, message: String },
    #[error("the settings file {path} has an unknown setting: {key}")]
    Unknown { path: PathBuf, key: String },
}

impl Settings {
    /// Reads the settings of the process: its environment over the file at `path`.
    ///
    /// # Errors
    /// The first setting that cannot be used, or why the file cannot be read.
    pub fn load(path: Option<&Path>) -> Result<Self, SettingsError> {
        let mut values = match path {
            Some(path) => read_file(path)?,
            None => BTreeMap::new(),
        };
        for entry in TABLE {
            if let Ok(value) = std::env::var(entry.name) {
                values.insert(entry.name, value);
            }
        }
        Self::from_values(&values)
    }

    /// The settings made of `values`, by name, over the defaults.
    ///
    /// # Errors
    /// The first value that cannot be used.
    pub fn from_values(values: &BTreeMap<&'static str, String>) -> Result<Self, SettingsError> {
        let reader = Reader { values };
        let database_url = reader.text("DATABASE_URL");
        let embedded = database_url.is_empty();
        let database_url = if embedded {
            "sqlite:maillage.sqlite".to_owned()
        } else {
            database_url
        };
        if !database_url.starts_with("sqlite:")
            && !database_url.starts_with("postgres://")
            && !database_url.starts_with("postgresql://")
        {
            return Err(SettingsError::Invalid {
                name: "DATABASE_URL",
                // A connection string may hold a password: it is not repeated.
                value: "…".to_owned(),
                expected: "an address that begins with postgres:// or sqlite:".to_owned(),
            });
        }
        let sqlite = database_url.starts_with("sqlite:");
        let given = |name| Some(reader.text(name)).filter(|text| !text.is_empty());
        let public_url = given("PUBLIC_URL");
        let listen: SocketAddr =
            reader.parsed("LISTEN", "an address and a port, such as 127.0.0.1:8080")?;
        let link_base = given("LINK_BASE")
            .or_else(|| public_url.clone())
            .unwrap_or_else(|| format!("http://{listen}"));
        let link_base = link_base.trim_end_matches('/').to_owned();
        let token_issuer = given("TOKEN_ISSUER")
            .or_else(|| public_url.clone())
            .unwrap_or_else(|| "maillage".to_owned());
        let ms = |name, from, to| {
            reader
                .number::<u64>(name, from, to)
                .map(Duration::from_millis)
        };
        Ok(Self {
            listen,
            migrate_on_start: reader.flag("MIGRATE_ON_START", sqlite)?,
            seed_on_start: reader.flag("SEED_ON_START", embedded)?,
            oidc: reader.oidc(&token_issuer)?,
            token_issuer,
            public_url,
            log: reader.text("LOG"),
            log_format: match reader.text("LOG_FORMAT").as_str() {
                "pretty" => LogFormat::Pretty,
                "json" => LogFormat::Json,
                _ => return Err(reader.invalid("LOG_FORMAT", "pretty or json")),
            },
            workers: reader.number("WORKERS", 0, 256)?,
            max_connections: reader.number("MAX_CONNECTIONS", 1, 100_000)?,
            database_connections: reader.number("DATABASE_CONNECTIONS", 1, 1000)?,
            trusted_proxies: reader
                .text("TRUSTED_PROXIES")
                .split(',')
                .map(str::trim)
                .filter(|address| !address.is_empty())
                .map(|address| {
                    let one = address.parse::<IpAddr>().map(IpNet::from);
                    one.or_else(|_| address.parse()).map_err(|_| {
                        let expected = "IP addresses or networks separated by commas";
                        reader.invalid("TRUSTED_PROXIES", expected)
                    })
                })
                .collect::<Result<_, _>>()?,
            body_timeout: ms("BODY_TIMEOUT_MS", 10, 600_000)?,
            head_timeout: ms("HEAD_TIMEOUT_MS", 10, 600_000)?,
            operation_timeout: ms("OPERATION_TIMEOUT_MS", 10, 600_000)?,
            limits: Limits {
                body_bytes: reader.number("BODY_LIMIT_BYTES", 1024, 16_777_216)?,
                query_bytes: reader.number("QUERY_LIMIT_BYTES", 256, 1_048_576)?,
                query_tokens: reader.number("QUERY_TOKENS", 10, 100_000)?,
                query_nesting: reader.number("QUERY_NESTING", 5, 100)?,
                query_directives: reader.number("QUERY_DIRECTIVES", 0, 1000)?,
                query_fragment_spreads: reader.number("QUERY_FRAGMENT_SPREADS", 0, 1000)?,
                variables_nesting: reader.number("VARIABLES_NESTING", 2, 100)?,
                query_aliases: reader.number("QUERY_ALIASES", 0, 10_000)?,
                query_fields: reader.number("QUERY_FIELDS", 10, 100_000)?,
                query_depth: reader.number("QUERY_DEPTH", 3, 50)?,
                introspection_items: reader.number("INTROSPECTION_ITEMS", 1000, 100_000_000)?,
                query_cost: reader.number("QUERY_COST", 100, 10_000_000)?,
                input_list_items: reader.number("INPUT_LIST_ITEMS", 1, 10_000)?,
            },
            rate_limit_points: Some(reader.number("RATE_LIMIT_POINTS", 0, 1_000_000_000)?)
                .filter(|points| *points > 0),
            signing_keys_file: PathBuf::from(reader.text("SIGNING_KEYS_FILE")),
            signing_keys: given("SIGNING_KEYS").map(Secret::from),
            token_audience: reader.text("TOKEN_AUDIENCE"),
            access_token_lifetime: TimeDelta::minutes(reader.number(
                "ACCESS_TOKEN_MINUTES",
                1,
                60,
            )?),
            session_lifetime: TimeDelta::days(reader.number("SESSION_DAYS", 1, 365)?),
            web_origins: reader.origins("WEB_ORIGINS")?,
            link_base,
            password_memory_kib: reader.number("PASSWORD_MEMORY_KIB", 8, 4_194_304)?,
            password_iterations: reader.number("PASSWORD_ITERATIONS", 1, 100)?,
            mail: reader.mail()?,
            files: reader.files()?,
            database_url,
        })
    }
}

impl Settings {
    /// The address under which the public reaches the server, without a slash at its end.
    pub fn public_base(&self) -> String {
        match &self.public_url {
            Some(url) => url.trim_end_matches('/').to_owned(),
            None => format!("http://{}", self.listen),
        }
    }

    /// The origin of the pages that are served beside us.
    pub fn public_origin(&self) -> String {
        match &self.public_url {
            Some(url) => origin(url).to_owned(),
            None => format!("http://{}", self.listen),
        }
    }

    /// How many threads serve requests.
    pub fn threads(&self) -> usize {
        match self.workers {
            0 => available_parallelism().map_or(1, NonZero::get),
            workers => workers,
        }
    }
}

/// The scheme, host and port of an address.
fn origin(url: &str) -> &str {
    let path = url.match_indices('/').nth(2);
    path.and_then(|(at, _)| url.get(..at)).unwrap_or(url)
}

#[cfg(test)]
impl Default for Limits {
    fn default() -> Self {
        Settings::from_values(&BTreeMap::new()).unwrap().limits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(name: &'static str, value: &str) -> Result<Settings, SettingsError> {
        Settings::from_values(&BTreeMap::from([(name, value.to_owned())]))
    }

    #[test]
    fn defaults_are_valid_and_embedded() {
        let settings = Settings::from_values(&BTreeMap::new()).unwrap();
        assert_eq!(settings.listen.to_string(), "127.0.0.1:8080");
        assert!(settings.migrate_on_start && settings.seed_on_start);
    }

    #[test]
    fn a_given_postgresql_is_neither_migrated_nor_seeded_unasked() {
        let settings = with("DATABASE_URL", "postgres://localhost/maillage").unwrap();
        assert!(!settings.migrate_on_start && !settings.seed_on_start);
    }

    #[test]
    fn tokens_name_the_public_address_unless_told_otherwise() {
        let issuer = |settings: Settings| settings.token_issuer;
        let none = Settings::from_values(&BTreeMap::new()).unwrap();
        assert_eq!(issuer(none), "maillage");
        let url = "https://maillage.example.org";
        assert_eq!(issuer(with("PUBLIC_URL", url).unwrap()), url);
        assert_eq!(issuer(with("TOKEN_ISSUER", "other").unwrap()), "other");
    }

    #[test]
    fn keys_do_not_show_among_the_settings() {
        let settings = with("SIGNING_KEYS", "planted").unwrap();
        assert!(!format!("{settings:?}").contains("planted"));
    }

    #[test]
    fn a_wrong_value_is_named() {
        for (name, value) in [
            ("LISTEN", "8080"),
            ("MIGRATE_ON_START", "yes"),
            ("QUERY_DEPTH", "0"),
            ("LOG_FORMAT", "xml"),
            ("ACCESS_TOKEN_MINUTES", "61"),
            ("PASSWORD_ITERATIONS", "0"),
            ("SESSION_DAYS", "0"),
            ("WEB_ORIGINS", "https://example.org/path"),
            ("WEB_ORIGINS", "*"),
            ("TRUSTED_PROXIES", "proxy.local"),
            ("DATABASE_URL", "mysql://secret@localhost"),
            ("MAIL_TRANSPORT", "pigeon"),
            ("MAIL_FOLDER", ""),
            ("MAIL_FROM", "nobody"),
            ("MAIL_REPLY_TO", "nobody"),
            ("FILES_FOLDER", ""),
            ("FILES_URL", "https://secret@files.example.org"),
            ("FILE_LIMIT_BYTES", "12"),
        ] {
            let message = with(name, value).unwrap_err().to_string();
            assert!(message.contains(name), "{message}");
            assert!(!message.contains("secret"), "{message}");
        }
    }

    #[test]
    fn another_issuer_is_one_that_can_be_trusted() {
        let with = |changed: &[(&'static str, &str)]| {
            let mut values = BTreeMap::from([
                (
                    "OIDC_ISSUER",
                    "https://id.example.org/realms/essai".to_owned(),
                ),
                ("OIDC_AUDIENCE", "maillage".to_owned()),
                ("OIDC_CLIENTS", "front, back".to_owned()),
                ("OIDC_ROLE_CLAIM", "groups".to_owned()),
                ("OIDC_ROLES", "registry-staff=staff".to_owned()),
                ("OIDC_SIGN_UP", "true".to_owned()),
            ]);
            for (name, value) in changed {
                values.insert(name, (*value).to_owned());
            }
            Settings::from_values(&values)
        };
        let oidc = with(&[]).unwrap().oidc.unwrap();
        assert_eq!(oidc.issuer, "https://id.example.org/realms/essai");
        assert_eq!(oidc.clients, ["front", "back"]);
        assert!(oidc.sign_up && oidc.roles.is_some());
        assert_eq!(with(&[("OIDC_ISSUER", "")]).unwrap().oidc, None);
        let none = with(&[("OIDC_ROLE_CLAIM", ""), ("OIDC_ROLES", "")]).unwrap();
        assert_eq!(none.oidc.unwrap().roles, None);
        for (name, value) in [
            ("OIDC_ISSUER", "http://user:secret@id.example.org"),
            ("OIDC_AUDIENCE", ""),
            ("OIDC_ROLES", "registry-staff=api-client"),
            ("OIDC_SIGN_UP", "yes"),
        ] {
            let error = with(&[(name, value)]).unwrap_err().to_string();
            assert!(error.contains(name) && !error.contains("secret"), "{error}");
        }
        let own = ("TOKEN_ISSUER", "https://id.example.org/realms/essai");
        assert!(
            with(&[own])
                .unwrap_err()
                .to_string()
                .contains("OIDC_ISSUER")
        );
    }

    #[test]
    fn the_password_of_the_mail_server_is_never_shown() {
        let with = |url: &str| {
            Settings::from_values(&BTreeMap::from([
                ("MAIL_TRANSPORT", "smtp".to_owned()),
                ("SMTP_URL", url.to_owned()),
            ]))
        };
        for url in [
            "",
            "mail.example.org",
            "http://user:secret@mail.example.org",
            "smtp://user:secret@",
            "smtp://user:secret@mail.example.org:port",
            "smtp://user:secret@mail.example.org?tls=perhaps",
        ] {
            let error = with(url).unwrap_err();
            assert!(error.to_string().contains("SMTP_URL"), "{error}");
            assert!(!format!("{error} {error:?}").contains("secret"), "{error}");
        }
        for url in [
            "smtps://user:secret@mail.example.org",
            "smtp://user:secret@mail.example.org:2525/maillage.example.org?tls=required",
        ] {
            let settings = with(url).unwrap();
            assert!(!format!("{settings:?}").contains("secret"));
        }
    }

    #[test]
    fn the_keys_of_the_store_of_files_are_never_shown() {
        let with = |changed: &[(&'static str, &str)]| {
            let mut values = BTreeMap::from([
                ("FILES_URL", "s3://files/maillage".to_owned()),
                ("AWS_REGION", "fr-par".to_owned()),
                ("AWS_ENDPOINT_URL", "https://s3.example.org".to_owned()),
                ("AWS_ACCESS_KEY_ID", "EXAMPLE".to_owned()),
                ("AWS_SECRET_ACCESS_KEY", "planted".to_owned()),
                ("AWS_SESSION_TOKEN", "planted".to_owned()),
            ]);
            for (name, value) in changed {
                values.insert(name, (*value).to_owned());
            }
            Settings::from_values(&values)
        };
        let settings = with(&[]).unwrap();
        assert!(!format!("{settings:?}").contains("planted"));
        let files::Place::Bucket(bucket) = &settings.files.place else {
            panic!("{:?}", settings.files.place);
        };
        assert_eq!(
            (bucket.name.as_str(), bucket.prefix.as_str()),
            ("files", "maillage")
        );
        for (name, value, told) in [
            ("AWS_ENDPOINT_URL", "s3.example.org", "AWS_ENDPOINT_URL"),
            ("AWS_ACCESS_KEY_ID", "", "AWS_SECRET_ACCESS_KEY"),
            ("AWS_SECRET_ACCESS_KEY", "", "AWS_SECRET_ACCESS_KEY"),
        ] {
            let error = with(&[(name, value)]).unwrap_err().to_string();
            assert!(
                error.contains(told) && !error.contains("planted"),
                "{error}"
            );
        }
    }
}
