//! How initiatives are financed, in the public schema.

use std::sync::Arc;

use async_graphql::{Context, Result, SimpleObject};
use entity::financing_line;
use uuid::Uuid;

use super::enums::FinancingStatus;
use super::source::FundingSource;
use crate::funding::loaders::FinancingLinesKey;
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
        let sources = rows
            .iter()
            .map(|row| FundingSource::by_id(ctx, row.funding_source_id));
        let sources = futures::future::try_join_all(sources).await?;
        Ok(rows
            .iter()
            .zip(sources)
            .filter_map(|(row, source)| {
                Some(Self {
                    funding_source: source?,
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
    let rows = lines(ctx, initiative).await?;
    let mut ids: Vec<Uuid> = Vec::with_capacity(first.min(rows.len()));
    for row in &*rows {
        if ids.len() < first && !ids.contains(&row.funding_source_id) {
            ids.push(row.funding_source_id);
        }
    }
    let sources = ids.into_iter().map(|id| FundingSource::by_id(ctx, id));
    let sources = futures::future::try_join_all(sources).await?;
    Ok(sources.into_iter().flatten().collect())
}

async fn lines(ctx: &Context<'_>, initiative: Uuid) -> Result<Arc<[financing_line::Model]>> {
    let rows = ctx.loader().load_one(FinancingLinesKey(initiative)).await;
    Ok(rows
        .map_err(|error| ctx.internal(error))?
        .unwrap_or_default())
}
