//! Batched look-ups of initiatives and of what belongs to them.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use entity::{
    initiative_commune, initiative_lesson, initiative_need, initiative_partner, initiative_theme,
};
use sea_orm::DbErr;
use uuid::Uuid;

use super::store::{self, DocumentRow, InitiativeRow};
use crate::graphql::Loaders;
use crate::listing::grouped;
use crate::parts::Parts;

/// A visible initiative, by identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct InitiativeKey {
    pub id: Uuid,
    pub parts: Parts,
}

impl Loader<InitiativeKey> for Loaders {
    type Value = Arc<InitiativeRow>;
    type Error = Arc<DbErr>;

    async fn load(
        &self,
        keys: &[InitiativeKey],
    ) -> Result<HashMap<InitiativeKey, Arc<InitiativeRow>>, Arc<DbErr>> {
        let mut rows = HashMap::new();
        for (parts, keys) in grouped(keys.to_vec(), |key| key.parts) {
            let ids: Vec<Uuid> = keys.iter().map(|key| key.id).collect();
            let found = store::by_ids(&*self.session, self.scope, &ids, parts).await?;
            rows.extend(found.into_iter().map(|row| {
                let id = row.initiative.id;
                (InitiativeKey { id, parts }, Arc::new(row))
            }));
        }
        Ok(rows)
    }
}

/// A visible initiative, by slug.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct InitiativeSlugKey {
    pub slug: String,
    pub parts: Parts,
}

impl Loader<InitiativeSlugKey> for Loaders {
    type Value = Arc<InitiativeRow>;
    type Error = Arc<DbErr>;

    async fn load(
        &self,
        keys: &[InitiativeSlugKey],
    ) -> Result<HashMap<InitiativeSlugKey, Arc<InitiativeRow>>, Arc<DbErr>> {
        let mut rows = HashMap::new();
        for (parts, keys) in grouped(keys.to_vec(), |key| key.parts) {
            let slugs: Vec<String> = keys.into_iter().map(|key| key.slug).collect();
            let found = store::by_slugs(&*self.session, self.scope, &slugs, parts).await?;
            rows.extend(found.into_iter().map(|row| {
                let slug = row.initiative.slug.clone();
                (InitiativeSlugKey { slug, parts }, Arc::new(row))
            }));
        }
        Ok(rows)
    }
}

/// The description of a visible initiative.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DescriptionKey(pub Uuid);

impl Loader<DescriptionKey> for Loaders {
    type Value = String;
    type Error = Arc<DbErr>;

    async fn load(
        &self,
        keys: &[DescriptionKey],
    ) -> Result<HashMap<DescriptionKey, String>, Arc<DbErr>> {
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        Ok(store::descriptions(&*self.session, self.scope, &ids)
            .await?
            .into_iter()
            .map(|(id, description)| (DescriptionKey(id), description))
            .collect())
    }
}

/// Declares the key of what belongs to an initiative, and its loader.
macro_rules! belongs_to_initiative {
    ($($(#[$meta:meta])* $key:ident => $row:ty, $load:path;)+) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub struct $key(pub Uuid);

        impl Loader<$key> for Loaders {
            type Value = Vec<$row>;
            type Error = Arc<DbErr>;

            async fn load(&self, keys: &[$key]) -> Result<HashMap<$key, Vec<$row>>, Arc<DbErr>> {
                let initiatives: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
                Ok($load(&*self.session, &initiatives)
                    .await?
                    .into_iter()
                    .map(|(initiative, rows)| ($key(initiative), rows))
                    .collect())
            }
        }
    )+};
}

belongs_to_initiative! {
    /// The themes of an initiative.
    ThemesKey => initiative_theme::Model, store::themes;
    /// The communes that an initiative concerns.
    CommunesKey => initiative_commune::Model, store::communes;
    /// The needs of an initiative.
    NeedsKey => initiative_need::Model, store::needs;
    /// The partners of an initiative.
    PartnersKey => initiative_partner::Model, store::partners;
    /// The lessons of an initiative.
    LessonsKey => initiative_lesson::Model, store::lessons;
    /// The documents of an initiative.
    DocumentsKey => DocumentRow, store::documents;
}
