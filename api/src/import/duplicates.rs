//! Entities of different sources that may be one: reported, never merged.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use entity::values::{DuplicateReason, DuplicateVerdict};
use entity::{
    coworking_space, external_reference, organization, organization_site, probable_duplicate,
};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, JoinType, QueryFilter,
    QuerySelect, QueryTrait as _, Set,
};
use uuid::Uuid;

use super::codes::key;
use super::drafts::{Draft, Located};
use super::mapping::EntityKind;
use super::plan::Planned;
use super::report::Duplicate;
use crate::clock::Clock;
use crate::geo::Point;

/// Names as alike as this, under one postal code, are suspicious.
const SAME_NAME: f64 = 0.94;

/// Names as alike as this are suspicious at one address.
const SIMILAR_NAME: f64 = 0.8;

/// Streets as alike as this are one address.
const SAME_STREET: f64 = 0.9;

/// Points so near to each other are one address.
const SAME_PLACE_METRES: f64 = 150.0;

/// Words that say nothing of who bears a name.
const EMPTY_WORDS: [&str; 16] = [
    "association",
    "asso",
    "de",
    "du",
    "des",
    "d",
    "la",
    "le",
    "les",
    "l",
    "et",
    "a",
    "au",
    "aux",
    "en",
    "sarl",
];

/// What is compared of an entity.
struct Subject {
    id: Uuid,
    name: String,
    words: Vec<String>,
    siret: Option<String>,
    rna: Option<String>,
    postal_code: Option<String>,
    street: Option<String>,
    point: Option<Point>,
}

type Row = (
    Uuid,
    String,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<f64>,
    Option<f64>,
);

/// Finds and remembers the probable duplicates of what a batch wrote, among entities
/// that do not come from `source`.
pub async fn find(
    connection: &impl ConnectionTrait,
    clock: &Clock,
    source: &str,
    planned: &[Planned],
) -> Result<Vec<Duplicate>, DbErr> {
    let now = clock.now();
    let mut found = Vec::new();
    for kind in [EntityKind::Organization, EntityKind::Space] {
        let subjects: Vec<(u64, Subject)> = planned
            .iter()
            .filter(|entity| entity.kind == kind && entity.is_written())
            .filter_map(|entity| Some((entity.line, subject_of(entity)?)))
            .collect();
        if subjects.is_empty() {
            continue;
        }
        let others = candidates(connection, kind, source, &subjects).await?;
        let pairs = pairs(&subjects, &others);
        let fresh = remember(connection, clock, now, kind, &pairs).await?;
        found.extend(
            pairs
                .into_iter()
                .filter(|pair| fresh.contains(&ordered(pair.one.id, pair.other.id)))
                .map(|pair| Duplicate {
                    line: pair.line,
                    name: pair.one.name.clone(),
                    other_name: pair.other.name.clone(),
                    reason: pair.reason,
                    score: pair.score,
                }),
        );
    }
    Ok(found)
}

fn subject_of(entity: &Planned) -> Option<Subject> {
    let (name, siret, rna, place) = match &entity.draft {
        Draft::Organization(draft) => (&draft.name, &draft.siret, &draft.rna, &draft.place),
        Draft::Space(draft) => (&draft.name, &None, &None, &draft.place),
        _ => return None,
    };
    let Located {
        street,
        postal_code,
        point,
        ..
    } = place;
    Some(Subject {
        id: entity.id,
        words: words(name),
        name: name.clone(),
        siret: siret.clone(),
        rna: rna.clone(),
        postal_code: postal_code.clone(),
        street: street.clone(),
        point: point.and_then(|(latitude, longitude, _)| Point::new(latitude, longitude)),
    })
}

