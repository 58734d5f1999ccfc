//! Reads initiatives and what belongs to them.

use std::collections::HashMap;

use entity::{
    initiative, initiative_commune, initiative_document, initiative_lesson, initiative_need,
    initiative_partner, initiative_theme,
};
use sea_orm::sea_query::{Expr, ExprTrait as _, SimpleExpr};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, Iterable as _, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait as _, Select,
};
use uuid::Uuid;

use crate::listing::{grouped, no_text};
use crate::viewer::Scope;

/// The initiatives that `scope` may see: the only way to an initiative.
///
/// Two columns come empty: the description, which is large and has a look-up of its own
/// ([`descriptions`]), and the reason of a rejection, which is for its owner.
pub fn visible(scope: Scope) -> Select<initiative::Entity> {
    let columns = initiative::Column::iter().filter(|column| {
        !matches!(
            column,
            initiative::Column::Description | initiative::Column::RejectionReason
        )
    });
    initiative::Entity::find()
        .select_only()
        .columns(columns)
        .expr_as(no_text(), "description")
        .expr_as(no_text(), "rejection_reason")
        .filter(scope.visible(initiative::Column::Publication))
}

/// Whether `id` is that of an initiative that `scope` may see.
pub fn is_visible(scope: Scope, id: impl Into<SimpleExpr>) -> SimpleExpr {
    let own = Expr::col((initiative::Entity, initiative::Column::Id));
    let found = visible(scope)
        .select_only()
        .column(initiative::Column::Id)
        .filter(own.eq(id));
    Expr::exists(found.into_query())
}

/// The visible initiatives of these identifiers.
///
/// # Errors
/// When the database cannot be read.
pub async fn by_ids(
    connection: &impl ConnectionTrait,
    scope: Scope,
    ids: &[Uuid],
) -> Result<Vec<initiative::Model>, DbErr> {
    visible(scope)
        .filter(initiative::Column::Id.is_in(ids.iter().copied()))
        .all(connection)
        .await
}

/// The visible initiatives of these slugs.
///
/// # Errors
/// When the database cannot be read.
pub async fn by_slugs(
    connection: &impl ConnectionTrait,
    scope: Scope,
    slugs: &[String],
) -> Result<Vec<initiative::Model>, DbErr> {
    visible(scope)
        .filter(initiative::Column::Slug.is_in(slugs))
        .all(connection)
        .await
}

/// The descriptions, in Markdown, of visible initiatives that have one.
///
/// # Errors
/// When the database cannot be read.
pub async fn descriptions(
    connection: &impl ConnectionTrait,
    scope: Scope,
    ids: &[Uuid],
) -> Result<Vec<(Uuid, String)>, DbErr> {
    visible(scope)
        .select_only()
        .column(initiative::Column::Id)
        .column(initiative::Column::Description)
        .filter(initiative::Column::Id.is_in(ids.iter().copied()))
        .filter(initiative::Column::Description.is_not_null())
        .into_tuple()
        .all(connection)
        .await
}

/// Identifiers of themes, by initiative.
///
/// # Errors
/// When the database cannot be read.
pub async fn themes(
    connection: &impl ConnectionTrait,
    initiatives: &[Uuid],
) -> Result<HashMap<Uuid, Vec<initiative_theme::Model>>, DbErr> {
    let rows = initiative_theme::Entity::find()
        .filter(initiative_theme::Column::InitiativeId.is_in(initiatives.iter().copied()))
        .all(connection)
        .await?;
    Ok(grouped(rows, |row| row.initiative_id))
}

/// INSEE codes of the communes concerned, by initiative.
///
/// # Errors
/// When the database cannot be read.
pub async fn communes(
    connection: &impl ConnectionTrait,
    initiatives: &[Uuid],
) -> Result<HashMap<Uuid, Vec<initiative_commune::Model>>, DbErr> {
    let rows = initiative_commune::Entity::find()
        .filter(initiative_commune::Column::InitiativeId.is_in(initiatives.iter().copied()))
        .order_by_asc(initiative_commune::Column::CommuneInsee)
        .all(connection)
        .await?;
    Ok(grouped(rows, |row| row.initiative_id))
}

/// Needs, by initiative.
///
/// # Errors
/// When the database cannot be read.
pub async fn needs(
    connection: &impl ConnectionTrait,
    initiatives: &[Uuid],
) -> Result<HashMap<Uuid, Vec<initiative_need::Model>>, DbErr> {
    let rows = initiative_need::Entity::find()
        .filter(initiative_need::Column::InitiativeId.is_in(initiatives.iter().copied()))
        .order_by_asc(initiative_need::Column::Need)
        .all(connection)
        .await?;
    Ok(grouped(rows, |row| row.initiative_id))
}

/// Partners and what they do, by initiative.
///
/// # Errors
/// When the database cannot be read.
pub async fn partners(
    connection: &impl ConnectionTrait,
    initiatives: &[Uuid],
) -> Result<HashMap<Uuid, Vec<initiative_partner::Model>>, DbErr> {
    let rows = initiative_partner::Entity::find()
        .filter(initiative_partner::Column::InitiativeId.is_in(initiatives.iter().copied()))
        .order_by_asc(initiative_partner::Column::Role)
        .order_by_asc(initiative_partner::Column::OrganizationId)
        .all(connection)
        .await?;
    Ok(grouped(rows, |row| row.initiative_id))
}

/// Lessons in their order, by initiative.
///
/// # Errors
/// When the database cannot be read.
pub async fn lessons(
    connection: &impl ConnectionTrait,
    initiatives: &[Uuid],
) -> Result<HashMap<Uuid, Vec<initiative_lesson::Model>>, DbErr> {
    let rows = initiative_lesson::Entity::find()
        .filter(initiative_lesson::Column::InitiativeId.is_in(initiatives.iter().copied()))
        .order_by_asc(initiative_lesson::Column::Position)
        .order_by_asc(initiative_lesson::Column::Id)
        .all(connection)
        .await?;
    Ok(grouped(rows, |row| row.initiative_id))
}

/// Links to documents in their order, by initiative.
///
/// # Errors
/// When the database cannot be read.
pub async fn documents(
    connection: &impl ConnectionTrait,
    initiatives: &[Uuid],
) -> Result<HashMap<Uuid, Vec<initiative_document::Model>>, DbErr> {
    let rows = initiative_document::Entity::find()
        .filter(initiative_document::Column::InitiativeId.is_in(initiatives.iter().copied()))
        .order_by_asc(initiative_document::Column::Position)
        .order_by_asc(initiative_document::Column::Id)
        .all(connection)
        .await?;
    Ok(grouped(rows, |row| row.initiative_id))
}

/// Identifiers of the visible initiatives that one of these organizations leads.
///
/// # Errors
/// When the database cannot be read.
pub async fn led_by(
    connection: &impl ConnectionTrait,
    scope: Scope,
    organizations: &[Uuid],
) -> Result<Vec<Uuid>, DbErr> {
    visible(scope)
        .select_only()
        .column(initiative::Column::Id)
        .filter(initiative::Column::LeadOrganizationId.is_in(organizations.iter().copied()))
        .into_tuple()
        .all(connection)
        .await
}
