//! Reads the values of settings.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use super::table::TABLE;
use super::{SettingsError, origin};
use crate::auth::issuer;
use crate::auth::secrets::Secret;
use crate::{files, mail};

/// The settings of a file, by name.
///
/// # Errors
/// When it cannot be read, is no TOML, or names a setting that there is not.
pub(super) fn read_file(path: &Path) -> Result<BTreeMap<&'static str, String>, SettingsError> {
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

/// Reads values of settings, by name, over the defaults.
pub(super) struct Reader<'a> {
    pub values: &'a BTreeMap<&'static str, String>,
}

impl Reader<'_> {
    pub fn text(&self, name: &'static str) -> String {
        self.values.get(name).cloned().unwrap_or_else(|| {
            TABLE
                .iter()
                .find(|entry| entry.name == name)
                .map(|entry| entry.default.to_owned())
                .unwrap_or_default()
        })
    }

    pub fn invalid(&self, name: &'static str, expected: &str) -> SettingsError {
        SettingsError::Invalid {
            name,
            value: self.text(name),
            expected: expected.to_owned(),
        }
    }

    pub fn parsed<T: FromStr>(
        &self,
        name: &'static str,
        expected: &str,
    ) -> Result<T, SettingsError> {
        self.text(name)
            .parse()
            .map_err(|_| self.invalid(name, expected))
    }

    pub fn flag(&self, name: &'static str, when_empty: bool) -> Result<bool, SettingsError> {
        match self.text(name).as_str() {
            "" => Ok(when_empty),
            "true" => Ok(true),
            "false" => Ok(false),
            _ => Err(self.invalid(name, "true or false")),
        }
    }

    pub fn mail(&self) -> Result<mail::Options, SettingsError> {
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

    /// Another issuer of tokens, if there is one besides `own`.
    pub fn oidc(&self, own: &str) -> Result<Option<issuer::Options>, SettingsError> {
        let issuer = self.text("OIDC_ISSUER");
        if issuer.is_empty() {
            return Ok(None);
        }
        if !issuer::is_issuer(&issuer) {
            return Err(SettingsError::Invalid {
                name: "OIDC_ISSUER",
                // Somebody may have put credentials into it.
                value: "…".to_owned(),
                expected: "an address that begins with https://, or that of this machine"
                    .to_owned(),
            });
        }
        if issuer == own {
            return Err(self.invalid("OIDC_ISSUER", "another issuer than we are"));
        }
        let audience = self.text("OIDC_AUDIENCE");
        if audience.is_empty() {
            return Err(self.invalid("OIDC_AUDIENCE", "what the issuer calls us"));
        }
        let claim = self.text("OIDC_ROLE_CLAIM");
        let roles = if claim.is_empty() {
            None
        } else {
            let roles = issuer::RoleClaim::read(&claim, &self.text("OIDC_ROLES"));
            let expected = "pairs such as name=staff separated by commas, each with project-holder, \
                            member, staff or admin";
            Some(roles.ok_or_else(|| self.invalid("OIDC_ROLES", expected))?)
        };
        let clients = self.text("OIDC_CLIENTS");
        let clients = clients.split(',').map(str::trim);
        Ok(Some(issuer::Options {
            issuer,
            audience,
            clients: clients
                .filter(|client| !client.is_empty())
                .map(str::to_owned)
                .collect(),
            sign_up: self.flag("OIDC_SIGN_UP", false)?,
            roles,
        }))
    }

    pub fn origins(&self, name: &'static str) -> Result<Vec<String>, SettingsError> {
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

    pub fn files(&self) -> Result<files::Options, SettingsError> {
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

    pub fn number<T>(&self, name: &'static str, from: T, to: T) -> Result<T, SettingsError>
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
