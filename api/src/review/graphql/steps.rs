//! The mutations that take a content from one state to another: the same for every kind.

use async_graphql::{Context, ID, InputObject, Result};
use uuid::Uuid;

use crate::graphql::ContextExt as _;
use crate::id::Kind;
use crate::permission::Operation;
use crate::problem::WriteError;
use crate::review::{self, Decision, Edit, Reviewed};

/// A content, as it was read.
#[derive(InputObject, Clone, Debug)]
pub struct RevisionInput {
    /// Global identifier of the content.
    pub id: ID,
    /// Number of its latest revision, as it was read; another one answers `CONFLICT`.
    pub expected_revision: i32,
}

/// A decision of a reviewer.
#[derive(InputObject, Clone, Debug)]
pub struct DecisionInput {
    /// Global identifier of the content.
    pub id: ID,
    /// Number of the revision that was read; another one answers `CONFLICT`.
    pub expected_revision: i32,
    /// Why, for the author: 2,000 characters at most; needed unless it is approved.
    pub reason: Option<String>,
}

/// An earlier revision to go back to.
#[derive(InputObject, Clone, Debug)]
pub struct RestoreRevisionInput {
    /// Global identifier of the content.
    pub id: ID,
    /// Number of its latest revision, as it was read; another one answers `CONFLICT`.
    pub expected_revision: i32,
    /// Number of the revision whose content is written again.
    pub revision: i32,
}

fn edit(ctx: &Context<'_>, kind: Kind, id: &ID, expected_revision: i32) -> Result<Edit> {
    Ok(Edit {
        id: ctx.uuid(kind, id)?,
        expected_revision,
    })
}

impl RevisionInput {
    /// The content of type `kind` that is meant.
    ///
    /// # Errors
    /// `BAD_INPUT` when the identifier is none, or that of another type.
    pub fn edit(&self, ctx: &Context<'_>, kind: Kind) -> Result<Edit> {
        edit(ctx, kind, &self.id, self.expected_revision)
    }
}

impl RestoreRevisionInput {
    /// The content of type `kind` that is meant.
    ///
    /// # Errors
    /// `BAD_INPUT` when the identifier is none, or that of another type.
    pub fn edit(&self, ctx: &Context<'_>, kind: Kind) -> Result<Edit> {
        edit(ctx, kind, &self.id, self.expected_revision)
    }
}

impl DecisionInput {
    /// Decides of a content of type `kind`.
    ///
    /// # Errors
    /// `BAD_INPUT` when the identifier is none, or that of another type.
    pub async fn decide<C: Reviewed>(
        self,
        ctx: &Context<'_>,
        kind: Kind,
        operation: &Operation,
        decision: Decision,
    ) -> Result<std::result::Result<Uuid, WriteError>> {
        let edit = edit(ctx, kind, &self.id, self.expected_revision)?;
        let (app, scope) = ctx.writing().await;
        Ok(review::decide::<C>(app, scope, operation, edit, decision, self.reason).await)
    }
}

