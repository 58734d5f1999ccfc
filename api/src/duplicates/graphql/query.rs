//! What may be in the registry already, and what waits for somebody to say so.

use async_graphql::{Context, Object, Result};

use super::candidate::{DuplicateCandidate, MOST_SHOWN, candidates};
use super::inputs::{
    CoworkingSpaceDuplicatesInput, InitiativeDuplicatesInput, OrganizationDuplicatesInput,
};
use super::pair::{ProbableDuplicateConnection, ProbableDuplicateFilter};
use crate::duplicates::policy;
use crate::duplicates::sought::Sought;
use crate::graphql::ContextExt as _;
use crate::graphql::connection::{PageArguments, list_cost};
use crate::graphql::error::{ErrorCode, Fault};
use crate::permission::{Operation, Relation, authorize};
use crate::problem::WriteError;

/// Candidates if nothing is asked.
const DEFAULT_SHOWN: i32 = 5;

/// What the comparison itself costs: some hundreds of names are read.
const COMPARISON: usize = 50;

/// What may be in the registry already, and what waits for somebody to say so.
#[derive(Default)]
pub struct DuplicateQuery;

#[Object]
impl DuplicateQuery {
    /// Organizations that may be the one which somebody is about to create, the surest first:
    /// those with one of its numbers, and those in its communes or near whose names are
    /// similar. Only those that the viewer may see; for every person with an account.
    #[graphql(complexity = "COMPARISON + list_cost(Some(first), None, child_complexity)")]
    async fn organization_duplicates(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is known of it.")] input: OrganizationDuplicatesInput,
        #[graphql(
            desc = "How many at the most, 1 to 10.",
            default_with = "DEFAULT_SHOWN"
        )]
        first: i32,
    ) -> Result<Vec<DuplicateCandidate>> {
        allowed(ctx, &policy::ORGANIZATIONS)?;
        found(ctx, input.sought(ctx)?, first).await
    }

    /// Initiatives that may be the one which somebody is about to create, the surest first:
    /// those in its communes, near it or led by its organization whose titles are similar.
    /// Only those that the viewer may see; for every person with an account.
    #[graphql(complexity = "COMPARISON + list_cost(Some(first), None, child_complexity)")]
    async fn initiative_duplicates(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is known of it.")] input: InitiativeDuplicatesInput,
        #[graphql(
            desc = "How many at the most, 1 to 10.",
            default_with = "DEFAULT_SHOWN"
        )]
        first: i32,
    ) -> Result<Vec<DuplicateCandidate>> {
        allowed(ctx, &policy::INITIATIVES)?;
        found(ctx, input.sought(ctx)?, first).await
    }

    /// Spaces that may be the one which somebody is about to create, the surest first: those
    /// in its commune or near whose names are similar. Only those that the viewer may see; for
    /// every person with an account.
    #[graphql(complexity = "COMPARISON + list_cost(Some(first), None, child_complexity)")]
    async fn coworking_space_duplicates(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is known of it.")] input: CoworkingSpaceDuplicatesInput,
        #[graphql(
            desc = "How many at the most, 1 to 10.",
            default_with = "DEFAULT_SHOWN"
        )]
        first: i32,
    ) -> Result<Vec<DuplicateCandidate>> {
        allowed(ctx, &policy::SPACES)?;
        found(ctx, input.sought(ctx)?, first).await
    }

    /// Pairs of contents that may be one, found by imports and as contents are written, those
    /// found last first; for staff and administrators.
    #[graphql(complexity = "list_cost(first, last, child_complexity)")]
    async fn probable_duplicates(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which of them.")] filter: Option<ProbableDuplicateFilter>,
        #[graphql(desc = "Nodes from the beginning, 1 to 100; 20 if nothing is asked.")]
        first: Option<i32>,
        #[graphql(desc = "Only nodes after this cursor.")] after: Option<String>,
        #[graphql(desc = "Nodes from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only nodes before this cursor.")] before: Option<String>,
    ) -> Result<Option<ProbableDuplicateConnection>> {
        allowed(ctx, &policy::PAIRS)?;
        let listing = filter.unwrap_or_default().listing();
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
        };
        ProbableDuplicateConnection::load(ctx, listing, arguments).await
    }
}

fn allowed(ctx: &Context<'_>, operation: &Operation) -> Result<()> {
    let permit = authorize(ctx.scope().viewer, operation, Relation::Other);
    permit.map(|_| ()).map_err(|denied| ctx.denied(denied))
}

async fn found(ctx: &Context<'_>, sought: Sought, first: i32) -> Result<Vec<DuplicateCandidate>> {
    let first = usize::try_from(first)
        .ok()
        .filter(|first| (1..=MOST_SHOWN).contains(first));
    let first = first.ok_or_else(|| {
        let most = ("most", MOST_SHOWN.to_string());
        ctx.fault(ErrorCode::BadInput, "candidates-out-of-range", &[most])
    })?;
    let subject = sought.subject;
    let found = sought.find(ctx.session(), ctx.scope()).await;
    let mut found = found.map_err(|error| refused(ctx, error))?;
    found.truncate(first);
    candidates(ctx, subject, found, first).await
}

/// The error of a question that cannot be answered.
fn refused(ctx: &Context<'_>, error: WriteError) -> async_graphql::Error {
    match error {
        WriteError::Problems(problems) => {
            let messages = problems.iter().map(|one| one.message(ctx.language()));
            let messages: Vec<String> = messages.collect();
            Fault::new(ErrorCode::BadInput, messages.join(" ")).into()
        }
        error => ctx.internal(error),
    }
}
