//! What a report tells of an entity once it was merged into the registry.

use serde_json::Value;

use super::columns;
use super::content;
use super::mapping::Mapping;
use super::plan::Planned;
use super::report::{Code, Finding, Outcome};

/// What was kept against the source, what the registry refuses, and what is no longer there.
pub fn of(mapping: &Mapping, entity: &Planned) -> Vec<Finding> {
    let finding = |code, column: String, value: String, kept| Finding {
        line: entity.line,
        column,
        value,
        kept,
        code,
    };
    let mut findings = Vec::new();
    for kept in &entity.kept {
        let column = column_of(mapping, entity, &kept.path);
        let (theirs, ours) = (text_of(&kept.theirs), text_of(&kept.ours));
        findings.push(finding(Code::KeptLocalChange, column, theirs, Some(ours)));
    }
    for problem in &entity.problems {
        let column = column_of(mapping, entity, &problem.field.join("."));
        let arguments = problem.arguments.iter();
        let value = arguments
            .filter(|(name, _)| *name == "value")
            .map(|(_, value)| value.clone())
            .next();
        let value = value.unwrap_or_default();
        findings.push(finding(Code::Invalid, column, value, None));
    }
    if entity.outcome == Outcome::Skipped && entity.reference.is_some() {
        findings.push(finding(Code::Removed, String::new(), String::new(), None));
    }
    findings
}

/// The column that gives the value at a path of the content, or else the path.
fn column_of(mapping: &Mapping, entity: &Planned, path: &str) -> String {
    let mapped = mapping
        .entities
        .iter()
        .filter(|one| one.kind == entity.kind);
    let fields = content::fields_at(entity.kind, entity.id, path);
    mapped
        .flat_map(|mapped| fields.iter().map(move |field| (mapped, *field)))
        .find_map(|(mapped, field)| columns::of_field(&mapped.fields, field))
        .unwrap_or_else(|| path.to_owned())
}

/// A value as a reader sees it.
fn text_of(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(list) => list.iter().map(text_of).collect::<Vec<_>>().join("; "),
        Value::Object(object) => {
            let values = object.values().filter(|value| !value.is_null());
            values.map(text_of).collect::<Vec<_>>().join(", ")
        }
        other => other.to_string(),
    }
}
