//! The gate between validation and execution: what the operation costs is known there.

use std::sync::{Arc, Mutex, PoisonError};

use async_graphql::async_trait::async_trait;
use async_graphql::extensions::{
    Extension, ExtensionContext, ExtensionFactory, NextExecute, NextResolve, NextValidation,
    ResolveInfo,
};
use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, Field, Selection, SelectionSet,
};
use async_graphql::{
    EmptyMutation, EmptySubscription, Name, ObjectType, Request, Response, Schema, ServerError,
    ServerResult, ValidationMode, ValidationResult, Value,
};

use super::{Refusal, Spending};
use crate::app::App;
use crate::graphql::error::{ErrorCode, Fault};
use crate::i18n::Language;

/// Lets a valid operation pass if it costs no more than one may and its client has left.
pub struct Gate<Query> {
    measure: Arc<Schema<Query, EmptyMutation, EmptySubscription>>,
}

impl<Query: ObjectType + Default + 'static> Default for Gate<Query> {
    fn default() -> Self {
        let measure = Schema::build(Query::default(), EmptyMutation, EmptySubscription)
            .validation_mode(ValidationMode::Fast)
            .extension(Measure)
            .finish();
        Self {
            measure: Arc::new(measure),
        }
    }
}

impl<Query: ObjectType + 'static> ExtensionFactory for Gate<Query> {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Gatekeeper {
            measure: Arc::clone(&self.measure),
        })
    }
}

struct Gatekeeper<Query> {
    measure: Arc<Schema<Query, EmptyMutation, EmptySubscription>>,
}

#[async_trait]
impl<Query: ObjectType + 'static> Extension for Gatekeeper<Query> {
    async fn validation(
        &self,
        ctx: &ExtensionContext<'_>,
        next: NextValidation<'_>,
    ) -> Result<ValidationResult, Vec<ServerError>> {
        let result = next.run(ctx).await?;
        let Some(spending) = ctx.data_opt::<Arc<Spending>>() else {
            return Ok(result);
        };
        let complexity = match &spending.recount {
            Some((document, variables)) => {
                let mut request = Request::new("").variables(variables.clone());
                request.set_parsed_query(with_visible_typenames(document.clone()));
                recount(&self.measure, request)
                    .await
                    .unwrap_or(result.complexity)
            }
            None => result.complexity,
        };
        admit(ctx, spending, complexity).map_err(|fault| vec![fault.into()])?;
        Ok(result)
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
            Err(error) if nullable => match ctx.data_opt::<Arc<Spending>>() {
                Some(spending) => {
                    spending.add_error(error);
                    Ok(Some(Value::Null))
                }
                None => Err(error),
            },
            result => result,
        }
    }

    async fn execute(
        &self,
        ctx: &ExtensionContext<'_>,
        operation_name: Option<&str>,
        next: NextExecute<'_>,
    ) -> Response {
        if let Some(spending) = ctx.data_opt::<Arc<Spending>>() {
            spending.set_executed();
        }
        next.run(ctx, operation_name).await
    }
}

fn admit(ctx: &ExtensionContext<'_>, spending: &Spending, complexity: usize) -> Result<(), Fault> {
    let app = ctx.data_unchecked::<Arc<App>>();
    let language = ctx.data_opt::<Language>().copied().unwrap_or_default();
    let most = app.settings.limits.query_cost;
    let (data, introspection) = spending.split(complexity);
    if data > most {
        let refusal = Refusal::too_much("costs-too-much", most).naming("cost", &data.to_string());
        return Err(refusal.fault(language));
    }
    spending.set_cost(data.saturating_add(introspection));
    // The first point was paid when the request came in.
    let points = u32::try_from(spending.cost().saturating_sub(1)).unwrap_or(u32::MAX);
    match app.buckets.spend(spending.client, points, app.clock.now()) {
        Ok(standing) => {
            if let Some(standing) = standing {
                spending.set_standing(standing);
            }
            Ok(())
        }
        Err(standing) => {
            spending.set_standing(standing);
            let wait = standing.wait_seconds.to_string();
            Err(Fault::new(
                ErrorCode::RateLimited,
                language.message("rate-limited", &[("seconds", wait)]),
            ))
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

/// Where a measuring run leaves what it counted.
struct Counted(Mutex<Option<usize>>);

async fn recount<Query: ObjectType + 'static>(
    measure: &Schema<Query, EmptyMutation, EmptySubscription>,
    request: Request,
) -> Option<usize> {
    let counted = Arc::new(Counted(Mutex::new(None)));
    measure.execute(request.data(Arc::clone(&counted))).await;
    *counted.0.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Counts an operation and never executes it.
struct Measure;

impl ExtensionFactory for Measure {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Self)
    }
}

#[async_trait]
impl Extension for Measure {
    async fn validation(
        &self,
        ctx: &ExtensionContext<'_>,
        next: NextValidation<'_>,
    ) -> Result<ValidationResult, Vec<ServerError>> {
        let result = next.run(ctx).await?;
        if let Some(counted) = ctx.data_opt::<Arc<Counted>>() {
            *counted.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(result.complexity);
        }
        Err(Vec::new())
    }
}
