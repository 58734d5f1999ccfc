//! Writes the content of entries of the directory into the tables.

use std::collections::HashMap;

use entity::values::{BodyKind, Role};
use entity::{mandate, mandate_delegation, member};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, QueryFilter as _, QuerySelect as _,
    Set,
};
use uuid::Uuid;

use super::content::{Body, Delegation, Mandate, MemberContent};
use super::store;
use crate::change::Subject;
use crate::database::{Whole as _, insert_all, replace_all};
use crate::id::{MandateRef, OrganizationRef};
use crate::listing::of_one;
use crate::problem::{Code, Problem, Problems, WriteError};
use crate::review::{self, Head, New, Placement, Reviewed};
use crate::slugs::{Wish, slugs};
use crate::territory::{commune_names, departement_names, intercommunality_names};
use crate::viewer::Scope;
use crate::written::{self, part_id, unknown};
use crate::{accounts, organizations, set_new, themes};

impl Reviewed for MemberContent {
    const SUBJECT: Subject = Subject::Member;

    fn checked(self) -> Result<Self, WriteError> {
        MemberContent::checked(self)
    }

    fn identified(mut self, of: Uuid, before: Option<&Self>) -> Result<Self, WriteError> {
        let before = before.map_or(&[][..], |before| &before.mandates);
        written::identify(of, &mut self.mandates, before)?;
        Ok(self)
    }

    async fn head(
        transaction: &impl ConnectionTrait,
        scope: Scope,
        id: Uuid,
    ) -> Result<Option<Head>, DbErr> {
        let row = store::visible(scope)
            .whole()
            .filter(member::Column::Id.eq(id))
            .lock_exclusive()
            .one(transaction)
            .await?;
        Ok(row.map(|row| store::head(&row)))
    }

    async fn read(
        transaction: &impl ConnectionTrait,
        scope: Scope,
        id: Uuid,
    ) -> Result<Self, DbErr> {
        let one = &[id];
        let row = store::by_ids(transaction, scope, one).await?.pop();
        let row = row.ok_or_else(|| DbErr::RecordNotFound("a member".to_owned()))?;
        let mandates = of_one(store::mandates(transaction, one).await?, id);
        let (mut delegations, themes) = delegations_of(transaction, &mandates).await?;
        let content = Self {
            kind: row.kind,
            display_name: row.display_name,
            commune: row.commune_insee,
            organization: row.organization_id.map(OrganizationRef),
            mandates: mandates
                .into_iter()
                .map(|row| {
                    let delegations = delegations.remove(&row.id).unwrap_or_default();
                    mandate_of(row, delegations, &themes)
                })
                .collect(),
        };
        Ok(content.tidied())
    }

    async fn check(
        &self,
        transaction: &impl ConnectionTrait,
        scope: Scope,
        id: Uuid,
    ) -> Result<(), WriteError> {
        let mut problems = Problems::default();
        if let Some(author) = about_oneself(scope) {
            let entry = accounts::entry_of(transaction, author).await?;
            problems.require(entry.is_none_or(|entry| entry == id), || {
                Problem::new(Code::Taken, "", "entry-taken")
            });
        }
        let organization = self
            .organization
            .map(|one| ("organization".to_owned(), one));
        let organization: Vec<_> = organization.into_iter().collect();
        organizations::known(&mut problems, transaction, scope, &organization).await?;
        let commune = self.commune.iter();
        let commune: Vec<_> = commune
            .map(|code| ("commune".to_owned(), code.as_str()))
            .collect();
        written::communes(&mut problems, transaction, &commune).await?;
        self.check_bodies(&mut problems, transaction).await?;
        let named: Vec<(String, &str)> = self
            .mandates
            .iter()
            .enumerate()
            .flat_map(|(number, mandate)| {
                let delegations = mandate.delegations.iter().enumerate();
                delegations.filter_map(move |(position, delegation)| {
                    let field = format!("mandates.{number}.delegations.{position}.theme");
                    Some((field, delegation.theme.as_deref()?))
                })
            })
            .collect();
        let mandates = of_one(store::mandates(transaction, &[id]).await?, id);
        let (_, held) = delegations_of(transaction, &mandates).await?;
        let held: Vec<String> = held.into_values().collect();
        themes::known(&mut problems, transaction, &named, &held).await?;
        problems.none()
    }

