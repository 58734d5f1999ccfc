//! Sessions.

use async_graphql::{Context, ID, Object, SimpleObject};
use chrono::{DateTime, Utc};
use entity::session;

use super::account::Account;
use crate::graphql::ContextExt as _;
use crate::id::{GlobalId, Kind};

/// A device on which somebody is signed in. Only they see it.
pub struct Session(pub(super) session::Model);

/// A device on which somebody is signed in. Only they see it.
#[Object]
impl Session {
    /// Global identifier.
    async fn id(&self) -> ID {
        let kind = Kind::Session;
        let uuid = self.0.id;
        GlobalId { kind, uuid }.to_string().into()
    }

    /// What the device said it is (`User-Agent`), 200 characters at most.
    async fn device(&self) -> Option<&str> {
        self.0.device.as_deref()
    }

    /// When they signed in.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When tokens were last asked for in it.
    async fn last_used_at(&self) -> DateTime<Utc> {
        self.0.last_used_at
    }

    /// When it ends if it is not used until then.
    async fn expires_at(&self) -> DateTime<Utc> {
        self.0.expires_at
    }

    /// Whether this request belongs to it.
    async fn is_current(&self, ctx: &Context<'_>) -> bool {
        let principal = ctx.scope().viewer.principal();
        principal.is_some_and(|principal| principal.session == Some(self.0.id))
    }
}

/// The tokens of somebody who is signed in.
#[derive(SimpleObject)]
pub struct SessionTokens {
    /// The token to send as `Authorization: Bearer …`, good for some minutes.
    pub access_token: String,
    /// When the access token ends.
    pub expires_at: DateTime<Utc>,
    /// The token that gets the next tokens, once; null if it is in the cookie.
    pub refresh_token: Option<String>,
    /// The session.
    pub session: Session,
    /// Whose session it is.
    pub account: Account,
}
