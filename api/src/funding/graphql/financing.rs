//! How initiatives are financed, in the public schema.

use std::sync::Arc;

use async_graphql::{Context, Result, SimpleObject};
use entity::financing_line;
use uuid::Uuid;

use super::enums::FinancingStatus;
use super::source::{FundingSource, parts_asked};
use crate::funding::loaders::{FinancingLinesKey, FundingSourceKey, SourcesOfInitiativeKey};
use crate::graphql::ContextExt as _;
use crate::graphql::scalars::{Cents, Date};

/// What a source gives, or is asked, for an initiative.
#[derive(SimpleObject)]
pub struct FinancingLine {
    /// The source.
    funding_source: FundingSource,
    /// How far it has come.
    status: FinancingStatus,
    /// What is asked, in cents.
    requested: Option<Cents>,
    /// What is granted, in cents.
    granted: Option<Cents>,
    /// When it was granted or refused.
    decided_on: Option<Date>,
    /// Reference of the agreement.
    agreement_reference: Option<String>,
}

impl FinancingLine {
    /// The lines of a visible initiative, those of a visible source, in the order in which
    /// they were written.
    pub async fn of(ctx: &Context<'_>, initiative: Uuid) -> Result<Vec<Self>> {
        let rows = lines(ctx, initiative).await?;
        let parts = parts_asked(&ctx.look_ahead().field("fundingSource"));
        let key = |row: &financing_line::Model| FundingSourceKey {
            id: row.funding_source_id,
            parts,
        };
        let sources = ctx.loader().load_many(rows.iter().map(key)).await;
        let sources = sources.map_err(|error| ctx.internal(error))?;
        Ok(rows
            .iter()
            .filter_map(|row| {
                let source = sources.get(&key(row))?;
                Some(Self {
                    funding_source: FundingSource::new(Arc::clone(source)),
                    status: row.status.into(),
                    requested: row.requested_cents.map(Cents),
                    granted: row.granted_cents.map(Cents),
                    decided_on: row.decided_on.map(Date),
                    agreement_reference: row.agreement_reference.clone(),
                })
            })
            .collect())
    }
}

/// The sources that finance a visible initiative, each once, `first` at the most.
pub async fn sources_of(
    ctx: &Context<'_>,
    initiative: Uuid,
    first: usize,
) -> Result<Vec<FundingSource>> {
    let parts = parts_asked(&ctx.look_ahead());
    let key = SourcesOfInitiativeKey { initiative, parts };
    let sources = ctx.loader().load_one(key).await;
    let sources = sources.map_err(|error| ctx.internal(error))?;
    Ok(sources
        .into_iter()
        .flatten()
        .take(first)
        .map(FundingSource::new)
        .collect())
}

async fn lines(ctx: &Context<'_>, initiative: Uuid) -> Result<Arc<[financing_line::Model]>> {
    let rows = ctx.loader().load_one(FinancingLinesKey(initiative)).await;
    Ok(rows
        .map_err(|error| ctx.internal(error))?
        .unwrap_or_default())
}
