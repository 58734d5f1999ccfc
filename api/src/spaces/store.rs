//! Reads spaces and what belongs to them.

use std::collections::HashMap;

use entity::{
    coworking_space, coworking_space_amenity, coworking_space_kind, coworking_space_occupancy,
    coworking_space_period, coworking_space_tariff,
};
use sea_orm::sea_query::{Expr, ExprTrait as _, SimpleExpr};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait as _, Select,
};
use uuid::Uuid;

use crate::by_place;
use crate::database::{ByPlace as _, Whole as _};
use crate::listing::{grouped, ids_of};
use crate::review::Head;
use crate::viewer::{Principal, Scope};

by_place!(coworking_space {
    id = Id,
    slug = Slug,
    name = Name,
    description = Description,
    surface_m2 = SurfaceM2,
    desks = Desks,
    meeting_rooms = MeetingRooms,
    operator_id = OperatorId,
    owner_id = OwnerId,
    owner_kind = OwnerKind,
    wheelchair_access = WheelchairAccess,
    opening_hours = OpeningHours,
    website = Website,
    confirmed_at = ConfirmedAt,
    stale_since = StaleSince,
    street = Street,
    postal_code = PostalCode,
    commune_insee = CommuneInsee,
    latitude = Latitude,
    longitude = Longitude,
    location_precision = LocationPrecision,
    outside_territory = OutsideTerritory,
    geo_cell = GeoCell,
    geo_x = GeoX,
    geo_y = GeoY,
    geo_z = GeoZ,
    publication = Publication,
    revision = Revision,
    created_at = CreatedAt,
    updated_at = UpdatedAt,
    published_at = PublishedAt,
    owner_account_id = OwnerAccountId,
});

/// The spaces that `scope` may see: the only way to a space. No column
/// is selected yet.
pub fn visible(scope: Scope) -> Select<coworking_space::Entity> {
    coworking_space::Model::bare().filter(
        scope.visible(coworking_space::Column::Publication, |principal| {
            managed(scope, principal)
        }),
    )
}

/// Their own, and for a member those in their territory.
fn managed(scope: Scope, principal: Principal) -> SimpleExpr {
    let place = Expr::col((
        coworking_space::Entity,
        coworking_space::Column::CommuneInsee,
    ));
    coworking_space::Column::OwnerAccountId
        .eq(principal.account)
        .or(principal.keeps(place, scope.today))
}

/// What a review asks of a space.
pub fn head(row: &coworking_space::Model) -> Head {
    Head {
        id: row.id,
        publication: row.publication,
        revision: row.revision,
        owner: row.owner_account_id,
        communes: row.commune_insee.iter().cloned().collect(),
        title: row.name.clone(),
    }
}

/// Whether `id` is that of a space that `scope` may see.
pub fn is_visible(scope: Scope, id: impl Into<SimpleExpr>) -> SimpleExpr {
    let own = Expr::col((coworking_space::Entity, coworking_space::Column::Id));
    let found = visible(scope)
        .column(coworking_space::Column::Id)
        .filter(own.eq(id));
    Expr::exists(found.into_query())
}

/// The visible spaces of these identifiers.
///
/// # Errors
/// When the database cannot be read.
pub async fn by_ids(
    connection: &impl ConnectionTrait,
    scope: Scope,
    ids: &[Uuid],
) -> Result<Vec<coworking_space::Model>, DbErr> {
    visible(scope)
        .whole()
        .filter(coworking_space::Column::Id.is_in(ids.iter().copied()))
        .all(connection)
        .await
}

/// The visible spaces of these slugs.
///
/// # Errors
/// When the database cannot be read.
pub async fn by_slugs(
    connection: &impl ConnectionTrait,
    scope: Scope,
    slugs: &[String],
) -> Result<Vec<coworking_space::Model>, DbErr> {
    visible(scope)
        .whole()
        .filter(coworking_space::Column::Slug.is_in(slugs))
        .all(connection)
        .await
}

/// Kinds, by space.
///
/// # Errors
/// When the database cannot be read.
pub async fn kinds(
    connection: &impl ConnectionTrait,
    spaces: &[Uuid],
) -> Result<HashMap<Uuid, Vec<coworking_space_kind::Model>>, DbErr> {
    let rows = coworking_space_kind::Entity::find()
        .filter(coworking_space_kind::Column::SpaceId.is_in(spaces.iter().copied()))
        .order_by_asc(coworking_space_kind::Column::Kind)
        .all(connection)
        .await?;
    Ok(grouped(rows, |row| row.space_id))
}

/// Amenities, by space.
///
/// # Errors
/// When the database cannot be read.
pub async fn amenities(
    connection: &impl ConnectionTrait,
    spaces: &[Uuid],
) -> Result<HashMap<Uuid, Vec<coworking_space_amenity::Model>>, DbErr> {
    let rows = coworking_space_amenity::Entity::find()
        .filter(coworking_space_amenity::Column::SpaceId.is_in(spaces.iter().copied()))
        .order_by_asc(coworking_space_amenity::Column::Amenity)
        .all(connection)
        .await?;
    Ok(grouped(rows, |row| row.space_id))
}

/// Occupancies, the oldest first, by space.
///
/// # Errors
/// When the database cannot be read.
pub async fn occupancies(
    connection: &impl ConnectionTrait,
    spaces: &[Uuid],
) -> Result<HashMap<Uuid, Vec<coworking_space_occupancy::Model>>, DbErr> {
    let mut rows = coworking_space_occupancy::Entity::find()
        .filter(coworking_space_occupancy::Column::SpaceId.is_in(spaces.iter().copied()))
        .all(connection)
        .await?;
    // An occupancy without a beginning is the oldest, wherever a database puts nulls.
    rows.sort_by_key(|row| (row.starts_on, row.id));
    Ok(grouped(rows, |row| row.space_id))
}

/// Tariffs, by space.
///
/// # Errors
/// When the database cannot be read.
pub async fn tariffs(
    connection: &impl ConnectionTrait,
    spaces: &[Uuid],
) -> Result<HashMap<Uuid, Vec<coworking_space_tariff::Model>>, DbErr> {
    let rows = coworking_space_tariff::Entity::find()
        .filter(coworking_space_tariff::Column::SpaceId.is_in(spaces.iter().copied()))
        .order_by_asc(coworking_space_tariff::Column::AmountCents)
        .order_by_asc(coworking_space_tariff::Column::Id)
        .all(connection)
        .await?;
    Ok(grouped(rows, |row| row.space_id))
}

/// Periods of life, the oldest first, by space.
///
/// # Errors
/// When the database cannot be read.
pub async fn periods(
    connection: &impl ConnectionTrait,
    spaces: &[Uuid],
) -> Result<HashMap<Uuid, Vec<coworking_space_period::Model>>, DbErr> {
    let mut rows = coworking_space_period::Entity::find()
        .filter(coworking_space_period::Column::SpaceId.is_in(spaces.iter().copied()))
        .all(connection)
        .await?;
    // A period without a beginning is the oldest, wherever a database puts nulls.
    rows.sort_by_key(|row| (row.starts_on, row.id));
    Ok(grouped(rows, |row| row.space_id))
}

/// Identifiers of the visible spaces that one of these organizations runs.
///
/// # Errors
/// When the database cannot be read.
pub async fn run_by(
    connection: &impl ConnectionTrait,
    scope: Scope,
    organizations: &[Uuid],
) -> Result<Vec<Uuid>, DbErr> {
    let (id, of) = (
        coworking_space::Column::Id,
        coworking_space::Column::OperatorId,
    );
    ids_of(connection, visible(scope), id, of, organizations).await
}
