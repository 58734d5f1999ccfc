//! What the mutations that take a content from one state to another are given: the same for
//! every kind.

use async_graphql::{Context, ID, InputObject, Result};
use uuid::Uuid;

use super::mutations::edit;
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
