//! Reads and writes sessions and their refresh tokens.

use chrono::{DateTime, TimeDelta, Utc};
use entity::{refresh_token, session};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, PaginatorTrait as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _, Set,
};
use uuid::Uuid;

/// Sessions shown to their owner, at the most.
const SHOWN: u64 = 100;

/// A session before it is written.
pub struct NewSession {
    pub id: Uuid,
    pub account: Uuid,
    pub device: Option<String>,
    pub expires_at: DateTime<Utc>,
}

/// Writes a new session.
///
/// # Errors
/// When the database refuses.
pub async fn insert(
    transaction: &impl ConnectionTrait,
    new: NewSession,
    now: DateTime<Utc>,
) -> Result<session::Model, DbErr> {
    let row = session::ActiveModel {
        id: Set(new.id),
        account_id: Set(new.account),
        device: Set(new.device),
        created_at: Set(now),
        last_used_at: Set(now),
        expires_at: Set(new.expires_at),
        revoked_at: Set(None),
    };
    session::Entity::insert(row)
        .exec_with_returning(transaction)
        .await
}

/// The sessions of an account that go on, the one used last first.
///
/// # Errors
/// When the database cannot be read.
pub async fn of_account(
    connection: &impl ConnectionTrait,
    account: Uuid,
    now: DateTime<Utc>,
) -> Result<Vec<session::Model>, DbErr> {
    session::Entity::find()
        .filter(session::Column::AccountId.eq(account))
        .filter(session::Column::RevokedAt.is_null())
        .filter(session::Column::ExpiresAt.gt(now))
        .order_by_desc(session::Column::LastUsedAt)
        .order_by_desc(session::Column::Id)
        .limit(SHOWN)
        .all(connection)
        .await
}

/// Which sessions of an account to end.
#[derive(Clone, Copy, Debug)]
pub enum Which {
    All,
    Only(Uuid),
    AllBut(Uuid),
}

/// Ends sessions of an account, and answers how many went on until then.
///
/// # Errors
/// When the database refuses.
pub async fn revoke(
    transaction: &impl ConnectionTrait,
    account: Uuid,
    which: Which,
    now: DateTime<Utc>,
) -> Result<u64, DbErr> {
    let row = session::ActiveModel {
        revoked_at: Set(Some(now)),
        ..Default::default()
    };
    let mut update = session::Entity::update_many()
        .set(row)
        .filter(session::Column::AccountId.eq(account))
        .filter(session::Column::RevokedAt.is_null())
        .filter(session::Column::ExpiresAt.gt(now));
    match which {
        Which::All => {}
        Which::Only(id) => update = update.filter(session::Column::Id.eq(id)),
        Which::AllBut(id) => update = update.filter(session::Column::Id.ne(id)),
    }
    Ok(update.exec(transaction).await?.rows_affected)
}

/// Notes that a session was used, so that it goes on until `expires_at`.
///
/// # Errors
/// When the database refuses.
pub async fn touch(
    transaction: &impl ConnectionTrait,
    id: Uuid,
    expires_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let row = session::ActiveModel {
        last_used_at: Set(now),
        expires_at: Set(expires_at),
        ..Default::default()
    };
    session::Entity::update_many()
        .set(row)
        .filter(session::Column::Id.eq(id))
        .exec(transaction)
        .await?;
    Ok(())
}

/// Writes a refresh token, as its digest.
///
/// # Errors
/// When the database refuses.
pub async fn insert_token(
    transaction: &impl ConnectionTrait,
    session: Uuid,
    digest: String,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let row = refresh_token::ActiveModel {
        digest: Set(digest),
        session_id: Set(session),
        issued_at: Set(now),
        spent_at: Set(None),
        successor_salt: Set(None),
    };
    refresh_token::Entity::insert(row)
        .exec_without_returning(transaction)
        .await?;
    Ok(())
}

/// A refresh token and its session, which nobody else uses until the end of `transaction`.
///
/// # Errors
/// When the database cannot be read.
pub async fn token(
    transaction: &impl ConnectionTrait,
    digest: &str,
) -> Result<Option<(refresh_token::Model, session::Model)>, DbErr> {
    let find = || refresh_token::Entity::find_by_id(digest).one(transaction);
    let Some(token) = find().await? else {
        return Ok(None);
    };
    let session = session::Entity::find_by_id(token.session_id)
        .lock_exclusive()
        .one(transaction)
        .await?;
    // It may have been spent while we waited for the session.
    Ok(find().await?.zip(session))
}

/// Spends a refresh token. `salt` is kept to make the same successor of it again.
///
/// # Errors
/// When the database refuses.
pub async fn spend(
    transaction: &impl ConnectionTrait,
    digest: &str,
    salt: &str,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let row = refresh_token::ActiveModel {
        spent_at: Set(Some(now)),
        successor_salt: Set(Some(salt.to_owned())),
        ..Default::default()
    };
    refresh_token::Entity::update_many()
        .set(row)
        .filter(refresh_token::Column::Digest.eq(digest))
        .exec(transaction)
        .await?;
    Ok(())
}

/// Whether a token that was issued since `spent_at`, when this one was spent, was used.
///
/// # Errors
/// When the database cannot be read.
pub async fn is_past(
    transaction: &impl ConnectionTrait,
    token: &refresh_token::Model,
    spent_at: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let used = refresh_token::Entity::find()
        .filter(refresh_token::Column::SessionId.eq(token.session_id))
        .filter(refresh_token::Column::Digest.ne(&token.digest))
        .filter(refresh_token::Column::IssuedAt.gte(spent_at))
        .filter(refresh_token::Column::SpentAt.is_not_null())
        .count(transaction)
        .await?;
    Ok(used > 0)
}

/// Forgets the tokens of a session that were spent so long ago that the session would
/// have ended without them.
///
/// # Errors
/// When the database refuses.
pub async fn forget_spent(
    transaction: &impl ConnectionTrait,
    session: Uuid,
    lifetime: TimeDelta,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    refresh_token::Entity::delete_many()
        .filter(refresh_token::Column::SessionId.eq(session))
        .filter(refresh_token::Column::SpentAt.lt(now - lifetime))
        .exec(transaction)
        .await?;
    Ok(())
}
