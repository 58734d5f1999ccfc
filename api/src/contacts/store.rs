//! Reads contact points.

use std::collections::HashMap;

use entity::values::{ContactVisibility, LawfulBasis, Role};
use entity::{contact_point, mandate};
use sea_orm::sea_query::{Expr, ExprTrait as _, Query, SimpleExpr};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, Select,
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
    contact_point::Entity::find()
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
        let owner = row
            .member_id
            .map(Owner::Member)
            .or(row.organization_id.map(Owner::Organization))
            .or(row.space_id.map(Owner::Space))
            .or(row.initiative_id.map(Owner::Initiative));
        if let Some(owner) = owner {
            points.entry(owner).or_default().push(row);
        }
    }
    Ok(points)
}
