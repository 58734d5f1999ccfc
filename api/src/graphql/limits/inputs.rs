//! Bounds of input values: in the document and in its variables.

use async_graphql_value::{ConstValue, Value};
use serde_json::Value as Json;

use super::Refusal;
use crate::settings::Limits;

/// Holds the variables of a request against their bounds.
///
/// # Errors
/// When they nest too deep, or one of their lists is too long.
pub fn check_variables(
    variables: &serde_json::Map<String, Json>,
    limits: &Limits,
) -> Result<(), Refusal> {
    let nesting = limits.variables_nesting.saturating_sub(1);
    variables
        .values()
        .try_for_each(|value| check_json(value, nesting, limits))
}

/// The reader of JSON stops at a nesting of 128, so this recursion is bounded.
fn check_json(value: &Json, nesting: usize, limits: &Limits) -> Result<(), Refusal> {
    let inner = || {
        let most = limits.variables_nesting;
        nesting
            .checked_sub(1)
            .ok_or_else(|| Refusal::too_much("variables-nested-too-deep", most))
    };
    match value {
        Json::Array(items) => {
            check_length(items.len(), limits)?;
            let inner = inner()?;
            items
                .iter()
                .try_for_each(|item| check_json(item, inner, limits))
        }
        Json::Object(members) => {
            let inner = inner()?;
            members
                .values()
                .try_for_each(|member| check_json(member, inner, limits))
        }
        _ => Ok(()),
    }
}

/// Holds a value written in the document against the bound of lists. The scan has bounded
/// its nesting.
///
/// # Errors
/// When one of its lists is too long.
pub fn check_literal(value: &Value, limits: &Limits) -> Result<(), Refusal> {
    match value {
        Value::List(items) => {
            check_length(items.len(), limits)?;
            items
                .iter()
                .try_for_each(|item| check_literal(item, limits))
        }
        Value::Object(members) => members
            .values()
            .try_for_each(|member| check_literal(member, limits)),
        _ => Ok(()),
    }
}

/// The same for the default value of a variable.
///
/// # Errors
/// When one of its lists is too long.
pub fn check_default(value: &ConstValue, limits: &Limits) -> Result<(), Refusal> {
    match value {
        ConstValue::List(items) => {
            check_length(items.len(), limits)?;
            items
                .iter()
                .try_for_each(|item| check_default(item, limits))
        }
        ConstValue::Object(members) => members
            .values()
            .try_for_each(|member| check_default(member, limits)),
        _ => Ok(()),
    }
}

fn check_length(length: usize, limits: &Limits) -> Result<(), Refusal> {
    if length > limits.input_list_items {
        return Err(
            Refusal::invalid("list-too-long").naming("most", &limits.input_list_items.to_string())
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(variables: Json) -> Result<(), &'static str> {
        let limits = Limits {
            variables_nesting: 3,
            input_list_items: 2,
            ..Limits::default()
        };
        check_variables(variables.as_object().unwrap(), &limits).map_err(|refusal| refusal.key)
    }

    #[test]
    fn nesting_counts_the_variables_themselves() {
        assert_eq!(check(json!({"a": {"b": [1, 2]}})), Ok(()));
        assert_eq!(
            check(json!({"a": {"b": [[1]]}})),
            Err("variables-nested-too-deep")
        );
    }

    #[test]
    fn long_lists_are_refused_wherever_they_stand() {
        assert_eq!(check(json!({"a": [1, 2, 3]})), Err("list-too-long"));
        assert_eq!(check(json!({"a": {"b": [1, 2, 3]}})), Err("list-too-long"));
    }
}