    fn slug_parts(&self) -> (&str, Option<&str>) {
        let office = self.mandates.first().map(|mandate| mandate.office.as_str());
        let name = self.display_name.as_deref().or(office).unwrap_or_default();
        (name, self.commune.as_deref())
    }

    async fn slugs(
        transaction: &impl ConnectionTrait,
        wishes: &[Wish],
    ) -> Result<HashMap<Uuid, String>, DbErr> {
        let column = member::Column::Slug;
        slugs::<member::Entity>(transaction, column, "member", wishes).await
    }

    async fn insert(
        transaction: &impl ConnectionTrait,
        scope: Scope,
        items: &[New<Self>],
    ) -> Result<(), DbErr> {
        let author = about_oneself(scope);
        let rows = items.iter().map(|item| {
            let mut row = item.content.columns();
            set_new!(row, item, scope);
            // Who writes what is about another person does not own it.
            row.owner_account_id = Set(author);
            row
        });
        insert_all(transaction, rows.collect()).await?;
        let mut mandates = Vec::new();
        let mut delegations = Vec::new();
        for item in items {
            if let Some(author) = author {
                accounts::enter(transaction, author, item.id, scope.now).await?;
            }
            mandates.extend(item.content.mandate_rows(item.id));
            delegations.extend(item.content.delegation_rows(transaction).await?);
        }
        insert_all(transaction, mandates).await?;
        insert_all(transaction, delegations).await
    }

    async fn update(&self, transaction: &impl ConnectionTrait, id: Uuid) -> Result<(), DbErr> {
        member::Entity::update_many()
            .set(self.columns())
            .filter(member::Column::Id.eq(id))
            .exec(transaction)
            .await?;
        // Ways to reach a member hang on their mandates, which therefore stay the same rows.
        let of_this = mandate::Column::MemberId.eq(id);
        let rows = self.mandate_rows(id);
        replace_all(transaction, of_this, mandate::Column::Id, rows).await?;
        let mandates = self.mandates.iter().filter_map(|one| one.id).map(|id| id.0);
        mandate_delegation::Entity::delete_many()
            .filter(mandate_delegation::Column::MandateId.is_in(mandates))
            .exec(transaction)
            .await?;
        insert_all(transaction, self.delegation_rows(transaction).await?).await
    }

    async fn place(
        transaction: &impl ConnectionTrait,
        scope: Scope,
        id: Uuid,
        placement: Placement,
    ) -> Result<(), DbErr> {
        let table = member::Entity;
        review::place(transaction, table, scope, id, &placement, Vec::new()).await
    }
}

/// The account of a member: what they write is about themselves.
fn about_oneself(scope: Scope) -> Option<Uuid> {
    let principal = scope.viewer.principal()?;
    (principal.role == Role::Member).then_some(principal.account)
}

impl MemberContent {
    fn columns(&self) -> member::ActiveModel {
        member::ActiveModel {
            kind: Set(self.kind),
            display_name: Set(self.display_name.clone()),
            commune_insee: Set(self.commune.clone()),
            organization_id: Set(self.organization.map(|one| one.0)),
            ..Default::default()
        }
    }

