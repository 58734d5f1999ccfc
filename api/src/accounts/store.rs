//! Reads and writes accounts.

use chrono::{DateTime, TimeDelta, Utc};
use entity::values::{AccountLanguage, Role};
use entity::{account, api_key, commune, intercommunality, known_address, session};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, QueryFilter as _, QuerySelect as _,
    Select, Set,
};
use uuid::Uuid;

use super::caller::Caller;
use super::model::Office;
use crate::auth::secrets::digest;
use crate::i18n::Language;
use crate::problem::{Code, Problem, Problems};
use crate::viewer::{Code as OfficialCode, Principal, Scope};

/// How the keys of API clients begin, which tells them from access tokens.
pub const API_KEY_PREFIX: &str = "maillage_";

/// Time after which an address from which an account signed in is strange to it again.
pub(super) const ADDRESS_MEMORY: TimeDelta = TimeDelta::days(180);

/// How precisely it is told when a key was last used: not each request writes.
const USE_PRECISION: TimeDelta = TimeDelta::days(1);

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
    now: DateTime<Utc>,
) -> Result<Option<Principal>, DbErr> {
    let found = api_key::Entity::find()
        .find_also_related(account::Entity)
        .filter(account::Column::DeactivatedAt.is_null())
        .filter(api_key::Column::Digest.eq(digest(key)))
        .filter(api_key::Column::RevokedAt.is_null())
        .one(connection)
        .await?;
    let Some((key, Some(account))) = found else {
        return Ok(None);
    };
    if key
        .last_used_at
        .is_none_or(|last| now - last >= USE_PRECISION)
    {
        note_use(connection, key.id, now).await?;
    }
    Ok(Some(principal_of(&account, None)))
}

/// Notes that a key was used, which changes nothing of what anybody sees.
async fn note_use(
    connection: &impl ConnectionTrait,
    key: Uuid,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    api_key::Entity::update_many()
        .col_expr(api_key::Column::LastUsedAt, Expr::val(now))
        .filter(api_key::Column::Id.eq(key))
        .exec(connection)
        .await?;
    Ok(())
}

/// An account as it stands now, in `session`.
pub fn principal_of(account: &account::Model, session: Option<Uuid>) -> Principal {
    Principal {
        account: account.id,
        session,
        role: account.role,
        commune: account
            .commune_insee
            .as_deref()
            .and_then(OfficialCode::parse),
        intercommunality: account
            .intercommunality_siren
            .as_deref()
            .and_then(OfficialCode::parse),
        member: account.member_id,
    }
}

/// The accounts that `scope` may see: who reviews sees all, anybody else their own.
pub fn visible(scope: Scope) -> Select<account::Entity> {
    let accounts = account::Entity::find();
    match scope.viewer.principal() {
        Some(principal) if principal.reviews() => accounts,
        Some(principal) => accounts.filter(account::Column::Id.eq(principal.account)),
        None => accounts.filter(account::Column::Id.is_null()),
    }
}

/// One account, for whom a rule allows it.
///
/// # Errors
/// When the database cannot be read.
pub async fn by_id(
    connection: &impl ConnectionTrait,
    id: Uuid,
) -> Result<Option<account::Model>, DbErr> {
    account::Entity::find_by_id(id).one(connection).await
}

/// One account, which nobody else changes until the end of `transaction`.
///
/// # Errors
/// When the database cannot be read.
pub async fn locked(
    transaction: &impl ConnectionTrait,
    id: Uuid,
) -> Result<Option<account::Model>, DbErr> {
    account::Entity::find_by_id(id)
        .lock_exclusive()
        .one(transaction)
        .await
}

/// The account with this e-mail address, in lower case.
///
/// # Errors
/// When the database cannot be read.
pub async fn by_email(
    connection: &impl ConnectionTrait,
    email: &str,
) -> Result<Option<account::Model>, DbErr> {
    account::Entity::find()
        .filter(account::Column::Email.eq(email))
        .one(connection)
        .await
}

