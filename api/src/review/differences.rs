//! What is not the same in two versions of a content.

use serde_json::{Map, Value};

/// A field that two versions have differently.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// The field, as the input of the public schema names it.
    pub field: String,
    /// Null if the version has none.
    pub before: Value,
    pub after: Value,
}

/// The fields that differ, in alphabetical order.
pub fn differences(before: &Value, after: &Value) -> Vec<Difference> {
    let empty = Map::new();
    let before = before.as_object().unwrap_or(&empty);
    let after = after.as_object().unwrap_or(&empty);
    let mut fields: Vec<&String> = before.keys().chain(after.keys()).collect();
    fields.sort_unstable();
    fields.dedup();
    let value = |of: &Map<String, Value>, field: &str| of.get(field).cloned().unwrap_or_default();
    fields
        .into_iter()
        .map(|field| Difference {
            before: value(before, field),
            after: value(after, field),
            field: field.clone(),
        })
        .filter(|difference| difference.before != difference.after)
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn fields_that_one_version_lacks_differ_from_those_that_hold_something() {
        let before = json!({"title": "A", "stage": "IDEA", "website": null});
        let after = json!({"title": "B", "stage": "IDEA", "needs": ["ADVICE"]});
        let found = differences(&before, &after);
        let fields: Vec<&str> = found.iter().map(|one| one.field.as_str()).collect();
        assert_eq!(fields, ["needs", "title"]);
        assert_eq!(found[0].before, Value::Null);
        assert_eq!(found[1].after, json!("B"));
    }
}
