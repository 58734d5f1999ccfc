//! What is kept about the person of an account: told to them, and erased.

use chrono::{DateTime, Utc};
use entity::values::AccountLanguage;
use entity::{account, change, idempotency_key, known_address, one_time_link, session};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, PaginatorTrait as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _, Set,
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::model::actor;
use super::{guard, identity_store, store};
use crate::mail;

/// What is kept about the person of an account: `most` rows of each kind, the newest, with
/// how many there are. No secret is in it, and no digest of one.
///
/// # Errors
/// When the database cannot be read.
pub async fn held(
    connection: &impl ConnectionTrait,
    id: Uuid,
    most: u64,
) -> Result<Vec<(&'static str, Value)>, DbErr> {
    let Some(row) = store::by_id(connection, id).await? else {
        return Ok(Vec::new());
    };
    Ok(vec![
        ("account", told(&row)),
        ("identities", identities(connection, id).await?),
        ("sessions", sessions(connection, id, most).await?),
        ("knownAddresses", known(connection, id, most).await?),
        ("links", links(connection, id, most).await?),
        ("idempotencyKeys", keys(connection, id, most).await?),
        ("mails", mails(connection, &row, most).await?),
        ("actions", actions(connection, id, most).await?),
    ])
}

fn told(row: &account::Model) -> Value {
    json!({
        "id": actor(row.id),
        "email": row.email,
        "displayName": row.display_name,
        "role": row.role,
        "commune": row.commune_insee,
        "intercommunality": row.intercommunality_siren,
        "language": row.language,
        "hasPassword": row.password_hash.is_some(),
        "emailVerifiedAt": row.email_verified_at,
        "createdAt": row.created_at,
        "updatedAt": row.updated_at,
        "deactivatedAt": row.deactivated_at,
    })
}

async fn identities(connection: &impl ConnectionTrait, id: Uuid) -> Result<Value, DbErr> {
    let rows = identity_store::of_account(connection, id).await?;
    let items = rows.iter().map(
        |row| json!({ "issuer": row.issuer, "subject": row.subject, "createdAt": row.created_at }),
    );
    Ok(section(items.collect(), rows.len() as u64))
}

async fn sessions(connection: &impl ConnectionTrait, id: Uuid, most: u64) -> Result<Value, DbErr> {
    let select = session::Entity::find().filter(session::Column::AccountId.eq(id));
    let total = select.clone().count(connection).await?;
    let newest = select.order_by_desc(session::Column::CreatedAt).limit(most);
    let rows = newest.all(connection).await?;
    let items = rows.iter().map(|row| {
        json!({
            "device": row.device,
            "createdAt": row.created_at,
            "lastUsedAt": row.last_used_at,
            "expiresAt": row.expires_at,
            "revokedAt": row.revoked_at,
        })
    });
    Ok(section(items.collect(), total))
}

/// The addresses themselves are not kept.
async fn known(connection: &impl ConnectionTrait, id: Uuid, most: u64) -> Result<Value, DbErr> {
    let select = known_address::Entity::find().filter(known_address::Column::AccountId.eq(id));
    let total = select.clone().count(connection).await?;
    let rows = select.limit(most).all(connection).await?;
    let items = rows.iter().map(|row| json!({ "seenAt": row.seen_at }));
    Ok(section(items.collect(), total))
}

async fn links(connection: &impl ConnectionTrait, id: Uuid, most: u64) -> Result<Value, DbErr> {
    let select = one_time_link::Entity::find().filter(one_time_link::Column::AccountId.eq(id));
    let total = select.clone().count(connection).await?;
    let newest = select.order_by_desc(one_time_link::Column::CreatedAt);
    let rows = newest.limit(most).all(connection).await?;
    let items = rows.iter().map(|row| {
        json!({
            "purpose": row.purpose,
            "email": row.payload.get("email"),
            "createdAt": row.created_at,
            "expiresAt": row.expires_at,
            "usedAt": row.used_at,
        })
    });
    Ok(section(items.collect(), total))
}

