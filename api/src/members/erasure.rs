//! Takes a person out of their entry of the directory.
//!
//! Who held a public office is a public fact, of which minutes tell: the entry of somebody
//! elected stays, by office only. That of an agent goes.

use entity::values::MemberKind;
use entity::{mandate, member};
use sea_orm::{ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, QueryFilter as _, Set};
use serde_json::{Value, json};
use uuid::Uuid;

use super::store;
use crate::change::{Action, Change, Subject};
use crate::contacts::{self, Owner};
use crate::review;
use crate::search::{self, SearchKind};
use crate::slugs::slug_of;
use crate::viewer::Scope;

/// Fields of a revision that tell who a person is.
const PERSONAL: &[&str] = &["displayName"];

/// Erases the person of an entry, and what reaches them. There is nothing to do where there
/// is none such.
///
/// # Errors
/// When the database refuses.
pub async fn erase(
    transaction: &impl ConnectionTrait,
    scope: Scope,
    id: Uuid,
) -> Result<Vec<Change>, DbErr> {
    let Some(row) = store::locked(transaction, id).await? else {
        return Ok(Vec::new());
    };
    contacts::erase(transaction, Owner::Member(id)).await?;
    let name = row.display_name.unwrap_or_default();
    search::forget(transaction, SearchKind::Member, id, &name).await?;
    let action = match row.kind {
        MemberKind::Elected => {
            review::redact(transaction, Subject::Member, id, PERSONAL).await?;
            let unnamed = (id, "", None);
            let slug =
                slug_of::<member::Entity>(transaction, member::Column::Slug, "member", unnamed)
                    .await?;
            let columns = member::ActiveModel {
                slug: Set(slug),
                display_name: Set(None),
                organization_id: Set(None),
                owner_account_id: Set(None),
                updated_at: Set(scope.now),
                ..Default::default()
            };
            member::Entity::update_many()
                .set(columns)
                .filter(member::Column::Id.eq(id))
                .exec(transaction)
                .await?;
            Action::Erased
        }
        MemberKind::Staff => {
            review::forget(transaction, Subject::Member, &[id]).await?;
            member::Entity::delete_by_id(id).exec(transaction).await?;
            Action::Deleted
        }
    };
    Ok(vec![Change {
        subject: Subject::Member,
        id,
        action,
        revision: None,
        is_public: row.publication == entity::values::Publication::Published,
        details: json!({}),
    }])
}

/// What an entry of the directory holds, for the person whom it is about.
///
/// # Errors
/// When the database cannot be read.
pub async fn held(connection: &impl ConnectionTrait, id: Uuid) -> Result<Value, DbErr> {
    let Some(row) = store::kept(connection, id).await? else {
        return Ok(Value::Null);
    };
    let mandates = store::mandates(connection, &[id]).await?;
    let mandates: Vec<&mandate::Model> = mandates.values().flatten().collect();
    let ids: Vec<Uuid> = mandates.iter().map(|mandate| mandate.id).collect();
    let delegations = store::delegations(connection, &ids).await?;
    let labels = |mandate: Uuid| -> Vec<&str> {
        let rows = delegations.get(&mandate).into_iter().flatten();
        rows.map(|row| row.label.as_str()).collect()
    };
    let told = mandates.iter().map(|mandate| {
        json!({
            "body": mandate.body_kind,
            "commune": mandate.commune_insee,
            "intercommunality": mandate.intercommunality_siren,
            "departement": mandate.departement_code,
            "office": mandate.office,
            "startsOn": mandate.starts_on,
            "endsOn": mandate.ends_on,
            "delegations": labels(mandate.id),
        })
    });
    Ok(json!({
        "slug": row.slug,
        "kind": row.kind,
        "displayName": row.display_name,
        "commune": row.commune_insee,
        "organization": row.organization_id,
        "publication": row.publication,
        "createdAt": row.created_at,
        "updatedAt": row.updated_at,
        "publishedAt": row.published_at,
        "mandates": told.collect::<Vec<_>>(),
    }))
}
