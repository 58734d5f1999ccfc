//! The territory of a funding source in the public schema.

use async_graphql::{SimpleObject, Union};
use entity::{funding_source, values};

use super::enums::FundingTerritoryKind;
use crate::territory::Territory;
use crate::territory::graphql::{Commune, Departement, Intercommunality};

/// A part of the territory that the registry knows.
#[derive(Union)]
pub enum TerritoryPart {
    Commune(Commune),
    Intercommunality(Intercommunality),
    Departement(Departement),
}

/// Where a funding source is open.
#[derive(SimpleObject)]
pub struct FundingTerritory {
    /// How wide it is.
    kind: FundingTerritoryKind,
    /// The official code of the région, département or commune, or the SIREN of the
    /// intercommunality; null for wider territories.
    code: Option<String>,
    /// The part of the territory; null if it is wider, or not in the registry.
    part: Option<TerritoryPart>,
}

impl FundingTerritory {
    /// Where `source` is open.
    pub fn new(territory: &Territory, source: &funding_source::Model) -> Self {
        let code = source.territory_code.as_deref();
        let part = match source.territory_kind {
            values::FundingTerritoryKind::Commune => code
                .and_then(|code| territory.commune(code))
                .map(|commune| Commune::new(commune).into()),
            values::FundingTerritoryKind::Intercommunality => code
                .and_then(|code| territory.intercommunality(code))
                .map(|body| Intercommunality::new(body).into()),
            values::FundingTerritoryKind::Departement => code
                .and_then(|code| territory.departement(code))
                .map(|departement| Departement::new(departement).into()),
            values::FundingTerritoryKind::Europe
            | values::FundingTerritoryKind::France
            | values::FundingTerritoryKind::Region
            | values::FundingTerritoryKind::Unspecified => None,
        };
        Self {
            kind: source.territory_kind.into(),
            code: source.territory_code.clone(),
            part,
        }
    }
}
