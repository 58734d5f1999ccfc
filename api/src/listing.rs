//! Lists that the public schema shows as connections: one filter and one order each,
//! from which pages, counts and facets are made.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sea_orm::sea_query::{
    Alias, Asterisk, Expr, ExprTrait, Func, Query, SelectStatement, SimpleExpr, UnionType,
};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, QueryFilter,
    QueryOrder, QueryResult, QuerySelect, QueryTrait, Select,
};
use uuid::Uuid;

use crate::paging::{Keyset, Page, Position, Window};
use crate::parts::Parts;
use crate::search::{self, Relevance};
use crate::viewer::Scope;

/// Selects joined in one statement: SQLite takes at most 500.
const BATCH: usize = 400;

/// A filtered and ordered list of the rows of one table.
pub trait Listing: Clone + Send + Sync + 'static {
    /// The table listed.
    type Entity: EntityTrait;
    /// What is read of a row: the model of the table, or more where the order is by a value
    /// that is none of its columns.
    type Row: WithParts + Clone + Send + Sync + 'static;

    /// The rows of the list that `scope` may see, in no order: [`Listing::read`] says what of
    /// them.
    fn select(&self, scope: Scope) -> Select<Self::Entity>;

    /// The parts of its rows that are asked. Lists in one statement have the same columns:
    /// each reads all that one of them asks.
    fn parts(&self) -> Parts {
        Parts::NONE
    }

    /// Has `select`, made by [`Listing::select`], read rows with `parts`.
    fn read(select: Select<Self::Entity>, scope: Scope, parts: Parts) -> Select<Self::Entity> {
        let _ = (scope, parts);
        select
    }

    /// Name of the order, as the public schema has it: cursors are good for it only.
    fn order_name(&self) -> &'static str;

    /// How the list is ordered.
    fn keyset(&self) -> Keyset;

    /// Where a row of the list stands in its order.
    fn position(&self, row: &Self::Row) -> Position;

    /// Lists that hold the first rows of this one and no others, the shortest first: a page
    /// that one of them fills need not be looked for in the whole list.
    fn beginnings(&self) -> Vec<Self> {
        Vec::new()
    }

    /// By what the list is ranked, if it is in order of relevance.
    fn relevance(&self) -> Option<Relevance> {
        None
    }

    /// The number of rows, if it is kept somewhere and need not be counted.
    fn kept_count(&self, scope: Scope) -> Option<SelectStatement> {
        let _ = scope;
        None
    }
}

/// What is read of a row, of which parts may be left out.
pub trait WithParts: Sized {
    /// Reads a row that a statement made by [`Listing::read`] answered.
    ///
    /// # Errors
    /// When it is not such a row.
    fn from_row(row: &QueryResult, parts: Parts) -> Result<Self, DbErr>;
}

/// What is always read whole.
impl<R: FromQueryResult> WithParts for R {
    fn from_row(row: &QueryResult, _: Parts) -> Result<Self, DbErr> {
        R::from_query_result(row, "")
    }
}

/// A row of a list.
pub type Row<L> = <L as Listing>::Row;

/// One list of which something is asked, told from others by a number so that many are
/// loaded at once.
#[derive(Clone, Debug)]
pub struct Asked<L, W> {
    number: u64,
    pub listing: L,
    pub what: W,
}

impl<L, W> Asked<L, W> {
    /// Asks something of `listing`.
    pub fn new(listing: L, what: W) -> Self {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        Self {
            number: NUMBER.fetch_add(1, Ordering::Relaxed),
            listing,
            what,
        }
    }
}

impl<L, W> PartialEq for Asked<L, W> {
    fn eq(&self, other: &Self) -> bool {
        self.number == other.number
    }
}

impl<L, W> Eq for Asked<L, W> {}

impl<L, W> Hash for Asked<L, W> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.number.hash(state);
    }
}

/// The pages that `asked` ask for, in one statement, or a few for those in order of
/// relevance and for one list that has beginnings.
///
/// # Errors
/// When the database cannot be read.
pub async fn pages<L: Listing>(
    connection: &impl ConnectionTrait,
    scope: Scope,
    asked: &[Asked<L, Window>],
) -> Result<HashMap<Asked<L, Window>, Page<Arc<Row<L>>>>, DbErr> {
    let mut ranked = Vec::new();
    let mut plain = Vec::new();
    for one in asked {
        match one.listing.relevance() {
            Some(relevance) => ranked.push((one.clone(), relevance)),
            None => plain.push(one),
        }
    }
    let mut pages = HashMap::new();
    if let [one] = plain.as_slice()
        && let Some(page) = page_of_beginning(connection, scope, one).await?
    {
        pages.insert((*one).clone(), page);
        plain.clear();
    }
    let parts = parts_of(plain.iter().copied());
    let selects = plain
        .iter()
        .map(|one| select_page(one, &one.listing, scope, parts));
    let found = rows::<L>(connection, selects.collect(), parts).await?;
    let is_union = found.len() > 1;
    for (one, mut rows) in plain.into_iter().zip(found) {
        if is_union {
            sort(one, &mut rows);
        }
        pages.insert(one.clone(), one.what.page(rows).map(Arc::new));
    }
    if !ranked.is_empty() {
        pages.extend(search::pages(connection, scope, ranked).await?);
    }
    Ok(pages)
}

