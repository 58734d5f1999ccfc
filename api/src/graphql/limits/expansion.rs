//! Fragments, expanded with counters that stop early.

use std::collections::{HashMap, HashSet};

use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, Field, FragmentDefinition, InlineFragment,
    OperationDefinition, OperationType, Selection, SelectionSet,
};
use async_graphql::{Name, Pos, Positioned};

use super::introspection::{Inside, MOST_CIRCULAR};
use super::{Refusal, check_literal, inputs};
use crate::settings::Limits;

/// A document without fragments' names, whose size is bounded.
#[derive(Debug)]
pub struct Expanded {
    /// The one operation to execute, its fragments written out in place: the library's
    /// rules visit a fragment once for each of its spreads, and look for the cost of its
    /// fields in the type around the spread instead of the fragment's own.
    pub document: ExecutableDocument,
    pub kind: OperationType,
    pub shape: Shape,
}

/// What was counted on the way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shape {
    /// Selected fields in and with `__schema` and `__type`, but for `__typename`.
    pub introspection_fields: usize,
    /// How many items introspection answers, about.
    pub introspection_items: usize,
    /// Whether `__typename` is selected.
    pub typename: bool,
}

/// Expands the fragments of `document` and takes the operation of this name.
///
/// # Errors
/// The first bound that is passed; or fragments that are unknown, unused or spread
/// themselves; or no operation of this name.
pub fn expand(
    document: ExecutableDocument,
    operation_name: Option<&str>,
    limits: &Limits,
) -> Result<Expanded, Refusal> {
    let mut walk = Walk {
        fragments: &document.fragments,
        limits,
        aliases: 0,
        fields: 0,
        shape: Shape::default(),
        used: HashSet::new(),
        open: Vec::new(),
    };
    let mut chosen_shape = Shape::default();
    for (name, operation) in document.operations.iter() {
        walk.shape = Shape::default();
        walk.operation(operation)?;
        if operation_name.is_none() || name.map(Name::as_str) == operation_name {
            chosen_shape = walk.shape;
        }
    }
    let unused = document
        .fragments
        .iter()
        .find(|(name, _)| !walk.used.contains(name.as_str()));
    if let Some((name, fragment)) = unused {
        return Err(Refusal::invalid("fragment-unused")
            .naming("name", name)
            .at(fragment.pos));
    }
    let fragments = document.fragments;
    let (operations, mut operation) = choose(document.operations, operation_name)?;
    if !fragments.is_empty() {
        inline(&mut operation.node.selection_set.node, &fragments);
    }
    Ok(Expanded {
        kind: operation.node.ty,
        document: ExecutableDocument {
            operations: match operations {
                Some(name) => DocumentOperations::Multiple(HashMap::from([(name, operation)])),
                None => DocumentOperations::Single(operation),
            },
            fragments: HashMap::new(),
        },
        shape: chosen_shape,
    })
}

fn choose(
    operations: DocumentOperations,
    name: Option<&str>,
) -> Result<(Option<Name>, Positioned<OperationDefinition>), Refusal> {
    match (operations, name) {
        (DocumentOperations::Single(operation), None) => Ok((None, operation)),
        (DocumentOperations::Multiple(operations), None) => {
            let mut operations = operations.into_iter();
            match (operations.next(), operations.next()) {
                (Some((name, operation)), None) => Ok((Some(name), operation)),
                _ => Err(Refusal::invalid("operation-name-missing")),
            }
        }
        (DocumentOperations::Multiple(mut operations), Some(name)) => operations
            .remove_entry(name)
            .map(|(name, operation)| (Some(name), operation))
            .ok_or_else(|| Refusal::invalid("operation-unknown").naming("name", name)),
        (DocumentOperations::Single(_), Some(name)) => {
            Err(Refusal::invalid("operation-unknown").naming("name", name))
        }
    }
}

struct Walk<'a> {
    fragments: &'a HashMap<Name, Positioned<FragmentDefinition>>,
    limits: &'a Limits,
    aliases: usize,
    fields: usize,
    shape: Shape,
    used: HashSet<&'a str>,
    /// Fragments around the selection.
    open: Vec<&'a str>,
}

/// Where a selection stands.
#[derive(Clone, Copy)]
struct Place {
    /// Fields around it.
    depth: usize,
    /// Selections around it, inline fragments among them.
    nesting: usize,
    introspection: Option<Inside>,
}

