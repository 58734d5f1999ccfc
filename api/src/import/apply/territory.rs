//! Communes and intercommunalities, which have official codes for identifiers.

use std::collections::{BTreeMap, HashMap, HashSet};

use entity::values::IntercommunalityKind;
use entity::{commune, departement, intercommunality, intercommunality_membership};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, QuerySelect, Set};

use super::Batch;
use crate::database::insert_all;
use crate::import::drafts::{Commune, Draft, Intercommunality};
use crate::import::plan::Planned;
use crate::import::report::Outcome;
use crate::slugs::{Wish, slugs};
use crate::text::slug;

/// Looks whether what seems new is in the registry already, from another source.
pub(super) async fn settle(batch: &Batch<'_>, planned: &mut [Planned]) -> Result<(), DbErr> {
    let communes = existing_communes(batch, planned).await?;
    let bodies = existing_bodies(batch, planned).await?;
    for entity in planned {
        if entity.outcome != Outcome::Created {
            continue;
        }
        let unchanged = match &entity.draft {
            Draft::Commune(draft) => communes.get(&draft.insee_code).map(|row| {
                row.name == draft.name
                    && row.postal_codes == serde_json::json!(draft.postal_codes)
                    && (draft.population.is_none() || row.population == draft.population)
            }),
            // Its members are compared when they are written.
            Draft::Intercommunality(draft) => bodies.contains(&draft.siren).then_some(false),
            _ => None,
        };
        match unchanged {
            Some(true) => entity.outcome = Outcome::Unchanged,
            Some(false) => entity.outcome = Outcome::Updated,
            None => {}
        }
    }
    Ok(())
}

pub(super) async fn write(batch: &Batch<'_>, planned: &[Planned]) -> Result<(), DbErr> {
    let communes: Vec<(&Planned, &Commune)> = planned
        .iter()
        .filter(|entity| entity.is_written())
        .filter_map(|entity| match &entity.draft {
            Draft::Commune(draft) => Some((entity, draft)),
            _ => None,
        })
        .collect();
    write_communes(batch, &communes).await?;
    let bodies: Vec<(&Planned, &Intercommunality)> = planned
        .iter()
        .filter(|entity| entity.is_written())
        .filter_map(|entity| match &entity.draft {
            Draft::Intercommunality(draft) => Some((entity, draft)),
            _ => None,
        })
        .collect();
    write_bodies(batch, &bodies).await
}

async fn existing_communes(
    batch: &Batch<'_>,
    planned: &[Planned],
) -> Result<HashMap<String, commune::Model>, DbErr> {
    let codes: Vec<&str> = planned
        .iter()
        .filter_map(|entity| match &entity.draft {
            Draft::Commune(draft) => Some(draft.insee_code.as_str()),
            _ => None,
        })
        .collect();
    if codes.is_empty() {
        return Ok(HashMap::new());
    }
    Ok(commune::Entity::find()
        .filter(commune::Column::InseeCode.is_in(codes))
        .all(batch.transaction)
        .await?
        .into_iter()
        .map(|row| (row.insee_code.clone(), row))
        .collect())
}

async fn existing_bodies(batch: &Batch<'_>, planned: &[Planned]) -> Result<HashSet<String>, DbErr> {
    let sirens: Vec<&str> = planned
        .iter()
        .filter_map(|entity| match &entity.draft {
            Draft::Intercommunality(draft) => Some(draft.siren.as_str()),
            _ => None,
        })
        .collect();
    if sirens.is_empty() {
        return Ok(HashSet::new());
    }
    Ok(intercommunality::Entity::find()
        .select_only()
        .column(intercommunality::Column::Siren)
        .filter(intercommunality::Column::Siren.is_in(sirens))
        .into_tuple::<String>()
        .all(batch.transaction)
        .await?
        .into_iter()
        .collect())
}

async fn write_communes(batch: &Batch<'_>, communes: &[(&Planned, &Commune)]) -> Result<(), DbErr> {
    write_departements(batch, communes).await?;
    let wishes: Vec<Wish> = communes
        .iter()
        .filter(|(entity, _)| entity.outcome == Outcome::Created)
        .map(|(entity, draft)| Wish {
            id: entity.id,
            name: draft.name.clone(),
            distinction: Some(draft.departement.clone()),
            key: draft.insee_code.clone(),
        })
        .collect();
    let mut slugs = if wishes.is_empty() {
        HashMap::new()
    } else {
        slugs::<commune::Entity>(batch.transaction, commune::Column::Slug, "commune", &wishes)
            .await?
    };
    let mut created = Vec::new();
    for (entity, draft) in communes {
        let mut model = commune::ActiveModel {
            name: Set(draft.name.clone()),
            postal_codes: Set(serde_json::json!(draft.postal_codes)),
            ..Default::default()
        };
        if let Some(population) = draft.population {
            model.population = Set(Some(population));
        }
        if let Some(slug) = slugs.remove(&entity.id) {
            created.push(commune::ActiveModel {
                insee_code: Set(draft.insee_code.clone()),
                slug: Set(slug),
                departement_code: Set(draft.departement.clone()),
                population: Set(draft.population),
                ..model
            });
        } else {
            commune::Entity::update_many()
                .set(model)
                .filter(commune::Column::InseeCode.eq(&draft.insee_code))
                .exec(batch.transaction)
                .await?;
        }
    }
    insert_all(batch.transaction, created).await
}

