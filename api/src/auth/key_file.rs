//! The file of signing keys: made once, changed as a whole, read by nobody else.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};

use super::keys::{Keys, NotKeys};
use super::secrets::{NoRandomness, Secret};

/// Why there are no signing keys; the sentence says where they were sought.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    #[error("the file of signing keys {path} cannot be read")]
    Unreadable {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("the file of signing keys {path} cannot be written")]
    Unwritable {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error(
        "the file of signing keys {path} can be read by others than its owner (mode {mode:03o}): \
         make it private with chmod 600, and rotate the keys"
    )]
    Exposed { path: PathBuf, mode: u32 },
    #[error("the file of signing keys {path} cannot be used: {reason}")]
    Unusable { path: PathBuf, reason: NotKeys },
    #[error("the setting SIGNING_KEYS cannot be used: {0}")]
    UnusableSetting(NotKeys),
    #[error("no signing key can be made")]
    NoRandomness(#[from] NoRandomness),
}

/// The keys of the file at `path`.
///
/// # Errors
/// When it cannot be read or used, or others can read it.
pub fn read(path: &Path) -> Result<Keys, KeysError> {
    parse(path, &open(path)?.1)
}

/// The keys of the file at `path`, made with one new key if there is none. Of processes
/// that do it together, all get the keys of the one that came first.
///
/// # Errors
/// When it cannot be made, read or used, or others can read it.
pub fn read_or_make(path: &Path, now: DateTime<Utc>) -> Result<Keys, KeysError> {
    match read(path) {
        Err(KeysError::Unreadable { source, .. }) if source.kind() == io::ErrorKind::NotFound => {}
        done => return done,
    }
    let keys = Keys::generate(now)?;
    // A link, unlike a renaming, never replaces what another process has made meanwhile.
    let made = write_beside(path, &keys, |written| fs::hard_link(written, path));
    match made {
        Err(KeysError::Unwritable { source, .. })
            if source.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(error),
        Ok(()) => tracing::info!(path = %path.display(), "a signing key was made"),
    }
    read(path)
}

/// Puts a new key before those of the file at `path`.
///
/// # Errors
/// When it cannot be read, used or written, or others can read it.
pub fn rotate(path: &Path, now: DateTime<Utc>) -> Result<Keys, KeysError> {
    // Through a symbolic link, the file that it names is replaced and not the link.
    let path = &fs::canonicalize(path).map_err(|source| unreadable(path, source))?;
    let (_lock, text) = open_alone(path)?;
    let keys = parse(path, &text)?.rotated(now)?;
    write_beside(path, &keys, |written| fs::rename(written, path))?;
    Ok(keys)
}

/// Opens and reads the file while no other process rotates its keys.
fn open_alone(path: &Path) -> Result<(File, Secret), KeysError> {
    loop {
        let (file, text) = open(path)?;
        file.lock().map_err(|source| unreadable(path, source))?;
        // While we waited, another may have put its file in the place of the one we locked.
        if open(path)?.1 == text {
            return Ok((file, text));
        }
    }
}

fn open(path: &Path) -> Result<(File, Secret), KeysError> {
    let unreadable = |source| unreadable(path, source);
    let mut file = File::open(path).map_err(unreadable)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        let mode = file.metadata().map_err(unreadable)?.mode() & 0o777;
        if mode & 0o077 != 0 {
            return Err(KeysError::Exposed {
                path: path.to_owned(),
                mode,
            });
        }
    }
    let mut text = String::new();
    file.read_to_string(&mut text).map_err(unreadable)?;
    Ok((file, text.into()))
}

fn parse(path: &Path, text: &Secret) -> Result<Keys, KeysError> {
    Keys::read(text.reveal()).map_err(|reason| KeysError::Unusable {
        path: path.to_owned(),
        reason,
    })
}

/// Writes the keys into a new file of the same folder and lets `put` bring it to `path`, so
/// that nobody ever reads a half of it.
fn write_beside(
    path: &Path,
    keys: &Keys,
    put: impl FnOnce(&Path) -> io::Result<()>,
) -> Result<(), KeysError> {
    let suffix = Secret::generate()?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let beside = path.with_file_name(format!(".{name}.{}", suffix.reveal()));
    let done = create(&beside, keys).and_then(|()| put(&beside));
    // After a renaming there is nothing left to remove.
    let _ = fs::remove_file(&beside);
    done.map_err(|source| KeysError::Unwritable {
        path: path.to_owned(),
        source,
    })
}

fn create(path: &Path, keys: &Keys) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let mut file = options.open(path)?;
    file.write_all(keys.to_private_json().reveal().as_bytes())?;
    file.sync_all()
}

fn unreadable(path: &Path, source: io::Error) -> KeysError {
    KeysError::Unreadable {
        path: path.to_owned(),
        source,
    }
}
