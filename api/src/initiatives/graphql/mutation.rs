//! Mutations of initiatives.

use async_graphql::{Context, Object, Result};

use super::initiative::Initiative;
use super::inputs::{InitiativeCreateInput, InitiativeUpdateInput};
use crate::graphql::ContextExt as _;
use crate::graphql::mutation::answer;
use crate::id::Kind;
use crate::initiatives::model::InitiativeContent;
use crate::initiatives::policy::INITIATIVE;
use crate::review::Edit;
use crate::review::graphql::{create, update};
use crate::{content_steps, payload};

payload! {
    /// What became of the creation of an initiative.
    InitiativeCreatePayload {
        /// The initiative, a draft, if it was created.
        initiative: Initiative
    }
    InitiativeCreateError, InitiativeCreateErrorCode: [
        Required, TooLong, Invalid, OutOfRange, NotFound, KeyReused
    ]
}

payload! {
    /// What became of an update of an initiative.
    InitiativeUpdatePayload {
        /// The initiative as this viewer sees it: what is public changes once the update is
        /// approved.
        initiative: Initiative
    }
    InitiativeUpdateError, InitiativeUpdateErrorCode: [
        Required, TooLong, Invalid, OutOfRange, NotFound, Conflict, IllegalTransition
    ]
}

content_steps! {
    /// What takes initiatives from one state to another.
    InitiativeSteps of InitiativeContent, Kind::Initiative, INITIATIVE;
    initiative: Initiative;
    initiative_submit: InitiativeSubmitPayload, InitiativeSubmitError, InitiativeSubmitErrorCode;
    initiative_approve:
        InitiativeApprovePayload, InitiativeApproveError, InitiativeApproveErrorCode;
    initiative_ask_for_changes:
        InitiativeAskForChangesPayload, InitiativeAskForChangesError,
        InitiativeAskForChangesErrorCode;
    initiative_reject: InitiativeRejectPayload, InitiativeRejectError, InitiativeRejectErrorCode;
    initiative_archive:
        InitiativeArchivePayload, InitiativeArchiveError, InitiativeArchiveErrorCode;
    initiative_restore:
        InitiativeRestorePayload, InitiativeRestoreError, InitiativeRestoreErrorCode;
    initiative_restore_revision:
        InitiativeRestoreRevisionPayload, InitiativeRestoreRevisionError,
        InitiativeRestoreRevisionErrorCode;
}

/// Creates and updates initiatives.
#[derive(Default)]
pub struct InitiativeMutation;

#[Object]
impl InitiativeMutation {
    /// Creates a draft that belongs to the viewer; for every person with an account.
    async fn initiative_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The initiative.")] mut input: InitiativeCreateInput,
    ) -> Result<InitiativeCreatePayload> {
        let key = input.idempotency_key.take();
        let content = input.content(ctx)?;
        let written = create(ctx, &INITIATIVE.create, content, key).await;
        answer(ctx, Initiative::written(ctx, written).await?)
    }

    /// Writes a new revision. That of a published initiative waits for review; for its
    /// owner, members in their territory, staff and administrators.
    async fn initiative_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The changes.")] input: InitiativeUpdateInput,
    ) -> Result<InitiativeUpdatePayload> {
        let edit = Edit {
            id: ctx.uuid(Kind::Initiative, &input.id)?,
            expected_revision: input.expected_revision,
        };
        let patch = input.patch(ctx)?;
        let change = |content| patch.apply(content);
        let written = update(ctx, &INITIATIVE.update, edit, change).await;
        answer(ctx, Initiative::written(ctx, written).await?)
    }
}
