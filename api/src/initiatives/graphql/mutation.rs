//! Mutations of initiatives.

use super::initiative::Initiative;
use super::inputs::{InitiativeCreateInput, InitiativeUpdateInput};
use crate::content_mutations;
use crate::id::Kind;
use crate::initiatives::model::InitiativeContent;
use crate::initiatives::policy::INITIATIVE;

content_mutations! {
    /// Creates, updates and reviews initiatives.
    InitiativeMutation of InitiativeContent, Kind::Initiative, INITIATIVE;
    "an" "initiative", created by "every person with an account",
    kept by "its owner, members in their territory, staff and administrators";
    initiative: Initiative, also [];
    initiative_create(InitiativeCreateInput):
        InitiativeCreatePayload, InitiativeCreateError, InitiativeCreateErrorCode;
    initiative_update(InitiativeUpdateInput):
        InitiativeUpdatePayload, InitiativeUpdateError, InitiativeUpdateErrorCode;
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