impl<'a> Walk<'a> {
    fn operation(&mut self, operation: &'a Positioned<OperationDefinition>) -> Result<(), Refusal> {
        for variable in &operation.node.variable_definitions {
            if let Some(value) = &variable.node.default_value {
                inputs::check_default(&value.node, self.limits)?;
            }
        }
        let place = Place {
            depth: 0,
            nesting: 1,
            introspection: None,
        };
        self.selections(&operation.node.selection_set.node, place)
    }

    fn selections(&mut self, set: &'a SelectionSet, place: Place) -> Result<(), Refusal> {
        let most = self.limits.query_nesting;
        if place.nesting > most {
            return Err(Refusal::too_much("nested-too-deep", most));
        }
        let inner = Place {
            nesting: place.nesting + 1,
            ..place
        };
        for selection in &set.items {
            for directive in selection.node.directives() {
                for (_, value) in &directive.node.arguments {
                    check_literal(&value.node, self.limits)?;
                }
            }
            match &selection.node {
                Selection::Field(field) => self.field(field, inner)?,
                Selection::InlineFragment(fragment) => {
                    self.selections(&fragment.node.selection_set.node, inner)?;
                }
                Selection::FragmentSpread(spread) => {
                    let name = spread.node.fragment_name.node.as_str();
                    self.fragment(name, spread.pos, inner)?;
                }
            }
        }
        Ok(())
    }

    fn fragment(&mut self, name: &'a str, position: Pos, place: Place) -> Result<(), Refusal> {
        let wrong = |key| Refusal::invalid(key).naming("name", name).at(position);
        let fragment = self
            .fragments
            .get(name)
            .ok_or_else(|| wrong("fragment-unknown"))?;
        if self.open.contains(&name) {
            return Err(wrong("fragment-in-itself"));
        }
        self.used.insert(name);
        self.open.push(name);
        self.selections(&fragment.node.selection_set.node, place)?;
        self.open.pop();
        Ok(())
    }

    fn field(&mut self, field: &'a Positioned<Field>, place: Place) -> Result<(), Refusal> {
        let limits = self.limits;
        let name = field.node.name.node.as_str();
        self.fields += 1;
        if self.fields > limits.query_fields {
            return Err(Refusal::too_much("too-many-fields", limits.query_fields));
        }
        if field.node.alias.is_some() {
            self.aliases += 1;
            if self.aliases > limits.query_aliases {
                return Err(Refusal::too_much("too-many-aliases", limits.query_aliases));
            }
        }
        let depth = place.depth + 1;
        if depth > limits.query_depth {
            return Err(Refusal::too_much("too-deep", limits.query_depth).at(field.pos));
        }
        for (_, value) in &field.node.arguments {
            check_literal(&value.node, limits)?;
        }
        let here = place.introspection.or_else(|| Inside::entered_by(name));
        if name == "__typename" {
            self.shape.typename = true;
        } else if let Some(here) = here {
            self.introspection(here, field.pos)?;
        }
        let inner = Place {
            depth,
            introspection: here.map(|here| here.within(name)),
            ..place
        };
        self.selections(&field.node.selection_set.node, inner)
    }

    fn introspection(&mut self, here: Inside, position: Pos) -> Result<(), Refusal> {
        if here.circular > MOST_CIRCULAR {
            return Err(
                Refusal::too_much("introspection-nested-too-deep", MOST_CIRCULAR).at(position),
            );
        }
        self.shape.introspection_fields += 1;
        let items = self.shape.introspection_items.saturating_add(here.times);
        self.shape.introspection_items = items;
        let most = self.limits.introspection_items;
        if items > most {
            return Err(Refusal::too_much("too-much-introspection", most));
        }
        Ok(())
    }
}

