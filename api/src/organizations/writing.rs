//! Writes the content of organizations into the tables.

use std::collections::HashMap;

use entity::{organization, organization_site};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, QueryFilter as _, QuerySelect as _,
    Set,
};
use uuid::Uuid;

use super::content::{OrganizationContent, Site, siret_field, taken};
use super::store;
use crate::change::Subject;
use crate::database::{Whole as _, insert_all, one_at_a_time, replace_all};
use crate::id::SiteRef;
use crate::place::Place;
use crate::problem::{Problems, WriteError};
use crate::review::{self, Head, New, Placement, Reviewed};
use crate::slugs::{Wish, slugs};
use crate::viewer::Scope;
use crate::written::{self, StatedPlace};
use crate::{place_of, set_new, set_place};

impl Reviewed for OrganizationContent {
    const SUBJECT: Subject = Subject::Organization;

    fn checked(self) -> Result<Self, WriteError> {
        OrganizationContent::checked(self)
    }

    fn identified(mut self, of: Uuid, before: Option<&Self>) -> Result<Self, WriteError> {
        let before = before.map_or(&[][..], |before| &before.sites);
        written::identify(of, &mut self.sites, before)?;
        Ok(self)
    }

    async fn head(
        transaction: &impl ConnectionTrait,
        scope: Scope,
        id: Uuid,
    ) -> Result<Option<Head>, DbErr> {
        let row = store::visible(scope)
            .whole()
            .filter(organization::Column::Id.eq(id))
            .lock_exclusive()
            .one(transaction)
            .await?;
        let Some(row) = row else { return Ok(None) };
        let communes = store::communes(transaction, scope, &[id]).await?;
        let communes = communes.into_values().flatten().collect();
        Ok(Some(store::head(&row, communes)))
    }

