//! The links by which owners say that a content is still true, without signing in. What opens
//! links of e-mails to look for dangers must not say so in their place: a link shows a page,
//! and the button on it confirms.

use chrono::{DateTime, TimeDelta, Utc};
use entity::confirmation_link::{ActiveModel, Column, Entity, Model};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, QueryFilter as _, Set};
use uuid::Uuid;

use super::service::confirmed;
use super::store::{self, Due};
use crate::accounts::{self, actor};
use crate::app::App;
use crate::auth::secrets::{Secret, digest};
use crate::change::Subject;
use crate::database;
use crate::problem::WriteError;
use crate::review::{CONTENTS, Table};

/// For how long a link works: beyond the day on which the content is said to be stale.
const LIFETIME: TimeDelta = TimeDelta::days(90);

/// What a link stands for.
#[derive(Clone, Debug)]
pub struct Confirmation {
    /// What the content is called.
    pub title: String,
    /// Whether somebody has confirmed by it.
    pub done: bool,
}

/// Makes a link by which `account` confirms a content; answers its address.
///
/// # Errors
/// When the database refuses.
pub async fn issue(
    transaction: &impl ConnectionTrait,
    app: &App,
    due: &Due,
    account: Uuid,
    now: DateTime<Utc>,
) -> Result<String, WriteError> {
    let secret = Secret::generate().map_err(|_| WriteError::Internal("no random bytes"))?;
    let row = ActiveModel {
        digest: Set(secret.digest()),
        entity_kind: Set(due.table.subject.as_str().to_owned()),
        entity_id: Set(due.id),
        account_id: Set(account),
        created_at: Set(now),
        expires_at: Set(now + LIFETIME),
        used_at: Set(None),
    };
    Entity::insert(row)
        .exec_without_returning(transaction)
        .await?;
    let base = app.settings.public_base();
    Ok(format!("{base}/still-true/{}", secret.reveal()))
}

/// What a link stands for, if it works: it has not expired, and the account that got it can
/// be used and still owns the content.
///
/// # Errors
/// When the database cannot be read.
pub async fn find(app: &App, secret: &str) -> Result<Option<Confirmation>, DbErr> {
    let found = works(&app.database, secret, app.clock.now()).await?;
    Ok(found.map(|(link, due)| Confirmation {
        title: due.title.unwrap_or_default(),
        done: link.used_at.is_some(),
    }))
}

/// Confirms a content by a link, once; answers what it stands for, if it works.
///
/// # Errors
/// When the database refuses.
pub async fn confirm(app: &App, secret: &str) -> Result<Option<Confirmation>, WriteError> {
    let now = app.clock.now();
    let Some((link, due)) = works(&app.database, secret, now).await? else {
        return Ok(None);
    };
    let (link, due) = (&link, &due);
    database::write(
        &app.database,
        &app.clock,
        &actor(link.account_id),
        |transaction| async move {
            let used = Entity::update_many()
                .col_expr(Column::UsedAt, Expr::val(now))
                .filter(Column::Digest.eq(&link.digest))
                .filter(Column::UsedAt.is_null())
                .exec(&*transaction)
                .await?;
            let mut changes = Vec::new();
            if used.rows_affected > 0
                && store::set_confirmed(&*transaction, due.table, due.id, now).await?
            {
                changes.push(confirmed(due.table.subject, due.id));
            }
            Ok(((), changes))
        },
    )
    .await?;
    Ok(Some(Confirmation {
        title: due.title.clone().unwrap_or_default(),
        done: true,
    }))
}

async fn works(
    connection: &impl ConnectionTrait,
    secret: &str,
    now: DateTime<Utc>,
) -> Result<Option<(Model, Due)>, DbErr> {
    let link = Entity::find_by_id(digest(secret))
        .filter(Column::ExpiresAt.gt(now))
        .one(connection)
        .await?;
    let Some(link) = link else { return Ok(None) };
    let Some(table) = table_of(&link.entity_kind) else {
        return Ok(None);
    };
    if accounts::recipient(connection, link.account_id)
        .await?
        .is_none()
    {
        return Ok(None);
    }
    let due = store::owner_and_title(connection, table, link.entity_id).await?;
    let own = due.filter(|due| due.owner == Some(link.account_id));
    Ok(own.map(|due| (link, due)))
}

fn table_of(kind: &str) -> Option<Table> {
    let subject = Subject::parse(kind)?;
    CONTENTS.into_iter().find(|table| table.subject == subject)
}
