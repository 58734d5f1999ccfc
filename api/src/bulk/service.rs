//! What is done to imports.

use entity::import_job::ActiveModel;
use entity::values::ImportState;
use sea_orm::Set;
use serde_json::json;
use uuid::Uuid;

use super::model::{MOST_OF_ONE, MOST_OPEN, Request};
use super::policy::CANCEL;
use super::store::{self, Same};
use crate::accounts;
use crate::app::App;
use crate::change::{Action, Change, Subject};
use crate::database;
use crate::files;
use crate::idempotency::{Claim, Key};
use crate::permission::{Operation, Relation, authorize};
use crate::problem::{Code, Problem, WriteError};
use crate::viewer::Scope;

/// Has a file imported once those that wait are done; answers the import. Asked again under
/// the same `key`, it answers the same one.
///
/// # Errors
/// When the viewer may not, the file or the mapping cannot be used, too much waits, or what
/// is to be written was not tried before.
pub async fn ask(
    app: &App,
    scope: Scope,
    operation: &Operation,
    request: &Request,
    key: Option<&Key>,
) -> Result<Uuid, WriteError> {
    let permit = authorize(scope.viewer, operation, Relation::Other)?;
    let account = permit.principal().account;
    let chosen = &request.chosen()?;
    let sheet = &request.sheet()?;
    let id = app.clock.new_id();
    let now = app.clock.now();
    let work = |transaction: database::Transaction| async move {
        if let Some(key) = key
            && let Claim::Done(done) = key.claim(&*transaction, &permit, id, now).await?
        {
            return Ok((done, Vec::new()));
        }
        store::queue(&*transaction).await?;
        let (own, all) = store::open(&*transaction, account).await?;
        if own >= MOST_OF_ONE || all >= MOST_OPEN {
            let problem = Problem::new(Code::TooManyAttempts, "", "imports-too-many-open");
            return Err(problem.with("most", MOST_OF_ONE).into());
        }
        let file = files::data_of(&*transaction, account, request.file).await?;
        let file = file.ok_or_else(|| Problem::new(Code::NotFound, "fileId", "unknown-data"))?;
        let confirms = if request.dry_run {
            None
        } else {
            let same = Same {
                account,
                kind: request.kind,
                sha256: &file.sha256,
                mapping: &chosen.text,
                source: &chosen.source,
                sheet: sheet.as_deref(),
                source_wins: request.source_wins,
            };
            let tried = store::dry_run_of(&*transaction, same).await?;
            let refused =
                || Problem::new(Code::IllegalTransition, "dryRun", "import-dry-run-first");
            Some(tried.ok_or_else(refused)?)
        };
        let row = ActiveModel {
            id: Set(id),
            account_id: Set(Some(account)),
            kind: Set(request.kind),
            file_id: Set(Some(file.id)),
            file_name: Set(file.name),
            sha256: Set(file.sha256),
            mapping_name: Set(chosen.name.clone()),
            mapping: Set(chosen.text.clone()),
            source: Set(chosen.source.clone()),
            sheet: Set(sheet.clone()),
            dry_run: Set(request.dry_run),
            source_wins: Set(request.source_wins),
            confirms_id: Set(confirms),
            state: Set(ImportState::Queued),
            created_at: Set(now),
            bytes_total: Set(file.byte_size),
            findings: Set(json!({})),
            ..Default::default()
        };
        store::insert(&*transaction, row).await?;
        files::attach_data(&*transaction, file.id, id).await?;
        let mut change = change(id, Action::Created);
        change.details = json!({ "kind": request.kind.as_str(), "dryRun": request.dry_run });
        Ok((id, vec![change]))
    };
    database::write(&app.database, &app.clock, &accounts::actor(account), work).await
}

/// Ends an import that waits or runs. What it has written stays.
///
/// # Errors
/// When the viewer may not, there is none, or it has ended.
pub async fn cancel(app: &App, scope: Scope, id: Uuid) -> Result<Uuid, WriteError> {
    let permit = authorize(scope.viewer, &CANCEL, Relation::Other)?;
    let actor = accounts::actor(permit.principal().account);
    let now = app.clock.now();
    database::write(
        &app.database,
        &app.clock,
        &actor,
        |transaction| async move {
            if store::cancel(&*transaction, id, now).await? {
                return Ok((id, vec![change(id, Action::Updated)]));
            }
            Err(match store::find(&*transaction, scope, id).await? {
                Some(_) => Problem::new(Code::IllegalTransition, "id", "import-ended"),
                None => Problem::new(Code::NotFound, "id", "no-such-import"),
            }
            .into())
        },
    )
    .await
}

fn change(id: Uuid, action: Action) -> Change {
    Change {
        subject: Subject::Import,
        id,
        action,
        revision: None,
        is_public: false,
        details: json!({}),
    }
}
