//! What follows from the mandates of a member.

use chrono::NaiveDate;
use entity::mandate;

use crate::territory::covers;

/// Whether a mandate is in force on `date`.
pub fn is_in_force(mandate: &mandate::Model, date: NaiveDate) -> bool {
    covers(mandate.starts_on, mandate.ends_on, date)
}

/// The mandate in force on `date`: of several, the one that began last.
pub fn mandate_on(mandates: &[mandate::Model], date: NaiveDate) -> Option<&mandate::Model> {
    mandates
        .iter()
        .filter(|mandate| is_in_force(mandate, date))
        .max_by_key(|mandate| (mandate.starts_on, mandate.id))
}

#[cfg(test)]
mod tests {
    use entity::values::BodyKind;
    use uuid::Uuid;

    use super::*;

    fn mandate(office: &str, starts_on: Option<&str>, ends_on: Option<&str>) -> mandate::Model {
        mandate::Model {
            id: Uuid::nil(),
            member_id: Uuid::nil(),
            body_kind: BodyKind::Network,
            commune_insee: None,
            intercommunality_siren: None,
            departement_code: None,
            office: office.to_owned(),
            starts_on: starts_on.map(|date| date.parse().unwrap()),
            ends_on: ends_on.map(|date| date.parse().unwrap()),
        }
    }

    #[test]
    fn the_mandate_of_a_day_is_the_last_that_began_and_has_not_ended() {
        let mandates = [
            mandate("councillor", None, None),
            mandate("deputy mayor", Some("2014-04-01"), Some("2020-05-28")),
            mandate("mayor", Some("2020-05-28"), None),
        ];
        let office = |date: &str| {
            mandate_on(&mandates, date.parse().unwrap()).map(|mandate| mandate.office.as_str())
        };
        assert_eq!(office("2010-01-01"), Some("councillor"));
        assert_eq!(office("2014-04-01"), Some("deputy mayor"));
        assert_eq!(office("2020-05-27"), Some("deputy mayor"));
        assert_eq!(office("2020-05-28"), Some("mayor"));
        assert_eq!(
            mandate_on(&mandates[1..2], "2020-05-28".parse().unwrap()),
            None
        );
    }
}
