//! The order in which documents answer a question: the same on both databases.
//!
//! Ranking everything would cost as much as there is to rank, so only a bounded number of
//! documents is ranked: the newest whose title answers, and the newest of all. The others
//! come after them, the newest first, so that a list in this order still has every row.

use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use sea_orm::sea_query::{
    Alias, Condition, Expr, ExprTrait, JoinType, Order, Query, SelectStatement,
};
use sea_orm::{ConnectionTrait, DbErr};
use uuid::Uuid;

use super::document::SearchKind;
use super::query::{Reason, Term, TextQuery, Within};
use crate::listing::{count, joined};
use crate::paging::{Page, Position, SortValue, Window};

/// Name of the order: cursors are good for it only.
pub const RELEVANCE: &str = "RELEVANCE";

/// Documents ranked of one list, and as many again for their title.
const RANKED: u64 = 500;
/// Selects joined in one statement.
const BATCH: usize = 100;
/// Scores are whole numbers of thousandths, so that cursors hold them exactly.
const THOUSANDTHS: f64 = 1_000.0;

/// Entities of one kind that answer a question.
#[derive(Clone, Debug)]
pub struct Source {
    pub kind: SearchKind,
    /// Selects their identifiers as `id`, in no order.
    pub ids: SelectStatement,
}

/// A page of what answers a question.
#[derive(Clone, Debug)]
pub struct Search {
    pub query: Arc<TextQuery>,
    pub sources: Vec<Source>,
    pub window: Window,
}

/// An entity that answers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hit {
    pub kind: SearchKind,
    pub id: Uuid,
    /// How well it answers, in thousandths; 0 where nobody looked.
    pub score: f64,
}

impl Hit {
    /// Where it stands.
    pub fn position(&self) -> Position {
        Position {
            order: RELEVANCE.to_owned(),
            value: SortValue::Number(self.score),
            id: self.id,
        }
    }
}

/// The pages that `searches` ask for, in at most three statements for a hundred sources.
///
/// # Errors
/// When the database cannot be read.
pub async fn pages(
    connection: &impl ConnectionTrait,
    searches: &[Search],
) -> Result<Vec<Page<Hit>>, DbErr> {
    let lists: Vec<(usize, &Search, &Source)> = searches
        .iter()
        .enumerate()
        .flat_map(|(number, search)| {
            search
                .sources
                .iter()
                .map(move |source| (number, search, source))
        })
        .collect();

    let newest = lists
        .iter()
        .map(|(_, search, source)| candidates(search, source, Within::Anywhere));
    let mut pools: Vec<Pool> = read(connection, newest.collect(), Candidate::read)
        .await?
        .into_iter()
        .zip(&lists)
        .map(|(candidates, (_, search, _))| Pool::new(candidates, per_source(search)))
        .collect();

    let crowded: Vec<usize> = (0..pools.len())
        .filter(|at| pools.get(*at).is_some_and(|pool| pool.floor.is_some()))
        .collect();
    let by_title = crowded
        .iter()
        .filter_map(|at| lists.get(*at))
        .map(|(_, search, source)| candidates(search, source, Within::Title));
    let by_title = read(connection, by_title.collect(), Candidate::read).await?;
    for (at, candidates) in crowded.iter().zip(by_title) {
        if let Some(pool) = pools.get_mut(*at) {
            pool.add(candidates);
        }
    }

    let mut ranked: Vec<Vec<Hit>> = searches.iter().map(|_| Vec::new()).collect();
    for (number, search) in searches.iter().enumerate() {
        let of_search = lists
            .iter()
            .zip(&pools)
            .filter(|((of, ..), _)| *of == number);
        let candidates = of_search.flat_map(|((_, _, source), pool)| {
            pool.candidates
                .iter()
                .map(move |candidate| (source.kind, candidate))
        });
        if let Some(hits) = ranked.get_mut(number) {
            *hits = rank(&search.query, candidates.collect());
        }
    }

    let tails = lists
        .iter()
        .zip(&pools)
        .filter_map(|((number, search, source), pool)| {
            let hits = ranked.get(*number)?;
            tail(&search.window, hits, source, pool).map(|select| (*number, source.kind, select))
        });
    let tails: Vec<(usize, SearchKind, SelectStatement)> = tails.collect();
    let selects = tails.iter().map(|(_, _, select)| select.clone()).collect();
    let rows = read(connection, selects, |row| row.try_get::<Uuid>("", "id")).await?;
    let mut unranked: HashMap<usize, Vec<Hit>> = HashMap::new();
    for ((number, kind, _), ids) in tails.into_iter().zip(rows) {
        let hits = ids.into_iter().map(|id| Hit {
            kind,
            id,
            score: 0.0,
        });
        unranked.entry(number).or_default().extend(hits);
    }

    Ok(searches
        .iter()
        .zip(ranked)
        .enumerate()
        .map(|(number, (search, mut hits))| {
            hits.extend(unranked.remove(&number).unwrap_or_default());
            page(&search.window, hits)
        })
        .collect())
}

