//! What is written of a theme.

use serde::Serialize;

use super::taxonomy::Mapping;
use crate::id::ThemeRef;
use crate::problem::{Code, Problem, Problems, WriteError};
use crate::written;

/// The last place of the taxonomy that can be asked.
const LAST: i32 = 1_000_000;

/// Everything that is written of a theme; its JSON is named as the public schema's inputs
/// are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ThemeContent {
    pub name: String,
    pub description: Option<String>,
    /// The theme above it.
    pub parent: Option<ThemeRef>,
    /// Its place in the taxonomy; at the end if there is none.
    pub position: Option<i32>,
    pub mappings: Vec<Mapping>,
}

impl ThemeContent {
    /// The content in its one form: blanks around texts, empty texts and mappings that are
    /// told twice left out.
    ///
    /// # Errors
    /// All that is wrong with it.
    pub fn checked(mut self) -> Result<Self, WriteError> {
        self.name = self.name.trim().to_owned();
        self.description = written::trimmed(self.description.take());
        for mapping in &mut self.mappings {
            for text in [&mut mapping.scheme, &mut mapping.code] {
                *text = text.trim().to_owned();
            }
        }
        let mut problems = Problems::default();
        let found = &mut problems;
        written::text(found, "name", &self.name, 100);
        written::optional_text(found, "description", self.description.as_deref(), 1000);
        let position = self.position;
        found.require(
            position.is_none_or(|place| (0..=LAST).contains(&place)),
            || Problem::new(Code::OutOfRange, "position", "position-invalid").with("most", LAST),
        );
        written::list(found, "mappings", &self.mappings, 50);
        for (number, mapping) in self.mappings.iter().enumerate() {
            let field = |name| format!("mappings.{number}.{name}");
            written::text(found, &field("scheme"), &mapping.scheme, 50);
            written::text(found, &field("code"), &mapping.code, 200);
        }
        problems.none()?;
        self.mappings = written::set(self.mappings);
        Ok(self)
    }
}
