//! What follows from the data of a space: its status on a date, and comparable prices.

use chrono::NaiveDate;
use entity::values::TariffUnit;
use entity::{coworking_space_period, coworking_space_tariff};

use crate::territory::covers;

/// Hours, half-days and weeks of a desk, for prices that compare: a working day has 8
/// hours, a week 5 days, a month 21.67 (52 weeks of 5 days over 12 months).
const HOURS_PER_DAY: f64 = 8.0;
const DAYS_PER_WEEK: f64 = 5.0;
const DAYS_PER_MONTH: f64 = 52.0 * DAYS_PER_WEEK / 12.0;

/// The period in which a space stands on `date`: of several, the one that began last.
pub fn period_on(
    periods: &[coworking_space_period::Model],
    date: NaiveDate,
) -> Option<&coworking_space_period::Model> {
    periods
        .iter()
        .filter(|period| covers(period.starts_on, period.ends_on, date))
        .max_by_key(|period| period.starts_on)
}

/// The price of one desk for one day, in cents.
pub fn desk_day_cents(tariff: &coworking_space_tariff::Model) -> i64 {
    rounded(cents_per_day(tariff))
}

/// The price of one desk for one month, in cents.
pub fn desk_month_cents(tariff: &coworking_space_tariff::Model) -> i64 {
    rounded(cents_per_day(tariff) * DAYS_PER_MONTH)
}

fn cents_per_day(tariff: &coworking_space_tariff::Model) -> f64 {
    let days = match tariff.unit {
        TariffUnit::Hour => 1.0 / HOURS_PER_DAY,
        TariffUnit::HalfDay => 0.5,
        TariffUnit::Day => 1.0,
        TariffUnit::Week => DAYS_PER_WEEK,
        TariffUnit::Month => DAYS_PER_MONTH,
    };
    #[expect(
        clippy::cast_precision_loss,
        reason = "prices are far below 2^52 cents"
    )]
    let amount = tariff.amount_cents as f64;
    amount / days / f64::from(tariff.desks)
}

fn rounded(cents: f64) -> i64 {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "prices are far below 2^52 cents"
    )]
    let cents = cents.round() as i64;
    cents
}

#[cfg(test)]
mod tests {
    use entity::values::{SpaceStatus, TariffAudience};
    use uuid::Uuid;

    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn tariff(unit: TariffUnit, amount_cents: i64, desks: i32) -> coworking_space_tariff::Model {
        coworking_space_tariff::Model {
            id: Uuid::nil(),
            space_id: Uuid::nil(),
            audience: TariffAudience::Everyone,
            unit,
            amount_cents,
            desks,
            note: None,
        }
    }

    fn period(
        status: SpaceStatus,
        starts_on: Option<&str>,
        ends_on: Option<&str>,
    ) -> coworking_space_period::Model {
        coworking_space_period::Model {
            id: Uuid::nil(),
            space_id: Uuid::nil(),
            status,
            starts_on: starts_on.map(date),
            ends_on: ends_on.map(date),
            reason: None,
        }
    }

    #[test]
    fn prices_of_every_unit_compare() {
        assert_eq!(desk_day_cents(&tariff(TariffUnit::Day, 1500, 1)), 1500);
        assert_eq!(desk_day_cents(&tariff(TariffUnit::Hour, 250, 1)), 2000);
        assert_eq!(desk_day_cents(&tariff(TariffUnit::HalfDay, 800, 1)), 1600);
        assert_eq!(desk_day_cents(&tariff(TariffUnit::Month, 21_667, 1)), 1000);
        assert_eq!(desk_day_cents(&tariff(TariffUnit::Month, 43_334, 2)), 1000);
        assert_eq!(desk_month_cents(&tariff(TariffUnit::Week, 5000, 1)), 21_667);
    }

    #[test]
    fn the_status_is_that_of_the_day() {
        let life = [
            period(SpaceStatus::Planned, None, Some("2014-09-01")),
            period(SpaceStatus::Open, Some("2014-09-01"), Some("2015-06-30")),
            period(SpaceStatus::Closed, Some("2015-06-30"), None),
        ];
        let status = |day| period_on(&life, date(day)).map(|period| period.status);
        assert_eq!(status("2010-01-01"), Some(SpaceStatus::Planned));
        assert_eq!(status("2014-09-01"), Some(SpaceStatus::Open));
        assert_eq!(status("2015-06-29"), Some(SpaceStatus::Open));
        assert_eq!(status("2015-06-30"), Some(SpaceStatus::Closed));
        assert_eq!(period_on(&life[1..2], date("2014-08-31")), None);
    }
}
