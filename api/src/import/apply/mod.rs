//! Writes what was planned, one kind of entity after the other.

mod fundings;
mod initiatives;
mod organizations;
mod spaces;
mod territory;

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use entity::{
    commune, coworking_space, external_reference, funding_source, initiative, intercommunality,
    organization,
};
use sea_orm::{ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, Set};

use super::drafts::{Draft, Located};
use super::mapping::{EntityKind, Source};
use super::plan::Planned;
use super::report::Outcome;
use super::themes::KnownThemes;
use crate::change::{Action, Change, Subject};
use crate::clock::Clock;
use crate::slugs::{Wish, slugs};

/// Where and when a batch is written.
pub(super) struct Batch<'a> {
    pub transaction: &'a DatabaseTransaction,
    pub clock: &'a Clock,
    pub now: DateTime<Utc>,
    pub source: &'a Source,
    pub themes: &'a KnownThemes,
}

/// Entities of one kind: those to create with their slugs, and those to update.
struct Work<'a, D> {
    created: Vec<(&'a Planned, &'a D, String)>,
    updated: Vec<(&'a Planned, &'a D)>,
}

/// Writes the entities of a batch, and remembers where they come from.
pub(super) async fn apply(batch: &Batch<'_>, planned: &mut [Planned]) -> Result<(), DbErr> {
    territory::settle(batch, planned).await?;
    let planned = &*planned;
    let organizations = work(
        batch,
        planned,
        EntityKind::Organization,
        |draft| match draft {
            Draft::Organization(draft) => Some((draft, &draft.name, &draft.place)),
            _ => None,
        },
    )
    .await?;
    organizations::write(batch, &organizations).await?;
    let spaces = work(batch, planned, EntityKind::Space, |draft| match draft {
        Draft::Space(draft) => Some((draft, &draft.name, &draft.place)),
        _ => None,
    })
    .await?;
    spaces::write(batch, &spaces).await?;
    let initiatives = work(
        batch,
        planned,
        EntityKind::Initiative,
        |draft| match draft {
            Draft::Initiative(draft) => Some((draft, &draft.title, &draft.place)),
            _ => None,
        },
    )
    .await?;
    initiatives::write(batch, &initiatives).await?;
    let nowhere = Located::default();
    let fundings = work(batch, planned, EntityKind::Funding, |draft| match draft {
        Draft::Funding(draft) => Some((draft, &draft.name, &nowhere)),
        _ => None,
    })
    .await?;
    fundings::write(batch, &fundings).await?;
    territory::write(batch, planned).await?;
    remember(batch, planned).await
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
            revision: None,
            is_public: true,
            details: serde_json::json!({
                "source": batch.source.name,
                "outcome": entity.outcome.as_str(),
            }),
        })
        .collect()
}

async fn work<'a, D: 'a>(
    batch: &Batch<'_>,
    planned: &'a [Planned],
    kind: EntityKind,
    of: impl Fn(&'a Draft) -> Option<(&'a D, &'a String, &'a Located)>,
) -> Result<Work<'a, D>, DbErr> {
    let mut wishes = Vec::new();
    let mut created = Vec::new();
    let mut updated = Vec::new();
    for entity in planned {
        let Some((draft, name, place)) = of(&entity.draft) else {
            continue;
        };
        match entity.outcome {
            Outcome::Created => {
                wishes.push(Wish {
                    id: entity.id,
                    name: name.clone(),
                    distinction: place
                        .commune_insee
                        .clone()
                        .or_else(|| place.postal_code.clone()),
                    key: format!("{}|{}", batch.source.name, entity.external_id),
                });
                created.push((entity, draft));
            }
            Outcome::Updated => updated.push((entity, draft)),
            _ => {}
        }
    }
    let mut slugs = if wishes.is_empty() {
        HashMap::new()
    } else {
        let name = kind.as_str();
        macro_rules! free {
            ($table:ident) => {
                slugs::<$table::Entity>(batch.transaction, $table::Column::Slug, name, &wishes)
                    .await?
            };
        }
        match kind {
            EntityKind::Organization => free!(organization),
            EntityKind::Space => free!(coworking_space),
            EntityKind::Initiative => free!(initiative),
            EntityKind::Funding => free!(funding_source),
            EntityKind::Commune => free!(commune),
            EntityKind::Intercommunality => free!(intercommunality),
        }
    };
    Ok(Work {
        created: created
            .into_iter()
            .map(|(entity, draft)| {
                let slug = slugs.remove(&entity.id).unwrap_or_default();
                (entity, draft, slug)
            })
            .collect(),
        updated,
    })
}

async fn remember(batch: &Batch<'_>, planned: &[Planned]) -> Result<(), DbErr> {
    let fresh: Vec<external_reference::ActiveModel> = planned
        .iter()
        .filter(|entity| entity.reference.is_none())
        .map(|entity| external_reference::ActiveModel {
            id: Set(batch.clock.new_id()),
            source: Set(batch.source.name.clone()),
            external_id: Set(entity.external_id.clone()),
            entity_kind: Set(entity.kind.as_str().to_owned()),
            entity_id: Set(entity.id),
            fingerprint: Set(entity.fingerprint.clone()),
            imported_at: Set(batch.now),
        })
        .collect();
    insert(batch, fresh).await?;
    for entity in planned {
        let (Some(reference), Outcome::Updated) = (entity.reference, entity.outcome) else {
            continue;
        };
        external_reference::Entity::update_many()
            .set(external_reference::ActiveModel {
                fingerprint: Set(entity.fingerprint.clone()),
                imported_at: Set(batch.now),
                ..Default::default()
            })
            .filter(external_reference::Column::Id.eq(reference))
            .exec(batch.transaction)
            .await?;
    }
    Ok(())
}

/// Inserts rows, if there are any, in statements that both databases take.
async fn insert<A>(batch: &Batch<'_>, models: Vec<A>) -> Result<(), DbErr>
where
    A: sea_orm::ActiveModelTrait + Send,
{
    let mut models = models.into_iter().peekable();
    while models.peek().is_some() {
        let part: Vec<A> = models.by_ref().take(super::BATCH).collect();
        A::Entity::insert_many(part)
            .exec_without_returning(batch.transaction)
            .await?;
    }
    Ok(())
}
