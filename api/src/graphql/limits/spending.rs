//! What one operation costs, and what its client may still spend.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::expansion::Shape;
use crate::rate::{Client, Standing};

/// How many items of introspection cost a point.
const ITEMS_PER_POINT: usize = 1000;

/// The account of one operation: filled before execution, read by the field `rateLimit` and
/// by the headers of the answer.
pub struct Spending {
    pub client: Client,
    shape: Shape,
    cost: AtomicUsize,
    standing: OnceLock<Standing>,
}

impl Spending {
    /// The account of an operation of this shape.
    pub fn new(client: Client, shape: Shape) -> Self {
        Self {
            client,
            shape,
            cost: AtomicUsize::new(1),
            standing: OnceLock::new(),
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

    /// Where the client stands after it; `None` without a limit.
    pub fn standing(&self) -> Option<Standing> {
        self.standing.get().copied()
    }

    pub fn set_standing(&self, standing: Standing) {
        // The first one is of this operation.
        let _ = self.standing.set(standing);
    }
}
