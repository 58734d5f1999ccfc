//! Batched look-ups of what the territory keeps out of memory.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use sea_orm::DbErr;

use super::store;
use crate::graphql::Loaders;

/// The outline of the commune of this INSEE code.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct OutlineKey(pub String);

impl Loader<OutlineKey> for Loaders {
    type Value = serde_json::Value;
    type Error = Arc<DbErr>;

    async fn load(
        &self,
        keys: &[OutlineKey],
    ) -> Result<HashMap<OutlineKey, serde_json::Value>, Arc<DbErr>> {
        let codes: Vec<String> = keys.iter().map(|key| key.0.clone()).collect();
        Ok(store::outlines(&*self.session, &codes)
            .await?
            .into_iter()
            .map(|(insee_code, outline)| (OutlineKey(insee_code), outline))
            .collect())
    }
}
