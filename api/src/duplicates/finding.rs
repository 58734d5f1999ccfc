//! Finds contents that may be one with another, and remembers them.

use std::collections::{HashMap, HashSet};

use entity::values::DuplicateReason;
use sea_orm::{ConnectionTrait, DbErr};
use serde_json::json;
use uuid::Uuid;

use super::contents;
use super::rules::{Likeness, Pair, SIMILAR_NAME, Traits, compare};
use super::store::{self, Decided};
use crate::change::{Action, Change, Subject};
use crate::clock::Clock;
use crate::id::{GlobalId, Kind};
use crate::permission::Permit;
use crate::problem::{Problems, WriteError};
use crate::review::Table;
use crate::viewer::Scope;
use crate::written::unknown;

/// Pairs of one content that are remembered as it is written, at the most.
const MOST_REMEMBERED: usize = 20;

/// Contents that one may be said not to be as it is created, at the most.
pub const MOST_DIFFERENT: usize = 10;

/// A content that may be the one that is compared.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Found {
    pub id: Uuid,
    pub likeness: Likeness,
}

/// The contents that may be what `traits` tells of, the surest first: those that `scope` may
/// see, or all of them; `but` are left out.
///
/// # Errors
/// When the database cannot be read.
pub async fn find(
    connection: &impl ConnectionTrait,
    table: Table,
    scope: Option<Scope>,
    traits: &Traits,
    but: &HashSet<Uuid>,
) -> Result<Vec<Found>, DbErr> {
    let mut ids = contents::of_its_numbers(connection, table, scope, traits).await?;
    let around = contents::around(connection, table, scope, traits).await?;
    ids.extend(
        around
            .into_iter()
            .filter(|(_, name)| traits.name.likeness(name) >= SIMILAR_NAME)
            .map(|(id, _)| id),
    );
    ids.retain(|id| !but.contains(id));
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let others = contents::traits(connection, table, &ids).await?;
    let mut found: Vec<Found> = others
        .into_iter()
        .filter_map(|(id, other)| {
            let likeness = compare(traits, &other)?;
            Some(Found { id, likeness })
        })
        .collect();
    found.sort_by(|one, other| {
        let surest = one.likeness.surest_first(&other.likeness);
        surest.then(one.id.cmp(&other.id))
    });
    Ok(found)
}

/// What is compared of contents of one kind, by their identifiers.
///
/// # Errors
/// When the database cannot be read.
pub async fn compared(
    connection: &impl ConnectionTrait,
    subject: Subject,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, Traits>, DbErr> {
    match contents::table_of(subject) {
        Some(table) => contents::traits(connection, table, ids).await,
        None => Ok(HashMap::new()),
    }
}

/// Remembers what may be the content `id`, as its columns stand now. Whoever writes it is told
/// no more than they may see, by who shows them.
///
/// # Errors
/// When the database refuses.
pub async fn note(
    transaction: &impl ConnectionTrait,
    clock: &Clock,
    subject: Subject,
    id: Uuid,
) -> Result<(), DbErr> {
    let Some(table) = contents::table_of(subject) else {
        return Ok(());
    };
    let Some(traits) = contents::traits(transaction, table, &[id])
        .await?
        .remove(&id)
    else {
        return Ok(());
    };
    let found = find(transaction, table, None, &traits, &HashSet::from([id])).await?;
    let pairs = found.iter().take(MOST_REMEMBERED);
    let pairs: Vec<Pair> = pairs
        .map(|found| Pair::new(id, found.id, found.likeness))
        .collect();
    store::remember(transaction, clock, subject, &pairs).await?;
    Ok(())
}

/// Remembers that the content `id`, which is created, is none of `others`, which are stated
/// in the field `notDuplicateOf`.
///
/// # Errors
/// When one of them is none that who asks may see.
pub async fn declare_different(
    transaction: &impl ConnectionTrait,
    clock: &Clock,
    permit: &Permit,
    scope: Scope,
    (subject, id): (Subject, Uuid),
    others: &[Uuid],
) -> Result<Vec<Change>, WriteError> {
    let Some(table) = contents::table_of(subject).filter(|_| !others.is_empty()) else {
        return Ok(Vec::new());
    };
    let visible = contents::visible_of(transaction, table, scope, others).await?;
    let mut problems = Problems::default();
    for (number, other) in others.iter().enumerate() {
        problems.require(visible.contains(other), || {
            let field = format!("notDuplicateOf.{number}");
            unknown(&field, "no-such-content", &global(subject, *other))
        });
    }
    problems.none()?;
    let mut changes = Vec::new();
    for other in others {
        let pair = (id, *other);
        changes.extend(set_different(transaction, clock, permit, table, pair).await?);
    }
    Ok(changes)
}

fn global(subject: Subject, uuid: Uuid) -> String {
    let kind = Kind::of_prefix(subject.as_str());
    kind.map_or_else(String::new, |kind| GlobalId { kind, uuid }.to_string())
}

/// Says of two contents that they are two, whether or not they were found to be alike; no
/// change if that was said before.
///
/// # Errors
/// When the database refuses.
pub async fn set_different(
    transaction: &impl ConnectionTrait,
    clock: &Clock,
    permit: &Permit,
    table: Table,
    (one, other): (Uuid, Uuid),
) -> Result<Option<Change>, DbErr> {
    let traits = contents::traits(transaction, table, &[one, other]).await?;
    let likeness = traits.get(&one).zip(traits.get(&other));
    let likeness = likeness.and_then(|(one, other)| compare(one, other));
    let pair = Pair::new(one, other, likeness.unwrap_or(COMPARED_BY_SOMEBODY));
    store::remember(transaction, clock, table.subject, &[pair]).await?;
    let decided = Decided {
        by: permit.principal().account,
        at: clock.now(),
    };
    let decided = store::decide(transaction, table.subject, pair.ids(), Some(decided)).await?;
    if !decided {
        return Ok(None);
    }
    let id = store::id_of(transaction, table.subject, pair.ids()).await?;
    Ok(id.map(|id| change(id, Action::Dismissed)))
}

/// What nobody but a person found.
const COMPARED_BY_SOMEBODY: Likeness = Likeness {
    reason: DuplicateReason::Compared,
    score: 0.0,
    metres: None,
};

/// The change of a pair of which something was decided.
pub fn change(id: Uuid, action: Action) -> Change {
    Change {
        subject: Subject::ProbableDuplicate,
        id,
        action,
        revision: None,
        is_public: false,
        details: json!({ "fields": ["verdict"] }),
    }
}
