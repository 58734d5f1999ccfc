//! Batched look-ups of what is searched of entities.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use sea_orm::DbErr;
use uuid::Uuid;

use super::catalogue;
use super::document::{Document, SearchKind};
use crate::graphql::Loaders;

/// The vocabulary brought up to date, once for a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct VocabularyKey;

impl Loader<VocabularyKey> for Loaders {
    type Value = ();
    type Error = Arc<DbErr>;

    async fn load(&self, _: &[VocabularyKey]) -> Result<HashMap<VocabularyKey, ()>, Arc<DbErr>> {
        self.app.vocabulary.refresh(&*self.session).await?;
        Ok(HashMap::from([(VocabularyKey, ())]))
    }
}

/// What is searched of a visible entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DocumentKey(pub SearchKind, pub Uuid);

impl Loader<DocumentKey> for Loaders {
    type Value = Arc<Document>;
    type Error = Arc<DbErr>;

    async fn load(
        &self,
        keys: &[DocumentKey],
    ) -> Result<HashMap<DocumentKey, Arc<Document>>, Arc<DbErr>> {
        let mut documents = HashMap::new();
        for kind in SearchKind::ALL {
            let ids: Vec<Uuid> = keys
                .iter()
                .filter(|key| key.0 == *kind)
                .map(|key| key.1)
                .collect();
            let found = catalogue::documents(&*self.session, self.scope, *kind, &ids).await?;
            for document in found {
                documents.insert(DocumentKey(*kind, document.id), Arc::new(document));
            }
        }
        Ok(documents)
    }
}
