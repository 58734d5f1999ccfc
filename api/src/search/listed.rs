//! Pages of a domain's list in order of relevance.

use std::collections::HashMap;
use std::sync::Arc;

use sea_orm::sea_query::ExprTrait as _;
use sea_orm::{ConnectionTrait, DbErr, QueryFilter as _};
use uuid::Uuid;

use super::document::SearchKind;
use super::query::TextQuery;
use super::ranking::{self, Search, Source};
use crate::listing::{Asked, Listing, Row, ids, parts_of, rows};
use crate::paging::{Page, Window};
use crate::viewer::Scope;

/// By what a list in order of relevance is ranked.
#[derive(Clone, Debug)]
pub struct Relevance {
    pub kind: SearchKind,
    pub query: Arc<TextQuery>,
}

/// A page as it is asked of a list.
type Request<L> = Asked<L, Window>;

/// The pages that `asked` ask for, each of a list with its relevance.
///
/// # Errors
/// When the database cannot be read.
pub async fn pages<L: Listing>(
    connection: &impl ConnectionTrait,
    scope: Scope,
    asked: Vec<(Request<L>, Relevance)>,
) -> Result<HashMap<Request<L>, Page<Arc<Row<L>>>>, DbErr> {
    let searches: Vec<Search> = asked
        .iter()
        .map(|(one, relevance)| Search {
            query: Arc::clone(&relevance.query),
            sources: vec![Source {
                kind: relevance.kind,
                ids: ids(&one.listing, scope),
            }],
            window: one.what.clone(),
        })
        .collect();
    let found = ranking::pages(connection, &searches).await?;
    let parts = parts_of(asked.iter().map(|(one, _)| one));
    let selects = asked.iter().zip(&found).map(|((one, _), page)| {
        let ids: Vec<Uuid> = page.rows.iter().map(|hit| hit.id).collect();
        let select = one.listing.select(scope);
        let select = select.filter(one.listing.keyset().id.is_in(ids));
        L::read(select, scope, parts)
    });
    let models = rows::<L>(connection, selects.collect(), parts).await?;
    let mut pages = HashMap::new();
    for (((one, _), page), models) in asked.into_iter().zip(found).zip(models) {
        let mut by_id: HashMap<Uuid, Row<L>> = models
            .into_iter()
            .map(|row| (one.listing.position(&row).id, row))
            .collect();
        let there: Vec<_> = page
            .rows
            .iter()
            .filter_map(|hit| Some((Arc::new(by_id.remove(&hit.id)?), hit.score)))
            .collect();
        let (rows, scores) = there.into_iter().unzip();
        pages.insert(
            one,
            Page {
                rows,
                scores,
                has_next: page.has_next,
                has_previous: page.has_previous,
            },
        );
    }
    Ok(pages)
}
