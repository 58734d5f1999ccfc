//! Creation and updates of contents, asked by mutations.

use async_graphql::Context;
use uuid::Uuid;

use crate::graphql::ContextExt as _;
use crate::idempotency::Key;
use crate::permission::Operation;
use crate::problem::WriteError;
use crate::review::{self, Edit, Reviewed};

/// Creates a content, once under the idempotency key `key`.
///
/// # Errors
/// When the viewer may not, or the content has problems.
pub async fn create<C: Reviewed>(
    ctx: &Context<'_>,
    operation: &Operation,
    content: C,
    key: Option<String>,
) -> Result<Uuid, WriteError> {
    let key = key.map(|key| Key::new(key, operation.name, &content));
    let key = key.transpose()?;
    let (app, scope) = ctx.writing().await;
    review::create(app, scope, operation, content.checked()?, key).await
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
) -> Result<Uuid, WriteError> {
    let (app, scope) = ctx.writing().await;
    review::edit(app, scope, operation, edit, |content| {
        change(content).checked()
    })
    .await
}