    /// Checks that the bodies of mandates are in the registry.
    async fn check_bodies(
        &self,
        problems: &mut Problems,
        connection: &impl ConnectionTrait,
    ) -> Result<(), DbErr> {
        let codes = |kind: BodyKind| {
            let mandates = self.mandates.iter();
            mandates
                .filter_map(move |one| one.body.code.as_deref().filter(|_| one.body.kind == kind))
        };
        let communes = commune_names(connection, codes(BodyKind::Commune)).await?;
        let intercommunalities =
            intercommunality_names(connection, codes(BodyKind::Intercommunality)).await?;
        let departements = departement_names(connection, codes(BodyKind::Departement)).await?;
        for (number, mandate) in self.mandates.iter().enumerate() {
            let Some(code) = &mandate.body.code else {
                continue;
            };
            let (known, key) = match mandate.body.kind {
                BodyKind::Commune => (&communes, "unknown-commune"),
                BodyKind::Intercommunality => (&intercommunalities, "unknown-intercommunality"),
                BodyKind::Departement => (&departements, "unknown-departement"),
                BodyKind::Network | BodyKind::State => continue,
            };
            problems.require(known.contains_key(code), || {
                unknown(&format!("mandates.{number}.body.code"), key, code)
            });
        }
        Ok(())
    }

    /// The rows of the mandates, which have identifiers.
    fn mandate_rows(&self, member: Uuid) -> Vec<mandate::ActiveModel> {
        let mandates = self.mandates.iter();
        mandates
            .filter_map(|one| {
                let code = |kind| one.body.code.clone().filter(|_| one.body.kind == kind);
                Some(mandate::ActiveModel {
                    id: Set(one.id?.0),
                    member_id: Set(member),
                    body_kind: Set(one.body.kind),
                    commune_insee: Set(code(BodyKind::Commune)),
                    intercommunality_siren: Set(code(BodyKind::Intercommunality)),
                    departement_code: Set(code(BodyKind::Departement)),
                    office: Set(one.office.clone()),
                    starts_on: Set(one.starts_on),
                    ends_on: Set(one.ends_on),
                })
            })
            .collect()
    }

    async fn delegation_rows(
        &self,
        connection: &impl ConnectionTrait,
    ) -> Result<Vec<mandate_delegation::ActiveModel>, DbErr> {
        let delegations = self.mandates.iter().flat_map(|one| &one.delegations);
        let named = delegations.filter_map(|delegation| delegation.theme.as_deref());
        let themes = themes::ids(connection, named).await?;
        let mut rows = Vec::new();
        for mandate in &self.mandates {
            let Some(MandateRef(id)) = mandate.id else {
                continue;
            };
            for (position, delegation) in (0..).zip(&mandate.delegations) {
                let theme = delegation.theme.as_ref();
                rows.push(mandate_delegation::ActiveModel {
                    id: Set(part_id(id, "delegation", position)),
                    mandate_id: Set(id),
                    label: Set(delegation.label.clone()),
                    theme_id: Set(theme.and_then(|slug| themes.get(slug).copied())),
                });
            }
        }
        Ok(rows)
    }
}

/// The delegations of mandates, by mandate, and the slugs of their themes, by identifier.
async fn delegations_of(
    connection: &impl ConnectionTrait,
    mandates: &[mandate::Model],
) -> Result<
    (
        HashMap<Uuid, Vec<mandate_delegation::Model>>,
        HashMap<Uuid, String>,
    ),
    DbErr,
> {
    let ids: Vec<Uuid> = mandates.iter().map(|row| row.id).collect();
    let delegations = store::delegations(connection, &ids).await?;
    let named = delegations.values().flatten();
    let themes = themes::slugs(connection, named.filter_map(|row| row.theme_id)).await?;
    Ok((delegations, themes))
}

/// The mandate that a row holds; `themes` are slugs by identifier.
fn mandate_of(
    row: mandate::Model,
    delegations: Vec<mandate_delegation::Model>,
    themes: &HashMap<Uuid, String>,
) -> Mandate {
    let code = row.commune_insee.or(row.intercommunality_siren);
    Mandate {
        id: Some(MandateRef(row.id)),
        body: Body {
            kind: row.body_kind,
            code: code.or(row.departement_code),
        },
        office: row.office,
        delegations: delegations
            .into_iter()
            .map(|row| Delegation {
                label: row.label,
                theme: row.theme_id.and_then(|id| themes.get(&id).cloned()),
            })
            .collect(),
        starts_on: row.starts_on,
        ends_on: row.ends_on,
    }
}