/// How many entities each source has.
///
/// # Errors
/// When the database cannot be read.
pub async fn counts(
    connection: &impl ConnectionTrait,
    sources: &[Source],
) -> Result<Vec<i64>, DbErr> {
    let selects = sources.iter().map(|source| {
        Query::select()
            .expr_as(count(), "rows")
            .from_subquery(source.ids.clone(), "found")
            .take()
    });
    let rows = read(connection, selects.collect(), |row| {
        row.try_get::<i64>("", "rows")
    })
    .await?;
    Ok(rows
        .into_iter()
        .map(|rows| rows.into_iter().sum())
        .collect())
}

/// A document that may be ranked.
#[derive(Clone, Debug)]
struct Candidate {
    id: Uuid,
    title: HashSet<String>,
    exact_bits: i32,
}

impl Candidate {
    fn read(row: &sea_orm::QueryResult) -> Result<Self, DbErr> {
        let title: String = row.try_get("", "title_words")?;
        Ok(Self {
            id: row.try_get("", "id")?,
            title: title.split_whitespace().map(str::to_owned).collect(),
            exact_bits: row.try_get("", "exact_bits")?,
        })
    }
}

/// The candidates of one source.
struct Pool {
    candidates: Vec<Candidate>,
    /// The oldest of the newest, if there are others that are not candidates.
    floor: Option<Uuid>,
}

impl Pool {
    fn new(mut candidates: Vec<Candidate>, most: u64) -> Self {
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        let is_crowded = candidates.len() > most;
        candidates.sort_by_key(|candidate| std::cmp::Reverse(candidate.id));
        candidates.truncate(most);
        let floor = candidates
            .last()
            .map(|candidate| candidate.id)
            .filter(|_| is_crowded);
        Self { candidates, floor }
    }

    fn add(&mut self, candidates: Vec<Candidate>) {
        let there: HashSet<Uuid> = self.candidates.iter().map(|one| one.id).collect();
        let others = candidates
            .into_iter()
            .filter(|candidate| !there.contains(&candidate.id));
        self.candidates.extend(others);
    }
}

/// Candidates that one source of a search gives.
fn per_source(search: &Search) -> u64 {
    RANKED / u64::try_from(search.sources.len().max(1)).unwrap_or(1)
}

/// The newest documents of a source, one more than are ranked.
fn candidates(search: &Search, source: &Source, within: Within) -> SelectStatement {
    let (found, newest) = (Alias::new("found"), Alias::new("newest"));
    let document = Alias::new("search_document");
    let id = Expr::col((found.clone(), Alias::new("id")));
    let mut ids = Query::select();
    ids.column((found.clone(), Alias::new("id")))
        .from_subquery(source.ids.clone(), found.clone())
        .order_by((found, Alias::new("id")), Order::Desc)
        .limit(per_source(search) + u64::from(within == Within::Anywhere));
    if within == Within::Title {
        ids.and_where(search.query.condition(source.kind, id, within));
    }
    let same = Condition::all()
        .add(Expr::col((document.clone(), Alias::new("entity_kind"))).eq(source.kind.as_str()))
        .add(
            Expr::col((document.clone(), Alias::new("entity_id")))
                .equals((newest.clone(), Alias::new("id"))),
        );
    Query::select()
        .column((newest.clone(), Alias::new("id")))
        .column((document.clone(), Alias::new("title_words")))
        .expr_as(search.query.exact_bits(), "exact_bits")
        .from_subquery(ids, newest)
        .join(JoinType::InnerJoin, document, same)
        .take()
}

