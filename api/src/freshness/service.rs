//! Saying that a content is still true.

use serde_json::json;
use uuid::Uuid;

use super::{policy, store};
use crate::accounts::actor;
use crate::app::App;
use crate::change::{Action, Change, Subject};
use crate::database;
use crate::permission::{Denied, authorize};
use crate::problem::{Code, Problem, WriteError};
use crate::review::{self, CONTENTS};
use crate::viewer::Scope;

/// Says that a public content is still true, of whoever may write it.
///
/// # Errors
/// When who asks may not, there is none such, or it is not public.
pub async fn confirm(
    app: &App,
    scope: Scope,
    subject: Subject,
    id: Uuid,
) -> Result<(), WriteError> {
    let principal = scope.viewer.principal().ok_or(Denied::NotSignedIn)?;
    let none = || Problem::new(Code::NotFound, "id", "no-such-content");
    let mut tables = CONTENTS.into_iter();
    let table = tables.find(|table| table.subject == subject);
    let table = table.ok_or_else(none)?;
    database::write(
        &app.database,
        &app.clock,
        &actor(principal.account),
        |transaction| async move {
            let head = review::head(&*transaction, scope, subject, id).await?;
            let head = head.ok_or_else(none)?;
            let relation = head.relation(principal, &app.gazetteer.current(), scope.today);
            authorize(scope.viewer, &policy::CONFIRM, relation)?;
            if !store::set_confirmed(&*transaction, table, id, scope.now).await? {
                return Err(Problem::new(Code::IllegalTransition, "id", "not-public").into());
            }
            Ok(((), vec![confirmed(subject, id)]))
        },
    )
    .await
}

/// The change of a content that was confirmed.
pub fn confirmed(subject: Subject, id: Uuid) -> Change {
    updated(subject, id, "confirmedAt")
}

/// The change of a content that nobody confirmed.
pub fn stale(subject: Subject, id: Uuid) -> Change {
    updated(subject, id, "staleSince")
}

fn updated(subject: Subject, id: Uuid, field: &str) -> Change {
    Change {
        subject,
        id,
        action: Action::Updated,
        revision: None,
        is_public: true,
        details: json!({ "fields": [field] }),
    }
}
