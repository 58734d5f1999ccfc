//! Which entities are searched, and how each domain tells of its own.

use std::sync::Arc;

use sea_orm::sea_query::{ExprTrait, SelectStatement};
use sea_orm::{ConnectionTrait, DbErr, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::document::{Document, SearchKind};
use super::query::TextQuery;
use super::ranking::Source;
use crate::change::{Change, Subject};
use crate::funding::model::Reach;
use crate::funding::{self, FundingFilter, FundingListing};
use crate::initiatives::{self, InitiativeCriteria, InitiativeListing};
use crate::listing::{Listing, ids};
use crate::members::{self, MemberFilter, MemberListing};
use crate::organizations::{self, OrganizationFilter, OrganizationListing};
use crate::place::PlaceFilter;
use crate::spaces::{self, SpaceFilter, SpaceListing};
use crate::viewer::Scope;

/// Identifiers of one statement.
const BATCH: usize = 500;

/// Where to search.
#[derive(Clone, Debug, Default)]
pub struct SearchPlace {
    pub place: PlaceFilter,
    /// What is open on the part of the territory, for what lies nowhere.
    pub reach: Option<Reach>,
}

/// The documents of those of `ids` that `scope` may see.
///
/// # Errors
/// When the database cannot be read.
pub async fn documents(
    connection: &impl ConnectionTrait,
    scope: Scope,
    kind: SearchKind,
    ids: &[Uuid],
) -> Result<Vec<Document>, DbErr> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    match kind {
        SearchKind::Initiative => initiatives::documents(connection, scope, ids).await,
        SearchKind::Organization => organizations::documents(connection, scope, ids).await,
        SearchKind::CoworkingSpace => spaces::documents(connection, scope, ids).await,
        SearchKind::FundingSource => funding::documents(connection, scope, ids).await,
        SearchKind::Member => members::documents(connection, scope, ids).await,
    }
}

/// The visible entities of a kind that lie in a place and answer a question; nothing if
/// entities of that kind lie nowhere.
pub fn source(
    scope: Scope,
    kind: SearchKind,
    place: &SearchPlace,
    text: &Arc<TextQuery>,
) -> Option<Source> {
    let text = Some(Arc::clone(text));
    let SearchPlace { place, reach } = place.clone();
    let ids = match kind {
        SearchKind::Initiative => {
            let mut place = place;
            // An initiative is where it concerns people, which may be several communes.
            let territory = place.insee_codes.take();
            let mut criteria = InitiativeCriteria {
                place,
                text,
                ..InitiativeCriteria::default()
            };
            if let Some(insee_codes) = territory {
                criteria.require_territory(insee_codes);
            }
            ids(&InitiativeListing::of(criteria), scope)
        }
        SearchKind::Organization => {
            let filter = OrganizationFilter {
                place,
                text,
                ..OrganizationFilter::default()
            };
            ids(&OrganizationListing::of(filter), scope)
        }
        SearchKind::CoworkingSpace => {
            let filter = SpaceFilter {
                place,
                text,
                ..SpaceFilter::default()
            };
            ids(&SpaceListing::of(filter), scope)
        }
        SearchKind::FundingSource => {
            if place.near.is_some() || place.within.is_some() {
                return None;
            }
            let filter = FundingFilter {
                reach,
                text,
                ..FundingFilter::default()
            };
            ids(&FundingListing::of(filter), scope)
        }
        SearchKind::Member => {
            if place.near.is_some() || place.within.is_some() {
                return None;
            }
            let filter = MemberFilter {
                place,
                text,
                ..MemberFilter::default()
            };
            ids(&MemberListing::of(filter), scope)
        }
    };
    Some(Source { kind, ids })
}

/// Identifiers of all that `scope` may see of a kind.
pub fn visible_ids(scope: Scope, kind: SearchKind) -> SelectStatement {
    match kind {
        SearchKind::Initiative => ids(&InitiativeListing::default(), scope),
        SearchKind::Organization => ids(&OrganizationListing::default(), scope),
        SearchKind::CoworkingSpace => ids(&SpaceListing::default(), scope),
        SearchKind::FundingSource => ids(&FundingListing::default(), scope),
        SearchKind::Member => ids(&MemberListing::default(), scope),
    }
}

/// The first identifiers after `after` of what `scope` may see of a kind.
///
/// # Errors
/// When the database cannot be read.
pub async fn ids_after(
    connection: &impl ConnectionTrait,
    scope: Scope,
    kind: SearchKind,
    after: Option<Uuid>,
    most: u64,
) -> Result<Vec<Uuid>, DbErr> {
    match kind {
        SearchKind::Initiative => {
            next_ids(
                connection,
                &InitiativeListing::default(),
                scope,
                after,
                most,
            )
            .await
        }
        SearchKind::Organization => {
            next_ids(
                connection,
                &OrganizationListing::default(),
                scope,
                after,
                most,
            )
            .await
        }
        SearchKind::CoworkingSpace => {
            next_ids(connection, &SpaceListing::default(), scope, after, most).await
        }
        SearchKind::FundingSource => {
            next_ids(connection, &FundingListing::default(), scope, after, most).await
        }
        SearchKind::Member => {
            next_ids(connection, &MemberListing::default(), scope, after, most).await
        }
    }
}

/// Entities whose documents tell of another one that changed.
///
/// # Errors
/// When the database cannot be read.
pub async fn dependents(
    connection: &impl ConnectionTrait,
    scope: Scope,
    changes: &[Change],
) -> Result<Vec<(SearchKind, Uuid)>, DbErr> {
    let changed = |subject| -> Vec<Uuid> {
        let of_subject = changes.iter().filter(|change| change.subject == subject);
        of_subject.map(|change| change.id).collect()
    };
    let organizations = changed(Subject::Organization);
    let mut found = Vec::new();
    for batch in changed(Subject::Theme).chunks(BATCH) {
        let having = initiatives::of_themes(connection, scope, batch).await?;
        found.extend(having.into_iter().map(|id| (SearchKind::Initiative, id)));
    }
    for batch in organizations.chunks(BATCH) {
        let led = initiatives::led_by(connection, scope, batch).await?;
        found.extend(led.into_iter().map(|id| (SearchKind::Initiative, id)));
        let spaces = spaces::run_by(connection, scope, batch).await?;
        found.extend(
            spaces
                .into_iter()
                .map(|id| (SearchKind::CoworkingSpace, id)),
        );
        let sources = funding::funded_by(connection, scope, batch).await?;
        found.extend(
            sources
                .into_iter()
                .map(|id| (SearchKind::FundingSource, id)),
        );
        let members = members::belonging_to(connection, scope, batch).await?;
        found.extend(members.into_iter().map(|id| (SearchKind::Member, id)));
    }
    Ok(found)
}

async fn next_ids<L: Listing>(
    connection: &impl ConnectionTrait,
    listing: &L,
    scope: Scope,
    after: Option<Uuid>,
    most: u64,
) -> Result<Vec<Uuid>, DbErr> {
    let id = listing.keyset().id;
    let mut select = listing
        .select(scope)
        .select_only()
        .expr_as(id.clone(), "id")
        .order_by(id.clone(), sea_orm::Order::Asc)
        .limit(most);
    if let Some(after) = after {
        select = select.filter(id.gt(after));
    }
    select.into_tuple().all(connection).await
}
