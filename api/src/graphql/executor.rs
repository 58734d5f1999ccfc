//! Validation and execution of operations.
//!
//! The library's hooks around fields cost more than most of our fields. So an operation is
//! validated and counted by one schema that has hooks, executed by one that has none, and
//! only one that failed is executed again by a schema whose hooks put each null where it
//! belongs.

use std::sync::{Arc, Mutex, PoisonError};

use async_graphql::async_trait::async_trait;
use async_graphql::extensions::{
    Extension, ExtensionContext, ExtensionFactory, NextResolve, NextValidation, ResolveInfo,
};
use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, Field, OperationType, Selection, SelectionSet,
};
use async_graphql::{
    Name, Request, Response, ServerError, ServerResult, ValidationMode, ValidationResult, Value,
    Variables,
};

use super::error::ErrorCode;
use super::limits::Expanded;
use super::schema::{Schema, builder};
use crate::app::App;

/// Validates and executes operations.
pub struct Executor {
    /// Validates by every rule.
    strict: Schema,
    /// Executes what is valid.
    swift: Schema,
    /// Counts what is valid, and executes it with hooks.
    careful: Schema,
}

impl Executor {
    /// An executor that answers from `app`.
    pub fn new(app: &Arc<App>) -> Self {
        let schema = |mode| {
            builder()
                .data(Arc::clone(app))
                .validation_mode(mode)
                .limit_recursive_depth(app.settings.limits.query_nesting)
        };
        Self {
            strict: schema(ValidationMode::Strict).extension(Hooks).finish(),
            swift: schema(ValidationMode::Fast).finish(),
            careful: schema(ValidationMode::Fast).extension(Hooks).finish(),
        }
    }

    /// The complexity of a valid operation.
    ///
    /// # Errors
    /// The rules that it breaks.
    pub async fn judge(
        &self,
        operation: &Expanded,
        variables: &Variables,
    ) -> Result<usize, Vec<ServerError>> {
        let document = operation.document.clone();
        let counted = count(&self.strict, document, variables).await?;
        if !operation.shape.typename {
            return Ok(counted);
        }
        let document = with_visible_typenames(operation.document.clone());
        count(&self.careful, document, variables).await
    }

    /// Executes a valid operation, which `request` makes as often as it is needed.
    pub async fn execute(&self, kind: OperationType, request: impl Fn() -> Request) -> Response {
        // What changes something is not done twice.
        if kind == OperationType::Query {
            let response = self.swift.execute(request()).await;
            if response.errors.is_empty() || response.errors.iter().any(is_interruption) {
                return response;
            }
        }
        let misses = Arc::new(Misses::default());
        let mut response = self
            .careful
            .execute(request().data(Arc::clone(&misses)))
            .await;
        response.errors.append(&mut lock(&misses.0));
        response
    }
}

/// Whether the operation would only fail again, later.
fn is_interruption(error: &ServerError) -> bool {
    let code = error.extensions.as_ref().and_then(|told| told.get("code"));
    [ErrorCode::Timeout, ErrorCode::Unavailable]
        .iter()
        .any(|interruption| code == Some(&Value::from(interruption.as_str())))
}

/// Where a run that only counts leaves the complexity.
#[derive(Default)]
struct Counted(Mutex<Option<usize>>);

/// The errors of fields that were answered null.
#[derive(Default)]
struct Misses(Mutex<Vec<ServerError>>);

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn count(
    schema: &Schema,
    document: ExecutableDocument,
    variables: &Variables,
) -> Result<usize, Vec<ServerError>> {
    let counted = Arc::new(Counted::default());
    let mut request = Request::new("")
        .variables(variables.clone())
        .data(Arc::clone(&counted));
    request.set_parsed_query(document);
    let response = schema.execute(request).await;
    let complexity = *lock(&counted.0);
    complexity.ok_or(response.errors)
}

struct Hooks;

impl ExtensionFactory for Hooks {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Self)
    }
}

#[async_trait]
impl Extension for Hooks {
    /// A run that only counts ends here.
    async fn validation(
        &self,
        ctx: &ExtensionContext<'_>,
        next: NextValidation<'_>,
    ) -> Result<ValidationResult, Vec<ServerError>> {
        let result = next.run(ctx).await?;
        match ctx.data_opt::<Arc<Counted>>() {
            Some(counted) => {
                *lock(&counted.0) = Some(result.complexity);
                Err(Vec::new())
            }
            None => Ok(result),
        }
    }

    /// An error of a field that may be null makes that field null: the library's own way
    /// makes the object around it null too.
    async fn resolve(
        &self,
        ctx: &ExtensionContext<'_>,
        info: ResolveInfo<'_>,
        next: NextResolve<'_>,
    ) -> ServerResult<Option<Value>> {
        let nullable = !info.return_type.ends_with('!');
        match next.run(ctx, info).await {
            Err(error) if nullable => match ctx.data_opt::<Arc<Misses>>() {
                Some(misses) => {
                    lock(&misses.0).push(error);
                    Ok(Some(Value::Null))
                }
                None => Err(error),
            },
            result => result,
        }
    }
}

/// The library leaves `__typename` out of its count. Under another name, which the fast
/// rules do not look up, it counts as any field does.
fn with_visible_typenames(mut document: ExecutableDocument) -> ExecutableDocument {
    match &mut document.operations {
        DocumentOperations::Single(operation) => {
            rename(&mut operation.node.selection_set.node);
        }
        DocumentOperations::Multiple(operations) => {
            for operation in operations.values_mut() {
                rename(&mut operation.node.selection_set.node);
            }
        }
    }
    document
}

fn rename(set: &mut SelectionSet) {
    for selection in &mut set.items {
        match &mut selection.node {
            Selection::Field(field) => rename_field(&mut field.node),
            Selection::InlineFragment(fragment) => rename(&mut fragment.node.selection_set.node),
            Selection::FragmentSpread(_) => {}
        }
    }
}

fn rename_field(field: &mut Field) {
    if field.name.node == "__typename" {
        field.name.node = Name::new("typename_");
    }
    rename(&mut field.selection_set.node);
}
