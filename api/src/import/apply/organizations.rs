//! Organizations, each with the site that its row describes.

use std::collections::BTreeSet;

use entity::values::Publication;
use entity::{organization, organization_site};
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, Set};
use uuid::Uuid;

use super::{Batch, Work, insert};
use crate::database::one_at_a_time;
use crate::import::drafts::Organization;
use crate::set_place;

pub(super) async fn write(batch: &Batch<'_>, work: &Work<'_, Organization>) -> Result<(), DbErr> {
    // A review that would make one of their numbers public waits, and sees it taken.
    let created = work.created.iter().map(|(_, draft, _)| *draft);
    let drafts = created.chain(work.updated.iter().map(|(_, draft)| *draft));
    let numbers: BTreeSet<&str> = drafts
        .flat_map(|draft| [&draft.siren, &draft.siret, &draft.rna])
        .filter_map(Option::as_deref)
        .collect();
    let numbers: Vec<&str> = numbers.into_iter().collect();
    one_at_a_time(batch.transaction, &numbers).await?;
    let mut organizations = Vec::new();
    let mut sites = Vec::new();
    for (entity, draft, slug) in &work.created {
        organizations.push(organization::ActiveModel {
            id: Set(entity.id),
            slug: Set(slug.clone()),
            publication: Set(Publication::Published),
            revision: Set(1),
            created_at: Set(batch.now),
            updated_at: Set(batch.now),
            published_at: Set(Some(batch.now)),
            ..fields(draft)
        });
        sites.push(organization_site::ActiveModel {
            id: Set(site_id(entity.id)),
            organization_id: Set(entity.id),
            ..site(draft)
        });
    }
    insert(batch, organizations).await?;
    insert(batch, sites).await?;
    for (entity, draft) in &work.updated {
        organization::Entity::update_many()
            .set(organization::ActiveModel {
                updated_at: Set(batch.now),
                // What the source says anew is not stale.
                stale_since: Set(None),
                ..fields(draft)
            })
            .col_expr(
                organization::Column::Revision,
                Expr::col(organization::Column::Revision).add(1),
            )
            .filter(organization::Column::Id.eq(entity.id))
            .exec(batch.transaction)
            .await?;
        organization_site::Entity::update_many()
            .set(site(draft))
            .filter(organization_site::Column::Id.eq(site_id(entity.id)))
            .exec(batch.transaction)
            .await?;
    }
    Ok(())
}

/// The identifier of the site that an import gave to an organization.
fn site_id(organization: Uuid) -> Uuid {
    Uuid::new_v5(&organization, b"imported site")
}

fn fields(draft: &Organization) -> organization::ActiveModel {
    organization::ActiveModel {
        name: Set(draft.name.clone()),
        legal_form: Set(draft.legal_form),
        siae_kind: Set(draft.siae_kind),
        structure_kind: Set(draft.structure_kind),
        siren: Set(draft.siren.clone()),
        rna: Set(draft.rna.clone()),
        description: Set(draft.description.clone()),
        website: Set(draft.website.clone()),
        ..Default::default()
    }
}

fn site(draft: &Organization) -> organization_site::ActiveModel {
    let mut site = organization_site::ActiveModel {
        siret: Set(draft.siret.clone()),
        finess: Set(draft.finess.clone()),
        is_head_office: Set(false),
        opening_hours: Set(draft.opening_hours.clone()),
        wheelchair_access: Set(draft.wheelchair_access),
        ..Default::default()
    };
    set_place!(site, draft.place.to_place());
    site
}
