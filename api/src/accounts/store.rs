//! Reads accounts.

use chrono::{DateTime, Utc};
use entity::values::AccountLanguage;
use entity::{account, api_key, session};
use sea_orm::{ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, QueryFilter as _};
use uuid::Uuid;

use crate::auth::secrets::digest;
use crate::i18n::Language;
use crate::viewer::{Code, Principal};

/// How the keys of API clients begin, which tells them from access tokens.
pub const API_KEY_PREFIX: &str = "maillage_";

/// Whether credentials are the key of an API client.
pub fn is_api_key(credentials: &str) -> bool {
    credentials.starts_with(API_KEY_PREFIX)
}

/// The account of a session, if both are still good.
///
/// # Errors
/// When the database cannot be read.
pub async fn principal(
    connection: &impl ConnectionTrait,
    account: Uuid,
    session: Uuid,
    now: DateTime<Utc>,
) -> Result<Option<Principal>, DbErr> {
    let found = account::Entity::find_by_id(account)
        .inner_join(session::Entity)
        .filter(account::Column::DeactivatedAt.is_null())
        .filter(session::Column::Id.eq(session))
        .filter(session::Column::RevokedAt.is_null())
        .filter(session::Column::ExpiresAt.gt(now))
        .one(connection)
        .await?;
    Ok(found.map(|account| principal_of(&account, Some(session))))
}

/// The account of an API client's key, if both are still good.
///
/// # Errors
/// When the database cannot be read.
pub async fn principal_of_key(
    connection: &impl ConnectionTrait,
    key: &str,
) -> Result<Option<Principal>, DbErr> {
    let found = account::Entity::find()
        .inner_join(api_key::Entity)
        .filter(account::Column::DeactivatedAt.is_null())
        .filter(api_key::Column::Digest.eq(digest(key)))
        .filter(api_key::Column::RevokedAt.is_null())
        .one(connection)
        .await?;
    Ok(found.map(|account| principal_of(&account, None)))
}

fn principal_of(account: &account::Model, session: Option<Uuid>) -> Principal {
    Principal {
        account: account.id,
        session,
        role: account.role,
        commune: account.commune_insee.as_deref().and_then(Code::parse),
        intercommunality: account
            .intercommunality_siren
            .as_deref()
            .and_then(Code::parse),
        member: account.member_id,
    }
}

/// Who an account is written to, and in which language, if it can be written to.
///
/// # Errors
/// When the database cannot be read.
pub async fn recipient(
    connection: &impl ConnectionTrait,
    account: Uuid,
) -> Result<Option<(String, Language)>, DbErr> {
    let found = account::Entity::find_by_id(account)
        .filter(account::Column::DeactivatedAt.is_null())
        .filter(account::Column::EmailVerifiedAt.is_not_null())
        .one(connection)
        .await?;
    Ok(found.and_then(|account| {
        let language = match account.language {
            AccountLanguage::French => Language::French,
            AccountLanguage::English => Language::English,
        };
        Some((account.email?, language))
    }))
}
