//! What slows down who guesses: attempts by network address, failures by account. The
//! counters are in the database, so that replicas agree.

use chrono::{DateTime, TimeDelta, Utc};
use entity::sign_in_guard::{ActiveModel, Column, Entity, Model};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, QueryFilter as _, QuerySelect as _,
    Set,
};

use super::caller::Caller;
use crate::auth::secrets::digest;
use crate::problem::{Code, Problem};

/// Attempts that a network address has in a minute, for each kind of attempt.
const ATTEMPTS: Quota = Quota {
    most: 10,
    in_time: TimeDelta::minutes(1),
};

/// E-mails that anybody may have us send to one address.
const LETTERS: Quota = Quota {
    most: 5,
    in_time: TimeDelta::hours(1),
};

/// Failures from which on an account must wait.
const FREE_FAILURES: i32 = 10;

/// Minutes of the longest wait.
const LONGEST_WAIT: i32 = 15;

/// Time after which failures are forgotten.
const MEMORY: TimeDelta = TimeDelta::days(1);

/// So many in so much time.
#[derive(Clone, Copy)]
struct Quota {
    most: i32,
    in_time: TimeDelta,
}

/// How long somebody has to wait before they may try again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wait(TimeDelta);

impl From<Wait> for Problem {
    fn from(Wait(time): Wait) -> Self {
        let seconds = time.num_seconds() + 1;
        Self::new(Code::TooManyAttempts, "", "too-many-attempts").with("seconds", seconds)
    }
}

/// Counts an attempt of this kind from where `caller` is.
///
/// # Errors
/// When the database refuses.
pub async fn attempt(
    transaction: &impl ConnectionTrait,
    caller: &Caller,
    kind: &str,
    now: DateTime<Utc>,
) -> Result<Option<Wait>, DbErr> {
    let subject = format!("{kind}:{}", caller.address("attempts"));
    count(transaction, subject, ATTEMPTS, now).await
}

/// Whether one more e-mail may be sent to `email` because somebody asked for it.
///
/// # Errors
/// When the database refuses.
pub async fn may_write_to(
    transaction: &impl ConnectionTrait,
    email: &str,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let subject = format!("letters:{}", digest(email));
    let wait = count(transaction, subject, LETTERS, now).await?;
    Ok(wait.is_none())
}

/// Forgets what is counted of this address, whoever tried.
///
/// # Errors
/// When the database refuses.
pub async fn forget_address(transaction: &impl ConnectionTrait, email: &str) -> Result<(), DbErr> {
    let subjects = [
        failures_of(email, None),
        format!("letters:{}", digest(email)),
    ];
    Entity::delete_many()
        .filter(Column::Subject.is_in(subjects))
        .exec(transaction)
        .await?;
    Ok(())
}

/// Forgets what was last counted so long ago that it slows nobody down.
///
/// # Errors
/// When the database refuses.
pub async fn purge(transaction: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<u64, DbErr> {
    let purged = Entity::delete_many()
        .filter(Column::CountedFrom.lt(now - MEMORY - MEMORY))
        .exec(transaction)
        .await?;
    Ok(purged.rows_affected)
}

async fn count(
    transaction: &impl ConnectionTrait,
    subject: String,
    quota: Quota,
    now: DateTime<Utc>,
) -> Result<Option<Wait>, DbErr> {
    let counter = counter(transaction, &subject, now).await?;
    let until = counter.counted_from + quota.in_time;
    let (from, counted) = if until <= now {
        (now, 0)
    } else {
        (counter.counted_from, counter.failures)
    };
    if counted >= quota.most {
        return Ok(Some(Wait(until - now)));
    }
    keep(transaction, subject, counted + 1, from, None).await?;
    Ok(None)
}

/// Whose failures are counted together: those to sign in as `email`, and apart from them
/// those from each address that the account knows. A guesser who has made the account wait
/// does not make its owner wait.
pub fn failures_of(email: &str, known: Option<&Caller>) -> String {
    match known {
        Some(caller) => format!("known:{}", caller.address(email)),
        None => format!("email:{}", digest(email)),
    }
}

/// Counts a failure before it is known to be one, so that many attempts at once do not
/// escape; [`forget`] takes it back.
///
/// # Errors
/// When the database refuses.
pub async fn fail(
    transaction: &impl ConnectionTrait,
    subject: &str,
    now: DateTime<Utc>,
) -> Result<Option<Wait>, DbErr> {
    let counter = counter(transaction, subject, now).await?;
    if let Some(until) = counter.blocked_until
        && until > now
    {
        return Ok(Some(Wait(until - now)));
    }
    let (from, failures) = if counter.counted_from + MEMORY <= now {
        (now, 1)
    } else {
        (counter.counted_from, counter.failures.saturating_add(1))
    };
    let blocked_until = wait_after(failures).map(|wait| now + wait);
    keep(
        transaction,
        subject.to_owned(),
        failures,
        from,
        blocked_until,
    )
    .await?;
    Ok(None)
}

fn wait_after(failures: i32) -> Option<TimeDelta> {
    let minutes = (failures - FREE_FAILURES + 1).min(LONGEST_WAIT);
    (minutes > 0).then(|| TimeDelta::minutes(minutes.into()))
}

/// Forgets the failures of `subject`, and whatever is old.
///
/// # Errors
/// When the database refuses.
pub async fn forget(
    transaction: &impl ConnectionTrait,
    subject: &str,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    Entity::delete_by_id(subject).exec(transaction).await?;
    purge(transaction, now).await?;
    Ok(())
}

/// The counter of `subject`, which nobody else counts on until the end of `transaction`.
async fn counter(
    transaction: &impl ConnectionTrait,
    subject: &str,
    now: DateTime<Utc>,
) -> Result<Model, DbErr> {
    let row = ActiveModel {
        subject: Set(subject.to_owned()),
        failures: Set(0),
        counted_from: Set(now),
        blocked_until: Set(None),
    };
    Entity::insert(row)
        .on_conflict_do_nothing_on([Column::Subject])
        .exec_without_returning(transaction)
        .await?;
    Entity::find_by_id(subject)
        .lock_exclusive()
        .one(transaction)
        .await?
        .ok_or_else(|| DbErr::RecordNotFound("a counter of attempts".to_owned()))
}

async fn keep(
    transaction: &impl ConnectionTrait,
    subject: String,
    failures: i32,
    counted_from: DateTime<Utc>,
    blocked_until: Option<DateTime<Utc>>,
) -> Result<(), DbErr> {
    let row = ActiveModel {
        failures: Set(failures),
        counted_from: Set(counted_from),
        blocked_until: Set(blocked_until),
        ..Default::default()
    };
    Entity::update_many()
        .set(row)
        .filter(Column::Subject.eq(subject))
        .exec(transaction)
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_grows_by_a_minute_up_to_a_quarter_of_an_hour() {
        let minutes = |failures| wait_after(failures).map(|wait| wait.num_minutes());
        assert_eq!(minutes(9), None);
        assert_eq!(minutes(10), Some(1));
        assert_eq!(minutes(11), Some(2));
        assert_eq!(minutes(24), Some(15));
        assert_eq!(minutes(1000), Some(15));
    }
}
