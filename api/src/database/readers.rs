//! The connections of PostgreSQL by which requests read.

use std::mem;
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
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

/// Connections that a thread must have for itself; with fewer, threads share theirs.
const FEWEST_OF_THREAD: usize = 4;

thread_local! {
    /// The number of this thread among those that read.
    static THREAD: usize = {
        static THREADS: AtomicUsize = AtomicUsize::new(0);
        THREADS.fetch_add(1, Ordering::Relaxed)
    };
}

/// Takes connections from the pool for requests that read, and keeps those that they give
/// back at hand for the next ones: the pool would test each by a round trip.
///
/// Connections in use and kept are together never more than the pool has without
/// [`LEFT_TO_OTHERS`].
pub struct Readers {
    pool: PgPool,
    /// Whether any is kept: none of a pool that has only those left to others.
    keeps: bool,
    /// One for each thread, if there are connections enough. A thread that waits for an
    /// answer on a connection which another has opened is woken by that other.
    shelves: Vec<Arc<Shelf>>,
}

/// Where the connections of a thread are.
struct Shelf {
    /// One for each connection that may be in use.
    permits: Arc<Semaphore>,
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
    shelf: Arc<Shelf>,
    _permit: OwnedSemaphorePermit,
}

impl Readers {
    /// Readers of `database` on `threads`, if it is PostgreSQL.
    pub fn of(database: &DatabaseConnection, threads: usize) -> Option<Arc<Self>> {
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
            keeps: own > 0,
            shelves: shelves(most.try_into().unwrap_or(1), threads),
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
            let (shelf, permit) = self.permit().await.ok_or(sqlx::Error::PoolClosed)?;
            let kept = shelf.kept().pop();
            let is_untested = kept.is_some();
            let connection = match kept {
                Some(kept) => kept.connection,
                None => self.pool.acquire().await?,
            };
            Ok(Reader {
                connection,
                is_untested,
                shelf,
                _permit: permit,
            })
        });
        taken.await.unwrap_or(Err(sqlx::Error::PoolTimedOut))
    }

    /// Leave to use a connection: of this thread, rather of another than none, and of this
    /// thread once there is one.
    async fn permit(&self) -> Option<(Arc<Shelf>, OwnedSemaphorePermit)> {
        let count = self.shelves.len();
        let from_own = || {
            self.shelves
                .iter()
                .cycle()
                .skip(THREAD.with(|it| *it) % count)
        };
        for shelf in from_own().take(count) {
            if let Ok(permit) = Arc::clone(&shelf.permits).try_acquire_owned() {
                return Some((Arc::clone(shelf), permit));
            }
        }
        let own = from_own().next()?;
        let permit = Arc::clone(&own.permits).acquire_owned().await.ok()?;
        Some((Arc::clone(own), permit))
    }

    /// Gives back a connection whose last statement was answered whole.
    pub fn give_back(&self, reader: Reader) {
        if self.keeps && !self.is_wanted_elsewhere() {
            reader.shelf.kept().push(Kept {
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
        for shelf in &self.shelves {
            drop(mem::take(&mut *shelf.kept()));
        }
    }

    /// How many connections are kept.
    pub fn kept(&self) -> usize {
        self.shelves.iter().map(|shelf| shelf.kept().len()).sum()
    }
}

/// Shelves for `connections` in all: as many as there are threads, or fewer.
fn shelves(connections: usize, threads: usize) -> Vec<Arc<Shelf>> {
    let count = threads.min(connections / FEWEST_OF_THREAD).max(1);
    (0..count)
        .map(|number| {
            let rest = usize::from(number < connections % count);
            Arc::new(Shelf {
                permits: Arc::new(Semaphore::new(connections / count + rest)),
                kept: Mutex::default(),
            })
        })
        .collect()
}

impl Shelf {
    fn kept(&self) -> MutexGuard<'_, Vec<Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Readers {
    fn drop(&mut self) {
        // The pool could not test them: that needs a task, and there may be no runtime.
        for shelf in &self.shelves {
            for kept in shelf.kept().drain(..) {
                kept.connection.leak();
            }
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
        for shelf in &readers.shelves {
            shelf.kept().retain(|kept| kept.since.elapsed() < KEPT_FOR);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn permits(connections: usize, threads: usize) -> Vec<usize> {
        let shelves = shelves(connections, threads);
        let permits = shelves.iter().map(|it| it.permits.available_permits());
        permits.collect()
    }

    #[test]
    fn all_connections_are_on_shelves_and_every_shelf_has_enough() {
        assert_eq!(permits(14, 2), [7, 7]);
        assert_eq!(permits(14, 3), [5, 5, 4]);
        assert_eq!(permits(14, 8), [5, 5, 4]);
        assert_eq!(permits(3, 2), [3]);
        assert_eq!(permits(1, 1), [1]);
    }
}