/// Declares the mutations that take contents of one kind from one state to another. Each
/// is given with its payload, its error and the codes of it.
#[macro_export]
macro_rules! content_steps {
    (
        $(#[$meta:meta])*
        $steps:ident of $Content:ty, $kind:expr, $operations:expr;
        $done:ident: $Done:ident;
        $submit:ident: $Submit:ident, $SubmitError:ident, $SubmitCode:ident;
        $approve:ident: $Approve:ident, $ApproveError:ident, $ApproveCode:ident;
        $ask:ident: $Ask:ident, $AskError:ident, $AskCode:ident;
        $reject:ident: $Reject:ident, $RejectError:ident, $RejectCode:ident;
        $archive:ident: $Archive:ident, $ArchiveError:ident, $ArchiveCode:ident;
        $restore:ident: $Restore:ident, $RestoreError:ident, $RestoreCode:ident;
        $again:ident: $Again:ident, $AgainError:ident, $AgainCode:ident;
    ) => {
        $crate::payload! {
            /// What became of handing a content to the reviewers.
            $Submit {
                /// The content, if it was handed in.
                $done: $Done
            }
            $SubmitError, $SubmitCode: [NotFound, Conflict, IllegalTransition]
        }
        $crate::payload! {
            /// What became of an approval.
            $Approve {
                /// The content, if it was approved.
                $done: $Done
            }
            $ApproveError, $ApproveCode: [
                NotFound, Taken, Conflict, IllegalTransition, TooLong
            ]
        }
        $crate::payload! {
            /// What became of asking for changes.
            $Ask {
                /// The content, if changes were asked.
                $done: $Done
            }
            $AskError, $AskCode: [NotFound, Conflict, IllegalTransition, Required, TooLong]
        }
        $crate::payload! {
            /// What became of a rejection.
            $Reject {
                /// The content, if it was rejected.
                $done: $Done
            }
            $RejectError, $RejectCode: [NotFound, Conflict, IllegalTransition, Required, TooLong]
        }
        $crate::payload! {
            /// What became of taking a content from the public.
            $Archive {
                /// The content, if it was archived.
                $done: $Done
            }
            $ArchiveError, $ArchiveCode: [NotFound, Conflict, IllegalTransition]
        }
        $crate::payload! {
            /// What became of giving a content back to the public.
            $Restore {
                /// The content, if it was restored.
                $done: $Done
            }
            $RestoreError, $RestoreCode: [NotFound, Conflict, IllegalTransition]
        }
        $crate::payload! {
            /// What became of going back to an earlier revision.
            $Again {
                /// The content, if a new revision was made.
                $done: $Done
            }
            $AgainError, $AgainCode: [NotFound, Taken, Conflict, IllegalTransition]
        }

        impl $Done {
            /// What was written, as this viewer sees it.
            pub(super) async fn written(
                ctx: &async_graphql::Context<'_>,
                written: std::result::Result<uuid::Uuid, $crate::problem::WriteError>,
            ) -> async_graphql::Result<std::result::Result<Self, $crate::problem::WriteError>>
            {
                use $crate::problem::WriteError;
                Ok(match written {
                    Ok(id) => Self::by_id(ctx, id)
                        .await?
                        .ok_or(WriteError::Internal("what was written cannot be read")),
                    Err(error) => Err(error),
                })
            }
        }

        $(#[$meta])*
        #[derive(Default)]
        pub struct $steps;

        #[async_graphql::Object]
        impl $steps {
            /// Hands the latest revision to the reviewers; for its owner, members in their
            /// territory, staff and administrators.
            async fn $submit(
                &self,
                ctx: &async_graphql::Context<'_>,
                #[graphql(desc = "Which content.")] input: $crate::review::graphql::RevisionInput,
            ) -> async_graphql::Result<$Submit> {
                let (edit, operation) = (input.edit(ctx, $kind)?, &$operations.submit);
                let (app, scope) = ctx.writing().await;
                let written =
                    $crate::review::submit::<$Content>(app, scope, operation, edit).await;
                $crate::graphql::mutation::answer(ctx, $Done::written(ctx, written).await?)
            }

            /// Approves the pending revision: the public sees it from now on; for staff and
            /// administrators.
            async fn $approve(
                &self,
                ctx: &async_graphql::Context<'_>,
                #[graphql(desc = "What was decided.")]
                input: $crate::review::graphql::DecisionInput,
            ) -> async_graphql::Result<$Approve> {
                let decision = $crate::review::Decision::Approve;
                let operation = &$operations.approve;
                let written = input.decide::<$Content>(ctx, $kind, operation, decision).await?;
                $crate::graphql::mutation::answer(ctx, $Done::written(ctx, written).await?)
            }

            /// Asks the author to change the pending revision; for staff and administrators.
            async fn $ask(
                &self,
                ctx: &async_graphql::Context<'_>,
                #[graphql(desc = "What was decided.")]
                input: $crate::review::graphql::DecisionInput,
            ) -> async_graphql::Result<$Ask> {
                let decision = $crate::review::Decision::AskForChanges;
                let operation = &$operations.ask_for_changes;
                let written = input.decide::<$Content>(ctx, $kind, operation, decision).await?;
                $crate::graphql::mutation::answer(ctx, $Done::written(ctx, written).await?)
            }

            /// Rejects the pending revision; for staff and administrators.
            async fn $reject(
                &self,
                ctx: &async_graphql::Context<'_>,
                #[graphql(desc = "What was decided.")]
                input: $crate::review::graphql::DecisionInput,
            ) -> async_graphql::Result<$Reject> {
                let decision = $crate::review::Decision::Reject;
                let operation = &$operations.reject;
                let written = input.decide::<$Content>(ctx, $kind, operation, decision).await?;
                $crate::graphql::mutation::answer(ctx, $Done::written(ctx, written).await?)
            }

            /// Takes a content from the public; for its owner, members in their territory,
            /// staff and administrators.
            async fn $archive(
                &self,
                ctx: &async_graphql::Context<'_>,
                #[graphql(desc = "Which content.")] input: $crate::review::graphql::RevisionInput,
            ) -> async_graphql::Result<$Archive> {
                let (edit, operation) = (input.edit(ctx, $kind)?, &$operations.archive);
                let (app, scope) = ctx.writing().await;
                let written =
                    $crate::review::archive::<$Content>(app, scope, operation, edit).await;
                $crate::graphql::mutation::answer(ctx, $Done::written(ctx, written).await?)
            }

            /// Gives an archived content back to the public; for its owner, members in their
            /// territory, staff and administrators.
            async fn $restore(
                &self,
                ctx: &async_graphql::Context<'_>,
                #[graphql(desc = "Which content.")] input: $crate::review::graphql::RevisionInput,
            ) -> async_graphql::Result<$Restore> {
                let (edit, operation) = (input.edit(ctx, $kind)?, &$operations.restore);
                let (app, scope) = ctx.writing().await;
                let written =
                    $crate::review::restore::<$Content>(app, scope, operation, edit).await;
                $crate::graphql::mutation::answer(ctx, $Done::written(ctx, written).await?)
            }

            /// Writes the content of an earlier revision as a new one; for its owner, members
            /// in their territory, staff and administrators.
            async fn $again(
                &self,
                ctx: &async_graphql::Context<'_>,
                #[graphql(desc = "Which revision.")]
                input: $crate::review::graphql::RestoreRevisionInput,
            ) -> async_graphql::Result<$Again> {
                let (edit, operation) = (input.edit(ctx, $kind)?, &$operations.restore_revision);
                let (app, scope) = ctx.writing().await;
                let number = input.revision;
                let written = $crate::review::restore_revision::<$Content>(
                    app, scope, operation, edit, number,
                )
                .await;
                $crate::graphql::mutation::answer(ctx, $Done::written(ctx, written).await?)
            }
        }
    };
}
