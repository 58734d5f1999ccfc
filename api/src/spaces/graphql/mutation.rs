//! Mutations of spaces.

use super::inputs::{CoworkingSpaceCreateInput, CoworkingSpaceUpdateInput};
use super::space::CoworkingSpace;
use crate::content_mutations;
use crate::id::Kind;
use crate::spaces::content::SpaceContent;
use crate::spaces::policy::SPACE;

content_mutations! {
    /// Creates, updates and reviews spaces.
    SpaceMutation of SpaceContent, Kind::CoworkingSpace, SPACE;
    "a" "space", created by "every person with an account",
    kept by "its owner, members in their territory, staff and administrators";
    coworking_space: CoworkingSpace, also [];
    coworking_space_create(CoworkingSpaceCreateInput):
        CoworkingSpaceCreatePayload, CoworkingSpaceCreateError, CoworkingSpaceCreateErrorCode;
    coworking_space_update(CoworkingSpaceUpdateInput):
        CoworkingSpaceUpdatePayload, CoworkingSpaceUpdateError, CoworkingSpaceUpdateErrorCode;
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