/// The documents of a source that nobody ranked and that may stand on a page.
fn tail(window: &Window, ranked: &[Hit], source: &Source, pool: &Pool) -> Option<SelectStatement> {
    let floor = pool.floor?;
    let before = window.before.as_ref().map(place);
    let after = window.after.as_ref().map(place);
    if before.is_some_and(|(score, _)| score > 0.0) {
        return None;
    }
    let wanted = window.size + 1;
    let mut missing = wanted;
    if !window.from_end {
        let there = ranked.iter().filter(|hit| is_within(window, hit)).count();
        missing = wanted.saturating_sub(there as u64);
    }
    if missing == 0 {
        return None;
    }
    let found = Alias::new("found");
    let id = || Expr::col((found.clone(), Alias::new("id")));
    let by_title: Vec<Uuid> = pool
        .candidates
        .iter()
        .map(|candidate| candidate.id)
        .filter(|id| *id < floor)
        .collect();
    let order = if window.from_end {
        Order::Asc
    } else {
        Order::Desc
    };
    let mut select = Query::select();
    select
        .column((found.clone(), Alias::new("id")))
        .from_subquery(source.ids.clone(), found.clone())
        .and_where(id().lt(floor))
        .order_by((found.clone(), Alias::new("id")), order)
        .limit(missing);
    if !by_title.is_empty() {
        select.and_where(id().is_not_in(by_title));
    }
    if let Some((_, after)) = after.filter(|(score, _)| *score <= 0.0) {
        select.and_where(id().lt(after));
    }
    if let Some((_, before)) = before {
        select.and_where(id().gt(before));
    }
    Some(select)
}

/// The page of `window` among `hits`, all those that may stand on it.
fn page(window: &Window, hits: Vec<Hit>) -> Page<Hit> {
    let mut within: Vec<Hit> = hits
        .into_iter()
        .filter(|hit| is_within(window, hit))
        .collect();
    within.sort_by(|a, b| compare((b.score, b.id), (a.score, a.id)));
    if window.from_end {
        within.reverse();
    }
    window.page(within)
}

fn is_within(window: &Window, hit: &Hit) -> bool {
    let at = (hit.score, hit.id);
    let is_after = |position: &Position| compare(at, place(position)) == Ordering::Less;
    let is_before = |position: &Position| compare(at, place(position)) == Ordering::Greater;
    window.after.as_ref().is_none_or(is_after) && window.before.as_ref().is_none_or(is_before)
}

fn place(position: &Position) -> (f64, Uuid) {
    match position.value {
        SortValue::Number(score) => (score, position.id),
        _ => (0.0, position.id),
    }
}

fn compare(a: (f64, Uuid), b: (f64, Uuid)) -> Ordering {
    a.0.total_cmp(&b.0).then_with(|| a.1.cmp(&b.1))
}

/// `candidates` with their scores, the best first.
fn rank(query: &TextQuery, candidates: Vec<(SearchKind, &Candidate)>) -> Vec<Hit> {
    let answers: Vec<Vec<Answer>> = candidates
        .iter()
        .map(|(_, candidate)| {
            query
                .terms
                .iter()
                .zip(0_u32..)
                .map(|(term, place)| Answer::of(term, place, candidate))
                .collect()
        })
        .collect();
    let weights: Vec<f64> = (0..query.terms.len())
        .map(|term| {
            let titles = answers
                .iter()
                .filter(|answers| {
                    answers
                        .get(term)
                        .is_some_and(|answer| answer.title_words > 0)
                })
                .count();
            weight(candidates.len(), titles)
        })
        .collect();
    let mut hits: Vec<Hit> = candidates
        .iter()
        .zip(&answers)
        .map(|((kind, candidate), answers)| Hit {
            kind: *kind,
            id: candidate.id,
            score: score(answers, &weights, candidate.title.len()),
        })
        .collect();
    hits.sort_by(|a, b| compare((b.score, b.id), (a.score, a.id)));
    hits
}

