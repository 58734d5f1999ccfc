//! Where the bytes of files are: a folder, or a bucket of a store that speaks S3.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::stream::BoxStream;
use object_store::aws::AmazonS3Builder;
use object_store::local::LocalFileSystem;
use object_store::path::Path as ObjectPath;
use object_store::{ClientOptions, GetOptions, ObjectStore, ObjectStoreExt as _, RetryConfig};
use uuid::Uuid;

use super::pictures::WIDTHS;
use crate::auth::secrets::Secret;

/// Time that one request to a bucket may take: a client may read what it answers slowly.
const REQUEST_TIME: Duration = Duration::from_secs(900);

/// Time for which a bucket may be silent.
const SILENCE: Duration = Duration::from_secs(120);

/// Times that a request to a bucket is repeated.
const RETRIES: usize = 3;

/// Time for a request to a bucket with its repetitions.
const PATIENCE: Duration = Duration::from_secs(60);

/// Settings of uploads.
#[derive(Clone, Debug)]
pub struct Options {
    pub place: Place,
    /// Size of a file, at the most.
    pub most_bytes: u64,
    /// Time that a client has to send one.
    pub upload_timeout: Duration,
}

/// Where files are kept.
#[derive(Clone, Debug)]
pub enum Place {
    Folder(PathBuf),
    Bucket(Box<Bucket>),
}

/// A bucket that is reached by the protocol of S3.
#[derive(Clone, Debug)]
pub struct Bucket {
    pub name: String,
    /// What the names of its objects begin with; perhaps empty.
    pub prefix: String,
    pub region: Option<String>,
    /// Address of the store; that of AWS if there is none.
    pub endpoint: Option<String>,
    pub access_key: Option<String>,
    pub secret_key: Option<Secret>,
    pub session_token: Option<Secret>,
}

/// The store cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    #[error("the folder of files has a path that cannot be used")]
    Folder(#[from] object_store::path::Error),
    #[error("the folder of files cannot be reached")]
    Unreachable(#[from] std::io::Error),
    #[error("the bucket of files cannot be set up")]
    Bucket(#[from] object_store::Error),
}

impl Bucket {
    /// The bucket that an address such as `s3://name/prefix` names.
    pub fn named(url: &str) -> Option<(String, String)> {
        let rest = url.strip_prefix("s3://")?;
        let (name, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        let is_name = (3..=63).contains(&name.len())
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_'));
        let prefix = prefix.trim_matches('/');
        let is_prefix = ObjectPath::parse(prefix).is_ok();
        (is_name && is_prefix).then(|| (name.to_owned(), prefix.to_owned()))
    }
}

/// The store of one process.
#[derive(Clone)]
pub struct Storage {
    store: Arc<dyn ObjectStore>,
    root: ObjectPath,
    folder: Option<PathBuf>,
}

impl Storage {
    /// The store at `place`; nothing is written before the first file.
    ///
    /// # Errors
    /// When the path or the settings of the bucket cannot be used.
    pub fn open(place: &Place) -> Result<Self, StorageError> {
        match place {
            Place::Folder(folder) => {
                let folder = std::path::absolute(folder)?;
                Ok(Self {
                    root: ObjectPath::from_absolute_path(&folder)?,
                    // What is told to be kept survives a power cut.
                    store: Arc::new(LocalFileSystem::new().with_fsync(true)),
                    folder: Some(folder),
                })
            }
            Place::Bucket(bucket) => Ok(Self {
                root: ObjectPath::parse(&bucket.prefix)?,
                store: Arc::new(client(bucket)?),
                folder: None,
            }),
        }
    }

    /// Writes a file, or its picture of this width.
    ///
    /// # Errors
    /// When the store does not take it.
    pub async fn put(
        &self,
        id: Uuid,
        width: Option<u32>,
        bytes: Vec<u8>,
    ) -> Result<(), object_store::Error> {
        let path = self.path(id, width);
        self.store.put(&path, bytes.into()).await.map(|_| ())
    }

    /// The bytes from `from` up to but not `to` of a file, or of its picture of this width.
    ///
    /// # Errors
    /// When there is none, or the store does not answer.
    pub async fn get(
        &self,
        id: Uuid,
        width: Option<u32>,
        range: std::ops::Range<u64>,
    ) -> Result<BoxStream<'static, Result<Bytes, object_store::Error>>, object_store::Error> {
        let options = if range.is_empty() {
            GetOptions::new()
        } else {
            GetOptions::new().with_range(Some(range))
        };
        let found = self.store.get_opts(&self.path(id, width), options).await?;
        Ok(found.into_stream())
    }

    /// Removes whatever there is of a file, also what a process that was killed left.
    ///
    /// # Errors
    /// When the store does not do it.
    pub async fn remove(&self, id: Uuid) -> Result<(), object_store::Error> {
        if let Some(folder) = &self.folder {
            let folder = folder.join(id.to_string());
            return tokio::task::spawn_blocking(move || remove_folder(&folder)).await?;
        }
        for width in std::iter::once(None).chain(WIDTHS.map(Some)) {
            match self.store.delete(&self.path(id, width)).await {
                Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn path(&self, id: Uuid, width: Option<u32>) -> ObjectPath {
        let name = width.map_or_else(|| "original".to_owned(), |width| width.to_string());
        self.root.clone().join(id.to_string()).join(name)
    }
}

fn remove_folder(folder: &Path) -> Result<(), object_store::Error> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(object_store::Error::Generic {
                store: "folder",
                source: Box::new(error),
            })
        }
        _ => Ok(()),
    }
}

fn client(bucket: &Bucket) -> Result<object_store::aws::AmazonS3, object_store::Error> {
    let endpoint = bucket.endpoint.as_deref().unwrap_or_default();
    let options = ClientOptions::new()
        .with_timeout(REQUEST_TIME)
        .with_read_timeout(SILENCE)
        .with_allow_http(endpoint.starts_with("http://"));
    let retry = RetryConfig {
        max_retries: RETRIES,
        retry_timeout: PATIENCE,
        ..RetryConfig::default()
    };
    let mut builder = AmazonS3Builder::new()
        .with_bucket_name(&bucket.name)
        // Not every store removes several objects at once.
        .with_disable_bulk_delete(true)
        .with_client_options(options)
        .with_retry(retry);
    if let Some(region) = &bucket.region {
        builder = builder.with_region(region);
    }
    if let Some(endpoint) = &bucket.endpoint {
        builder = builder.with_endpoint(endpoint);
    }
    if let Some(key) = &bucket.access_key {
        builder = builder.with_access_key_id(key);
    }
    if let Some(key) = &bucket.secret_key {
        builder = builder.with_secret_access_key(key.reveal());
    }
    if let Some(token) = &bucket.session_token {
        builder = builder.with_token(token.reveal());
    }
    builder.build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_are_named_with_or_without_a_prefix() {
        let named = |url| Bucket::named(url).map(|(name, prefix)| format!("{name}|{prefix}"));
        assert_eq!(named("s3://files").as_deref(), Some("files|"));
        assert_eq!(named("s3://files/a/b/").as_deref(), Some("files|a/b"));
        for url in [
            "files",
            "https://files",
            "s3://",
            "s3://a b/c",
            "s3://user:word@files",
        ] {
            assert_eq!(named(url), None);
        }
    }
}
