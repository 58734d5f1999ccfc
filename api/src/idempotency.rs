//! Keys under which something is created once, however often it is asked.

use chrono::{DateTime, TimeDelta, Utc};
use entity::idempotency_key;
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, QueryFilter as _, Set,
    TryInsertResult,
};
use serde::Serialize;
use uuid::Uuid;

use crate::auth::secrets::digest;
use crate::permission::Permit;
use crate::problem::{Code, Problem, WriteError};

/// Characters of a key, at the most.
const LONGEST: usize = 100;

/// Time for which a key is known.
const MEMORY: TimeDelta = TimeDelta::days(30);

/// A key and what was asked under it.
#[derive(Clone, Debug)]
pub struct Key {
    key: String,
    /// Digest of what was asked.
    request: String,
}

impl Key {
    /// The key `key` for `request`, which `mutation` asks.
    ///
    /// # Errors
    /// When the key is empty or too long.
    pub fn new(key: String, mutation: &str, request: &impl Serialize) -> Result<Self, Problem> {
        let length = key.chars().count();
        if length == 0 || length > LONGEST {
            return Err(
                Problem::new(Code::Invalid, "idempotencyKey", "idempotency-key-invalid")
                    .with("most", LONGEST),
            );
        }
        // What cannot be written as JSON cannot have come in as such.
        let text = serde_json::to_string(request).unwrap_or_default();
        Ok(Self {
            key,
            request: digest(&format!("{mutation}\n{text}")),
        })
    }

    /// Takes the key for the creation of `id`. Whoever asks the same at the same time waits
    /// for the end of this transaction.
    ///
    /// # Errors
    /// When it was taken for another request.
    pub async fn claim(
        &self,
        transaction: &impl ConnectionTrait,
        permit: &Permit,
        id: Uuid,
        at: DateTime<Utc>,
    ) -> Result<Claim, WriteError> {
        let account = permit.principal().account;
        let row = idempotency_key::ActiveModel {
            account_id: Set(account),
            key: Set(self.key.clone()),
            request: Set(self.request.clone()),
            entity_id: Set(id),
            created_at: Set(at),
        };
        let inserted = idempotency_key::Entity::insert(row)
            .on_conflict_do_nothing_on([
                idempotency_key::Column::AccountId,
                idempotency_key::Column::Key,
            ])
            .exec_without_returning(transaction)
            .await?;
        if let TryInsertResult::Inserted(rows) = inserted
            && rows > 0
        {
            return Ok(Claim::Fresh);
        }
        let taken = idempotency_key::Entity::find_by_id((account, self.key.clone()))
            .one(transaction)
            .await?;
        match taken {
            Some(taken) if taken.request == self.request => Ok(Claim::Done(taken.entity_id)),
            _ => Err(
                Problem::new(Code::KeyReused, "idempotencyKey", "idempotency-key-reused").into(),
            ),
        }
    }
}

/// Forgets keys so old that nobody asks the same again.
///
/// # Errors
/// When the database refuses.
pub async fn purge(transaction: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<(), DbErr> {
    idempotency_key::Entity::delete_many()
        .filter(idempotency_key::Column::CreatedAt.lt(now - MEMORY))
        .exec(transaction)
        .await?;
    Ok(())
}

/// What a key says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
    /// Nothing was created under it.
    Fresh,
    /// This was.
    Done(Uuid),
}
