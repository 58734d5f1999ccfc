//! Forgets what of accounts was kept for a time that is over.

use chrono::{DateTime, TimeDelta, Utc};
use entity::values::Role;
use entity::{account, api_key, known_address, one_time_link, session};
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, DbErr, EntityTrait as _, QueryFilter as _,
};

use super::guard;
use super::store::ADDRESS_MEMORY;

/// Days within which who signed up, or was invited, has to open the account.
const TO_OPEN: TimeDelta = TimeDelta::days(30);

/// Time for which a session that ended, and a link that no longer works, are told.
const AFTER_END: TimeDelta = TimeDelta::days(30);

/// Time for which a key that was revoked is told.
const AFTER_REVOCATION: TimeDelta = TimeDelta::days(365);

/// Forgets accounts that nobody opened, links, sessions, keys, network addresses and
/// counters of attempts that are of no use any more.
///
/// # Errors
/// When the database refuses.
pub async fn purge(transaction: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<(), DbErr> {
    account::Entity::delete_many()
        .filter(account::Column::EmailVerifiedAt.is_null())
        .filter(account::Column::PasswordHash.is_null())
        .filter(account::Column::ErasedAt.is_null())
        .filter(account::Column::Role.ne(Role::ApiClient))
        .filter(account::Column::UpdatedAt.lt(now - TO_OPEN))
        .exec(transaction)
        .await?;
    one_time_link::Entity::delete_many()
        .filter(one_time_link::Column::ExpiresAt.lt(now - AFTER_END))
        .exec(transaction)
        .await?;
    session::Entity::delete_many()
        .filter(
            Condition::any()
                .add(session::Column::ExpiresAt.lt(now - AFTER_END))
                .add(session::Column::RevokedAt.lt(now - AFTER_END)),
        )
        .exec(transaction)
        .await?;
    api_key::Entity::delete_many()
        .filter(api_key::Column::RevokedAt.lt(now - AFTER_REVOCATION))
        .exec(transaction)
        .await?;
    known_address::Entity::delete_many()
        .filter(known_address::Column::SeenAt.lt(now - ADDRESS_MEMORY))
        .exec(transaction)
        .await?;
    guard::purge(transaction, now).await?;
    Ok(())
}
