//! What of a space is searched.

use std::collections::HashMap;

use entity::values::SpaceKind;
use sea_orm::{ConnectionTrait, DbErr};
use uuid::Uuid;

use super::store;
use crate::organizations;
use crate::search::{Document, Field, SearchKind};
use crate::territory::commune_names;
use crate::text::plain;
use crate::viewer::Scope;

/// The documents of those of `ids` that `scope` may see.
///
/// # Errors
/// When the database cannot be read.
pub async fn documents(
    connection: &impl ConnectionTrait,
    scope: Scope,
    ids: &[Uuid],
) -> Result<Vec<Document>, DbErr> {
    let spaces = store::by_ids(connection, scope, ids).await?;
    let mut kinds = store::kinds(connection, ids).await?;
    let communes: HashMap<String, String> = commune_names(
        connection,
        spaces
            .iter()
            .filter_map(|space| space.commune_insee.as_deref()),
    )
    .await?;
    let operators = spaces.iter().filter_map(|space| space.operator_id);
    let operators = organizations::names(connection, scope, operators).await?;
    Ok(spaces
        .into_iter()
        .map(|space| {
            let mut document = Document::new(SearchKind::CoworkingSpace, space.id);
            document.add(Field::Title, Some(space.name));
            document.add(Field::Description, space.description.as_deref().map(plain));
            for row in kinds.remove(&space.id).unwrap_or_default() {
                document.add(Field::Kind, label(row.kind));
            }
            let commune = space.commune_insee.and_then(|code| communes.get(&code));
            let operator = space.operator_id.and_then(|id| operators.get(&id));
            document.add(Field::Organization, operator.map(String::as_str));
            document.add(Field::Commune, commune.map(String::as_str));
            document
        })
        .collect())
}

/// What people call a kind of space.
fn label(kind: SpaceKind) -> Option<&'static str> {
    match kind {
        SpaceKind::Coworking => Some("Espace de coworking"),
        SpaceKind::Telework => Some("Espace de télétravail"),
        SpaceKind::MeetingRooms => Some("Salles de réunion"),
        SpaceKind::SharedOffices => Some("Bureaux partagés"),
        SpaceKind::Fablab => Some("Fablab, atelier de fabrication numérique"),
        SpaceKind::SharedWorkshop => Some("Atelier partagé"),
        SpaceKind::Ressourcerie => Some("Ressourcerie, recyclerie"),
        SpaceKind::CommunityCafe => Some("Café associatif"),
        SpaceKind::EssHouse => Some("Maison de l'économie sociale et solidaire (ESS)"),
        SpaceKind::Incubator => Some("Incubateur, pépinière"),
        SpaceKind::ThirdPlace => Some("Tiers-lieu"),
        SpaceKind::Other => None,
    }
}
