//! Batched look-ups of funding sources and of what belongs to them.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use entity::values::FunderKind;
use entity::{
    financing_line, funding_rule, funding_source, funding_source_audience, funding_source_form,
};
use sea_orm::DbErr;
use uuid::Uuid;

use super::store;
use crate::graphql::Loaders;
use crate::listing::grouped;
use crate::parts::Parts;

/// A visible source, by identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FundingSourceKey {
    pub id: Uuid,
    pub parts: Parts,
}

impl Loader<FundingSourceKey> for Loaders {
    type Value = Arc<funding_source::Model>;
    type Error = Arc<DbErr>;

    async fn load(
        &self,
        keys: &[FundingSourceKey],
    ) -> Result<HashMap<FundingSourceKey, Arc<funding_source::Model>>, Arc<DbErr>> {
        let mut rows = HashMap::new();
        for (parts, keys) in grouped(keys.to_vec(), |key| key.parts) {
            let ids: Vec<Uuid> = keys.iter().map(|key| key.id).collect();
            let found = store::by_ids(&*self.session, self.scope, &ids, parts).await?;
            rows.extend(found.into_iter().map(|row| {
                let id = row.id;
                (FundingSourceKey { id, parts }, Arc::new(row))
            }));
        }
        Ok(rows)
    }
}

/// The visible sources of a visible initiative.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SourcesOfInitiativeKey {
    pub initiative: Uuid,
    pub parts: Parts,
}

impl Loader<SourcesOfInitiativeKey> for Loaders {
    type Value = Vec<Arc<funding_source::Model>>;
    type Error = Arc<DbErr>;

    async fn load(
        &self,
        keys: &[SourcesOfInitiativeKey],
    ) -> Result<HashMap<SourcesOfInitiativeKey, Vec<Arc<funding_source::Model>>>, Arc<DbErr>> {
        let mut sources = HashMap::new();
        for (parts, keys) in grouped(keys.to_vec(), |key| key.parts) {
            let ids: Vec<Uuid> = keys.iter().map(|key| key.initiative).collect();
            let found = store::of_initiatives(&*self.session, self.scope, &ids, parts).await?;
            sources.extend(
                found
                    .into_iter()
                    .map(|(initiative, rows)| (SourcesOfInitiativeKey { initiative, parts }, rows)),
            );
        }
        Ok(sources)
    }
}

/// A visible source, by slug.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FundingSourceSlugKey(pub String);

impl Loader<FundingSourceSlugKey> for Loaders {
    type Value = Arc<funding_source::Model>;
    type Error = Arc<DbErr>;

    async fn load(
        &self,
        keys: &[FundingSourceSlugKey],
    ) -> Result<HashMap<FundingSourceSlugKey, Arc<funding_source::Model>>, Arc<DbErr>> {
        let slugs: Vec<String> = keys.iter().map(|key| key.0.clone()).collect();
        Ok(store::by_slugs(&*self.session, self.scope, &slugs)
            .await?
            .into_iter()
            .map(|row| (FundingSourceSlugKey(row.slug.clone()), Arc::new(row)))
            .collect())
    }
}

/// The forms of support of a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FormsKey(pub Uuid);

impl Loader<FormsKey> for Loaders {
    type Value = Vec<funding_source_form::Model>;
    type Error = Arc<DbErr>;

    async fn load(
        &self,
        keys: &[FormsKey],
    ) -> Result<HashMap<FormsKey, Vec<funding_source_form::Model>>, Arc<DbErr>> {
        let sources: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        Ok(store::forms(&*self.session, &sources)
            .await?
            .into_iter()
            .map(|(source, rows)| (FormsKey(source), rows))
            .collect())
    }
}

/// The audiences of a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AudiencesKey(pub Uuid);

impl Loader<AudiencesKey> for Loaders {
    type Value = Vec<funding_source_audience::Model>;
    type Error = Arc<DbErr>;

    async fn load(
        &self,
        keys: &[AudiencesKey],
    ) -> Result<HashMap<AudiencesKey, Vec<funding_source_audience::Model>>, Arc<DbErr>> {
        let sources: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        Ok(store::audiences(&*self.session, &sources)
            .await?
            .into_iter()
            .map(|(source, rows)| (AudiencesKey(source), rows))
            .collect())
    }
}

/// The rules of a source and of the kind of its funder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RulesKey {
    pub source: Uuid,
    pub funder_kind: FunderKind,
}

impl Loader<RulesKey> for Loaders {
    type Value = Vec<funding_rule::Model>;
    type Error = Arc<DbErr>;

    async fn load(
        &self,
        keys: &[RulesKey],
    ) -> Result<HashMap<RulesKey, Vec<funding_rule::Model>>, Arc<DbErr>> {
        let sources: Vec<Uuid> = keys.iter().map(|key| key.source).collect();
        let mut funder_kinds: Vec<&str> = keys.iter().map(|key| key.funder_kind.as_str()).collect();
        funder_kinds.sort_unstable();
        funder_kinds.dedup();
        let rules = store::rules_of(&*self.session, self.scope, &sources, &funder_kinds).await?;
        Ok(keys
            .iter()
            .map(|key| {
                let holds = |rule: &&funding_rule::Model| match rule.funding_source_id {
                    Some(source) => source == key.source,
                    None => rule.funder_kind.as_deref() == Some(key.funder_kind.as_str()),
                };
                (*key, rules.iter().filter(holds).cloned().collect())
            })
            .collect())
    }
}

/// The financing lines of an initiative, those of sources that may not be seen among them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FinancingLinesKey(pub Uuid);

impl Loader<FinancingLinesKey> for Loaders {
    type Value = Arc<[financing_line::Model]>;
    type Error = Arc<DbErr>;

    async fn load(
        &self,
        keys: &[FinancingLinesKey],
    ) -> Result<HashMap<FinancingLinesKey, Arc<[financing_line::Model]>>, Arc<DbErr>> {
        let initiatives: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        Ok(store::financing_lines(&*self.session, &initiatives)
            .await?
            .into_iter()
            .map(|(initiative, rows)| (FinancingLinesKey(initiative), rows.into()))
            .collect())
    }
}
