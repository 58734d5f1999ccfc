//! Reads funding sources and what belongs to them.

use std::collections::HashMap;
use std::sync::Arc;

use entity::{
    financing_line, funding_rule, funding_source, funding_source_audience, funding_source_form,
};
use sea_orm::sea_query::{
    Asterisk, CommonTableExpression, Expr, ExprTrait as _, Iden, JoinType, Query, SelectStatement,
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder,
    QueryResult, QuerySelect, QueryTrait, Select,
};
use uuid::Uuid;

use super::listing::FundingListing;
use super::parts::columns;
use crate::by_place;
use crate::database::{ByPlace as _, Whole as _, all_by_place};
use crate::listing::{Listing as _, facet, grouped, ids, ids_of};
use crate::parts::Parts;
use crate::review::Head;
use crate::viewer::Scope;

by_place!(funding_source {
    id = Id,
    slug = Slug,
    name = Name,
    description = Description,
    funder_name = FunderName,
    funder_organization_id = FunderOrganizationId,
    funder_kind = FunderKind,
    legal_basis = LegalBasis,
    min_amount_cents = MinAmountCents,
    max_amount_cents = MaxAmountCents,
    max_share_percent = MaxSharePercent,
    recurrence = Recurrence,
    call_for_projects = CallForProjects,
    opens_on = OpensOn,
    closes_on = ClosesOn,
    state_aid_regime = StateAidRegime,
    url = Url,
    verified_on = VerifiedOn,
    territory_kind = TerritoryKind,
    territory_code = TerritoryCode,
    confirmed_at = ConfirmedAt,
    stale_since = StaleSince,
    publication = Publication,
    revision = Revision,
    created_at = CreatedAt,
    updated_at = UpdatedAt,
    published_at = PublishedAt,
    owner_account_id = OwnerAccountId,
});

by_place!(financing_line {
    id = Id,
    initiative_id = InitiativeId,
    funding_source_id = FundingSourceId,
    status = Status,
    requested_cents = RequestedCents,
    granted_cents = GrantedCents,
    decided_on = DecidedOn,
    agreement_reference = AgreementReference,
});

/// The sources that `scope` may see: the only way to a source. No column
/// is selected yet.
pub fn visible(scope: Scope) -> Select<funding_source::Entity> {
    funding_source::Model::bare().filter(
        scope.visible(funding_source::Column::Publication, |principal| {
            funding_source::Column::OwnerAccountId.eq(principal.account)
        }),
    )
}

/// What a review asks of a source.
pub fn head(row: &funding_source::Model) -> Head {
    Head {
        id: row.id,
        publication: row.publication,
        revision: row.revision,
        owner: row.owner_account_id,
        communes: Vec::new(),
        title: row.name.clone(),
    }
}

/// The rules that `scope` may see: those of no source, and those of a visible one.
pub fn visible_rules(scope: Scope) -> Select<funding_rule::Entity> {
    let sources = visible(scope)
        .column(funding_source::Column::Id)
        .into_query();
    funding_rule::Entity::find().filter(
        Condition::any()
            .add(funding_rule::Column::FundingSourceId.is_null())
            .add(funding_rule::Column::FundingSourceId.in_subquery(sources)),
    )
}

/// The visible sources of these identifiers.
///
/// # Errors
/// When the database cannot be read.
pub async fn by_ids(
    connection: &impl ConnectionTrait,
    scope: Scope,
    ids: &[Uuid],
    parts: Parts,
) -> Result<Vec<funding_source::Model>, DbErr> {
    let select = visible(scope).filter(funding_source::Column::Id.is_in(ids.iter().copied()));
    all_by_place(connection, select, &columns(parts)).await
}

/// A visible source, by a line by which it finances an initiative or is asked to.
#[derive(Clone, Debug)]
pub struct SourceOfLine {
    line: Uuid,
    source: Arc<funding_source::Model>,
}

impl SourceOfLine {
    /// What [`of_lines`] selects, from the place `first` of a row on, behind the initiative.
    fn at(row: &QueryResult, first: usize, parts: Parts) -> Result<Self, DbErr> {
        Ok(Self {
            line: row.try_get_by_index(first)?,
            source: Arc::new(funding_source::Model::at(row, first + 1, &columns(parts))?),
        })
    }
}

const INITIATIVE: &str = "initiative_of_line";
const LINE: &str = "line";

/// For each line of a visible source: its initiative, its identifier, and the source.
fn of_lines(scope: Scope, parts: Parts) -> Select<funding_source::Entity> {
    let line = |column| Expr::col((financing_line::Entity, column));
    let mut select = visible(scope)
        .expr_as(line(financing_line::Column::InitiativeId), INITIATIVE)
        .expr_as(line(financing_line::Column::Id), LINE)
        .columns(columns(parts));
    let source = Expr::col((funding_source::Entity, funding_source::Column::Id));
    QueryTrait::query(&mut select).inner_join(
        financing_line::Entity,
        line(financing_line::Column::FundingSourceId).eq(source),
    );
    select
}

