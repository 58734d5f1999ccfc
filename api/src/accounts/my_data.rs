//! All that is kept about one person, for that person.

use entity::{contact_point, revision};
use sea_orm::ConnectionTrait;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::held::{held, section};
use super::policy;
use crate::change::Subject;
use crate::id::{GlobalId, Kind};
use crate::permission::{Relation, authorize};
use crate::problem::WriteError;
use crate::viewer::Scope;
use crate::{contacts, files, members, review};

/// Rows of each kind, at the most.
const MOST: u64 = 500;

/// All that is kept about who asks.
///
/// # Errors
/// When they did not sign in, or the database cannot be read.
pub async fn of(connection: &impl ConnectionTrait, scope: Scope) -> Result<Value, WriteError> {
    let permit = authorize(scope.viewer, &policy::MY_DATA, Relation::Own)?;
    let principal = permit.principal();
    let account = principal.account;
    let mut data = Map::new();
    data.insert("exportedAt".to_owned(), json!(scope.now));
    for (name, value) in held(connection, account, MOST).await? {
        data.insert(name.to_owned(), value);
    }
    if let Some(member) = principal.member {
        let entry = members::held(connection, member).await?;
        data.insert("directoryEntry".to_owned(), entry);
    }
    let (points, total) = contacts::about(connection, account, principal.member, MOST).await?;
    let items = points.iter().map(point).collect();
    data.insert("contactPoints".to_owned(), section(items, total));
    let (contents, total) = review::owned(connection, account, MOST).await?;
    let items = contents.iter().map(|content| {
        json!({
            "id": global(content.subject.as_str(), content.id),
            "title": content.title,
            "publication": content.publication,
        })
    });
    data.insert("contents".to_owned(), section(items.collect(), total));
    for (name, decided) in [("revisions", false), ("decisions", true)] {
        let (rows, total) = review::by_account(connection, account, decided, MOST).await?;
        let items = rows.iter().map(|row| told(row, decided)).collect();
        data.insert(name.to_owned(), section(items, total));
    }
    let (rows, total) = files::of_account(connection, account, MOST).await?;
    let items = rows.iter().map(|row| {
        json!({
            "id": global(Subject::File.as_str(), row.id),
            "name": row.name,
            "mediaType": row.media_type,
            "byteSize": row.byte_size,
            "createdAt": row.created_at,
        })
    });
    data.insert("files".to_owned(), section(items.collect(), total));
    Ok(Value::Object(data))
}

fn point(row: &contact_point::Model) -> Value {
    json!({
        "id": global(Kind::ContactPoint.prefix(), row.id),
        "channel": row.channel,
        "value": row.value,
        "label": row.label,
        "visibility": row.visibility,
        "basis": row.basis,
        "sourceUrl": row.source_url,
        "sourceSeenOn": row.source_seen_on,
        "consentGivenAt": row.consent_given_at,
        "consentWording": row.consent_wording,
        "consentVersion": row.consent_version,
        "consentWithdrawnAt": row.consent_withdrawn_at,
    })
}

/// What somebody decided is another person's content: only the decision is theirs.
fn told(row: &revision::Model, decided: bool) -> Value {
    let mut told = json!({
        "content": global(&row.entity_kind, row.entity_id),
        "number": row.number,
        "state": row.state,
        "createdAt": row.created_at,
        "submittedAt": row.submitted_at,
        "decidedAt": row.decided_at,
        "reason": row.reason,
    });
    if let (false, Some(told)) = (decided, told.as_object_mut()) {
        told.insert("author".to_owned(), json!(row.author));
        told.insert("written".to_owned(), row.content.clone());
    }
    told
}

fn global(prefix: &str, uuid: Uuid) -> Option<String> {
    let kind = Kind::of_prefix(prefix)?;
    Some(GlobalId { kind, uuid }.to_string())
}
