//! What of an initiative is searched.

use sea_orm::{ConnectionTrait, DbErr};
use uuid::Uuid;

use super::{parts, store};
use crate::organizations;
use crate::search::{Document, Field, SearchKind};
use crate::territory::commune_names;
use crate::text::plain;
use crate::themes;
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
    let initiatives: Vec<_> = store::by_ids(connection, scope, ids, parts::DESCRIPTION)
        .await?
        .into_iter()
        .map(|row| row.initiative)
        .collect();
    let themes_of = store::themes(connection, ids).await?;
    let themes = themes::names(connection).await?;
    let places = store::communes(connection, ids).await?;
    let codes = initiatives
        .iter()
        .filter_map(|initiative| initiative.commune_insee.as_deref())
        .chain(
            places
                .values()
                .flatten()
                .map(|row| row.commune_insee.as_str()),
        );
    let communes = commune_names(connection, codes).await?;
    let leads = initiatives
        .iter()
        .filter_map(|initiative| initiative.lead_organization_id);
    let leads = organizations::names(connection, scope, leads).await?;
    Ok(initiatives
        .into_iter()
        .map(|initiative| {
            let mut document = Document::new(SearchKind::Initiative, initiative.id);
            document.add(Field::Title, Some(initiative.title));
            document.add(Field::Summary, Some(initiative.summary));
            let description = initiative.description.as_deref();
            document.add(Field::Description, description.map(plain));
            for row in themes_of.get(&initiative.id).into_iter().flatten() {
                document.add(Field::Theme, themes.get(&row.theme_id).map(String::as_str));
            }
            let lead = initiative
                .lead_organization_id
                .and_then(|id| leads.get(&id));
            document.add(Field::Organization, lead.map(String::as_str));
            let concerned = places.get(&initiative.id).into_iter().flatten();
            let mut codes: Vec<&str> = initiative
                .commune_insee
                .as_deref()
                .into_iter()
                .chain(concerned.map(|row| row.commune_insee.as_str()))
                .collect();
            codes.sort_unstable();
            codes.dedup();
            for code in codes {
                document.add(Field::Commune, communes.get(code).map(String::as_str));
            }
            document
        })
        .collect())
}
