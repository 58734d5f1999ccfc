//! What a source says of an item, as values by path within the content, and how that is
//! merged with what people wrote.
//!
//! A path names members of JSON objects, separated by dots; within a list, it names the
//! element that has this `id`.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::sourced::Restated;

/// Values by path.
pub type Statement = BTreeMap<String, Value>;

/// A value that a person wrote and that was kept although the source states another.
#[derive(Clone, Debug, PartialEq)]
pub struct Kept {
    pub path: String,
    /// The value of the item.
    pub ours: Value,
    /// The value of the source.
    pub theirs: Value,
}

/// What `content` holds at each of these paths.
pub fn statement<'a>(content: &Value, paths: impl IntoIterator<Item = &'a str>) -> Statement {
    paths
        .into_iter()
        .map(|path| (path.to_owned(), get(content, path).clone()))
        .collect()
}

/// Merges a statement into a content, by path: what the source changed since it was last read
/// is taken, unless somebody changed it too. With `overwrites`, all of it is taken.
pub(super) fn apply(there: &Value, stated: &Restated<'_>, overwrites: bool) -> (Value, Vec<Kept>) {
    let mut merged = there.clone();
    let mut kept = Vec::new();
    for (path, now) in stated.now {
        if stated.along.contains(&path.as_str()) {
            continue;
        }
        let ours = get(there, path);
        let now = &with_staying(now, ours, stated.staying);
        if ours == now {
            continue;
        }
        let before = stated.before.and_then(|before| before.get(path));
        let is_upstream_change = before != Some(now);
        let is_untouched = match before {
            Some(before) => before == ours && is_there(there, path),
            None => is_empty(ours),
        };
        if overwrites || (is_untouched && is_upstream_change) {
            set(&mut merged, path, now.clone());
        } else if is_upstream_change {
            kept.push(Kept {
                path: path.clone(),
                ours: ours.clone(),
                theirs: now.clone(),
            });
        }
    }
    if merged != *there {
        for path in stated.along {
            if let Some(now) = stated.now.get(*path) {
                set(&mut merged, path, now.clone());
            }
        }
    }
    (merged, kept)
}

/// A list with those elements of `ours` that stay, in alphabetical order as sets are.
fn with_staying(now: &Value, ours: &Value, staying: &[Value]) -> Value {
    let (Value::Array(now_list), Value::Array(ours)) = (now, ours) else {
        return now.clone();
    };
    let stay = ours
        .iter()
        .filter(|one| staying.contains(one) && !now_list.contains(one));
    let stay: Vec<Value> = stay.cloned().collect();
    if stay.is_empty() {
        return now.clone();
    }
    let mut all = [now_list.clone(), stay].concat();
    all.sort_by(|one, other| one.as_str().cmp(&other.as_str()));
    Value::Array(all)
}

/// An edit `ours` of `base`, on top of `theirs`, which `base` became meanwhile.
pub(super) fn rebased(base: &Value, ours: &Value, theirs: &Value) -> Value {
    if ours == base {
        return theirs.clone();
    }
    if theirs == base {
        return ours.clone();
    }
    match (ours, theirs) {
        (Value::Object(our), Value::Object(their)) => {
            let mut names: Vec<&String> = our.keys().chain(their.keys()).collect();
            names.sort_unstable();
            names.dedup();
            let merged = names.into_iter().map(|name| {
                let of = |value: &Value| value.get(name).cloned().unwrap_or_default();
                (name.clone(), rebased(&of(base), &of(ours), &of(theirs)))
            });
            Value::Object(merged.collect())
        }
        (Value::Array(our), Value::Array(their))
            if our.iter().chain(their).all(|one| id_of(one).is_some()) =>
        {
            let merged = our.iter().map(|one| {
                let of = |list: &Value| id_of(one).map_or(Value::Null, |id| get(list, id).clone());
                let (before, after) = (of(base), of(theirs));
                if before.is_null() || after.is_null() {
                    one.clone()
                } else {
                    rebased(&before, one, &after)
                }
            });
            let is_new = |one: &&Value| {
                let unknown = |list: &Value| id_of(one).is_none_or(|id| get(list, id).is_null());
                unknown(base) && unknown(ours)
            };
            let added = their.iter().filter(is_new).cloned();
            Value::Array(merged.chain(added).collect())
        }
        _ => ours.clone(),
    }
}

fn id_of(element: &Value) -> Option<&str> {
    element.get("id")?.as_str()
}

/// The value at a path; null where there is none.
fn get<'a>(content: &'a Value, path: &str) -> &'a Value {
    let mut value = content;
    for name in path.split('.') {
        let next = match value {
            Value::Object(object) => object.get(name),
            Value::Array(list) => list.iter().find(|one| id_of(one) == Some(name)),
            _ => None,
        };
        match next {
            Some(next) => value = next,
            None => return &Value::Null,
        }
    }
    value
}

/// Whether the elements of lists that the path names are there: somebody may have removed one.
fn is_there(content: &Value, path: &str) -> bool {
    let mut value = content;
    for name in path.split('.') {
        value = match value {
            Value::Array(list) => match list.iter().find(|one| id_of(one) == Some(name)) {
                Some(element) => element,
                None => return false,
            },
            Value::Object(object) => object.get(name).unwrap_or(&Value::Null),
            _ => return true,
        };
    }
    true
}

