//! Reads themes and writes them. All of them are public.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use entity::{theme, theme_mapping};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait, QueryFilter as _, QueryOrder,
    QuerySelect, Set,
};
use uuid::Uuid;

use super::content::ThemeContent;
use super::taxonomy::{Mapping, Theme};
use crate::database::insert_all;
use crate::id::ThemeRef;
use crate::problem::Problems;
use crate::slugs::slug_of;
use crate::written::{set, unknown};

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
            position: row.position,
            revision: row.revision,
            is_archived: row.archived_at.is_some(),
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

/// Checks that there are themes of these slugs, each named at a field, and that those which
/// are archived are among `held`: what has them keeps them.
///
/// # Errors
/// When the database cannot be read.
pub async fn known(
    problems: &mut Problems,
    connection: &impl ConnectionTrait,
    named: &[(String, &str)],
    held: &[String],
) -> Result<(), DbErr> {
    if named.is_empty() {
        return Ok(());
    }
    let rows = theme::Entity::find()
        .filter(theme::Column::Slug.is_in(named.iter().map(|(_, slug)| *slug)))
        .all(connection)
        .await?;
    for (field, slug) in named {
        match rows.iter().find(|row| row.slug == *slug) {
            None => problems.add(unknown(field, "unknown-theme", slug)),
            Some(row) if row.archived_at.is_some() && !held.contains(&row.slug) => {
                problems.add(unknown(field, "theme-archived", slug));
            }
            Some(_) => {}
        }
    }
    Ok(())
}

/// All themes, locked until the end of the transaction where the database can.
///
/// # Errors
/// When the database cannot be read.
pub async fn locked(transaction: &impl ConnectionTrait) -> Result<Vec<theme::Model>, DbErr> {
    theme::Entity::find()
        .order_by_asc(theme::Column::Id)
        .lock_exclusive()
        .all(transaction)
        .await
}

/// What is written of a theme.
///
/// # Errors
/// When the database cannot be read.
pub async fn content(
    connection: &impl ConnectionTrait,
    row: &theme::Model,
) -> Result<ThemeContent, DbErr> {
    let mappings = theme_mapping::Entity::find()
        .filter(theme_mapping::Column::ThemeId.eq(row.id))
        .all(connection)
        .await?;
    let mappings = mappings.into_iter().map(|row| Mapping {
        scheme: row.scheme,
        code: row.code,
    });
    Ok(ThemeContent {
        name: row.name.clone(),
        description: row.description.clone(),
        parent: row.parent_id.map(ThemeRef),
        position: Some(row.position),
        mappings: set(mappings.collect()),
    })
}

/// Writes a new theme, with a slug of its own.
///
/// # Errors
/// When the database refuses.
pub async fn insert(
    transaction: &impl ConnectionTrait,
    id: Uuid,
    content: &ThemeContent,
    position: i32,
) -> Result<(), DbErr> {
    let wish = (id, content.name.as_str(), None);
    let column = theme::Column::Slug;
    let slug = slug_of::<theme::Entity>(transaction, column, "theme", wish).await?;
    let row = theme::ActiveModel {
        id: Set(id),
        slug: Set(slug),
        position: Set(position),
        ..columns(content)
    };
    insert_all(transaction, vec![row]).await?;
    insert_mappings(transaction, id, content).await
}

/// Writes what a theme has become.
///
/// # Errors
/// When the database refuses.
pub async fn update(
    transaction: &impl ConnectionTrait,
    row: &theme::Model,
    content: &ThemeContent,
    revision: i32,
) -> Result<(), DbErr> {
    let changed = theme::ActiveModel {
        position: Set(content.position.unwrap_or(row.position)),
        revision: Set(revision),
        ..columns(content)
    };
    set_columns(transaction, row.id, changed).await?;
    theme_mapping::Entity::delete_many()
        .filter(theme_mapping::Column::ThemeId.eq(row.id))
        .exec(transaction)
        .await?;
    insert_mappings(transaction, row.id, content).await
}

/// Notes since when a theme is no longer offered, or that it is again.
///
/// # Errors
/// When the database refuses.
pub async fn set_archived(
    transaction: &impl ConnectionTrait,
    id: Uuid,
    archived_at: Option<DateTime<Utc>>,
    revision: i32,
) -> Result<(), DbErr> {
    let changed = theme::ActiveModel {
        archived_at: Set(archived_at),
        revision: Set(revision),
        ..Default::default()
    };
    set_columns(transaction, id, changed).await
}

async fn set_columns(
    transaction: &impl ConnectionTrait,
    id: Uuid,
    changed: theme::ActiveModel,
) -> Result<(), DbErr> {
    theme::Entity::update_many()
        .set(changed)
        .filter(theme::Column::Id.eq(id))
        .exec(transaction)
        .await?;
    Ok(())
}

fn columns(content: &ThemeContent) -> theme::ActiveModel {
    theme::ActiveModel {
        name: Set(content.name.clone()),
        description: Set(content.description.clone()),
        parent_id: Set(content.parent.map(|parent| parent.0)),
        ..Default::default()
    }
}

async fn insert_mappings(
    transaction: &impl ConnectionTrait,
    id: Uuid,
    content: &ThemeContent,
) -> Result<(), DbErr> {
    let mappings = content.mappings.iter();
    let mappings = mappings.map(|mapping| theme_mapping::ActiveModel {
        theme_id: Set(id),
        scheme: Set(mapping.scheme.clone()),
        code: Set(mapping.code.clone()),
    });
    insert_all(transaction, mappings.collect()).await
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
