//! Initiatives with their themes and communes.

use entity::values::Publication;
use entity::{initiative, initiative_commune, initiative_theme};
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, Set};

use super::{Batch, Work, insert};
use crate::import::drafts::Initiative;
use crate::import::plan::Planned;
use crate::set_place;

pub(super) async fn write(batch: &Batch<'_>, work: &Work<'_, Initiative>) -> Result<(), DbErr> {
    let mut initiatives = Vec::new();
    let mut parts = Parts::default();
    for (entity, draft, slug) in &work.created {
        initiatives.push(initiative::ActiveModel {
            id: Set(entity.id),
            slug: Set(slug.clone()),
            publication: Set(Publication::Published),
            revision: Set(1),
            created_at: Set(batch.now),
            updated_at: Set(batch.now),
            published_at: Set(Some(batch.now)),
            ..fields(entity, draft)
        });
        parts.add(batch, entity, draft);
    }
    insert(batch, initiatives).await?;
    for (entity, draft) in &work.updated {
        initiative::Entity::update_many()
            .set(initiative::ActiveModel {
                updated_at: Set(batch.now),
                // What the source says anew is not stale.
                stale_since: Set(None),
                ..fields(entity, draft)
            })
            .col_expr(
                initiative::Column::Revision,
                Expr::col(initiative::Column::Revision).add(1),
            )
            .filter(initiative::Column::Id.eq(entity.id))
            .exec(batch.transaction)
            .await?;
        // A theme that is no longer given stays on what has it.
        initiative_theme::Entity::delete_many()
            .filter(initiative_theme::Column::InitiativeId.eq(entity.id))
            .filter(initiative_theme::Column::ThemeId.is_not_in(batch.themes.archived()))
            .exec(batch.transaction)
            .await?;
        initiative_commune::Entity::delete_many()
            .filter(initiative_commune::Column::InitiativeId.eq(entity.id))
            .exec(batch.transaction)
            .await?;
        parts.add(batch, entity, draft);
    }
    insert(batch, parts.themes).await?;
    insert(batch, parts.communes).await
}

fn fields(entity: &Planned, draft: &Initiative) -> initiative::ActiveModel {
    let mut initiative = initiative::ActiveModel {
        title: Set(draft.title.clone()),
        summary: Set(draft.summary.clone()),
        description: Set(draft.description.clone()),
        scope: Set(draft.scope),
        stage: Set(draft.stage),
        lead_organization_id: Set(entity.organization.or(draft.lead.id)),
        website: Set(draft.website.clone()),
        ..Default::default()
    };
    set_place!(initiative, draft.place.to_place());
    initiative
}

/// What belongs to initiatives.
#[derive(Default)]
struct Parts {
    themes: Vec<initiative_theme::ActiveModel>,
    communes: Vec<initiative_commune::ActiveModel>,
}

impl Parts {
    fn add(&mut self, batch: &Batch<'_>, entity: &Planned, draft: &Initiative) {
        let themes = draft.themes.iter().filter_map(|slug| batch.themes.id(slug));
        self.themes
            .extend(themes.map(|theme| initiative_theme::ActiveModel {
                initiative_id: Set(entity.id),
                theme_id: Set(theme),
            }));
        let commune = draft.place.commune_insee.iter();
        self.communes
            .extend(commune.map(|commune| initiative_commune::ActiveModel {
                initiative_id: Set(entity.id),
                commune_insee: Set(commune.clone()),
            }));
    }
}