/// The administrators who can sign in, whom nobody else changes until the end of
/// `transaction`.
///
/// # Errors
/// When the database cannot be read.
pub async fn administrators(transaction: &impl ConnectionTrait) -> Result<Vec<Uuid>, DbErr> {
    let rows = account::Entity::find()
        .filter(account::Column::Role.eq(Role::Admin))
        .filter(account::Column::DeactivatedAt.is_null())
        .filter(account::Column::EmailVerifiedAt.is_not_null())
        .lock_exclusive()
        .all(transaction)
        .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// An account before it is written.
pub struct NewAccount {
    pub id: Uuid,
    pub email: Option<String>,
    pub display_name: Option<String>,
    pub office: Office,
    pub language: AccountLanguage,
}

/// Writes a new account.
///
/// # Errors
/// When the database refuses.
pub async fn insert(
    transaction: &impl ConnectionTrait,
    new: NewAccount,
    now: DateTime<Utc>,
) -> Result<account::Model, DbErr> {
    let row = account::ActiveModel {
        id: Set(new.id),
        email: Set(new.email),
        display_name: Set(new.display_name),
        role: Set(new.office.role),
        commune_insee: Set(new.office.commune),
        intercommunality_siren: Set(new.office.intercommunality),
        language: Set(new.language),
        created_at: Set(now),
        updated_at: Set(now),
        ..Default::default()
    };
    account::Entity::insert(row)
        .exec_with_returning(transaction)
        .await
}

/// Writes the given columns of an account.
///
/// # Errors
/// When the database refuses.
pub async fn update(
    transaction: &impl ConnectionTrait,
    id: Uuid,
    columns: account::ActiveModel,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let row = account::ActiveModel {
        updated_at: Set(now),
        ..columns
    };
    account::Entity::update_many()
        .set(row)
        .filter(account::Column::Id.eq(id))
        .exec(transaction)
        .await?;
    Ok(())
}

/// Adds what of `office` the territory does not know.
///
/// # Errors
/// When the database cannot be read.
pub async fn check_office(
    connection: &impl ConnectionTrait,
    office: &Office,
    problems: &mut Problems,
) -> Result<(), DbErr> {
    let unknown = |field, key, value: &str| {
        Problem::new(Code::NotFound, field, key)
            .with("value", value.chars().take(20).collect::<String>())
    };
    if let Some(code) = &office.commune {
        let found = commune::Entity::find()
            .filter(commune::Column::InseeCode.eq(code))
            .one(connection)
            .await?;
        problems.require(found.is_some(), || {
            unknown("commune", "unknown-commune", code)
        });
    }
    if let Some(siren) = &office.intercommunality {
        let found = intercommunality::Entity::find()
            .filter(intercommunality::Column::Siren.eq(siren))
            .one(connection)
            .await?;
        let key = "unknown-intercommunality";
        problems.require(found.is_some(), || unknown("intercommunality", key, siren));
    }
    Ok(())
}

fn known(account: Uuid, caller: &Caller) -> (Uuid, String) {
    (account, caller.address(&account.to_string()))
}

/// The entry of the directory that is about the person of an account, which is locked until
/// the end of the transaction where the database can.
///
/// # Errors
/// When the database cannot be read.
pub async fn entry_of(
    transaction: &impl ConnectionTrait,
    account: Uuid,
) -> Result<Option<Uuid>, DbErr> {
    let row = account::Entity::find_by_id(account)
        .lock_exclusive()
        .one(transaction)
        .await?;
    Ok(row.and_then(|row| row.member_id))
}

/// Notes that an entry of the directory is about the person of an account.
///
/// # Errors
/// When the database refuses.
pub async fn enter(
    transaction: &impl ConnectionTrait,
    account: Uuid,
    member: Uuid,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    account::Entity::update_many()
        .set(account::ActiveModel {
            member_id: Set(Some(member)),
            updated_at: Set(now),
            ..Default::default()
        })
        .filter(account::Column::Id.eq(account))
        .exec(transaction)
        .await?;
    Ok(())
}

/// Whether an account signed in from there before.
///
/// # Errors
/// When the database cannot be read.
pub async fn knows(
    connection: &impl ConnectionTrait,
    account: Uuid,
    caller: &Caller,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let found = known_address::Entity::find_by_id(known(account, caller))
        .filter(known_address::Column::SeenAt.gt(now - ADDRESS_MEMORY))
        .one(connection)
        .await?;
    Ok(found.is_some())
}

/// Notes that an account signed in from there.
///
/// # Errors
/// When the database refuses.
pub async fn meet(
    transaction: &impl ConnectionTrait,
    account: Uuid,
    caller: &Caller,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    use known_address::Column;
    let (_, address) = known(account, caller);
    let row = known_address::ActiveModel {
        account_id: Set(account),
        address: Set(address),
        seen_at: Set(now),
    };
    let again = OnConflict::columns([Column::AccountId, Column::Address])
        .update_column(Column::SeenAt)
        .to_owned();
    known_address::Entity::insert(row)
        .on_conflict(again)
        .exec_without_returning(transaction)
        .await?;
    known_address::Entity::delete_many()
        .filter(Column::AccountId.eq(account))
        .filter(Column::SeenAt.lt(now - ADDRESS_MEMORY))
        .exec(transaction)
        .await?;
    Ok(())
}

/// Writes a key of an API client, as its digest.
///
/// # Errors
/// When the database refuses.
pub async fn insert_key(
    transaction: &impl ConnectionTrait,
    id: Uuid,
    account: Uuid,
    digest: String,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let row = api_key::ActiveModel {
        id: Set(id),
        digest: Set(digest),
        account_id: Set(account),
        created_at: Set(now),
        last_used_at: Set(None),
        revoked_at: Set(None),
    };
    api_key::Entity::insert(row)
        .exec_without_returning(transaction)
        .await?;
    Ok(())
}

/// Revokes the keys of an API client.
///
/// # Errors
/// When the database refuses.
pub async fn revoke_keys(
    transaction: &impl ConnectionTrait,
    account: Uuid,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let row = api_key::ActiveModel {
        revoked_at: Set(Some(now)),
        ..Default::default()
    };
    api_key::Entity::update_many()
        .set(row)
        .filter(api_key::Column::AccountId.eq(account))
        .filter(api_key::Column::RevokedAt.is_null())
        .exec(transaction)
        .await?;
    Ok(())
}

/// The account of the person whom an entry of the directory is about.
///
/// # Errors
/// When the database cannot be read.
pub async fn of_member(
    connection: &impl ConnectionTrait,
    member: Uuid,
) -> Result<Option<Uuid>, DbErr> {
    let found = account::Entity::find()
        .filter(account::Column::MemberId.eq(member))
        .one(connection)
        .await?;
    Ok(found.map(|account| account.id))
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
    Ok(found.and_then(|account| Some((account.email?, account.language.into()))))
}
