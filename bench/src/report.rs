//! The table of what was measured.

use std::fmt::Write as _;

use crate::compare::Plan;
use crate::queries::Query;
use crate::servers::Kind;

/// Requests per second, of each server on each query in each round.
#[derive(Default)]
pub struct Measures(Vec<(&'static str, Kind, f64)>);

impl Measures {
    /// Adds one.
    pub fn add(&mut self, query: &'static str, kind: Kind, rate: f64) {
        self.0.push((query, kind, rate));
    }

    /// The middle one of all rounds.
    pub fn median(&self, query: &str, kind: Kind) -> f64 {
        let mut rates: Vec<f64> = self
            .0
            .iter()
            .filter(|(of, by, _)| *of == query && *by == kind)
            .map(|(_, _, rate)| *rate)
            .collect();
        rates.sort_by(f64::total_cmp);
        let upper = rates.get(rates.len() / 2).copied().unwrap_or_default();
        if rates.len() % 2 == 1 {
            return upper;
        }
        let lower = (rates.len() / 2)
            .checked_sub(1)
            .and_then(|index| rates.get(index))
            .copied();
        lower.map_or(upper, |lower| f64::midpoint(lower, upper))
    }
}

/// The table, in Markdown.
pub fn write(plan: &Plan, initiatives: i64, queries: &[&Query], measures: &Measures) -> String {
    let mut table = format!(
        "# Requests per second\n\n{initiatives} initiatives, {} connections, {} rounds of {} s each \
         in turn after {} s of warming up, median. {}\n\n\
         | query | Maillage | PostGraphile | limit | Maillage / PostGraphile | Maillage / limit |\n\
         |---|--:|--:|--:|--:|--:|\n",
        plan.connections,
        plan.rounds,
        plan.duration.as_secs(),
        plan.warm_up.as_secs(),
        plan.note,
    );
    for query in queries {
        let [maillage, peer, limit] = Kind::ALL.map(|kind| measures.median(query.name, kind));
        // Writing to a string cannot fail.
        let _ = writeln!(
            table,
            "| {} {} | {maillage:.0} | {peer:.0} | {limit:.0} | {} | {} |",
            query.name.to_uppercase(),
            query.title,
            ratio(maillage, peer),
            ratio(maillage, limit),
        );
    }
    table
}

/// How many times one rate is another; nothing of one that answered nobody in time.
fn ratio(rate: f64, other: f64) -> String {
    if other > 0.0 {
        format!("{:.2}", rate / other)
    } else {
        "–".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_measure_counts() {
        let mut measures = Measures::default();
        for rate in [5.0, 1.0, 3.0] {
            measures.add("q1", Kind::Limit, rate);
        }
        measures.add("q2", Kind::Limit, 1.0);
        measures.add("q2", Kind::Limit, 2.0);
        assert!((measures.median("q1", Kind::Limit) - 3.0).abs() < 1e-9);
        assert!((measures.median("q2", Kind::Limit) - 1.5).abs() < 1e-9);
    }

    #[test]
    fn who_answers_nobody_has_no_ratio() {
        assert_eq!(ratio(15.0, 0.0), "–");
        assert_eq!(ratio(15.0, 2.0), "7.50");
    }
}
