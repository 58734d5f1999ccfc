//! People with accounts, signed in.

use chrono::TimeDelta;
use entity::values::{AccountLanguage, Role};
use entity::{account, session};
use maillage::app::App;
use sea_orm::{EntityTrait as _, Set};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::server::{Answer, Server};

/// Someone who is signed in.
#[derive(Clone, Debug)]
pub struct Signed {
    pub account: Uuid,
    pub session: Uuid,
    /// A fictional address, which nobody else has.
    pub email: String,
    /// An access token, good for some minutes.
    pub token: String,
}

/// Somebody of this role, who keeps this commune (INSEE code), signed in to `app`.
pub async fn sign_in(app: &App, role: Role, commune: Option<&str>) -> anyhow::Result<Signed> {
    let now = app.clock.now();
    let account = app.clock.new_id();
    let session = app.clock.new_id();
    let email = format!("{}@example.org", account.simple());
    let row = account::ActiveModel {
        id: Set(account),
        email: Set(Some(email.clone())),
        display_name: Set(Some("Camille Exemple".to_owned())),
        role: Set(role),
        commune_insee: Set(commune.map(str::to_owned)),
        language: Set(AccountLanguage::French),
        email_verified_at: Set(Some(now)),
        created_at: Set(now),
        updated_at: Set(now),
        ..Default::default()
    };
    account::Entity::insert(row)
        .exec_without_returning(&app.database)
        .await?;
    let row = session::ActiveModel {
        id: Set(session),
        account_id: Set(account),
        device: Set(Some("Essai".to_owned())),
        created_at: Set(now),
        last_used_at: Set(now),
        expires_at: Set(now + TimeDelta::days(30)),
        ..Default::default()
    };
    session::Entity::insert(row)
        .exec_without_returning(&app.database)
        .await?;
    let issued = app.auth.tokens.issue(account, session)?;
    Ok(Signed {
        account,
        session,
        email,
        token: issued.token,
    })
}

impl Server {
    /// Somebody of this role, who keeps this commune (INSEE code), signed in.
    pub async fn account(&self, role: Role, commune: Option<&str>) -> anyhow::Result<Signed> {
        sign_in(&self.app, role, commune).await
    }

    /// Sends an operation as who holds `token`.
    pub async fn send_as(
        &self,
        token: &str,
        query: &str,
        variables: Value,
    ) -> anyhow::Result<Answer> {
        let request = self
            .request()
            .bearer_auth(token)
            .json(&json!({ "query": query, "variables": variables }));
        Self::answer(request).await
    }
}
