//! Reviewed items, written by the engine that writes what people edit.

use std::collections::{BTreeSet, HashMap};

use entity::revision;
use entity::values::Publication;
use serde_json::Value;
use uuid::Uuid;

use super::{Batch, archived_themes, wish};
use crate::database::one_at_a_time;
use crate::import::content::{ALONG, ReviewedDraft};
use crate::import::drafts::{Draft, Organization};
use crate::import::mapping::EntityKind;
use crate::import::plan::Planned;
use crate::import::report::Outcome;
use crate::problem::{Problem, WriteError};
use crate::review::sourced::{Origin, Restated, create, merge};
use crate::review::{New, Reviewed, Statement, statement, store};
use crate::viewer::{Scope, Viewer};

/// Writes the planned entities of one kind.
///
/// # Errors
/// When the database refuses.
pub(super) async fn write<D: ReviewedDraft>(
    batch: &Batch<'_>,
    planned: &mut [Planned],
    kind: EntityKind,
    of: impl Fn(&Draft) -> Option<&D>,
) -> Result<(), WriteError> {
    let mut created = Vec::new();
    let mut restated = Vec::new();
    for (index, entity) in planned.iter_mut().enumerate() {
        if entity.kind != kind || !entity.is_written() {
            continue;
        }
        let Some(content) = of(&entity.draft).map(|draft| draft.content(entity)) else {
            continue;
        };
        let content = match content.checked() {
            Ok(content) => content,
            Err(WriteError::Problems(problems)) => {
                refuse(entity, problems);
                continue;
            }
            Err(error) => return Err(error),
        };
        let value = serde_json::to_value(&content)
            .map_err(|_| WriteError::Internal("a content that cannot be written as JSON"))?;
        if entity.outcome == Outcome::Created {
            created.push((index, content, value));
        } else {
            restated.push((index, value));
        }
    }
    if created.is_empty() && restated.is_empty() {
        return Ok(());
    }
    wait_for_numbers(batch, planned).await?;
    let origin = Origin {
        transaction: batch.transaction,
        clock: batch.clock,
        scope: Scope {
            viewer: Viewer::Registry,
            now: batch.now,
            today: batch.clock.today(),
        },
        source: batch.source(),
        import: batch.import,
        source_wins: batch.source_wins,
    };
    create_all(batch, origin, planned, created).await?;
    merge_all::<D::Content>(batch, origin, planned, restated).await
}

async fn create_all<C: Reviewed>(
    batch: &Batch<'_>,
    origin: Origin<'_>,
    planned: &mut [Planned],
    created: Vec<(usize, C, Value)>,
) -> Result<(), WriteError> {
    if created.is_empty() {
        return Ok(());
    }
    let mut wishes = Vec::with_capacity(created.len());
    for (index, content, _) in &created {
        let Some(entity) = planned.get(*index) else {
            continue;
        };
        let (name, distinction) = content.slug_parts();
        wishes.push(wish(batch, entity, name, distinction));
    }
    let mut slugs = C::slugs(batch.transaction, &wishes).await?;
    let mut items = Vec::with_capacity(created.len());
    for (index, content, value) in created {
        let Some(entity) = planned.get_mut(index) else {
            continue;
        };
        // All paths, stated or not: what is neutral now is known to be so.
        let paths = crate::import::content::all_paths(entity.kind, entity.id);
        entity.stated = Some(statement(&value, paths.iter().map(String::as_str)));
        entity.revision = Some(1);
        entity.is_public = true;
        items.push(New {
            id: entity.id,
            slug: slugs.remove(&entity.id).unwrap_or_default(),
            owner: None,
            publication: Publication::Published,
            content,
        });
    }
    create(origin, &items).await
}

async fn merge_all<C: Reviewed>(
    batch: &Batch<'_>,
    origin: Origin<'_>,
    planned: &mut [Planned],
    restated: Vec<(usize, Value)>,
) -> Result<(), WriteError> {
    let ids = restated.iter().filter_map(|(index, _)| planned.get(*index));
    let ids: Vec<Uuid> = ids.map(|entity| entity.id).collect();
    if ids.is_empty() {
        return Ok(());
    }
    let latest = store::all_latest(batch.transaction, C::SUBJECT, ids).await?;
    let mut latest: HashMap<Uuid, revision::Model> = latest
        .into_iter()
        .map(|revision| (revision.entity_id, revision))
        .collect();
    let staying = archived_themes(batch);
    for (index, value) in restated {
        let Some(entity) = planned.get_mut(index) else {
            continue;
        };
        let paths = batch.paths(entity);
        let now = statement(&value, paths.iter().map(String::as_str));
        let stated = Restated {
            id: entity.id,
            before: entity.stated.as_ref(),
            now: &now,
            along: ALONG,
            staying: &staying,
        };
        let known = latest.remove(&entity.id);
        match merge::<C>(origin, known, stated).await {
            Ok(None) => entity.outcome = Outcome::Skipped,
            Ok(Some(merged)) => {
                entity.kept = merged.kept;
                remember(entity, now);
                match merged.change {
                    Some(change) => {
                        entity.outcome = Outcome::Updated;
                        entity.revision = Some(change.revision);
                        entity.changed_fields = change.fields;
                        entity.is_public = change.is_public;
                    }
                    None => entity.outcome = Outcome::Unchanged,
                }
            }
            Err(WriteError::Problems(problems)) => refuse(entity, problems),
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// What the source does not state now, it still stated before.
fn remember(entity: &mut Planned, now: Statement) {
    entity.stated.get_or_insert_default().extend(now);
}

fn refuse(entity: &mut Planned, problems: Vec<Problem>) {
    entity.outcome = Outcome::Refused;
    entity.problems = problems;
}

/// A review that would make one of the numbers of these organizations public waits, and sees
/// it taken.
async fn wait_for_numbers(batch: &Batch<'_>, planned: &[Planned]) -> Result<(), WriteError> {
    let organizations = planned.iter().filter(|entity| entity.is_written());
    let organizations = organizations.filter_map(|entity| match &entity.draft {
        Draft::Organization(draft) => Some(draft),
        _ => None,
    });
    let numbers: BTreeSet<&str> = organizations.flat_map(numbers).collect();
    let numbers: Vec<&str> = numbers.into_iter().collect();
    Ok(one_at_a_time(batch.transaction, &numbers).await?)
}

fn numbers(draft: &Organization) -> impl Iterator<Item = &str> {
    [&draft.siren, &draft.siret, &draft.rna]
        .into_iter()
        .filter_map(Option::as_deref)
}
