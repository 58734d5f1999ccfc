//! Batched look-ups of members, their mandates and delegations.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use entity::{mandate, mandate_delegation, member};
use sea_orm::DbErr;
use uuid::Uuid;

use super::store;
use crate::graphql::Loaders;

/// A visible member, by identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MemberKey(pub Uuid);

impl Loader<MemberKey> for Loaders {
    type Value = Arc<member::Model>;
    type Error = Arc<DbErr>;

    async fn load(
        &self,
        keys: &[MemberKey],
    ) -> Result<HashMap<MemberKey, Arc<member::Model>>, Arc<DbErr>> {
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        Ok(store::by_ids(&*self.session, self.scope, &ids)
            .await?
            .into_iter()
            .map(|row| (MemberKey(row.id), Arc::new(row)))
            .collect())
    }
}

/// A visible member, by slug.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct MemberSlugKey(pub String);

impl Loader<MemberSlugKey> for Loaders {
    type Value = Arc<member::Model>;
    type Error = Arc<DbErr>;

    async fn load(
        &self,
        keys: &[MemberSlugKey],
    ) -> Result<HashMap<MemberSlugKey, Arc<member::Model>>, Arc<DbErr>> {
        let slugs: Vec<String> = keys.iter().map(|key| key.0.clone()).collect();
        Ok(store::by_slugs(&*self.session, self.scope, &slugs)
            .await?
            .into_iter()
            .map(|row| (MemberSlugKey(row.slug.clone()), Arc::new(row)))
            .collect())
    }
}

/// The mandates of a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MandatesKey(pub Uuid);

impl Loader<MandatesKey> for Loaders {
    type Value = Vec<mandate::Model>;
    type Error = Arc<DbErr>;

    async fn load(
        &self,
        keys: &[MandatesKey],
    ) -> Result<HashMap<MandatesKey, Vec<mandate::Model>>, Arc<DbErr>> {
        let members: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        Ok(store::mandates(&*self.session, &members)
            .await?
            .into_iter()
            .map(|(member, rows)| (MandatesKey(member), rows))
            .collect())
    }
}

/// The delegations of a mandate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DelegationsKey(pub Uuid);

impl Loader<DelegationsKey> for Loaders {
    type Value = Vec<mandate_delegation::Model>;
    type Error = Arc<DbErr>;

    async fn load(
        &self,
        keys: &[DelegationsKey],
    ) -> Result<HashMap<DelegationsKey, Vec<mandate_delegation::Model>>, Arc<DbErr>> {
        let mandates: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        Ok(store::delegations(&*self.session, &mandates)
            .await?
            .into_iter()
            .map(|(mandate, rows)| (DelegationsKey(mandate), rows))
            .collect())
    }
}
