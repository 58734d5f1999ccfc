//! What a query selects below a field.

use async_graphql::Lookahead;

/// The names of the fields selected of what `asked` answers.
pub fn selected<'a>(asked: &Lookahead<'a>) -> impl Iterator<Item = &'a str> + use<'a> {
    asked.selection_fields().into_iter().flat_map(|field| {
        let names = field.selection_set().map(|field| field.name());
        names.collect::<Vec<_>>()
    })
}
