//! Mutations of imports.

use async_graphql::{Context, ID, InputObject, Object, Result};
use entity::values::ImportKind;

use super::import::Import;
use crate::bulk::{self, Request, policy};
use crate::graphql::ContextExt as _;
use crate::graphql::mutation::answer;
use crate::id::Kind;
use crate::idempotency::Key;
use crate::payload;
use crate::permission::Operation;

/// A file that is to be imported.
#[derive(InputObject, Clone, Debug)]
pub struct ImportInput {
    /// Global identifier of the file: CSV, XLSX or JSON, which the viewer uploaded by `POST
    /// /files?purpose=import`.
    pub file_id: ID,
    /// The name of a mapping that the registry knows, or a mapping as TOML, 64 KiB at most.
    /// Without it, columns are known by their French names, as the templates have them.
    pub mapping: Option<String>,
    /// The name of the register from which the rows come, 100 characters at most: what
    /// identifies a row is remembered under it, and in a template its column `Identifiant`
    /// counts. A file imported again under the same name changes what it created. Without
    /// it, that of the mapping.
    pub source: Option<String>,
    /// The name of the sheet of a workbook; the first one without.
    pub sheet: Option<String>,
    /// Whether it only tells what it would do. What is to be written must have been tried by
    /// the same account, with the same file, mapping, source and sheet, to its end.
    #[graphql(default = true)]
    pub dry_run: bool,
    /// Whether the source overwrites what people changed since it was last imported. By
    /// default, their changes are kept and told as `KEPT_LOCAL_CHANGE`.
    #[graphql(default)]
    pub source_wins: bool,
    /// A key of the client's, 100 characters at most: asked again with the same key, this
    /// answers the same import.
    pub idempotency_key: Option<String>,
}

/// An import that is to end.
#[derive(InputObject, Clone, Debug)]
pub struct ImportCancelInput {
    /// Global identifier of the import.
    pub id: ID,
}

macro_rules! import_payload {
    ($doc:literal, $Payload:ident, $Error:ident, $Code:ident) => {
        payload! {
            #[doc = concat!("What became of the wish to import ", $doc, ".")]
            $Payload {
                /// The import, which waits or runs, if it was accepted.
                import: Import
            }
            $Error, $Code: [
                NotFound, Invalid, TooLong, IllegalTransition, TooManyAttempts, KeyReused
            ]
        }
    };
}

import_payload!(
    "initiatives",
    InitiativesImportPayload,
    InitiativesImportError,
    InitiativesImportErrorCode
);
import_payload!(
    "organizations",
    OrganizationsImportPayload,
    OrganizationsImportError,
    OrganizationsImportErrorCode
);
import_payload!(
    "coworking spaces",
    CoworkingSpacesImportPayload,
    CoworkingSpacesImportError,
    CoworkingSpacesImportErrorCode
);
import_payload!(
    "funding sources",
    FundingSourcesImportPayload,
    FundingSourcesImportError,
    FundingSourcesImportErrorCode
);

payload! {
    /// What became of the wish to end an import.
    ImportCancelPayload {
        /// The import, if it was ended.
        import: Import
    }
    ImportCancelError, ImportCancelErrorCode: [NotFound, IllegalTransition]
}

/// Asks for an import.
async fn ask<P: crate::graphql::mutation::Payload<Done = Import>>(
    ctx: &Context<'_>,
    kind: ImportKind,
    operation: &Operation,
    input: ImportInput,
) -> Result<P> {
    let request = Request {
        kind,
        file: ctx.uuid(Kind::File, &input.file_id)?,
        mapping: input.mapping,
        source: input.source,
        sheet: input.sheet,
        dry_run: input.dry_run,
        source_wins: input.source_wins,
    };
    let (app, scope) = ctx.writing().await;
    let asked = async {
        let key = input.idempotency_key;
        let key = key.map(|key| Key::new(key, operation.name, &request));
        bulk::ask(app, scope, operation, &request, key.transpose()?.as_ref()).await
    };
    let asked = asked.await;
    answer(ctx, Import::written(ctx, asked).await?)
}

/// Asks for imports, and ends them.
#[derive(Default)]
pub struct BulkMutation;

#[Object]
impl BulkMutation {
    /// Imports initiatives from a file, public at once, or tells what that would do; for
    /// staff and administrators.
    async fn initiatives_import(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The file.")] input: ImportInput,
    ) -> Result<InitiativesImportPayload> {
        ask(ctx, ImportKind::Initiative, &policy::INITIATIVES, input).await
    }

    /// Imports organizations from a file, public at once, or tells what that would do; for
    /// staff and administrators.
    async fn organizations_import(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The file.")] input: ImportInput,
    ) -> Result<OrganizationsImportPayload> {
        ask(ctx, ImportKind::Organization, &policy::ORGANIZATIONS, input).await
    }

    /// Imports coworking spaces from a file, public at once, or tells what that would do;
    /// for staff and administrators.
    async fn coworking_spaces_import(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The file.")] input: ImportInput,
    ) -> Result<CoworkingSpacesImportPayload> {
        let operation = &policy::COWORKING_SPACES;
        ask(ctx, ImportKind::CoworkingSpace, operation, input).await
    }

    /// Imports funding sources from a file, public at once, or tells what that would do; for
    /// staff and administrators.
    async fn funding_sources_import(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The file.")] input: ImportInput,
    ) -> Result<FundingSourcesImportPayload> {
        let operation = &policy::FUNDING_SOURCES;
        ask(ctx, ImportKind::FundingSource, operation, input).await
    }

    /// Ends an import that waits or runs; what it has written stays. For staff and
    /// administrators.
    async fn import_cancel(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The import.")] input: ImportCancelInput,
    ) -> Result<ImportCancelPayload> {
        let id = ctx.uuid(Kind::Import, &input.id)?;
        let (app, scope) = ctx.writing().await;
        let cancelled = bulk::cancel(app, scope, id).await;
        answer(ctx, Import::written(ctx, cancelled).await?)
    }
}
