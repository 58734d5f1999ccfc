//! The organizations of the registry that lead initiatives, by the numbers that rows have.

use std::collections::{BTreeMap, BTreeSet};

use entity::values::Publication;
use entity::{organization, organization_site};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, JoinType, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, RelationDef,
};
use uuid::Uuid;

use super::drafts::{Draft, LeadNumber};
use super::plan::Drafted;

/// Gives the initiatives of a batch their leads; answers the places of those whose number no
/// public organization has. Of several that have it, the oldest one leads.
pub async fn resolve(
    connection: &impl ConnectionTrait,
    drafted: &mut [Drafted],
) -> Result<Vec<usize>, DbErr> {
    let named = |drafted: &Drafted| match &drafted.draft {
        Draft::Initiative(draft) => draft.lead.named.as_ref().map(|named| named.number.clone()),
        _ => None,
    };
    // A SIRET of which no site is known still tells the legal unit.
    let numbers: BTreeSet<String> = drafted
        .iter()
        .filter_map(named)
        .flat_map(|number| [unit(&number).to_owned(), number])
        .collect();
    if numbers.is_empty() {
        return Ok(Vec::new());
    }
    let mut known: BTreeMap<String, Uuid> = BTreeMap::new();
    let by_siren: Vec<(Option<String>, Uuid)> = organization::Entity::find()
        .select_only()
        .columns([organization::Column::Siren, organization::Column::Id])
        .filter(organization::Column::Publication.eq(Publication::Published))
        .filter(organization::Column::Siren.is_in(&numbers))
        .order_by_asc(organization::Column::Id)
        .into_tuple()
        .all(connection)
        .await?;
    let by_siret: Vec<(Option<String>, Uuid)> = organization_site::Entity::find()
        .select_only()
        .columns([
            organization_site::Column::Siret,
            organization_site::Column::OrganizationId,
        ])
        .join(JoinType::InnerJoin, of_organization())
        .filter(organization::Column::Publication.eq(Publication::Published))
        .filter(organization_site::Column::Siret.is_in(&numbers))
        .order_by_asc(organization_site::Column::OrganizationId)
        .into_tuple()
        .all(connection)
        .await?;
    for (number, id) in by_siren.into_iter().chain(by_siret) {
        if let Some(number) = number {
            known.entry(number).or_insert(id);
        }
    }
    let mut unknown = Vec::new();
    for (place, drafted) in drafted.iter_mut().enumerate() {
        let Draft::Initiative(draft) = &mut drafted.draft else {
            continue;
        };
        let Some(LeadNumber { number, .. }) = &draft.lead.named else {
            continue;
        };
        let found = known.get(number).or_else(|| known.get(unit(number)));
        draft.lead.id = found.copied();
        if draft.lead.id.is_none() {
            unknown.push(place);
        }
    }
    Ok(unknown)
}

/// The number of the legal unit, with which that of a site begins.
fn unit(number: &str) -> &str {
    number.get(..9).unwrap_or_default()
}

fn of_organization() -> RelationDef {
    organization_site::Entity::belongs_to(organization::Entity)
        .from(organization_site::Column::OrganizationId)
        .to(organization::Column::Id)
        .into()
}
