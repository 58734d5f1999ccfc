//! Writes the content of initiatives into the tables.

use std::collections::HashMap;

use entity::values::Attachment;
use entity::{
    initiative, initiative_commune, initiative_document, initiative_lesson, initiative_need,
    initiative_partner, initiative_theme,
};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, QueryFilter as _, QuerySelect as _,
    Set,
};
use uuid::Uuid;

use super::model::{Document, InitiativeContent, Lesson, Partner};
use super::store;
use crate::change::{Change, Subject};
use crate::database::{Whole as _, insert_all};
use crate::id::{FileRef, InitiativeRef, OrganizationRef};
use crate::listing::of_one;
use crate::place::Place;
use crate::problem::{Problems, WriteError};
use crate::review::{self, Head, New, Placement, Reviewed};
use crate::slugs::{Wish, slugs};
use crate::viewer::Scope;
use crate::written::{self, StatedPlace, part_id, unknown};
use crate::{files, organizations, place_of, set_new, set_place, themes};

impl Reviewed for InitiativeContent {
    const SUBJECT: Subject = Subject::Initiative;

    fn checked(self) -> Result<Self, WriteError> {
        InitiativeContent::checked(self)
    }

    async fn head(
        transaction: &impl ConnectionTrait,
        scope: Scope,
        id: Uuid,
    ) -> Result<Option<Head>, DbErr> {
        let row = store::visible(scope)
            .whole()
            .filter(initiative::Column::Id.eq(id))
            .lock_exclusive()
            .one(transaction)
            .await?;
        let Some(row) = row else { return Ok(None) };
        let concerned = of_one(store::communes(transaction, &[id]).await?, id);
        Ok(Some(Head {
            id,
            publication: row.publication,
            revision: row.revision,
            owner: row.owner_account_id,
            communes: row
                .commune_insee
                .into_iter()
                .chain(concerned.into_iter().map(|row| row.commune_insee))
                .collect(),
            title: row.title,
        }))
    }

