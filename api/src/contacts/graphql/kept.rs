//! A contact point for those who keep it, shown or not.

use async_graphql::{Context, ID, Object, Result};
use chrono::{DateTime, Utc};
use entity::contact_point;
use uuid::Uuid;

use super::contact_point::{ContactChannel, ContactVisibility, LawfulBasis};
use crate::contacts::{policy, store};
use crate::graphql::{ContextExt as _, Node, node};
use crate::id::{GlobalId, Kind};
use crate::permission::{Relation, authorize};
use crate::problem::WriteError;
use crate::viewer::Principal;

/// Contact points of one person, at the most.
const MOST: u64 = 100;

/// A contact point as whom it reaches and who keeps it see it: shown or not.
pub struct KeptContactPoint(contact_point::Model);

impl KeptContactPoint {
    /// Those that are about this person, shown or not.
    ///
    /// # Errors
    /// When they may not ask, or the database cannot be read.
    pub async fn about(ctx: &Context<'_>, principal: Principal) -> Result<Vec<Self>> {
        authorize(ctx.scope().viewer, &policy::OWN, Relation::Own)
            .map_err(|denied| ctx.denied(denied))?;
        let (account, member) = (principal.account, principal.member);
        let rows = store::about(ctx.session(), account, member, MOST).await;
        let (rows, _) = rows.map_err(|error| ctx.internal(error))?;
        Ok(rows.into_iter().map(Self).collect())
    }

    /// What became of a write, which its writer may read.
    pub(super) async fn written(
        ctx: &Context<'_>,
        written: std::result::Result<Uuid, WriteError>,
    ) -> Result<std::result::Result<Self, WriteError>> {
        let id = match written {
            Ok(id) => id,
            Err(error) => return Ok(Err(error)),
        };
        let row = store::by_id(ctx.session(), id).await;
        let row = row.map_err(|error| ctx.internal(error))?;
        Ok(row
            .map(Self)
            .ok_or(WriteError::Internal("what was written cannot be read")))
    }
}

/// A contact point as whom it reaches and who keeps it see it: shown or not.
#[Object]
impl KeptContactPoint {
    /// Global identifier.
    async fn id(&self) -> ID {
        let (kind, uuid) = (Kind::ContactPoint, self.0.id);
        GlobalId { kind, uuid }.to_string().into()
    }

    /// Whom it reaches; null where the viewer may not see it any more.
    async fn owner(&self, ctx: &Context<'_>) -> Result<Option<Node>> {
        let Some(owner) = store::owner_of(&self.0) else {
            return Ok(None);
        };
        let kind = Kind::of_prefix(owner.subject().as_str());
        match kind {
            Some(kind) => {
                let uuid = owner.id();
                node::load(ctx, GlobalId { kind, uuid }).await
            }
            None => Ok(None),
        }
    }

    /// The channel.
    async fn channel(&self) -> ContactChannel {
        self.0.channel.into()
    }

    /// The address, number or link.
    async fn value(&self) -> &str {
        &self.0.value
    }

    /// What it is for.
    async fn label(&self) -> Option<&str> {
        self.0.label.as_deref()
    }

    /// To whom it is shown, as long as there is a basis for it.
    async fn visibility(&self) -> ContactVisibility {
        self.0.visibility.into()
    }

    /// Why it may be shown; null if there is no reason, and it is shown to nobody.
    async fn basis(&self) -> Option<LawfulBasis> {
        LawfulBasis::of(&self.0)
    }

    /// The words to which consent was given, as they were shown then.
    async fn consent_wording(&self) -> Option<&str> {
        self.0.consent_wording.as_deref()
    }

    /// Since when it is hidden because consent was withdrawn, or its owner objected.
    async fn consent_withdrawn_at(&self) -> Option<DateTime<Utc>> {
        self.0.consent_withdrawn_at
    }
}
