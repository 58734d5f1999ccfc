//! Mutations of directory entrys.

use super::inputs::{MemberCreateInput, MemberUpdateInput};
use super::member::Member;
use crate::content_mutations;
use crate::id::Kind;
use crate::members::content::MemberContent;
use crate::members::policy::MEMBER;

content_mutations! {
    /// Creates, updates and reviews directory entrys.
    MemberMutation of MemberContent, Kind::Member, MEMBER;
    "a" "directory entry", created by "members who have none yet, staff and administrators",
    kept by "who it is about, staff and administrators";
    member: Member, also [Taken];
    member_create(MemberCreateInput): MemberCreatePayload, MemberCreateError, MemberCreateErrorCode;
    member_update(MemberUpdateInput): MemberUpdatePayload, MemberUpdateError, MemberUpdateErrorCode;
    member_submit: MemberSubmitPayload, MemberSubmitError, MemberSubmitErrorCode;
    member_approve: MemberApprovePayload, MemberApproveError, MemberApproveErrorCode;
    member_ask_for_changes:
        MemberAskForChangesPayload, MemberAskForChangesError, MemberAskForChangesErrorCode;
    member_reject: MemberRejectPayload, MemberRejectError, MemberRejectErrorCode;
    member_archive: MemberArchivePayload, MemberArchiveError, MemberArchiveErrorCode;
    member_restore: MemberRestorePayload, MemberRestoreError, MemberRestoreErrorCode;
    member_restore_revision:
        MemberRestoreRevisionPayload, MemberRestoreRevisionError, MemberRestoreRevisionErrorCode;
}
