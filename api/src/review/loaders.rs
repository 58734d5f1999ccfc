//! Loads revisions by the contents and numbers that name them.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use entity::revision;
use sea_orm::DbErr;
use uuid::Uuid;

use super::store;
use crate::change::Subject;
use crate::graphql::loaders::Loaders;

/// A content whose latest revision is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LatestKey(pub Subject, pub Uuid);

impl Loader<LatestKey> for Loaders {
    type Value = Arc<revision::Model>;
    type Error = Arc<DbErr>;

    async fn load(
        &self,
        keys: &[LatestKey],
    ) -> Result<HashMap<LatestKey, Arc<revision::Model>>, Arc<DbErr>> {
        let mut found = HashMap::new();
        for subject in subjects(keys.iter().map(|key| key.0)) {
            let ids = keys.iter().filter(|key| key.0 == subject).map(|key| key.1);
            let latest = store::all_latest(&*self.session, subject, ids.collect()).await?;
            for row in latest {
                found.insert(LatestKey(subject, row.entity_id), Arc::new(row));
            }
        }
        Ok(found)
    }
}

/// A revision of a content, by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NumberedKey(pub Subject, pub Uuid, pub i32);

impl Loader<NumberedKey> for Loaders {
    type Value = Arc<revision::Model>;
    type Error = Arc<DbErr>;

    async fn load(
        &self,
        keys: &[NumberedKey],
    ) -> Result<HashMap<NumberedKey, Arc<revision::Model>>, Arc<DbErr>> {
        let mut found = HashMap::new();
        for subject in subjects(keys.iter().map(|key| key.0)) {
            let asked = keys.iter().filter(|key| key.0 == subject);
            let asked = asked.map(|key| (key.1, key.2)).collect();
            for row in store::all_numbered(&*self.session, subject, asked).await? {
                let key = NumberedKey(subject, row.entity_id, row.number);
                found.insert(key, Arc::new(row));
            }
        }
        Ok(found)
    }
}

fn subjects(all: impl Iterator<Item = Subject>) -> Vec<Subject> {
    let mut distinct = Vec::new();
    for subject in all {
        if !distinct.contains(&subject) {
            distinct.push(subject);
        }
    }
    distinct
}