async fn keys(connection: &impl ConnectionTrait, id: Uuid, most: u64) -> Result<Value, DbErr> {
    let select = idempotency_key::Entity::find().filter(idempotency_key::Column::AccountId.eq(id));
    let total = select.clone().count(connection).await?;
    let newest = select.order_by_desc(idempotency_key::Column::CreatedAt);
    let rows = newest.limit(most).all(connection).await?;
    let items = rows
        .iter()
        .map(|row| json!({ "key": row.key, "createdAt": row.created_at }));
    Ok(section(items.collect(), total))
}

async fn mails(
    connection: &impl ConnectionTrait,
    account: &account::Model,
    most: u64,
) -> Result<Value, DbErr> {
    let addresses = addresses(connection, account).await?;
    let (rows, total) = mail::to(connection, &addresses, most).await?;
    let items = rows.iter().map(|row| {
        json!({
            "recipient": row.recipient,
            "template": row.template,
            "createdAt": row.created_at,
            "sentAt": row.sent_at,
            "failedAt": row.failed_at,
        })
    });
    Ok(section(items.collect(), total))
}

/// What the change log says that the account did.
async fn actions(connection: &impl ConnectionTrait, id: Uuid, most: u64) -> Result<Value, DbErr> {
    let select = change::Entity::find().filter(change::Column::Actor.eq(actor(id)));
    let total = select.clone().count(connection).await?;
    let newest = select.order_by_desc(change::Column::Version).limit(most);
    let rows = newest.all(connection).await?;
    let items = rows.iter().map(|row| {
        json!({
            "version": row.version,
            "at": row.at,
            "kind": row.entity_kind,
            "action": row.action,
        })
    });
    Ok(section(items.collect(), total))
}

/// Some of the rows of one kind, and how many there are.
pub fn section(items: Vec<Value>, total: u64) -> Value {
    json!({ "items": items, "total": total })
}

/// The addresses that are those of an account, or that it asked to be.
async fn addresses(
    connection: &impl ConnectionTrait,
    account: &account::Model,
) -> Result<Vec<String>, DbErr> {
    let links = one_time_link::Entity::find()
        .filter(one_time_link::Column::AccountId.eq(account.id))
        .all(connection)
        .await?;
    let asked = links
        .into_iter()
        .filter_map(|link| Some(link.payload.get("email")?.as_str()?.to_owned()));
    Ok(account.email.iter().cloned().chain(asked).collect())
}

/// Erases the person of an account. What stays is a pseudonym: an identifier and a role, by
/// which the change log and revisions tell that somebody did something.
///
/// # Errors
/// When the database refuses.
pub async fn erase(
    transaction: &impl ConnectionTrait,
    account: &account::Model,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let addresses = addresses(transaction, account).await?;
    mail::forget_recipients(transaction, &addresses).await?;
    for address in &addresses {
        guard::forget_address(transaction, address).await?;
    }
    let id = account.id;
    session::Entity::delete_many()
        .filter(session::Column::AccountId.eq(id))
        .exec(transaction)
        .await?;
    one_time_link::Entity::delete_many()
        .filter(one_time_link::Column::AccountId.eq(id))
        .exec(transaction)
        .await?;
    identity_store::forget(transaction, id).await?;
    known_address::Entity::delete_many()
        .filter(known_address::Column::AccountId.eq(id))
        .exec(transaction)
        .await?;
    idempotency_key::Entity::delete_many()
        .filter(idempotency_key::Column::AccountId.eq(id))
        .exec(transaction)
        .await?;
    let columns = account::ActiveModel {
        email: Set(None),
        display_name: Set(None),
        commune_insee: Set(None),
        intercommunality_siren: Set(None),
        member_id: Set(None),
        language: Set(AccountLanguage::French),
        password_hash: Set(None),
        email_verified_at: Set(None),
        deactivated_at: Set(Some(account.deactivated_at.unwrap_or(now))),
        erased_at: Set(Some(now)),
        ..Default::default()
    };
    store::update(transaction, id, columns, now).await
}
