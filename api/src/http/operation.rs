//! Operations, read from requests; those read lately are remembered.

use std::sync::Arc;

use actix_web::http::Method;
use async_graphql::parser::types::{ExecutableDocument, OperationType};
use async_graphql::parser::{self, parse_query};
use async_graphql::{ServerError, Variables};
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use super::answer;
use super::failure::Failure;
use super::parameters::Parameters;
use crate::graphql::Executor;
use crate::graphql::limits::{Expanded, Refusal, Shape, check_variables, expand, scan};
use crate::settings::Limits;

/// Operations remembered at the most, about.
const MOST_KNOWN: usize = 1000;
/// Bytes of requests whose operations are remembered, at the most.
const MOST_BYTES: u64 = 1 << 20;

/// A valid operation, which may be executed if its client can pay for it.
pub struct Operation {
    pub document: ExecutableDocument,
    pub variables: Variables,
    pub kind: OperationType,
    pub shape: Shape,
    /// What the library counts, `__typename` among it.
    pub complexity: usize,
}

/// Why a request holds no operation to execute.
pub enum Unread {
    Refused(Failure),
    /// The rules of validation that it breaks.
    Invalid(Vec<ServerError>),
}

impl<F: Into<Failure>> From<F> for Unread {
    fn from(failure: F) -> Self {
        Self::Refused(failure.into())
    }
}

/// Reads operations, which its executor then executes.
pub struct Operations {
    pub executor: Executor,
    known: Cache<Parameters, Arc<Operation>, Bytes>,
}

impl Operations {
    /// A reader that asks `executor` what is valid.
    pub fn new(executor: Executor) -> Self {
        Self {
            executor,
            known: Cache::with_weighter(MOST_KNOWN, MOST_BYTES, Bytes),
        }
    }

    /// The operation that the parameters ask, valid and its size within bounds.
    ///
    /// # Errors
    /// When it is not, or `method` is not for its kind.
    pub async fn read(
        &self,
        parameters: Parameters,
        method: &Method,
        limits: &Limits,
    ) -> Result<Arc<Operation>, Unread> {
        if let Some(operation) = self.known.get(&parameters) {
            check_method(method, operation.kind)?;
            return Ok(operation);
        }
        let expanded = expanded(&parameters, limits)?;
        check_method(method, expanded.kind)?;
        check_required(&expanded.document, &parameters)?;
        let variables = Variables::from_json(parameters.variables.clone().into());
        let complexity = self
            .executor
            .judge(&expanded, &variables)
            .await
            .map_err(Unread::Invalid)?;
        let operation = Arc::new(Operation {
            document: expanded.document,
            variables,
            kind: expanded.kind,
            shape: expanded.shape,
            complexity,
        });
        // The variables of a change may be secrets, and do not come twice.
        if operation.kind == OperationType::Query {
            self.known.insert(parameters, Arc::clone(&operation));
        }
        Ok(operation)
    }
}

/// Weighs a request by its text.
#[derive(Clone)]
struct Bytes;

impl Weighter<Parameters, Arc<Operation>> for Bytes {
    fn weight(&self, parameters: &Parameters, _: &Arc<Operation>) -> u64 {
        parameters.size() as u64
    }
}

fn check_method(method: &Method, kind: OperationType) -> Result<(), Failure> {
    if *method == Method::GET && kind != OperationType::Query {
        return Err(Failure::only(Method::POST, "get-is-for-queries"));
    }
    Ok(())
}

fn expanded(parameters: &Parameters, limits: &Limits) -> Result<Expanded, Refusal> {
    check_variables(&parameters.variables, limits)?;
    scan(&parameters.query, limits)?;
    let document = parse_query(&parameters.query).map_err(|error| not_graphql(&error))?;
    expand(document, parameters.operation_name.as_deref(), limits)
}

fn not_graphql(error: &parser::Error) -> Refusal {
    let message = error.to_string();
    let refusal = Refusal::invalid("not-graphql").naming("reason", answer::syntax_reason(&message));
    match error.positions().next() {
        Some(position) => refusal.at(position),
        None => refusal,
    }
}

/// A variable that must have a value and has none is an error of the request, whatever
/// becomes of it in the operation.
fn check_required(document: &ExecutableDocument, parameters: &Parameters) -> Result<(), Refusal> {
    for (_, operation) in document.operations.iter() {
        for variable in &operation.node.variable_definitions {
            let name = variable.node.name.node.as_str();
            let required =
                !variable.node.var_type.node.nullable && variable.node.default_value.is_none();
            let given = parameters.variables.get(name);
            if required && given.is_none_or(serde_json::Value::is_null) {
                return Err(Refusal::invalid("variable-missing")
                    .naming("name", name)
                    .at(variable.pos));
            }
        }
    }
    Ok(())
}
