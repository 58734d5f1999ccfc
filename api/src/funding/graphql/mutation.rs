//! Mutations of funding sources.

use super::inputs::{FundingSourceCreateInput, FundingSourceUpdateInput};
use super::source::FundingSource;
use crate::content_mutations;
use crate::funding::content::FundingContent;
use crate::funding::policy::FUNDING_SOURCE;
use crate::id::Kind;

content_mutations! {
    /// Creates, updates and reviews funding sources.
    FundingMutation of FundingContent, Kind::FundingSource, FUNDING_SOURCE;
    "a" "funding source", created by "staff and administrators",
    kept by "staff and administrators";
    funding_source: FundingSource, also [Taken];
    funding_source_create(FundingSourceCreateInput):
        FundingSourceCreatePayload, FundingSourceCreateError, FundingSourceCreateErrorCode;
    funding_source_update(FundingSourceUpdateInput):
        FundingSourceUpdatePayload, FundingSourceUpdateError, FundingSourceUpdateErrorCode;
    funding_source_submit:
        FundingSourceSubmitPayload, FundingSourceSubmitError, FundingSourceSubmitErrorCode;
    funding_source_approve:
        FundingSourceApprovePayload, FundingSourceApproveError, FundingSourceApproveErrorCode;
    funding_source_ask_for_changes:
        FundingSourceAskForChangesPayload, FundingSourceAskForChangesError,
        FundingSourceAskForChangesErrorCode;
    funding_source_reject:
        FundingSourceRejectPayload, FundingSourceRejectError, FundingSourceRejectErrorCode;
    funding_source_archive:
        FundingSourceArchivePayload, FundingSourceArchiveError, FundingSourceArchiveErrorCode;
    funding_source_restore:
        FundingSourceRestorePayload, FundingSourceRestoreError, FundingSourceRestoreErrorCode;
    funding_source_restore_revision:
        FundingSourceRestoreRevisionPayload, FundingSourceRestoreRevisionError,
        FundingSourceRestoreRevisionErrorCode;
}