/// How a document answers one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Answer {
    reason: Reason,
    /// How many words of the title it takes; 0 if it is elsewhere.
    title_words: usize,
}

impl Answer {
    fn of(term: &Term, place: u32, candidate: &Candidate) -> Self {
        let in_title = term.alternatives.iter().find(|alternative| {
            alternative
                .stems
                .iter()
                .all(|stem| candidate.title.contains(stem))
        });
        if let Some(alternative) = in_title {
            return Self {
                reason: alternative.reason,
                title_words: alternative.stems.len(),
            };
        }
        let is_exact = !term.is_mixed() || candidate.exact_bits & (1 << place) != 0;
        let other = term.alternatives.get(usize::from(!is_exact));
        Self {
            reason: other.map_or(Reason::Exact, |alternative| alternative.reason),
            title_words: 0,
        }
    }
}

/// A word that few titles have tells more than one that all have.
fn weight(documents: usize, titles: usize) -> f64 {
    #[expect(
        clippy::cast_precision_loss,
        reason = "there are a few thousand candidates at most"
    )]
    let (documents, titles) = (documents as f64, titles as f64);
    1.0 + ((documents + 1.0) / (titles + 1.0)).ln()
}

/// How well a document answers, in thousandths: at least 1.
fn score(answers: &[Answer], weights: &[f64], title_length: usize) -> f64 {
    let words: f64 = answers
        .iter()
        .zip(weights)
        .map(|(answer, weight)| {
            let reason = match answer.reason {
                Reason::Exact => 1.0,
                Reason::Acronym => 0.9,
                Reason::Prefix => 0.7,
                Reason::Typo => 0.5,
            };
            let place = if answer.title_words > 0 { 3.0 } else { 1.0 };
            weight * reason * place
        })
        .sum();
    let taken: usize = answers.iter().map(|answer| answer.title_words).sum();
    #[expect(clippy::cast_precision_loss, reason = "titles have a few words")]
    let covered = (taken as f64 / title_length.max(1) as f64).min(1.0);
    ((words + covered) * THOUSANDTHS).round().max(1.0)
}

/// The rows of each select, in as few statements as can be.
async fn read<T>(
    connection: &impl ConnectionTrait,
    selects: Vec<SelectStatement>,
    convert: impl Fn(&sea_orm::QueryResult) -> Result<T, DbErr>,
) -> Result<Vec<Vec<T>>, DbErr> {
    let mut all: Vec<Vec<T>> = selects.iter().map(|_| Vec::new()).collect();
    for (batch, rows) in selects.chunks(BATCH).zip(all.chunks_mut(BATCH)) {
        let Some(statement) = joined(batch.iter().cloned()) else {
            continue;
        };
        for row in connection.query_all(&statement).await? {
            let number: i32 = row.try_get("", "list_number")?;
            let of_select = usize::try_from(number).ok().and_then(|at| rows.get_mut(at));
            if let Some(of_select) = of_select {
                of_select.push(convert(&row)?);
            }
        }
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(reason: Reason, title_words: usize) -> Answer {
        Answer {
            reason,
            title_words,
        }
    }

    #[test]
    fn titles_come_before_bodies_and_good_reasons_before_poor_ones() {
        let of = |answer: Answer| score(&[answer], &[1.0], 2);
        let order = [
            answer(Reason::Exact, 1),
            answer(Reason::Acronym, 1),
            answer(Reason::Prefix, 1),
            answer(Reason::Typo, 1),
            answer(Reason::Exact, 0),
            answer(Reason::Prefix, 0),
            answer(Reason::Typo, 0),
        ];
        for pair in order.windows(2) {
            assert!(of(pair[0]) > of(pair[1]), "{pair:?}");
        }
    }

    #[test]
    fn a_rarer_word_weighs_more_and_a_shorter_title_is_nearer() {
        assert!(weight(100, 2) > weight(100, 90));
        let answers = [answer(Reason::Exact, 1)];
        assert!(score(&answers, &[1.0], 1) > score(&answers, &[1.0], 6));
    }
}
