//! Themes as files name them.

use std::collections::{BTreeSet, HashMap};

use entity::theme;
use sea_orm::{ConnectionTrait, DbErr, EntityTrait as _};

use super::codes::{key, split};
use super::report::Code;

/// The themes of the registry.
#[derive(Default)]
pub struct KnownThemes {
    by_key: HashMap<String, usize>,
    all: Vec<Known>,
}

struct Known {
    slug: String,
    is_archived: bool,
}

impl KnownThemes {
    /// Reads them.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn load(connection: &impl ConnectionTrait) -> Result<Self, DbErr> {
        let rows = theme::Entity::find().all(connection).await?;
        let mut themes = Self::default();
        // A slug that is also the name of another theme means the theme of that slug.
        for (place, row) in rows.iter().enumerate() {
            themes.by_key.insert(key(&row.slug), place);
        }
        for (place, row) in rows.into_iter().enumerate() {
            themes.by_key.entry(key(&row.name)).or_insert(place);
            themes.all.push(Known {
                slug: row.slug,
                is_archived: row.archived_at.is_some(),
            });
        }
        Ok(themes)
    }

    /// The slugs of archived themes.
    pub fn archived(&self) -> impl Iterator<Item = &str> {
        let archived = self.all.iter().filter(|known| known.is_archived);
        archived.map(|known| known.slug.as_str())
    }

    /// The themes that a text names, by slug, and what it names in vain. Names are separated
    /// by semicolons or commas; of several between bars, the first known is meant.
    pub fn named(&self, text: &str) -> (BTreeSet<String>, Vec<(Code, String)>) {
        let mut found = BTreeSet::new();
        let mut in_vain = Vec::new();
        let names = split(text, ';').into_iter().flat_map(|names| {
            // A name may have a comma.
            if self.first(&names).is_some() {
                vec![names]
            } else {
                split(&names, ',')
            }
        });
        for names in names {
            match self.first(&names) {
                Some(known) if known.is_archived => in_vain.push((Code::ThemeArchived, names)),
                Some(known) => {
                    found.insert(known.slug.clone());
                }
                None => in_vain.push((Code::ThemeUnknown, names)),
            }
        }
        (found, in_vain)
    }

    fn first(&self, names: &str) -> Option<&Known> {
        names.split('|').find_map(|name| self.find(name))
    }

    fn find(&self, name: &str) -> Option<&Known> {
        self.all.get(*self.by_key.get(&key(name))?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn themes() -> KnownThemes {
        let mut themes = KnownThemes::default();
        for (slug, name, is_archived) in [
            ("aines", "Aînés", false),
            ("sport-culture", "Sport, culture", false),
            ("vieux", "Ancien", true),
        ] {
            themes.by_key.insert(key(slug), themes.all.len());
            themes.by_key.insert(key(name), themes.all.len());
            themes.all.push(Known {
                slug: slug.to_owned(),
                is_archived,
            });
        }
        themes
    }

    #[test]
    fn slugs_and_names_in_any_spelling_are_known() {
        let (found, in_vain) = themes().named("AINES, Sport, culture; autre ;vieux");
        assert_eq!(found, BTreeSet::from(["aines".to_owned()]));
        let told: Vec<(Code, &str)> = in_vain
            .iter()
            .map(|(code, name)| (*code, name.as_str()))
            .collect();
        assert_eq!(
            told,
            [
                (Code::ThemeUnknown, "Sport"),
                (Code::ThemeUnknown, "culture"),
                (Code::ThemeUnknown, "autre"),
                (Code::ThemeArchived, "vieux"),
            ]
        );
        let (found, in_vain) = themes().named("sport, culture;inconnu|Aînés");
        assert_eq!(found.len(), 2);
        assert!(in_vain.is_empty());
        assert!(themes().archived().any(|slug| slug == "vieux"));
    }
}
