//! The budget of introspection: its own, so that tools always can read the schema, and
//! bounded, so that nobody can ask for it a hundred times over.

/// Lists of the schema of the schema, each with about how many items it has.
const LISTS: &[(&str, usize)] = &[
    ("types", 200),
    ("fields", 8),
    ("inputFields", 8),
    ("enumValues", 8),
    ("directives", 5),
    ("possibleTypes", 4),
    ("args", 3),
    ("interfaces", 2),
];

/// Lists that lead from a type to types, and so can be nested without end.
const CIRCULAR: &[&str] = &["fields", "inputFields", "interfaces", "possibleTypes"];

/// Circular lists that may stand in each other; the standard query has one.
pub const MOST_CIRCULAR: usize = 2;

/// Where a field stands inside of `__schema` or `__type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Inside {
    /// About how many times the field is answered.
    pub times: usize,
    /// Circular lists around it.
    pub circular: usize,
}

impl Inside {
    /// What `field` begins when it stands outside of introspection.
    pub fn entered_by(field: &str) -> Option<Self> {
        matches!(field, "__schema" | "__type").then_some(Self {
            times: 1,
            circular: 0,
        })
    }

    /// What stands inside of `field`.
    pub fn within(self, field: &str) -> Self {
        let items = LISTS.iter().find(|(name, _)| *name == field);
        Self {
            times: self
                .times
                .saturating_mul(items.map_or(1, |(_, items)| *items)),
            circular: self.circular + usize::from(CIRCULAR.contains(&field)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_multiply_what_stands_in_them() {
        let schema = Inside::entered_by("__schema").unwrap();
        let arguments = schema.within("types").within("fields").within("args");
        assert_eq!(arguments.times, 200 * 8 * 3);
        assert_eq!(arguments.circular, 1);
        assert_eq!(Inside::entered_by("communes"), None);
    }
}
