//! What is done to reviewed contents, each in one transaction: authorised, written as a
//! revision and recorded in the change log.

use std::future::Future;
use std::marker::PhantomData;

use entity::revision;
use entity::values::{Publication, RevisionState};
use sea_orm::DatabaseTransaction;
use serde_json::json;
use uuid::Uuid;

use super::content::{Head, New, Placement, Reviewed};
use super::differences::differences;
use super::notice;
use super::state::{Decision, Standing, Step};
use super::store::{self, Author, Draft};
use crate::accounts::actor;
use crate::app::App;
use crate::change::{Action, Change};
use crate::clock::Clock;
use crate::database::{self, Transaction, Written};
use crate::duplicates;
use crate::idempotency::{Claim, Key};
use crate::permission::{Operation, Permit, Relation, authorize};
use crate::problem::{Code, Problem, WriteError};
use crate::slugs::Wish;
use crate::viewer::Scope;

/// Characters of a reason, at the most.
const LONGEST_REASON: usize = 2000;

/// Which content is meant, and the revision that its writer has read.
#[derive(Clone, Copy, Debug)]
pub struct Edit {
    pub id: Uuid,
    pub expected_revision: i32,
}

/// Creates a draft that belongs to who asks, and answers its identifier. It is remembered that
/// it is none of the contents `different`.
///
/// # Errors
/// When they may not, or the content has problems.
pub async fn create<C: Reviewed>(
    app: &App,
    scope: Scope,
    operation: &Operation,
    content: C,
    different: &[Uuid],
    key: Option<Key>,
) -> Result<Uuid, WriteError> {
    // What one creates is one's own.
    let permit = authorize(scope.viewer, operation, Relation::Own)?;
    let id = app.clock.new_id();
    let content = content.identified(id, None)?;
    let (content, key, permit) = (&content, &key, &permit);
    database::write(
        &app.database,
        &app.clock,
        &actor(permit.principal().account),
        |transaction| async move {
            if let Some(key) = key
                && let Claim::Done(id) = key.claim(&*transaction, permit, id, scope.now).await?
            {
                return Ok((id, Vec::new()));
            }
            content.check(&*transaction, scope, id).await?;
            let owner = permit.principal().account;
            let mut changes = content.attach(&*transaction, scope, id).await?;
            let (name, distinction) = content.slug_parts();
            let wish = Wish::of(id, name, distinction);
            let slug = C::slugs(&*transaction, &[wish]).await?.remove(&id);
            let new = New {
                id,
                slug: slug.unwrap_or_else(|| id.to_string()),
                owner: Some(owner),
                publication: Publication::Draft,
                content: content.clone(),
            };
            C::insert(&*transaction, scope, &[new]).await?;
            let draft = Draft {
                id: app.clock.new_id(),
                subject: C::SUBJECT,
                entity: id,
                number: 1,
                state: RevisionState::Draft,
                content: json_of(content)?,
                author: Author::Account(permit),
                at: scope.now,
            };
            store::append(&*transaction, draft).await?;
            changes.push(change::<C>(id, Action::Created, 1, false));
            let created = (C::SUBJECT, id);
            let said = duplicates::declare_different(
                &*transaction,
                &app.clock,
                permit,
                scope,
                created,
                different,
            );
            changes.extend(said.await?);
            duplicates::note(&*transaction, &app.clock, C::SUBJECT, id).await?;
            Ok((id, changes))
        },
    )
    .await
}

/// Makes a new revision of what `change` makes of the latest one.
///
/// # Errors
/// When they may not, another revision came between, or the new content has problems.
pub async fn edit<C: Reviewed>(
    app: &App,
    scope: Scope,
    operation: &Operation,
    edit: Edit,
    patch: impl Fn(C) -> Result<C, WriteError> + Send + Sync,
) -> Result<Uuid, WriteError> {
    let patch = &patch;
    on::<C, _>(app, scope, operation, edit, |content| async move {
        let before = content.latest_content().await?;
        let after = patch(before.clone())?.identified(edit.id, Some(&before))?;
        if after == before {
            return Ok((edit.id, Vec::new()));
        }
        content.replace(after).await
    })
    .await
}