/// The sources of these lines, each once and in the order of their first lines.
pub fn each_once(lines: impl IntoIterator<Item = SourceOfLine>) -> Vec<Arc<funding_source::Model>> {
    let mut lines: Vec<SourceOfLine> = lines.into_iter().collect();
    lines.sort_by_key(|line| line.line);
    let mut sources: Vec<Arc<funding_source::Model>> = Vec::with_capacity(lines.len());
    for SourceOfLine { source, .. } in lines {
        if sources.iter().all(|other| other.id != source.id) {
            sources.push(source);
        }
    }
    sources
}

/// The visible sources that finance initiatives or are asked to, each once, by initiative
/// and in the order of their first lines.
///
/// # Errors
/// When the database cannot be read.
pub async fn of_initiatives(
    connection: &impl ConnectionTrait,
    scope: Scope,
    initiatives: &[Uuid],
    parts: Parts,
) -> Result<HashMap<Uuid, Vec<Arc<funding_source::Model>>>, DbErr> {
    let select = of_lines(scope, parts)
        .filter(financing_line::Column::InitiativeId.is_in(initiatives.iter().copied()));
    let mut lines: HashMap<Uuid, Vec<SourceOfLine>> = HashMap::new();
    for row in connection.query_all(&select.into_query()).await? {
        let of_initiative = lines.entry(row.try_get_by_index(0)?).or_default();
        of_initiative.push(SourceOfLine::at(&row, 1, parts)?);
    }
    Ok(lines
        .into_iter()
        .map(|(initiative, lines)| (initiative, each_once(lines)))
        .collect())
}

/// What `initiatives` selects and, behind it, the lines of each with their visible sources,
/// without the details of those: a row for each line, and one if there is none. Their
/// identifier is in the column `id`.
///
/// They are looked up once, whatever the number of their lines.
pub fn with_lines(
    initiatives: SelectStatement,
    scope: Scope,
    id: impl Iden + 'static,
) -> SelectStatement {
    const INITIATIVES: &str = "found_initiative";
    const LINES: &str = "line_of_found";
    let found = CommonTableExpression::new()
        .table_name(INITIATIVES)
        .query(initiatives)
        .materialized(true)
        .to_owned();
    let columns = columns(Parts::NONE);
    let names = columns.iter().map(Iden::unquoted);
    let mut select = Query::select();
    select
        .with_cte(Query::with().cte(found).to_owned())
        .column((INITIATIVES, Asterisk))
        .columns(
            std::iter::once(LINE)
                .chain(names)
                .map(|name| (LINES, name.to_owned())),
        )
        .from(INITIATIVES)
        .join_subquery(
            JoinType::LeftJoin,
            of_lines(scope, Parts::NONE).into_query(),
            LINES,
            Expr::col((LINES, INITIATIVE)).eq(Expr::col((INITIATIVES, id))),
        );
    select
}

/// The line and source that [`with_lines`] has had read, from the place `first` of a row on.
///
/// # Errors
/// When it is not there.
pub fn joined(row: &QueryResult, first: usize) -> Result<Option<SourceOfLine>, DbErr> {
    let line: Option<Uuid> = row.try_get_by_index(first)?;
    line.map(|_| SourceOfLine::at(row, first, Parts::NONE))
        .transpose()
}

/// The visible sources of these slugs.
///
/// # Errors
/// When the database cannot be read.
pub async fn by_slugs(
    connection: &impl ConnectionTrait,
    scope: Scope,
    slugs: &[String],
) -> Result<Vec<funding_source::Model>, DbErr> {
    visible(scope)
        .whole()
        .filter(funding_source::Column::Slug.is_in(slugs))
        .all(connection)
        .await
}

/// Forms of support, by source.
///
/// # Errors
/// When the database cannot be read.
pub async fn forms(
    connection: &impl ConnectionTrait,
    sources: &[Uuid],
) -> Result<HashMap<Uuid, Vec<funding_source_form::Model>>, DbErr> {
    let rows = funding_source_form::Entity::find()
        .filter(funding_source_form::Column::FundingSourceId.is_in(sources.iter().copied()))
        .order_by_asc(funding_source_form::Column::Form)
        .all(connection)
        .await?;
    Ok(grouped(rows, |row| row.funding_source_id))
}

/// Audiences, by source.
///
/// # Errors
/// When the database cannot be read.
pub async fn audiences(
    connection: &impl ConnectionTrait,
    sources: &[Uuid],
) -> Result<HashMap<Uuid, Vec<funding_source_audience::Model>>, DbErr> {
    let rows = funding_source_audience::Entity::find()
        .filter(funding_source_audience::Column::FundingSourceId.is_in(sources.iter().copied()))
        .order_by_asc(funding_source_audience::Column::Audience)
        .all(connection)
        .await?;
    Ok(grouped(rows, |row| row.funding_source_id))
}

