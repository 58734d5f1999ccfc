//! Batched loading: whatever many objects of one answer need is read at once.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::dataloader::{DataLoader, HashMapCache, Loader};
use async_graphql::runtime::{Timer, TokioSpawner};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use sea_orm::DbErr;

use crate::app::App;
use crate::database::Session;
use crate::listing::{self, Asked, By, Faceted, Listing, Row, Tally};
use crate::paging::{Page, Window};
use crate::viewer::Scope;

/// What the loaders of one request share.
pub struct Loaders {
    pub app: Arc<App>,
    pub session: Arc<Session>,
    pub scope: Scope,
}

/// Waits only until the tasks that are ready have run, where the library's timer waits a
/// millisecond: by then every sibling has said what it needs.
struct NextTurn;

impl Timer for NextTurn {
    fn delay(&self, _: Duration) -> BoxFuture<'static, ()> {
        tokio::task::yield_now().boxed()
    }
}

impl Loaders {
    /// The loader of one request.
    pub fn loader(self) -> DataLoader<Self, HashMapCache> {
        DataLoader::with_cache(
            self,
            TokioSpawner::current(),
            NextTurn,
            HashMapCache::default(),
        )
    }
}

impl<L: Listing> Loader<Asked<L, Window>> for Loaders {
    type Value = Page<Arc<Row<L>>>;
    type Error = Arc<DbErr>;

    async fn load(
        &self,
        asked: &[Asked<L, Window>],
    ) -> Result<HashMap<Asked<L, Window>, Page<Arc<Row<L>>>>, Arc<DbErr>> {
        Ok(listing::pages(&*self.session, self.scope, asked).await?)
    }
}

impl<L: Listing> Loader<Asked<L, ()>> for Loaders {
    type Value = i64;
    type Error = Arc<DbErr>;

    async fn load(&self, asked: &[Asked<L, ()>]) -> Result<HashMap<Asked<L, ()>, i64>, Arc<DbErr>> {
        Ok(listing::counts(&*self.session, self.scope, asked).await?)
    }
}

impl<L: Faceted> Loader<Asked<L, By<L::Facet>>> for Loaders {
    type Value = Vec<Tally>;
    type Error = Arc<DbErr>;

    async fn load(
        &self,
        asked: &[Asked<L, By<L::Facet>>],
    ) -> Result<HashMap<Asked<L, By<L::Facet>>, Vec<Tally>>, Arc<DbErr>> {
        Ok(listing::tallies(&*self.session, self.scope, asked).await?)
    }
}
