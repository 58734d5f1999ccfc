//! Themes in the public schema.

mod filter;
mod inputs;
mod mutation;
mod query;
mod theme;

pub use filter::ThemeFilter;
pub use mutation::ThemeMutation;
pub use query::ThemeQuery;
pub use theme::Theme;
