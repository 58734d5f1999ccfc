//! What is done to files.

use std::io::{Read as _, Seek as _, SeekFrom};

use aws_lc_rs::digest;
use chrono::TimeDelta;
use entity::file;
use entity::values::{Attachment, FileType};
use futures::TryStreamExt as _;
use sea_orm::{ConnectionTrait, DatabaseConnection, DbErr, IntoActiveModel as _};
use serde_json::json;
use uuid::Uuid;

use super::bounds::Bounds;
use super::kind::{Content, shown_name, sniff, sniff_data};
use super::pictures::{Pictures, Unusable, encode_again};
use super::policy::{DELETE, UPLOAD, UPLOAD_DATA};
use super::storage::{Options, Storage, StorageError};
use super::store;
use crate::app::App;
use crate::change::{Action, Change, Subject};
use crate::clock::Clock;
use crate::database;
use crate::id::{GlobalId, Kind};
use crate::import::{self, RowError};
use crate::initiatives;
use crate::permission::{Permit, Relation, authorize};
use crate::problem::{Code, Problem, Problems, WriteError};
use crate::viewer::{Scope, Viewer};

/// Files that an account may have attached to nothing.
const MOST_LOOSE: u64 = 50;

/// Time after which a file that is attached to nothing is removed.
const LOOSE_FOR: TimeDelta = TimeDelta::days(1);

/// Time after which a file whose objects are not all there will never have them.
const UNFINISHED_FOR: TimeDelta = TimeDelta::hours(1);

/// Bytes of a file from which rows are imported, at the most.
const MOST_DATA: u64 = 25 * 1024 * 1024;

/// What a file is uploaded for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// To be attached to a content.
    Document,
    /// To have its rows imported.
    Import,
}

impl Purpose {
    /// Bytes of a file, at the most, where the settings allow `most`.
    pub fn most_bytes(self, most: u64) -> u64 {
        match self {
            Self::Document => most,
            Self::Import => most.min(MOST_DATA),
        }
    }
}

/// Where files are, and how many come in.
pub struct Files {
    pub storage: Storage,
    pub bounds: Bounds,
}

impl Files {
    /// The files of these settings.
    ///
    /// # Errors
    /// When the settings name no place that can be used.
    pub fn open(options: &Options) -> Result<Self, StorageError> {
        Ok(Self {
            storage: Storage::open(&options.place)?,
            bounds: Bounds::default(),
        })
    }
}

/// A file that somebody may read.
#[derive(Clone, Debug)]
pub struct Readable {
    pub file: file::Model,
    /// Whether anybody may.
    pub public: bool,
}

/// The permit of who may upload a file now.
///
/// # Errors
/// When they may not, or have too many files that they attached to nothing.
pub async fn may_upload(app: &App, viewer: Viewer, purpose: Purpose) -> Result<Permit, WriteError> {
    let operation = match purpose {
        Purpose::Document => &UPLOAD,
        Purpose::Import => &UPLOAD_DATA,
    };
    let permit = authorize(viewer, operation, Relation::Own)?;
    let account = permit.principal().account;
    if store::count_loose(&app.database, account).await? < MOST_LOOSE {
        return Ok(permit);
    }
    let problem = Problem::new(Code::TooManyAttempts, "", "files-too-many-loose");
    Err(problem.with("most", MOST_LOOSE).into())
}