/// Makes a new revision with the content of an earlier one.
///
/// # Errors
/// When they may not, there is no such revision, or another one came between.
pub async fn restore_revision<C: Reviewed>(
    app: &App,
    scope: Scope,
    operation: &Operation,
    edit: Edit,
    number: i32,
) -> Result<Uuid, WriteError> {
    on::<C, _>(app, scope, operation, edit, |content| async move {
        let earlier = store::numbered(&*content.transaction, C::SUBJECT, edit.id, number).await?;
        let earlier = earlier
            .and_then(|revision| serde_json::from_value::<C>(revision.content).ok())
            .ok_or_else(|| Problem::new(Code::NotFound, "revision", "no-such-revision"))?;
        content.replace(earlier).await
    })
    .await
}

/// Hands the latest revision to the reviewers.
///
/// # Errors
/// When they may not, or it is not a draft.
pub async fn submit<C: Reviewed>(
    app: &App,
    scope: Scope,
    operation: &Operation,
    edit: Edit,
) -> Result<Uuid, WriteError> {
    on::<C, _>(app, scope, operation, edit, |content| async move {
        let after = content.step(Step::Submit)?;
        let number = if content.latest.state == RevisionState::Draft {
            store::submit(&*content.transaction, content.latest.id, scope.now).await?;
            content.latest.number
        } else {
            // What was decided of the latest revision stays told.
            let copy = content.latest.content.clone();
            content.append(copy, RevisionState::Pending).await?
        };
        let placement = Placement::of(after.publication, number);
        content.place(placement).await?;
        content.note_duplicates().await?;
        let change = change::<C>(edit.id, Action::Submitted, number, false);
        Ok((edit.id, vec![change]))
    })
    .await
}

/// Decides what becomes of the pending revision; `reason` is needed unless it is approved.
///
/// # Errors
/// When they may not, it was decided or replaced meanwhile, or there is no reason.
pub async fn decide<C: Reviewed>(
    app: &App,
    scope: Scope,
    operation: &Operation,
    edit: Edit,
    decision: Decision,
    reason: Option<String>,
) -> Result<Uuid, WriteError> {
    let reason = &reason;
    on::<C, _>(app, scope, operation, edit, |content| async move {
        if content.latest.decided_at.is_some() {
            return Err(conflict(content.latest.number).into());
        }
        let after = content.step(Step::Decide(decision))?;
        let reason = checked_reason(decision, reason.as_deref())?;
        let latest = &content.latest;
        store::decide(
            &*content.transaction,
            &content.permit,
            latest.id,
            after.latest,
            reason.clone(),
            scope.now,
        )
        .await?;
        let (told_of, told) = (&content.head, (decision, reason.clone()));
        let action = match decision {
            Decision::Approve => Action::Approved,
            Decision::AskForChanges => Action::ChangesAsked,
            Decision::Reject => Action::Rejected,
        };
        let approved = decision == Decision::Approve;
        if approved {
            let new = content.latest_content().await?;
            new.check(&*content.transaction, scope, edit.id).await?;
            new.update(&*content.transaction, edit.id).await?;
            content.note_duplicates().await?;
        }
        let revision = if approved {
            latest.number
        } else {
            content.head.revision
        };
        let rejection = (after.publication == Publication::Rejected)
            .then_some(reason)
            .flatten();
        let placement = Placement {
            publication: after.publication,
            revision,
            rejection_reason: rejection,
            confirms: approved,
        };
        content.place(placement).await?;
        notice::tell(app, &content.transaction, C::SUBJECT, told_of, latest, told).await?;
        let mut change = change::<C>(edit.id, action, latest.number, approved);
        change.details = json!({ "fields": content.changed_fields().await? });
        Ok((edit.id, vec![change]))
    })
    .await
}

/// Takes a content from the public.
///
/// # Errors
/// When they may not, or it is not public.
pub async fn archive<C: Reviewed>(
    app: &App,
    scope: Scope,
    operation: &Operation,
    edit: Edit,
) -> Result<Uuid, WriteError> {
    step::<C>(app, scope, operation, edit, Step::Archive, Action::Archived).await
}