    async fn read(
        transaction: &impl ConnectionTrait,
        scope: Scope,
        id: Uuid,
    ) -> Result<Self, DbErr> {
        let row = store::visible(scope)
            .whole()
            .filter(initiative::Column::Id.eq(id))
            .one(transaction)
            .await?
            .ok_or_else(|| DbErr::RecordNotFound("an initiative".to_owned()))?;
        let one = &[id];
        let themes = of_one(store::themes(transaction, one).await?, id);
        let themes = themes::slugs(transaction, themes.iter().map(|row| row.theme_id)).await?;
        let place = place_of!(row);
        let content = Self {
            title: row.title,
            summary: row.summary,
            description: row.description,
            scope: row.scope,
            stage: row.stage,
            themes: themes.into_values().collect(),
            communes: of_one(store::communes(transaction, one).await?, id)
                .into_iter()
                .map(|row| row.commune_insee)
                .collect(),
            needs: of_one(store::needs(transaction, one).await?, id)
                .into_iter()
                .map(|row| row.need)
                .collect(),
            place: StatedPlace::of(&place),
            lead_organization: row.lead_organization_id.map(OrganizationRef),
            partners: of_one(store::partners(transaction, one).await?, id)
                .into_iter()
                .map(|row| Partner {
                    organization: OrganizationRef(row.organization_id),
                    role: row.role,
                })
                .collect(),
            inspired_by: row.inspired_by_id.map(InitiativeRef),
            website: row.website,
            starts_on: row.starts_on,
            ends_on: row.ends_on,
            jobs_created: row.jobs_created,
            people_served: row.people_served,
            replicable: row.replicable,
            lessons: of_one(store::lessons(transaction, one).await?, id)
                .into_iter()
                .map(|row| Lesson {
                    kind: row.kind,
                    content: row.content,
                })
                .collect(),
            documents: of_one(store::documents(transaction, one).await?, id)
                .into_iter()
                .map(|(row, _)| Document {
                    title: row.title,
                    url: Some(row.url).filter(|_| row.file_id.is_none()),
                    file: row.file_id.map(FileRef),
                    media_type: row.media_type,
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
        let held = of_one(store::themes(transaction, &[id]).await?, id);
        let held = themes::slugs(transaction, held.iter().map(|row| row.theme_id)).await?;
        let held: Vec<String> = held.into_values().collect();
        let named = self.themes.iter();
        let named: Vec<_> = named
            .map(|slug| ("themes".to_owned(), slug.as_str()))
            .collect();
        themes::known(&mut problems, transaction, &named, &held).await?;
        let place = self.place.iter().filter_map(|place| place.commune.as_ref());
        let place = place.map(|code| ("place.commune".to_owned(), code.as_str()));
        let communes = self.communes.iter();
        let communes = communes.map(|code| ("communes".to_owned(), code.as_str()));
        let communes: Vec<_> = place.chain(communes).collect();
        written::communes(&mut problems, transaction, &communes).await?;
        let lead = self.lead_organization;
        let lead = lead.map(|one| ("leadOrganization".to_owned(), one));
        let partners = self.partners.iter();
        let partners = partners.map(|one| ("partners".to_owned(), one.organization));
        let organizations: Vec<_> = lead.into_iter().chain(partners).collect();
        organizations::known(&mut problems, transaction, scope, &organizations).await?;
        if let Some(InitiativeRef(id)) = self.inspired_by {
            let found = store::visible(scope)
                .column(initiative::Column::Id)
                .filter(initiative::Column::Id.eq(id))
                .into_tuple::<Uuid>()
                .one(transaction)
                .await?;
            problems.require(found.is_some(), || {
                unknown("inspiredBy", "unknown-initiative", "")
            });
        }
        problems.none()
    }

    async fn attach(
        &self,
        transaction: &impl ConnectionTrait,
        scope: Scope,
        id: Uuid,
    ) -> Result<Vec<Change>, WriteError> {
        let named: Vec<(String, Uuid)> = (0..)
            .zip(&self.documents)
            .filter_map(|(number, one): (u32, _)| {
                Some((format!("documents.{number}.file"), one.file?.0))
            })
            .collect();
        files::attach(transaction, scope, Attachment::Initiative, id, &named).await
    }

    fn slug_parts(&self) -> (&str, Option<&str>) {
        let place = self.place.as_ref().and_then(StatedPlace::distinction);
        let concerned = self.communes.first().map(String::as_str);
        (&self.title, concerned.or(place))
    }

    async fn slugs(
        transaction: &impl ConnectionTrait,
        wishes: &[Wish],
    ) -> Result<HashMap<Uuid, String>, DbErr> {
        let column = initiative::Column::Slug;
        slugs::<initiative::Entity>(transaction, column, "initiative", wishes).await
    }

    async fn insert(
        transaction: &impl ConnectionTrait,
        scope: Scope,
        items: &[New<Self>],
    ) -> Result<(), DbErr> {
        let stated = items.iter().map(|item| item.content.place.as_ref());
        let places = StatedPlace::places(transaction, stated).await?;
        let rows = items.iter().zip(places).map(|(item, place)| {
            let mut row = item.content.columns(&place);
            set_new!(row, item, scope);
            row
        });
        insert_all(transaction, rows.collect()).await?;
        let items: Vec<_> = items.iter().map(|item| (item.id, &item.content)).collect();
        insert_belongings(transaction, &items).await
    }

    async fn update(&self, transaction: &impl ConnectionTrait, id: Uuid) -> Result<(), DbErr> {
        let place = StatedPlace::places(transaction, [self.place.as_ref()]).await?;
        initiative::Entity::update_many()
            .set(self.columns(&place.into_iter().next().unwrap_or_default()))
            .filter(initiative::Column::Id.eq(id))
            .exec(transaction)
            .await?;
        macro_rules! clear {
            ($($table:ident),+) => {$(
                $table::Entity::delete_many()
                    .filter($table::Column::InitiativeId.eq(id))
                    .exec(transaction)
                    .await?;
            )+};
        }
        clear!(
            initiative_theme,
            initiative_commune,
            initiative_need,
            initiative_partner,
            initiative_lesson,
            initiative_document
        );
        insert_belongings(transaction, &[(id, self)]).await
    }

    async fn place(
        transaction: &impl ConnectionTrait,
        scope: Scope,
        id: Uuid,
        placement: Placement,
    ) -> Result<(), DbErr> {
        let reason = Expr::val(placement.rejection_reason.clone());
        let mut more = review::confirmation(scope, &placement);
        more.push(("rejection_reason", reason));
        let table = initiative::Entity;
        review::place(transaction, table, scope, id, &placement, more).await
    }
}

impl InitiativeContent {
    fn columns(&self, place: &Place) -> initiative::ActiveModel {
        let mut row = initiative::ActiveModel {
            title: Set(self.title.clone()),
            summary: Set(self.summary.clone()),
            description: Set(self.description.clone()),
            scope: Set(self.scope),
            stage: Set(self.stage),
            lead_organization_id: Set(self.lead_organization.map(|one| one.0)),
            inspired_by_id: Set(self.inspired_by.map(|one| one.0)),
            website: Set(self.website.clone()),
            starts_on: Set(self.starts_on),
            ends_on: Set(self.ends_on),
            jobs_created: Set(self.jobs_created),
            people_served: Set(self.people_served),
            replicable: Set(self.replicable),
            ..Default::default()
        };
        set_place!(row, *place);
        row
    }
}

/// Writes what belongs to these initiatives.
async fn insert_belongings(
    connection: &impl ConnectionTrait,
    items: &[(Uuid, &InitiativeContent)],
) -> Result<(), DbErr> {
    let named = items.iter().flat_map(|(_, one)| &one.themes);
    let known = themes::ids(connection, named.map(String::as_str)).await?;
    let themes = items.iter().flat_map(|(id, one)| {
        let themes = one.themes.iter().filter_map(|slug| known.get(slug));
        themes.map(|theme| initiative_theme::ActiveModel {
            initiative_id: Set(*id),
            theme_id: Set(*theme),
        })
    });
    insert_all(connection, themes.collect()).await?;
    let communes = items.iter().flat_map(|(id, one)| {
        let communes = one.communes.iter();
        communes.map(|code| initiative_commune::ActiveModel {
            initiative_id: Set(*id),
            commune_insee: Set(code.clone()),
        })
    });
    insert_all(connection, communes.collect()).await?;
    let needs = items.iter().flat_map(|(id, one)| {
        one.needs.iter().map(|need| initiative_need::ActiveModel {
            initiative_id: Set(*id),
            need: Set(*need),
        })
    });
    insert_all(connection, needs.collect()).await?;
    let partners = items.iter().flat_map(|(id, one)| {
        let partners = one.partners.iter();
        partners.map(|partner| initiative_partner::ActiveModel {
            initiative_id: Set(*id),
            organization_id: Set(partner.organization.0),
            role: Set(partner.role),
        })
    });
    insert_all(connection, partners.collect()).await?;
    let lessons = items.iter().flat_map(|(id, one)| {
        (0..)
            .zip(&one.lessons)
            .map(|(position, lesson)| initiative_lesson::ActiveModel {
                id: Set(part_id(*id, "lesson", position)),
                initiative_id: Set(*id),
                kind: Set(lesson.kind),
                content: Set(lesson.content.clone()),
                position: Set(position.into()),
            })
    });
    insert_all(connection, lessons.collect()).await?;
    let documents = items
        .iter()
        .flat_map(|(id, one)| (0..).zip(&one.documents).map(|document| (*id, document)));
    let documents = documents.map(
        |(id, (position, document))| initiative_document::ActiveModel {
            id: Set(part_id(id, "document", position)),
            initiative_id: Set(id),
            title: Set(document.title.clone()),
            url: Set(match (&document.url, document.file) {
                (Some(url), _) => url.clone(),
                (None, Some(FileRef(file))) => files::path(file),
                (None, None) => String::new(),
            }),
            media_type: Set(document.media_type.clone()),
            position: Set(position.into()),
            file_id: Set(document.file.map(|one| one.0)),
        },
    );
    insert_all(connection, documents.collect()).await
}
