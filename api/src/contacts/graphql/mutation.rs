//! Mutations of contact points.

use async_graphql::{Context, ID, Object, Result};

use super::inputs::{
    ContactConsentGiveInput, ContactConsentWithdrawInput, ContactPointCreateInput,
    ContactPointDeleteInput, ContactPointUpdateInput, words,
};
use super::kept::KeptContactPoint;
use crate::contacts::service;
use crate::graphql::ContextExt as _;
use crate::graphql::mutation::answer;
use crate::id::Kind;
use crate::payload;

payload! {
    /// What became of the creation of a contact point.
    ContactPointCreatePayload {
        /// The contact point, if it was created.
        contact_point: KeptContactPoint
    }
    ContactPointCreateError, ContactPointCreateErrorCode: [
        Required, TooLong, Invalid, OutOfRange, NotFound, Taken, Conflict, KeyReused
    ]
}

payload! {
    /// What became of an update of a contact point.
    ContactPointUpdatePayload {
        /// The contact point, if it was updated.
        contact_point: KeptContactPoint
    }
    ContactPointUpdateError, ContactPointUpdateErrorCode: [
        TooLong, Invalid, OutOfRange, NotFound
    ]
}

payload! {
    /// What became of the removal of a contact point.
    ContactPointDeletePayload {
        /// Global identifier of the contact point, if it was removed.
        id: ID
    }
    ContactPointDeleteError, ContactPointDeleteErrorCode: [NotFound]
}

payload! {
    /// What became of consent.
    ContactConsentGivePayload {
        /// The contact point, which is shown from now on.
        contact_point: KeptContactPoint
    }
    ContactConsentGiveError, ContactConsentGiveErrorCode: [NotFound, Conflict]
}

payload! {
    /// What became of the withdrawal of consent.
    ContactConsentWithdrawPayload {
        /// The contact point, which is shown to nobody from now on.
        contact_point: KeptContactPoint
    }
    ContactConsentWithdrawError, ContactConsentWithdrawErrorCode: [NotFound]
}

/// Writes contact points, and the consent of those whom they reach.
#[derive(Default)]
pub struct ContactMutation;

#[Object]
impl ContactMutation {
    /// Keeps a way to reach somebody: read in a public source, by who keeps the owner; with
    /// consent, only by the person whom it reaches. Ways to reach staff need consent.
    async fn contact_point_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The contact point.")] input: ContactPointCreateInput,
    ) -> Result<ContactPointCreatePayload> {
        let (new, key) = input.point(ctx)?;
        let (app, scope) = ctx.writing().await;
        let written = service::create(app, scope, new, key).await;
        answer(ctx, KeptContactPoint::written(ctx, written).await?)
    }

    /// Changes what a contact point is for, who sees it, or when its source was seen; for
    /// who keeps its owner, and of what is shown with consent only for whom it reaches.
    async fn contact_point_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The changes.")] input: ContactPointUpdateInput,
    ) -> Result<ContactPointUpdatePayload> {
        let (id, update) = input.update(ctx)?;
        let (app, scope) = ctx.writing().await;
        let written = service::update(app, scope, id, update).await;
        answer(ctx, KeptContactPoint::written(ctx, written).await?)
    }

    /// Removes a contact point; for whom it reaches and who keeps its owner.
    async fn contact_point_delete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which contact point.")] input: ContactPointDeleteInput,
    ) -> Result<ContactPointDeletePayload> {
        let id = ctx.uuid(Kind::ContactPoint, &input.id)?;
        let (app, scope) = ctx.writing().await;
        let removed = service::delete(app, scope, id).await;
        answer(ctx, removed.map(|_| input.id))
    }

    /// Has a contact point shown with the consent of whom it reaches; only for that person,
    /// whatever the role of somebody else.
    async fn contact_consent_give(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "To what.")] input: ContactConsentGiveInput,
    ) -> Result<ContactConsentGivePayload> {
        let id = ctx.uuid(Kind::ContactPoint, &input.id)?;
        let words = words(ctx, input.wording);
        let (app, scope) = ctx.writing().await;
        let written = service::give_consent(app, scope, id, words).await;
        answer(ctx, KeptContactPoint::written(ctx, written).await?)
    }

    /// Hides a contact point from everybody at once: withdraws consent, or objects to what
    /// was read in a public source; only for the person whom it reaches.
    async fn contact_consent_withdraw(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which contact point.")] input: ContactConsentWithdrawInput,
    ) -> Result<ContactConsentWithdrawPayload> {
        let id = ctx.uuid(Kind::ContactPoint, &input.id)?;
        let (app, scope) = ctx.writing().await;
        let written = service::withdraw_consent(app, scope, id).await;
        answer(ctx, KeptContactPoint::written(ctx, written).await?)
    }
}
