//! Which entities of a batch are new, changed or unchanged.

use std::collections::HashMap;

use entity::external_reference;
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::drafts::Draft;
use super::mapping::EntityKind;
use super::report::Outcome;
use crate::clock::Clock;
use crate::id::{self, Kind};
use crate::problem::Problem;
use crate::review::{Kept, Statement};

/// One entity of a row, before the registry is asked about it.
#[derive(Debug)]
pub struct Drafted {
    /// The row's place in its batch.
    pub row: usize,
    pub line: u64,
    pub kind: EntityKind,
    pub external_id: String,
    /// Under which earlier releases remembered the row.
    pub former_id: String,
    pub draft: Draft,
}

/// One entity of a row, and what is to be done with it.
#[derive(Debug)]
pub struct Planned {
    pub row: usize,
    pub line: u64,
    pub kind: EntityKind,
    pub external_id: String,
    pub draft: Draft,
    pub fingerprint: String,
    known_fingerprint: Option<String>,
    known_id: Option<String>,
    pub id: Uuid,
    pub outcome: Outcome,
    /// The reference that remembers the entity, if there is one already.
    pub reference: Option<Uuid>,
    /// The organization of the same row.
    pub organization: Option<Uuid>,
    /// What the source said of the entity: when it was last read and, once it is written, now.
    pub stated: Option<Statement>,
    /// The revision that the import wrote, and the fields that it changed.
    pub revision: Option<i32>,
    pub changed_fields: Vec<String>,
    /// Whether the public sees the change.
    pub is_public: bool,
    /// What people changed and the import kept.
    pub kept: Vec<Kept>,
    /// Why the registry refuses the entity.
    pub problems: Vec<Problem>,
}

impl Planned {
    /// Whether the source says something else than when it was last read.
    pub fn is_read_anew(&self) -> bool {
        self.reference.is_some()
            && self.outcome != Outcome::Refused
            && (self.known_fingerprint.as_ref() != Some(&self.fingerprint)
                || self.known_id.as_ref() != Some(&self.external_id))
    }

    /// Whether the entity is to be written.
    pub fn is_written(&self) -> bool {
        matches!(self.outcome, Outcome::Created | Outcome::Updated)
    }
}

/// Decides what to do with each entity of a batch.
pub async fn plan(
    connection: &impl ConnectionTrait,
    clock: &Clock,
    source: &str,
    source_wins: bool,
    drafted: Vec<Drafted>,
) -> Result<Vec<Planned>, DbErr> {
    let mut known = references(connection, source, &drafted).await?;
    let mut organizations: HashMap<usize, Uuid> = HashMap::new();
    let mut planned: Vec<Planned> = drafted
        .into_iter()
        .map(|drafted| {
            let fingerprint = drafted.draft.fingerprint();
            let reference = known.take(&drafted, &fingerprint);
            let reference = reference.as_ref();
            let outcome = match reference {
                None => Outcome::Created,
                Some(reference) if reference.fingerprint == fingerprint && !source_wins => {
                    Outcome::Unchanged
                }
                Some(_) => Outcome::Updated,
            };
            let id = match (reference, &drafted.draft) {
                (Some(reference), _) => reference.entity_id,
                (None, Draft::Commune(commune)) => id::of_code(Kind::Commune, &commune.insee_code),
                (None, Draft::Intercommunality(body)) => {
                    id::of_code(Kind::Intercommunality, &body.siren)
                }
                (None, _) => clock.new_id(),
            };
            if drafted.kind == EntityKind::Organization {
                organizations.insert(drafted.row, id);
            }
            Planned {
                row: drafted.row,
                line: drafted.line,
                kind: drafted.kind,
                reference: reference.map(|reference| reference.id),
                known_fingerprint: reference.map(|reference| reference.fingerprint.clone()),
                stated: reference
                    .and_then(|reference| reference.stated.clone())
                    .and_then(|stated| serde_json::from_value(stated).ok()),
                revision: None,
                changed_fields: Vec::new(),
                is_public: true,
                kept: Vec::new(),
                problems: Vec::new(),
                external_id: match reference.map(|reference| &reference.external_id) {
                    // Rows of one key keep their numbers, whatever their order.
                    Some(known) if namesakes(&drafted.external_id).any(|name| name == *known) => {
                        known.clone()
                    }
                    _ => drafted.external_id,
                },
                known_id: reference.map(|reference| reference.external_id.clone()),
                draft: drafted.draft,
                fingerprint,
                id,
                outcome,
                organization: None,
            }
        })
        .collect();
    for entity in &mut planned {
        entity.organization = organizations.get(&entity.row).copied();
    }
    Ok(planned)
}

/// The references of rows, each of which is taken once.
struct References(HashMap<(&'static str, String), external_reference::Model>);

/// Values of one statement, below the limits of both databases.
const NAMES_OF_ONE_STATEMENT: usize = 5000;

/// Rows of one key that are told apart, at the most.
const NAMESAKES: u32 = 4;

impl References {
    /// The reference of an entity. Of several rows with one key, each is the one that says the
    /// same as when it was last read; their order is nothing that a source keeps.
    fn take(&mut self, drafted: &Drafted, fingerprint: &str) -> Option<external_reference::Model> {
        let kind = drafted.kind.as_str();
        let names = [&drafted.external_id, &drafted.former_id];
        let mut candidates = names.into_iter().flat_map(|name| namesakes(name));
        let same = candidates.find(|name| {
            let reference = self.0.get(&(kind, name.clone()));
            reference.is_some_and(|reference| reference.fingerprint == fingerprint)
        });
        let exact = || {
            names
                .into_iter()
                .find(|name| self.0.contains_key(&(kind, (*name).clone())))
        };
        let name = same.or_else(|| exact().cloned())?;
        self.0.remove(&(kind, name))
    }
}

/// The keys under which rows with the key of this one are remembered.
fn namesakes(key: &str) -> impl Iterator<Item = String> {
    let base = match key.rsplit_once('#') {
        Some((base, number)) if number.parse::<u32>().is_ok() => base,
        _ => key,
    };
    let numbered = (2..=NAMESAKES).map(move |number| format!("{base}#{number}"));
    std::iter::once(base.to_owned()).chain(numbered)
}

async fn references(
    connection: &impl ConnectionTrait,
    source: &str,
    drafted: &[Drafted],
) -> Result<References, DbErr> {
    let kinds: HashMap<&str, &'static str> = drafted
        .iter()
        .map(|drafted| (drafted.kind.as_str(), drafted.kind.as_str()))
        .collect();
    let mut names: Vec<String> = Vec::new();
    for drafted in drafted {
        names.extend(namesakes(&drafted.external_id));
        names.push(drafted.external_id.clone());
        if drafted.former_id != drafted.external_id {
            names.extend(namesakes(&drafted.former_id));
            names.push(drafted.former_id.clone());
        }
    }
    names.sort_unstable();
    names.dedup();
    let mut found = HashMap::new();
    for part in names.chunks(NAMES_OF_ONE_STATEMENT) {
        let rows = external_reference::Entity::find()
            .filter(external_reference::Column::Source.eq(source))
            .filter(external_reference::Column::EntityKind.is_in(kinds.keys().copied()))
            .filter(external_reference::Column::ExternalId.is_in(part))
            .all(connection)
            .await?;
        found.extend(rows.into_iter().filter_map(|row| {
            let kind = kinds.get(row.entity_kind.as_str())?;
            Some(((*kind, row.external_id.clone()), row))
        }));
    }
    Ok(References(found))
}
