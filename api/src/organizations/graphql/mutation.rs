//! Mutations of organizations.

use super::inputs::{OrganizationCreateInput, OrganizationUpdateInput};
use super::organization::Organization;
use crate::content_mutations;
use crate::id::Kind;
use crate::organizations::content::OrganizationContent;
use crate::organizations::policy::ORGANIZATION;

content_mutations! {
    /// Creates, updates and reviews organizations.
    OrganizationMutation of OrganizationContent, Kind::Organization, ORGANIZATION;
    "an" "organization", created by "every person with an account",
    kept by "its owner, members in their territory, staff and administrators";
    organization: Organization, also [Taken];
    organization_create(OrganizationCreateInput):
        OrganizationCreatePayload, OrganizationCreateError, OrganizationCreateErrorCode;
    organization_update(OrganizationUpdateInput):
        OrganizationUpdatePayload, OrganizationUpdateError, OrganizationUpdateErrorCode;
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
