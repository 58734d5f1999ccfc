//! Reads organizations and their sites.

use std::collections::{HashMap, HashSet};

use entity::{organization, organization_site};
use sea_orm::sea_query::{Expr, ExprTrait as _, SimpleExpr};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, Iden, JoinType, QueryFilter, QueryOrder,
    QueryResult, QuerySelect, QueryTrait, Select,
};
use uuid::Uuid;

use super::identifiers::{Rna, Siren, Siret};
use super::listing::OrganizationRow;
use super::parts::{COMMUNE, columns};
use super::site::{SiteListing, SiteOrder};
use crate::by_place;
use crate::database::{ByPlace as _, Whole as _};
use crate::id::OrganizationRef;
use crate::listing::{Asked, grouped, pages};
use crate::parts::Parts;
use crate::problem::Problems;
use crate::review::Head;
use crate::viewer::{Principal, Scope};
use crate::written::unknown;

by_place!(organization {
    id = Id,
    slug = Slug,
    name = Name,
    acronym = Acronym,
    legal_form = LegalForm,
    siae_kind = SiaeKind,
    structure_kind = StructureKind,
    esus_starts_on = EsusStartsOn,
    esus_ends_on = EsusEndsOn,
    siren = Siren,
    rna = Rna,
    competes_on_market = CompetesOnMarket,
    description = Description,
    website = Website,
    founded_on = FoundedOn,
    confirmed_at = ConfirmedAt,
    stale_since = StaleSince,
    publication = Publication,
    revision = Revision,
    created_at = CreatedAt,
    updated_at = UpdatedAt,
    published_at = PublishedAt,
    owner_account_id = OwnerAccountId,
});

/// The organizations that `scope` may see: the only way to an organization. No column
/// is selected yet.
pub fn visible(scope: Scope) -> Select<organization::Entity> {
    organization::Model::bare().filter(
        scope.visible(organization::Column::Publication, |principal| {
            managed(scope, principal)
        }),
    )
}

/// Their own, and for a member those with a site in their territory.
fn managed(scope: Scope, principal: Principal) -> SimpleExpr {
    let site = |column| Expr::col((organization_site::Entity, column));
    let of_site = organization_site::Entity::find()
        .select_only()
        .column(organization_site::Column::OrganizationId)
        .filter(principal.keeps(site(organization_site::Column::CommuneInsee), scope.today));
    organization::Column::OwnerAccountId
        .eq(principal.account)
        .or(organization::Column::Id.in_subquery(of_site.into_query()))
}

/// What a review asks of an organization with sites in these communes.
pub fn head(row: &organization::Model, communes: Vec<String>) -> Head {
    Head {
        id: row.id,
        publication: row.publication,
        revision: row.revision,
        owner: row.owner_account_id,
        communes,
        title: row.name.clone(),
    }
}

/// Whether `id` is that of an organization that `scope` may see.
pub fn is_visible(scope: Scope, id: impl Into<SimpleExpr>) -> SimpleExpr {
    let own = Expr::col((organization::Entity, organization::Column::Id));
    let found = visible(scope)
        .column(organization::Column::Id)
        .filter(own.eq(id));
    Expr::exists(found.into_query())
}

/// The sites of an organization that `scope` may see: the only way to a site.
pub fn visible_sites(scope: Scope, organization: Uuid) -> Select<organization_site::Entity> {
    organization_site::Entity::find()
        .filter(organization_site::Column::OrganizationId.eq(organization))
        .filter(is_visible(scope, Expr::value(organization)))
}

/// The visible organizations, with these parts.
fn with_parts(scope: Scope, parts: Parts) -> Select<organization::Entity> {
    let select = visible(scope).columns(columns(parts));
    if parts.have(COMMUNE) {
        select.expr_as(principal_commune(), PRINCIPAL_COMMUNE)
    } else {
        select
    }
}

/// Reads what [`with_parts`] selects, from the place `first` of a row on.
fn at(row: &QueryResult, first: usize, parts: Parts) -> Result<OrganizationRow, DbErr> {
    let columns = columns(parts);
    let organization = organization::Model::at(row, first, &columns)?;
    let commune_insee = if parts.have(COMMUNE) {
        Some(row.try_get_by_index(first + columns.len())?)
    } else {
        None
    };
    Ok(OrganizationRow {
        commune_insee,
        ..organization.into()
    })
}

/// The commune of the site by which the organization at hand is known.
fn principal_commune() -> SimpleExpr {
    let commune = organization_site::Entity::find()
        .select_only()
        .column(organization_site::Column::CommuneInsee)
        .filter(
            Expr::col((
                organization_site::Entity,
                organization_site::Column::OrganizationId,
            ))
            .eq(Expr::col((organization::Entity, organization::Column::Id))),
        )
        .order_by_desc(organization_site::Column::IsHeadOffice)
        .order_by_asc(organization_site::Column::Id)
        .limit(1)
        .into_query();
    SimpleExpr::SubQuery(None, Box::new(commune.into()))
}

