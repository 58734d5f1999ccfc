//! Slugs that no other entity has, found with one look at the database per batch.

use std::collections::{HashMap, HashSet};

use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use crate::text::slug;

/// What a slug is made of.
#[derive(Debug)]
pub struct Wish {
    pub id: Uuid,
    pub name: String,
    /// What tells it from others of its name: its commune, for instance.
    pub distinction: Option<String>,
    /// What no other of the kind has: the same in every registry.
    pub key: String,
}

impl Wish {
    /// The wish of something that has no key but its identifier.
    pub fn of(id: Uuid, name: &str, distinction: Option<&str>) -> Self {
        Self {
            id,
            name: name.to_owned(),
            distinction: distinction.map(str::to_owned),
            key: id.to_string(),
        }
    }
}

/// Slugs by identifier: the name alone, the name with its distinction, or the name with
/// a few characters drawn from its key, the first of them that is free.
///
/// `column` holds the slugs in use, and `unnamed` is the name of what has none.
///
/// # Errors
/// When the database cannot be read.
pub async fn slugs<E: EntityTrait>(
    connection: &impl ConnectionTrait,
    column: E::Column,
    unnamed: &str,
    wishes: &[Wish],
) -> Result<HashMap<Uuid, String>, DbErr> {
    let candidates: Vec<(Uuid, [String; 3])> = wishes
        .iter()
        .map(|wish| (wish.id, candidates(unnamed, wish)))
        .collect();
    let mut taken = taken::<E>(
        connection,
        column,
        candidates.iter().flat_map(|(_, slugs)| slugs.iter()),
    )
    .await?;
    let mut chosen = HashMap::new();
    for (id, [name, distinct, unique]) in candidates {
        let slug = [name, distinct]
            .into_iter()
            .find(|slug| !taken.contains(slug))
            .unwrap_or(unique);
        taken.insert(slug.clone());
        chosen.insert(id, slug);
    }
    Ok(chosen)
}

/// The slug of one new entity: see [`slugs`].
///
/// # Errors
/// When the database cannot be read.
pub async fn slug_of<E: EntityTrait>(
    connection: &impl ConnectionTrait,
    column: E::Column,
    unnamed: &str,
    (id, name, distinction): (Uuid, &str, Option<&String>),
) -> Result<String, DbErr> {
    let wish = Wish::of(id, name, distinction.map(String::as_str));
    let mut found = slugs::<E>(connection, column, unnamed, &[wish]).await?;
    Ok(found.remove(&id).unwrap_or_else(|| id.to_string()))
}

fn candidates(unnamed: &str, wish: &Wish) -> [String; 3] {
    const NAMESPACE: Uuid = Uuid::from_u128(0x8b1e_43d7_0c92_5f16_a4e8_7d50_c3b9_61af);
    let name = match slug(&wish.name) {
        empty if empty.is_empty() => unnamed.to_owned(),
        name => name,
    };
    let distinct = match wish.distinction.as_deref().map(slug) {
        Some(distinction) if !distinction.is_empty() => format!("{name}-{distinction}"),
        _ => name.clone(),
    };
    let key = Uuid::new_v5(&NAMESPACE, wish.key.as_bytes())
        .simple()
        .to_string();
    let unique = format!("{name}-{}", key.get(..12).unwrap_or(&key));
    [name, distinct, unique]
}

async fn taken<E: EntityTrait>(
    connection: &impl ConnectionTrait,
    column: E::Column,
    slugs: impl Iterator<Item = &String>,
) -> Result<HashSet<String>, DbErr> {
    let slugs: Vec<&str> = slugs.map(String::as_str).collect();
    let taken: Vec<String> = E::find()
        .select_only()
        .column(column)
        .filter(column.is_in(slugs))
        .into_tuple()
        .all(connection)
        .await?;
    Ok(taken.into_iter().collect())
}
