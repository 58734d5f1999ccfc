//! What a domain says of its content so that it can be reviewed.

use std::collections::HashMap;
use std::future::Future;

use chrono::NaiveDate;
use entity::values::Publication;
use sea_orm::{ConnectionTrait, DbErr};
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::change::{Change, Subject};
use crate::permission::{Relation, relation};
use crate::problem::WriteError;
use crate::slugs::Wish;
use crate::territory::{Territory, covers};
use crate::viewer::{Principal, Scope};

/// A content as it stands, before it is read whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    pub id: Uuid,
    pub publication: Publication,
    /// The revision that the columns of the content hold.
    pub revision: i32,
    pub owner: Option<Uuid>,
    /// INSEE codes of the communes where it is.
    pub communes: Vec<String>,
    /// What it is called, for messages.
    pub title: String,
}

impl Head {
    /// Whether the public sees it.
    pub fn is_public(&self) -> bool {
        self.publication == Publication::Published
    }

    /// How an account stands to it.
    pub fn relation(
        &self,
        principal: Principal,
        territory: &Territory,
        today: NaiveDate,
    ) -> Relation {
        let owns = self.owner == Some(principal.account) || principal.member == Some(self.id);
        let keeps = match (principal.commune, principal.intercommunality) {
            (Some(commune), _) => self.communes.iter().any(|code| code == commune.as_str()),
            (None, Some(siren)) => self.communes.iter().any(|code| {
                territory.memberships_of_commune(code).any(|membership| {
                    membership.intercommunality_siren == siren.as_str()
                        && covers(membership.starts_on, membership.ends_on, today)
                })
            }),
            (None, None) => false,
        };
        relation(principal, owns, keeps)
    }
}

/// What the columns of a content hold besides the content itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placement {
    pub publication: Publication,
    pub revision: i32,
    /// Why it was rejected, while it is.
    pub rejection_reason: Option<String>,
    /// Whether who does it says that what is public is true.
    pub confirms: bool,
}

impl Placement {
    /// So much and no more.
    pub fn of(publication: Publication, revision: i32) -> Self {
        Self {
            publication,
            revision,
            rejection_reason: None,
            confirms: false,
        }
    }
}

/// A new item of revision 1.
#[derive(Clone, Debug)]
pub struct New<C> {
    pub id: Uuid,
    pub slug: String,
    pub owner: Option<Uuid>,
    pub publication: Publication,
    pub content: C,
}

/// A kind of content that is reviewed before the public sees it.
pub trait Reviewed:
    Serialize + DeserializeOwned + Clone + PartialEq + Send + Sync + 'static
{
    const SUBJECT: Subject;

    /// The content in its one form.
    ///
    /// # Errors
    /// All that is wrong with it.
    fn checked(self) -> Result<Self, WriteError>;

    /// The content `of` this identifier with identifiers for those of its parts that keep
    /// theirs; `before` is the content that it replaces.
    ///
    /// # Errors
    /// When it names a part that `before` does not have.
    fn identified(self, of: Uuid, before: Option<&Self>) -> Result<Self, WriteError> {
        let (_, _) = (of, before);
        Ok(self)
    }

    /// The content of this identifier as it stands, if `scope` may see it, locked until the
    /// end of the transaction where the database can.
    fn head(
        transaction: &impl ConnectionTrait,
        scope: Scope,
        id: Uuid,
    ) -> impl Future<Output = Result<Option<Head>, DbErr>> + Send;

    /// The content that the columns hold.
    fn read(
        transaction: &impl ConnectionTrait,
        scope: Scope,
        id: Uuid,
    ) -> impl Future<Output = Result<Self, DbErr>> + Send;

    /// Checks what only the database tells: that what the content of this identifier names
    /// exists and may be seen.
    fn check(
        &self,
        transaction: &impl ConnectionTrait,
        scope: Scope,
        id: Uuid,
    ) -> impl Future<Output = Result<(), WriteError>> + Send;

    /// Checks what no two public contents may have alike, as this content becomes public
    /// again without having changed; [`Reviewed::check`] holds it too.
    fn check_unique(
        &self,
        transaction: &impl ConnectionTrait,
        scope: Scope,
        id: Uuid,
    ) -> impl Future<Output = Result<(), WriteError>> + Send {
        let _ = (transaction, scope, id);
        std::future::ready(Ok(()))
    }

    /// Attaches the files that this content names to it, as somebody writes it.
    fn attach(
        &self,
        transaction: &impl ConnectionTrait,
        scope: Scope,
        id: Uuid,
    ) -> impl Future<Output = Result<Vec<Change>, WriteError>> + Send {
        let _ = (transaction, scope, id);
        std::future::ready(Ok(Vec::new()))
    }

    /// What the slug of this content is made of: its name, and what distinguishes it from
    /// others of the same name.
    fn slug_parts(&self) -> (&str, Option<&str>);

    /// Free slugs for new items of this kind, by identifier.
    fn slugs(
        transaction: &impl ConnectionTrait,
        wishes: &[Wish],
    ) -> impl Future<Output = Result<HashMap<Uuid, String>, DbErr>> + Send;

    /// Writes new items, in few statements however many there are.
    fn insert(
        transaction: &impl ConnectionTrait,
        scope: Scope,
        items: &[New<Self>],
    ) -> impl Future<Output = Result<(), DbErr>> + Send;

    /// Puts this content into the columns; [`Reviewed::place`] follows.
    fn update(
        &self,
        transaction: &impl ConnectionTrait,
        id: Uuid,
    ) -> impl Future<Output = Result<(), DbErr>> + Send;

    /// Puts where the content stands into the columns.
    fn place(
        transaction: &impl ConnectionTrait,
        scope: Scope,
        id: Uuid,
        placement: Placement,
    ) -> impl Future<Output = Result<(), DbErr>> + Send;
}