    async fn read(
        transaction: &impl ConnectionTrait,
        scope: Scope,
        id: Uuid,
    ) -> Result<Self, DbErr> {
        let row = store::visible(scope)
            .whole()
            .filter(organization::Column::Id.eq(id))
            .one(transaction)
            .await?;
        let row = row.ok_or_else(|| DbErr::RecordNotFound("an organization".to_owned()))?;
        let sites = store::sites(transaction, scope, id).await?;
        let content = Self {
            name: row.name,
            acronym: row.acronym,
            legal_form: row.legal_form,
            siae_kind: row.siae_kind,
            structure_kind: row.structure_kind,
            esus_starts_on: row.esus_starts_on,
            esus_ends_on: row.esus_ends_on,
            siren: row.siren,
            rna: row.rna,
            competes_on_market: row.competes_on_market,
            description: row.description,
            website: row.website,
            founded_on: row.founded_on,
            sites: sites
                .into_iter()
                .map(|row| {
                    let place = place_of!(row);
                    Site {
                        id: Some(SiteRef(row.id)),
                        name: row.name,
                        siret: row.siret,
                        finess: row.finess,
                        is_head_office: row.is_head_office,
                        opening_hours: row.opening_hours,
                        wheelchair_access: row.wheelchair_access,
                        place: StatedPlace::of(&place),
                    }
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
        let places = self.sites.iter().enumerate();
        let communes: Vec<_> = places
            .filter_map(|(position, site)| {
                let code = site.place.as_ref()?.commune.as_deref()?;
                Some((format!("sites.{position}.place.commune"), code))
            })
            .collect();
        written::communes(&mut problems, transaction, &communes).await?;
        problems.none()?;
        self.check_unique(transaction, scope, id).await
    }

    async fn check_unique(
        &self,
        transaction: &impl ConnectionTrait,
        scope: Scope,
        id: Uuid,
    ) -> Result<(), WriteError> {
        let mut problems = Problems::default();
        let sirets: Vec<&str> = self
            .sites
            .iter()
            .filter_map(|site| site.siret.as_deref())
            .collect();
        // Of two that become public with one number at the same time, one waits for the other.
        // It is no unique index: registers and imports know organizations that share one.
        let (siren, rna) = (self.siren.as_deref(), self.rna.as_deref());
        let mut named: Vec<&str> = sirets.iter().copied().chain(siren).chain(rna).collect();
        named.sort_unstable();
        one_at_a_time(transaction, &named).await?;
        let numbers = store::taken_numbers(transaction, scope, id, siren, rna, &sirets).await?;
        for (field, number) in [("siren", &self.siren), ("rna", &self.rna)] {
            if let Some(number) = number.as_ref().filter(|number| numbers.contains(*number)) {
                problems.add(taken(field, number));
            }
        }
        for (position, site) in self.sites.iter().enumerate() {
            if let Some(siret) = site.siret.as_ref().filter(|siret| numbers.contains(*siret)) {
                problems.add(taken(&siret_field(position), siret));
            }
        }
        problems.none()
    }

    fn slug_parts(&self) -> (&str, Option<&str>) {
        let mut places = self.sites.iter().filter_map(|site| site.place.as_ref());
        (&self.name, places.find_map(StatedPlace::distinction))
    }

    async fn slugs(
        transaction: &impl ConnectionTrait,
        wishes: &[Wish],
    ) -> Result<HashMap<Uuid, String>, DbErr> {
        let column = organization::Column::Slug;
        slugs::<organization::Entity>(transaction, column, "organization", wishes).await
    }

    async fn insert(
        transaction: &impl ConnectionTrait,
        scope: Scope,
        items: &[New<Self>],
    ) -> Result<(), DbErr> {
        let rows = items.iter().map(|item| {
            let mut row = item.content.columns();
            set_new!(row, item, scope);
            row
        });
        insert_all(transaction, rows.collect()).await?;
        let items: Vec<_> = items.iter().map(|item| (item.id, &item.content)).collect();
        insert_all(transaction, site_rows(transaction, &items).await?).await
    }

    async fn update(&self, transaction: &impl ConnectionTrait, id: Uuid) -> Result<(), DbErr> {
        organization::Entity::update_many()
            .set(self.columns())
            .filter(organization::Column::Id.eq(id))
            .exec(transaction)
            .await?;
        let of_this = organization_site::Column::OrganizationId.eq(id);
        let rows = site_rows(transaction, &[(id, self)]).await?;
        replace_all(transaction, of_this, organization_site::Column::Id, rows).await
    }

    async fn place(
        transaction: &impl ConnectionTrait,
        scope: Scope,
        id: Uuid,
        placement: Placement,
    ) -> Result<(), DbErr> {
        let more = review::confirmation(scope, &placement);
        let table = organization::Entity;
        review::place(transaction, table, scope, id, &placement, more).await
    }
}

impl OrganizationContent {
    fn columns(&self) -> organization::ActiveModel {
        organization::ActiveModel {
            name: Set(self.name.clone()),
            acronym: Set(self.acronym.clone()),
            legal_form: Set(self.legal_form),
            siae_kind: Set(self.siae_kind),
            structure_kind: Set(self.structure_kind),
            esus_starts_on: Set(self.esus_starts_on),
            esus_ends_on: Set(self.esus_ends_on),
            siren: Set(self.siren.clone()),
            rna: Set(self.rna.clone()),
            competes_on_market: Set(self.competes_on_market),
            description: Set(self.description.clone()),
            website: Set(self.website.clone()),
            founded_on: Set(self.founded_on),
            ..Default::default()
        }
    }
}

/// The rows of the sites of these organizations.
async fn site_rows(
    connection: &impl ConnectionTrait,
    items: &[(Uuid, &OrganizationContent)],
) -> Result<Vec<organization_site::ActiveModel>, DbErr> {
    let sites: Vec<(Uuid, &Site)> = items
        .iter()
        .flat_map(|(id, content)| content.sites.iter().map(|site| (*id, site)))
        .collect();
    let stated = sites.iter().map(|(_, site)| site.place.as_ref());
    let places = StatedPlace::places(connection, stated).await?;
    Ok(sites
        .into_iter()
        .zip(places)
        .filter_map(|((id, site), place)| row(site, &place, id))
        .collect())
}

/// The row of a site that has an identifier.
fn row(site: &Site, place: &Place, organization: Uuid) -> Option<organization_site::ActiveModel> {
    let mut row = organization_site::ActiveModel {
        id: Set(site.id?.0),
        organization_id: Set(organization),
        name: Set(site.name.clone()),
        siret: Set(site.siret.clone()),
        finess: Set(site.finess.clone()),
        is_head_office: Set(site.is_head_office),
        opening_hours: Set(site.opening_hours.clone()),
        wheelchair_access: Set(site.wheelchair_access),
        ..Default::default()
    };
    set_place!(row, *place);
    Some(row)
}
