//! Mutations of themes.

use async_graphql::{Context, Object, Result};

use super::inputs::{ThemeCreateInput, ThemeUpdateInput};
use super::theme::Theme;
use crate::graphql::ContextExt as _;
use crate::graphql::mutation::answer;
use crate::id::Kind;
use crate::idempotency::Key;
use crate::payload;
use crate::problem::WriteError;
use crate::review::graphql::{RevisionInput, edit};
use crate::themes::content::ThemeContent;
use crate::themes::{self, policy, service};

payload! {
    /// What became of the creation of a theme.
    ThemeCreatePayload {
        /// The theme, if it was created.
        theme: Theme
    }
    ThemeCreateError, ThemeCreateErrorCode: [
        Required, TooLong, OutOfRange, Invalid, NotFound, KeyReused
    ]
}

payload! {
    /// What became of an update of a theme.
    ThemeUpdatePayload {
        /// The theme, if it was updated.
        theme: Theme
    }
    ThemeUpdateError, ThemeUpdateErrorCode: [
        Required, TooLong, OutOfRange, Invalid, NotFound, Conflict
    ]
}

payload! {
    /// What became of archiving a theme.
    ThemeArchivePayload {
        /// The theme, if it was archived.
        theme: Theme
    }
    ThemeArchiveError, ThemeArchiveErrorCode: [NotFound, Conflict, IllegalTransition]
}

payload! {
    /// What became of restoring a theme.
    ThemeRestorePayload {
        /// The theme, if it was restored.
        theme: Theme
    }
    ThemeRestoreError, ThemeRestoreErrorCode: [NotFound, Conflict, IllegalTransition]
}

/// Creates, updates, archives and restores themes.
#[derive(Default)]
pub struct ThemeMutation;

type Written = std::result::Result<std::sync::Arc<themes::Theme>, WriteError>;

/// The theme as the schema shows it, if it was written.
fn shown(written: Written) -> std::result::Result<Theme, WriteError> {
    written.map(|theme| Theme::new(&theme))
}

#[Object]
impl ThemeMutation {
    /// Creates a theme, public at once; for staff and administrators.
    async fn theme_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The theme.")] mut input: ThemeCreateInput,
    ) -> Result<ThemeCreatePayload> {
        let key = input.idempotency_key.take();
        let content = input.content(ctx)?;
        let (app, scope) = ctx.writing().await;
        let written = async {
            let key = key.map(|key| Key::new(key, policy::CREATE.name, &content));
            service::create(app, scope, content.checked()?, key.transpose()?).await
        };
        answer(ctx, shown(written.await))
    }

    /// Changes a theme at once; for staff and administrators.
    async fn theme_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The changes.")] input: ThemeUpdateInput,
    ) -> Result<ThemeUpdatePayload> {
        let edit = edit(ctx, Kind::Theme, &input.id, input.expected_revision)?;
        let patch = input.patch(ctx)?;
        let (app, scope) = ctx.writing().await;
        let change = |content: ThemeContent| patch.apply(content).checked();
        answer(ctx, shown(service::update(app, scope, edit, change).await))
    }

    /// Has a theme no longer be offered: what has it keeps it, and nothing else is given it.
    /// Those below it must be archived before; for staff and administrators.
    async fn theme_archive(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which theme.")] input: RevisionInput,
    ) -> Result<ThemeArchivePayload> {
        let edit = input.edit(ctx, Kind::Theme)?;
        let (app, scope) = ctx.writing().await;
        answer(ctx, shown(service::archive(app, scope, edit).await))
    }

    /// Has an archived theme be offered again. The one above it must not be archived; for
    /// staff and administrators.
    async fn theme_restore(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which theme.")] input: RevisionInput,
    ) -> Result<ThemeRestorePayload> {
        let edit = input.edit(ctx, Kind::Theme)?;
        let (app, scope) = ctx.writing().await;
        answer(ctx, shown(service::restore(app, scope, edit).await))
    }
}
