//! Batched look-ups of organizations and of their sites.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use entity::organization_site;
use sea_orm::DbErr;
use uuid::Uuid;

use super::listing::OrganizationRow;
use super::store;
use crate::graphql::Loaders;
use crate::listing::grouped;
use crate::parts::Parts;

/// A visible organization, by identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OrganizationKey {
    pub id: Uuid,
    pub parts: Parts,
}

impl Loader<OrganizationKey> for Loaders {
    type Value = Arc<OrganizationRow>;
    type Error = Arc<DbErr>;

    async fn load(
        &self,
        keys: &[OrganizationKey],
    ) -> Result<HashMap<OrganizationKey, Arc<OrganizationRow>>, Arc<DbErr>> {
        let mut rows = HashMap::new();
        for (parts, keys) in grouped(keys.to_vec(), |key| key.parts) {
            let ids: Vec<Uuid> = keys.iter().map(|key| key.id).collect();
            let found = store::by_ids(&*self.session, self.scope, &ids, parts).await?;
            rows.extend(found.into_iter().map(|row| {
                let id = row.organization.id;
                (OrganizationKey { id, parts }, Arc::new(row))
            }));
        }
        Ok(rows)
    }
}

/// A visible organization, by slug.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct OrganizationSlugKey(pub String);

impl Loader<OrganizationSlugKey> for Loaders {
    type Value = Arc<OrganizationRow>;
    type Error = Arc<DbErr>;

    async fn load(
        &self,
        keys: &[OrganizationSlugKey],
    ) -> Result<HashMap<OrganizationSlugKey, Arc<OrganizationRow>>, Arc<DbErr>> {
        let slugs: Vec<String> = keys.iter().map(|key| key.0.clone()).collect();
        Ok(store::by_slugs(&*self.session, self.scope, &slugs)
            .await?
            .into_iter()
            .map(|row| (OrganizationSlugKey(row.slug.clone()), Arc::new(row.into())))
            .collect())
    }
}

/// The site by which an organization is known: its head office, or else its first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PrincipalSiteKey(pub Uuid);

impl Loader<PrincipalSiteKey> for Loaders {
    type Value = Arc<organization_site::Model>;
    type Error = Arc<DbErr>;

    async fn load(
        &self,
        keys: &[PrincipalSiteKey],
    ) -> Result<HashMap<PrincipalSiteKey, Arc<organization_site::Model>>, Arc<DbErr>> {
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        Ok(store::principal_sites(&*self.session, self.scope, &ids)
            .await?
            .into_iter()
            .map(|(organization, row)| (PrincipalSiteKey(organization), Arc::new(row)))
            .collect())
    }
}

/// The communes in which a visible organization has its sites.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SiteCommunesKey(pub Uuid);

impl Loader<SiteCommunesKey> for Loaders {
    type Value = Vec<String>;
    type Error = Arc<DbErr>;

    async fn load(
        &self,
        keys: &[SiteCommunesKey],
    ) -> Result<HashMap<SiteCommunesKey, Vec<String>>, Arc<DbErr>> {
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        Ok(store::communes(&*self.session, self.scope, &ids)
            .await?
            .into_iter()
            .map(|(id, communes)| (SiteCommunesKey(id), communes))
            .collect())
    }
}
