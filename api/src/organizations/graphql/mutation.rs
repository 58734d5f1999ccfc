//! Mutations of organizations.

use async_graphql::{Context, Object, Result};

use super::inputs::{OrganizationCreateInput, OrganizationUpdateInput};
use super::organization::Organization;
use crate::graphql::ContextExt as _;
use crate::graphql::mutation::answer;
use crate::id::Kind;
use crate::organizations::content::OrganizationContent;
use crate::organizations::policy::ORGANIZATION;
use crate::review::Edit;
use crate::review::graphql::{create, update};
use crate::{content_steps, payload};

payload! {
    /// What became of the creation of an organization.
    OrganizationCreatePayload {
        /// The organization, a draft, if it was created.
        organization: Organization
    }
    OrganizationCreateError, OrganizationCreateErrorCode: [
        Required, TooLong, Invalid, OutOfRange, NotFound, Taken, KeyReused
    ]
}

payload! {
    /// What became of an update of an organization.
    OrganizationUpdatePayload {
        /// The organization as this viewer sees it: what is public changes once the update is
        /// approved.
        organization: Organization
    }
    OrganizationUpdateError, OrganizationUpdateErrorCode: [
        Required, TooLong, Invalid, OutOfRange, NotFound, Taken, Conflict,
        IllegalTransition
    ]
}

content_steps! {
    /// What takes organizations from one state to another.
    OrganizationSteps of OrganizationContent, Kind::Organization, ORGANIZATION;
    organization: Organization;
    organization_submit:
        OrganizationSubmitPayload, OrganizationSubmitError, OrganizationSubmitErrorCode;
    organization_approve:
        OrganizationApprovePayload, OrganizationApproveError, OrganizationApproveErrorCode;
    organization_ask_for_changes:
        OrganizationAskForChangesPayload, OrganizationAskForChangesError,
        OrganizationAskForChangesErrorCode;
    organization_reject:
        OrganizationRejectPayload, OrganizationRejectError, OrganizationRejectErrorCode;
    organization_archive:
        OrganizationArchivePayload, OrganizationArchiveError, OrganizationArchiveErrorCode;
    organization_restore:
        OrganizationRestorePayload, OrganizationRestoreError, OrganizationRestoreErrorCode;
    organization_restore_revision:
        OrganizationRestoreRevisionPayload, OrganizationRestoreRevisionError,
        OrganizationRestoreRevisionErrorCode;
}

/// Creates and updates organizations.
#[derive(Default)]
pub struct OrganizationMutation;

#[Object]
impl OrganizationMutation {
    /// Creates a draft that belongs to the viewer; for every person with an account.
    async fn organization_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The organization.")] mut input: OrganizationCreateInput,
    ) -> Result<OrganizationCreatePayload> {
        let key = input.idempotency_key.take();
        let content = input.content(ctx)?;
        let written = create(ctx, &ORGANIZATION.create, content, key).await;
        answer(ctx, Organization::written(ctx, written).await?)
    }

    /// Writes a new revision. That of a published organization waits for review; for its
    /// owner, members in their territory, staff and administrators.
    async fn organization_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The changes.")] input: OrganizationUpdateInput,
    ) -> Result<OrganizationUpdatePayload> {
        let edit = Edit {
            id: ctx.uuid(Kind::Organization, &input.id)?,
            expected_revision: input.expected_revision,
        };
        let patch = input.patch(ctx)?;
        let change = |content| patch.apply(content);
        let written = update(ctx, &ORGANIZATION.update, edit, change).await;
        answer(ctx, Organization::written(ctx, written).await?)
    }
}
