//! Mutations of files.

use async_graphql::{Context, ID, InputObject, Object, Result};

use crate::files;
use crate::graphql::ContextExt as _;
use crate::graphql::mutation::answer;
use crate::id::{GlobalId, Kind};
use crate::payload;

/// A file that is no longer needed.
#[derive(InputObject, Clone, Debug)]
pub struct FileDeleteInput {
    /// Global identifier of the file.
    pub id: ID,
}

payload! {
    /// What became of the removal of a file.
    FileDeletePayload {
        /// Global identifier of the file, if it was removed.
        deleted_id: ID
    }
    FileDeleteError, FileDeleteErrorCode: [NotFound, IllegalTransition]
}

/// Removes files.
#[derive(Default)]
pub struct FileMutation;

#[Object]
impl FileMutation {
    /// Removes an uploaded file of the viewer that is attached to nothing.
    async fn file_delete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The file.")] input: FileDeleteInput,
    ) -> Result<FileDeletePayload> {
        let id = ctx.uuid(Kind::File, &input.id)?;
        let (app, scope) = ctx.writing().await;
        let deleted = files::delete(app, scope, id).await;
        let kind = Kind::File;
        answer(
            ctx,
            deleted.map(|uuid| ID(GlobalId { kind, uuid }.to_string())),
        )
    }
}
