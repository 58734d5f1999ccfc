//! The parameters of a GraphQL request, from a body or from an address.

use actix_web::http::StatusCode;
use actix_web::web;
use serde_json::{Map, Value};

use super::failure::Failure;

/// What a request asks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Parameters {
    pub query: String,
    pub operation_name: Option<String>,
    pub variables: Map<String, Value>,
}

impl Parameters {
    /// The parameters in the JSON of a body.
    ///
    /// # Errors
    /// 400 when it is not JSON, or not an object whose members are of their types.
    pub fn from_body(body: &[u8]) -> Result<Self, Failure> {
        match serde_json::from_slice(body) {
            Ok(Value::Object(members)) => Self::from_members(members),
            Ok(Value::Array(_)) => Err(wrong("no-batches")),
            Ok(_) | Err(_) => Err(wrong("body-not-json")),
        }
    }

    /// The parameters in the query string of an address, `variables` and `extensions` being
    /// JSON there.
    ///
    /// # Errors
    /// 400 when one is given twice, is not JSON, or is not of its type.
    pub fn from_query_string(query_string: &str) -> Result<Self, Failure> {
        let pairs = web::Query::<Vec<(String, String)>>::from_query(query_string)
            .map_err(|_| wrong("query-string-invalid"))?;
        let mut members = Map::new();
        for (name, text) in pairs.into_inner() {
            let value = match name.as_str() {
                "query" => Value::String(text),
                // A form sends what was left empty.
                "operationName" | "variables" | "extensions" if text.is_empty() => Value::Null,
                "operationName" => Value::String(text),
                "variables" | "extensions" => serde_json::from_str(&text)
                    .map_err(|_| naming(wrong("parameter-not-json"), &name))?,
                _ => continue,
            };
            if members.contains_key(&name) {
                return Err(naming(wrong("parameter-twice"), &name));
            }
            members.insert(name, value);
        }
        Self::from_members(members)
    }

    /// How much text it holds, about, in bytes.
    pub fn size(&self) -> usize {
        let name = self.operation_name.as_ref().map_or(0, String::len);
        let variables = self
            .variables
            .iter()
            .map(|(name, value)| name.len() + size(value))
            .sum::<usize>();
        self.query.len() + name + variables
    }

    fn from_members(mut members: Map<String, Value>) -> Result<Self, Failure> {
        let query = match members.remove("query") {
            Some(Value::String(query)) => query,
            None | Some(Value::Null) => return Err(wrong("query-missing")),
            Some(_) => return Err(naming(wrong("parameter-not-text"), "query")),
        };
        let operation_name = match members.remove("operationName") {
            Some(Value::String(name)) => Some(name),
            None | Some(Value::Null) => None,
            Some(_) => return Err(naming(wrong("parameter-not-text"), "operationName")),
        };
        let mut object = |name| match members.remove(name) {
            Some(Value::Object(object)) => Ok(object),
            None | Some(Value::Null) => Ok(Map::new()),
            Some(_) => Err(naming(wrong("parameter-not-object"), name)),
        };
        let variables = object("variables")?;
        object("extensions")?;
        Ok(Self {
            query,
            operation_name,
            variables,
        })
    }
}

fn size(value: &Value) -> usize {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => 8,
        Value::String(text) => 8 + text.len(),
        Value::Array(items) => 8 + items.iter().map(size).sum::<usize>(),
        Value::Object(members) => {
            let members = members.iter().map(|(name, value)| name.len() + size(value));
            8 + members.sum::<usize>()
        }
    }
}

/// Whether an address asks an operation.
pub fn has_query(query_string: &str) -> bool {
    web::Query::<Vec<(String, String)>>::from_query(query_string)
        .is_ok_and(|pairs| pairs.iter().any(|(name, _)| name == "query"))
}

fn wrong(key: &'static str) -> Failure {
    Failure::http(StatusCode::BAD_REQUEST, key)
}

fn naming(failure: Failure, name: &str) -> Failure {
    let refusal = failure.refusal.naming("name", name);
    Failure { refusal, ..failure }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(text: &str) -> Result<Parameters, &'static str> {
        Parameters::from_body(text.as_bytes()).map_err(|failure| failure.refusal.key)
    }

    fn address(text: &str) -> Result<Parameters, &'static str> {
        Parameters::from_query_string(text).map_err(|failure| failure.refusal.key)
    }

    #[test]
    fn bodies_are_read_strictly() {
        assert_eq!(
            body(r#"{"query":"{a}","variables":null}"#).unwrap().query,
            "{a}"
        );
        assert_eq!(body(r#"[{"query":"{a}"}]"#), Err("no-batches"));
        assert_eq!(body(r#"{"query""#), Err("body-not-json"));
        assert_eq!(body(""), Err("body-not-json"));
        assert_eq!(body("{}"), Err("query-missing"));
        assert_eq!(body(r#"{"query":["a"]}"#), Err("parameter-not-text"));
        assert_eq!(
            body(r#"{"query":"a","operationName":0}"#),
            Err("parameter-not-text")
        );
        assert_eq!(
            body(r#"{"query":"a","variables":"{}"}"#),
            Err("parameter-not-object")
        );
        assert_eq!(
            body(r#"{"query":"a","extensions":[]}"#),
            Err("parameter-not-object")
        );
        let nested = format!("{{\"query\":\"a\",\"variables\":{}", "[".repeat(100_000));
        assert_eq!(body(&nested), Err("body-not-json"));
    }

    #[test]
    fn addresses_are_read_strictly() {
        let parameters =
            address("query=%7Ba%7D&operationName=A&variables=%7B%22b%22:1%7D&x=y").unwrap();
        assert_eq!(parameters.operation_name.as_deref(), Some("A"));
        assert_eq!(parameters.variables["b"], 1);
        assert_eq!(address("query=a&query=b"), Err("parameter-twice"));
        assert_eq!(address("query=a&variables=%7B"), Err("parameter-not-json"));
        assert_eq!(address("variables=%7B%7D"), Err("query-missing"));
        assert_eq!(
            address("query=a&operationName=&variables=")
                .unwrap()
                .operation_name,
            None
        );
    }
}
