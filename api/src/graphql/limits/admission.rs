//! The gate before execution: what the operation costs is known there.

use super::{Refusal, Spending};
use crate::app::App;
use crate::graphql::error::{ErrorCode, Fault};
use crate::i18n::Language;

/// Lets an operation of this complexity pass if it costs no more than one may and its
/// client has left; takes the points.
///
/// # Errors
/// `COMPLEXITY_EXCEEDED` and `RATE_LIMITED`.
pub fn admit(
    app: &App,
    language: Language,
    spending: &Spending,
    complexity: usize,
) -> Result<(), Fault> {
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
