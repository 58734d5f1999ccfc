//! What is written of themes.

use async_graphql::{ID, InputObject};

use crate::content_inputs;
use crate::id::ThemeRef;
use crate::themes::Mapping;
use crate::themes::content::ThemeContent;

/// What a theme is called in another vocabulary.
#[derive(InputObject, Clone, Debug)]
pub struct ThemeMappingInput {
    /// The vocabulary, such as data-inclusion: 50 characters at most.
    pub scheme: String,
    /// The code of the theme there: 200 characters at most.
    pub code: String,
}

content_inputs! {
    /// A new theme, whose slug is made of its name.
    ThemeCreateInput;
    /// Changes of a theme: what is absent stays, what is null is cleared. Its slug stays, as
    /// contents name their themes by it.
    ThemeUpdateInput;
    ThemePatch of ThemeContent;
    required {
        /// Name: 100 characters at most.
        name: String as String,
    }
    defaulted {}
    optional {
        /// What belongs to it: 1,000 characters at most.
        description: String as String,
        /// Global identifier of the theme above it.
        parent: ID as ThemeRef,
        /// Its place in the taxonomy, 0 to 1,000,000: the lowest comes first. A new theme
        /// without one comes last.
        position: i32 as i32,
    }
    lists {
        /// What it is called in other vocabularies, 50 at most.
        mappings: ThemeMappingInput as Mapping,
    }
}

impl From<ThemeMappingInput> for Mapping {
    fn from(input: ThemeMappingInput) -> Self {
        Self {
            scheme: input.scheme,
            code: input.code,
        }
    }
}
