//! Accounts.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object, Result};
use chrono::{DateTime, Utc};
use entity::{account, values};
use uuid::Uuid;

use crate::accounts::loaders::AccountKey;
use crate::accounts::{AccountListing, store};
use crate::graphql::ContextExt as _;
use crate::i18n::Language;
use crate::id::{GlobalId, Kind};
use crate::members::graphql::Member;
use crate::territory::graphql::{Commune, Intercommunality};
use crate::{connection, graphql_enum};

graphql_enum! {
    /// What an account may do.
    Role of values::Role, filter RoleFilter {
        /// Whoever carries a project: keeps their own contents.
        ProjectHolder,
        /// A member of the network: keeps the contents of their territory too.
        Member,
        /// Staff of the département: review contents, and invite project holders and members.
        Staff,
        /// Administrators: accounts and programs too.
        Admin,
        /// A program, which reads by a key.
        ApiClient,
    }
}

/// The language in which an account is written to.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountLanguage {
    /// French.
    #[graphql(name = "FR")]
    French,
    /// English.
    #[graphql(name = "EN")]
    English,
}

impl From<AccountLanguage> for Language {
    fn from(language: AccountLanguage) -> Self {
        match language {
            AccountLanguage::French => Self::French,
            AccountLanguage::English => Self::English,
        }
    }
}

impl From<values::AccountLanguage> for AccountLanguage {
    fn from(language: values::AccountLanguage) -> Self {
        match language {
            values::AccountLanguage::French => Self::French,
            values::AccountLanguage::English => Self::English,
        }
    }
}

/// Who may sign in, or a program that asks by a key. Only its owner, staff and
/// administrators see it.
pub struct Account(Arc<account::Model>);

impl Account {
    /// The account of a row that this viewer may see.
    pub(super) fn new(row: account::Model) -> Self {
        Self(Arc::new(row))
    }

    /// The account of this identifier, if this viewer may see it.
    pub(crate) async fn by_id(ctx: &Context<'_>, id: Uuid) -> Result<Option<Self>> {
        let row = ctx.loader().load_one(AccountKey(id)).await;
        Ok(row.map_err(|error| ctx.internal(error))?.map(Self))
    }

    /// A row as a node of a list.
    pub(crate) fn in_list(row: Arc<account::Model>, _: &AccountListing) -> Self {
        Self(row)
    }

    /// What became of a write to an account, and the account as it is now.
    pub(super) async fn written<E>(
        ctx: &Context<'_>,
        written: std::result::Result<Uuid, E>,
    ) -> Result<std::result::Result<Self, E>> {
        let id = match written {
            Ok(id) => id,
            Err(error) => return Ok(Err(error)),
        };
        let row = store::by_id(ctx.session(), id)
            .await
            .map_err(|error| ctx.internal(error))?;
        let gone = || ctx.internal(sea_orm::DbErr::RecordNotFound("an account".to_owned()));
        Ok(Ok(Self::new(row.ok_or_else(gone)?)))
    }
}

/// Who may sign in, or a program that asks by a key. Only its owner, staff and
/// administrators see it.
#[Object]
impl Account {
    /// Global identifier.
    async fn id(&self) -> ID {
        let kind = Kind::Account;
        let uuid = self.0.id;
        GlobalId { kind, uuid }.to_string().into()
    }

    /// E-mail address; programs and erased accounts have none.
    async fn email(&self) -> Option<&str> {
        self.0.email.as_deref()
    }

    /// Name to show.
    async fn display_name(&self) -> Option<&str> {
        self.0.display_name.as_deref()
    }

    /// What it may do.
    async fn role(&self) -> Role {
        self.0.role.into()
    }

    /// The commune whose contents a member keeps.
    async fn commune(&self, ctx: &Context<'_>) -> Option<Commune> {
        let code = self.0.commune_insee.as_deref()?;
        ctx.territory().commune(code).map(Commune::new)
    }

    /// The intercommunality of whose communes a member keeps the contents.
    async fn intercommunality(&self, ctx: &Context<'_>) -> Option<Intercommunality> {
        let siren = self.0.intercommunality_siren.as_deref()?;
        ctx.territory()
            .intercommunality(siren)
            .map(Intercommunality::new)
    }

    /// The entry of the directory that is about its person.
    async fn member(&self, ctx: &Context<'_>) -> Result<Option<Member>> {
        match self.0.member_id {
            Some(id) => Member::by_id(ctx, id).await,
            None => Ok(None),
        }
    }

    /// The language in which it is written to.
    async fn language(&self) -> AccountLanguage {
        self.0.language.into()
    }

    /// When its owner confirmed the e-mail address; until then nobody can sign in to it.
    async fn email_verified_at(&self) -> Option<DateTime<Utc>> {
        self.0.email_verified_at
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// Since when nobody can sign in to it; null while it is open.
    async fn deactivated_at(&self) -> Option<DateTime<Utc>> {
        self.0.deactivated_at
    }
}

connection! {
    /// Accounts, the newest first.
    AccountConnection, AccountEdge, Account, AccountListing
}
