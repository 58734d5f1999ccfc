//! Loads imports by their identifiers.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use entity::import_job;
use sea_orm::{ColumnTrait as _, DbErr, QueryFilter as _};
use uuid::Uuid;

use super::store;
use crate::graphql::loaders::Loaders;

/// An import.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ImportKey(pub Uuid);

impl Loader<ImportKey> for Loaders {
    type Value = Arc<import_job::Model>;
    type Error = Arc<DbErr>;

    async fn load(
        &self,
        keys: &[ImportKey],
    ) -> Result<HashMap<ImportKey, Arc<import_job::Model>>, Arc<DbErr>> {
        let rows = store::visible(self.scope)
            .filter(import_job::Column::Id.is_in(keys.iter().map(|key| key.0)))
            .all(&*self.session)
            .await?;
        let rows = rows.into_iter();
        Ok(rows.map(|row| (ImportKey(row.id), Arc::new(row))).collect())
    }
}