/// The visible rules of these sources, and those of these kinds of funders, by code.
///
/// # Errors
/// When the database cannot be read.
pub async fn rules_of(
    connection: &impl ConnectionTrait,
    scope: Scope,
    sources: &[Uuid],
    funder_kinds: &[&str],
) -> Result<Vec<funding_rule::Model>, DbErr> {
    let of_kind = Condition::all()
        .add(funding_rule::Column::FundingSourceId.is_null())
        .add(funding_rule::Column::FunderKind.is_in(funder_kinds.iter().copied()));
    let wanted = Condition::any()
        .add(funding_rule::Column::FundingSourceId.is_in(sources.iter().copied()))
        .add(of_kind);
    visible_rules(scope)
        .filter(wanted)
        .order_by_asc(funding_rule::Column::Code)
        .all(connection)
        .await
}

/// Those of these codes that are the code of a rule of no source, or of another one than
/// `source`.
///
/// # Errors
/// When the database cannot be read.
pub async fn codes_of_others(
    connection: &impl ConnectionTrait,
    source: Uuid,
    codes: &[&str],
) -> Result<Vec<String>, DbErr> {
    if codes.is_empty() {
        return Ok(Vec::new());
    }
    let of_others = Condition::any()
        .add(funding_rule::Column::FundingSourceId.is_null())
        .add(funding_rule::Column::FundingSourceId.ne(source));
    funding_rule::Entity::find()
        .select_only()
        .column(funding_rule::Column::Code)
        .filter(funding_rule::Column::Code.is_in(codes.iter().copied()))
        .filter(of_others)
        .into_tuple()
        .all(connection)
        .await
}

/// The lines by which initiatives are financed, by initiative and in the order in which
/// they were written. Whether the initiative and the source of a line may be seen is for
/// the caller to know: looking up the sources afterwards costs less than joining them.
///
/// # Errors
/// When the database cannot be read.
pub async fn financing_lines(
    connection: &impl ConnectionTrait,
    initiatives: &[Uuid],
) -> Result<HashMap<Uuid, Vec<financing_line::Model>>, DbErr> {
    let select = financing_line::Entity::find()
        .filter(financing_line::Column::InitiativeId.is_in(initiatives.iter().copied()));
    let mut rows: Vec<financing_line::Model> =
        all_by_place(connection, select, financing_line::Model::COLUMNS).await?;
    rows.sort_by_key(|row| row.id);
    Ok(grouped(rows, |row| row.initiative_id))
}

/// At most `most` visible rules, by code.
///
/// # Errors
/// When the database cannot be read.
pub async fn rules(
    connection: &impl ConnectionTrait,
    scope: Scope,
    most: u64,
) -> Result<Vec<funding_rule::Model>, DbErr> {
    visible_rules(scope)
        .order_by_asc(funding_rule::Column::Code)
        .limit(most)
        .all(connection)
        .await
}

/// How many sources of a list have a funder of each kind.
///
/// # Errors
/// When the database cannot be read.
pub async fn count_by_funder_kind(
    connection: &impl ConnectionTrait,
    scope: Scope,
    listing: &FundingListing,
) -> Result<Vec<(String, i64)>, DbErr> {
    let by = Expr::col((funding_source::Entity, funding_source::Column::FunderKind));
    facet(connection, listing.select(scope), by).await
}

/// How many sources of a list give each form of support.
///
/// # Errors
/// When the database cannot be read.
pub async fn count_by_form(
    connection: &impl ConnectionTrait,
    scope: Scope,
    listing: &FundingListing,
) -> Result<Vec<(String, i64)>, DbErr> {
    let sources = ids(listing, scope);
    let select = funding_source_form::Entity::find()
        .filter(funding_source_form::Column::FundingSourceId.in_subquery(sources));
    let by = Expr::col((
        funding_source_form::Entity,
        funding_source_form::Column::Form,
    ));
    facet(connection, select, by).await
}

/// How many sources of a list are open to each audience.
///
/// # Errors
/// When the database cannot be read.
pub async fn count_by_audience(
    connection: &impl ConnectionTrait,
    scope: Scope,
    listing: &FundingListing,
) -> Result<Vec<(String, i64)>, DbErr> {
    let sources = ids(listing, scope);
    let select = funding_source_audience::Entity::find()
        .filter(funding_source_audience::Column::FundingSourceId.in_subquery(sources));
    let by = Expr::col((
        funding_source_audience::Entity,
        funding_source_audience::Column::Audience,
    ));
    facet(connection, select, by).await
}

/// Identifiers of the visible sources of one of these organizations.
///
/// # Errors
/// When the database cannot be read.
pub async fn funded_by(
    connection: &impl ConnectionTrait,
    scope: Scope,
    organizations: &[Uuid],
) -> Result<Vec<Uuid>, DbErr> {
    let (id, of) = (
        funding_source::Column::Id,
        funding_source::Column::FunderOrganizationId,
    );
    ids_of(connection, visible(scope), id, of, organizations).await
}
