//! What is done to themes, each in one transaction. They are not reviewed: the few who may
//! write them are those who review.

use std::sync::Arc;

use entity::theme;
use serde_json::json;
use uuid::Uuid;

use super::content::ThemeContent;
use super::taxonomy::Theme;
use super::{policy, store};
use crate::accounts::actor;
use crate::app::App;
use crate::change::{Action, Change, Subject};
use crate::database;
use crate::id::ThemeRef;
use crate::idempotency::{Claim, Key};
use crate::permission::{Operation, Relation, authorize};
use crate::problem::{Code, Problem, WriteError};
use crate::review::{Edit, differences};
use crate::viewer::Scope;

/// Creates a theme.
///
/// # Errors
/// When who asks may not, or it has problems.
pub async fn create(
    app: &App,
    scope: Scope,
    content: ThemeContent,
    key: Option<Key>,
) -> Result<Arc<Theme>, WriteError> {
    let permit = authorize(scope.viewer, &policy::CREATE, Relation::Other)?;
    let id = app.clock.new_id();
    let (content, key, permit) = (&content, &key, &permit);
    let written = database::write(
        &app.database,
        &app.clock,
        &actor(permit.principal().account),
        |transaction| async move {
            if let Some(key) = key
                && let Claim::Done(id) = key.claim(&*transaction, permit, id, scope.now).await?
            {
                return Ok((id, Vec::new()));
            }
            let all = store::locked(&*transaction).await?;
            check_parent(&all, None, content.parent)?;
            let last = all.iter().map(|theme| theme.position).max();
            let place = content.position.or(last.map(|last| last.saturating_add(1)));
            store::insert(&*transaction, id, content, place.unwrap_or_default()).await?;
            Ok((id, vec![change(id, Action::Created, 1)]))
        },
    )
    .await?;
    read_again(app, written).await
}

/// Makes of a theme what `patch` makes of it.
///
/// # Errors
/// When who asks may not, somebody else wrote it meanwhile, or it then has problems.
pub async fn update(
    app: &App,
    scope: Scope,
    edit: Edit,
    patch: impl Fn(ThemeContent) -> Result<ThemeContent, WriteError> + Send + Sync,
) -> Result<Arc<Theme>, WriteError> {
    let patch = &patch;
    on(
        app,
        scope,
        &policy::UPDATE,
        edit,
        |transaction, all, row| async move {
            let before = store::content(&*transaction, &row).await?;
            let after = patch(before.clone())?;
            if after == before {
                return Ok(None);
            }
            if after.parent != before.parent {
                check_parent(&all, Some(row.id), after.parent)?;
            }
            let revision = row.revision + 1;
            store::update(&*transaction, &row, &after, revision).await?;
            let mut change = change(row.id, Action::Updated, revision);
            let json = |content| serde_json::to_value(content).unwrap_or_default();
            let fields = differences(&json(&before), &json(&after));
            let fields: Vec<String> = fields.into_iter().map(|one| one.field).collect();
            change.details = json!({ "fields": fields });
            Ok(Some(change))
        },
    )
    .await
}

/// Has a theme no longer be offered; what has it keeps it.
///
/// # Errors
/// When who asks may not, or it is archived, or others below it are not.
pub async fn archive(app: &App, scope: Scope, edit: Edit) -> Result<Arc<Theme>, WriteError> {
    on(
        app,
        scope,
        &policy::ARCHIVE,
        edit,
        |transaction, all, row| async move {
            let mut offered = all.iter().filter(|other| other.archived_at.is_none());
            if row.archived_at.is_some() {
                return Err(illegal("theme-is-archived").into());
            }
            if offered.any(|other| other.parent_id == Some(row.id)) {
                return Err(illegal("theme-has-themes-below").into());
            }
            let revision = row.revision + 1;
            store::set_archived(&*transaction, row.id, Some(scope.now), revision).await?;
            Ok(Some(change(row.id, Action::Archived, revision)))
        },
    )
    .await
}

/// Has an archived theme be offered again.
///
/// # Errors
/// When who asks may not, or it is not archived, or the one above it is.
pub async fn restore(app: &App, scope: Scope, edit: Edit) -> Result<Arc<Theme>, WriteError> {
    on(
        app,
        scope,
        &policy::RESTORE,
        edit,
        |transaction, all, row| async move {
            let mut archived = all.iter().filter(|other| other.archived_at.is_some());
            if row.archived_at.is_none() {
                return Err(illegal("theme-is-not-archived").into());
            }
            if archived.any(|other| row.parent_id == Some(other.id)) {
                return Err(illegal("theme-above-is-archived").into());
            }
            let revision = row.revision + 1;
            store::set_archived(&*transaction, row.id, None, revision).await?;
            Ok(Some(change(row.id, Action::Restored, revision)))
        },
    )
    .await
}

