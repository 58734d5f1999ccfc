//! The themes in memory: few, read by nearly every request, and seldom changed.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use sea_orm::{DatabaseConnection, DbErr};
use serde::Serialize;
use uuid::Uuid;

use super::store;
use crate::change::{self, Subject};

/// A theme.
#[derive(Clone, Debug)]
pub struct Theme {
    pub id: Uuid,
    pub slug: String,
    pub name: String,
    pub description: Option<String>,
    pub parent_id: Option<Uuid>,
    pub position: i32,
    pub revision: i32,
    /// Whether it is no longer offered.
    pub is_archived: bool,
    pub mappings: Vec<Mapping>,
}

/// What a theme is called in another vocabulary.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Mapping {
    pub scheme: String,
    pub code: String,
}

/// The current themes, replaced as a whole when the database's have changed.
#[derive(Default)]
pub struct Taxonomy {
    current: RwLock<Arc<Themes>>,
}

/// The themes as they stood at one version of the change log.
#[derive(Default)]
pub struct Themes {
    /// Nothing before the first reading.
    version: Option<i64>,
    all: Vec<Arc<Theme>>,
    by_id: HashMap<Uuid, usize>,
    by_slug: HashMap<String, usize>,
}

impl Taxonomy {
    /// The themes as last read.
    pub fn current(&self) -> Arc<Themes> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Reads the themes again if the change log tells that they changed.
    ///
    /// # Errors
    /// When the database cannot be read; the themes then stay as they were.
    pub async fn refresh(&self, database: &DatabaseConnection) -> Result<(), DbErr> {
        let version = change::latest_of(database, Subject::Theme)
            .await?
            .unwrap_or_default();
        if self.current().version == Some(version) {
            return Ok(());
        }
        let themes = Arc::new(Themes::new(version, store::load(database).await?));
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = themes;
        Ok(())
    }
}

impl Themes {
    fn new(version: i64, themes: Vec<Theme>) -> Self {
        let ids = themes
            .iter()
            .enumerate()
            .map(|(index, theme)| (theme.id, index));
        let slugs = themes
            .iter()
            .enumerate()
            .map(|(index, theme)| (theme.slug.clone(), index));
        Self {
            version: Some(version),
            by_id: ids.collect(),
            by_slug: slugs.collect(),
            all: themes.into_iter().map(Arc::new).collect(),
        }
    }

    /// All themes, in their order.
    pub fn all(&self) -> &[Arc<Theme>] {
        &self.all
    }

    /// The theme of this identifier.
    pub fn by_id(&self, id: Uuid) -> Option<&Arc<Theme>> {
        self.all.get(*self.by_id.get(&id)?)
    }

    /// The theme of this slug.
    pub fn by_slug(&self, slug: &str) -> Option<&Arc<Theme>> {
        self.all.get(*self.by_slug.get(slug)?)
    }

    /// The themes right below one, in their order; below none, the first level.
    pub fn children(&self, parent_id: Option<Uuid>) -> impl Iterator<Item = &Arc<Theme>> {
        self.all
            .iter()
            .filter(move |theme| theme.parent_id == parent_id)
    }

    /// A theme and all that are below it.
    pub fn with_descendants(&self, id: Uuid) -> Vec<Uuid> {
        let mut found = vec![id];
        let mut next = 0;
        while let Some(&parent) = found.get(next) {
            let below: Vec<Uuid> = self
                .children(Some(parent))
                .map(|theme| theme.id)
                .filter(|id| !found.contains(id))
                .collect();
            found.extend(below);
            next += 1;
        }
        found
    }

    /// The themes of these identifiers, in the order of all; unknown ones are left out.
    pub fn of_ids(&self, ids: &[Uuid]) -> Vec<&Arc<Theme>> {
        let mut indices: Vec<usize> = ids
            .iter()
            .filter_map(|id| self.by_id.get(id).copied())
            .collect();
        indices.sort_unstable();
        indices
            .into_iter()
            .filter_map(|index| self.all.get(index))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn theme(number: u128, parent: Option<u128>) -> Theme {
        Theme {
            id: Uuid::from_u128(number),
            slug: format!("t{number}"),
            name: String::new(),
            description: None,
            parent_id: parent.map(Uuid::from_u128),
            position: 0,
            revision: 1,
            is_archived: false,
            mappings: Vec::new(),
        }
    }

    #[test]
    fn descendants_are_all_levels_below_once() {
        let themes = Themes::new(
            1,
            vec![
                theme(1, None),
                theme(2, Some(1)),
                theme(3, Some(2)),
                theme(4, None),
                // A ring, which the database does not forbid.
                theme(5, Some(6)),
                theme(6, Some(5)),
            ],
        );
        let below = |number| {
            themes
                .with_descendants(Uuid::from_u128(number))
                .iter()
                .map(Uuid::as_u128)
                .collect::<Vec<_>>()
        };
        assert_eq!(below(1), [1, 2, 3]);
        assert_eq!(below(4), [4]);
        assert_eq!(below(5), [5, 6]);
        assert_eq!(themes.children(None).count(), 2);
    }

    #[test]
    fn themes_of_a_thing_come_in_the_order_of_the_taxonomy() {
        let themes = Themes::new(1, vec![theme(9, None), theme(2, None), theme(5, None)]);
        let ids = [5, 7, 9].map(Uuid::from_u128);
        let slugs: Vec<_> = themes
            .of_ids(&ids)
            .iter()
            .map(|theme| &theme.slug)
            .collect();
        assert_eq!(slugs, ["t9", "t5"]);
    }
}
