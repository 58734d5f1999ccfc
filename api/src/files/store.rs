//! Reads and writes the rows of files.

use chrono::{DateTime, Utc};
use entity::file;
use entity::values::{Attachment, FileType};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, DbErr, EntityTrait as _, PaginatorTrait as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _, Select, Set,
};
use uuid::Uuid;

/// Rows that the cleaner takes at once.
const BATCH: u64 = 100;

/// Files whose objects are all there.
fn stored() -> Select<file::Entity> {
    file::Entity::find().filter(file::Column::StoredAt.is_not_null())
}

/// A file that is there.
pub async fn find(
    connection: &impl ConnectionTrait,
    id: Uuid,
) -> Result<Option<file::Model>, DbErr> {
    stored()
        .filter(file::Column::Id.eq(id))
        .one(connection)
        .await
}

/// The files among `ids` that are there.
pub async fn all(
    connection: &impl ConnectionTrait,
    ids: &[Uuid],
) -> Result<Vec<file::Model>, DbErr> {
    stored()
        .filter(file::Column::Id.is_in(ids.iter().copied()))
        .all(connection)
        .await
}

/// How many files of an account are attached to nothing.
pub async fn count_loose(connection: &impl ConnectionTrait, owner: Uuid) -> Result<u64, DbErr> {
    file::Entity::find()
        .filter(file::Column::OwnerAccountId.eq(owner))
        .filter(file::Column::AttachedId.is_null())
        .count(connection)
        .await
}

/// Writes the row of a file before its objects.
pub async fn begin(connection: &impl ConnectionTrait, row: file::ActiveModel) -> Result<(), DbErr> {
    file::Entity::insert(row)
        .exec_without_returning(connection)
        .await
        .map(|_| ())
}

/// Says that all objects of a file are there; answers whether its row still is.
pub async fn finish(
    connection: &impl ConnectionTrait,
    id: Uuid,
    at: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let updated = file::Entity::update_many()
        .col_expr(file::Column::StoredAt, Expr::val(at))
        .filter(file::Column::Id.eq(id))
        .filter(file::Column::StoredAt.is_null())
        .exec(connection)
        .await?;
    Ok(updated.rows_affected == 1)
}

/// Attaches a file that is attached to nothing; answers whether it could.
pub async fn attach(
    connection: &impl ConnectionTrait,
    id: Uuid,
    kind: Attachment,
    to: Uuid,
) -> Result<bool, DbErr> {
    let updated = file::Entity::update_many()
        .col_expr(file::Column::AttachedKind, Expr::val(kind.as_str()))
        .col_expr(file::Column::AttachedId, Expr::val(to))
        .filter(file::Column::Id.eq(id))
        .filter(file::Column::AttachedId.is_null())
        .filter(file::Column::StoredAt.is_not_null())
        .exec(connection)
        .await?;
    Ok(updated.rows_affected == 1)
}

/// The file of an account from which rows can be imported, if it is there and attached to
/// nothing else.
///
/// # Errors
/// When the database cannot be read.
pub async fn data_of(
    connection: &impl ConnectionTrait,
    owner: Uuid,
    id: Uuid,
) -> Result<Option<file::Model>, DbErr> {
    stored()
        .filter(file::Column::Id.eq(id))
        .filter(file::Column::OwnerAccountId.eq(owner))
        .filter(file::Column::MediaType.is_in([FileType::Csv, FileType::Json, FileType::Xlsx]))
        .filter(free_for_imports())
        .one(connection)
        .await
}

/// Attaches a file to the import that reads it, the latest one of several.
///
/// # Errors
/// When the database refuses.
pub async fn attach_data(
    connection: &impl ConnectionTrait,
    id: Uuid,
    to: Uuid,
) -> Result<(), DbErr> {
    file::Entity::update_many()
        .col_expr(
            file::Column::AttachedKind,
            Expr::val(Attachment::Import.as_str()),
        )
        .col_expr(file::Column::AttachedId, Expr::val(to))
        .filter(file::Column::Id.eq(id))
        .filter(free_for_imports())
        .exec(connection)
        .await
        .map(|_| ())
}

