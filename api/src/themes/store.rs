//! Reads the themes from the database. All of them are public.

use std::collections::HashMap;

use entity::{theme, theme_mapping};
use sea_orm::{ConnectionTrait, DbErr, EntityTrait, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::taxonomy::{Mapping, Theme};

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