/// Runs `work` in a transaction on the theme that `edit` means, and on all themes: they are
/// few, and locked together so that no two writes make a ring of them.
async fn on<F>(
    app: &App,
    scope: Scope,
    operation: &Operation,
    edit: Edit,
    work: impl Fn(database::Transaction, Vec<theme::Model>, theme::Model) -> F,
) -> Result<Arc<Theme>, WriteError>
where
    F: Future<Output = Result<Option<Change>, WriteError>>,
{
    let permit = authorize(scope.viewer, operation, Relation::Other)?;
    let work = &work;
    let written = database::write(
        &app.database,
        &app.clock,
        &actor(permit.principal().account),
        |transaction| async move {
            let all = store::locked(&*transaction).await?;
            let row = all.iter().find(|theme| theme.id == edit.id).cloned();
            let row = row.ok_or_else(|| Problem::new(Code::NotFound, "id", "no-such-content"))?;
            if row.revision != edit.expected_revision {
                let field = "expectedRevision";
                let conflict = Problem::new(Code::Conflict, field, "revision-conflict");
                return Err(conflict.with("current", row.revision).into());
            }
            let change = work(transaction, all, row).await?;
            Ok((edit.id, change.into_iter().collect()))
        },
    )
    .await?;
    read_again(app, written).await
}

/// The theme as it is in memory once that has been read again: what was written is seen at
/// once by who asks the same server.
async fn read_again(app: &App, id: Uuid) -> Result<Arc<Theme>, WriteError> {
    app.taxonomy.refresh(&app.database).await?;
    let themes = app.taxonomy.current();
    let theme = themes.by_id(id).map(Arc::clone);
    theme.ok_or(WriteError::Internal(
        "a theme that was written cannot be read",
    ))
}

/// Checks that a theme can be below `parent`: that it is there and offered, and not the
/// theme itself or below it.
fn check_parent(
    all: &[theme::Model],
    theme: Option<Uuid>,
    parent: Option<ThemeRef>,
) -> Result<(), Problem> {
    let Some(ThemeRef(parent)) = parent else {
        return Ok(());
    };
    let of_id = |id: Uuid| all.iter().find(|other| other.id == id);
    let offered = of_id(parent).is_some_and(|parent| parent.archived_at.is_none());
    if !offered {
        return Err(Problem::new(Code::NotFound, "parent", "no-such-theme"));
    }
    // Each step leads one level up; there are no more levels than themes.
    let mut above = Some(parent);
    for _ in all {
        if above.is_some() && above == theme {
            return Err(Problem::new(Code::Invalid, "parent", "theme-below-itself"));
        }
        above = above.and_then(of_id).and_then(|theme| theme.parent_id);
    }
    Ok(())
}

fn illegal(key: &'static str) -> Problem {
    Problem::new(Code::IllegalTransition, "id", key)
}

fn change(id: Uuid, action: Action, revision: i32) -> Change {
    Change {
        subject: Subject::Theme,
        id,
        action,
        revision: Some(revision),
        is_public: true,
        details: json!({}),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn theme(number: u128, parent: Option<u128>) -> theme::Model {
        theme::Model {
            id: Uuid::from_u128(number),
            slug: format!("t{number}"),
            name: String::new(),
            description: None,
            parent_id: parent.map(Uuid::from_u128),
            position: 0,
            revision: 1,
            archived_at: None,
        }
    }

    #[test]
    fn a_theme_is_never_below_itself() {
        let all = [
            theme(1, None),
            theme(2, Some(1)),
            theme(3, Some(2)),
            theme(4, None),
        ];
        let below = |number: u128, parent: u128| {
            let parent = Some(ThemeRef(Uuid::from_u128(parent)));
            check_parent(&all, Some(Uuid::from_u128(number)), parent).is_ok()
        };
        assert!(below(3, 1) && below(3, 4) && below(4, 3));
        assert!(!below(1, 1) && !below(1, 3) && !below(2, 3) && !below(4, 9));
    }
}