/// Keeps what was received in `spool` as a file of who was permitted to upload it.
///
/// Nothing is kept of what fails; what a process that dies leaves, the cleaner removes.
///
/// # Errors
/// When it is none of the types that are accepted, or could not be stored.
pub async fn keep(
    app: &App,
    permit: Permit,
    purpose: Purpose,
    named: String,
    spool: std::fs::File,
) -> Result<file::Model, WriteError> {
    let turn = app.files.bounds.turn().await;
    let _turn = turn.map_err(|_| WriteError::Internal("no turn for a file"))?;
    let made = tokio::task::spawn_blocking(move || make(spool, purpose)).await;
    let made = made.map_err(|_| WriteError::Internal("a file could not be worked on"))??;
    let id = app.clock.new_id();
    let row = file::Model {
        id,
        owner_account_id: Some(permit.principal().account),
        name: shown_name(&named, made.kind),
        media_type: made.kind,
        byte_size: made.byte_size(),
        sha256: made.sha256(),
        width: made.size.map(|(width, _)| width),
        height: made.size.map(|(_, height)| height),
        variants: made.variants(),
        created_at: app.clock.now(),
        stored_at: None,
        attached_kind: None,
        attached_id: None,
    };
    store::begin(&app.database, row.clone().into_active_model()).await?;
    let stored = put(app, id, made.objects).await;
    let finished = match stored {
        Ok(()) => finish(app, permit, &row).await,
        Err(error) => {
            tracing::error!(%error, "a file could not be stored");
            Err(WriteError::Busy)
        }
    };
    if finished.is_err() {
        discard(&app.database, &app.files.storage, id).await?;
    }
    finished.map(|()| row)
}

async fn put(
    app: &App,
    id: Uuid,
    objects: Vec<(Option<u32>, Vec<u8>)>,
) -> Result<(), object_store::Error> {
    for (width, bytes) in objects {
        app.files.storage.put(id, width, bytes).await?;
    }
    Ok(())
}

async fn finish(app: &App, permit: Permit, row: &file::Model) -> Result<(), WriteError> {
    let at = app.clock.now();
    let actor = actor(permit.principal().account);
    database::write(
        &app.database,
        &app.clock,
        &actor,
        |transaction| async move {
            if !store::finish(&*transaction, row.id, at).await? {
                return Err(WriteError::Internal("the row of a file is gone"));
            }
            let mut change = change(row.id, Action::Created);
            change.details = json!({
                "mediaType": row.media_type.as_str(),
                "byteSize": row.byte_size,
            });
            Ok(((), vec![change]))
        },
    )
    .await
}

/// What is made of an upload.
struct Made {
    kind: FileType,
    /// Width and height of an image.
    size: Option<(i32, i32)>,
    smaller: Vec<(u32, u32)>,
    /// The file itself, and its pictures by their widths.
    objects: Vec<(Option<u32>, Vec<u8>)>,
}

impl Made {
    fn own(&self) -> &[u8] {
        self.objects
            .first()
            .map_or(&[], |(_, bytes)| bytes.as_slice())
    }

    fn byte_size(&self) -> i64 {
        i64::try_from(self.own().len()).unwrap_or(i64::MAX)
    }

    fn sha256(&self) -> String {
        use std::fmt::Write as _;
        let digest = digest::digest(&digest::SHA256, self.own());
        digest
            .as_ref()
            .iter()
            .fold(String::new(), |mut text, byte| {
                // Writing to a String cannot fail.
                let _ = write!(text, "{byte:02x}");
                text
            })
    }

    fn variants(&self) -> serde_json::Value {
        let objects = self.objects.iter().skip(1);
        self.smaller
            .iter()
            .zip(objects)
            .map(|((width, height), (_, bytes))| {
                json!({ "width": width, "height": height, "byteSize": bytes.len() })
            })
            .collect()
    }
}

/// Works for as long as the file is large: not for the threads that answer requests.
fn make(mut spool: std::fs::File, purpose: Purpose) -> Result<Made, WriteError> {
    let unread = |_| WriteError::Internal("what was uploaded could not be read again");
    let mut bytes = Vec::new();
    spool.seek(SeekFrom::Start(0)).map_err(unread)?;
    spool.read_to_end(&mut bytes).map_err(unread)?;
    if purpose == Purpose::Import {
        return make_data(bytes);
    }
    match sniff(&bytes) {
        None => Err(Problem::new(Code::Invalid, "", "file-type-unsupported").into()),
        Some(Content::Document(kind)) => Ok(as_it_is(kind, bytes)),
        Some(Content::Image(format)) => {
            let pictures = encode_again(&bytes, format).map_err(|reason| {
                let key = match reason {
                    Unusable::TooLarge => "image-too-large",
                    Unusable::Broken => "image-broken",
                };
                Problem::new(Code::Invalid, "", key)
            })?;
            Ok(made_of(pictures))
        }
    }
}

