//! How many uploads come in and are worked on at once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{AcquireError, OwnedSemaphorePermit, Semaphore};
use uuid::Uuid;

/// Uploads that come in at once.
const MOST: usize = 32;

/// Uploads of one account that come in at once.
const MOST_OF_ONE: usize = 4;

/// Files worked on at once: each is held in memory, and an image decoded.
const MOST_AT_WORK: usize = 2;

/// The bounds of one process.
#[derive(Clone)]
pub struct Bounds {
    incoming: Arc<Mutex<HashMap<Uuid, usize>>>,
    at_work: Arc<Semaphore>,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            incoming: Arc::default(),
            at_work: Arc::new(Semaphore::new(MOST_AT_WORK)),
        }
    }
}

/// An upload that comes in; dropped when it no longer does.
pub struct Slot {
    account: Uuid,
    incoming: Arc<Mutex<HashMap<Uuid, usize>>>,
}

impl Bounds {
    /// A place for an upload of `account`, unless too many come in.
    pub fn begin(&self, account: Uuid) -> Option<Slot> {
        let mut incoming = self.incoming.lock().unwrap_or_else(PoisonError::into_inner);
        if incoming.values().sum::<usize>() >= MOST {
            return None;
        }
        let own = incoming.entry(account).or_default();
        if *own >= MOST_OF_ONE {
            return None;
        }
        *own += 1;
        Some(Slot {
            account,
            incoming: Arc::clone(&self.incoming),
        })
    }

    /// Waits until a file may be worked on.
    ///
    /// # Errors
    /// Never: the bounds are not closed while there is somebody who asks.
    pub async fn turn(&self) -> Result<OwnedSemaphorePermit, AcquireError> {
        Arc::clone(&self.at_work).acquire_owned().await
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut incoming = self.incoming.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = incoming.get_mut(&self.account) {
            *own -= 1;
            if *own == 0 {
                incoming.remove(&self.account);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_account_leaves_places_to_others() {
        let bounds = Bounds::default();
        let account = Uuid::from_u128;
        let mut slots: Vec<_> = (0..MOST_OF_ONE)
            .map(|_| bounds.begin(account(1)).unwrap())
            .collect();
        assert!(bounds.begin(account(1)).is_none());
        let other = bounds.begin(account(2));
        assert!(other.is_some());
        slots.pop();
        assert!(bounds.begin(account(1)).is_some());
    }

    #[test]
    fn all_accounts_together_are_bounded() {
        let bounds = Bounds::default();
        let slots: Vec<_> = (0..100)
            .filter_map(|number| bounds.begin(Uuid::from_u128(number)))
            .collect();
        assert_eq!(slots.len(), MOST);
    }
}
