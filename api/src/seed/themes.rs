//! The managed taxonomy of themes.

use entity::{theme, theme_mapping};
use sea_orm::Set;
use serde::Deserialize;

use super::SeedError;
use super::data::{insert, parse};
use super::writer::Writer;
use crate::change::Subject;

const FILE: &str = "themes.toml";
const TEXT: &str = include_str!("../../data/demo/themes.toml");

/// The vocabulary of the mappings: thématiques of data·inclusion, version 1.
const SCHEME: &str = "data-inclusion-v1";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Themes {
    theme: Vec<Theme>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Theme {
    slug: String,
    name: String,
    description: String,
    parent: Option<String>,
    #[serde(default)]
    data_inclusion: Vec<String>,
}

/// Writes the themes and what data·inclusion calls them.
pub async fn load(writer: &mut Writer<'_>) -> Result<(), SeedError> {
    let themes: Themes = parse(FILE, TEXT)?;
    let mut rows = Vec::new();
    let mut mappings = Vec::new();
    for (position, theme) in (0..).zip(themes.theme) {
        let parent_id = writer.optional_id(FILE, Subject::Theme, theme.parent.as_deref())?;
        let id = writer.create(Subject::Theme, &theme.slug, None);
        rows.push(theme::ActiveModel {
            id: Set(id),
            slug: Set(theme.slug),
            name: Set(theme.name),
            description: Set(Some(theme.description)),
            parent_id: Set(parent_id),
            position: Set(position),
            ..Default::default()
        });
        mappings.extend(
            theme
                .data_inclusion
                .into_iter()
                .map(|code| theme_mapping::ActiveModel {
                    theme_id: Set(id),
                    scheme: Set(SCHEME.to_owned()),
                    code: Set(code),
                }),
        );
    }
    insert(writer.transaction, rows).await?;
    insert(writer.transaction, mappings).await
}
