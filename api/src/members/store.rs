//! Reads members, their mandates and delegations.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use entity::values::MemberKind;
use entity::{mandate, mandate_delegation, member};
use sea_orm::sea_query::{Expr, ExprTrait as _, SimpleExpr};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait as _, QueryFilter,
    QueryOrder, QuerySelect, QueryTrait as _, Select,
};
use uuid::Uuid;

use super::model::mandate_on;
use crate::by_place;
use crate::database::{ByPlace as _, Whole as _};
use crate::listing::{grouped, ids_of};
use crate::review::Head;
use crate::viewer::{Principal, Scope};

by_place!(member {
    id = Id,
    slug = Slug,
    kind = Kind,
    display_name = DisplayName,
    commune_insee = CommuneInsee,
    organization_id = OrganizationId,
    publication = Publication,
    revision = Revision,
    created_at = CreatedAt,
    updated_at = UpdatedAt,
    published_at = PublishedAt,
    owner_account_id = OwnerAccountId,
});

/// The members that `scope` may see: the only way to a member. No column
/// is selected yet.
pub fn visible(scope: Scope) -> Select<member::Entity> {
    all().filter(scope.visible(member::Column::Publication, |principal| {
        managed(scope, principal)
    }))
}

/// All there are: for the person whom one is about, and their erasure.
fn all() -> Select<member::Entity> {
    member::Model::bare()
}

/// One member, visible or not.
///
/// # Errors
/// When the database cannot be read.
pub async fn kept(
    connection: &impl ConnectionTrait,
    id: Uuid,
) -> Result<Option<member::Model>, DbErr> {
    all()
        .whole()
        .filter(member::Column::Id.eq(id))
        .one(connection)
        .await
}

/// One member, visible or not, whom nobody else changes until the end of `transaction`.
///
/// # Errors
/// When the database cannot be read.
pub async fn locked(
    transaction: &impl ConnectionTrait,
    id: Uuid,
) -> Result<Option<member::Model>, DbErr> {
    let one = all().whole().filter(member::Column::Id.eq(id));
    one.lock_exclusive().one(transaction).await
}

/// What is about themselves, and for a member the directory of their territory.
fn managed(scope: Scope, principal: Principal) -> SimpleExpr {
    let commune = Expr::col((member::Entity, member::Column::CommuneInsee));
    let own = member::Column::OwnerAccountId
        .eq(principal.account)
        .or(principal.keeps(commune, scope.today));
    match principal.member {
        Some(member) => own.or(member::Column::Id.eq(member)),
        None => own,
    }
}

/// What a review asks of a member.
pub fn head(row: &member::Model) -> Head {
    Head {
        id: row.id,
        publication: row.publication,
        revision: row.revision,
        owner: row.owner_account_id,
        communes: row.commune_insee.iter().cloned().collect(),
        title: row.display_name.as_ref().unwrap_or(&row.slug).clone(),
    }
}

/// Whether `id` is that of a member that `scope` may see.
pub fn is_visible(scope: Scope, id: impl Into<SimpleExpr>) -> SimpleExpr {
    exists(visible(scope), id)
}

/// Whether `id` is that of a member that `scope` may see, and who is elected.
pub fn is_elected(scope: Scope, id: impl Into<SimpleExpr>) -> SimpleExpr {
    let elected = member::Column::Kind.eq(MemberKind::Elected);
    exists(visible(scope).filter(elected), id)
}

fn exists(members: Select<member::Entity>, id: impl Into<SimpleExpr>) -> SimpleExpr {
    let own = Expr::col((member::Entity, member::Column::Id));
    let found = members.column(member::Column::Id).filter(own.eq(id));
    Expr::exists(found.into_query())
}

/// The mandates in force on `date`, as a condition on their table.
pub fn in_force(date: NaiveDate) -> Condition {
    Condition::all()
        .add(
            Condition::any()
                .add(mandate::Column::StartsOn.is_null())
                .add(mandate::Column::StartsOn.lte(date)),
        )
        .add(
            Condition::any()
                .add(mandate::Column::EndsOn.is_null())
                .add(mandate::Column::EndsOn.gt(date)),
        )
}

