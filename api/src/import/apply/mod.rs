//! Writes what was planned, one kind of entity after the other.

mod reviewed;
mod territory;

use std::collections::{BTreeSet, HashSet};

use chrono::{DateTime, Utc};
use entity::external_reference;
use sea_orm::{ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, Set};
use serde_json::{Value, json};
use uuid::Uuid;

use super::columns::Columns;
use super::content;
use super::drafts::Draft;
use super::leads;
use super::mapping::{EntityKind, Mapping};
use super::plan::Planned;
use super::report::Outcome;
use super::themes::KnownThemes;
use crate::change::{Action, Change, Subject};
use crate::clock::Clock;
use crate::database::insert_all;
use crate::problem::WriteError;
use crate::slugs::Wish;

/// Where, when and for whom a batch is written.
pub(super) struct Batch<'a> {
    pub transaction: &'a DatabaseTransaction,
    pub clock: &'a Clock,
    pub now: DateTime<Utc>,
    pub mapping: &'a Mapping,
    pub columns: &'a Columns,
    pub themes: &'a KnownThemes,
    /// The import job, if there is one.
    pub import: Option<Uuid>,
    pub source_wins: bool,
}

impl Batch<'_> {
    fn source(&self) -> &str {
        &self.mapping.source.name
    }

    /// The paths within the content of an entity that its row states.
    fn paths(&self, entity: &Planned) -> Vec<String> {
        let mut fields: BTreeSet<&str> = BTreeSet::from([content::ALWAYS]);
        for mapped in &self.mapping.entities {
            if mapped.kind == entity.kind {
                fields.extend(self.columns.stated(mapped));
            }
        }
        if self.mapping.makes(EntityKind::Organization) {
            fields.insert(content::SAME_ROW);
        }
        content::paths(entity.kind, entity.id, &fields)
    }
}

/// Writes the entities of a batch, and remembers where they come from.
///
/// # Errors
/// When the database refuses. What the registry refuses of an entity is told with it.
pub(super) async fn apply(batch: &Batch<'_>, planned: &mut [Planned]) -> Result<(), WriteError> {
    territory::settle(batch, planned).await?;
    // Spaces and initiatives name organizations, which must be there.
    reviewed::write(
        batch,
        planned,
        EntityKind::Organization,
        |draft| match draft {
            Draft::Organization(draft) => Some(draft),
            _ => None,
        },
    )
    .await?;
    forget_refused_organizations(planned);
    lead_by_new_organizations(batch, planned).await?;
    reviewed::write(batch, planned, EntityKind::Space, |draft| match draft {
        Draft::Space(draft) => Some(draft),
        _ => None,
    })
    .await?;
    reviewed::write(
        batch,
        planned,
        EntityKind::Initiative,
        |draft| match draft {
            Draft::Initiative(draft) => Some(draft),
            _ => None,
        },
    )
    .await?;
    reviewed::write(batch, planned, EntityKind::Funding, |draft| match draft {
        Draft::Funding(draft) => Some(draft),
        _ => None,
    })
    .await?;
    territory::write(batch, planned).await?;
    Ok(remember(batch, planned).await?)
}

fn forget_refused_organizations(planned: &mut [Planned]) {
    let refused: HashSet<Uuid> = planned
        .iter()
        .filter(|entity| entity.outcome == Outcome::Refused)
        .map(|entity| entity.id)
        .collect();
    for entity in planned {
        entity.organization = entity.organization.filter(|id| !refused.contains(id));
    }
}

/// Finds the leads that the same batch brought.
async fn lead_by_new_organizations(
    batch: &Batch<'_>,
    planned: &mut [Planned],
) -> Result<(), DbErr> {
    let drafts = planned.iter_mut().map(|entity| &mut entity.draft);
    leads::resolve(batch.transaction, drafts).await?;
    for entity in planned {
        if entity.kind == EntityKind::Initiative {
            entity.fingerprint = entity.draft.fingerprint();
        }
    }
    Ok(())
}

/// What the change log tells of a batch.
pub(super) fn changes(batch: &Batch<'_>, planned: &[Planned]) -> Vec<Change> {
    planned
        .iter()
        .filter(|entity| entity.is_written())
        .map(|entity| Change {
            subject: match entity.kind {
                EntityKind::Organization => Subject::Organization,
                EntityKind::Space => Subject::CoworkingSpace,
                EntityKind::Initiative => Subject::Initiative,
                EntityKind::Funding => Subject::FundingSource,
                EntityKind::Commune | EntityKind::Intercommunality => Subject::Territory,
            },
            id: entity.id,
            action: Action::Imported,
            revision: entity.revision,
            is_public: entity.is_public,
            details: json!({
                "source": batch.source(),
                "outcome": entity.outcome.as_str(),
                "fields": entity.changed_fields,
            }),
        })
        .collect()
}

/// The wish for a slug that is the same in every registry which imports the row.
fn wish(batch: &Batch<'_>, entity: &Planned, name: &str, distinction: Option<&str>) -> Wish {
    Wish {
        id: entity.id,
        name: name.to_owned(),
        distinction: distinction.map(str::to_owned),
        key: format!("{}|{}", batch.source(), entity.external_id),
    }
}

/// Remembers which entity each row is, and what the source said of it.
async fn remember(batch: &Batch<'_>, planned: &[Planned]) -> Result<(), DbErr> {
    let stated = |entity: &Planned| entity.stated.as_ref().map(|stated| json!(stated));
    let fresh = planned
        .iter()
        .filter(|entity| entity.reference.is_none() && entity.outcome != Outcome::Refused)
        .map(|entity| external_reference::ActiveModel {
            id: Set(batch.clock.new_id()),
            source: Set(batch.source().to_owned()),
            external_id: Set(entity.external_id.clone()),
            entity_kind: Set(entity.kind.as_str().to_owned()),
            entity_id: Set(entity.id),
            fingerprint: Set(entity.fingerprint.clone()),
            imported_at: Set(batch.now),
            stated: Set(stated(entity)),
        });
    insert_all(batch.transaction, fresh.collect()).await?;
    for entity in planned.iter().filter(|entity| entity.is_read_anew()) {
        let Some(reference) = entity.reference else {
            continue;
        };
        let mut row = external_reference::ActiveModel {
            external_id: Set(entity.external_id.clone()),
            fingerprint: Set(entity.fingerprint.clone()),
            imported_at: Set(batch.now),
            ..Default::default()
        };
        if let Some(stated) = stated(entity) {
            row.stated = Set(Some(stated));
        }
        external_reference::Entity::update_many()
            .set(row)
            .filter(external_reference::Column::Id.eq(reference))
            .exec(batch.transaction)
            .await?;
    }
    Ok(())
}

/// The slugs of archived themes, which stay on what has them.
fn archived_themes(batch: &Batch<'_>) -> Vec<Value> {
    batch.themes.archived().map(Value::from).collect()
}
