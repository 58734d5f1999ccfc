//! Reads the themes from the database. All of them are public.

use std::collections::HashMap;

use entity::{theme, theme_mapping};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait, QueryFilter as _, QueryOrder,
    QuerySelect,
};
use uuid::Uuid;

use super::taxonomy::{Mapping, Theme};
use crate::problem::Problems;
use crate::written::unknown;

/// Reads all themes, in their order.
///
/// # Errors
/// When the database cannot be read.
pub async fn load(connection: &impl ConnectionTrait) -> Result<Vec<Theme>, DbErr> {
    let mut mappings: HashMap<Uuid, Vec<Mapping>> = HashMap::new();
    for row in theme_mapping::Entity::find()
        .order_by_asc(theme_mapping::Column::Scheme)
        .order_by_asc(theme_mapping::Column::Code)
        .all(connection)
        .await?
    {
        mappings.entry(row.theme_id).or_default().push(Mapping {
            scheme: row.scheme,
            code: row.code,
        });
    }
    Ok(theme::Entity::find()
        .order_by_asc(theme::Column::Position)
        .order_by_asc(theme::Column::Slug)
        .all(connection)
        .await?
        .into_iter()
        .map(|row| Theme {
            mappings: mappings.remove(&row.id).unwrap_or_default(),
            id: row.id,
            slug: row.slug,
            name: row.name,
            description: row.description,
            parent_id: row.parent_id,
        })
        .collect())
}

/// The identifiers of the themes of these slugs, those that there are.
///
/// # Errors
/// When the database cannot be read.
pub async fn ids(
    connection: &impl ConnectionTrait,
    slugs: impl IntoIterator<Item = &str>,
) -> Result<HashMap<String, Uuid>, DbErr> {
    let rows: Vec<(String, Uuid)> = theme::Entity::find()
        .select_only()
        .columns([theme::Column::Slug, theme::Column::Id])
        .filter(theme::Column::Slug.is_in(slugs))
        .into_tuple()
        .all(connection)
        .await?;
    Ok(rows.into_iter().collect())
}

/// The slugs of the themes of these identifiers.
///
/// # Errors
/// When the database cannot be read.
pub async fn slugs(
    connection: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = Uuid>,
) -> Result<HashMap<Uuid, String>, DbErr> {
    let rows: Vec<(Uuid, String)> = theme::Entity::find()
        .select_only()
        .columns([theme::Column::Id, theme::Column::Slug])
        .filter(theme::Column::Id.is_in(ids))
        .into_tuple()
        .all(connection)
        .await?;
    Ok(rows.into_iter().collect())
}

/// Checks that there are themes of these slugs, each named at a field.
///
/// # Errors
/// When the database cannot be read.
pub async fn known(
    problems: &mut Problems,
    connection: &impl ConnectionTrait,
    named: &[(String, &str)],
) -> Result<(), DbErr> {
    if named.is_empty() {
        return Ok(());
    }
    let known = ids(connection, named.iter().map(|(_, slug)| *slug)).await?;
    for (field, slug) in named {
        problems.require(known.contains_key(*slug), || {
            unknown(field, "unknown-theme", slug)
        });
    }
    Ok(())
}

/// Names of all themes.
///
/// # Errors
/// When the database cannot be read.
pub async fn names(connection: &impl ConnectionTrait) -> Result<HashMap<Uuid, String>, DbErr> {
    let rows: Vec<(Uuid, String)> = theme::Entity::find()
        .select_only()
        .columns([theme::Column::Id, theme::Column::Name])
        .into_tuple()
        .all(connection)
        .await?;
    Ok(rows.into_iter().collect())
}
