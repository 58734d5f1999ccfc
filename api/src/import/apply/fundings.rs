//! Sources of funding with their forms and audiences.

use entity::values::{Publication, StateAidRegime};
use entity::{funding_source, funding_source_audience, funding_source_form};
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, Set};

use super::{Batch, Work, insert};
use crate::import::drafts::Funding;
use crate::import::plan::Planned;

pub(super) async fn write(batch: &Batch<'_>, work: &Work<'_, Funding>) -> Result<(), DbErr> {
    let mut sources = Vec::new();
    let mut parts = Parts::default();
    for (entity, draft, slug) in &work.created {
        sources.push(funding_source::ActiveModel {
            id: Set(entity.id),
            slug: Set(slug.clone()),
            state_aid_regime: Set(StateAidRegime::None),
            publication: Set(Publication::Published),
            revision: Set(1),
            created_at: Set(batch.now),
            updated_at: Set(batch.now),
            published_at: Set(Some(batch.now)),
            ..fields(draft)
        });
        parts.add(entity, draft);
    }
    insert(batch, sources).await?;
    for (entity, draft) in &work.updated {
        funding_source::Entity::update_many()
            .set(funding_source::ActiveModel {
                updated_at: Set(batch.now),
                // What the source says anew is not stale.
                stale_since: Set(None),
                ..fields(draft)
            })
            .col_expr(
                funding_source::Column::Revision,
                Expr::col(funding_source::Column::Revision).add(1),
            )
            .filter(funding_source::Column::Id.eq(entity.id))
            .exec(batch.transaction)
            .await?;
        funding_source_form::Entity::delete_many()
            .filter(funding_source_form::Column::FundingSourceId.eq(entity.id))
            .exec(batch.transaction)
            .await?;
        funding_source_audience::Entity::delete_many()
            .filter(funding_source_audience::Column::FundingSourceId.eq(entity.id))
            .exec(batch.transaction)
            .await?;
        parts.add(entity, draft);
    }
    insert(batch, parts.forms).await?;
    insert(batch, parts.audiences).await
}

fn fields(draft: &Funding) -> funding_source::ActiveModel {
    funding_source::ActiveModel {
        name: Set(draft.name.clone()),
        description: Set(draft.description.clone()),
        funder_name: Set(draft.funder_name.clone()),
        funder_kind: Set(draft.funder_kind),
        recurrence: Set(draft.recurrence),
        call_for_projects: Set(draft.call_for_projects),
        closes_on: Set(draft.closes_on),
        url: Set(draft.url.clone()),
        verified_on: Set(Some(draft.verified_on)),
        territory_kind: Set(draft.territory_kind),
        territory_code: Set(draft.territory_code.clone()),
        ..Default::default()
    }
}

/// What belongs to sources of funding.
#[derive(Default)]
struct Parts {
    forms: Vec<funding_source_form::ActiveModel>,
    audiences: Vec<funding_source_audience::ActiveModel>,
}

impl Parts {
    fn add(&mut self, entity: &Planned, draft: &Funding) {
        self.forms.extend(
            draft
                .forms
                .iter()
                .map(|form| funding_source_form::ActiveModel {
                    funding_source_id: Set(entity.id),
                    form: Set(*form),
                }),
        );
        self.audiences
            .extend(
                draft
                    .audiences
                    .iter()
                    .map(|audience| funding_source_audience::ActiveModel {
                        funding_source_id: Set(entity.id),
                        audience: Set(*audience),
                    }),
            );
    }
}
