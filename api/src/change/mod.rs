//! The append-only change log: written in the transaction of every write.

use chrono::{DateTime, Utc};
use entity::{change, change_head};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QuerySelect, Set};
use uuid::Uuid;

use crate::search;

/// What a change is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    Territory,
    Organization,
    Theme,
    Initiative,
    CoworkingSpace,
    FundingSource,
    Member,
    Account,
    File,
    ContactPoint,
    Import,
    ProbableDuplicate,
}

impl Subject {
    /// All of them.
    const ALL: [Self; 11] = [
        Self::Territory,
        Self::Organization,
        Self::Theme,
        Self::Initiative,
        Self::CoworkingSpace,
        Self::FundingSource,
        Self::Member,
        Self::Account,
        Self::File,
        Self::ContactPoint,
        Self::Import,
    ];

    /// The subject stored as `text`.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|subject| subject.as_str() == text)
    }

    /// The text stored in the log, and the prefix of the subject's global identifiers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Territory => "territory",
            Self::Organization => "organization",
            Self::Theme => "theme",
            Self::Initiative => "initiative",
            Self::CoworkingSpace => "space",
            Self::FundingSource => "funding",
            Self::Member => "member",
            Self::Account => "account",
            Self::File => "file",
            Self::ContactPoint => "contact",
            Self::Import => "import",
            Self::ProbableDuplicate => "duplicate",
        }
    }
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    Created,
    Updated,
    Imported,
    Submitted,
    Approved,
    ChangesAsked,
    Rejected,
    Archived,
    Restored,
    SignedUp,
    Invited,
    Verified,
    SignedIn,
    SignedOut,
    Deactivated,
    Reactivated,
    Erased,
    Deleted,
    Dismissed,
    ConsentGiven,
    ConsentWithdrawn,
}

impl Action {
    fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Imported => "imported",
            Self::Submitted => "submitted",
            Self::Approved => "approved",
            Self::ChangesAsked => "changes_asked",
            Self::Rejected => "rejected",
            Self::Archived => "archived",
            Self::Restored => "restored",
            Self::SignedUp => "signed_up",
            Self::Invited => "invited",
            Self::Verified => "verified",
            Self::SignedIn => "signed_in",
            Self::SignedOut => "signed_out",
            Self::Deactivated => "deactivated",
            Self::Reactivated => "reactivated",
            Self::Erased => "erased",
            Self::Deleted => "deleted",
            Self::Dismissed => "dismissed",
            Self::ConsentGiven => "consent_given",
            Self::ConsentWithdrawn => "consent_withdrawn",
        }
    }
}

/// One change, before it has its version.
#[derive(Clone, Debug)]
pub struct Change {
    pub subject: Subject,
    pub id: Uuid,
    pub action: Action,
    pub revision: Option<i32>,
    /// Whether the public may see that it happened.
    pub is_public: bool,
    /// Differences, by field; nothing personal.
    pub details: serde_json::Value,
}

/// Entries of one statement: nine values each, far below both databases' limits.
const BATCH: usize = 500;

/// Writes `changes` to the log, in their order, and answers the version of the last one.
/// What is searched follows: no write can leave the index behind.
///
/// Call it last in the transaction: it holds the head of the log until the commit, which
/// is what makes versions gap-free and in commit order.
///
/// # Errors
/// When the database refuses; the transaction must then be rolled back.
pub async fn record(
    transaction: &impl ConnectionTrait,
    at: DateTime<Utc>,
    actor: &str,
    changes: Vec<Change>,
) -> Result<i64, DbErr> {
    search::follow(transaction, at, &changes).await?;
    let count = i64::try_from(changes.len()).unwrap_or(i64::MAX);
    let head = change_head::Entity::update_many()
        .col_expr(
            change_head::Column::Version,
            Expr::col(change_head::Column::Version).add(count),
        )
        .filter(change_head::Column::Id.eq(1))
        .exec_with_returning(transaction)
        .await?
        .pop()
        .ok_or_else(|| DbErr::RecordNotFound("the head of the change log".to_owned()))?;
    let mut version = head.version - count;
    for batch in changes.chunks(BATCH) {
        let rows = batch.iter().map(|change| {
            version += 1;
            change::ActiveModel {
                version: Set(version),
                at: Set(at),
                actor: Set(actor.to_owned()),
                entity_kind: Set(change.subject.as_str().to_owned()),
                entity_id: Set(change.id),
                action: Set(change.action.as_str().to_owned()),
                revision: Set(change.revision),
                is_public: Set(change.is_public),
                details: Set(change.details.clone()),
            }
        });
        change::Entity::insert_many(rows).exec(transaction).await?;
    }
    Ok(head.version)
}

/// The version of the latest change.
///
/// # Errors
/// When the database cannot be read.
pub async fn version(connection: &impl ConnectionTrait) -> Result<i64, DbErr> {
    Ok(change_head::Entity::find_by_id(1)
        .one(connection)
        .await?
        .map_or(0, |head| head.version))
}

/// The version of the latest change of a subject, if there is any.
///
/// # Errors
/// When the database cannot be read.
pub async fn latest_of(
    connection: &impl ConnectionTrait,
    subject: Subject,
) -> Result<Option<i64>, DbErr> {
    change::Entity::find()
        .select_only()
        .column_as(change::Column::Version.max(), "version")
        .filter(change::Column::EntityKind.eq(subject.as_str()))
        .into_tuple::<Option<i64>>()
        .one(connection)
        .await
        .map(Option::flatten)
}
