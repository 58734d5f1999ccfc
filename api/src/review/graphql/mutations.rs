//! The mutations of a kind of content: creation, updates, and the steps between states.

use async_graphql::{Context, ID, Result};
use uuid::Uuid;

use crate::duplicates::MOST_DIFFERENT;
use crate::graphql::ContextExt as _;
use crate::id::Kind;
use crate::idempotency::Key;
use crate::permission::Operation;
use crate::problem::{Code, Problem, WriteError};
use crate::review::{self, Edit, Reviewed};

/// Creates a content, once under the idempotency key `key`; it is remembered that it is none
/// of the contents `different`.
///
/// # Errors
/// When the viewer may not, or the content has problems.
pub async fn create<C: Reviewed>(
    ctx: &Context<'_>,
    operation: &Operation,
    content: C,
    different: &[Uuid],
    key: Option<String>,
) -> std::result::Result<Uuid, WriteError> {
    let key = key.map(|key| match different {
        [] => Key::new(key, operation.name, &content),
        _ => Key::new(key, operation.name, &(&content, different)),
    });
    let key = key.transpose()?;
    if different.len() > MOST_DIFFERENT {
        let problem = Problem::new(Code::TooLong, "notDuplicateOf", "list-too-long");
        return Err(problem.with("most", MOST_DIFFERENT).into());
    }
    let (app, scope) = ctx.writing().await;
    review::create(app, scope, operation, content.checked()?, different, key).await
}

/// The contents of type `kind` that an input names.
///
/// # Errors
/// `BAD_INPUT` when an identifier is none, or that of another type.
pub fn named(ctx: &Context<'_>, kind: Kind, ids: &[ID]) -> Result<Vec<Uuid>> {
    ids.iter().map(|id| ctx.uuid(kind, id)).collect()
}

/// Makes a new revision of what `change` makes of the latest one.
///
/// # Errors
/// When the viewer may not, another revision came between, or the new content has problems.
pub async fn update<C: Reviewed>(
    ctx: &Context<'_>,
    operation: &Operation,
    edit: Edit,
    change: impl Fn(C) -> C + Send + Sync,
) -> std::result::Result<Uuid, WriteError> {
    let (app, scope) = ctx.writing().await;
    review::edit(app, scope, operation, edit, |content| {
        change(content).checked()
    })
    .await
}

/// The content of type `kind` that is meant, as it was read.
///
/// # Errors
/// `BAD_INPUT` when the identifier is none, or that of another type.
pub fn edit(ctx: &Context<'_>, kind: Kind, id: &ID, expected_revision: i32) -> Result<Edit> {
    Ok(Edit {
        id: ctx.uuid(kind, id)?,
        expected_revision,
    })
}