/// Writes fragments out in the place of their spreads. The walk has bounded how many there
/// are and how deep, and found none that spreads itself.
fn inline(set: &mut SelectionSet, fragments: &HashMap<Name, Positioned<FragmentDefinition>>) {
    for selection in &mut set.items {
        if let Selection::FragmentSpread(spread) = &selection.node
            && let Some(fragment) = fragments.get(spread.node.fragment_name.node.as_str())
        {
            let position = spread.pos;
            let written_out = InlineFragment {
                type_condition: Some(fragment.node.type_condition.clone()),
                directives: spread.node.directives.clone(),
                selection_set: fragment.node.selection_set.clone(),
            };
            selection.node = Selection::InlineFragment(Positioned::new(written_out, position));
        }
        match &mut selection.node {
            Selection::Field(field) => inline(&mut field.node.selection_set.node, fragments),
            Selection::InlineFragment(fragment) => {
                inline(&mut fragment.node.selection_set.node, fragments);
            }
            Selection::FragmentSpread(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::*;

    fn expanded(query: &str) -> Result<Expanded, &'static str> {
        expand(parse_query(query).unwrap(), None, &Limits::default()).map_err(|refusal| refusal.key)
    }

    fn refused(query: &str) -> &'static str {
        expanded(query).unwrap_err()
    }

    #[test]
    fn fragments_that_spread_fragments_stop_at_the_counter() {
        let mut query = String::from("{ ...F0 }");
        for level in 0..9 {
            let next = level + 1;
            query.push_str(&format!(
                "fragment F{level} on Query {{ ...F{next} ...F{next} }}"
            ));
        }
        query.push_str("fragment F9 on Query { a b }");
        assert_eq!(refused(&query), "too-many-fields");
    }

    #[test]
    fn fragments_are_written_out_in_place() {
        let document =
            expanded("{ a ...F } fragment F on Query { b { ...G } } fragment G on B { c }")
                .unwrap()
                .document;
        assert!(document.fragments.is_empty());
        let text = format!("{document:?}");
        assert!(
            !text.contains("FragmentSpread") && text.contains("Name(\"c\")"),
            "{text}"
        );
    }

    #[test]
    fn wrong_fragments_are_refused() {
        assert_eq!(
            refused("{ ...F } fragment F on Query { ...F }"),
            "fragment-in-itself"
        );
        assert_eq!(refused("{ ...F }"), "fragment-unknown");
        assert_eq!(
            refused("{ a } fragment F on Query { a }"),
            "fragment-unused"
        );
    }

    #[test]
    fn depth_and_aliases_are_counted_through_fragments() {
        let deep = format!("{{ {} b {} }}", "a {".repeat(15), "}".repeat(15));
        assert_eq!(refused(&deep), "too-deep");
        assert_eq!(
            refused(&format!("{{ {} }}", "a:b ".repeat(31))),
            "too-many-aliases"
        );
        assert_eq!(
            refused(&format!(
                "{{ {} }} fragment F on Q {{ {} }}",
                "...F ".repeat(4),
                "a:b ".repeat(8)
            )),
            "too-many-aliases"
        );
    }

    #[test]
    fn inline_fragments_do_not_nest_without_end() {
        let mut query = String::from("{ ...F0 }");
        for level in 0..5 {
            let next = level + 1;
            let (open, close) = ("...{".repeat(12), "}".repeat(12));
            query.push_str(&format!(
                "fragment F{level} on Query {{ {open} ...F{next} {close} }}"
            ));
        }
        query.push_str("fragment F5 on Query { a }");
        assert_eq!(refused(&query), "nested-too-deep");
    }

    #[test]
    fn introspection_has_a_budget_of_its_own() {
        let types =
            "__schema { types { fields { type { fields { type { fields { name } } } } } } }";
        assert_eq!(
            refused(&format!("{{ {types} }}")),
            "introspection-nested-too-deep"
        );
        let many =
            "x: __schema { types { fields { args { type { kind name ofType { kind } } } } } }";
        assert_eq!(
            refused(&format!("{{ {} }}", many.repeat(25))),
            "too-much-introspection"
        );
        let shape = expanded("{ __typename __schema { types { name __typename } } }")
            .unwrap()
            .shape;
        assert_eq!(shape.introspection_fields, 3);
        assert!(shape.typename);
    }

    #[test]
    fn the_operation_is_taken_by_its_name() {
        let take = |name| {
            expand(
                parse_query("query A { a } mutation B { b }").unwrap(),
                name,
                &Limits::default(),
            )
            .map(|expanded| expanded.kind)
            .map_err(|refusal| refusal.key)
        };
        assert_eq!(take(Some("B")), Ok(OperationType::Mutation));
        assert_eq!(take(Some("C")), Err("operation-unknown"));
        assert_eq!(take(None), Err("operation-name-missing"));
    }
}
