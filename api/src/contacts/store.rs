//! Reads contact points.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use entity::values::{ContactChannel, ContactVisibility, LawfulBasis, Role};
use entity::{contact_point, mandate};
use sea_orm::sea_query::{Expr, ExprTrait as _, Query, SimpleExpr};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait as _, QueryFilter,
    QueryOrder, QuerySelect as _, Select,
};
use uuid::Uuid;

use crate::viewer::{Scope, Viewer};
use crate::{initiatives, members, organizations, spaces};

/// Whom a contact point reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Owner {
    Member(Uuid),
    Organization(Uuid),
    Space(Uuid),
    Initiative(Uuid),
}

/// The contact points that `scope` may see: the only way to a contact point. Each has a
/// lawful basis that holds now, a mandate in force today if it goes with one, and an owner
/// that is itself visible.
pub fn visible(scope: Scope) -> Select<contact_point::Entity> {
    kept()
        .filter(contact_point::Column::Visibility.is_in(shown_to(scope.viewer).iter().copied()))
        .filter(contact_point::Column::ConsentWithdrawnAt.is_null())
        .filter(
            Condition::any()
                .add(read_in_public(scope))
                .add(consented(scope)),
        )
        .filter(
            contact_point::Column::MandateId
                .is_null()
                .or(goes_with_mandate_in_force(scope)),
        )
        .filter(owner_is_visible(scope))
}

/// All that is kept, shown or not: for who was asked what they may do with it.
fn kept() -> Select<contact_point::Entity> {
    contact_point::Entity::find()
}

/// The network is its members and the département's staff.
fn shown_to(viewer: Viewer) -> &'static [ContactVisibility] {
    let role = viewer.principal().map(|principal| principal.role);
    match role {
        Some(Role::Member | Role::Staff | Role::Admin) => ContactVisibility::ALL,
        Some(Role::ProjectHolder | Role::ApiClient) | None => &[ContactVisibility::Public],
    }
}

/// Read in a public source, which is no ground to publish how to reach staff.
fn read_in_public(scope: Scope) -> Condition {
    Condition::all()
        .add(contact_point::Column::Basis.eq(LawfulBasis::PublicSource))
        .add(contact_point::Column::SourceUrl.is_not_null())
        .add(contact_point::Column::SourceSeenOn.lte(scope.today))
        .add(
            contact_point::Column::MemberId
                .is_null()
                .or(members::is_elected(
                    scope,
                    column(contact_point::Column::MemberId),
                )),
        )
}

fn consented(scope: Scope) -> Condition {
    Condition::all()
        .add(contact_point::Column::Basis.eq(LawfulBasis::Consent))
        .add(contact_point::Column::ConsentWording.is_not_null())
        .add(contact_point::Column::ConsentGivenAt.lte(scope.now))
}

fn goes_with_mandate_in_force(scope: Scope) -> SimpleExpr {
    let of = |column| Expr::col((mandate::Entity, column));
    let in_force = Query::select()
        .column((mandate::Entity, mandate::Column::Id))
        .from(mandate::Entity)
        .and_where(of(mandate::Column::Id).eq(column(contact_point::Column::MandateId)))
        .and_where(of(mandate::Column::MemberId).eq(column(contact_point::Column::MemberId)))
        .cond_where(members::in_force(scope.today))
        .take();
    Expr::exists(in_force)
}

fn owner_is_visible(scope: Scope) -> Condition {
    Condition::any()
        .add(members::is_visible(
            scope,
            column(contact_point::Column::MemberId),
        ))
        .add(organizations::is_visible(
            scope,
            column(contact_point::Column::OrganizationId),
        ))
        .add(spaces::is_visible(
            scope,
            column(contact_point::Column::SpaceId),
        ))
        .add(initiatives::is_visible(
            scope,
            column(contact_point::Column::InitiativeId),
        ))
}

fn column(column: contact_point::Column) -> SimpleExpr {
    Expr::col((contact_point::Entity, column))
}

