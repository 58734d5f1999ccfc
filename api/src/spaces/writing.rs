//! Writes the content of spaces into the tables.

use std::collections::HashMap;

use entity::{
    coworking_space, coworking_space_amenity, coworking_space_kind, coworking_space_occupancy,
    coworking_space_period, coworking_space_tariff,
};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, QueryFilter as _, QuerySelect as _,
    Set,
};
use uuid::Uuid;

use super::content::{Occupancy, Period, SpaceContent, Tariff};
use super::store;
use crate::change::Subject;
use crate::database::{Whole as _, insert_all};
use crate::id::OrganizationRef;
use crate::listing::of_one;
use crate::place::Place;
use crate::problem::{Problems, WriteError};
use crate::review::{self, Head, New, Placement, Reviewed};
use crate::slugs::{Wish, slugs};
use crate::viewer::Scope;
use crate::written::{self, StatedPlace, part_id};
use crate::{organizations, place_of, set_new, set_place};

impl Reviewed for SpaceContent {
    const SUBJECT: Subject = Subject::CoworkingSpace;

    fn checked(self) -> Result<Self, WriteError> {
        SpaceContent::checked(self)
    }

    async fn head(
        transaction: &impl ConnectionTrait,
        scope: Scope,
        id: Uuid,
    ) -> Result<Option<Head>, DbErr> {
        let row = store::visible(scope)
            .whole()
            .filter(coworking_space::Column::Id.eq(id))
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
        let row = row.ok_or_else(|| DbErr::RecordNotFound("a space".to_owned()))?;
        let place = place_of!(row);
        let content = Self {
            name: row.name,
            description: row.description,
            kinds: of_one(store::kinds(transaction, one).await?, id)
                .into_iter()
                .map(|row| row.kind)
                .collect(),
            amenities: of_one(store::amenities(transaction, one).await?, id)
                .into_iter()
                .map(|row| row.amenity)
                .collect(),
            surface_m2: row.surface_m2,
            desks: row.desks,
            meeting_rooms: row.meeting_rooms,
            operator: row.operator_id.map(OrganizationRef),
            owner: row.owner_id.map(OrganizationRef),
            owner_kind: row.owner_kind,
            wheelchair_access: row.wheelchair_access,
            opening_hours: row.opening_hours,
            website: row.website,
            place: StatedPlace::of(&place),
            occupancies: of_one(store::occupancies(transaction, one).await?, id)
                .into_iter()
                .map(|row| Occupancy {
                    starts_on: row.starts_on,
                    ends_on: row.ends_on,
                    kind: row.kind,
                    rent_per_m2_year: row.rent_cents_per_m2_year,
                    preferential_rent: row.preferential_rent,
                    note: row.note,
                })
                .collect(),
            tariffs: of_one(store::tariffs(transaction, one).await?, id)
                .into_iter()
                .map(|row| Tariff {
                    amount: row.amount_cents,
                    audience: row.audience,
                    unit: row.unit,
                    desks: row.desks,
                    note: row.note,
                })
                .collect(),
            periods: of_one(store::periods(transaction, one).await?, id)
                .into_iter()
                .map(|row| Period {
                    starts_on: row.starts_on,
                    ends_on: row.ends_on,
                    status: row.status,
                    reason: row.reason,
                })
                .collect(),
        };
        Ok(content.tidied())
    }

    async fn check(
        &self,
        transaction: &impl ConnectionTrait,
        scope: Scope,
        _: Uuid,
    ) -> Result<(), WriteError> {
        let mut problems = Problems::default();
        let place = self.place.iter().filter_map(|place| place.commune.as_ref());
        let communes: Vec<_> = place
            .map(|code| ("place.commune".to_owned(), code.as_str()))
            .collect();
        written::communes(&mut problems, transaction, &communes).await?;
        let organizations: Vec<_> = [("operator", self.operator), ("owner", self.owner)]
            .into_iter()
            .filter_map(|(field, one)| Some((field.to_owned(), one?)))
            .collect();
        organizations::known(&mut problems, transaction, scope, &organizations).await?;
        problems.none()
    }

    fn slug_parts(&self) -> (&str, Option<&str>) {
        let place = self.place.as_ref();
        (&self.name, place.and_then(StatedPlace::distinction))
    }

