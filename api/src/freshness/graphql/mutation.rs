//! Says that a content is still true.

use async_graphql::{Context, ID, InputObject, Object, Result};

use crate::change::Subject;
use crate::freshness::service;
use crate::graphql::error::ErrorCode;
use crate::graphql::mutation::answer;
use crate::graphql::{ContextExt as _, Node, node};
use crate::id::{GlobalId, Kind};
use crate::payload;

/// Which content is still true.
#[derive(InputObject)]
pub struct ContentConfirmInput {
    /// Global identifier of an organization, an initiative, a coworking space or a funding
    /// source.
    id: ID,
}

payload! {
    /// What became of a confirmation.
    ContentConfirmPayload {
        /// The content, which is not stale.
        content: Node
    }
    ContentConfirmError, ContentConfirmErrorCode: [NotFound, IllegalTransition]
}

/// Says that contents are still true.
#[derive(Default)]
pub struct FreshnessMutation;

#[Object]
impl FreshnessMutation {
    /// Says that what is public of a content is still true: it is not stale, and nobody is
    /// asked of it for a year; for its owner, members in their territory, staff and
    /// administrators.
    async fn content_confirm(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which content.")] input: ContentConfirmInput,
    ) -> Result<ContentConfirmPayload> {
        let parsed = input.id.parse::<GlobalId>().ok();
        let content = parsed.and_then(|id| Some((subject(id.kind)?, id)));
        let Some((subject, id)) = content else {
            let shown = input.id.chars().take(60).collect();
            return Err(ctx.fault(ErrorCode::BadInput, "not-an-id", &[("value", shown)]));
        };
        let (app, scope) = ctx.writing().await;
        let confirmed = service::confirm(app, scope, subject, id.uuid).await;
        let node = match confirmed {
            Ok(()) => Ok(node::load(ctx, id).await?.ok_or_else(|| {
                ctx.internal(sea_orm::DbErr::RecordNotFound("a content".to_owned()))
            })?),
            Err(error) => Err(error),
        };
        answer(ctx, node)
    }
}

fn subject(kind: Kind) -> Option<Subject> {
    match kind {
        Kind::Organization => Some(Subject::Organization),
        Kind::Initiative => Some(Subject::Initiative),
        Kind::CoworkingSpace => Some(Subject::CoworkingSpace),
        Kind::FundingSource => Some(Subject::FundingSource),
        _ => None,
    }
}