fn select_page<L: Listing>(
    one: &Asked<L, Window>,
    listing: &L,
    scope: Scope,
    parts: Parts,
) -> Select<L::Entity> {
    let select = L::read(listing.select(scope), scope, parts);
    one.what.apply(select, &listing.keyset())
}

/// The parts that one of the lists asks.
pub fn parts_of<'a, L: Listing>(asked: impl Iterator<Item = &'a Asked<L, Window>>) -> Parts {
    asked.map(|one| one.listing.parts()).collect()
}

/// The page asked of a list, if one of its beginnings fills it.
async fn page_of_beginning<L: Listing>(
    connection: &impl ConnectionTrait,
    scope: Scope,
    one: &Asked<L, Window>,
) -> Result<Option<Page<Arc<Row<L>>>>, DbErr> {
    if one.what.from_end {
        return Ok(None);
    }
    let parts = one.listing.parts();
    for beginning in one.listing.beginnings() {
        let select = select_page(one, &beginning, scope, parts);
        let rows = rows::<L>(connection, vec![select], parts).await?;
        let page = one.what.page(rows.into_iter().flatten().collect());
        if page.has_next {
            return Ok(Some(page.map(Arc::new)));
        }
    }
    Ok(None)
}

/// Puts the rows of a page in order: a union promises none.
fn sort<L: Listing>(one: &Asked<L, Window>, rows: &mut [Row<L>]) {
    let upwards = one.listing.keyset().descending == one.what.from_end;
    rows.sort_by(|a, b| {
        let key = |row| {
            let position = one.listing.position(row);
            (position.value, position.id)
        };
        let order = key(a)
            .partial_cmp(&key(b))
            .unwrap_or(std::cmp::Ordering::Equal);
        if upwards { order } else { order.reverse() }
    });
}

/// The rows of each select made by [`Listing::read`] with `parts`, in one statement for
/// [`BATCH`] of them.
///
/// # Errors
/// When the database cannot be read.
pub async fn rows<L: Listing>(
    connection: &impl ConnectionTrait,
    selects: Vec<Select<L::Entity>>,
    parts: Parts,
) -> Result<Vec<Vec<Row<L>>>, DbErr> {
    let selects = match <[_; 1]>::try_from(selects) {
        Ok([select]) => {
            let found = connection.query_all(&select.into_query()).await?;
            let rows = found.iter().map(|row| WithParts::from_row(row, parts));
            return Ok(vec![rows.collect::<Result<_, _>>()?]);
        }
        Err(selects) => selects,
    };
    let mut all: Vec<Vec<Row<L>>> = selects.iter().map(|_| Vec::new()).collect();
    for (batch, models) in selects.chunks(BATCH).zip(all.chunks_mut(BATCH)) {
        let Some(statement) = joined(batch.iter().map(|select| select.clone().into_query())) else {
            continue;
        };
        for row in connection.query_all(&statement).await? {
            let number: i32 = row.try_get("", "list_number")?;
            let of_select = usize::try_from(number)
                .ok()
                .and_then(|at| models.get_mut(at));
            if let Some(of_select) = of_select {
                of_select.push(WithParts::from_row(&row, parts)?);
            }
        }
    }
    Ok(all)
}

/// Selects the identifiers of the rows of a list as `id`, in no order.
pub fn ids<L: Listing>(listing: &L, scope: Scope) -> SelectStatement {
    listing
        .select(scope)
        .select_only()
        .expr_as(listing.keyset().id, "id")
        .into_query()
}

/// The identifiers, in the column `id`, of the rows of `select` whose column `of` holds one
/// of `values`.
///
/// # Errors
/// When the database cannot be read.
pub async fn ids_of<E: EntityTrait>(
    connection: &impl ConnectionTrait,
    select: Select<E>,
    id: E::Column,
    of: E::Column,
    values: &[Uuid],
) -> Result<Vec<Uuid>, DbErr> {
    select
        .select_only()
        .column(id)
        .filter(of.is_in(values.iter().copied()))
        .into_tuple()
        .all(connection)
        .await
}

/// How many rows each list has, in one statement.
///
/// # Errors
/// When the database cannot be read.
pub async fn counts<L: Listing>(
    connection: &impl ConnectionTrait,
    scope: Scope,
    asked: &[Asked<L, ()>],
) -> Result<HashMap<Asked<L, ()>, i64>, DbErr> {
    let mut counts = HashMap::new();
    for batch in asked.chunks(BATCH) {
        let selects = batch.iter().map(|one| {
            one.listing.kept_count(scope).unwrap_or_else(|| {
                one.listing
                    .select(scope)
                    .select_only()
                    .expr_as(count(), "rows")
                    .into_query()
            })
        });
        if let Some(statement) = joined(selects) {
            for row in connection.query_all(&statement).await? {
                let number: i32 = row.try_get("", "list_number")?;
                let rows: Option<i64> = row.try_get("", "rows")?;
                let one = usize::try_from(number)
                    .ok()
                    .and_then(|index| batch.get(index));
                if let Some(one) = one {
                    counts.insert(one.clone(), rows.unwrap_or_default());
                }
            }
        }
    }
    Ok(counts)
}

