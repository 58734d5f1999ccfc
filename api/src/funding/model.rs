//! Rules of funding sources.

use chrono::NaiveDate;
use entity::funding_source;
use entity::values::Recurrence;

use crate::territory::{Territory, TerritoryRef, covers};

/// The territories whose sources reach one part of the territory: itself, and all that
/// hold it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    /// INSEE codes of communes.
    pub communes: Vec<String>,
    /// SIREN of intercommunalities.
    pub intercommunalities: Vec<String>,
    /// Codes of départements.
    pub departements: Vec<String>,
    /// Codes of régions.
    pub regions: Vec<String>,
}

impl Reach {
    /// What reaches `part`, as the territory stands on `date`.
    pub fn of(territory: &Territory, part: &TerritoryRef, date: NaiveDate) -> Self {
        let mut reach = Self::default();
        match part {
            TerritoryRef::Commune(insee_code) => {
                reach.communes.push(insee_code.clone());
                let memberships = territory.memberships_of_commune(insee_code);
                reach.intercommunalities.extend(
                    memberships
                        .filter(|membership| covers(membership.starts_on, membership.ends_on, date))
                        .map(|membership| membership.intercommunality_siren.clone()),
                );
            }
            TerritoryRef::Intercommunality(siren) => reach.intercommunalities.push(siren.clone()),
            TerritoryRef::Departement(code) => reach.departements.push(code.clone()),
        }
        if !matches!(part, TerritoryRef::Departement(_)) {
            reach.departements.extend(
                territory
                    .insee_codes(part, date)
                    .iter()
                    .filter_map(|insee_code| territory.commune(insee_code))
                    .map(|commune| commune.departement_code.clone()),
            );
        }
        reach.departements.sort();
        reach.departements.dedup();
        reach.regions = reach
            .departements
            .iter()
            .filter_map(|code| territory.departement(code)?.region_code.clone())
            .collect();
        reach.regions.sort();
        reach.regions.dedup();
        reach
    }
}

/// Whether `source` takes applications on `date`; its first and its last day included.
/// `None` where neither day is known and it is not permanent.
pub fn is_open_on(source: &funding_source::Model, date: NaiveDate) -> Option<bool> {
    let known = source.opens_on.is_some()
        || source.closes_on.is_some()
        || source.recurrence == Some(Recurrence::Permanent);
    known.then(|| {
        source.opens_on.is_none_or(|first| first <= date)
            && source.closes_on.is_none_or(|last| date <= last)
    })
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};
    use entity::values::{FunderKind, FundingTerritoryKind, Publication, StateAidRegime};
    use uuid::Uuid;

    use super::*;

    fn source(
        opens_on: Option<&str>,
        closes_on: Option<&str>,
        recurrence: Option<Recurrence>,
    ) -> funding_source::Model {
        let day = |text: &str| text.parse().unwrap();
        funding_source::Model {
            id: Uuid::nil(),
            slug: "source".to_owned(),
            name: "Source".to_owned(),
            description: None,
            funder_name: None,
            funder_organization_id: None,
            funder_kind: FunderKind::State,
            legal_basis: None,
            min_amount_cents: None,
            max_amount_cents: None,
            max_share_percent: None,
            recurrence,
            call_for_projects: false,
            opens_on: opens_on.map(day),
            closes_on: closes_on.map(day),
            state_aid_regime: StateAidRegime::None,
            url: None,
            verified_on: None,
            territory_kind: FundingTerritoryKind::France,
            territory_code: None,
            confirmed_at: None,
            stale_since: None,
            publication: Publication::Published,
            revision: 1,
            created_at: DateTime::<Utc>::UNIX_EPOCH,
            updated_at: DateTime::<Utc>::UNIX_EPOCH,
            published_at: None,
            owner_account_id: None,
        }
    }

    #[test]
    fn a_window_holds_its_first_and_its_last_day() {
        let window = source(Some("2026-03-01"), Some("2026-03-31"), None);
        let open = |date: &str| is_open_on(&window, date.parse().unwrap());
        assert_eq!(open("2026-02-28"), Some(false));
        assert_eq!(open("2026-03-01"), Some(true));
        assert_eq!(open("2026-03-31"), Some(true));
        assert_eq!(open("2026-04-01"), Some(false));
    }

    #[test]
    fn without_days_only_a_permanent_source_is_known_to_be_open() {
        let date = "2026-03-01".parse().unwrap();
        assert_eq!(is_open_on(&source(None, None, None), date), None);
        let recurring = source(None, None, Some(Recurrence::Recurring));
        assert_eq!(is_open_on(&recurring, date), None);
        let permanent = source(None, None, Some(Recurrence::Permanent));
        assert_eq!(is_open_on(&permanent, date), Some(true));
        let ended = source(None, Some("2026-02-01"), Some(Recurrence::Permanent));
        assert_eq!(is_open_on(&ended, date), Some(false));
    }
}
