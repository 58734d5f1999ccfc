//! How much each client may ask in a minute: a token bucket per address, in points of cost.

use std::collections::HashMap;
use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use entity::values::Role;
use uuid::Uuid;

use crate::viewer::Viewer;

/// Seconds in which an empty bucket fills.
const FILLS_IN: f64 = 60.0;

/// The part of a bucket that one operation may need to be there.
const MOST_ASKED: f64 = 0.9;

/// Clients remembered in each of two generations: some 5 MB in all.
const REMEMBERED: usize = 32_768;

/// Who is counted as one client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Client {
    /// An IPv4 address, or the /64 that a subscriber of IPv6 has to themselves.
    Address(IpAddr),
    /// The account of staff, of an administrator or of a program: their work is not to meet
    /// the limit of visitors.
    Account(Uuid),
}

/// How many times more than a visitor an account that works may ask.
const WORKING: u32 = 40;

impl Client {
    /// Who pays for what `viewer` asks from this address.
    pub fn paying_for(self, viewer: Viewer) -> Self {
        match viewer.principal() {
            Some(principal) if principal.reviews() || principal.role == Role::ApiClient => {
                Self::Account(principal.account)
            }
            _ => self,
        }
    }
}

impl From<IpAddr> for Client {
    fn from(address: IpAddr) -> Self {
        Self::Address(match address.to_canonical() {
            IpAddr::V6(address) => {
                IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64)))
            }
            address => address,
        })
    }
}

impl fmt::Display for Client {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(address) => address.fmt(formatter),
            Self::Account(account) => account.fmt(formatter),
        }
    }
}

/// Where a client stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Points a minute.
    pub limit: u32,
    /// Points left.
    pub remaining: u32,
    /// When the bucket is full again.
    pub reset_at: DateTime<Utc>,
    /// Whole seconds until what was refused can be asked again; 0 when it was not.
    pub wait_seconds: u64,
}

/// The buckets of all clients. Each process has its own.
pub struct Buckets {
    /// Points a minute of a visitor; `None`: no limit.
    limit: Option<u32>,
    generations: Mutex<Generations>,
}

/// Clients seen lately, and those seen before: when the young are too many they become the
/// old, and the old are forgotten. So memory is bounded, and a flood of addresses can make
/// us lenient but not slow.
#[derive(Default)]
struct Generations {
    young: HashMap<Client, Bucket>,
    old: HashMap<Client, Bucket>,
}

#[derive(Clone, Copy)]
struct Bucket {
    points: f64,
    at: DateTime<Utc>,
}

impl Buckets {
    /// Full buckets of `limit` points a minute for visitors; `None`: no limit.
    pub fn new(limit: Option<u32>) -> Self {
        Self {
            limit,
            generations: Mutex::default(),
        }
    }

    /// Takes `points` of what `client` has left. Of what a bucket hardly holds or does not
    /// hold, nine tenths of a bucket are asked, and what is missing is owed.
    ///
    /// # Errors
    /// Where the client stands, when it has not enough left; nothing is then taken.
    pub fn spend(
        &self,
        client: Client,
        points: u32,
        now: DateTime<Utc>,
    ) -> Result<Option<Standing>, Standing> {
        let Some(limit) = self.limit else {
            return Ok(None);
        };
        let limit = match client {
            Client::Address(_) => limit,
            Client::Account(_) => limit.saturating_mul(WORKING),
        };
        let full = f64::from(limit);
        let per_second = full / FILLS_IN;
        let mut generations = self
            .generations
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let bucket = generations.of(
            client,
            Bucket {
                points: full,
                at: now,
            },
        );
        let elapsed = (now - bucket.at).as_seconds_f64().max(0.0);
        bucket.points = (bucket.points + elapsed * per_second).min(full);
        bucket.at = now;
        let asked = f64::from(points).min(full * MOST_ASKED);
        let missing = asked - bucket.points;
        if missing <= 0.0 {
            bucket.points -= f64::from(points);
        }
        let standing = Standing {
            limit,
            remaining: bucket.points.max(0.0) as u32,
            reset_at: now + seconds((full - bucket.points) / per_second),
            wait_seconds: (missing.max(0.0) / per_second).ceil() as u64,
        };
        if missing > 0.0 {
            Err(standing)
        } else {
            Ok(Some(standing))
        }
    }
}

impl Generations {
    fn of(&mut self, client: Client, new: Bucket) -> &mut Bucket {
        if self.young.len() >= REMEMBERED && !self.young.contains_key(&client) {
            self.old = std::mem::take(&mut self.young);
        }
        let known = self.old.remove(&client).unwrap_or(new);
        self.young.entry(client).or_insert(known)
    }
}

fn seconds(seconds: f64) -> TimeDelta {
    TimeDelta::milliseconds((seconds * 1000.0).ceil() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: DateTime<Utc> = DateTime::UNIX_EPOCH;

    fn client(address: &str) -> Client {
        address.parse::<IpAddr>().unwrap().into()
    }

    #[test]
    fn a_bucket_empties_and_fills() {
        let buckets = Buckets::new(Some(60));
        let spend = |points, after| {
            buckets.spend(
                client("192.0.2.1"),
                points,
                NOON + TimeDelta::seconds(after),
            )
        };
        assert_eq!(spend(50, 0).unwrap().unwrap().remaining, 10);
        let refused = spend(20, 0).unwrap_err();
        assert_eq!((refused.remaining, refused.wait_seconds), (10, 10));
        assert_eq!(spend(20, 10).unwrap().unwrap().remaining, 0);
        assert_eq!(spend(60, 1000).unwrap().unwrap().remaining, 0);
    }

    #[test]
    fn what_no_bucket_holds_is_owed() {
        let buckets = Buckets::new(Some(60));
        let spend = |points, after| {
            buckets.spend(
                client("192.0.2.1"),
                points,
                NOON + TimeDelta::seconds(after),
            )
        };
        assert_eq!(spend(120, 0).unwrap().unwrap().remaining, 0);
        assert_eq!(spend(1, 0).unwrap_err().wait_seconds, 61);
        assert!(spend(1, 61).is_ok());
    }

    #[test]
    fn neighbours_in_a_network_of_ipv6_share_a_bucket() {
        assert_eq!(client("2001:db8::1"), client("2001:db8::ffff:1"));
        assert_ne!(client("2001:db8::1"), client("2001:db8:0:1::1"));
        assert_eq!(client("::ffff:192.0.2.1"), client("192.0.2.1"));
        assert_ne!(client("192.0.2.1"), client("192.0.2.2"));
    }

    #[test]
    fn memory_is_bounded_and_the_lately_seen_are_kept() {
        let buckets = Buckets::new(Some(10));
        let spend = |address: u32| {
            let client = IpAddr::from(address.to_be_bytes()).into();
            buckets.spend(client, 10, NOON)
        };
        for address in 0..200_000 {
            assert!(spend(address).is_ok());
        }
        assert!(spend(199_999).is_err());
        let generations = buckets.generations.lock().unwrap();
        assert!(generations.young.len() + generations.old.len() <= 2 * REMEMBERED);
    }
}
