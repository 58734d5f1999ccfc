//! What of a member is searched.

use std::collections::HashMap;

use entity::mandate;
use sea_orm::{ConnectionTrait, DbErr};
use uuid::Uuid;

use super::{model, store};
use crate::organizations;
use crate::search::{Document, Field, SearchKind};
use crate::territory::{commune_names, departement_names, intercommunality_names};
use crate::viewer::Scope;

/// The documents of those of `ids` that `scope` may see: of their mandates, those in force.
///
/// # Errors
/// When the database cannot be read.
pub async fn documents(
    connection: &impl ConnectionTrait,
    scope: Scope,
    ids: &[Uuid],
) -> Result<Vec<Document>, DbErr> {
    let members = store::by_ids(connection, scope, ids).await?;
    let mut mandates = store::mandates(connection, ids).await?;
    for rows in mandates.values_mut() {
        rows.retain(|mandate| model::is_in_force(mandate, scope.today));
    }
    let mandate_ids: Vec<Uuid> = mandates.values().flatten().map(|row| row.id).collect();
    let mut delegations = store::delegations(connection, &mandate_ids).await?;
    let territory = Names::of(
        connection,
        members
            .iter()
            .filter_map(|member| member.commune_insee.as_deref()),
        mandates.values().flatten(),
    )
    .await?;
    let organizations = members.iter().filter_map(|member| member.organization_id);
    let organizations = organizations::names(connection, scope, organizations).await?;
    Ok(members
        .into_iter()
        .map(|member| {
            let mandates = mandates.remove(&member.id).unwrap_or_default();
            let mut document = Document::new(SearchKind::Member, member.id);
            document.add(Field::Title, member.display_name);
            for mandate in &mandates {
                document.add(Field::Title, Some(mandate.office.as_str()));
            }
            for mandate in &mandates {
                for delegation in delegations.remove(&mandate.id).unwrap_or_default() {
                    document.add(Field::Delegation, Some(delegation.label));
                }
            }
            let mut bodies: Vec<&str> = mandates
                .iter()
                .filter_map(|mandate| territory.body(mandate))
                .collect();
            bodies.sort_unstable();
            bodies.dedup();
            for body in bodies {
                document.add(Field::Body, Some(body));
            }
            let organization = member.organization_id.and_then(|id| organizations.get(&id));
            document.add(Field::Organization, organization.map(String::as_str));
            let commune = member.commune_insee.as_deref();
            let commune = commune.and_then(|code| territory.communes.get(code));
            document.add(Field::Commune, commune.map(String::as_str));
            document
        })
        .collect())
}

/// Names of parts of the territory, by code.
struct Names {
    communes: HashMap<String, String>,
    intercommunalities: HashMap<String, String>,
    departements: HashMap<String, String>,
}

impl Names {
    /// The names of communes and of the bodies of `mandates`.
    async fn of<'a>(
        connection: &impl ConnectionTrait,
        communes: impl Iterator<Item = &'a str>,
        mandates: impl Iterator<Item = &'a mandate::Model> + Clone,
    ) -> Result<Self, DbErr> {
        let of_mandates = mandates.clone();
        let of_mandates = of_mandates.filter_map(|mandate| mandate.commune_insee.as_deref());
        let sirens = mandates.clone();
        let sirens = sirens.filter_map(|mandate| mandate.intercommunality_siren.as_deref());
        let codes = mandates.filter_map(|mandate| mandate.departement_code.as_deref());
        Ok(Self {
            communes: commune_names(connection, communes.chain(of_mandates)).await?,
            intercommunalities: intercommunality_names(connection, sirens).await?,
            departements: departement_names(connection, codes).await?,
        })
    }

    /// The name of the body where a mandate is held, if it is a part of the territory.
    fn body(&self, mandate: &mandate::Model) -> Option<&str> {
        let parts = [
            (&mandate.commune_insee, &self.communes),
            (&mandate.intercommunality_siren, &self.intercommunalities),
            (&mandate.departement_code, &self.departements),
        ];
        parts
            .into_iter()
            .find_map(|(code, names)| names.get(code.as_deref()?))
            .map(String::as_str)
    }
}