async fn candidates(
    connection: &impl ConnectionTrait,
    kind: EntityKind,
    source: &str,
    subjects: &[(u64, Subject)],
) -> Result<Vec<Subject>, DbErr> {
    fn all(subjects: &[(u64, Subject)], of: fn(&Subject) -> Option<&String>) -> HashSet<&str> {
        subjects
            .iter()
            .filter_map(|(_, subject)| of(subject))
            .map(String::as_str)
            .collect()
    }
    let postal_codes = all(subjects, |subject| subject.postal_code.as_ref());
    let of_source = external_reference::Entity::find()
        .select_only()
        .column(external_reference::Column::EntityId)
        .filter(external_reference::Column::Source.eq(source))
        .filter(external_reference::Column::EntityKind.eq(kind.as_str()))
        .into_query();
    let rows: Vec<Row> = if kind == EntityKind::Organization {
        let sirets = all(subjects, |subject| subject.siret.as_ref());
        let rnas = all(subjects, |subject| subject.rna.as_ref());
        organization::Entity::find()
            .join(
                JoinType::LeftJoin,
                organization::Entity::belongs_to(organization_site::Entity)
                    .from(organization::Column::Id)
                    .to(organization_site::Column::OrganizationId)
                    .into(),
            )
            .select_only()
            .columns([organization::Column::Id, organization::Column::Name])
            .column(organization_site::Column::Siret)
            .column(organization::Column::Rna)
            .columns([
                organization_site::Column::PostalCode,
                organization_site::Column::Street,
            ])
            .columns([
                organization_site::Column::Latitude,
                organization_site::Column::Longitude,
            ])
            .filter(
                Condition::any()
                    .add(organization_site::Column::PostalCode.is_in(postal_codes))
                    .add(organization_site::Column::Siret.is_in(sirets))
                    .add(organization::Column::Rna.is_in(rnas)),
            )
            .filter(organization::Column::Id.not_in_subquery(of_source))
            .into_tuple()
            .all(connection)
            .await?
    } else {
        type SpaceRow = (
            Uuid,
            String,
            Option<String>,
            Option<String>,
            Option<f64>,
            Option<f64>,
        );
        let rows: Vec<SpaceRow> = coworking_space::Entity::find()
            .select_only()
            .columns([
                coworking_space::Column::Id,
                coworking_space::Column::Name,
                coworking_space::Column::PostalCode,
                coworking_space::Column::Street,
                coworking_space::Column::Latitude,
                coworking_space::Column::Longitude,
            ])
            .filter(coworking_space::Column::PostalCode.is_in(postal_codes))
            .filter(coworking_space::Column::Id.not_in_subquery(of_source))
            .into_tuple()
            .all(connection)
            .await?;
        rows.into_iter()
            .map(|(id, name, postal_code, street, latitude, longitude)| {
                (
                    id,
                    name,
                    None,
                    None,
                    postal_code,
                    street,
                    latitude,
                    longitude,
                )
            })
            .collect()
    };
    Ok(rows.into_iter().map(subject_of_row).collect())
}

fn subject_of_row(row: Row) -> Subject {
    let (id, name, siret, rna, postal_code, street, latitude, longitude) = row;
    Subject {
        id,
        words: words(&name),
        name,
        siret,
        rna,
        postal_code,
        street,
        point: latitude
            .zip(longitude)
            .and_then(|(latitude, longitude)| Point::new(latitude, longitude)),
    }
}

/// Two subjects that may be one.
struct Pair<'a> {
    line: u64,
    one: &'a Subject,
    other: &'a Subject,
    reason: DuplicateReason,
    score: f64,
}

fn pairs<'a>(subjects: &'a [(u64, Subject)], others: &'a [Subject]) -> Vec<Pair<'a>> {
    fn by(others: &[Subject], of: fn(&Subject) -> Option<&String>) -> HashMap<&str, Vec<&Subject>> {
        let mut grouped: HashMap<&str, Vec<&Subject>> = HashMap::new();
        for other in others {
            if let Some(value) = of(other) {
                grouped.entry(value).or_default().push(other);
            }
        }
        grouped
    }
    let siret = by(others, |subject| subject.siret.as_ref());
    let rna = by(others, |subject| subject.rna.as_ref());
    let postal_code = by(others, |subject| subject.postal_code.as_ref());
    let mut seen = HashSet::new();
    let mut pairs = Vec::new();
    for (line, one) in subjects {
        let same = |index: &HashMap<&str, Vec<&'a Subject>>, value: &Option<String>| {
            value
                .as_deref()
                .and_then(|value| index.get(value).cloned())
                .unwrap_or_default()
        };
        let certain = same(&siret, &one.siret)
            .into_iter()
            .map(|other| (other, DuplicateReason::SameSiret, 1.0))
            .chain(
                same(&rna, &one.rna)
                    .into_iter()
                    .map(|other| (other, DuplicateReason::SameRna, 1.0)),
            );
        let similar = same(&postal_code, &one.postal_code)
            .into_iter()
            .filter_map(|other| {
                Some((
                    other,
                    DuplicateReason::SimilarNameAndPlace,
                    likeness(one, other)?,
                ))
            });
        for (other, reason, score) in certain.chain(similar) {
            if one.id != other.id && seen.insert(ordered(one.id, other.id)) {
                pairs.push(Pair {
                    line: *line,
                    one,
                    other,
                    reason,
                    score,
                });
            }
        }
    }
    pairs
}