/// Name of the column that holds [`principal_commune`].
const PRINCIPAL_COMMUNE: &str = "principal_commune";

/// The visible organizations of these identifiers.
///
/// # Errors
/// When the database cannot be read.
pub async fn by_ids(
    connection: &impl ConnectionTrait,
    scope: Scope,
    ids: &[Uuid],
    parts: Parts,
) -> Result<Vec<OrganizationRow>, DbErr> {
    let select =
        with_parts(scope, parts).filter(organization::Column::Id.is_in(ids.iter().copied()));
    connection
        .query_all(&select.into_query())
        .await?
        .iter()
        .map(|row| at(row, 0, parts))
        .collect()
}

/// Has `select` read, behind its other columns, the organization of the identifier `id`, if
/// `scope` may see it.
pub fn join<E: EntityTrait>(
    mut select: Select<E>,
    scope: Scope,
    id: SimpleExpr,
    parts: Parts,
) -> Select<E> {
    const JOINED: &str = "joined_organization";
    let own = Expr::col((JOINED, organization::Column::Id));
    QueryTrait::query(&mut select).join_subquery(
        JoinType::LeftJoin,
        with_parts(scope, parts).into_query(),
        JOINED,
        own.eq(id),
    );
    let commune = parts.have(COMMUNE).then_some(PRINCIPAL_COMMUNE);
    let columns = columns(parts);
    let names = columns.iter().map(Iden::unquoted).chain(commune);
    names.fold(select, |select, name| {
        let alias = format!("{JOINED}_{name}");
        select.expr_as(Expr::col((JOINED, name.to_owned())), alias)
    })
}

/// How many columns [`join`] has read.
pub fn joined_columns(parts: Parts) -> usize {
    columns(parts).len() + usize::from(parts.have(COMMUNE))
}

/// The organization that [`join`] has had read, from the place `first` of a row on.
///
/// # Errors
/// When it is not there.
pub fn joined(
    row: &QueryResult,
    first: usize,
    parts: Parts,
) -> Result<Option<OrganizationRow>, DbErr> {
    let id: Option<Uuid> = row.try_get_by_index(first)?;
    id.map(|_| at(row, first, parts)).transpose()
}

/// The visible organizations of these slugs.
///
/// # Errors
/// When the database cannot be read.
pub async fn by_slugs(
    connection: &impl ConnectionTrait,
    scope: Scope,
    slugs: &[String],
) -> Result<Vec<organization::Model>, DbErr> {
    visible(scope)
        .whole()
        .filter(organization::Column::Slug.is_in(slugs))
        .all(connection)
        .await
}

/// The number by which an official register knows an organization.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum OfficialNumber {
    Siren(Siren),
    Siret(Siret),
    Rna(Rna),
}

/// The visible organization of an official number: of several, the first that came into
/// the registry.
///
/// # Errors
/// When the database cannot be read.
pub async fn by_number(
    connection: &impl ConnectionTrait,
    scope: Scope,
    number: &OfficialNumber,
) -> Result<Option<organization::Model>, DbErr> {
    let condition = match number {
        OfficialNumber::Siren(siren) => organization::Column::Siren.eq(siren.as_str()),
        OfficialNumber::Rna(rna) => organization::Column::Rna.eq(rna.as_str()),
        OfficialNumber::Siret(siret) => organization::Column::Id.in_subquery(
            organization_site::Entity::find()
                .select_only()
                .column(organization_site::Column::OrganizationId)
                .filter(organization_site::Column::Siret.eq(siret.as_str()))
                .into_query(),
        ),
    };
    visible(scope)
        .whole()
        .filter(condition)
        .order_by_asc(organization::Column::Id)
        .one(connection)
        .await
}

/// The site by which each organization is known: its head office, or else its first.
///
/// # Errors
/// When the database cannot be read.
pub async fn principal_sites(
    connection: &impl ConnectionTrait,
    scope: Scope,
    organizations: &[Uuid],
) -> Result<HashMap<Uuid, organization_site::Model>, DbErr> {
    let asked: Vec<_> = organizations
        .iter()
        .map(|organization| {
            let listing = SiteListing {
                organization_id: *organization,
                order: SiteOrder::HeadOfficeFirst,
            };
            Asked::new(listing, SiteListing::first())
        })
        .collect();
    let pages = pages(connection, scope, &asked).await?;
    Ok(pages
        .into_values()
        .flat_map(|page| page.rows)
        .map(|row| (row.organization_id, row.as_ref().clone()))
        .collect())
}