fn make_data(bytes: Vec<u8>) -> Result<Made, WriteError> {
    let invalid = |key| Problem::new(Code::Invalid, "", key);
    let kind = sniff_data(&bytes).ok_or_else(|| invalid("file-no-data"))?;
    if kind == FileType::Xlsx {
        import::check_workbook(&bytes).map_err(|error| match error {
            RowError::TooLarge => invalid("file-unpacks-too-large"),
            _ => invalid("file-no-data"),
        })?;
    }
    Ok(as_it_is(kind, bytes))
}

fn as_it_is(kind: FileType, bytes: Vec<u8>) -> Made {
    Made {
        kind,
        size: None,
        smaller: Vec::new(),
        objects: vec![(None, bytes)],
    }
}

fn made_of(pictures: Pictures) -> Made {
    let Pictures { kind, own, smaller } = pictures;
    let side = |pixels: u32| i32::try_from(pixels).unwrap_or(i32::MAX);
    Made {
        kind,
        size: Some((side(own.width), side(own.height))),
        smaller: smaller.iter().map(|one| (one.width, one.height)).collect(),
        objects: std::iter::once((None, own.bytes))
            .chain(smaller.into_iter().map(|one| (Some(one.width), one.bytes)))
            .collect(),
    }
}

/// The file of this identifier, if `scope` may see it: who owns it, and who may see what it is
/// attached to.
///
/// # Errors
/// When the database cannot be read.
pub async fn readable(
    connection: &impl ConnectionTrait,
    scope: Scope,
    id: Uuid,
) -> Result<Option<Readable>, DbErr> {
    let Some(file) = store::find(connection, id).await? else {
        return Ok(None);
    };
    if file.attached_id.is_some()
        && initiatives::is_document_of_visible(connection, scope.public(), id).await?
    {
        return Ok(Some(Readable { file, public: true }));
    }
    let Viewer::Account(principal) = scope.viewer else {
        return Ok(None);
    };
    let seen = file.owner_account_id == Some(principal.account)
        || match (file.attached_kind, file.attached_id) {
            (Some(Attachment::Initiative), Some(to)) => {
                initiatives::is_managed(connection, scope, to).await?
            }
            _ => false,
        };
    Ok(seen.then_some(Readable {
        file,
        public: false,
    }))
}

/// The bytes of a file, if it is there.
///
/// # Errors
/// When the database or the store cannot be read.
pub async fn read(app: &App, id: Uuid) -> Result<Option<Vec<u8>>, WriteError> {
    let Some(file) = store::find(&app.database, id).await? else {
        return Ok(None);
    };
    let unread = |error: object_store::Error| {
        tracing::error!(%error, "a file could not be read from its store");
        WriteError::Busy
    };
    let size = u64::try_from(file.byte_size).unwrap_or_default();
    let parts = app.files.storage.get(id, None, 0..size);
    let parts = parts.await.map_err(unread)?;
    let bytes = parts.try_fold(Vec::new(), |mut bytes, part| async move {
        bytes.extend_from_slice(&part);
        Ok(bytes)
    });
    Ok(Some(bytes.await.map_err(unread)?))
}

