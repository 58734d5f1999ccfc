//! Loads pairs of contents that may be one.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use entity::probable_duplicate::Model;
use sea_orm::DbErr;
use uuid::Uuid;

use super::store;
use crate::change::Subject;
use crate::graphql::Loaders;
use crate::listing::grouped;

/// The open pairs of a content, the surest first: only what keeps or reviews it may ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OpenPairsKey(pub Subject, pub Uuid);

impl Loader<OpenPairsKey> for Loaders {
    type Value = Vec<Arc<Model>>;
    type Error = Arc<DbErr>;

    async fn load(
        &self,
        keys: &[OpenPairsKey],
    ) -> Result<HashMap<OpenPairsKey, Vec<Arc<Model>>>, Arc<DbErr>> {
        let mut pairs: HashMap<OpenPairsKey, Vec<Arc<Model>>> = HashMap::new();
        for (subject, of_subject) in grouped(keys.to_vec(), |key| key.0) {
            let ids: Vec<Uuid> = of_subject.iter().map(|key| key.1).collect();
            for row in store::open_of(&*self.session, subject, &ids).await? {
                let row = Arc::new(row);
                for id in [row.left_id, row.right_id] {
                    let key = OpenPairsKey(subject, id);
                    if keys.contains(&key) {
                        pairs.entry(key).or_default().push(Arc::clone(&row));
                    }
                }
            }
        }
        for rows in pairs.values_mut() {
            rows.sort_by(|one, other| {
                let surest = other.score.total_cmp(&one.score);
                surest.then(one.id.cmp(&other.id))
            });
        }
        Ok(pairs)
    }
}

/// A pair, by its identifier: only what has asked the rules may ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PairKey(pub Uuid);

impl Loader<PairKey> for Loaders {
    type Value = Arc<Model>;
    type Error = Arc<DbErr>;

    async fn load(&self, keys: &[PairKey]) -> Result<HashMap<PairKey, Arc<Model>>, Arc<DbErr>> {
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let rows = store::by_ids(&*self.session, &ids).await?;
        let rows = rows.into_iter();
        Ok(rows.map(|row| (PairKey(row.id), Arc::new(row))).collect())
    }
}
