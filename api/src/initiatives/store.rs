//! Reads initiatives and what belongs to them.

use std::collections::HashMap;
use std::sync::Arc;

use entity::{
    file, initiative, initiative_commune, initiative_document, initiative_lesson, initiative_need,
    initiative_partner, initiative_theme, theme,
};
use sea_orm::sea_query::{Expr, ExprTrait as _, Func, Query, SimpleExpr};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QueryResult,
    QuerySelect, QueryTrait as _, Select,
};
use uuid::Uuid;

use super::parts::{SOURCES, THEMES, columns, of_lead};
use crate::by_place;
use crate::database::ByPlace as _;
use crate::funding::{self, SourceOfLine};
use crate::listing::{WithParts, grouped, ids_of};
use crate::organizations::{self, OrganizationRow};
use crate::parts::Parts;
use crate::viewer::{Principal, Scope, Viewer};

by_place!(initiative {
    id = Id,
    slug = Slug,
    title = Title,
    summary = Summary,
    description = Description,
    scope = Scope,
    stage = Stage,
    lead_organization_id = LeadOrganizationId,
    inspired_by_id = InspiredById,
    website = Website,
    starts_on = StartsOn,
    ends_on = EndsOn,
    jobs_created = JobsCreated,
    people_served = PeopleServed,
    replicable = Replicable,
    rejection_reason = RejectionReason,
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

/// The initiatives that `scope` may see: the only way to an initiative. No column
/// is selected yet.
pub fn visible(scope: Scope) -> Select<initiative::Entity> {
    initiative::Model::bare().filter(scope.visible(initiative::Column::Publication, |principal| {
        managed(scope, principal)
    }))
}

/// Their own, and for a member those of their territory.
fn managed(scope: Scope, principal: Principal) -> SimpleExpr {
    let concerned = initiative_commune::Entity::find()
        .select_only()
        .column(initiative_commune::Column::InitiativeId)
        .filter(principal.keeps(
            Expr::col((
                initiative_commune::Entity,
                initiative_commune::Column::CommuneInsee,
            )),
            scope.today,
        ));
    let place = Expr::col((initiative::Entity, initiative::Column::CommuneInsee));
    initiative::Column::OwnerAccountId
        .eq(principal.account)
        .or(principal.keeps(place, scope.today))
        .or(initiative::Column::Id.in_subquery(concerned.into_query()))
}

/// An initiative as it is read, with the parts that were asked.
#[derive(Clone, Debug)]
pub struct InitiativeRow {
    pub initiative: initiative::Model,
    /// The slugs of its themes with commas between, if they were asked and there are any.
    pub themes: Option<String>,
    /// The lines by which it is financed with their sources, if those were asked.
    pub sources: Vec<SourceOfLine>,
    /// The organization that leads it, if that was asked and may be seen.
    pub lead: Option<Arc<OrganizationRow>>,
}

/// Has `select` read [`InitiativeRow`]s with these parts.
pub fn read(
    select: Select<initiative::Entity>,
    scope: Scope,
    parts: Parts,
) -> Select<initiative::Entity> {
    let mut select = select.columns(columns(parts));
    if parts.have(THEMES) {
        select = select.expr_as(slugs_of_themes(), "theme_slugs");
    }
    match of_lead(parts) {
        Some(of_lead) => {
            let lead = Expr::col((initiative::Entity, initiative::Column::LeadOrganizationId));
            organizations::join(select, scope, lead, of_lead)
        }
        None => select,
    }
}

impl WithParts for InitiativeRow {
    /// Reads what [`read`] selects.
    fn from_row(row: &QueryResult, parts: Parts) -> Result<Self, DbErr> {
        let columns = columns(parts);
        let mut place = columns.len();
        let themes = if parts.have(THEMES) {
            place += 1;
            row.try_get_by_index(columns.len())?
        } else {
            None
        };
        let lead = match of_lead(parts) {
            Some(of_lead) => {
                let found = organizations::joined(row, place, of_lead)?;
                place += organizations::joined_columns(of_lead);
                found.map(Arc::new)
            }
            None => None,
        };
        let mut sources = Vec::new();
        if parts.have(SOURCES) {
            sources.extend(funding::joined(row, place)?);
        }
        Ok(Self {
            initiative: initiative::Model::at(row, 0, &columns)?,
            themes,
            sources,
            lead,
        })
    }
}

async fn rows(
    connection: &impl ConnectionTrait,
    scope: Scope,
    select: Select<initiative::Entity>,
    parts: Parts,
) -> Result<Vec<InitiativeRow>, DbErr> {
    let mut select = read(select, scope, parts).into_query();
    if parts.have(SOURCES) {
        select = funding::with_lines(select, scope, initiative::Column::Id);
    }
    let mut rows: Vec<InitiativeRow> = Vec::new();
    let mut places: HashMap<Uuid, usize> = HashMap::new();
    for found in connection.query_all(&select).await? {
        let row = InitiativeRow::from_row(&found, parts)?;
        // One with several sources comes once for each of them.
        let place = *places.entry(row.initiative.id).or_insert(rows.len());
        match rows.get_mut(place) {
            Some(first) => first.sources.extend(row.sources),
            None => rows.push(row),
        }
    }
    Ok(rows)
}

/// The slugs of the themes of the initiative at hand, with commas between.
fn slugs_of_themes() -> SimpleExpr {
    let slug = Expr::col((theme::Entity, theme::Column::Slug));
    let slugs = Func::cust("string_agg").args([slug, Expr::val(",").cast_as("text")]);
    let of_theme = Expr::col((theme::Entity, theme::Column::Id)).eq(Expr::col((
        initiative_theme::Entity,
        initiative_theme::Column::ThemeId,
    )));
    let of_initiative = Expr::col((
        initiative_theme::Entity,
        initiative_theme::Column::InitiativeId,
    ))
    .eq(Expr::col((initiative::Entity, initiative::Column::Id)));
    let select = Query::select()
        .expr(slugs)
        .from(initiative_theme::Entity)
        .inner_join(theme::Entity, of_theme)
        .and_where(of_initiative)
        .take();
    SimpleExpr::SubQuery(None, Box::new(select.into()))
}

/// Whether `id` is that of an initiative that `scope` may see.
pub fn is_visible(scope: Scope, id: impl Into<SimpleExpr>) -> SimpleExpr {
    let own = Expr::col((initiative::Entity, initiative::Column::Id));
    let found = visible(scope)
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
    parts: Parts,
) -> Result<Vec<InitiativeRow>, DbErr> {
    let select = visible(scope).filter(initiative::Column::Id.is_in(ids.iter().copied()));
    rows(connection, scope, select, parts).await
}

/// The visible initiatives of these slugs.
///
/// # Errors
/// When the database cannot be read.
pub async fn by_slugs(
    connection: &impl ConnectionTrait,
    scope: Scope,
    slugs: &[String],
    parts: Parts,
) -> Result<Vec<InitiativeRow>, DbErr> {
    let select = visible(scope).filter(initiative::Column::Slug.is_in(slugs));
    rows(connection, scope, select, parts).await
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

/// A document, and the uploaded file that it perhaps is.
pub type DocumentRow = (initiative_document::Model, Option<file::Model>);

/// Documents in their order, by initiative.
///
/// # Errors
/// When the database cannot be read.
pub async fn documents(
    connection: &impl ConnectionTrait,
    initiatives: &[Uuid],
) -> Result<HashMap<Uuid, Vec<DocumentRow>>, DbErr> {
    let rows = initiative_document::Entity::find()
        .find_also_related(file::Entity)
        .filter(initiative_document::Column::InitiativeId.is_in(initiatives.iter().copied()))
        .order_by_asc(initiative_document::Column::Position)
        .order_by_asc(initiative_document::Column::Id)
        .all(connection)
        .await?;
    Ok(grouped(rows, |(row, _)| row.initiative_id))
}

/// Whether a file is a document of an initiative that `scope` may see, as it stands.
///
/// # Errors
/// When the database cannot be read.
pub async fn is_document_of_visible(
    connection: &impl ConnectionTrait,
    scope: Scope,
    file: Uuid,
) -> Result<bool, DbErr> {
    let documents = initiative_document::Entity::find()
        .select_only()
        .column(initiative_document::Column::InitiativeId)
        .filter(initiative_document::Column::FileId.eq(file));
    let found = visible(scope)
        .filter(initiative::Column::Id.in_subquery(documents.into_query()))
        .column(initiative::Column::Id)
        .into_tuple::<Uuid>()
        .one(connection)
        .await?;
    Ok(found.is_some())
}

/// Whether the viewer sees all of an initiative, also what is not public of it: those who
/// review, its owner, and members in whose territory it is.
///
/// # Errors
/// When the database cannot be read.
pub async fn is_managed(
    connection: &impl ConnectionTrait,
    scope: Scope,
    id: Uuid,
) -> Result<bool, DbErr> {
    let Viewer::Account(principal) = scope.viewer else {
        return Ok(false);
    };
    let mut select = visible(scope).filter(initiative::Column::Id.eq(id));
    if !principal.reviews() {
        select = select.filter(managed(scope, principal));
    }
    let found = select
        .column(initiative::Column::Id)
        .into_tuple::<Uuid>()
        .one(connection)
        .await?;
    Ok(found.is_some())
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
    let (id, of) = (
        initiative::Column::Id,
        initiative::Column::LeadOrganizationId,
    );
    ids_of(connection, visible(scope), id, of, organizations).await
}

/// Identifiers of the visible initiatives that have one of these themes.
///
/// # Errors
/// When the database cannot be read.
pub async fn of_themes(
    connection: &impl ConnectionTrait,
    scope: Scope,
    themes: &[Uuid],
) -> Result<Vec<Uuid>, DbErr> {
    let having = initiative_theme::Entity::find()
        .select_only()
        .column(initiative_theme::Column::InitiativeId)
        .filter(initiative_theme::Column::ThemeId.is_in(themes.iter().copied()));
    visible(scope)
        .column(initiative::Column::Id)
        .filter(initiative::Column::Id.in_subquery(having.into_query()))
        .into_tuple()
        .all(connection)
        .await
}
