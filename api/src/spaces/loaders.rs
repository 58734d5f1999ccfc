//! Batched look-ups of spaces and of what belongs to them.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use entity::{
    coworking_space, coworking_space_amenity, coworking_space_kind, coworking_space_occupancy,
    coworking_space_period, coworking_space_tariff,
};
use sea_orm::DbErr;
use uuid::Uuid;

use super::store;
use crate::graphql::Loaders;

/// A visible space, by identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SpaceKey(pub Uuid);

impl Loader<SpaceKey> for Loaders {
    type Value = Arc<coworking_space::Model>;
    type Error = Arc<DbErr>;

    async fn load(
        &self,
        keys: &[SpaceKey],
    ) -> Result<HashMap<SpaceKey, Arc<coworking_space::Model>>, Arc<DbErr>> {
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        Ok(store::by_ids(&*self.session, self.scope, &ids)
            .await?
            .into_iter()
            .map(|row| (SpaceKey(row.id), Arc::new(row)))
            .collect())
    }
}

/// A visible space, by slug.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SpaceSlugKey(pub String);

impl Loader<SpaceSlugKey> for Loaders {
    type Value = Arc<coworking_space::Model>;
    type Error = Arc<DbErr>;

    async fn load(
        &self,
        keys: &[SpaceSlugKey],
    ) -> Result<HashMap<SpaceSlugKey, Arc<coworking_space::Model>>, Arc<DbErr>> {
        let slugs: Vec<String> = keys.iter().map(|key| key.0.clone()).collect();
        Ok(store::by_slugs(&*self.session, self.scope, &slugs)
            .await?
            .into_iter()
            .map(|row| (SpaceSlugKey(row.slug.clone()), Arc::new(row)))
            .collect())
    }
}

/// Declares the key of what belongs to a space, and its loader.
macro_rules! belongs_to_space {
    ($($(#[$meta:meta])* $key:ident => $row:ty, $load:path;)+) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub struct $key(pub Uuid);

        impl Loader<$key> for Loaders {
            type Value = Vec<$row>;
            type Error = Arc<DbErr>;

            async fn load(&self, keys: &[$key]) -> Result<HashMap<$key, Vec<$row>>, Arc<DbErr>> {
                let spaces: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
                Ok($load(&*self.session, &spaces)
                    .await?
                    .into_iter()
                    .map(|(space, rows)| ($key(space), rows))
                    .collect())
            }
        }
    )+};
}

belongs_to_space! {
    /// The kinds of a space.
    KindsKey => coworking_space_kind::Model, store::kinds;
    /// The amenities of a space.
    AmenitiesKey => coworking_space_amenity::Model, store::amenities;
    /// The occupancies of a space.
    OccupanciesKey => coworking_space_occupancy::Model, store::occupancies;
    /// The tariffs of a space.
    TariffsKey => coworking_space_tariff::Model, store::tariffs;
    /// The periods of a space.
    PeriodsKey => coworking_space_period::Model, store::periods;
}
