//! What a batch wrote and what was there before may be one: reported, never merged.

use std::collections::{HashMap, HashSet};

use entity::{coworking_space, external_reference, initiative, organization, organization_site};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, JoinType, QueryFilter,
    QuerySelect, QueryTrait as _,
};
use uuid::Uuid;

use super::drafts::{Draft, Located};
use super::mapping::EntityKind;
use super::plan::Planned;
use super::report::Duplicate;
use crate::change::Subject;
use crate::clock::Clock;
use crate::duplicates::rules::{Pair, Spot, Traits, compare};
use crate::duplicates::{compared, remember};

/// Entities with which those of a batch are compared, at the most.
const MOST_AROUND: u64 = 5000;

/// An entity that a batch wrote, as it is compared.
struct Written {
    line: u64,
    id: Uuid,
    traits: Traits,
}

/// The entities that are compared with those of a batch.
type Others = HashMap<Uuid, Traits>;

/// Finds and remembers the probable duplicates of what a batch wrote, among all that does
/// not come from `source`.
pub async fn find(
    connection: &impl ConnectionTrait,
    clock: &Clock,
    source: &str,
    planned: &[Planned],
) -> Result<Vec<Duplicate>, DbErr> {
    let mut found = Vec::new();
    for (kind, subject) in [
        (EntityKind::Organization, Subject::Organization),
        (EntityKind::Space, Subject::CoworkingSpace),
        (EntityKind::Initiative, Subject::Initiative),
    ] {
        let written: Vec<Written> = planned
            .iter()
            .filter(|entity| entity.kind == kind && entity.is_written())
            .filter_map(written)
            .collect();
        if written.is_empty() {
            continue;
        }
        let others = others(connection, kind, source, &written).await?;
        let alike = pairs(&written, &others);
        let pairs: Vec<Pair> = alike.iter().map(|alike| alike.pair).collect();
        let fresh = remember(connection, clock, subject, &pairs).await?;
        found.extend(
            alike
                .into_iter()
                .filter(|alike| fresh.contains(&alike.pair.ids()))
                .map(|alike| Duplicate {
                    line: alike.one.line,
                    name: alike.one.traits.title.clone(),
                    other_name: alike.other.title.clone(),
                    reason: alike.pair.likeness().reason,
                    score: alike.pair.likeness().score,
                }),
        );
    }
    Ok(found)
}

/// What is compared of an entity. Its SIREN is not: registers tell of establishments, of
/// which one legal unit may have many.
fn written(entity: &Planned) -> Option<Written> {
    let (name, siret, rna, place) = match &entity.draft {
        Draft::Organization(draft) => (&draft.name, &draft.siret, &draft.rna, &draft.place),
        Draft::Space(draft) => (&draft.name, &None, &None, &draft.place),
        Draft::Initiative(draft) => (&draft.title, &None, &None, &draft.place),
        _ => return None,
    };
    let mut traits = Traits::named(name.clone());
    traits.sirets.extend(siret.clone());
    traits.rna.clone_from(rna);
    traits.spots.push(Spot::of(Located::to_place(place)));
    Some(Written {
        line: entity.line,
        id: entity.id,
        traits,
    })
}

/// The values of the entities of a batch, each once.
fn all<'a>(written: &'a [Written], of: impl Fn(&'a Traits) -> Vec<&'a String>) -> HashSet<&'a str> {
    let values = written.iter().flat_map(|one| of(&one.traits));
    values.map(String::as_str).collect()
}

