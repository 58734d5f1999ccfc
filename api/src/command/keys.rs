//! `maillage keys`.

use anyhow::{Context as _, bail};
use chrono::{DateTime, SecondsFormat, Utc};
use clap::Subcommand;

use crate::auth::key_file;
use crate::auth::keys::Keys;
use crate::clock::Clock;
use crate::settings::Settings;

#[derive(Clone, Copy, Subcommand)]
pub enum Action {
    /// List the keys: name, age, and which signs.
    List,
    /// Sign with a new key; the others go on verifying for a day. Nobody is signed out.
    Rotate,
}

pub fn keys(settings: &Settings, clock: &Clock, action: Action) -> anyhow::Result<()> {
    let now = clock.now();
    let path = &settings.signing_keys_file;
    let keys = match (action, &settings.signing_keys) {
        (Action::List, Some(text)) => {
            Keys::read(text.reveal()).context("the setting SIGNING_KEYS cannot be used")?
        }
        (Action::List, None) => key_file::read(path)?,
        (Action::Rotate, Some(_)) => bail!(
            "the keys are those of the setting SIGNING_KEYS: rotate a file \
             (SIGNING_KEYS_FILE) and give its content there"
        ),
        (Action::Rotate, None) => key_file::rotate(path, now)?,
    };
    super::print(&list(&keys, now));
    Ok(())
}

fn list(keys: &Keys, now: DateTime<Utc>) -> String {
    let text = |instant: DateTime<Utc>| instant.to_rfc3339_opts(SecondsFormat::Secs, true);
    keys.verifying(now)
        .map(|(key, until)| {
            let state = match until {
                None => "signs".to_owned(),
                Some(until) => format!("verifies until {}", text(until)),
            };
            format!("{}  made {}  {state}\n", key.kid, text(key.created_at))
        })
        .collect()
}
