//! One-time links: secrets sent by e-mail, kept as digests.

use chrono::{DateTime, TimeDelta, Utc};
use entity::one_time_link::{ActiveModel, Column, Entity, Model};
use entity::values::LinkPurpose;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, QueryFilter as _, Set};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::auth::secrets::{Secret, digest};
use crate::problem::{Code, Problem, WriteError};
use crate::settings::Settings;

/// A link that was made.
pub struct Link {
    /// The whole address.
    pub url: String,
    pub expires_at: DateTime<Utc>,
}

/// For how long a link of this purpose works.
fn lifetime(purpose: LinkPurpose) -> TimeDelta {
    match purpose {
        LinkPurpose::Invitation => TimeDelta::days(7),
        LinkPurpose::EmailVerification | LinkPurpose::EmailChange => TimeDelta::days(2),
        LinkPurpose::PasswordReset => TimeDelta::hours(1),
    }
}

/// The page of the front end that a link opens. The secret comes after `#`: browsers send
/// it to no server.
fn page(purpose: LinkPurpose) -> &'static str {
    match purpose {
        LinkPurpose::Invitation => "invitation",
        LinkPurpose::EmailVerification => "verify-email",
        LinkPurpose::PasswordReset => "password-reset",
        LinkPurpose::EmailChange => "email-change",
    }
}

/// Makes a link of this purpose in place of all earlier ones.
///
/// # Errors
/// When the database refuses.
pub async fn issue(
    transaction: &impl ConnectionTrait,
    settings: &Settings,
    account: Uuid,
    purpose: LinkPurpose,
    now: DateTime<Utc>,
) -> Result<Link, WriteError> {
    withdraw(transaction, account, &[purpose]).await?;
    add(transaction, settings, account, purpose, json!({}), now).await
}

/// Makes a link of this purpose besides those there are.
///
/// # Errors
/// When the database refuses.
pub async fn add(
    transaction: &impl ConnectionTrait,
    settings: &Settings,
    account: Uuid,
    purpose: LinkPurpose,
    payload: Value,
    now: DateTime<Utc>,
) -> Result<Link, WriteError> {
    let secret = Secret::generate().map_err(|_| WriteError::Internal("no random bytes"))?;
    let expires_at = now + lifetime(purpose);
    let row = ActiveModel {
        digest: Set(secret.digest()),
        account_id: Set(account),
        purpose: Set(purpose),
        payload: Set(payload),
        created_at: Set(now),
        expires_at: Set(expires_at),
        used_at: Set(None),
    };
    Entity::insert(row)
        .exec_without_returning(transaction)
        .await?;
    let (base, page) = (&settings.link_base, page(purpose));
    Ok(Link {
        url: format!("{base}/{page}#{}", secret.reveal()),
        expires_at,
    })
}

/// Withdraws the links of an account of these purposes.
///
/// # Errors
/// When the database refuses.
pub async fn withdraw(
    transaction: &impl ConnectionTrait,
    account: Uuid,
    purposes: &[LinkPurpose],
) -> Result<(), DbErr> {
    Entity::delete_many()
        .filter(Column::AccountId.eq(account))
        .filter(Column::Purpose.is_in(purposes.iter().copied()))
        .exec(transaction)
        .await?;
    Ok(())
}

/// The link of this purpose with the secret `token`, if it still works.
///
/// # Errors
/// When it does not.
pub async fn find(
    connection: &impl ConnectionTrait,
    purpose: LinkPurpose,
    token: &str,
    now: DateTime<Utc>,
) -> Result<Model, WriteError> {
    let found = Entity::find_by_id(digest(token))
        .filter(Column::Purpose.eq(purpose))
        .filter(Column::UsedAt.is_null())
        .filter(Column::ExpiresAt.gt(now))
        .one(connection)
        .await?;
    Ok(found.ok_or_else(expired)?)
}

/// The links of an account of one purpose that still count, used or not.
///
/// # Errors
/// When the database cannot be read.
pub async fn counting(
    connection: &impl ConnectionTrait,
    account: Uuid,
    purpose: LinkPurpose,
    now: DateTime<Utc>,
) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(Column::AccountId.eq(account))
        .filter(Column::Purpose.eq(purpose))
        .filter(Column::ExpiresAt.gt(now))
        .all(connection)
        .await
}

/// Uses a link up. Of two who try at once, one does.
///
/// # Errors
/// When it was used meanwhile.
pub async fn redeem(
    transaction: &impl ConnectionTrait,
    link: &Model,
    now: DateTime<Utc>,
) -> Result<(), WriteError> {
    let updated = Entity::update_many()
        .col_expr(Column::UsedAt, Expr::val(now))
        .filter(Column::Digest.eq(&link.digest))
        .filter(Column::UsedAt.is_null())
        .exec(transaction)
        .await?;
    if updated.rows_affected == 0 {
        return Err(expired().into());
    }
    Ok(())
}

/// The answer to a link that does not work: whether it ever did is not told.
pub fn expired() -> Problem {
    Problem::new(Code::Expired, "token", "link-expired")
}
