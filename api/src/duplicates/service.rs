//! Says of two contents that they are two, or leaves it open again.

use entity::values::DuplicateVerdict;
use sea_orm::DatabaseTransaction;
use uuid::Uuid;

use super::finding::{change, set_different};
use super::{contents, policy, store};
use crate::accounts::actor;
use crate::app::App;
use crate::change::{Action, Subject};
use crate::database;
use crate::idempotency::{Claim, Key};
use crate::permission::{Denied, Operation, Permit, Relation, authorize};
use crate::problem::{Code, Problem, Problems, WriteError};
use crate::review::{self, Table};
use crate::viewer::{Principal, Scope};

/// Two contents of one kind.
#[derive(Clone, Copy, Debug)]
pub struct Both {
    table: Table,
    /// Each with the field that names it, in the order of their identifiers.
    contents: [(&'static str, Uuid); 2],
}

impl Both {
    /// Two contents, each of its kind.
    ///
    /// # Errors
    /// When they are one, of two kinds, or of a kind that is not compared.
    pub fn new(left: (Subject, Uuid), right: (Subject, Uuid)) -> Result<Self, Problem> {
        let invalid = |field, key| Problem::new(Code::Invalid, field, key);
        let table = contents::table_of(left.0);
        let table = table.ok_or_else(|| invalid("left", "not-compared"))?;
        if left.0 != right.0 {
            return Err(invalid("right", "not-of-one-kind"));
        }
        if left.1 == right.1 {
            return Err(invalid("right", "compared-with-itself"));
        }
        let mut contents = [("left", left.1), ("right", right.1)];
        contents.sort_by_key(|(_, id)| *id);
        Ok(Self { table, contents })
    }

    fn ids(&self) -> (Uuid, Uuid) {
        let [(_, one), (_, other)] = self.contents;
        (one, other)
    }
}

/// Says that two contents are two, once under the idempotency key `key`; answers the
/// identifier of their pair.
///
/// # Errors
/// When there is no such content, or who asks may write neither.
pub async fn dismiss(
    app: &App,
    scope: Scope,
    both: Both,
    key: Option<String>,
) -> Result<Uuid, WriteError> {
    decide(app, scope, both, DuplicateVerdict::Different, key).await
}

/// Leaves open whether two contents are two; answers the identifier of their pair.
///
/// # Errors
/// When there is no such pair of contents, or who asks may write neither.
pub async fn restore(
    app: &App,
    scope: Scope,
    both: Both,
    key: Option<String>,
) -> Result<Uuid, WriteError> {
    decide(app, scope, both, DuplicateVerdict::Open, key).await
}

async fn decide(
    app: &App,
    scope: Scope,
    both: Both,
    verdict: DuplicateVerdict,
    key: Option<String>,
) -> Result<Uuid, WriteError> {
    let operation = match verdict {
        DuplicateVerdict::Different => &policy::DISMISS,
        DuplicateVerdict::Open => &policy::RESTORE,
    };
    let principal = scope.viewer.principal().ok_or(Denied::NotSignedIn)?;
    let key = key.map(|key| Key::new(key, operation.name, &both.ids()));
    let (key, id) = (&key.transpose()?, app.clock.new_id());
    let pair = both.ids();
    let subject = both.table.subject;
    database::write(
        &app.database,
        &app.clock,
        &actor(principal.account),
        |transaction| async move {
            let permit = allowed(app, scope, &transaction, &both, operation, principal).await?;
            // The key remembers the pair, whose row may not be there yet.
            let known = store::id_of(&*transaction, subject, pair).await?;
            if let Some(key) = key
                && let Claim::Done(_) = key
                    .claim(&*transaction, &permit, known.unwrap_or(id), scope.now)
                    .await?
            {
                return Ok((known.ok_or_else(no_pair)?, Vec::new()));
            }
            let changed = match (verdict, known) {
                (DuplicateVerdict::Different, _) => {
                    set_different(&*transaction, &app.clock, &permit, both.table, pair).await?
                }
                (DuplicateVerdict::Open, Some(known)) => {
                    let opened = store::decide(&*transaction, subject, pair, None).await?;
                    opened.then(|| change(known, Action::Restored))
                }
                (DuplicateVerdict::Open, None) => return Err(no_pair().into()),
            };
            let id = store::id_of(&*transaction, subject, pair).await?;
            let id = id.ok_or(WriteError::Internal("a pair that was decided is not there"))?;
            Ok((id, changed.into_iter().collect()))
        },
    )
    .await
}

fn no_pair() -> Problem {
    Problem::new(Code::NotFound, "right", "no-such-pair")
}

/// Finds both contents, locks them, and asks whether who asks may write one of them.
async fn allowed(
    app: &App,
    scope: Scope,
    transaction: &DatabaseTransaction,
    both: &Both,
    operation: &Operation,
    principal: Principal,
) -> Result<Permit, WriteError> {
    let mut problems = Problems::default();
    let mut nearest = Relation::Other;
    // In the order of their identifiers, so that no two writers wait for each other.
    for (field, id) in both.contents {
        let head = review::head(transaction, scope, both.table.subject, id).await?;
        let Some(head) = head else {
            problems.add(Problem::new(Code::NotFound, field, "no-such-content"));
            continue;
        };
        let relation = head.relation(principal, &app.gazetteer.current(), scope.today);
        nearest = match (nearest, relation) {
            (Relation::Own, _) | (_, Relation::Own) => Relation::Own,
            (Relation::Territory, _) | (_, Relation::Territory) => Relation::Territory,
            _ => Relation::Other,
        };
    }
    problems.none()?;
    Ok(authorize(scope.viewer, operation, nearest)?)
}