/// Gives an archived content back to the public.
///
/// # Errors
/// When they may not, or it is not archived.
pub async fn restore<C: Reviewed>(
    app: &App,
    scope: Scope,
    operation: &Operation,
    edit: Edit,
) -> Result<Uuid, WriteError> {
    step::<C>(app, scope, operation, edit, Step::Restore, Action::Restored).await
}

async fn step<C: Reviewed>(
    app: &App,
    scope: Scope,
    operation: &Operation,
    edit: Edit,
    step: Step,
    action: Action,
) -> Result<Uuid, WriteError> {
    on::<C, _>(app, scope, operation, edit, |content| async move {
        let after = content.step(step)?;
        if after.publication == Publication::Published {
            let public = C::read(&*content.transaction, scope, edit.id).await?;
            public
                .check_unique(&*content.transaction, scope, edit.id)
                .await?;
        }
        let revision = content.head.revision;
        let placement = Placement {
            confirms: step == Step::Restore,
            ..Placement::of(after.publication, revision)
        };
        content.place(placement).await?;
        let change = change::<C>(edit.id, action, content.latest.number, true);
        Ok((edit.id, vec![change]))
    })
    .await
}

/// A content that was found, may be written by who asks, and is as they read it.
struct Found<'a, C> {
    app: &'a App,
    scope: Scope,
    transaction: Transaction,
    permit: Permit,
    head: Head,
    latest: revision::Model,
    kind: PhantomData<C>,
}

/// Runs `work` in a transaction on the content that `edit` means.
async fn on<'a, C, F>(
    app: &'a App,
    scope: Scope,
    operation: &Operation,
    edit: Edit,
    work: impl Fn(Found<'a, C>) -> F,
) -> Result<Uuid, WriteError>
where
    C: Reviewed,
    F: Future<Output = Written<Uuid>>,
{
    let work = &work;
    let Some(principal) = scope.viewer.principal() else {
        return Err(crate::permission::Denied::NotSignedIn.into());
    };
    let actor = actor(principal.account);
    database::write(
        &app.database,
        &app.clock,
        &actor,
        |transaction| async move {
            let head = C::head(&*transaction, scope, edit.id)
                .await?
                .ok_or_else(|| Problem::new(Code::NotFound, "id", "no-such-content"))?;
            let territory = app.gazetteer.current();
            let relation = head.relation(principal, &territory, scope.today);
            let permit = authorize(scope.viewer, operation, relation)?;
            let latest = match store::latest(&*transaction, C::SUBJECT, edit.id).await? {
                Some(latest) => latest,
                None => first_revision::<C>(&app.clock, scope, &transaction, &head).await?,
            };
            if latest.number != edit.expected_revision {
                return Err(conflict(latest.number).into());
            }
            work(Found {
                app,
                scope,
                transaction,
                permit,
                head,
                latest,
                kind: PhantomData,
            })
            .await
        },
    )
    .await
}

/// Keeps what the columns hold as a revision: what came into the registry otherwise than
/// by its mutations has none yet.
///
/// # Errors
/// When the database refuses.
pub async fn first_revision<C: Reviewed>(
    clock: &Clock,
    scope: Scope,
    transaction: &DatabaseTransaction,
    head: &Head,
) -> Result<revision::Model, WriteError> {
    let content = C::read(transaction, scope, head.id).await?;
    let state = match head.publication {
        Publication::Published | Publication::Archived => RevisionState::Approved,
        Publication::Submitted => RevisionState::Pending,
        Publication::Draft | Publication::Rejected => RevisionState::Draft,
    };
    let draft = Draft {
        id: clock.new_id(),
        subject: C::SUBJECT,
        entity: head.id,
        number: head.revision,
        state,
        content: json_of(&content)?,
        author: Author::Unknown,
        at: scope.now,
    };
    Ok(store::append(transaction, draft).await?)
}