/// What is compared of the entities of other sources that share a postal code or a number
/// with one of a batch.
async fn others(
    connection: &impl ConnectionTrait,
    kind: EntityKind,
    source: &str,
    written: &[Written],
) -> Result<Others, DbErr> {
    let of_source = external_reference::Entity::find()
        .select_only()
        .column(external_reference::Column::EntityId)
        .filter(external_reference::Column::Source.eq(source))
        .filter(external_reference::Column::EntityKind.eq(kind.as_str()))
        .into_query();
    let there = all(written, |traits| {
        let spots = traits.spots.iter();
        spots.filter_map(|spot| spot.postal_code.as_ref()).collect()
    });
    // What was written here is often known by its commune alone.
    let communes = all(written, |traits| {
        let spots = traits.spots.iter();
        spots.filter_map(|spot| spot.commune.as_ref()).collect()
    });
    macro_rules! around {
        ($table:ident, $subject:expr) => {{
            let place = Condition::any()
                .add($table::Column::PostalCode.is_in(there))
                .add($table::Column::CommuneInsee.is_in(communes));
            let ids: Vec<Uuid> = $table::Entity::find()
                .select_only()
                .column($table::Column::Id)
                .filter(place)
                .filter($table::Column::Id.not_in_subquery(of_source))
                .limit(MOST_AROUND)
                .into_tuple()
                .all(connection)
                .await?;
            return compared(connection, $subject, &ids).await;
        }};
    }
    match kind {
        EntityKind::Space => around!(coworking_space, Subject::CoworkingSpace),
        EntityKind::Initiative => around!(initiative, Subject::Initiative),
        _ => {}
    }
    let sirets = all(written, |traits| traits.sirets.iter().collect());
    let rnas = all(written, |traits| traits.rna.iter().collect());
    let ids: Vec<Uuid> = organization::Entity::find()
        .join(
            JoinType::LeftJoin,
            organization::Entity::belongs_to(organization_site::Entity)
                .from(organization::Column::Id)
                .to(organization_site::Column::OrganizationId)
                .into(),
        )
        .select_only()
        .column(organization::Column::Id)
        .distinct()
        .filter(
            Condition::any()
                .add(organization_site::Column::PostalCode.is_in(there))
                .add(organization_site::Column::CommuneInsee.is_in(communes))
                .add(organization_site::Column::Siret.is_in(sirets))
                .add(organization::Column::Rna.is_in(rnas)),
        )
        .filter(organization::Column::Id.not_in_subquery(of_source))
        .limit(MOST_AROUND)
        .into_tuple()
        .all(connection)
        .await?;
    compared(connection, Subject::Organization, &ids).await
}

/// An entity of a batch and another one that may be it.
struct Alike<'a> {
    one: &'a Written,
    other: &'a Traits,
    pair: Pair,
}

/// Each entity of a batch is compared only with those that share a value with it.
fn pairs<'a>(written: &'a [Written], others: &'a Others) -> Vec<Alike<'a>> {
    let mut sharing: HashMap<&str, Vec<Uuid>> = HashMap::new();
    for (id, other) in others {
        for value in values(other) {
            sharing.entry(value).or_default().push(*id);
        }
    }
    let mut seen = HashSet::new();
    let mut pairs = Vec::new();
    for one in written {
        let mut ids: Vec<Uuid> = values(&one.traits)
            .filter_map(|value| sharing.get(value))
            .flatten()
            .copied()
            .filter(|id| *id != one.id)
            .collect();
        ids.sort_unstable();
        ids.dedup();
        for id in ids {
            let Some(other) = others.get(&id) else {
                continue;
            };
            let pair = compare(&one.traits, other).map(|alike| Pair::new(one.id, id, alike));
            if let Some(pair) = pair.filter(|pair| seen.insert(pair.ids())) {
                pairs.push(Alike { one, other, pair });
            }
        }
    }
    pairs
}

/// The values by which entities are brought together. Postal codes and INSEE codes look
/// alike: an entity brought in by mistake is compared and found different.
fn values(traits: &Traits) -> impl Iterator<Item = &str> {
    let spots = traits.spots.iter();
    let codes = spots.flat_map(|spot| spot.postal_code.iter().chain(&spot.commune));
    let numbers = traits.sirets.iter().chain(&traits.rna);
    codes.chain(numbers).map(String::as_str)
}
