//! Spaces to work together, as a front end reads them.

use std::collections::BTreeSet;

use anyhow::{Context as _, ensure};
use chrono::{DateTime, NaiveDate, Utc};
use entity::values::{
    Amenity, LawfulBasis, LineStatus, LocationPrecision, OccupancyKind, OwnerKind, Publication,
    SpaceKind, SpaceStatus, TariffAudience, TariffUnit, TransportMode, WheelchairAccess,
};
use entity::{
    coworking_space, coworking_space_amenity, coworking_space_kind, coworking_space_occupancy,
    coworking_space_period, coworking_space_tariff, station, station_line,
};
use maillage::change::Subject;
use maillage::clock::Clock;
use maillage::id::Kind;
use sea_orm::{ActiveModelTrait as _, Set};
use serde_json::{Value, json};
use tests::fixtures::{Fixtures, contact, global_id, put_space, texts};
use tests::{Backend, Outcome, Server, cases, great_circle_metres, point_away, shown_tally, tally};
use uuid::Uuid;

cases![
    every_filter_and_order_answers_what_it_should,
    pages_of_any_order_give_every_space_once_both_ways,
    wrong_arguments_are_refused,
    a_space_tells_all_that_is_public,
    occupancies_and_periods_come_the_oldest_first,
    prices_of_every_unit_compare,
    the_status_is_that_of_the_day,
    it_is_open_by_the_clock_and_the_holidays_of_france,
    the_nearest_stations_are_those_within_reach,
    what_is_not_published_is_nowhere,
    every_path_to_a_space_is_known,
    statements_do_not_grow_with_spaces,
];

/// A space as the test knows it.
struct Item {
    slug: String,
    commune: Option<&'static str>,
    point: Option<(f64, f64)>,
    kinds: Vec<SpaceKind>,
    amenities: Vec<Amenity>,
    wheelchair_access: Option<WheelchairAccess>,
    owner_kind: Option<OwnerKind>,
    surface_m2: Option<f64>,
    operator: Option<Uuid>,
    hive: Hive,
}

/// Where a space tells of a hive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hive {
    InItsName,
    InItsDescription,
    Nowhere,
}

struct World {
    server: Server,
    /// Published ones, in the order of creation.
    items: Vec<Item>,
    /// Two that are published, and one that is not.
    operators: [Uuid; 3],
    station: Uuid,
}

const COMMUNES: [&str; 4] = ["99001", "99002", "99003", "99004"];
const AMENITIES: [Amenity; 3] = [Amenity::Wifi, Amenity::PhoneBooth, Amenity::Kitchen];
const NEAR: (f64, f64) = (48.02, 2.01);
const STATION: (f64, f64) = (48.01, 2.0);

/// A space of the world; each value comes with every other one.
fn item(number: u32, operators: [Uuid; 3]) -> Item {
    let at = usize::try_from(number).unwrap_or_default();
    let step = f64::from(number);
    Item {
        // Not in the order of creation.
        slug: format!("slug-{:03}", number * 7 % 48),
        commune: (at % 5 > 0).then(|| COMMUNES[at % 5 - 1]),
        point: (at % 4 > 0).then(|| (48.0 + step * 0.0007, 2.0 + step * 13.0 % 48.0 * 0.0005)),
        kinds: SpaceKind::ALL
            .iter()
            .zip(0_u32..)
            .filter(|(_, kind)| number % 7 != 6 && (number + kind).is_multiple_of(5))
            .map(|(kind, _)| *kind)
            .collect(),
        amenities: AMENITIES
            .into_iter()
            .zip(0_u32..)
            .filter(|(_, bit)| number >> bit & 1 == 1)
            .map(|(amenity, _)| amenity)
            .collect(),
        wheelchair_access: WheelchairAccess::ALL.get(at / 3 % 4).copied(),
        owner_kind: OwnerKind::ALL.get(at % 8).copied(),
        surface_m2: (at % 5 > 0).then_some(step * 10.0),
        operator: operators.get(at / 2 % 4).copied(),
        hive: match number % 6 {
            0 => Hive::InItsName,
            3 => Hive::InItsDescription,
            _ => Hive::Nowhere,
        },
    }
}

/// Forty-eight spaces of every kind; one of four is not public.
async fn world(backend: Backend) -> anyhow::Result<World> {
    let server = Server::empty(backend).await?;
    let fixtures = Fixtures::of(&server).await?;
    let station = fixtures.territory(&server).await?;
    let operators = [
        fixtures.organization(|_| {}).await?,
        fixtures.organization(|_| {}).await?,
        fixtures
            .organization(|row| row.publication = Set(Publication::Draft))
            .await?,
    ];
    let mut items = Vec::new();
    for number in 0..48 {
        let item = item(number, operators);
        let publication = match number % 16 {
            3 => Publication::Draft,
            7 => Publication::Submitted,
            11 => Publication::Rejected,
            15 => Publication::Archived,
            _ => Publication::Published,
        };
        let id = fixtures
            .space(|row| {
                if let Some((latitude, longitude)) = item.point {
                    put_space(row, latitude, longitude);
                }
                row.slug = Set(item.slug.clone());
                row.commune_insee = Set(item.commune.map(str::to_owned));
                row.wheelchair_access = Set(item.wheelchair_access);
                row.owner_kind = Set(item.owner_kind);
                row.surface_m2 = Set(item.surface_m2);
                row.operator_id = Set(item.operator);
                row.publication = Set(publication);
                match item.hive {
                    Hive::InItsName => row.name = Set(format!("La Ruche {number}")),
                    Hive::InItsDescription => {
                        row.description = Set(Some("Au fond du jardin, une ruche.".to_owned()));
                    }
                    Hive::Nowhere => {}
                }
            })
            .await?;
        are_of(&fixtures, id, &item.kinds).await?;
        offer(&fixtures, id, &item.amenities).await?;
        fixtures.changed(Subject::CoworkingSpace, id).await?;
        if publication == Publication::Published {
            items.push(item);
        }
    }
    Ok(World {
        server,
        items,
        operators,
        station,
    })
}

/// Gives a space kinds.
async fn are_of(fixtures: &Fixtures, space: Uuid, kinds: &[SpaceKind]) -> Outcome {
    for kind in kinds {
        fixtures
            .insert(coworking_space_kind::ActiveModel {
                space_id: Set(space),
                kind: Set(*kind),
            })
            .await?;
    }
    Ok(())
}

/// Gives a space amenities.
async fn offer(fixtures: &Fixtures, space: Uuid, amenities: &[Amenity]) -> Outcome {
    for amenity in amenities {
        fixtures
            .insert(coworking_space_amenity::ActiveModel {
                space_id: Set(space),
                amenity: Set(*amenity),
            })
            .await?;
    }
    Ok(())
}

type Accepts<'a> = Box<dyn Fn(&Item) -> bool + 'a>;