/// Puts a value at a path, and makes the objects and elements on the way.
fn set(content: &mut Value, path: &str, new: Value) {
    let mut value = content;
    for name in path.split('.') {
        if let Value::Array(list) = value {
            let index = list.iter().position(|one| id_of(one) == Some(name));
            let index = index.unwrap_or_else(|| {
                list.push(json!({ "id": name }));
                list.len() - 1
            });
            match list.get_mut(index) {
                Some(element) => value = element,
                None => return,
            }
            continue;
        }
        if !value.is_object() {
            *value = Value::Object(Map::new());
        }
        match value {
            Value::Object(object) => value = object.entry(name).or_insert(Value::Null),
            _ => return,
        }
    }
    *value = new;
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(list) => list.is_empty(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn said(values: &[(&str, Value)]) -> Statement {
        let values = values.iter().cloned();
        values
            .map(|(path, value)| (path.to_owned(), value))
            .collect()
    }

    fn merge(there: &Value, before: Option<&Statement>, now: &Statement) -> (Value, Vec<Kept>) {
        let stated = Restated {
            id: Uuid::nil(),
            before,
            now,
            along: &["day"],
            staying: &[json!("archived")],
        };
        apply(there, &stated, false)
    }

    #[test]
    fn each_field_takes_what_changed_upstream_and_keeps_what_a_person_changed() {
        let there = json!({"name": "A", "text": "corrigé", "website": "un", "day": "1"});
        let before = said(&[
            ("name", json!("A")),
            ("text", json!("brut")),
            ("website", json!("un")),
            ("day", json!("1")),
        ]);
        let now = said(&[
            ("name", json!("A")),
            ("text", json!("brut")),
            ("website", json!("deux")),
            ("day", json!("2")),
        ]);
        let (merged, kept) = merge(&there, Some(&before), &now);
        let expected = json!({"name": "A", "text": "corrigé", "website": "deux", "day": "2"});
        assert_eq!((merged, kept), (expected, vec![]));
        // The same again, and only the day is another one.
        let there = json!({"name": "A", "text": "corrigé", "website": "deux", "day": "2"});
        let again = said(&[("text", json!("brut")), ("day", json!("3"))]);
        let (merged, kept) = merge(&there, Some(&now), &again);
        assert_eq!((merged, kept), (there.clone(), vec![]));
        // Both changed.
        let again = said(&[("text", json!("nouveau"))]);
        let (merged, kept) = merge(&there, Some(&now), &again);
        assert_eq!(merged, there);
        let expected = Kept {
            path: "text".to_owned(),
            ours: json!("corrigé"),
            theirs: json!("nouveau"),
        };
        assert_eq!(kept, [expected]);
    }

    #[test]
    fn a_field_that_the_source_never_stated_is_filled_and_not_overwritten() {
        let there = json!({"siret": null, "text": "à nous", "kinds": []});
        let now = said(&[
            ("siret", json!("1")),
            ("text", json!("à eux")),
            ("kinds", json!(["FABLAB"])),
        ]);
        let (merged, kept) = merge(&there, Some(&Statement::new()), &now);
        let expected = json!({"siret": "1", "text": "à nous", "kinds": ["FABLAB"]});
        assert_eq!(merged, expected);
        assert_eq!(kept.len(), 1);
    }

    #[test]
    fn elements_of_lists_are_merged_by_their_identifiers() {
        let there = json!({"sites": [
            {"id": "site_a", "hours": "matin", "place": null},
            {"id": "site_b", "hours": "soir"},
        ]});
        let before = said(&[
            ("sites.site_a.hours", json!("matin")),
            ("sites.site_a.place.street", Value::Null),
        ]);
        let now = said(&[
            ("sites.site_a.hours", json!("midi")),
            ("sites.site_a.place.street", json!("1 rue")),
        ]);
        let (merged, _) = merge(&there, Some(&before), &now);
        let expected = json!({"sites": [
            {"id": "site_a", "hours": "midi", "place": {"street": "1 rue"}},
            {"id": "site_b", "hours": "soir"},
        ]});
        assert_eq!(merged, expected);
        // A site that somebody removed is not made again.
        let there = json!({"sites": [{"id": "site_b", "hours": "soir"}]});
        let (merged, kept) = merge(&there, Some(&before), &now);
        assert_eq!(merged, there);
        assert_eq!(kept.len(), 2);
    }

    #[test]
    fn elements_that_stay_are_not_taken_out() {
        let there = json!({"themes": ["a", "archived", "b"]});
        let before = said(&[("themes", json!(["a", "archived", "b"]))]);
        let (merged, kept) = merge(&there, Some(&before), &said(&[("themes", json!(["c"]))]));
        assert_eq!(merged, json!({"themes": ["archived", "c"]}));
        assert_eq!(kept, []);
    }

    #[test]
    fn an_open_edit_is_put_on_top_of_what_changed_meanwhile() {
        let base = json!({"a": 1, "b": 1, "sites": [{"id": "x", "h": 1, "s": 1}]});
        let ours = json!({"a": 2, "b": 1, "sites": [{"id": "x", "h": 1, "s": 2}]});
        let theirs = json!({"a": 3, "b": 3, "sites": [{"id": "x", "h": 3, "s": 1}]});
        let expected = json!({"a": 2, "b": 3, "sites": [{"id": "x", "h": 3, "s": 2}]});
        assert_eq!(rebased(&base, &ours, &theirs), expected);
    }
}