    async fn slugs(
        transaction: &impl ConnectionTrait,
        wishes: &[Wish],
    ) -> Result<HashMap<Uuid, String>, DbErr> {
        let column = coworking_space::Column::Slug;
        slugs::<coworking_space::Entity>(transaction, column, "space", wishes).await
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
        coworking_space::Entity::update_many()
            .set(self.columns(&place.into_iter().next().unwrap_or_default()))
            .filter(coworking_space::Column::Id.eq(id))
            .exec(transaction)
            .await?;
        macro_rules! clear {
            ($($table:ident),+) => {$(
                $table::Entity::delete_many()
                    .filter($table::Column::SpaceId.eq(id))
                    .exec(transaction)
                    .await?;
            )+};
        }
        clear!(
            coworking_space_kind,
            coworking_space_amenity,
            coworking_space_occupancy,
            coworking_space_tariff,
            coworking_space_period
        );
        insert_belongings(transaction, &[(id, self)]).await
    }

    async fn place(
        transaction: &impl ConnectionTrait,
        scope: Scope,
        id: Uuid,
        placement: Placement,
    ) -> Result<(), DbErr> {
        let more = review::confirmation(scope, &placement);
        let table = coworking_space::Entity;
        review::place(transaction, table, scope, id, &placement, more).await
    }
}

impl SpaceContent {
    fn columns(&self, place: &Place) -> coworking_space::ActiveModel {
        let mut row = coworking_space::ActiveModel {
            name: Set(self.name.clone()),
            description: Set(self.description.clone()),
            surface_m2: Set(self.surface_m2),
            desks: Set(self.desks),
            meeting_rooms: Set(self.meeting_rooms),
            operator_id: Set(self.operator.map(|one| one.0)),
            owner_id: Set(self.owner.map(|one| one.0)),
            owner_kind: Set(self.owner_kind),
            wheelchair_access: Set(self.wheelchair_access),
            opening_hours: Set(self.opening_hours.clone()),
            website: Set(self.website.clone()),
            ..Default::default()
        };
        set_place!(row, *place);
        row
    }
}

/// Writes what belongs to these spaces.
async fn insert_belongings(
    connection: &impl ConnectionTrait,
    items: &[(Uuid, &SpaceContent)],
) -> Result<(), DbErr> {
    let kinds = items.iter().flat_map(|(id, one)| {
        let kinds = one.kinds.iter();
        kinds.map(|kind| coworking_space_kind::ActiveModel {
            space_id: Set(*id),
            kind: Set(*kind),
        })
    });
    insert_all(connection, kinds.collect()).await?;
    let amenities = items.iter().flat_map(|(id, one)| {
        let amenities = one.amenities.iter();
        amenities.map(|amenity| coworking_space_amenity::ActiveModel {
            space_id: Set(*id),
            amenity: Set(*amenity),
        })
    });
    insert_all(connection, amenities.collect()).await?;
    let occupancies = items.iter().flat_map(|(id, one)| {
        let occupancies = (0..).zip(&one.occupancies);
        occupancies.map(|(position, one)| coworking_space_occupancy::ActiveModel {
            id: Set(part_id(*id, "occupancy", position)),
            space_id: Set(*id),
            kind: Set(one.kind),
            starts_on: Set(one.starts_on),
            ends_on: Set(one.ends_on),
            rent_cents_per_m2_year: Set(one.rent_per_m2_year),
            preferential_rent: Set(one.preferential_rent),
            note: Set(one.note.clone()),
        })
    });
    insert_all(connection, occupancies.collect()).await?;
    let tariffs = items.iter().flat_map(|(id, one)| {
        let tariffs = (0..).zip(&one.tariffs);
        tariffs.map(|(position, one)| coworking_space_tariff::ActiveModel {
            id: Set(part_id(*id, "tariff", position)),
            space_id: Set(*id),
            audience: Set(one.audience),
            unit: Set(one.unit),
            amount_cents: Set(one.amount),
            desks: Set(one.desks),
            note: Set(one.note.clone()),
        })
    });
    insert_all(connection, tariffs.collect()).await?;
    let periods = items.iter().flat_map(|(id, one)| {
        let periods = (0..).zip(&one.periods);
        periods.map(|(position, one)| coworking_space_period::ActiveModel {
            id: Set(part_id(*id, "period", position)),
            space_id: Set(*id),
            status: Set(one.status),
            starts_on: Set(one.starts_on),
            ends_on: Set(one.ends_on),
            reason: Set(one.reason.clone()),
        })
    });
    insert_all(connection, periods.collect()).await
}
