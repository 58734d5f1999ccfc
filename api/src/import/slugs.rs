//! Slugs that no other entity has, found with one look at the database per batch.

use std::collections::{HashMap, HashSet};

use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::mapping::EntityKind;
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

/// Slugs by identifier: the name alone, the name with its distinction, or the name with
/// a few characters drawn from its key, the first of them that is free.
pub async fn slugs(
    connection: &impl ConnectionTrait,
    kind: EntityKind,
    wishes: &[Wish],
) -> Result<HashMap<Uuid, String>, DbErr> {
    let candidates: Vec<(Uuid, [String; 3])> = wishes
        .iter()
        .map(|wish| (wish.id, candidates(kind, wish)))
        .collect();
    let mut taken = taken(
        connection,
        kind,
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

fn candidates(kind: EntityKind, wish: &Wish) -> [String; 3] {
    const NAMESPACE: Uuid = Uuid::from_u128(0x8b1e_43d7_0c92_5f16_a4e8_7d50_c3b9_61af);
    let name = match slug(&wish.name) {
        empty if empty.is_empty() => kind.as_str().to_owned(),
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

async fn taken(
    connection: &impl ConnectionTrait,
    kind: EntityKind,
    slugs: impl Iterator<Item = &String>,
) -> Result<HashSet<String>, DbErr> {
    let slugs: Vec<&str> = slugs.map(String::as_str).collect();
    macro_rules! of {
        ($table:ident) => {
            entity::$table::Entity::find()
                .select_only()
                .column(entity::$table::Column::Slug)
                .filter(entity::$table::Column::Slug.is_in(slugs))
                .into_tuple::<String>()
                .all(connection)
                .await?
        };
    }
    let taken = match kind {
        EntityKind::Organization => of!(organization),
        EntityKind::Space => of!(coworking_space),
        EntityKind::Initiative => of!(initiative),
        EntityKind::Funding => of!(funding_source),
        EntityKind::Commune => of!(commune),
        EntityKind::Intercommunality => of!(intercommunality),
    };
    Ok(taken.into_iter().collect())
}