fn free_for_imports() -> Condition {
    Condition::any()
        .add(file::Column::AttachedKind.is_null())
        .add(file::Column::AttachedKind.eq(Attachment::Import))
}

/// Takes a file that is attached to nothing out of use, before its objects are removed;
/// answers whether it could.
pub async fn release(connection: &impl ConnectionTrait, id: Uuid) -> Result<bool, DbErr> {
    let updated = file::Entity::update_many()
        .col_expr(file::Column::StoredAt, Expr::val(None::<DateTime<Utc>>))
        .filter(file::Column::Id.eq(id))
        .filter(file::Column::AttachedId.is_null())
        .filter(file::Column::StoredAt.is_not_null())
        .exec(connection)
        .await?;
    Ok(updated.rows_affected == 1)
}

/// Removes the row of a file whose objects are removed.
pub async fn remove(connection: &impl ConnectionTrait, id: Uuid) -> Result<(), DbErr> {
    file::Entity::delete_many()
        .filter(file::Column::Id.eq(id))
        .filter(file::Column::StoredAt.is_null())
        .exec(connection)
        .await
        .map(|_| ())
}

/// Files that are there since before `before` and attached to nothing.
pub async fn loose(
    connection: &impl ConnectionTrait,
    before: DateTime<Utc>,
) -> Result<Vec<Uuid>, DbErr> {
    ids(connection, stored(), before).await
}

/// Files that are not or no longer there, and whose row is from before `before`.
pub async fn unfinished(
    connection: &impl ConnectionTrait,
    before: DateTime<Utc>,
) -> Result<Vec<Uuid>, DbErr> {
    let select = file::Entity::find().filter(file::Column::StoredAt.is_null());
    ids(connection, select, before).await
}

async fn ids(
    connection: &impl ConnectionTrait,
    select: Select<file::Entity>,
    before: DateTime<Utc>,
) -> Result<Vec<Uuid>, DbErr> {
    select
        .select_only()
        .column(file::Column::Id)
        .filter(file::Column::AttachedId.is_null())
        .filter(file::Column::CreatedAt.lt(before))
        .order_by_asc(file::Column::CreatedAt)
        .limit(BATCH)
        .into_tuple()
        .all(connection)
        .await
}

/// The files that an account uploaded, the newest first, and how many there are.
pub async fn of_account(
    connection: &impl ConnectionTrait,
    owner: Uuid,
    most: u64,
) -> Result<(Vec<file::Model>, u64), DbErr> {
    let select = file::Entity::find().filter(file::Column::OwnerAccountId.eq(owner));
    let total = select.clone().count(connection).await?;
    let newest = select.order_by_desc(file::Column::CreatedAt);
    Ok((newest.limit(most).all(connection).await?, total))
}

/// Detaches the files of contents that are removed.
pub async fn detach(
    connection: &impl ConnectionTrait,
    kind: Attachment,
    from: &[Uuid],
) -> Result<(), DbErr> {
    let columns = file::ActiveModel {
        attached_kind: Set(None),
        attached_id: Set(None),
        ..Default::default()
    };
    file::Entity::update_many()
        .set(columns)
        .filter(file::Column::AttachedKind.eq(kind))
        .filter(file::Column::AttachedId.is_in(from.iter().copied()))
        .exec(connection)
        .await?;
    Ok(())
}

/// Leaves what an account uploaded without an owner. What is attached to nothing is out of
/// use from now on, and removed as what was never finished is.
pub async fn abandon(connection: &impl ConnectionTrait, owner: Uuid) -> Result<(), DbErr> {
    let loose = file::ActiveModel {
        name: Set("file".to_owned()),
        stored_at: Set(None),
        ..Default::default()
    };
    file::Entity::update_many()
        .set(loose)
        .filter(file::Column::OwnerAccountId.eq(owner))
        .filter(file::Column::AttachedId.is_null())
        .exec(connection)
        .await?;
    file::Entity::update_many()
        .col_expr(file::Column::OwnerAccountId, Expr::val(None::<Uuid>))
        .filter(file::Column::OwnerAccountId.eq(owner))
        .exec(connection)
        .await?;
    Ok(())
}