/// The visible members of these identifiers.
///
/// # Errors
/// When the database cannot be read.
pub async fn by_ids(
    connection: &impl ConnectionTrait,
    scope: Scope,
    ids: &[Uuid],
) -> Result<Vec<member::Model>, DbErr> {
    visible(scope)
        .whole()
        .filter(member::Column::Id.is_in(ids.iter().copied()))
        .all(connection)
        .await
}

/// The visible members of these slugs.
///
/// # Errors
/// When the database cannot be read.
pub async fn by_slugs(
    connection: &impl ConnectionTrait,
    scope: Scope,
    slugs: &[String],
) -> Result<Vec<member::Model>, DbErr> {
    visible(scope)
        .whole()
        .filter(member::Column::Slug.is_in(slugs))
        .all(connection)
        .await
}

/// Mandates, the oldest first, by member.
///
/// # Errors
/// When the database cannot be read.
pub async fn mandates(
    connection: &impl ConnectionTrait,
    members: &[Uuid],
) -> Result<HashMap<Uuid, Vec<mandate::Model>>, DbErr> {
    let mut rows = mandate::Entity::find()
        .filter(mandate::Column::MemberId.is_in(members.iter().copied()))
        .all(connection)
        .await?;
    // A mandate without a beginning is the oldest, wherever a database puts nulls.
    rows.sort_by_key(|row| (row.starts_on, row.id));
    Ok(grouped(rows, |row| row.member_id))
}

/// Identifiers of the visible members who belong to one of these organizations.
///
/// # Errors
/// When the database cannot be read.
pub async fn belonging_to(
    connection: &impl ConnectionTrait,
    scope: Scope,
    organizations: &[Uuid],
) -> Result<Vec<Uuid>, DbErr> {
    let (id, of) = (member::Column::Id, member::Column::OrganizationId);
    ids_of(connection, visible(scope), id, of, organizations).await
}

/// Delegations, by mandate.
///
/// # Errors
/// When the database cannot be read.
pub async fn delegations(
    connection: &impl ConnectionTrait,
    mandates: &[Uuid],
) -> Result<HashMap<Uuid, Vec<mandate_delegation::Model>>, DbErr> {
    let rows = mandate_delegation::Entity::find()
        .filter(mandate_delegation::Column::MandateId.is_in(mandates.iter().copied()))
        .order_by_asc(mandate_delegation::Column::Id)
        .all(connection)
        .await?;
    Ok(grouped(rows, |row| row.mandate_id))
}

/// An entry of the directory, as its person is told of it.
#[derive(Clone, Debug)]
pub struct Told {
    pub id: Uuid,
    pub title: String,
}

/// Public entries that are in the directory since before `before`, by their identifiers from
/// `after` on.
///
/// # Errors
/// When the database cannot be read.
pub async fn published_before(
    connection: &impl ConnectionTrait,
    scope: Scope,
    before: DateTime<Utc>,
    after: Option<Uuid>,
    most: u64,
) -> Result<Vec<Told>, DbErr> {
    let mut select = visible(scope.public())
        .whole()
        .filter(member::Column::CreatedAt.lte(before))
        .order_by_asc(member::Column::Id)
        .limit(most);
    if let Some(after) = after {
        select = select.filter(member::Column::Id.gt(after));
    }
    let rows = select.all(connection).await?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let mandates = mandates(connection, &ids).await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let of_member = mandates.get(&row.id).map_or(&[][..], Vec::as_slice);
            let office = mandate_on(of_member, scope.today).map(|mandate| mandate.office.clone());
            Told {
                id: row.id,
                title: row.display_name.or(office).unwrap_or(row.slug),
            }
        })
        .collect())
}

/// Whether a mandate is one of this member.
///
/// # Errors
/// When the database cannot be read.
pub async fn holds(
    connection: &impl ConnectionTrait,
    member: Uuid,
    mandate: Uuid,
) -> Result<bool, DbErr> {
    let found = mandate::Entity::find_by_id(mandate)
        .filter(mandate::Column::MemberId.eq(member))
        .count(connection)
        .await?;
    Ok(found > 0)
}

/// Whether a visible member is elected or staff.
///
/// # Errors
/// When the database cannot be read.
pub async fn kind(
    connection: &impl ConnectionTrait,
    scope: Scope,
    member: Uuid,
) -> Result<Option<MemberKind>, DbErr> {
    let found = by_ids(connection, scope, &[member]).await?;
    Ok(found.into_iter().next().map(|row| row.kind))
}