/// A list whose rows can be counted by what they are.
pub trait Faceted: Listing {
    /// By what.
    type Facet: Copy + Send + Sync + 'static;

    /// A statement that answers a row for each value, such as [`counted_by`] makes.
    fn count_by(&self, scope: Scope, facet: Self::Facet) -> SelectStatement;
}

/// Asks for the counts of a facet.
#[derive(Clone, Copy, Debug)]
pub struct By<F>(pub F);

/// How many rows of a list have a value.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Tally {
    pub value: String,
    /// A second value by which the rows of the first are told apart.
    pub part: Option<String>,
    pub rows: i64,
}

/// Makes of a statement without columns one that counts its rows by `value`, and by `part`
/// within it.
pub fn counted_by(
    mut rows: SelectStatement,
    value: SimpleExpr,
    part: Option<SimpleExpr>,
) -> SelectStatement {
    rows.clear_selects()
        .expr_as(value.clone(), "value")
        .and_where(value.clone().is_not_null())
        .add_group_by([value]);
    match part {
        Some(part) => rows.expr_as(part.clone(), "part").add_group_by([part]),
        None => rows.expr_as(no_text(), "part"),
    };
    rows.expr_as(count(), "rows").take()
}

/// The counts of facets, each the most frequent value first, in one statement.
///
/// # Errors
/// When the database cannot be read.
pub async fn tallies<L: Faceted>(
    connection: &impl ConnectionTrait,
    scope: Scope,
    asked: &[Asked<L, By<L::Facet>>],
) -> Result<HashMap<Asked<L, By<L::Facet>>, Vec<Tally>>, DbErr> {
    let mut all = HashMap::new();
    for batch in asked.chunks(BATCH) {
        let selects = batch
            .iter()
            .map(|one| one.listing.count_by(scope, one.what.0));
        let mut tallies: HashMap<i32, Vec<Tally>> = HashMap::new();
        if let Some(statement) = joined(selects) {
            for row in connection.query_all(&statement).await? {
                let number: i32 = row.try_get("", "list_number")?;
                let tally = Tally::from_query_result(&row, "")?;
                tallies.entry(number).or_default().push(tally);
            }
        }
        for (one, number) in batch.iter().zip(0_i32..) {
            let mut tallies = tallies.remove(&number).unwrap_or_default();
            tallies.sort_by(|a, b| (b.rows, &a.value, &a.part).cmp(&(a.rows, &b.value, &b.part)));
            all.insert(one.clone(), tallies);
        }
    }
    Ok(all)
}

/// How many rows of a list have each value of `by`, the most frequent first.
///
/// # Errors
/// When the database cannot be read.
pub async fn facet<E: EntityTrait>(
    connection: &impl ConnectionTrait,
    select: Select<E>,
    by: SimpleExpr,
) -> Result<Vec<(String, i64)>, DbErr> {
    select
        .select_only()
        .expr_as(by.clone(), "value")
        .expr_as(count(), "rows")
        .filter(by.clone().is_not_null())
        .group_by(by.clone())
        .order_by_desc(count())
        .order_by_asc(by)
        .into_tuple()
        .all(connection)
        .await
}

/// Rows by key, each list in the order of the rows.
pub fn grouped<T, K: Eq + Hash>(rows: Vec<T>, key: impl Fn(&T) -> K) -> HashMap<K, Vec<T>> {
    let mut groups: HashMap<K, Vec<T>> = HashMap::new();
    for row in rows {
        groups.entry(key(&row)).or_default().push(row);
    }
    groups
}

/// The rows of one key.
pub fn of_one<T, K: Eq + Hash>(mut groups: HashMap<K, Vec<T>>, key: K) -> Vec<T> {
    groups.remove(&key).unwrap_or_default()
}

/// `count(*)`.
pub fn count() -> SimpleExpr {
    Func::count(Expr::col(Asterisk)).into()
}

/// A text column that holds nothing.
pub fn no_text() -> SimpleExpr {
    Expr::cust("null").cast_as("text")
}

/// One statement that answers all `selects`, each row with the number of its select.
pub fn joined(selects: impl Iterator<Item = SelectStatement>) -> Option<SelectStatement> {
    selects
        .zip(0_i32..)
        .map(|(select, number)| {
            Query::select()
                .column((Alias::new("list"), Asterisk))
                .expr_as(Expr::val(number).cast_as("integer"), "list_number")
                .from_subquery(select, "list")
                .take()
        })
        .reduce(|mut all, next| all.union(UnionType::All, next).take())
}
