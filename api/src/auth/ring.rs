//! The signing keys that a process holds, kept as their file has them.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::key_file::{self, KeysError};
use super::keys::{Key, Keys};
use crate::settings::Settings;

/// How long a change of the file may take to be seen.
const PERIOD: Duration = Duration::from_secs(60);

/// How often the file is read for want of a key: anyone may name one that never was.
const SHORTEST_PERIOD: Duration = Duration::from_secs(1);

/// The keys in use.
#[derive(Debug, Default)]
pub struct KeyRing {
    /// The file they are in; `None`: they never change.
    file: Option<PathBuf>,
    held: Mutex<Held>,
}

#[derive(Debug, Default)]
struct Held {
    keys: Arc<Keys>,
    /// When the file was last looked at for a change.
    looked: Option<Instant>,
}

impl KeyRing {
    /// The keys that `settings` give or name; a file that is not there is made.
    ///
    /// # Errors
    /// Why there are none.
    pub fn open(settings: &Settings, now: DateTime<Utc>) -> Result<Self, KeysError> {
        match &settings.signing_keys {
            Some(text) => Keys::read(text.reveal())
                .map(Self::of)
                .map_err(KeysError::UnusableSetting),
            None => Self::at(&settings.signing_keys_file, now),
        }
    }

    /// A ring without keys: nothing can be signed or verified by it.
    pub fn empty() -> Self {
        Self::default()
    }

    fn of(keys: Keys) -> Self {
        Self {
            file: None,
            held: Mutex::new(Held {
                keys: Arc::new(keys),
                looked: None,
            }),
        }
    }

    fn at(path: &Path, now: DateTime<Utc>) -> Result<Self, KeysError> {
        let ring = Self::of(key_file::read_or_make(path, now)?);
        Ok(Self {
            file: Some(path.to_owned()),
            ..ring
        })
    }

    /// The key that signs at `now`.
    pub(super) fn signing(&self, now: DateTime<Utc>) -> Option<Arc<Key>> {
        self.keys(PERIOD).signing(now).cloned()
    }

    /// The key named `kid`, if it verifies at `now`.
    pub(super) fn find(&self, kid: &str, now: DateTime<Utc>) -> Option<Arc<Key>> {
        let known = self.keys(PERIOD).find(kid, now).cloned();
        known.or_else(|| self.keys(SHORTEST_PERIOD).find(kid, now).cloned())
    }

    /// The public parts of the keys that verify at `now`, as a JSON Web Key Set.
    pub fn public_json(&self, now: DateTime<Utc>) -> Value {
        self.keys(PERIOD).public_json(now)
    }

    /// The keys as the file had them at most `age` ago. A file that cannot be used changes
    /// nothing: nobody is signed out by a mistake in it.
    fn keys(&self, age: Duration) -> Arc<Keys> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(path) = &self.file
            && held.looked.is_none_or(|looked| looked.elapsed() >= age)
        {
            held.looked = Some(Instant::now());
            match key_file::read(path) {
                Ok(keys) => {
                    let kid = |keys: &Keys| keys.latest().map(|key| key.kid.clone());
                    if kid(&keys) != kid(&held.keys) {
                        tracing::info!(kid = kid(&keys), "there is a new signing key");
                    }
                    held.keys = Arc::new(keys);
                }
                Err(error) => {
                    let error = anyhow::Error::new(error);
                    tracing::error!("{error:#}; the keys read before stay in use");
                }
            }
        }
        Arc::clone(&held.keys)
    }
}
