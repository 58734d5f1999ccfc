//! Batched look-ups of contact points.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use entity::contact_point;
use sea_orm::DbErr;

use super::store::{self, Owner};
use crate::graphql::Loaders;

/// The visible contact points of an owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ContactPointsKey(pub Owner);

impl Loader<ContactPointsKey> for Loaders {
    type Value = Vec<contact_point::Model>;
    type Error = Arc<DbErr>;

    async fn load(
        &self,
        keys: &[ContactPointsKey],
    ) -> Result<HashMap<ContactPointsKey, Vec<contact_point::Model>>, Arc<DbErr>> {
        let owners: Vec<Owner> = keys.iter().map(|key| key.0).collect();
        Ok(store::of_owners(&*self.session, self.scope, &owners)
            .await?
            .into_iter()
            .map(|(owner, rows)| (ContactPointsKey(owner), rows))
            .collect())
    }
}