fn owner_column(owner: Owner) -> contact_point::Column {
    match owner {
        Owner::Member(_) => contact_point::Column::MemberId,
        Owner::Organization(_) => contact_point::Column::OrganizationId,
        Owner::Space(_) => contact_point::Column::SpaceId,
        Owner::Initiative(_) => contact_point::Column::InitiativeId,
    }
}

/// Whom a contact point reaches.
pub fn owner_of(row: &contact_point::Model) -> Option<Owner> {
    row.member_id
        .map(Owner::Member)
        .or(row.organization_id.map(Owner::Organization))
        .or(row.space_id.map(Owner::Space))
        .or(row.initiative_id.map(Owner::Initiative))
}

/// The visible contact points of these owners, in one statement.
///
/// # Errors
/// When the database cannot be read.
pub async fn of_owners(
    connection: &impl ConnectionTrait,
    scope: Scope,
    owners: &[Owner],
) -> Result<HashMap<Owner, Vec<contact_point::Model>>, DbErr> {
    let (mut members, mut organizations) = (Vec::new(), Vec::new());
    let (mut spaces, mut initiatives) = (Vec::new(), Vec::new());
    for owner in owners {
        match owner {
            Owner::Member(id) => members.push(*id),
            Owner::Organization(id) => organizations.push(*id),
            Owner::Space(id) => spaces.push(*id),
            Owner::Initiative(id) => initiatives.push(*id),
        }
    }
    let rows = visible(scope)
        .filter(
            Condition::any()
                .add(contact_point::Column::MemberId.is_in(members))
                .add(contact_point::Column::OrganizationId.is_in(organizations))
                .add(contact_point::Column::SpaceId.is_in(spaces))
                .add(contact_point::Column::InitiativeId.is_in(initiatives)),
        )
        .order_by_asc(contact_point::Column::Channel)
        .order_by_asc(contact_point::Column::Id)
        .all(connection)
        .await?;
    let mut points: HashMap<Owner, Vec<contact_point::Model>> = HashMap::new();
    for row in rows {
        if let Some(owner) = owner_of(&row) {
            points.entry(owner).or_default().push(row);
        }
    }
    Ok(points)
}

/// One contact point, shown or not, which nobody else changes until the end of
/// `transaction`.
///
/// # Errors
/// When the database cannot be read.
pub async fn locked(
    transaction: &impl ConnectionTrait,
    id: Uuid,
) -> Result<Option<contact_point::Model>, DbErr> {
    kept()
        .filter(contact_point::Column::Id.eq(id))
        .lock_exclusive()
        .one(transaction)
        .await
}

/// One contact point, shown or not.
///
/// # Errors
/// When the database cannot be read.
pub async fn by_id(
    connection: &impl ConnectionTrait,
    id: Uuid,
) -> Result<Option<contact_point::Model>, DbErr> {
    let one = kept().filter(contact_point::Column::Id.eq(id));
    one.one(connection).await
}

/// Whether `scope` may see this contact point.
///
/// # Errors
/// When the database cannot be read.
pub async fn is_shown(
    connection: &impl ConnectionTrait,
    scope: Scope,
    id: Uuid,
) -> Result<bool, DbErr> {
    let shown = visible(scope)
        .filter(contact_point::Column::Id.eq(id))
        .count(connection)
        .await?;
    Ok(shown > 0)
}

/// All contact points of one owner, shown or not.
///
/// # Errors
/// When the database cannot be read.
pub async fn all_of(
    connection: &impl ConnectionTrait,
    owner: Owner,
) -> Result<Vec<contact_point::Model>, DbErr> {
    kept()
        .filter(owner_column(owner).eq(owner.id()))
        .order_by_asc(contact_point::Column::Id)
        .all(connection)
        .await
}