async fn write_departements(
    batch: &Batch<'_>,
    communes: &[(&Planned, &Commune)],
) -> Result<(), DbErr> {
    let wanted: BTreeMap<&str, &Commune> = communes
        .iter()
        .map(|(_, draft)| (draft.departement.as_str(), *draft))
        .collect();
    if wanted.is_empty() {
        return Ok(());
    }
    let known: HashSet<String> = departement::Entity::find()
        .select_only()
        .column(departement::Column::Code)
        .into_tuple::<String>()
        .all(batch.transaction)
        .await?
        .into_iter()
        .collect();
    let created = wanted
        .into_iter()
        .filter(|(code, _)| !known.contains(*code))
        .map(|(code, draft)| departement::ActiveModel {
            code: Set(code.to_owned()),
            slug: Set(match slug(&draft.departement_name) {
                name if name.is_empty() => code.to_lowercase(),
                name => name,
            }),
            name: Set(draft.departement_name.clone()),
            region_code: Set(draft.region.clone()),
            region_name: Set(draft.region_name.clone()),
        })
        .collect();
    insert_all(batch.transaction, created).await
}

async fn write_bodies(
    batch: &Batch<'_>,
    bodies: &[(&Planned, &Intercommunality)],
) -> Result<(), DbErr> {
    if bodies.is_empty() {
        return Ok(());
    }
    let wishes: Vec<Wish> = bodies
        .iter()
        .filter(|(entity, _)| entity.outcome == Outcome::Created)
        .map(|(entity, draft)| Wish {
            id: entity.id,
            name: draft.name.clone(),
            distinction: Some(draft.siren.clone()),
            key: draft.siren.clone(),
        })
        .collect();
    let mut slugs = if wishes.is_empty() {
        HashMap::new()
    } else {
        slugs::<intercommunality::Entity>(
            batch.transaction,
            intercommunality::Column::Slug,
            "intercommunality",
            &wishes,
        )
        .await?
    };
    let mut created = Vec::new();
    for (entity, draft) in bodies {
        let model = intercommunality::ActiveModel {
            name: Set(draft.name.clone()),
            kind: Set(draft.kind),
            ..Default::default()
        };
        if let Some(slug) = slugs.remove(&entity.id) {
            created.push(intercommunality::ActiveModel {
                siren: Set(draft.siren.clone()),
                slug: Set(slug),
                ..model
            });
        } else {
            intercommunality::Entity::update_many()
                .set(model)
                .filter(intercommunality::Column::Siren.eq(&draft.siren))
                .exec(batch.transaction)
                .await?;
        }
    }
    insert_all(batch.transaction, created).await?;
    write_memberships(batch, bodies).await
}

/// Ends the memberships that the source no longer has on its day, and begins new ones.
/// A first membership has no known beginning.
async fn write_memberships(
    batch: &Batch<'_>,
    bodies: &[(&Planned, &Intercommunality)],
) -> Result<(), DbErr> {
    // A commune is a member of one body with its own taxes, and besides of an EPT.
    let rows: Vec<intercommunality_membership::Model> = intercommunality_membership::Entity::find()
        .filter(
            intercommunality_membership::Column::IntercommunalitySiren.in_subquery(
                sea_orm::QueryTrait::into_query(
                    intercommunality::Entity::find()
                        .select_only()
                        .column(intercommunality::Column::Siren)
                        .filter(intercommunality::Column::Kind.ne(IntercommunalityKind::Ept)),
                ),
            ),
        )
        .all(batch.transaction)
        .await?;
    let members: HashMap<&str, &str> = bodies
        .iter()
        .flat_map(|(_, draft)| {
            draft
                .members
                .iter()
                .map(|commune| (commune.as_str(), draft.siren.as_str()))
        })
        .collect();
    let sirens: HashSet<&str> = bodies
        .iter()
        .map(|(_, draft)| draft.siren.as_str())
        .collect();
    let mut settled: HashSet<&str> = HashSet::new();
    let mut moved: HashSet<&str> = HashSet::new();
    for row in &rows {
        let commune = row.commune_insee.as_str();
        if row.ends_on.is_some() {
            moved.insert(commune);
            continue;
        }
        if row.starts_on >= Some(batch.mapping.source.seen_on) {
            // The registry knows something later than the source.
            settled.insert(commune);
            continue;
        }
        match members.get(commune) {
            Some(siren) if *siren == row.intercommunality_siren => {
                settled.insert(commune);
                continue;
            }
            Some(_) => {}
            None if sirens.contains(row.intercommunality_siren.as_str()) => {}
            None => continue,
        }
        moved.insert(commune);
        intercommunality_membership::Entity::update_many()
            .set(intercommunality_membership::ActiveModel {
                ends_on: Set(Some(batch.mapping.source.seen_on)),
                ..Default::default()
            })
            .filter(intercommunality_membership::Column::Id.eq(row.id))
            .exec(batch.transaction)
            .await?;
    }
    let mut begun: Vec<(&str, &str)> = members
        .into_iter()
        .filter(|(commune, _)| !settled.contains(commune))
        .collect();
    begun.sort_unstable();
    let models = begun
        .into_iter()
        .map(
            |(commune, siren)| intercommunality_membership::ActiveModel {
                id: Set(batch.clock.new_id()),
                intercommunality_siren: Set(siren.to_owned()),
                commune_insee: Set(commune.to_owned()),
                starts_on: Set(moved
                    .contains(commune)
                    .then_some(batch.mapping.source.seen_on)),
                ends_on: Set(None),
            },
        )
        .collect();
    insert_all(batch.transaction, models).await
}
