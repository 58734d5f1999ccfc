//! Settings: environment variables, over an optional TOML file, over defaults.

use std::collections::BTreeMap;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use chrono::TimeDelta;
use ipnet::IpNet;

use crate::auth::secrets::Secret;
use crate::{files, mail};

/// One row of the table of settings.
pub struct Entry {
    /// Name of the environment variable; in the file, the same in lower case.
    pub name: &'static str,
    /// Value taken when none is given.
    pub default: &'static str,
    /// What it is for, its unit and its bounds.
    pub help: &'static str,
}

/// Every setting there is: the same table stands in the README.
pub const TABLE: &[Entry] = &[
    Entry {
        name: "DATABASE_URL",
        default: "",
        help: "`postgres://…` or `sqlite:…`; empty: the file `maillage.sqlite` in the working directory, created, migrated and seeded at first start",
    },
    Entry {
        name: "LISTEN",
        default: "127.0.0.1:8080",
        help: "Address and port to listen on; port 0 takes a free one",
    },
    Entry {
        name: "MIGRATE_ON_START",
        default: "",
        help: "`true` or `false`: whether `serve` applies pending migrations; empty: only for a SQLite file",
    },
    Entry {
        name: "SEED_ON_START",
        default: "",
        help: "`true` or `false`: whether `serve` fills an empty registry with the reference data of the Hauts-de-Seine and the demonstration; empty: only when `DATABASE_URL` is not given",
    },
    Entry {
        name: "PUBLIC_URL",
        default: "",
        help: "Address under which the public reaches the server, for links; empty: the address listened on",
    },
    Entry {
        name: "LOG",
        default: "info,sqlx=warn,sea_orm_migration=warn",
        help: "What is logged, as `tracing` directives",
    },
    Entry {
        name: "LOG_FORMAT",
        default: "pretty",
        help: "`pretty` or `json`",
    },
    Entry {
        name: "WORKERS",
        default: "0",
        help: "Threads that serve requests, 0 to 256; 0: one per core",
    },
    Entry {
        name: "MAX_CONNECTIONS",
        default: "10000",
        help: "Connections kept open at once by each worker, 1 to 100000",
    },
    Entry {
        name: "DATABASE_CONNECTIONS",
        default: "16",
        help: "Connections to the database, 1 to 1000",
    },
    Entry {
        name: "TRUSTED_PROXIES",
        default: "",
        help: "Addresses or networks (`10.0.0.0/8`) of proxies whose `X-Forwarded-For` is believed, separated by commas",
    },
    Entry {
        name: "BODY_LIMIT_BYTES",
        default: "262144",
        help: "Size of a request's body, 1024 to 16777216",
    },
    Entry {
        name: "BODY_TIMEOUT_MS",
        default: "10000",
        help: "Time a client has to send its body, 10 to 600000",
    },
    Entry {
        name: "HEAD_TIMEOUT_MS",
        default: "10000",
        help: "Time a client has to send its request line and headers, 10 to 600000",
    },
    Entry {
        name: "OPERATION_TIMEOUT_MS",
        default: "5000",
        help: "Time an operation may take, 10 to 600000; the database's statements stop too",
    },
    Entry {
        name: "QUERY_LIMIT_BYTES",
        default: "32768",
        help: "Length of a GraphQL document, 256 to 1048576",
    },
    Entry {
        name: "QUERY_TOKENS",
        default: "1500",
        help: "Tokens in a document, 10 to 100000",
    },
    Entry {
        name: "QUERY_NESTING",
        default: "50",
        help: "Nesting of brackets in a document before it is parsed, 5 to 100",
    },
    Entry {
        name: "QUERY_DIRECTIVES",
        default: "20",
        help: "Directives in a document, 0 to 1000",
    },
    Entry {
        name: "QUERY_FRAGMENT_SPREADS",
        default: "20",
        help: "Fragment spreads in a document, 0 to 1000",
    },
    Entry {
        name: "VARIABLES_NESTING",
        default: "32",
        help: "Nesting of the variables' JSON, 2 to 100",
    },
    Entry {
        name: "QUERY_ALIASES",
        default: "30",
        help: "Aliases once fragments are expanded, 0 to 10000",
    },
    Entry {
        name: "QUERY_FIELDS",
        default: "1000",
        help: "Selected fields once fragments are expanded, 10 to 100000",
    },
    Entry {
        name: "QUERY_DEPTH",
        default: "15",
        help: "Depth once fragments are expanded, 3 to 50",
    },
    Entry {
        name: "INTROSPECTION_ITEMS",
        default: "500000",
        help: "Items that introspection may answer, about; the standard query asks some 330000, 1000 to 100000000",
    },
    Entry {
        name: "QUERY_COST",
        default: "10000",
        help: "Cost of one operation, 100 to 10000000",
    },
    Entry {
        name: "INPUT_LIST_ITEMS",
        default: "250",
        help: "Items in one list of an input, 1 to 10000",
    },
    Entry {
        name: "RATE_LIMIT_POINTS",
        default: "5000",
        help: "Cost a visitor may spend in a minute, 0 to 1000000000; 0: no limit",
    },
    Entry {
        name: "SIGNING_KEYS_FILE",
        default: "maillage-keys.json",
        help: "File of the keys that sign access tokens, made at first start; replicas share it",
    },
    Entry {
        name: "SIGNING_KEYS",
        default: "",
        help: "The whole content of such a file; empty: the file",
    },
    Entry {
        name: "TOKEN_ISSUER",
        default: "",
        help: "Who access tokens say has issued them; empty: `PUBLIC_URL`, or else `maillage`",
    },
    Entry {
        name: "TOKEN_AUDIENCE",
        default: "maillage",
        help: "For whom access tokens say they are",
    },
    Entry {
        name: "ACCESS_TOKEN_MINUTES",
        default: "10",
        help: "How long an access token is valid, 1 to 60",
    },
    Entry {
        name: "SESSION_DAYS",
        default: "30",
        help: "Days without use after which a session ends, 1 to 365",
    },
    Entry {
        name: "WEB_ORIGINS",
        default: "",
        help: "Origins (`https://www.example.org`) of front ends that pass `/graphql` on to us and may keep the refresh token in a cookie, besides that of `PUBLIC_URL`, separated by commas",
    },
    Entry {
        name: "LINK_BASE",
        default: "",
        help: "Address of the front end that the links of e-mails open; empty: `PUBLIC_URL`",
    },
    Entry {
        name: "PASSWORD_MEMORY_KIB",
        default: "19456",
        help: "Memory in which a password is hashed, 8 to 4194304; up to 10 are hashed at once",
    },
    Entry {
        name: "PASSWORD_ITERATIONS",
        default: "2",
        help: "How many times a password is hashed through that memory, 1 to 100",
    },
    Entry {
        name: "MAIL_TRANSPORT",
        default: "file",
        help: "How e-mail leaves: `smtp`, or `file` into a folder, for trying out",
    },
    Entry {
        name: "MAIL_FOLDER",
        default: "maillage-mail",
        help: "Folder that `file` writes to, one `.eml` file for each message",
    },
    Entry {
        name: "SMTP_URL",
        default: "",
        help: "Mail server that `smtp` sends by: `smtps://user:password@host`, or `smtp://…?tls=required` with STARTTLS; special characters of the password percent-encoded",
    },
    Entry {
        name: "MAIL_FROM",
        default: "Maillage <maillage@localhost>",
        help: "Sender of e-mail: an address, or `Name <address>`",
    },
    Entry {
        name: "MAIL_REPLY_TO",
        default: "",
        help: "Address that answers to e-mail go to; empty: the sender",
    },
    Entry {
        name: "FILES_FOLDER",
        default: "maillage-files",
        help: "Folder that keeps uploaded files; replicas share it",
    },
    Entry {
        name: "FILES_URL",
        default: "",
        help: "`s3://bucket/prefix`: keeps uploaded files in a bucket of a store that speaks S3; empty: the folder",
    },
    Entry {
        name: "AWS_ENDPOINT_URL",
        default: "",
        help: "Address of that store; empty: that of AWS for the region",
    },
    Entry {
        name: "AWS_REGION",
        default: "",
        help: "Region of the bucket; empty: `us-east-1`",
    },
    Entry {
        name: "AWS_ACCESS_KEY_ID",
        default: "",
        help: "Key for that store; empty: the credentials of the machine or container",
    },
    Entry {
        name: "AWS_SECRET_ACCESS_KEY",
        default: "",
        help: "The secret of that key",
    },
    Entry {
        name: "AWS_SESSION_TOKEN",
        default: "",
        help: "The token of a key that is valid for some time; empty: none",
    },
    Entry {
        name: "FILE_LIMIT_BYTES",
        default: "26214400",
        help: "Size of an uploaded file, 1024 to 268435456",
    },
    Entry {
        name: "UPLOAD_TIMEOUT_MS",
        default: "300000",
        help: "Time a client has to send a file, 10 to 3600000",
    },
];

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
        let ms = |name, from, to| {
            reader
                .number::<u64>(name, from, to)
                .map(Duration::from_millis)
        };
        Ok(Self {
            listen,
            migrate_on_start: reader.flag("MIGRATE_ON_START", sqlite)?,
            seed_on_start: reader.flag("SEED_ON_START", embedded)?,
            token_issuer: given("TOKEN_ISSUER")
                .or_else(|| public_url.clone())
                .unwrap_or_else(|| "maillage".to_owned()),
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
    /// The origin of the pages that are served beside us.
    pub fn public_origin(&self) -> String {
        match &self.public_url {
            Some(url) => origin(url).to_owned(),
            None => format!("http://{}", self.listen),
        }
    }
}

/// The scheme, host and port of an address.
fn origin(url: &str) -> &str {
    let path = url.match_indices('/').nth(2);
    path.and_then(|(at, _)| url.get(..at)).unwrap_or(url)
}

/// The table of settings as text, for `--help`.
pub fn help() -> String {
    use fmt::Write as _;
    let mut text = String::from(
        "Settings (environment variables, or lower-case keys of the file given by --config):\n",
    );
    for entry in TABLE {
        let default = if entry.default.is_empty() {
            String::new()
        } else {
            format!(" [default: {}]", entry.default)
        };
        // Writing to a String cannot fail.
        let _ = write!(text, "\n  {}\n      {}{default}\n", entry.name, entry.help);
    }
    text
}

fn read_file(path: &Path) -> Result<BTreeMap<&'static str, String>, SettingsError> {
    let text = std::fs::read_to_string(path).map_err(|source| SettingsError::Unreadable {
        path: path.to_owned(),
        source,
    })?;
    let table: toml::Table =
        text.parse()
            .map_err(|error: toml::de::Error| SettingsError::NotToml {
                path: path.to_owned(),
                message: error.message().to_owned(),
            })?;
    table
        .into_iter()
        .map(|(key, value)| {
            let entry = TABLE
                .iter()
                .find(|entry| entry.name.to_ascii_lowercase() == key)
                .ok_or_else(|| SettingsError::Unknown {
                    path: path.to_owned(),
                    key,
                })?;
            let text = match value {
                toml::Value::String(text) => text,
                other => other.to_string(),
            };
            Ok((entry.name, text))
        })
        .collect()
}