/// Contact points, shown or not, that are about the person of an account: of their entry of
/// the directory, of the contents that they own, and those to which they consented. `most`
/// of them, and how many there are.
///
/// # Errors
/// When the database cannot be read.
pub async fn about(
    connection: &impl ConnectionTrait,
    account: Uuid,
    member: Option<Uuid>,
    most: u64,
) -> Result<(Vec<contact_point::Model>, u64), DbErr> {
    use contact_point::Column;
    let owned = |table: &'static str| {
        Query::select()
            .column("id")
            .from(table)
            .and_where(Expr::col("owner_account_id").eq(account))
            .take()
    };
    let theirs = Condition::any()
        .add(Column::ConsentAccountId.eq(account))
        .add(Column::OrganizationId.in_subquery(owned("organization")))
        .add(Column::SpaceId.in_subquery(owned("coworking_space")))
        .add(Column::InitiativeId.in_subquery(owned("initiative")))
        .add_option(member.map(|member| Column::MemberId.eq(member)));
    let select = kept().filter(theirs);
    let total = select.clone().count(connection).await?;
    let oldest = select.order_by_asc(Column::Id).limit(most);
    Ok((oldest.all(connection).await?, total))
}

/// The e-mail addresses of an owner that `scope` may see.
///
/// # Errors
/// When the database cannot be read.
pub async fn emails(
    connection: &impl ConnectionTrait,
    scope: Scope,
    owner: Owner,
) -> Result<Vec<String>, DbErr> {
    let found = of_owners(connection, scope, &[owner]).await?;
    Ok(found
        .into_values()
        .flatten()
        .filter(|row| row.channel == ContactChannel::Email)
        .map(|row| row.value)
        .collect())
}

/// Writes a new contact point.
///
/// # Errors
/// When the database refuses.
pub async fn insert(
    transaction: &impl ConnectionTrait,
    row: contact_point::ActiveModel,
) -> Result<(), DbErr> {
    contact_point::Entity::insert(row)
        .exec_without_returning(transaction)
        .await?;
    Ok(())
}

/// Writes the given columns of a contact point.
///
/// # Errors
/// When the database refuses.
pub async fn update(
    transaction: &impl ConnectionTrait,
    id: Uuid,
    columns: contact_point::ActiveModel,
) -> Result<(), DbErr> {
    contact_point::Entity::update_many()
        .set(columns)
        .filter(contact_point::Column::Id.eq(id))
        .exec(transaction)
        .await?;
    Ok(())
}

/// Removes a contact point.
///
/// # Errors
/// When the database refuses.
pub async fn delete(transaction: &impl ConnectionTrait, id: Uuid) -> Result<(), DbErr> {
    contact_point::Entity::delete_many()
        .filter(contact_point::Column::Id.eq(id))
        .exec(transaction)
        .await?;
    Ok(())
}

/// Removes all contact points of an owner.
///
/// # Errors
/// When the database refuses.
pub async fn erase(transaction: &impl ConnectionTrait, owner: Owner) -> Result<(), DbErr> {
    contact_point::Entity::delete_many()
        .filter(owner_column(owner).eq(owner.id()))
        .exec(transaction)
        .await?;
    Ok(())
}

/// Removes what an account consented to have shown.
///
/// # Errors
/// When the database refuses.
pub async fn erase_consented(
    transaction: &impl ConnectionTrait,
    account: Uuid,
) -> Result<(), DbErr> {
    contact_point::Entity::delete_many()
        .filter(contact_point::Column::ConsentAccountId.eq(account))
        .exec(transaction)
        .await?;
    Ok(())
}

/// Removes contact points that are shown no more: whose mandate ended before `ended_before`,
/// or of which consent was withdrawn before `withdrawn_before`.
///
/// # Errors
/// When the database refuses.
pub async fn purge(
    transaction: &impl ConnectionTrait,
    ended_before: NaiveDate,
    withdrawn_before: DateTime<Utc>,
) -> Result<u64, DbErr> {
    let ended = Query::select()
        .column(mandate::Column::Id)
        .from(mandate::Entity)
        .and_where(mandate::Column::EndsOn.lt(ended_before))
        .take();
    let purged = contact_point::Entity::delete_many()
        .filter(
            Condition::any()
                .add(contact_point::Column::MandateId.in_subquery(ended))
                .add(contact_point::Column::ConsentWithdrawnAt.lt(withdrawn_before)),
        )
        .exec(transaction)
        .await?;
    Ok(purged.rows_affected)
}