impl<C: Reviewed> Found<'_, C> {
    fn step(&self, step: Step) -> Result<Standing, WriteError> {
        let standing = Standing {
            publication: self.head.publication,
            latest: self.latest.state,
        };
        standing.after(step).map_err(|_| {
            Problem::new(Code::IllegalTransition, "id", "illegal-transition")
                .with("publication", standing.publication.as_str())
                .with("revision", standing.latest.as_str())
                .into()
        })
    }

    /// The content of the latest revision.
    async fn latest_content(&self) -> Result<C, WriteError> {
        match serde_json::from_value(self.latest.content.clone()) {
            Ok(content) => Ok(content),
            // Written by an earlier release: the columns hold what it says.
            Err(_) => Ok(C::read(&*self.transaction, self.scope, self.head.id).await?),
        }
    }

    /// The fields of the latest revision that are not as the public sees them.
    async fn changed_fields(&self) -> Result<Vec<String>, WriteError> {
        let (id, public) = (self.head.id, self.head.revision);
        let before = store::numbered(&*self.transaction, C::SUBJECT, id, public).await?;
        let before = before.map(|revision| revision.content).unwrap_or_default();
        Ok(fields(&before, &self.latest.content))
    }

    /// Writes a new revision with this content after the latest one.
    async fn append(
        &self,
        content: serde_json::Value,
        state: RevisionState,
    ) -> Result<i32, WriteError> {
        if matches!(
            self.latest.state,
            RevisionState::Draft | RevisionState::Pending
        ) {
            store::supersede(&*self.transaction, self.latest.id).await?;
        }
        let number = self.latest.number + 1;
        let draft = Draft {
            id: self.app.clock.new_id(),
            subject: C::SUBJECT,
            entity: self.head.id,
            number,
            state,
            content,
            author: Author::Account(&self.permit),
            at: self.scope.now,
        };
        store::append(&*self.transaction, draft).await?;
        Ok(number)
    }

    /// Makes `content` the latest revision.
    async fn replace(self, content: C) -> Written<Uuid> {
        let after = self.step(Step::Edit)?;
        let id = self.head.id;
        content.check(&*self.transaction, self.scope, id).await?;
        let value = json_of(&content)?;
        let changed = fields(&self.latest.content, &value);
        let number = self.append(value, after.latest).await?;
        let mut changes = content.attach(&*self.transaction, self.scope, id).await?;
        if after.publication != Publication::Published {
            content.update(&*self.transaction, id).await?;
            self.note_duplicates().await?;
            self.place(Placement::of(after.publication, number)).await?;
        }
        let mut change = change::<C>(id, Action::Updated, number, false);
        change.details = json!({ "fields": changed });
        changes.push(change);
        Ok((id, changes))
    }

    /// Remembers what may be the content that the columns hold.
    async fn note_duplicates(&self) -> Result<(), WriteError> {
        let (clock, id) = (&self.app.clock, self.head.id);
        Ok(duplicates::note(&*self.transaction, clock, C::SUBJECT, id).await?)
    }

    async fn place(&self, placement: Placement) -> Result<(), WriteError> {
        Ok(C::place(&*self.transaction, self.scope, self.head.id, placement).await?)
    }
}

fn fields(before: &serde_json::Value, after: &serde_json::Value) -> Vec<String> {
    differences(before, after)
        .into_iter()
        .map(|difference| difference.field)
        .collect()
}

fn change<C: Reviewed>(id: Uuid, action: Action, revision: i32, is_public: bool) -> Change {
    Change {
        subject: C::SUBJECT,
        id,
        action,
        revision: Some(revision),
        is_public,
        details: json!({}),
    }
}

fn conflict(current: i32) -> Problem {
    Problem::new(Code::Conflict, "expectedRevision", "revision-conflict").with("current", current)
}

fn checked_reason(decision: Decision, reason: Option<&str>) -> Result<Option<String>, Problem> {
    let reason = reason.map(str::trim).filter(|reason| !reason.is_empty());
    if decision != Decision::Approve && reason.is_none() {
        return Err(Problem::new(Code::Required, "reason", "required"));
    }
    if reason.is_some_and(|reason| reason.chars().count() > LONGEST_REASON) {
        return Err(
            Problem::new(Code::TooLong, "reason", "text-too-long").with("most", LONGEST_REASON)
        );
    }
    Ok(reason.map(str::to_owned))
}

pub(super) fn json_of(content: &impl Reviewed) -> Result<serde_json::Value, WriteError> {
    serde_json::to_value(content)
        .map_err(|_| WriteError::Internal("a content that cannot be written as JSON"))
}