fn is_in(item: &Item, codes: &[&str]) -> bool {
    item.commune.is_some_and(|code| codes.contains(&code))
}

fn within(item: &Item, centre: (f64, f64), metres: f64) -> bool {
    item.point
        .is_some_and(|point| great_circle_metres(centre, point) <= metres)
}

/// Every filter, and what it should accept: some spaces, but not all.
fn filters(world: &World) -> Vec<(String, Accepts<'_>)> {
    let [operator, ..] = world.operators;
    let near = format!(
        "near: {{location: {{latitude: {}, longitude: {}}}, maxMetres: 1500}}",
        NEAR.0, NEAR.1
    );
    let near_station = format!(
        r#"nearStation: {{station: "{}", maxMetres: 900}}"#,
        global_id(Kind::Station, world.station)
    );
    vec![
        (
            r#"territory: {commune: "99002"}"#.to_owned(),
            Box::new(|item: &Item| is_in(item, &["99002"])) as Accepts<'_>,
        ),
        (
            r#"territory: {intercommunality: "999999999"}"#.to_owned(),
            Box::new(|item| is_in(item, &COMMUNES[..3])),
        ),
        (
            r#"territory: {departement: "99"}"#.to_owned(),
            Box::new(|item| is_in(item, &COMMUNES)),
        ),
        (near.clone(), Box::new(|item| within(item, NEAR, 1500.0))),
        (
            near_station.clone(),
            Box::new(|item| within(item, STATION, 900.0)),
        ),
        (
            format!("{near_station}, {near}"),
            Box::new(|item| within(item, NEAR, 1500.0)),
        ),
        (
            "within: {south: 48.01, west: 2.005, north: 48.03, east: 2.02}".to_owned(),
            Box::new(|item| {
                item.point.is_some_and(|(latitude, longitude)| {
                    (48.01..=48.03).contains(&latitude) && (2.005..=2.02).contains(&longitude)
                })
            }),
        ),
        (
            "kind: {eq: FABLAB}".to_owned(),
            Box::new(|item| item.kinds.contains(&SpaceKind::Fablab)),
        ),
        (
            "kind: {in: [MEETING_ROOMS, COMMUNITY_CAFE]}".to_owned(),
            Box::new(|item| {
                item.kinds.contains(&SpaceKind::MeetingRooms)
                    || item.kinds.contains(&SpaceKind::CommunityCafe)
            }),
        ),
        (
            "amenity: {eq: PHONE_BOOTH}".to_owned(),
            Box::new(|item| item.amenities.contains(&Amenity::PhoneBooth)),
        ),
        (
            "amenity: {in: [WIFI, KITCHEN]}".to_owned(),
            Box::new(|item| {
                item.amenities.contains(&Amenity::Wifi)
                    && item.amenities.contains(&Amenity::Kitchen)
            }),
        ),
        (
            "wheelchairAccess: [YES, LIMITED]".to_owned(),
            Box::new(|item| {
                matches!(
                    item.wheelchair_access,
                    Some(WheelchairAccess::Yes | WheelchairAccess::Limited)
                )
            }),
        ),
        (
            "ownerKind: {eq: OTHER_PUBLIC_BODY}".to_owned(),
            Box::new(|item| item.owner_kind == Some(OwnerKind::OtherPublicBody)),
        ),
        (
            "ownerKind: {in: [COMMUNE, PRIVATE_PERSON]}".to_owned(),
            Box::new(|item| {
                matches!(
                    item.owner_kind,
                    Some(OwnerKind::Commune | OwnerKind::PrivatePerson)
                )
            }),
        ),
        (
            "minSurfaceM2: 120".to_owned(),
            Box::new(|item| item.surface_m2.is_some_and(|surface| surface >= 120.0)),
        ),
        (
            "maxSurfaceM2: 310".to_owned(),
            Box::new(|item| item.surface_m2.is_some_and(|surface| surface <= 310.0)),
        ),
        (
            "minSurfaceM2: 119.5, maxSurfaceM2: 140.0".to_owned(),
            Box::new(|item| {
                item.surface_m2
                    .is_some_and(|surface| (119.5..=140.0).contains(&surface))
            }),
        ),
        (
            r#"text: "ruches""#.to_owned(),
            Box::new(|item| item.hive != Hive::Nowhere),
        ),
        (
            format!(r#"operator: "{}""#, global_id(Kind::Organization, operator)),
            Box::new(move |item| item.operator == Some(operator)),
        ),
        (
            format!(r#"{near}, territory: {{commune: "99002"}}, amenity: {{eq: WIFI}}"#),
            Box::new(|item| {
                within(item, NEAR, 1500.0)
                    && is_in(item, &["99002"])
                    && item.amenities.contains(&Amenity::Wifi)
            }),
        ),
        (
            r#"text: "ruche", wheelchairAccess: [NO], minSurfaceM2: 1"#.to_owned(),
            Box::new(|item| {
                item.hive != Hive::Nowhere
                    && item.wheelchair_access == Some(WheelchairAccess::No)
                    && item.surface_m2.is_some()
            }),
        ),
    ]
}

/// Filters that no space passes, the last one because its operator is not public.
fn vain_filters(world: &World) -> [String; 5] {
    [
        r#"territory: {commune: "00000"}"#.to_owned(),
        r#"territory: {intercommunality: "000000000"}"#.to_owned(),
        "minSurfaceM2: 200, maxSurfaceM2: 100".to_owned(),
        r#"text: "boulangerie""#.to_owned(),
        format!(
            r#"operator: "{}""#,
            global_id(Kind::Organization, world.operators[2])
        ),
    ]
}

fn orders(filter: &str) -> Vec<&'static str> {
    let mut orders = vec!["CREATED_AT_DESC", "CREATED_AT_ASC", "NAME_ASC"];
    if filter.contains("near") {
        orders.push("DISTANCE");
    }
    if filter.contains("text") {
        orders.push("RELEVANCE");
    }
    orders
}

/// What a filter should answer in an order. Of two that answer a text as well, the newer
/// one comes first.
fn expected(world: &World, accepts: &Accepts<'_>, filter: &str, order: &str) -> Vec<String> {
    let mut found: Vec<&Item> = world.items.iter().filter(|item| accepts(item)).collect();
    let centre = if filter.contains("near:") {
        NEAR
    } else {
        STATION
    };
    let metres = |item: &Item| {
        item.point
            .map_or(f64::MAX, |point| great_circle_metres(centre, point))
    };
    match order {
        "CREATED_AT_DESC" => found.reverse(),
        "NAME_ASC" => found.sort_by(|a, b| a.slug.cmp(&b.slug)),
        "DISTANCE" => found.sort_by(|a, b| metres(a).total_cmp(&metres(b))),
        "RELEVANCE" => {
            found.reverse();
            found.sort_by_key(|item| item.hive != Hive::InItsName);
        }
        _ => {}
    }
    found.into_iter().map(|item| item.slug.clone()).collect()
}

async fn every_filter_and_order_answers_what_it_should(backend: Backend) -> Outcome {
    let world = world(backend).await?;
    let everything: Accepts<'_> = Box::new(|_| true);
    filter_holds(&world, "", &everything).await?;
    for (filter, accepts) in filters(&world) {
        let accepted = filter_holds(&world, &filter, &accepts).await?;
        ensure!(
            (1..world.items.len()).contains(&accepted),
            "{filter} tells nothing apart: {accepted}"
        );
        under_others_it_holds(&world, &filter, &accepts).await?;
    }
    let nothing: Accepts<'_> = Box::new(|_| false);
    for filter in vain_filters(&world) {
        filter_holds(&world, &filter, &nothing).await?;
    }
    world.server.stop().await
}

/// Asks a filter in every order, and its facets; answers how many spaces it accepts.
async fn filter_holds(world: &World, filter: &str, accepts: &Accepts<'_>) -> anyhow::Result<usize> {
    for order in orders(filter) {
        let data = world
            .server
            .data(&format!(
                "{{ coworkingSpaces(filter: {{{filter}}}, order: {order}, first: 100) \
                   {{ nodes {{ slug }} totalCount }} }}"
            ))
            .await?;
        let list = &data["coworkingSpaces"];
        let slugs = texts(&list["nodes"], "slug")?;
        let wanted = expected(world, accepts, filter, order);
        ensure!(
            slugs == wanted,
            "{filter} {order}: {slugs:?} rather than {wanted:?}"
        );
        ensure!(list["totalCount"] == wanted.len(), "{filter}: {list}");
    }
    let data = world
        .server
        .data(&format!(
            "{{ coworkingSpaces(filter: {{{filter}}}) {{ facets {{ \
                 kinds {{ kind count }} communes {{ commune {{ inseeCode }} count }} }} }} }}"
        ))
        .await?;
    let facets = &data["coworkingSpaces"]["facets"];
    let found: Vec<&Item> = world.items.iter().filter(|item| accepts(item)).collect();
    let kinds = found.iter().flat_map(|item| &item.kinds);
    for (facet, value, wanted) in [
        ("kinds", "/kind", tally(kinds.map(|kind| kind.as_str()))),
        (
            "communes",
            "/commune/inseeCode",
            tally(found.iter().filter_map(|item| item.commune)),
        ),
    ] {
        let shown = shown_tally(&facets[facet], value)?;
        ensure!(
            shown == wanted,
            "{filter} {facet}: {shown:?} rather than {wanted:?}"
        );
    }
    Ok(found.len())
}

/// Asks a filter of the spaces of a commune and of an organization.
async fn under_others_it_holds(world: &World, filter: &str, accepts: &Accepts<'_>) -> Outcome {
    let operator = world.operators[1];
    let list = format!(
        "coworkingSpaces(filter: {{{filter}}}, order: CREATED_AT_ASC, first: 100) \
         {{ nodes {{ slug }} totalCount facets {{ kinds {{ kind count }} }} }}"
    );
    let data = world
        .server
        .data(&format!(
            r#"{{ commune(inseeCode: "99002") {{ {list} }}
                 organization(id: "{}") {{ {list} }} }}"#,
            global_id(Kind::Organization, operator)
        ))
        .await?;
    let in_commune: Accepts<'_> = Box::new(|item| accepts(item) && is_in(item, &["99002"]));
    let run: Accepts<'_> = Box::new(|item| accepts(item) && item.operator == Some(operator));
    for (owner, accepts) in [("commune", in_commune), ("organization", run)] {
        let list = &data[owner]["coworkingSpaces"];
        let slugs = texts(&list["nodes"], "slug")?;
        let wanted = expected(world, &accepts, filter, "CREATED_AT_ASC");
        ensure!(
            slugs == wanted && list["totalCount"] == wanted.len(),
            "{owner} {filter}: {list} rather than {wanted:?}"
        );
        let found = world.items.iter().filter(|item| accepts(item));
        let kinds = tally(found.flat_map(|item| &item.kinds).map(|kind| kind.as_str()));
        let shown = shown_tally(&list["facets"]["kinds"], "/kind")?;
        ensure!(shown == kinds, "{owner} {filter}: {shown:?}");
    }
    Ok(())
}

