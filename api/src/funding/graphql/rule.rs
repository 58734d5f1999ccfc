//! Rules of eligibility in the public schema.

use async_graphql::{ComplexObject, Context, Result, SimpleObject};
use entity::{funding_rule, values};
use uuid::Uuid;

use super::enums::{EligibilityOutcome, FunderKind};
use super::source::FundingSource;
use crate::graphql::scalars::Date;

/// A rule that says which projects a funder, or a source, may fund.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct FundingRule {
    /// Name of the rule, unique and never translated.
    code: String,
    /// What it says of the projects that it is about.
    outcome: EligibilityOutcome,
    /// The rule in words, in French.
    message: String,
    /// Where the law says so.
    citation: String,
    /// The kind of funder that it binds; null if it binds one source, or all.
    funder_kind: Option<FunderKind>,
    /// First day; null if it is not known.
    starts_on: Option<Date>,
    /// First day on which it no longer holds; null while it does.
    ends_on: Option<Date>,
    #[graphql(skip)]
    source: Option<Uuid>,
}

/// A rule that says which projects a funder, or a source, may fund.
#[ComplexObject]
impl FundingRule {
    /// The source that it binds; null if it binds a kind of funder, or all.
    async fn funding_source(&self, ctx: &Context<'_>) -> Result<Option<FundingSource>> {
        match self.source {
            Some(source) => FundingSource::by_id(ctx, source).await,
            None => Ok(None),
        }
    }
}

impl From<funding_rule::Model> for FundingRule {
    fn from(row: funding_rule::Model) -> Self {
        Self {
            code: row.code,
            outcome: row.outcome.into(),
            message: row.message,
            citation: row.citation,
            funder_kind: row
                .funder_kind
                .as_deref()
                .and_then(values::FunderKind::parse)
                .map(Into::into),
            starts_on: row.starts_on.map(Date),
            ends_on: row.ends_on.map(Date),
            source: row.funding_source_id,
        }
    }
}