/// How alike two names under one postal code are, if it is suspicious.
fn likeness(one: &Subject, other: &Subject) -> Option<f64> {
    let score = if one.words.is_empty() || other.words.is_empty() {
        0.0
    } else {
        strsim::jaro_winkler(&one.words.join(" "), &other.words.join(" "))
    };
    let near = one
        .point
        .zip(other.point)
        .is_some_and(|(a, b)| a.distance_metres(b) <= SAME_PLACE_METRES);
    let same_street = one
        .street
        .as_deref()
        .zip(other.street.as_deref())
        .is_some_and(|(a, b)| strsim::jaro_winkler(&key(a), &key(b)) >= SAME_STREET);
    let enough = if near || same_street {
        SIMILAR_NAME
    } else {
        SAME_NAME
    };
    (score >= enough).then_some(score)
}

/// The words of a name that tell who bears it, in an order of their own.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = key(name)
        .split(|character: char| !character.is_alphanumeric())
        .filter(|word| !word.is_empty() && !EMPTY_WORDS.contains(word))
        .map(str::to_owned)
        .collect();
    words.sort();
    words
}

fn ordered(one: Uuid, other: Uuid) -> (Uuid, Uuid) {
    (one.min(other), one.max(other))
}

/// Writes pairs that are not known yet, and answers them.
async fn remember(
    connection: &impl ConnectionTrait,
    clock: &Clock,
    now: DateTime<Utc>,
    kind: EntityKind,
    pairs: &[Pair<'_>],
) -> Result<HashSet<(Uuid, Uuid)>, DbErr> {
    if pairs.is_empty() {
        return Ok(HashSet::new());
    }
    let known: HashSet<(Uuid, Uuid)> = probable_duplicate::Entity::find()
        .select_only()
        .columns([
            probable_duplicate::Column::LeftId,
            probable_duplicate::Column::RightId,
        ])
        .filter(probable_duplicate::Column::EntityKind.eq(kind.as_str()))
        .filter(
            probable_duplicate::Column::LeftId.is_in(
                pairs
                    .iter()
                    .map(|pair| ordered(pair.one.id, pair.other.id).0),
            ),
        )
        .into_tuple::<(Uuid, Uuid)>()
        .all(connection)
        .await?
        .into_iter()
        .collect();
    let fresh: Vec<&Pair<'_>> = pairs
        .iter()
        .filter(|pair| !known.contains(&ordered(pair.one.id, pair.other.id)))
        .collect();
    for batch in fresh.chunks(super::BATCH) {
        let models = batch.iter().map(|pair| {
            let (left, right) = ordered(pair.one.id, pair.other.id);
            probable_duplicate::ActiveModel {
                id: Set(clock.new_id()),
                entity_kind: Set(kind.as_str().to_owned()),
                left_id: Set(left),
                right_id: Set(right),
                reason: Set(pair.reason),
                score: Set(pair.score),
                verdict: Set(DuplicateVerdict::Open),
                found_at: Set(now),
            }
        });
        probable_duplicate::Entity::insert_many(models)
            .on_conflict(
                OnConflict::columns([
                    probable_duplicate::Column::EntityKind,
                    probable_duplicate::Column::LeftId,
                    probable_duplicate::Column::RightId,
                ])
                .do_nothing()
                .to_owned(),
            )
            .exec_without_returning(connection)
            .await?;
    }
    Ok(fresh
        .iter()
        .map(|pair| ordered(pair.one.id, pair.other.id))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subject(name: &str, street: &str) -> Subject {
        Subject {
            id: Uuid::nil(),
            name: name.to_owned(),
            words: words(name),
            siret: None,
            rna: None,
            postal_code: Some("92220".to_owned()),
            street: Some(street.to_owned()),
            point: None,
        }
    }

    #[test]
    fn one_name_in_two_spellings_is_suspicious_and_two_names_are_not() {
        let one = subject("TOUS AU WEB", "6 CHEMIN LATERAL");
        let same = subject("Association Tous au Web", "6 chemin Latéral");
        let other = subject("Médiathèque", "6 chemin Latéral");
        assert!(likeness(&one, &same).is_some());
        assert!(likeness(&one, &other).is_none());
        let elsewhere = subject("Tous au Web", "1 place de la Mairie");
        assert!(likeness(&one, &elsewhere).is_some());
    }
}
