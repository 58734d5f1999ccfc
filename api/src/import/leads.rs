//! The organizations of the registry that lead initiatives, by the numbers that rows have.

use std::collections::{BTreeMap, BTreeSet};

use entity::values::Publication;
use entity::{organization, organization_site};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, JoinType, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, RelationDef,
};
use uuid::Uuid;

use super::drafts::{Draft, Lead, LeadNumber};

/// Gives the initiatives among `drafts` the public organizations that lead them, if they have
/// none. Of several with one number, the oldest one leads.
pub async fn resolve<'a>(
    connection: &impl ConnectionTrait,
    drafts: impl Iterator<Item = &'a mut Draft>,
) -> Result<(), DbErr> {
    let mut leads: Vec<&mut Lead> = drafts
        .filter_map(|draft| match draft {
            Draft::Initiative(draft) => Some(&mut draft.lead),
            _ => None,
        })
        .filter(|lead| lead.named.is_some() && lead.id.is_none())
        .collect();
    // A SIRET of which no site is known still tells the legal unit.
    let numbers: BTreeSet<String> = leads
        .iter()
        .filter_map(|lead| lead.named.as_ref())
        .flat_map(|named| [unit(&named.number).to_owned(), named.number.clone()])
        .collect();
    if numbers.is_empty() {
        return Ok(());
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
    for lead in &mut leads {
        let Some(LeadNumber { number, .. }) = &lead.named else {
            continue;
        };
        let found = known.get(number).or_else(|| known.get(unit(number)));
        lead.id = found.copied();
    }
    Ok(())
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
