//! Coworking spaces and their kinds.

use entity::values::Publication;
use entity::{coworking_space, coworking_space_kind};
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, Set};

use super::{Batch, Work, insert};
use crate::import::drafts::Space;
use crate::import::plan::Planned;
use crate::set_place;

pub(super) async fn write(batch: &Batch<'_>, work: &Work<'_, Space>) -> Result<(), DbErr> {
    let mut spaces = Vec::new();
    let mut kinds = Vec::new();
    for (entity, draft, slug) in &work.created {
        spaces.push(coworking_space::ActiveModel {
            id: Set(entity.id),
            slug: Set(slug.clone()),
            publication: Set(Publication::Published),
            revision: Set(1),
            created_at: Set(batch.now),
            updated_at: Set(batch.now),
            published_at: Set(Some(batch.now)),
            ..fields(entity, draft)
        });
        kinds.extend(kinds_of(entity, draft));
    }
    insert(batch, spaces).await?;
    for (entity, draft) in &work.updated {
        coworking_space::Entity::update_many()
            .set(coworking_space::ActiveModel {
                updated_at: Set(batch.now),
                // What the source says anew is not stale.
                stale_since: Set(None),
                ..fields(entity, draft)
            })
            .col_expr(
                coworking_space::Column::Revision,
                Expr::col(coworking_space::Column::Revision).add(1),
            )
            .filter(coworking_space::Column::Id.eq(entity.id))
            .exec(batch.transaction)
            .await?;
        coworking_space_kind::Entity::delete_many()
            .filter(coworking_space_kind::Column::SpaceId.eq(entity.id))
            .exec(batch.transaction)
            .await?;
        kinds.extend(kinds_of(entity, draft));
    }
    insert(batch, kinds).await
}

fn fields(entity: &Planned, draft: &Space) -> coworking_space::ActiveModel {
    let mut space = coworking_space::ActiveModel {
        name: Set(draft.name.clone()),
        description: Set(draft.description.clone()),
        operator_id: Set(entity.organization),
        owner_kind: Set(draft.owner_kind),
        wheelchair_access: Set(draft.wheelchair_access),
        opening_hours: Set(draft.opening_hours.clone()),
        website: Set(draft.website.clone()),
        ..Default::default()
    };
    set_place!(space, draft.place.to_place());
    space
}

fn kinds_of(entity: &Planned, draft: &Space) -> Vec<coworking_space_kind::ActiveModel> {
    draft
        .kinds
        .iter()
        .map(|kind| coworking_space_kind::ActiveModel {
            space_id: Set(entity.id),
            kind: Set(*kind),
        })
        .collect()
}