/// Declares the mutations of one kind of content, for whom they are, and how the content is
/// called. Each is given with its payload, its error and the codes of it; `also` are codes
/// that only contents of this kind may have when they are created or updated.
#[macro_export]
macro_rules! content_mutations {
    (
        $(#[$meta:meta])*
        $Mutation:ident of $Content:ty, $kind:expr, $operations:expr;
        $article:literal $noun:literal, created by $creators:literal, kept by $keepers:literal;
        $done:ident: $Done:ident, also [$($also:ident),*];
        $create:ident($CreateInput:ty): $Create:ident, $CreateError:ident, $CreateCode:ident;
        $update:ident($UpdateInput:ty): $Update:ident, $UpdateError:ident, $UpdateCode:ident;
        $submit:ident: $Submit:ident, $SubmitError:ident, $SubmitCode:ident;
        $approve:ident: $Approve:ident, $ApproveError:ident, $ApproveCode:ident;
        $ask:ident: $Ask:ident, $AskError:ident, $AskCode:ident;
        $reject:ident: $Reject:ident, $RejectError:ident, $RejectCode:ident;
        $archive:ident: $Archive:ident, $ArchiveError:ident, $ArchiveCode:ident;
        $restore:ident: $Restore:ident, $RestoreError:ident, $RestoreCode:ident;
        $again:ident: $Again:ident, $AgainError:ident, $AgainCode:ident;
    ) => {
        use $crate::graphql::ContextExt as _;
        use $crate::graphql::patch::Compared as _;

        $crate::payload! {
            #[doc = concat!("What became of the creation of ", $article, " ", $noun, ".")]
            $Create {
                #[doc = concat!("The ", $noun, ", a draft, if it was created.")]
                $done: $Done
            }
            $CreateError, $CreateCode: [
                Required, TooLong, Invalid, OutOfRange, NotFound, $($also,)* KeyReused
            ]
        }
        $crate::payload! {
            #[doc = concat!("What became of an update of ", $article, " ", $noun, ".")]
            $Update {
                #[doc = concat!(
                    "The ", $noun, " as this viewer sees it: what is public changes once the \
                     update is approved."
                )]
                $done: $Done
            }
            $UpdateError, $UpdateCode: [
                Required, TooLong, Invalid, OutOfRange, NotFound, $($also,)* Conflict,
                IllegalTransition
            ]
        }
        $crate::payload! {
            #[doc = concat!("What became of handing ", $article, " ", $noun, " to the reviewers.")]
            $Submit {
                #[doc = concat!("The ", $noun, ", if it was handed in.")]
                $done: $Done
            }
            $SubmitError, $SubmitCode: [NotFound, Conflict, IllegalTransition]
        }
        $crate::payload! {
            #[doc = concat!("What became of the approval of ", $article, " ", $noun, ".")]
            $Approve {
                #[doc = concat!("The ", $noun, ", if it was approved.")]
                $done: $Done
            }
            $ApproveError, $ApproveCode: [
                NotFound, Taken, Conflict, IllegalTransition, TooLong
            ]
        }
        $crate::payload! {
            #[doc = concat!("What became of asking for changes of ", $article, " ", $noun, ".")]
            $Ask {
                #[doc = concat!("The ", $noun, ", if changes were asked.")]
                $done: $Done
            }
            $AskError, $AskCode: [NotFound, Conflict, IllegalTransition, Required, TooLong]
        }
        $crate::payload! {
            #[doc = concat!("What became of the rejection of ", $article, " ", $noun, ".")]
            $Reject {
                #[doc = concat!("The ", $noun, ", if it was rejected.")]
                $done: $Done
            }
            $RejectError, $RejectCode: [NotFound, Conflict, IllegalTransition, Required, TooLong]
        }
        $crate::payload! {
            #[doc = concat!("What became of taking ", $article, " ", $noun, " from the public.")]
            $Archive {
                #[doc = concat!("The ", $noun, ", if it was archived.")]
                $done: $Done
            }
            $ArchiveError, $ArchiveCode: [NotFound, Conflict, IllegalTransition]
        }
        $crate::payload! {
            #[doc = concat!("What became of giving ", $article, " ", $noun, " back to the public.")]
            $Restore {
                #[doc = concat!("The ", $noun, ", if it was restored.")]
                $done: $Done
            }
            $RestoreError, $RestoreCode: [NotFound, Taken, Conflict, IllegalTransition]
        }
        $crate::payload! {
            #[doc = concat!(
                "What became of going back to an earlier revision of ", $article, " ", $noun, "."
            )]
            $Again {
                #[doc = concat!("The ", $noun, ", if a new revision was made.")]
                $done: $Done
            }
            $AgainError, $AgainCode: [NotFound, Taken, Conflict, IllegalTransition]
        }

        impl $Done {
            /// What was written, as this viewer sees it.
            async fn written(
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
        pub struct $Mutation;

        #[async_graphql::Object]
        impl $Mutation {
            #[doc = concat!("Creates a draft that belongs to the viewer; for ", $creators, ".")]
            async fn $create(
                &self,
                ctx: &async_graphql::Context<'_>,
                #[graphql(desc = "What is created.")] mut input: $CreateInput,
            ) -> async_graphql::Result<$Create> {
                let key = input.idempotency_key.take();
                let different = input.take_different();
                let different = $crate::review::graphql::named(ctx, $kind, &different)?;
                let content = input.content(ctx)?;
                let operation = &$operations.create;
                let written =
                    $crate::review::graphql::create(ctx, operation, content, &different, key).await;
                $crate::graphql::mutation::answer(ctx, $Done::written(ctx, written).await?)
            }

            #[doc = concat!(
                "Writes a new revision. That of a published ", $noun, " waits for review; for ",
                $keepers, "."
            )]
            async fn $update(
                &self,
                ctx: &async_graphql::Context<'_>,
                #[graphql(desc = "The changes.")] input: $UpdateInput,
            ) -> async_graphql::Result<$Update> {
                let read = input.expected_revision;
                let edit = $crate::review::graphql::edit(ctx, $kind, &input.id, read)?;
                let patch = input.patch(ctx)?;
                let change = |content: $Content| patch.apply(content);
                let operation = &$operations.update;
                let written = $crate::review::graphql::update(ctx, operation, edit, change).await;
                $crate::graphql::mutation::answer(ctx, $Done::written(ctx, written).await?)
            }

            #[doc = concat!("Hands the latest revision to the reviewers; for ", $keepers, ".")]
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

            #[doc = concat!("Takes ", $article, " ", $noun, " from the public; for ", $keepers, ".")]
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

            #[doc = concat!(
                "Gives an archived ", $noun, " back to the public; for ", $keepers, "."
            )]
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

            #[doc = concat!(
                "Writes the content of an earlier revision as a new one; for ", $keepers, "."
            )]
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
