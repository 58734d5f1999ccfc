//! Reads and writes revisions.

use chrono::{DateTime, Utc};
use entity::revision;
use entity::values::RevisionState;
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, Condition, ConnectionTrait, DbErr, EntityTrait as _,
    IntoActiveModel as _, PaginatorTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
    QueryTrait as _, Set,
};
use uuid::Uuid;

use crate::change::Subject;
use crate::database::insert_all;
use crate::permission::Permit;

/// A revision before it is written.
pub struct Draft<'a> {
    pub id: Uuid,
    pub subject: Subject,
    pub entity: Uuid,
    pub number: i32,
    pub state: RevisionState,
    pub content: serde_json::Value,
    pub author: Author<'a>,
    pub at: DateTime<Utc>,
}

/// Who wrote a revision.
#[derive(Clone, Copy, Debug)]
pub enum Author<'a> {
    /// An account, which may write it.
    Account(&'a Permit),
    /// A source, by its name, and the import that read it.
    Source(&'a str, Option<Uuid>),
    /// Nobody that is known: the content is older than its revisions.
    Unknown,
}

/// The latest revision of a content.
///
/// # Errors
/// When the database cannot be read.
pub async fn latest(
    connection: &impl ConnectionTrait,
    subject: Subject,
    entity: Uuid,
) -> Result<Option<revision::Model>, DbErr> {
    revision::Entity::find()
        .filter(revision::Column::EntityKind.eq(subject.as_str()))
        .filter(revision::Column::EntityId.eq(entity))
        .order_by_desc(revision::Column::Number)
        .one(connection)
        .await
}

/// One revision of a content, by its number.
///
/// # Errors
/// When the database cannot be read.
pub async fn numbered(
    connection: &impl ConnectionTrait,
    subject: Subject,
    entity: Uuid,
    number: i32,
) -> Result<Option<revision::Model>, DbErr> {
    revision::Entity::find()
        .filter(revision::Column::EntityKind.eq(subject.as_str()))
        .filter(revision::Column::EntityId.eq(entity))
        .filter(revision::Column::Number.eq(number))
        .one(connection)
        .await
}

/// Writes a revision.
///
/// # Errors
/// When the database refuses.
pub async fn append(
    connection: &impl ConnectionTrait,
    draft: Draft<'_>,
) -> Result<revision::Model, DbErr> {
    revision::Entity::insert(row(draft))
        .exec_with_returning(connection)
        .await
}

/// Writes the revisions of several items.
///
/// # Errors
/// When the database refuses.
pub async fn append_all(
    connection: &impl ConnectionTrait,
    drafts: Vec<Draft<'_>>,
) -> Result<(), DbErr> {
    insert_all(connection, drafts.into_iter().map(row).collect()).await
}

fn row(draft: Draft<'_>) -> revision::ActiveModel {
    let submitted = draft.state == RevisionState::Pending;
    let (author, source, import) = match draft.author {
        Author::Account(permit) => (Some(permit.principal().account), None, None),
        Author::Source(source, import) => (None, Some(source.to_owned()), import),
        Author::Unknown => (None, None, None),
    };
    revision::ActiveModel {
        id: Set(draft.id),
        entity_kind: Set(draft.subject.as_str().to_owned()),
        entity_id: Set(draft.entity),
        number: Set(draft.number),
        state: Set(draft.state),
        content: Set(draft.content),
        author_id: Set(author),
        author: Set(None),
        created_at: Set(draft.at),
        submitted_at: Set(submitted.then_some(draft.at)),
        decided_by_id: Set(None),
        decided_at: Set(None),
        reason: Set(None),
        source: Set(source),
        import_id: Set(import),
    }
}

/// Puts a revision that somebody wrote after one that came meanwhile: it gets this number and
/// content, and keeps its author, its state and what was decided of it.
///
/// # Errors
/// When the database refuses.
pub async fn carry_on(
    connection: &impl ConnectionTrait,
    earlier: revision::Model,
    id: Uuid,
    number: i32,
    content: serde_json::Value,
) -> Result<(), DbErr> {
    let mut row = earlier.into_active_model().reset_all();
    row.id = Set(id);
    row.number = Set(number);
    row.content = Set(content);
    insert_all(connection, vec![row]).await
}

/// Notes that a revision was replaced before it was decided.
///
/// # Errors
/// When the database refuses.
pub async fn supersede(connection: &impl ConnectionTrait, id: Uuid) -> Result<(), DbErr> {
    set(
        connection,
        id,
        revision::ActiveModel {
            state: Set(RevisionState::Superseded),
            ..Default::default()
        },
    )
    .await
}

/// Notes that a revision waits for review.
///
/// # Errors
/// When the database refuses.
pub async fn submit(
    connection: &impl ConnectionTrait,
    id: Uuid,
    at: DateTime<Utc>,
) -> Result<(), DbErr> {
    set(
        connection,
        id,
        revision::ActiveModel {
            state: Set(RevisionState::Pending),
            submitted_at: Set(Some(at)),
            ..Default::default()
        },
    )
    .await
}

/// Notes what was decided of a revision, by whom and why.
///
/// # Errors
/// When the database refuses.
pub async fn decide(
    connection: &impl ConnectionTrait,
    permit: &Permit,
    id: Uuid,
    state: RevisionState,
    reason: Option<String>,
    at: DateTime<Utc>,
) -> Result<(), DbErr> {
    set(
        connection,
        id,
        revision::ActiveModel {
            state: Set(state),
            decided_by_id: Set(Some(permit.principal().account)),
            decided_at: Set(Some(at)),
            reason: Set(reason),
            ..Default::default()
        },
    )
    .await
}

async fn set(
    connection: &impl ConnectionTrait,
    id: Uuid,
    row: revision::ActiveModel,
) -> Result<(), DbErr> {
    revision::Entity::update_many()
        .set(row)
        .filter(revision::Column::Id.eq(id))
        .exec(connection)
        .await?;
    Ok(())
}

/// Whether an account wrote any revision of an item.
///
/// # Errors
/// When the database cannot be read.
pub async fn has_author(
    connection: &impl ConnectionTrait,
    subject: Subject,
    entity: Uuid,
) -> Result<bool, DbErr> {
    let written = revision::Entity::find()
        .select_only()
        .column(revision::Column::Id)
        .filter(revision::Column::EntityKind.eq(subject.as_str()))
        .filter(revision::Column::EntityId.eq(entity))
        .filter(revision::Column::AuthorId.is_not_null())
        .into_tuple::<Uuid>()
        .one(connection)
        .await?;
    Ok(written.is_some())
}

/// The latest revisions of contents of one kind that have any.
///
/// # Errors
/// When the database cannot be read.
pub async fn all_latest(
    connection: &impl ConnectionTrait,
    subject: Subject,
    entities: Vec<Uuid>,
) -> Result<Vec<revision::Model>, DbErr> {
    let latest = revision::Entity::find()
        .select_only()
        .column(revision::Column::EntityId)
        .expr(revision::Column::Number.max())
        .filter(revision::Column::EntityKind.eq(subject.as_str()))
        .filter(revision::Column::EntityId.is_in(entities))
        .group_by(revision::Column::EntityId)
        .into_query();
    let column = |column| Expr::col((revision::Entity, column));
    let pair = Expr::tuple([
        column(revision::Column::EntityId),
        column(revision::Column::Number),
    ]);
    revision::Entity::find()
        .filter(revision::Column::EntityKind.eq(subject.as_str()))
        .filter(pair.in_subquery(latest))
        .all(connection)
        .await
}

/// The revisions of these contents of one kind with these numbers.
///
/// # Errors
/// When the database cannot be read.
pub async fn all_numbered(
    connection: &impl ConnectionTrait,
    subject: Subject,
    asked: Vec<(Uuid, i32)>,
) -> Result<Vec<revision::Model>, DbErr> {
    let any = asked
        .into_iter()
        .fold(Condition::any(), |any, (entity, number)| {
            any.add(
                revision::Column::EntityId
                    .eq(entity)
                    .and(revision::Column::Number.eq(number)),
            )
        });
    revision::Entity::find()
        .filter(revision::Column::EntityKind.eq(subject.as_str()))
        .filter(any)
        .all(connection)
        .await
}

/// Takes these fields out of all revisions of a content, at any depth, and what was said of
/// them in free words.
///
/// # Errors
/// When the database refuses.
pub async fn redact(
    transaction: &impl ConnectionTrait,
    subject: Subject,
    entity: Uuid,
    fields: &[&str],
) -> Result<(), DbErr> {
    let revisions = revision::Entity::find()
        .filter(revision::Column::EntityKind.eq(subject.as_str()))
        .filter(revision::Column::EntityId.eq(entity))
        .all(transaction)
        .await?;
    for mut row in revisions {
        without(&mut row.content, fields);
        let columns = revision::ActiveModel {
            content: Set(row.content),
            author: Set(None),
            reason: Set(row.reason.map(|_| String::new())),
            ..Default::default()
        };
        set(transaction, row.id, columns).await?;
    }
    Ok(())
}

fn without(value: &mut serde_json::Value, fields: &[&str]) {
    match value {
        serde_json::Value::Object(object) => {
            for (name, value) in object.iter_mut() {
                if fields.contains(&name.as_str()) {
                    *value = serde_json::Value::Null;
                } else {
                    without(value, fields);
                }
            }
        }
        serde_json::Value::Array(items) => {
            for item in items {
                without(item, fields);
            }
        }
        _ => {}
    }
}

/// Removes all revisions of these contents.
///
/// # Errors
/// When the database refuses.
pub async fn forget(
    transaction: &impl ConnectionTrait,
    subject: Subject,
    entities: &[Uuid],
) -> Result<(), DbErr> {
    revision::Entity::delete_many()
        .filter(revision::Column::EntityKind.eq(subject.as_str()))
        .filter(revision::Column::EntityId.is_in(entities.iter().copied()))
        .exec(transaction)
        .await?;
    Ok(())
}

/// Takes the name of an author out of what they wrote; who it was stays told by the
/// identifier of their account.
///
/// # Errors
/// When the database refuses.
pub async fn unname(transaction: &impl ConnectionTrait, author: Uuid) -> Result<(), DbErr> {
    revision::Entity::update_many()
        .col_expr(revision::Column::Author, Expr::val(None::<String>))
        .filter(revision::Column::AuthorId.eq(author))
        .exec(transaction)
        .await?;
    Ok(())
}

/// What an account wrote, or decided if `decided`, the newest first, and how much there is.
///
/// # Errors
/// When the database cannot be read.
pub async fn by_account(
    connection: &impl ConnectionTrait,
    account: Uuid,
    decided: bool,
    most: u64,
) -> Result<(Vec<revision::Model>, u64), DbErr> {
    let column = if decided {
        revision::Column::DecidedById
    } else {
        revision::Column::AuthorId
    };
    let select = revision::Entity::find().filter(column.eq(account));
    let total = select.clone().count(connection).await?;
    let newest = select.order_by_desc(revision::Column::CreatedAt);
    Ok((newest.limit(most).all(connection).await?, total))
}
