//! Loads accounts by their identifiers.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use entity::account;
use sea_orm::{ColumnTrait as _, DbErr, QueryFilter as _};
use uuid::Uuid;

use super::store;
use crate::graphql::loaders::Loaders;

/// An account that this viewer may see.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AccountKey(pub Uuid);

impl Loader<AccountKey> for Loaders {
    type Value = Arc<account::Model>;
    type Error = Arc<DbErr>;

    async fn load(
        &self,
        keys: &[AccountKey],
    ) -> Result<HashMap<AccountKey, Arc<account::Model>>, Arc<DbErr>> {
        let rows = store::visible(self.scope)
            .filter(account::Column::Id.is_in(keys.iter().map(|key| key.0)))
            .all(&*self.session)
            .await?;
        let rows = rows.into_iter();
        Ok(rows
            .map(|row| (AccountKey(row.id), Arc::new(row)))
            .collect())
    }
}