/// Attaches files to something that is being written, each named by the path of the input's
/// field that names it: those of who writes, and those attached to it already.
///
/// # Errors
/// When one is neither.
pub async fn attach(
    transaction: &impl ConnectionTrait,
    scope: Scope,
    kind: Attachment,
    to: Uuid,
    files: &[(String, Uuid)],
) -> Result<Vec<Change>, WriteError> {
    let ids: Vec<Uuid> = files.iter().map(|(_, id)| *id).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let account = scope.viewer.principal().map(|principal| principal.account);
    let rows = store::all(transaction, &ids).await?;
    let mut problems = Problems::default();
    let mut changes: Vec<Change> = Vec::new();
    for (field, id) in files {
        let row = rows.iter().find(|row| row.id == *id);
        let is_here =
            row.is_some_and(|row| row.attached_kind == Some(kind) && row.attached_id == Some(to));
        if is_here || changes.iter().any(|change| change.id == *id) {
            continue;
        }
        let own = row.filter(|row| account.is_some() && row.owner_account_id == account);
        match own {
            None => problems.add(Problem::new(Code::NotFound, field, "unknown-file")),
            Some(row) if matches!(row.media_type, FileType::Csv | FileType::Json) => {
                problems.add(Problem::new(Code::Invalid, field, "file-for-imports-only"));
            }
            Some(row) if row.attached_id.is_some() => {
                problems.add(Problem::new(
                    Code::Invalid,
                    field,
                    "file-attached-elsewhere",
                ));
            }
            Some(_) if store::attach(transaction, *id, kind, to).await? => {
                changes.push(change(*id, Action::Updated));
            }
            Some(_) => problems.add(Problem::new(Code::NotFound, field, "unknown-file")),
        }
    }
    problems.none()?;
    Ok(changes)
}

/// Removes a file of who asks that is attached to nothing.
///
/// # Errors
/// When there is none, it is somebody else's, or it is attached.
pub async fn delete(app: &App, scope: Scope, id: Uuid) -> Result<Uuid, WriteError> {
    let permit = authorize(scope.viewer, &DELETE, Relation::Own)?;
    let account = permit.principal().account;
    let found = store::find(&app.database, id).await?;
    let found = found.filter(|file| file.owner_account_id == Some(account));
    if found.is_none() {
        return Err(Problem::new(Code::NotFound, "id", "unknown-file").into());
    }
    if !release(&app.database, &app.clock, &actor(account), id).await? {
        return Err(Problem::new(Code::IllegalTransition, "id", "file-attached").into());
    }
    discard(&app.database, &app.files.storage, id).await?;
    Ok(id)
}

/// Removes what is attached to nothing for a day, and what will never be whole.
///
/// # Errors
/// When the database refuses.
pub async fn clean(app: &App, database: &DatabaseConnection) -> Result<(), WriteError> {
    let now = app.clock.now();
    for id in store::loose(database, now - LOOSE_FOR).await? {
        if release(database, &app.clock, "cleaner", id).await? {
            discard(database, &app.files.storage, id).await?;
        }
    }
    for id in store::unfinished(database, now - UNFINISHED_FOR).await? {
        discard(database, &app.files.storage, id).await?;
    }
    Ok(())
}

/// Takes a file that is attached to nothing out of use; answers whether it could.
async fn release(
    database: &DatabaseConnection,
    clock: &Clock,
    actor: &str,
    id: Uuid,
) -> Result<bool, WriteError> {
    database::write(database, clock, actor, |transaction| async move {
        let released = store::release(&*transaction, id).await?;
        let deleted = released.then(|| change(id, Action::Deleted));
        Ok((released, deleted.into_iter().collect()))
    })
    .await
}

/// Removes the objects of a file that is not in use, then its row. When the store does not
/// do it, the cleaner tries again.
async fn discard(
    database: &DatabaseConnection,
    storage: &Storage,
    id: Uuid,
) -> Result<(), WriteError> {
    match storage.remove(id).await {
        Ok(()) => Ok(store::remove(database, id).await?),
        Err(error) => {
            tracing::warn!(%error, "a file could not be removed from its store");
            Ok(())
        }
    }
}

fn change(id: Uuid, action: Action) -> Change {
    Change {
        subject: Subject::File,
        id,
        action,
        revision: None,
        is_public: false,
        details: json!({}),
    }
}

fn actor(account: Uuid) -> String {
    let kind = Kind::Account;
    GlobalId {
        kind,
        uuid: account,
    }
    .to_string()
}
