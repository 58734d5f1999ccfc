//! Updates in which what is absent stays and what is null is cleared.

use async_graphql::MaybeUndefined;

/// Replaces a value that cannot be cleared, if another one is given.
pub fn replace<T>(value: &mut T, given: Option<T>) {
    if let Some(given) = given {
        *value = given;
    }
}

/// Replaces or clears a value, unless nothing is said of it.
pub fn set<T>(value: &mut Option<T>, given: MaybeUndefined<T>) {
    match given {
        MaybeUndefined::Undefined => {}
        MaybeUndefined::Null => *value = None,
        MaybeUndefined::Value(given) => *value = Some(given),
    }
}

/// Every item as another type.
pub fn all_into<T, U: From<T>>(items: Vec<T>) -> Vec<U> {
    items.into_iter().map(Into::into).collect()
}
