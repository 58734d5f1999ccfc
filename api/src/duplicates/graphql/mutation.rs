//! Says that two contents are two.

use async_graphql::{Context, ID, InputObject, Object, Result};
use uuid::Uuid;

use super::pair::ProbableDuplicate;
use crate::change::Subject;
use crate::duplicates::loaders::PairKey;
use crate::duplicates::service::{self, Both};
use crate::graphql::ContextExt as _;
use crate::graphql::error::ErrorCode;
use crate::graphql::mutation::answer;
use crate::id::GlobalId;
use crate::payload;
use crate::problem::WriteError;

/// Which two contents are two.
#[derive(InputObject)]
pub struct ProbableDuplicateDismissInput {
    /// Global identifier of an organization, an initiative or a coworking space.
    pub left: ID,
    /// Global identifier of another one, of the same type.
    pub right: ID,
    /// Under which it is said once, however often it is asked: 1 to 100 characters that you
    /// never use again for another one.
    pub idempotency_key: Option<String>,
}

/// Of which two contents it is open again whether they are one.
#[derive(InputObject)]
pub struct ProbableDuplicateRestoreInput {
    /// Global identifier of an organization, an initiative or a coworking space.
    pub left: ID,
    /// Global identifier of another one, of the same type.
    pub right: ID,
    /// Under which it is said once, however often it is asked: 1 to 100 characters that you
    /// never use again for another one.
    pub idempotency_key: Option<String>,
}

payload! {
    /// What became of saying that two contents are two.
    ProbableDuplicateDismissPayload {
        /// The pair, which is not shown again.
        probable_duplicate: ProbableDuplicate
    }
    ProbableDuplicateDismissError, ProbableDuplicateDismissErrorCode: [
        Invalid, NotFound, KeyReused
    ]
}

payload! {
    /// What became of leaving open whether two contents are one.
    ProbableDuplicateRestorePayload {
        /// The pair, which is shown again.
        probable_duplicate: ProbableDuplicate
    }
    ProbableDuplicateRestoreError, ProbableDuplicateRestoreErrorCode: [
        Invalid, NotFound, KeyReused
    ]
}

/// Says of contents that may be one that they are two.
#[derive(Default)]
pub struct DuplicateMutation;

#[Object]
impl DuplicateMutation {
    /// Says that two contents are two: neither is shown again as what the other may be; for
    /// who may update one of both, and sees the other.
    async fn probable_duplicate_dismiss(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which contents.")] input: ProbableDuplicateDismissInput,
    ) -> Result<ProbableDuplicateDismissPayload> {
        let [left, right] = both(ctx, &input.left, &input.right)?;
        let (app, scope) = ctx.writing().await;
        let written = match Both::new(left, right) {
            Ok(both) => service::dismiss(app, scope, both, input.idempotency_key).await,
            Err(problem) => Err(problem.into()),
        };
        answer(ctx, decided(ctx, written).await?)
    }

    /// Leaves open again whether two contents are one: each is shown as what the other may be;
    /// for who may update one of both, and sees the other.
    async fn probable_duplicate_restore(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which contents.")] input: ProbableDuplicateRestoreInput,
    ) -> Result<ProbableDuplicateRestorePayload> {
        let [left, right] = both(ctx, &input.left, &input.right)?;
        let (app, scope) = ctx.writing().await;
        let written = match Both::new(left, right) {
            Ok(both) => service::restore(app, scope, both, input.idempotency_key).await,
            Err(problem) => Err(problem.into()),
        };
        answer(ctx, decided(ctx, written).await?)
    }
}

/// Two contents as an input names them; what has no content is compared with nothing.
fn both(ctx: &Context<'_>, left: &ID, right: &ID) -> Result<[(Subject, Uuid); 2]> {
    let content = |id: &ID| {
        let parsed = id.parse::<GlobalId>().ok();
        let content = parsed.and_then(|id| Some((Subject::parse(id.kind.prefix())?, id.uuid)));
        content.ok_or_else(|| {
            let shown = id.chars().take(60).collect();
            ctx.fault(ErrorCode::BadInput, "not-an-id", &[("value", shown)])
        })
    };
    Ok([content(left)?, content(right)?])
}

/// The pair of which something was decided.
async fn decided(
    ctx: &Context<'_>,
    written: std::result::Result<Uuid, WriteError>,
) -> Result<std::result::Result<ProbableDuplicate, WriteError>> {
    let id = match written {
        Ok(id) => id,
        Err(error) => return Ok(Err(error)),
    };
    let row = ctx.loader().load_one(PairKey(id)).await;
    let row = row.map_err(|error| ctx.internal(error))?;
    let pair = row.map(ProbableDuplicate::decided);
    Ok(pair.ok_or(WriteError::Internal("what was written cannot be read")))
}