struct Reader<'a> {
    values: &'a BTreeMap<&'static str, String>,
}

impl Reader<'_> {
    fn text(&self, name: &'static str) -> String {
        self.values.get(name).cloned().unwrap_or_else(|| {
            TABLE
                .iter()
                .find(|entry| entry.name == name)
                .map(|entry| entry.default.to_owned())
                .unwrap_or_default()
        })
    }

    fn invalid(&self, name: &'static str, expected: &str) -> SettingsError {
        SettingsError::Invalid {
            name,
            value: self.text(name),
            expected: expected.to_owned(),
        }
    }

    fn parsed<T: FromStr>(&self, name: &'static str, expected: &str) -> Result<T, SettingsError> {
        self.text(name)
            .parse()
            .map_err(|_| self.invalid(name, expected))
    }

    fn flag(&self, name: &'static str, when_empty: bool) -> Result<bool, SettingsError> {
        match self.text(name).as_str() {
            "" => Ok(when_empty),
            "true" => Ok(true),
            "false" => Ok(false),
            _ => Err(self.invalid(name, "true or false")),
        }
    }

    fn mail(&self) -> Result<mail::Options, SettingsError> {
        let way = match self.text("MAIL_TRANSPORT").as_str() {
            "file" if self.text("MAIL_FOLDER").is_empty() => {
                return Err(self.invalid("MAIL_FOLDER", "the path of a folder"));
            }
            "file" => mail::Way::File(self.text("MAIL_FOLDER").into()),
            "smtp" => mail::Way::smtp(&self.text("SMTP_URL")).ok_or_else(|| {
                let expected = "an address such as smtps://user:password@host or \
                                smtp://host?tls=required";
                SettingsError::Invalid {
                    name: "SMTP_URL",
                    // It may hold a password: it is not repeated.
                    value: "…".to_owned(),
                    expected: expected.to_owned(),
                }
            })?,
            _ => return Err(self.invalid("MAIL_TRANSPORT", "smtp or file")),
        };
        let expected = "an e-mail address, such as Maillage <maillage@example.org>";
        Ok(mail::Options {
            way,
            from: self.parsed("MAIL_FROM", expected)?,
            reply_to: match self.text("MAIL_REPLY_TO").as_str() {
                "" => None,
                _ => Some(self.parsed("MAIL_REPLY_TO", expected)?),
            },
        })
    }

    fn origins(&self, name: &'static str) -> Result<Vec<String>, SettingsError> {
        let text = self.text(name);
        let origins = text.split(',').map(str::trim).filter(|one| !one.is_empty());
        origins
            .map(|one| {
                let is_web = one.starts_with("https://") || one.starts_with("http://");
                if is_web && origin(one) == one {
                    Ok(one.to_owned())
                } else {
                    let expected = "origins such as https://www.example.org separated by commas";
                    Err(self.invalid(name, expected))
                }
            })
            .collect()
    }

    fn files(&self) -> Result<files::Options, SettingsError> {
        let given = |name| Some(self.text(name)).filter(|text| !text.is_empty());
        let place = match (self.text("FILES_URL").as_str(), given("FILES_FOLDER")) {
            ("", Some(folder)) => files::Place::Folder(folder.into()),
            ("", None) => return Err(self.invalid("FILES_FOLDER", "the path of a folder")),
            (url, _) => {
                let (name, prefix) = files::Bucket::named(url).ok_or_else(|| {
                    SettingsError::Invalid {
                        name: "FILES_URL",
                        // Somebody may have put credentials into it.
                        value: "…".to_owned(),
                        expected: "an address such as s3://bucket/prefix".to_owned(),
                    }
                })?;
                let endpoint = given("AWS_ENDPOINT_URL");
                let is_web =
                    |url: &String| url.starts_with("http://") || url.starts_with("https://");
                if !endpoint.as_ref().is_none_or(is_web) {
                    let expected = "an address that begins with https:// or http://";
                    return Err(self.invalid("AWS_ENDPOINT_URL", expected));
                }
                let (access_key, secret_key) =
                    (given("AWS_ACCESS_KEY_ID"), given("AWS_SECRET_ACCESS_KEY"));
                if access_key.is_some() != secret_key.is_some() {
                    return Err(SettingsError::Invalid {
                        name: "AWS_SECRET_ACCESS_KEY",
                        value: "…".to_owned(),
                        expected: "given together with AWS_ACCESS_KEY_ID".to_owned(),
                    });
                }
                files::Place::Bucket(Box::new(files::Bucket {
                    name,
                    prefix,
                    region: given("AWS_REGION"),
                    endpoint,
                    access_key,
                    secret_key: secret_key.map(Secret::from),
                    session_token: given("AWS_SESSION_TOKEN").map(Secret::from),
                }))
            }
        };
        Ok(files::Options {
            place,
            most_bytes: self.number("FILE_LIMIT_BYTES", 1024, 268_435_456)?,
            upload_timeout: Duration::from_millis(self.number(
                "UPLOAD_TIMEOUT_MS",
                10,
                3_600_000,
            )?),
        })
    }

    fn number<T>(&self, name: &'static str, from: T, to: T) -> Result<T, SettingsError>
    where
        T: FromStr + PartialOrd + fmt::Display,
    {
        let expected = format!("a whole number from {from} to {to}");
        let number = self.parsed(name, &expected)?;
        if number < from || number > to {
            return Err(self.invalid(name, &expected));
        }
        Ok(number)
    }
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