/// The communes in which organizations have their sites, by organization.
///
/// # Errors
/// When the database cannot be read.
pub async fn communes(
    connection: &impl ConnectionTrait,
    scope: Scope,
    organizations: &[Uuid],
) -> Result<HashMap<Uuid, Vec<String>>, DbErr> {
    let visible = visible(scope)
        .column(organization::Column::Id)
        .filter(organization::Column::Id.is_in(organizations.iter().copied()))
        .into_query();
    let rows: Vec<(Uuid, String)> = organization_site::Entity::find()
        .select_only()
        .columns([
            organization_site::Column::OrganizationId,
            organization_site::Column::CommuneInsee,
        ])
        .distinct()
        .filter(organization_site::Column::OrganizationId.in_subquery(visible))
        .filter(organization_site::Column::CommuneInsee.is_not_null())
        .order_by_asc(organization_site::Column::OrganizationId)
        .order_by_asc(organization_site::Column::CommuneInsee)
        .into_tuple()
        .all(connection)
        .await?;
    let mut communes: HashMap<Uuid, Vec<String>> = HashMap::new();
    for (organization, insee_code) in rows {
        communes.entry(organization).or_default().push(insee_code);
    }
    Ok(communes)
}

/// The sites of an organization, the head office first.
///
/// # Errors
/// When the database cannot be read.
pub async fn sites(
    connection: &impl ConnectionTrait,
    scope: Scope,
    organization: Uuid,
) -> Result<Vec<organization_site::Model>, DbErr> {
    visible_sites(scope, organization)
        .order_by_desc(organization_site::Column::IsHeadOffice)
        .order_by_asc(organization_site::Column::Id)
        .all(connection)
        .await
}

/// Those of these numbers that a public organization other than `id` has. What `id` has
/// already is not told: registers and imports may know two organizations of one number.
///
/// # Errors
/// When the database cannot be read.
pub async fn taken_numbers(
    connection: &impl ConnectionTrait,
    scope: Scope,
    id: Uuid,
    siren: Option<&str>,
    rna: Option<&str>,
    sirets: &[&str],
) -> Result<HashSet<String>, DbErr> {
    let mut taken = HashSet::new();
    for (column, number) in [
        (organization::Column::Siren, siren),
        (organization::Column::Rna, rna),
    ] {
        let Some(number) = number else { continue };
        let holders: Vec<Uuid> = visible(scope.public())
            .column(organization::Column::Id)
            .filter(column.eq(number))
            .into_tuple()
            .all(connection)
            .await?;
        if !holders.is_empty() && !holders.contains(&id) {
            taken.insert(number.to_owned());
        }
    }
    if sirets.is_empty() {
        return Ok(taken);
    }
    let public = visible(scope.public())
        .column(organization::Column::Id)
        .into_query();
    let holders: Vec<(Option<String>, Uuid)> = organization_site::Entity::find()
        .select_only()
        .column(organization_site::Column::Siret)
        .column(organization_site::Column::OrganizationId)
        .filter(organization_site::Column::Siret.is_in(sirets.iter().copied()))
        .filter(organization_site::Column::OrganizationId.in_subquery(public))
        .into_tuple()
        .all(connection)
        .await?;
    for (siret, holders) in grouped(holders, |(siret, _)| siret.clone()) {
        if !holders.iter().any(|(_, holder)| *holder == id) {
            taken.extend(siret);
        }
    }
    Ok(taken)
}

/// Names of the visible organizations of these identifiers.
///
/// # Errors
/// When the database cannot be read.
pub async fn names(
    connection: &impl ConnectionTrait,
    scope: Scope,
    ids: impl IntoIterator<Item = Uuid>,
) -> Result<HashMap<Uuid, String>, DbErr> {
    let rows: Vec<(Uuid, String)> = visible(scope)
        .columns([organization::Column::Id, organization::Column::Name])
        .filter(organization::Column::Id.is_in(ids))
        .into_tuple()
        .all(connection)
        .await?;
    Ok(rows.into_iter().collect())
}

/// Checks that these are organizations that `scope` may see, each named at a field.
///
/// # Errors
/// When the database cannot be read.
pub async fn known(
    problems: &mut Problems,
    connection: &impl ConnectionTrait,
    scope: Scope,
    named: &[(String, OrganizationRef)],
) -> Result<(), DbErr> {
    if named.is_empty() {
        return Ok(());
    }
    let visible: Vec<Uuid> = visible(scope)
        .column(organization::Column::Id)
        .filter(organization::Column::Id.is_in(named.iter().map(|(_, one)| one.0)))
        .into_tuple()
        .all(connection)
        .await?;
    for (field, one) in named {
        problems.require(visible.contains(&one.0), || {
            unknown(field, "unknown-organization", &one.to_string())
        });
    }
    Ok(())
}