async fn pages_of_any_order_give_every_space_once_both_ways(backend: Backend) -> Outcome {
    let world = world(backend).await?;
    let near = format!(
        "near: {{location: {{latitude: {}, longitude: {}}}}}",
        NEAR.0, NEAR.1
    );
    for (filter, order) in [
        ("", "CREATED_AT_DESC"),
        ("", "CREATED_AT_ASC"),
        ("", "NAME_ASC"),
        (near.as_str(), "DISTANCE"),
        (r#"text: "ruche""#, "RELEVANCE"),
    ] {
        let all = world
            .server
            .walk("coworkingSpaces", filter, order, 100, true)
            .await?;
        ensure!(all.len() > 8, "{filter} {order}: {all:?}");
        for size in [1, 5] {
            for forward in [true, false] {
                let paged = world
                    .server
                    .walk("coworkingSpaces", filter, order, size, forward)
                    .await?;
                ensure!(paged == all, "{filter} {order} {size} {forward}: {paged:?}");
            }
        }
    }
    world.server.stop().await
}

async fn wrong_arguments_are_refused(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    let fixtures = Fixtures::of(&server).await?;
    let id = fixtures.space(|_| {}).await?;
    let space = global_id(Kind::CoworkingSpace, id);
    for query in [
        "{ coworkingSpaces(order: DISTANCE) { totalCount } }".to_owned(),
        "{ coworkingSpaces(order: RELEVANCE) { totalCount } }".to_owned(),
        r#"{ coworkingSpaces(order: RELEVANCE, filter: {text: " "}) { totalCount } }"#.to_owned(),
        format!(r#"{{ coworkingSpaces(filter: {{operator: "{space}"}}) {{ totalCount }} }}"#),
        r#"{ coworkingSpaces(filter: {operator: "x"}) { totalCount } }"#.to_owned(),
        "{ coworkingSpaces(first: 0) { totalCount } }".to_owned(),
        "{ coworkingSpaces(filter: {within: {south: 2, west: 0, north: 1, east: 1}}) \
         { totalCount } }"
            .to_owned(),
        "{ coworkingSpaces(filter: {near: {location: {latitude: 48, longitude: 181}}}) \
         { totalCount } }"
            .to_owned(),
        "{ coworkingSpaces(filter: {near: {location: {latitude: 48, longitude: 2}, \
         maxMetres: 100001}}) { totalCount } }"
            .to_owned(),
        "{ coworkingSpace { name } }".to_owned(),
        format!(r#"{{ coworkingSpace(id: "{space}", slug: "space-00000") {{ name }} }}"#),
        format!(
            r#"{{ coworkingSpace(id: "{space}") {{ nearestStations(first: 0) {{ distanceMetres }} }} }}"#
        ),
        format!(
            r#"{{ coworkingSpace(id: "{space}") {{ nearestStations(first: 101) {{ distanceMetres }} }} }}"#
        ),
        format!(
            r#"{{ coworkingSpace(id: "{space}") {{ nearestStations(maxMetres: 0) {{ distanceMetres }} }} }}"#
        ),
    ] {
        let code = server.error_code(&query).await?;
        ensure!(code == "BAD_INPUT", "{query}: {code}");
    }
    server.stop().await
}

async fn a_space_tells_all_that_is_public(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    let fixtures = Fixtures::of(&server).await?;
    fixtures.territory(&server).await?;
    let operator = fixtures
        .organization(|row| row.name = Set("Les Abeilles".to_owned()))
        .await?;
    let owner = fixtures
        .organization(|row| row.name = Set("La Ville".to_owned()))
        .await?;
    let id = fixtures
        .space(|row| {
            put_space(row, 48.0105, 2.0);
            row.slug = Set("la-ruche".to_owned());
            row.name = Set("La Ruche".to_owned());
            row.description = Set(Some("**Atelier** <script>x</script>".to_owned()));
            row.surface_m2 = Set(Some(350.5));
            row.desks = Set(Some(24));
            row.meeting_rooms = Set(Some(2));
            row.operator_id = Set(Some(operator));
            row.owner_id = Set(Some(owner));
            row.owner_kind = Set(Some(OwnerKind::Commune));
            row.wheelchair_access = Set(Some(WheelchairAccess::Limited));
            row.opening_hours = Set(Some("Mo-Fr 09:00-18:00".to_owned()));
            row.website = Set(Some("https://example.org".to_owned()));
            row.street = Set(Some("1 rue de l’Essai".to_owned()));
            row.postal_code = Set(Some("99001".to_owned()));
            row.commune_insee = Set(Some("99001".to_owned()));
            row.confirmed_at = Set(DateTime::from_timestamp(1_750_000_000, 0));
        })
        .await?;
    are_of(&fixtures, id, &[SpaceKind::Fablab, SpaceKind::Coworking]).await?;
    offer(&fixtures, id, &[Amenity::Wifi, Amenity::BicycleParking]).await?;
    fixtures
        .insert(coworking_space_occupancy::ActiveModel {
            id: Set(fixtures.id()),
            space_id: Set(id),
            kind: Set(OccupancyKind::PrecariousAgreement),
            starts_on: Set("2014-09-01".parse().ok()),
            ends_on: Set("2015-06-30".parse().ok()),
            rent_cents_per_m2_year: Set(Some(12_050)),
            preferential_rent: Set(Some(true)),
            note: Set(Some("Charges comprises".to_owned())),
        })
        .await?;
    fixtures
        .insert(coworking_space_tariff::ActiveModel {
            id: Set(fixtures.id()),
            space_id: Set(id),
            audience: Set(TariffAudience::JobSeeker),
            unit: Set(TariffUnit::HalfDay),
            amount_cents: Set(800),
            desks: Set(1),
            note: Set(Some("Café compris".to_owned())),
        })
        .await?;
    period(&fixtures, id, SpaceStatus::Open, Some("2014-09-01"), None).await?;
    let seen_on = server.app.clock.today();
    contact(&fixtures.connection, "ruche@example.org", |row| {
        row.space_id = Set(Some(id));
        row.label = Set(Some("Accueil".to_owned()));
        row.basis = Set(Some(LawfulBasis::PublicSource));
        row.source_url = Set(Some("https://example.org/contact".to_owned()));
        row.source_seen_on = Set(Some(seen_on));
    })
    .await?;
    let fields = r#"{
        name slug description descriptionHtml kinds amenities surfaceM2 desks meetingRooms
        operator { name } owner { name } ownerKind wheelchairAccess website
        address { street postalCode commune { inseeCode } } commune { name }
        location { latitude longitude precision outsideTerritory } distance { metres }
        nearestStations(first: 1) { station { slug } distanceMetres }
        occupancies { kind startsOn endsOn rentPerM2Year preferentialRent note }
        tariffs { audience unit amount desks deskDay deskMonth note }
        periods { status startsOn endsOn reason } statusOn(date: "2015-01-01")
        openingHours isOpenAt(instant: "2026-07-06T09:00:00+02:00")
        contactPoints { channel value label basis { kind sourceUrl seenOn consentGivenAt } }
        createdAt updatedAt confirmedAt
    }"#;
    let expected = json!({
        "name": "La Ruche", "slug": "la-ruche",
        "description": "**Atelier** <script>x</script>",
        "descriptionHtml": "<p><strong>Atelier</strong> </p>\n",
        "kinds": ["COWORKING", "FABLAB"], "amenities": ["BICYCLE_PARKING", "WIFI"],
        "surfaceM2": 350.5, "desks": 24, "meetingRooms": 2,
        "operator": {"name": "Les Abeilles"}, "owner": {"name": "La Ville"},
        "ownerKind": "COMMUNE", "wheelchairAccess": "LIMITED", "website": "https://example.org",
        "address": {"street": "1 rue de l’Essai", "postalCode": "99001",
            "commune": {"inseeCode": "99001"}},
        "commune": {"name": "Essai 1"},
        "location": {"latitude": 48.0105, "longitude": 2.0, "precision": "EXACT",
            "outsideTerritory": false},
        "distance": null,
        "nearestStations": [{"station": {"slug": "gare-d-essai"}, "distanceMetres": 56}],
        "occupancies": [{"kind": "PRECARIOUS_AGREEMENT", "startsOn": "2014-09-01",
            "endsOn": "2015-06-30", "rentPerM2Year": 12_050, "preferentialRent": true,
            "note": "Charges comprises"}],
        "tariffs": [{"audience": "JOB_SEEKER", "unit": "HALF_DAY", "amount": 800, "desks": 1,
            "deskDay": 1600, "deskMonth": 34_667, "note": "Café compris"}],
        "periods": [{"status": "OPEN", "startsOn": "2014-09-01", "endsOn": null,
            "reason": null}],
        "statusOn": "OPEN",
        "openingHours": "Mo-Fr 09:00-18:00", "isOpenAt": true,
        "contactPoints": [{"channel": "EMAIL", "value": "ruche@example.org", "label": "Accueil",
            "basis": {"kind": "PUBLIC_SOURCE", "sourceUrl": "https://example.org/contact",
                "seenOn": seen_on.to_string(), "consentGivenAt": null}}],
        "createdAt": "2023-11-14T22:13:22.123456+00:00",
        "updatedAt": "2023-11-14T22:13:22.123456+00:00",
        "confirmedAt": "2025-06-15T15:06:40+00:00",
    });
    let id = global_id(Kind::CoworkingSpace, id);
    for look_up in [
        format!(r#"found: coworkingSpace(id: "{id}") {fields}"#),
        format!(r#"found: coworkingSpace(slug: "la-ruche") {fields}"#),
        format!(r#"found: node(id: "{id}") {{ ... on CoworkingSpace {fields} }}"#),
    ] {
        let data = server.data(&format!("{{ {look_up} }}")).await?;
        ensure!(data["found"] == expected, "{look_up}: {:#}", data["found"]);
    }
    let data = server
        .data(r#"{ coworkingSpace(slug: "la-ruche") { id } missing: coworkingSpace(slug: "x") { id } }"#)
        .await?;
    ensure!(
        data == json!({"coworkingSpace": {"id": id}, "missing": null}),
        "{data}"
    );
    server.stop().await
}

/// Gives a space a period of its life.
async fn period(
    fixtures: &Fixtures,
    space: Uuid,
    status: SpaceStatus,
    starts_on: Option<&str>,
    ends_on: Option<&str>,
) -> Outcome {
    let day = |text: Option<&str>| text.map(str::parse::<NaiveDate>).transpose();
    let reason = (status == SpaceStatus::Closed).then(|| "Bail non renouvelé".to_owned());
    fixtures
        .insert(coworking_space_period::ActiveModel {
            id: Set(fixtures.id()),
            space_id: Set(space),
            status: Set(status),
            starts_on: Set(day(starts_on)?),
            ends_on: Set(day(ends_on)?),
            reason: Set(reason),
        })
        .await
}

async fn occupancies_and_periods_come_the_oldest_first(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    let fixtures = Fixtures::of(&server).await?;
    let id = fixtures.space(|_| {}).await?;
    for (kind, starts_on) in [
        (OccupancyKind::CommercialLease, Some("2019-01-01")),
        (OccupancyKind::FreeLoan, None),
        (OccupancyKind::ShortTermLease, Some("2016-01-01")),
    ] {
        fixtures
            .insert(coworking_space_occupancy::ActiveModel {
                id: Set(fixtures.id()),
                space_id: Set(id),
                kind: Set(kind),
                starts_on: Set(starts_on.map(str::parse).transpose()?),
                ends_on: Set(None),
                rent_cents_per_m2_year: Set(None),
                preferential_rent: Set(None),
                note: Set(None),
            })
            .await?;
    }
    period(&fixtures, id, SpaceStatus::Open, Some("2016-01-01"), None).await?;
    period(
        &fixtures,
        id,
        SpaceStatus::Planned,
        None,
        Some("2016-01-01"),
    )
    .await?;
    let data = server
        .data("{ coworkingSpaces { nodes { occupancies { kind } periods { status } } } }")
        .await?;
    ensure!(
        data["coworkingSpaces"]["nodes"]
            == json!([{
                "occupancies": [{"kind": "FREE_LOAN"}, {"kind": "SHORT_TERM_LEASE"},
                    {"kind": "COMMERCIAL_LEASE"}],
                "periods": [{"status": "PLANNED"}, {"status": "OPEN"}],
            }]),
        "{data}"
    );
    server.stop().await
}

async fn prices_of_every_unit_compare(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    let fixtures = Fixtures::of(&server).await?;
    let id = fixtures.space(|_| {}).await?;
    // In no order; the last one is a floor of a tower for a month.
    let tariffs = [
        (TariffUnit::Week, 5_000, 1, 1_000, 21_667),
        (TariffUnit::Hour, 250, 1, 2_000, 43_333),
        (TariffUnit::Month, 43_334, 2, 1_000, 21_667),
        (TariffUnit::Day, 0, 1, 0, 0),
        (TariffUnit::HalfDay, 800, 1, 1_600, 34_667),
        (TariffUnit::Day, 1_500, 1, 1_500, 32_500),
        (TariffUnit::Day, 4_500, 3, 1_500, 32_500),
        (
            TariffUnit::Month,
            300_000_000_000,
            1,
            13_846_153_846_i64,
            300_000_000_000_i64,
        ),
    ];
    for (unit, amount, desks, ..) in tariffs {
        fixtures
            .insert(coworking_space_tariff::ActiveModel {
                id: Set(fixtures.id()),
                space_id: Set(id),
                audience: Set(TariffAudience::Everyone),
                unit: Set(unit),
                amount_cents: Set(amount),
                desks: Set(desks),
                note: Set(None),
            })
            .await?;
    }
    let data = server
        .data("{ coworkingSpaces { nodes { tariffs { unit amount desks deskDay deskMonth } } } }")
        .await?;
    let mut expected = tariffs;
    expected.sort_by_key(|(_, amount, ..)| *amount);
    let expected: Vec<Value> = expected
        .iter()
        .map(|(unit, amount, desks, day, month)| {
            json!({"unit": unit.as_str(), "amount": amount, "desks": desks,
                "deskDay": day, "deskMonth": month})
        })
        .collect();
    ensure!(
        data["coworkingSpaces"]["nodes"][0]["tariffs"] == json!(expected),
        "{data:#}"
    );
    server.stop().await
}

async fn the_status_is_that_of_the_day(backend: Backend) -> Outcome {
    // Already the next day in Paris.
    let now: DateTime<Utc> = "2015-06-29T22:30:00Z".parse()?;
    let server = Server::start(backend, &[], false, Clock::fixed(now)).await?;
    let fixtures = Fixtures::of(&server).await?;
    let whole = fixtures
        .space(|row| row.slug = Set("whole".to_owned()))
        .await?;
    for (status, starts_on, ends_on) in [
        (SpaceStatus::Open, Some("2016-03-01"), None),
        (SpaceStatus::Closed, Some("2015-06-30"), Some("2016-01-01")),
        (SpaceStatus::Planned, None, Some("2014-09-01")),
        (
            SpaceStatus::Reopening,
            Some("2016-01-01"),
            Some("2016-03-01"),
        ),
        (SpaceStatus::Open, Some("2014-09-01"), Some("2015-06-30")),
    ] {
        period(&fixtures, whole, status, starts_on, ends_on).await?;
    }
    let torn = fixtures
        .space(|row| row.slug = Set("torn".to_owned()))
        .await?;
    for (status, starts_on, ends_on) in [
        (SpaceStatus::Open, Some("2010-01-01"), Some("2012-01-01")),
        (SpaceStatus::Closed, Some("2013-01-01"), None),
        // Told by another source: the one that began last counts.
        (SpaceStatus::Reopening, Some("2014-01-01"), None),
    ] {
        period(&fixtures, torn, status, starts_on, ends_on).await?;
    }
    fixtures
        .space(|row| row.slug = Set("untold".to_owned()))
        .await?;
    for (slug, date, expected) in [
        ("whole", "1900-01-01", json!("PLANNED")),
        ("whole", "2014-08-31", json!("PLANNED")),
        ("whole", "2014-09-01", json!("OPEN")),
        ("whole", "2015-06-29", json!("OPEN")),
        ("whole", "2015-06-30", json!("CLOSED")),
        ("whole", "2015-12-31", json!("CLOSED")),
        ("whole", "2016-01-01", json!("REOPENING")),
        ("whole", "2016-03-01", json!("OPEN")),
        ("whole", "2100-01-01", json!("OPEN")),
        ("torn", "2009-12-31", Value::Null),
        ("torn", "2011-12-31", json!("OPEN")),
        ("torn", "2012-01-01", Value::Null),
        ("torn", "2013-01-01", json!("CLOSED")),
        ("torn", "2014-01-01", json!("REOPENING")),
        ("untold", "2014-01-01", Value::Null),
    ] {
        let query =
            format!(r#"{{ coworkingSpace(slug: "{slug}") {{ statusOn(date: "{date}") }} }}"#);
        let data = server.data(&query).await?;
        let status = &data["coworkingSpace"]["statusOn"];
        ensure!(*status == expected, "{slug} {date}: {status}");
    }
    let data = server
        .data(
            r#"{ coworkingSpace(slug: "whole") { statusOn periods { status startsOn endsOn reason } } }"#,
        )
        .await?;
    let shown = &data["coworkingSpace"];
    ensure!(shown["statusOn"] == "CLOSED", "{data}");
    ensure!(
        shown["periods"][2]
            == json!({"status": "CLOSED", "startsOn": "2015-06-30", "endsOn": "2016-01-01",
                "reason": "Bail non renouvelé"}),
        "{data}"
    );
    server.stop().await
}

async fn it_is_open_by_the_clock_and_the_holidays_of_france(backend: Backend) -> Outcome {
    const WORKDAYS: &str = "Mo-Fr 09:00-18:00; PH off";
    let now: DateTime<Utc> = "2026-07-06T07:00:00Z".parse()?;
    let server = Server::start(backend, &[], false, Clock::fixed(now)).await?;
    let fixtures = Fixtures::of(&server).await?;
    for (number, (hours, instant, expected)) in [
        // A Monday in summer: Paris is two hours ahead.
        (WORKDAYS, "2026-07-06T06:59:59Z", json!(false)),
        (WORKDAYS, "2026-07-06T07:00:00Z", json!(true)),
        (WORKDAYS, "2026-07-06T15:59:59Z", json!(true)),
        (WORKDAYS, "2026-07-06T16:00:00Z", json!(false)),
        (WORKDAYS, "2026-07-06T17:59:59+02:00", json!(true)),
        // A Monday in winter: it is one hour ahead.
        (WORKDAYS, "2026-01-12T07:59:59Z", json!(false)),
        (WORKDAYS, "2026-01-12T08:00:00Z", json!(true)),
        (WORKDAYS, "2026-01-12T16:59:59Z", json!(true)),
        (WORKDAYS, "2026-01-12T17:00:00Z", json!(false)),
        // The night before and after the clocks go forward.
        ("Mo-Su 09:00-18:00", "2026-03-28T07:30:00Z", json!(false)),
        ("Mo-Su 09:00-18:00", "2026-03-29T07:30:00Z", json!(true)),
        // A Saturday, the Monday of Easter and the Fourteenth of July.
        (WORKDAYS, "2026-07-04T10:00:00Z", json!(false)),
        (WORKDAYS, "2026-04-06T10:00:00Z", json!(false)),
        (WORKDAYS, "2026-07-14T10:00:00Z", json!(false)),
        ("Mo-Fr 09:00-18:00", "2026-07-14T10:00:00Z", json!(true)),
        (
            "Mo-Fr 09:00-18:00; PH 10:00-11:00",
            "2026-07-14T08:30:00Z",
            json!(true),
        ),
        (
            "Mo-Fr 09:00-18:00; PH 10:00-11:00",
            "2026-07-14T10:00:00Z",
            json!(false),
        ),
        // No holiday of the Hauts-de-Seine, but one of Alsace.
        (WORKDAYS, "2025-12-26T10:00:00Z", json!(true)),
        ("Fr 18:00-02:00", "2026-07-03T23:30:00Z", json!(true)),
        ("24/7", "2026-12-25T03:00:00Z", json!(true)),
        ("off", "2026-07-06T10:00:00Z", json!(false)),
        (
            "Mo-Fr 09:00-18:00; Sa unknown",
            "2026-07-04T10:00:00Z",
            Value::Null,
        ),
        ("Mo-Fr 9h-18h", "2026-07-06T10:00:00Z", Value::Null),
        ("", "2026-07-06T10:00:00Z", Value::Null),
    ]
    .into_iter()
    .enumerate()
    {
        let slug = format!("hours-{number}");
        fixtures
            .space(|row| {
                row.slug = Set(slug.clone());
                row.opening_hours = Set((!hours.is_empty()).then(|| hours.to_owned()));
            })
            .await?;
        let data = server
            .data(&format!(
                r#"{{ coworkingSpace(slug: "{slug}") {{ isOpenAt(instant: "{instant}") }} }}"#
            ))
            .await?;
        let open = &data["coworkingSpace"]["isOpenAt"];
        ensure!(*open == expected, "{hours:?} {instant}: {open}");
    }
    // Now, unless it is said when.
    let data = server
        .data(r#"{ coworkingSpace(slug: "hours-0") { isOpenAt openingHours } }"#)
        .await?;
    ensure!(
        data["coworkingSpace"] == json!({"isOpenAt": true, "openingHours": WORKDAYS}),
        "{data}"
    );
    server.stop().await
}

async fn the_nearest_stations_are_those_within_reach(backend: Backend) -> Outcome {
    const SPACE: (f64, f64) = (48.8, 2.3);
    let server = Server::empty(backend).await?;
    let fixtures = Fixtures::of(&server).await?;
    let mut last = None;
    for (slug, bearing, metres, status) in [
        ("far", 10.0, 2_600.0, LineStatus::InService),
        ("edge-in", 50.0, 1_999.7, LineStatus::InService),
        ("edge-out", 90.0, 2_000.3, LineStatus::InService),
        ("near", 130.0, 400.0, LineStatus::InService),
        ("planned", 170.0, 100.0, LineStatus::Planned),
        ("middle", 210.0, 900.0, LineStatus::InService),
        ("third", 250.0, 1_500.0, LineStatus::InService),
    ] {
        let id = fixtures.id();
        let (latitude, longitude) = point_away(SPACE, bearing, metres);
        fixtures
            .insert(station::ActiveModel {
                id: Set(id),
                slug: Set(slug.to_owned()),
                name: Set(slug.to_owned()),
                commune_insee: Set(None),
                latitude: Set(latitude),
                longitude: Set(longitude),
            })
            .await?;
        fixtures
            .insert(station_line::ActiveModel {
                station_id: Set(id),
                line: Set("15".to_owned()),
                mode: Set(TransportMode::Metro),
                operator: Set(None),
                status: Set(status),
                opens_on: Set(None),
                opening_note: Set(None),
            })
            .await?;
        last = Some(id);
    }
    let last = last.context("a station")?;
    fixtures.changed(Subject::Territory, last).await?;
    server.read_reference_again().await?;
    for (slug, precision) in [
        ("exact", LocationPrecision::Exact),
        ("commune", LocationPrecision::Commune),
    ] {
        fixtures
            .space(|row| {
                put_space(row, SPACE.0, SPACE.1);
                row.slug = Set(slug.to_owned());
                row.location_precision = Set(Some(precision));
            })
            .await?;
    }
    fixtures
        .space(|row| row.slug = Set("nowhere".to_owned()))
        .await?;
    for (arguments, expected) in [
        ("", &[("near", 400), ("middle", 900), ("third", 1500)][..]),
        ("(first: 1)", &[("near", 400)]),
        ("(maxMetres: 899)", &[("near", 400)]),
        (
            "(first: 100, maxMetres: 2000)",
            &[
                ("near", 400),
                ("middle", 900),
                ("third", 1500),
                ("edge-in", 2000),
            ],
        ),
        (
            "(first: 2, inService: false)",
            &[("planned", 100), ("near", 400)],
        ),
        ("(maxMetres: 99, inService: false)", &[]),
    ] {
        let field = format!(
            "nearestStations{arguments} {{ station {{ slug }} distanceMetres \
             distance {{ metres approximate }} }}"
        );
        let data = server
            .data(&format!(
                r#"{{ exact: coworkingSpace(slug: "exact") {{ {field} }}
                     commune: coworkingSpace(slug: "commune") {{ {field} }}
                     nowhere: coworkingSpace(slug: "nowhere") {{ {field} }} }}"#
            ))
            .await?;
        for (space, approximate) in [("exact", false), ("commune", true)] {
            let wanted: Vec<Value> = expected
                .iter()
                .map(|(slug, metres)| {
                    json!({"station": {"slug": slug}, "distanceMetres": metres,
                        "distance": {"metres": metres, "approximate": approximate}})
                })
                .collect();
            let shown = &data[space]["nearestStations"];
            ensure!(*shown == json!(wanted), "{space} {arguments}: {shown}");
        }
        ensure!(data["nowhere"]["nearestStations"] == json!([]), "{data}");
    }
    server.stop().await
}

async fn what_is_not_published_is_nowhere(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    let fixtures = Fixtures::of(&server).await?;
    let station = fixtures.territory(&server).await?;
    let operator = fixtures.organization(|_| {}).await?;
    let secret = fixtures
        .space(|row| {
            put_space(row, 48.01, 2.0);
            row.slug = Set("secret".to_owned());
            row.name = Set("SECRET".to_owned());
            row.description = Set(Some("SECRET".to_owned()));
            row.operator_id = Set(Some(operator));
            row.owner_id = Set(Some(operator));
            row.owner_kind = Set(Some(OwnerKind::Company));
            row.wheelchair_access = Set(Some(WheelchairAccess::Yes));
            row.surface_m2 = Set(Some(100.0));
            row.commune_insee = Set(Some("99001".to_owned()));
        })
        .await?;
    are_of(&fixtures, secret, &[SpaceKind::Fablab]).await?;
    offer(&fixtures, secret, &[Amenity::Wifi]).await?;
    contact(&fixtures.connection, "SECRET@example.org", |row| {
        row.space_id = Set(Some(secret));
        row.basis = Set(Some(LawfulBasis::PublicSource));
        row.source_url = Set(Some("https://example.org".to_owned()));
        row.source_seen_on = Set(Some(server.app.clock.today()));
    })
    .await?;
    fixtures.changed(Subject::CoworkingSpace, secret).await?;
    let paths = paths(secret, operator, station);
    // As long as it is public, every path leads to it.
    for path in &paths {
        let answer = server.data(&format!("{{ {path} }}")).await?;
        ensure!(answer.to_string().contains("SECRET"), "{path}: {answer}");
    }
    // At first the index of the search still has it.
    for is_indexed in [true, false] {
        let hidden = Publication::ALL
            .iter()
            .filter(|publication| **publication != Publication::Published);
        for publication in hidden {
            let row = coworking_space::ActiveModel {
                id: Set(secret),
                publication: Set(*publication),
                ..Default::default()
            };
            row.update(&fixtures.connection).await?;
            if !is_indexed {
                fixtures.changed(Subject::CoworkingSpace, secret).await?;
            }
            for path in &paths {
                let answer = server.data(&format!("{{ {path} }}")).await?;
                ensure!(tells_nothing(&answer), "{publication:?} {path}: {answer}");
            }
        }
    }
    server.stop().await
}

/// Whether an answer has no object but those in which something could have been.
fn tells_nothing(answer: &Value) -> bool {
    match answer {
        Value::Null => true,
        Value::Number(number) => number.as_i64() == Some(0),
        Value::Array(all) => all.iter().all(Value::is_null),
        Value::Object(fields) => fields.values().all(tells_nothing),
        Value::Bool(_) | Value::String(_) => false,
    }
}

/// Every path on which a space may be sought.
fn paths(space: Uuid, operator: Uuid, station: Uuid) -> Vec<String> {
    let points = "contactPoints { value }";
    let list = format!(
        "{{ totalCount nodes {{ name {points} }} edges {{ cursor node {{ name {points} }} }} \
         facets {{ kinds {{ kind count }} communes {{ commune {{ name }} count }} }} }}"
    );
    let found = format!("... on CoworkingSpace {{ name description {points} }}");
    let results = format!(
        "{{ totalCount nodes {{ {found} }} \
         edges {{ score node {{ {found} }} matches {{ excerpt }} }} \
         facets {{ types {{ type count }} }} }}"
    );
    let id = global_id(Kind::CoworkingSpace, space);
    let operator = global_id(Kind::Organization, operator);
    let station = global_id(Kind::Station, station);
    let here = "latitude: 48.01, longitude: 2.0";
    let mut paths = vec![
        format!(r#"coworkingSpace(id: "{id}") {{ name {points} }}"#),
        format!(r#"coworkingSpace(slug: "secret") {{ name {points} }}"#),
        format!(r#"node(id: "{id}") {{ {found} }}"#),
        format!(r#"nodes(ids: ["{id}", "{id}"]) {{ {found} }}"#),
        format!(r#"commune(inseeCode: "99001") {{ coworkingSpaces {list} }}"#),
        format!(r#"organization(id: "{operator}") {{ coworkingSpaces {list} }}"#),
        format!(r#"search(text: "secret") {results}"#),
        format!(r#"search(text: "secret", types: [COWORKING_SPACE]) {results}"#),
        format!(r#"search(text: "secret", filter: {{near: {{location: {{{here}}}}}}}) {results}"#),
    ];
    let filters = [
        String::new(),
        r#"territory: {commune: "99001"}"#.to_owned(),
        r#"territory: {intercommunality: "999999999"}"#.to_owned(),
        r#"territory: {departement: "99"}"#.to_owned(),
        format!("near: {{location: {{{here}}}}}"),
        format!(r#"nearStation: {{station: "{station}"}}"#),
        "within: {south: 48, west: 1, north: 49, east: 3}".to_owned(),
        "kind: {eq: FABLAB}".to_owned(),
        "amenity: {eq: WIFI}".to_owned(),
        "wheelchairAccess: [YES]".to_owned(),
        "ownerKind: {eq: COMPANY}".to_owned(),
        "minSurfaceM2: 1, maxSurfaceM2: 1000".to_owned(),
        r#"text: "secret""#.to_owned(),
        format!(r#"operator: "{operator}""#),
    ];
    for filter in filters {
        let orders = orders(&filter).into_iter();
        paths.extend(
            orders.map(|order| {
                format!("coworkingSpaces(filter: {{{filter}}}, order: {order}) {list}")
            }),
        );
    }
    paths
}

/// A new way to spaces must come into the test above.
async fn every_path_to_a_space_is_known(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    let data = server
        .data(
            "{ __schema { types { name fields { name type { name ofType { name ofType { name \
             ofType { name } } } } } } } }",
        )
        .await?;
    let leads = [
        "CoworkingSpace",
        "CoworkingSpaceConnection",
        "CoworkingSpaceEdge",
        "Node",
        "SearchConnection",
        "SearchEdge",
        "SearchResult",
    ];
    let mut found = BTreeSet::new();
    for kind in data["__schema"]["types"].as_array().context("types")? {
        for field in kind["fields"].as_array().into_iter().flatten() {
            let of = field["type"].to_string();
            // A mutation answers what its own writer wrote.
            if kind["name"]
                .as_str()
                .is_some_and(|name| name.ends_with("Payload"))
            {
                continue;
            }
            if leads.iter().any(|lead| of.contains(&format!("\"{lead}\""))) {
                found.insert(format!("{}.{}", kind["name"], field["name"]).replace('"', ""));
            }
        }
    }
    let known = [
        "Commune.coworkingSpaces",
        "CoworkingSpaceConnection.edges",
        "CoworkingSpaceConnection.nodes",
        "CoworkingSpaceEdge.node",
        // For reviewers only, who see all.
        "ImportRow.nodes",
        // Tried where duplicates are.
        "DuplicateCandidate.content",
        // As `Query.node`, for who keeps a contact point of it; tried where consent is.
        "KeptContactPoint.owner",
        "Organization.coworkingSpaces",
        "ProbableDuplicate.left",
        "ProbableDuplicate.right",
        "Query.coworkingSpace",
        "Query.coworkingSpaces",
        "Query.node",
        "Query.nodes",
        "Query.search",
        // For reviewers only, who see all.
        "ReviewItem.content",
        "SearchConnection.edges",
        "SearchConnection.nodes",
        "SearchEdge.node",
    ];
    ensure!(
        found == known.map(str::to_owned).into_iter().collect(),
        "{found:?}"
    );
    server.stop().await
}

/// All that a list of spaces can tell; each table is read at one level only.
const RICHEST: &str = "totalCount
    nodes {
        id slug name description descriptionHtml kinds amenities surfaceM2 desks meetingRooms
        operator { name } owner { name } ownerKind wheelchairAccess website
        address { street postalCode commune { name } } commune { name }
        location { latitude } distance { metres }
        nearestStations(first: 2) { station { name } distanceMetres }
        occupancies { kind } tariffs { deskDay } periods { status } statusOn
        openingHours isOpenAt contactPoints { value }
    }
    edges { cursor }
    pageInfo { endCursor hasNextPage }
    facets { kinds { kind count } communes { commune { name } count } }";

async fn statements_do_not_grow_with_spaces(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    let fixtures = Fixtures::of(&server).await?;
    fixtures.territory(&server).await?;
    let near = "filter: {near: {location: {latitude: 48.01, longitude: 2}}}, order: DISTANCE";
    let queries = [
        format!("{{ coworkingSpaces(first: 50) {{ {RICHEST} }} }}"),
        format!("{{ coworkingSpaces(first: 50, {near}) {{ {RICHEST} }} }}"),
        format!("{{ communes {{ nodes {{ coworkingSpaces(first: 5) {{ {RICHEST} }} }} }} }}"),
        // The operators are organizations too, so they are not asked again.
        "{ organizations(first: 50) { nodes { coworkingSpaces(first: 2) {
            totalCount nodes { name kinds amenities tariffs { amount } }
            facets { kinds { count } communes { count } } } } } }"
            .to_owned(),
    ];
    let mut spent = Vec::new();
    for sizes in [0..2, 2..40] {
        let size = sizes.end;
        for number in sizes {
            let operator = fixtures.organization(|_| {}).await?;
            let id = fixtures
                .space(|row| {
                    put_space(row, 48.01, 2.0);
                    row.operator_id = Set(Some(operator));
                    row.owner_id = Set(Some(operator));
                    row.commune_insee = Set(Some(COMMUNES[number % 4].to_owned()));
                    row.opening_hours = Set(Some("24/7".to_owned()));
                })
                .await?;
            are_of(&fixtures, id, SpaceKind::ALL).await?;
            offer(&fixtures, id, Amenity::ALL).await?;
            period(&fixtures, id, SpaceStatus::Open, None, None).await?;
            fixtures
                .insert(coworking_space_tariff::ActiveModel {
                    id: Set(fixtures.id()),
                    space_id: Set(id),
                    audience: Set(TariffAudience::Everyone),
                    unit: Set(TariffUnit::Day),
                    amount_cents: Set(1_500),
                    desks: Set(1),
                    note: Set(None),
                })
                .await?;
            contact(&fixtures.connection, "ruche@example.org", |row| {
                row.space_id = Set(Some(id));
                row.basis = Set(Some(LawfulBasis::PublicSource));
                row.source_url = Set(Some("https://example.org".to_owned()));
                row.source_seen_on = Set(Some(server.app.clock.today()));
            })
            .await?;
        }
        let mut each = Vec::new();
        for query in &queries {
            let (data, statements) = server.counted(query).await?;
            each.push(statements);
            if query == &queries[0] {
                let read = data["coworkingSpaces"]["nodes"].as_array().map(Vec::len);
                ensure!(read == Some(size), "{data}");
            }
        }
        spent.push(each);
    }
    ensure!(spent[0] == spent[1] && spent[0][0] > 8, "{spent:?}");
    server.stop().await
}
