//! Themes in the public schema.

mod filter;
mod query;
mod theme;

pub use filter::ThemeFilter;
pub use query::ThemeQuery;
pub use theme::Theme;
