//! Reads and writes who accounts are to another issuer.

use chrono::{DateTime, Utc};
use entity::{account, account_identity};
use sea_orm::{ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, QueryFilter as _, Set};
use uuid::Uuid;

/// The account of who is `subject` to `issuer`.
///
/// # Errors
/// When the database cannot be read.
pub async fn account_of(
    connection: &impl ConnectionTrait,
    issuer: &str,
    subject: &str,
) -> Result<Option<account::Model>, DbErr> {
    account::Entity::find()
        .inner_join(account_identity::Entity)
        .filter(account_identity::Column::Issuer.eq(issuer))
        .filter(account_identity::Column::Subject.eq(subject))
        .one(connection)
        .await
}

/// Who an account is to `issuer`, if it is somebody.
///
/// # Errors
/// When the database cannot be read.
pub async fn subject_of(
    connection: &impl ConnectionTrait,
    account: Uuid,
    issuer: &str,
) -> Result<Option<String>, DbErr> {
    let found = account_identity::Entity::find()
        .filter(account_identity::Column::AccountId.eq(account))
        .filter(account_identity::Column::Issuer.eq(issuer))
        .one(connection)
        .await?;
    Ok(found.map(|found| found.subject))
}

/// Who an account is to all other issuers.
///
/// # Errors
/// When the database cannot be read.
pub async fn of_account(
    connection: &impl ConnectionTrait,
    account: Uuid,
) -> Result<Vec<account_identity::Model>, DbErr> {
    account_identity::Entity::find()
        .filter(account_identity::Column::AccountId.eq(account))
        .all(connection)
        .await
}

/// Notes that an account is `subject` to `issuer`.
///
/// # Errors
/// When the database refuses.
pub async fn insert(
    transaction: &impl ConnectionTrait,
    account: Uuid,
    issuer: &str,
    subject: &str,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let row = account_identity::ActiveModel {
        issuer: Set(issuer.to_owned()),
        subject: Set(subject.to_owned()),
        account_id: Set(account),
        created_at: Set(now),
    };
    account_identity::Entity::insert(row)
        .exec_without_returning(transaction)
        .await?;
    Ok(())
}

/// Forgets who an account is to other issuers, and answers to how many it was somebody.
///
/// # Errors
/// When the database refuses.
pub async fn forget(transaction: &impl ConnectionTrait, account: Uuid) -> Result<u64, DbErr> {
    let deleted = account_identity::Entity::delete_many()
        .filter(account_identity::Column::AccountId.eq(account))
        .exec(transaction)
        .await?;
    Ok(deleted.rows_affected)
}
