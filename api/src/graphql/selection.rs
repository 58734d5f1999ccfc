//! What a query selects below a field.

use async_graphql::{Context, Lookahead};

use crate::parts::Parts;

/// The names of the fields selected of what `asked` answers.
pub fn selected<'a>(asked: &Lookahead<'a>) -> impl Iterator<Item = &'a str> + use<'a> {
    asked.selection_fields().into_iter().flat_map(|field| {
        let names = field.selection_set().map(|field| field.name());
        names.collect::<Vec<_>>()
    })
}

/// The parts that are asked of the nodes of the list at hand: those that `asked` tells of
/// each place where they are selected.
pub fn parts_of_nodes(ctx: &Context<'_>, asked: impl Fn(&Lookahead<'_>) -> Parts) -> Parts {
    let ahead = ctx.look_ahead();
    let nodes = [ahead.field("nodes"), ahead.field("edges").field("node")];
    nodes.iter().map(asked).collect()
}
