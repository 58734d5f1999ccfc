//! Mutations of spaces.

use async_graphql::{Context, Object, Result};

use super::inputs::{CoworkingSpaceCreateInput, CoworkingSpaceUpdateInput};
use super::space::CoworkingSpace;
use crate::graphql::ContextExt as _;
use crate::graphql::mutation::answer;
use crate::id::Kind;
use crate::review::Edit;
use crate::review::graphql::{create, update};
use crate::spaces::content::SpaceContent;
use crate::spaces::policy::SPACE;
use crate::{content_steps, payload};

payload! {
    /// What became of the creation of a space.
    CoworkingSpaceCreatePayload {
        /// The space, a draft, if it was created.
        coworking_space: CoworkingSpace
    }
    CoworkingSpaceCreateError, CoworkingSpaceCreateErrorCode: [
        Required, TooLong, Invalid, OutOfRange, NotFound, KeyReused
    ]
}

payload! {
    /// What became of an update of a space.
    CoworkingSpaceUpdatePayload {
        /// The space as this viewer sees it: what is public changes once the update is
        /// approved.
        coworking_space: CoworkingSpace
    }
    CoworkingSpaceUpdateError, CoworkingSpaceUpdateErrorCode: [
        Required, TooLong, Invalid, OutOfRange, NotFound, Conflict, IllegalTransition
    ]
}

content_steps! {
    /// What takes spaces from one state to another.
    SpaceSteps of SpaceContent, Kind::CoworkingSpace, SPACE;
    coworking_space: CoworkingSpace;
    coworking_space_submit:
        CoworkingSpaceSubmitPayload, CoworkingSpaceSubmitError, CoworkingSpaceSubmitErrorCode;
    coworking_space_approve:
        CoworkingSpaceApprovePayload, CoworkingSpaceApproveError, CoworkingSpaceApproveErrorCode;
    coworking_space_ask_for_changes:
        CoworkingSpaceAskForChangesPayload, CoworkingSpaceAskForChangesError,
        CoworkingSpaceAskForChangesErrorCode;
    coworking_space_reject:
        CoworkingSpaceRejectPayload, CoworkingSpaceRejectError, CoworkingSpaceRejectErrorCode;
    coworking_space_archive:
        CoworkingSpaceArchivePayload, CoworkingSpaceArchiveError, CoworkingSpaceArchiveErrorCode;
    coworking_space_restore:
        CoworkingSpaceRestorePayload, CoworkingSpaceRestoreError, CoworkingSpaceRestoreErrorCode;
    coworking_space_restore_revision:
        CoworkingSpaceRestoreRevisionPayload, CoworkingSpaceRestoreRevisionError,
        CoworkingSpaceRestoreRevisionErrorCode;
}

/// Creates and updates spaces.
#[derive(Default)]
pub struct SpaceMutation;

#[Object]
impl SpaceMutation {
    /// Creates a draft that belongs to the viewer; for every person with an account.
    async fn coworking_space_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The space.")] mut input: CoworkingSpaceCreateInput,
    ) -> Result<CoworkingSpaceCreatePayload> {
        let key = input.idempotency_key.take();
        let content = input.content(ctx)?;
        let written = create(ctx, &SPACE.create, content, key).await;
        answer(ctx, CoworkingSpace::written(ctx, written).await?)
    }

    /// Writes a new revision. That of a published space waits for review; for its
    /// owner, members in their territory, staff and administrators.
    async fn coworking_space_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The changes.")] input: CoworkingSpaceUpdateInput,
    ) -> Result<CoworkingSpaceUpdatePayload> {
        let edit = Edit {
            id: ctx.uuid(Kind::CoworkingSpace, &input.id)?,
            expected_revision: input.expected_revision,
        };
        let patch = input.patch(ctx)?;
        let change = |content| patch.apply(content);
        let written = update(ctx, &SPACE.update, edit, change).await;
        answer(ctx, CoworkingSpace::written(ctx, written).await?)
    }
}
