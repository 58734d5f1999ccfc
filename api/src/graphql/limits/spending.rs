//! What one operation costs, and what its client may still spend.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use async_graphql::parser::types::ExecutableDocument;
use async_graphql::{ServerError, Variables};

use super::expansion::Shape;
use crate::rate::{Client, Standing};

/// How many items of introspection cost a point.
const ITEMS_PER_POINT: usize = 1000;

/// The account of one operation: filled between validation and execution, read by the
/// field `rateLimit` and by the headers of the answer.
pub struct Spending {
    pub client: Client,
    pub shape: Shape,
    /// The document and its variables, where the library's own count is blind to a part.
    pub recount: Option<(ExecutableDocument, Variables)>,
    cost: AtomicUsize,
    executed: AtomicBool,
    standing: OnceLock<Standing>,
    errors: Mutex<Vec<ServerError>>,
}

impl Spending {
    /// The account of an operation of this shape.
    pub fn new(
        client: Client,
        shape: Shape,
        recount: Option<(ExecutableDocument, Variables)>,
    ) -> Self {
        Self {
            client,
            shape,
            recount,
            cost: AtomicUsize::new(1),
            executed: AtomicBool::new(false),
            standing: OnceLock::new(),
            errors: Mutex::default(),
        }
    }

    /// Splits the library's count into the points that the bound of operations holds, and
    /// those of introspection.
    pub fn split(&self, complexity: usize) -> (usize, usize) {
        let data = complexity.saturating_sub(self.shape.introspection_fields);
        let introspection = self.shape.introspection_items.div_ceil(ITEMS_PER_POINT);
        (data, introspection)
    }

    /// What the operation costs, in points; 1 at least.
    pub fn cost(&self) -> usize {
        self.cost.load(Ordering::Relaxed)
    }

    pub fn set_cost(&self, cost: usize) {
        self.cost.store(cost.max(1), Ordering::Relaxed);
    }

    /// Whether the operation was valid and begun.
    pub fn executed(&self) -> bool {
        self.executed.load(Ordering::Relaxed)
    }

    pub fn set_executed(&self) {
        self.executed.store(true, Ordering::Relaxed);
    }

    /// Where the client stands after it; `None` without a limit.
    pub fn standing(&self) -> Option<Standing> {
        self.standing.get().copied()
    }

    pub fn set_standing(&self, standing: Standing) {
        // The first one is of this operation.
        let _ = self.standing.set(standing);
    }

    /// Takes note of an error whose field was answered null.
    pub fn add_error(&self, error: ServerError) {
        let mut errors = self.errors.lock().unwrap_or_else(PoisonError::into_inner);
        errors.push(error);
    }

    /// The errors noted so far.
    pub fn take_errors(&self) -> Vec<ServerError> {
        let mut errors = self.errors.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *errors)
    }
}
