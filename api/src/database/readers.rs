//! The connections of PostgreSQL by which requests read.

use std::mem;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use sea_orm::{DatabaseConnection, DbBackend};
use sqlx::pool::{CloseEvent, PoolConnection};
use sqlx::{PgPool, Postgres};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::ACQUIRE_TIMEOUT;

/// Connections that readers leave to writes and to tasks in the background.
const LEFT_TO_OTHERS: u32 = 2;

/// How long a connection is kept without use, or a little longer.
const KEPT_FOR: Duration = Duration::from_secs(1);

/// Takes connections from the pool for requests that read, and keeps those that they give
/// back at hand for the next ones: the pool would test each by a round trip.
///
/// Connections in use and kept are together never more than the pool has without
/// [`LEFT_TO_OTHERS`].
pub struct Readers {
    pool: PgPool,
    /// One for each connection that may be in use.
    permits: Arc<Semaphore>,
    /// Whether any is kept: none of a pool that has only those left to others.
    keeps: bool,
    /// The one given back last comes last.
    kept: Mutex<Vec<Kept>>,
}

struct Kept {
    connection: PoolConnection<Postgres>,
    since: Instant,
}

/// A connection in use.
pub struct Reader {
    pub connection: PoolConnection<Postgres>,
    /// Whether it was kept and has not answered since: it may have been lost meanwhile.
    pub is_untested: bool,
    _permit: OwnedSemaphorePermit,
}

impl Readers {
    /// Readers of `database`, if it is PostgreSQL.
    pub fn of(database: &DatabaseConnection) -> Option<Arc<Self>> {
        if database.get_database_backend() != DbBackend::Postgres {
            return None;
        }
        let pool = database.get_postgres_connection_pool().clone();
        let all = pool.options().get_max_connections();
        let own = all.saturating_sub(LEFT_TO_OTHERS);
        let most = if own > 0 { own } else { all };
        let closing = pool.close_event();
        let readers = Arc::new(Self {
            pool,
            permits: Arc::new(Semaphore::new(most.try_into().unwrap_or(1))),
            keeps: own > 0,
            kept: Mutex::default(),
        });
        tokio::spawn(give_up_unused(Arc::downgrade(&readers), closing));
        Some(readers)
    }

    /// A connection, once one is free.
    ///
    /// # Errors
    /// When none is free in time, or none can be opened.
    pub async fn take(&self) -> Result<Reader, sqlx::Error> {
        let taken = tokio::time::timeout(ACQUIRE_TIMEOUT, async {
            let permit = Arc::clone(&self.permits).acquire_owned().await;
            let permit = permit.map_err(|_| sqlx::Error::PoolClosed)?;
            let kept = self.lock().pop();
            let is_untested = kept.is_some();
            let connection = match kept {
                Some(kept) => kept.connection,
                None => self.pool.acquire().await?,
            };
            Ok(Reader {
                connection,
                is_untested,
                _permit: permit,
            })
        });
        taken.await.unwrap_or(Err(sqlx::Error::PoolTimedOut))
    }

    /// Gives back a connection whose last statement was answered whole.
    pub fn give_back(&self, reader: Reader) {
        if self.keeps && !self.is_wanted_elsewhere() {
            self.lock().push(Kept {
                connection: reader.connection,
                since: Instant::now(),
            });
        }
    }

    /// Whether the pool has no connection for somebody else, or wants all back.
    fn is_wanted_elsewhere(&self) -> bool {
        let most = self.pool.options().get_max_connections();
        (self.pool.num_idle() == 0 && self.pool.size() >= most) || self.pool.is_closed()
    }

    /// Gives the connections that are kept to the pool, which tests them.
    pub fn give_up(&self) {
        drop(mem::take(&mut *self.lock()));
    }

    /// How many connections are kept.
    pub fn kept(&self) -> usize {
        self.lock().len()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Readers {
    fn drop(&mut self) {
        // The pool could not test them: that needs a task, and there may be no runtime.
        for kept in self.lock().drain(..) {
            kept.connection.leak();
        }
    }
}

/// Gives connections to the pool that nobody has used for a while, and all once it closes.
async fn give_up_unused(readers: Weak<Readers>, closing: CloseEvent) {
    let mut closing = pin!(closing);
    loop {
        let is_closing = tokio::time::timeout(KEPT_FOR, &mut closing).await.is_ok();
        let Some(readers) = readers.upgrade() else {
            return;
        };
        if is_closing {
            readers.give_up();
            return;
        }
        readers
            .lock()
            .retain(|kept| kept.since.elapsed() < KEPT_FOR);
    }
}
