//! Where things are: near a point, in a box, and how precisely it is known.

use std::io::Cursor;
use std::sync::Arc;

use anyhow::{Context as _, ensure};
use entity::{coworking_space, initiative, organization, organization_site};
use maillage::app::App;
use maillage::clock::Clock;
use maillage::database::Purpose;
use maillage::geo::{BoundingBox, Point};
use maillage::id::Kind;
use maillage::import::{self, Mapping, Options, Unobserved};
use maillage::initiatives::{InitiativeCriteria, InitiativeListing, InitiativeSort};
use maillage::listing::Listing;
use maillage::organizations::{OrganizationFilter, OrganizationListing, OrganizationOrder};
use maillage::paging::Window;
use maillage::place::{CellReading, Near, Place, PlaceFilter};
use maillage::set_place;
use maillage::spaces::{SpaceFilter, SpaceListing, SpaceOrder};
use maillage::viewer::{Scope, Viewer};
use sea_orm::{
    ActiveModelBehavior, ActiveModelTrait, ConnectionTrait, EntityTrait, IntoActiveModel,
    QuerySelect as _, QueryTrait as _, Set, Statement,
};
use serde_json::{Value, json};
use tests::fixtures::{Fixtures, exact_place, global_id, site, texts};
use tests::{Backend, Outcome, Server, cases, great_circle_metres, point_away};
use uuid::Uuid;

cases![
    near_ends_where_the_great_circle_says,
    a_box_holds_its_borders,
    a_station_is_a_point_to_be_near,
    each_place_tells_how_precisely_it_is_known,
    lists_by_place_are_read_by_cells,
];

/// The lists of what has a place.
const LISTS: [&str; 3] = ["initiatives", "coworkingSpaces", "organizations"];

/// Writes an initiative, a space and an organization of one slug at one point.
async fn put(fixtures: &Fixtures, slug: &str, point: (f64, f64)) -> Outcome {
    let place = exact_place(point.0, point.1);
    fixtures
        .initiative(|row| {
            set_place!(row, place);
            row.slug = Set(slug.to_owned());
        })
        .await?;
    fixtures
        .space(|row| {
            set_place!(row, place);
            row.slug = Set(slug.to_owned());
        })
        .await?;
    let id = fixtures
        .organization(|row| row.slug = Set(slug.to_owned()))
        .await?;
    site(&fixtures.connection, id, place, |_| ()).await?;
    Ok(())
}

/// The nodes of a list with a filter and an order, whose number must be the total.
async fn listed(
    server: &Server,
    list: &str,
    filter: &str,
    order: &str,
) -> anyhow::Result<Vec<Value>> {
    let data = server
        .data(&format!(
            "{{ {list}(filter: {{{filter}}}, order: {order}, first: 100) {{ totalCount nodes {{ \
                 slug location {{ latitude longitude precision outsideTerritory }} \
                 distance {{ metres approximate }} }} }} }}"
        ))
        .await?;
    let nodes = data[list]["nodes"].as_array().context("nodes")?;
    ensure!(
        data[list]["totalCount"] == nodes.len(),
        "{list} {filter}: {data}"
    );
    Ok(nodes.clone())
}

fn near(centre: (f64, f64), metres: i32) -> String {
    format!(
        "near: {{location: {{latitude: {}, longitude: {}}}, maxMetres: {metres}}}",
        centre.0, centre.1
    )
}

async fn near_ends_where_the_great_circle_says(backend: Backend) -> Outcome {
    const CENTRE: (f64, f64) = (48.8, 2.3);
    let server = Server::empty(backend).await?;
    let fixtures = Fixtures::of(&server).await?;
    let radii = [1, 800, 1_500, 100_000];
    let mut points = Vec::new();
    for radius in radii {
        for number in 0..8 {
            // No two at one distance.
            let off = 0.05 + 0.01 * f64::from(number);
            for (side, metres) in [
                ("in", f64::from(radius) - off),
                ("out", f64::from(radius) + off),
            ] {
                let slug = format!("{radius}-{number}-{side}");
                let point = point_away(CENTRE, 45.0 * f64::from(number), metres);
                put(&fixtures, &slug, point).await?;
                points.push((slug, great_circle_metres(CENTRE, point)));
            }
        }
    }
    points.sort_by(|a, b| a.1.total_cmp(&b.1));
    for radius in radii {
        let wanted: Vec<&(String, f64)> = points
            .iter()
            .filter(|(_, metres)| *metres <= f64::from(radius))
            .collect();
        for list in LISTS {
            let nodes = listed(&server, list, &near(CENTRE, radius), "DISTANCE").await?;
            let slugs = texts(&json!(nodes), "slug")?;
            let expected: Vec<&str> = wanted.iter().map(|(slug, _)| slug.as_str()).collect();
            ensure!(
                slugs == expected,
                "{list} {radius}: {slugs:?} rather than {expected:?}"
            );
            let ends = format!("{radius}-0-in");
            ensure!(slugs.contains(&ends), "{list} {radius}: {slugs:?}");
            for (node, (slug, metres)) in nodes.iter().zip(&wanted) {
                let shown = node["distance"]["metres"].as_f64().context("metres")?;
                ensure!(
                    (shown - metres).abs() <= 0.501 && node["distance"]["approximate"] == false,
                    "{list} {slug}: {metres} {node}"
                );
            }
        }
    }
    server.stop().await
}

async fn a_box_holds_its_borders(backend: Backend) -> Outcome {
    const SOUTH: f64 = 48.7;
    const WEST: f64 = 2.2;
    const NORTH: f64 = 48.9;
    const EAST: f64 = 2.4;
    // About a centimetre.
    const STEP: f64 = 1e-7;
    let server = Server::empty(backend).await?;
    let fixtures = Fixtures::of(&server).await?;
    let (inside, outside) = (
        [
            ("south-west", (SOUTH, WEST)),
            ("south-east", (SOUTH, EAST)),
            ("north-west", (NORTH, WEST)),
            ("north-east", (NORTH, EAST)),
            ("south-border", (SOUTH, 2.3)),
            ("west-border", (48.8, WEST)),
            ("north-border", (NORTH, 2.3)),
            ("east-border", (48.8, EAST)),
            ("south-in", (SOUTH + STEP, 2.31)),
            ("west-in", (48.81, WEST + STEP)),
            ("north-in", (NORTH - STEP, 2.31)),
            ("east-in", (48.81, EAST - STEP)),
        ],
        [
            ("south-out", (SOUTH - STEP, 2.3)),
            ("west-out", (48.8, WEST - STEP)),
            ("north-out", (NORTH + STEP, 2.3)),
            ("east-out", (48.8, EAST + STEP)),
        ],
    );
    for (slug, point) in inside.iter().chain(&outside) {
        put(&fixtures, slug, *point).await?;
    }
    let bounds = format!("within: {{south: {SOUTH}, west: {WEST}, north: {NORTH}, east: {EAST}}}");
    // Around a corner: the one point of the box there.
    let corner = format!("{bounds}, {}", near((SOUTH, WEST), 5_000));
    for list in LISTS {
        let nodes = listed(&server, list, &bounds, "CREATED_AT_ASC").await?;
        let slugs = texts(&json!(nodes), "slug")?;
        ensure!(
            slugs.iter().eq(inside.iter().map(|(slug, _)| slug)),
            "{list}: {slugs:?}"
        );
        ensure!(
            nodes.iter().all(|node| node["distance"].is_null()),
            "{list}: {nodes:?}"
        );
        let nodes = listed(&server, list, &corner, "DISTANCE").await?;
        let slugs = texts(&json!(nodes), "slug")?;
        ensure!(slugs == ["south-west"], "{list}: {slugs:?}");
        // What is but a line or a point holds what is on it.
        let line =
            format!("within: {{south: {SOUTH}, west: {WEST}, north: {SOUTH}, east: {EAST}}}");
        let nodes = listed(&server, list, &line, "CREATED_AT_ASC").await?;
        let slugs = texts(&json!(nodes), "slug")?;
        ensure!(
            slugs == ["south-west", "south-east", "south-border"],
            "{list}: {slugs:?}"
        );
    }
    server.stop().await
}

async fn a_station_is_a_point_to_be_near(backend: Backend) -> Outcome {
    const STATION: (f64, f64) = (48.01, 2.0);
    let server = Server::empty(backend).await?;
    let fixtures = Fixtures::of(&server).await?;
    let station = fixtures.territory(&server).await?;
    let station = global_id(Kind::Station, station);
    for (slug, bearing, metres) in [
        ("third", 200.0, 1_200.0),
        ("first", 20.0, 150.0),
        ("second", 110.0, 799.0),
        ("beyond", 290.0, 801.0),
    ] {
        put(&fixtures, slug, point_away(STATION, bearing, metres)).await?;
    }
    let elsewhere = near(point_away(STATION, 200.0, 1_200.0), 10);
    for list in LISTS {
        for (filter, expected) in [
            (
                format!(r#"nearStation: {{station: "{station}"}}"#),
                &[("first", 150), ("second", 799)][..],
            ),
            (
                format!(r#"nearStation: {{station: "{station}", maxMetres: 1200}}"#),
                &[
                    ("first", 150),
                    ("second", 799),
                    ("beyond", 801),
                    ("third", 1200),
                ],
            ),
            // The position goes before the station.
            (
                format!(r#"nearStation: {{station: "{station}"}}, {elsewhere}"#),
                &[("third", 0)],
            ),
        ] {
            let nodes = listed(&server, list, &filter, "DISTANCE").await?;
            let shown: Vec<(&str, i64)> = nodes
                .iter()
                .filter_map(|node| {
                    let metres = node["distance"]["metres"].as_i64()?;
                    Some((node["slug"].as_str()?, metres))
                })
                .collect();
            ensure!(shown == expected, "{list} {filter}: {shown:?}");
        }
        let unknown = global_id(Kind::Station, Uuid::from_u128(1));
        for wrong in [unknown, global_id(Kind::Theme, Uuid::from_u128(1))] {
            let query = format!(
                r#"{{ {list}(filter: {{nearStation: {{station: "{wrong}"}}}}) {{ totalCount }} }}"#
            );
            let code = server.error_code(&query).await?;
            ensure!(code == "BAD_INPUT", "{list} {wrong}: {code}");
        }
    }
    server.stop().await
}

const PLACES: &str = r#"
    name = "places"
    title = "Places, each an organization, a space and an initiative"
    format = "csv"
    keys = [["id"]]
    [source]
    name = "places"
    url = "https://example.org"
    licence = "x"
    attribution = "x"
    seen_on = "2022-01-01"
    [[entities]]
    kind = "organization"
    fields = { name = "nom", street = "rue", postal_code = "cp", commune_name = "ville", latitude = "lat", longitude = "lon" }
    [[entities]]
    kind = "space"
    fields = { name = "nom", street = "rue", postal_code = "cp", commune_name = "ville", latitude = "lat", longitude = "lon" }
    [[entities]]
    kind = "initiative"
    fields = { title = "nom", summary = "nom", street = "rue", postal_code = "cp", commune_name = "ville", latitude = "lat", longitude = "lon" }
"#;

/// Two in Sceaux, one somewhere in it, and one whose point is in Paris.
const ROWS: &str = "id;nom;rue;cp;ville;lat;lon\n\
    1;Porte;12 rue Houdan;92330;Sceaux;48.778512;2.290634\n\
    2;Rue;rue Houdan;92330;Sceaux;48.778112;2.291234\n\
    3;Commune;;92330;Sceaux;;\n\
    4;Dehors;1 rue de Rivoli;92330;Sceaux;48.856613;2.352222\n";

async fn each_place_tells_how_precisely_it_is_known(backend: Backend) -> Outcome {
    const DOOR: (f64, f64) = (48.778512, 2.290634);
    const OUTSIDE: (f64, f64) = (48.856613, 2.352222);
    let server = Server::with_territory(backend).await?;
    let app = App::open(server.app.settings.clone(), Clock::system(), Purpose::Batch).await?;
    let mapping = Mapping::parse(PLACES)?;
    let mut file = Cursor::new(ROWS);
    let report = import::import(
        &app,
        &mapping,
        &mut file,
        &Options::default(),
        &mut Unobserved,
    )
    .await?;
    app.database.close_by_ref().await?;
    ensure!(report.rows.created == 4, "{:?}", report.rows);

    let data = server
        .data(r#"{ commune(inseeCode: "92071") { location { latitude longitude precision outsideTerritory } } }"#)
        .await?;
    let centroid = &data["commune"]["location"];
    let degrees = |field: &str| centroid[field].as_f64().context("degrees");
    let middle = (degrees("latitude")?, degrees("longitude")?);
    ensure!(centroid["precision"] == "COMMUNE", "{centroid}");
    let at = |point: (f64, f64), precision: &str, outside: bool| {
        json!({"latitude": point.0, "longitude": point.1, "precision": precision,
            "outsideTerritory": outside})
    };
    for list in LISTS {
        // All of them are of Sceaux, by their address.
        let of_sceaux = r#"territory: {commune: "92071"}"#;
        let all = listed(&server, list, of_sceaux, "CREATED_AT_ASC").await?;
        ensure!(all.len() == 4, "{list}: {all:?}");
        for (slug, place) in [
            ("porte", at(DOOR, "EXACT", false)),
            ("rue", at((48.778112, 2.291234), "STREET", false)),
            ("commune", at(middle, "COMMUNE", false)),
            ("dehors", at(OUTSIDE, "EXACT", true)),
        ] {
            let node = all.iter().find(|node| node["slug"] == slug);
            ensure!(
                node.is_some_and(|node| node["location"] == place),
                "{list} {slug}: {node:?} rather than {place}"
            );
        }
        // From the door, those of Sceaux: only what is known by its commune is approximate.
        let mut nodes = listed(&server, list, &near(DOOR, 3_000), "DISTANCE").await?;
        let metres = |slug: &str, point: (f64, f64), approximate: bool| {
            let metres = great_circle_metres(DOOR, point).round();
            json!({"slug": slug, "distance": {"metres": metres as i64, "approximate": approximate}})
        };
        for node in nodes.iter_mut().filter_map(Value::as_object_mut) {
            node.remove("location");
        }
        let expected = [
            metres("porte", DOOR, false),
            metres("rue", (48.778112, 2.291234), false),
            metres("commune", middle, true),
        ];
        ensure!(nodes == expected, "{list}: {nodes:?}");
        // What lies outside is found where its source puts it, and not where it should be.
        for filter in [
            near(OUTSIDE, 5),
            "within: {south: 48.8566, west: 2.3522, north: 48.8567, east: 2.3523}".to_owned(),
        ] {
            let nodes = listed(&server, list, &filter, "CREATED_AT_ASC").await?;
            let slugs = texts(&json!(nodes), "slug")?;
            ensure!(slugs == ["dehors"], "{list} {filter}: {slugs:?}");
        }
    }
    let data = server
        .data(
            r#"{ coworkingSpace(slug: "commune") {
                nearestStations(first: 1) { distance { approximate } } } }"#,
        )
        .await?;
    ensure!(
        data["coworkingSpace"]["nearestStations"][0]["distance"]["approximate"] == true,
        "{data}"
    );
    server.stop().await
}

/// Rows of each table that is asked by place: enough that an index is worth its while.
const MANY: u32 = 4_000;

/// Writes many rows of one table.
async fn insert_many<A>(connection: &impl ConnectionTrait, rows: Vec<A>) -> Outcome
where
    A: ActiveModelTrait + ActiveModelBehavior + Send,
    <A::Entity as EntityTrait>::Model: IntoActiveModel<A>,
{
    for batch in rows.chunks(400) {
        <A::Entity as EntityTrait>::insert_many(batch.iter().cloned())
            .exec_without_returning(connection)
            .await?;
    }
    Ok(())
}

/// Initiatives, spaces and organizations all over the country.
async fn put_many(fixtures: &Fixtures) -> Outcome {
    let (now, published) = (
        Clock::system().now(),
        entity::values::Publication::Published,
    );
    let (mut initiatives, mut spaces) = (Vec::new(), Vec::new());
    let (mut organizations, mut sites) = (Vec::new(), Vec::new());
    for number in 0..MANY {
        let step = f64::from(number);
        let place: Place = exact_place(44.0 + step * 7.0 % 80.0 / 16.0, -1.0 + step / 500.0);
        let id = fixtures.id();
        let mut row = initiative::ActiveModel {
            id: Set(id),
            slug: Set(format!("initiative-{number}")),
            title: Set("Title".to_owned()),
            summary: Set("Summary".to_owned()),
            scope: Set(entity::values::Scope::Local),
            stage: Set(entity::values::Stage::Running),
            publication: Set(published),
            revision: Set(1),
            created_at: Set(now),
            updated_at: Set(now),
            published_at: Set(Some(now)),
            ..Default::default()
        };
        set_place!(row, place);
        initiatives.push(row);
        let mut row = coworking_space::ActiveModel {
            id: Set(id),
            slug: Set(format!("space-{number}")),
            name: Set("Name".to_owned()),
            publication: Set(published),
            revision: Set(1),
            created_at: Set(now),
            updated_at: Set(now),
            published_at: Set(Some(now)),
            ..Default::default()
        };
        set_place!(row, place);
        spaces.push(row);
        organizations.push(organization::ActiveModel {
            id: Set(id),
            slug: Set(format!("organization-{number}")),
            name: Set("Name".to_owned()),
            legal_form: Set(entity::values::LegalForm::Association),
            publication: Set(published),
            revision: Set(1),
            created_at: Set(now),
            updated_at: Set(now),
            published_at: Set(Some(now)),
            ..Default::default()
        });
        let mut row = organization_site::ActiveModel {
            id: Set(fixtures.id()),
            organization_id: Set(id),
            is_head_office: Set(true),
            ..Default::default()
        };
        set_place!(row, place);
        sites.push(row);
    }
    insert_many(&fixtures.connection, initiatives).await?;
    insert_many(&fixtures.connection, spaces).await?;
    insert_many(&fixtures.connection, organizations).await?;
    insert_many(&fixtures.connection, sites).await
}

/// How the database means to answer the first page of a list, and how many rows it has.
async fn plans<L: Listing>(
    connection: &impl ConnectionTrait,
    listing: &L,
) -> anyhow::Result<[String; 2]> {
    let clock = Clock::system();
    let scope = Scope {
        viewer: Viewer::Visitor,
        now: clock.now(),
        today: clock.today(),
    };
    let window = Window {
        size: 20,
        from_end: false,
        after: None,
        before: None,
    };
    let backend = connection.get_database_backend();
    let page = L::read(listing.select(scope), scope, listing.parts());
    let page = window.apply(page, &listing.keyset());
    let count = listing
        .select(scope)
        .select_only()
        .expr_as(maillage::listing::count(), "rows");
    Ok([
        plan(connection, page.build(backend)).await?,
        plan(connection, count.build(backend)).await?,
    ])
}

/// How the database means to answer a statement.
async fn plan(
    connection: &impl ConnectionTrait,
    mut statement: Statement,
) -> anyhow::Result<String> {
    let (explain, column) = match connection.get_database_backend() {
        sea_orm::DatabaseBackend::Sqlite => ("explain query plan ", "detail"),
        _ => ("explain ", "QUERY PLAN"),
    };
    statement.sql.insert_str(0, explain);
    let mut lines = Vec::new();
    for row in connection.query_all_raw(statement).await? {
        lines.push(row.try_get::<String>("", column)?);
    }
    Ok(lines.join("\n"))
}

async fn lists_by_place_are_read_by_cells(backend: Backend) -> Outcome {
    let is_postgres = backend.is_postgres();
    let server = Server::empty(backend).await?;
    let fixtures = Fixtures::of(&server).await?;
    put_many(&fixtures).await?;
    let connection = &fixtures.connection;
    if is_postgres {
        // As the server does by itself, after a while.
        connection.execute_unprepared("analyze").await?;
    }
    let corner = |latitude, longitude| Point::new(latitude, longitude).context("a point");
    let centre = corner(48.8, 2.3)?;
    let reading = CellReading::of(connection.get_database_backend());
    let near = PlaceFilter {
        near: Some(Near {
            centre,
            max_metres: 2_000.0,
        }),
        reading,
        ..PlaceFilter::default()
    };
    let within = PlaceFilter {
        within: BoundingBox::new(corner(48.7, 2.2)?, corner(48.8, 2.3)?),
        reading,
        ..PlaceFilter::default()
    };
    for (place, by_distance) in [(near.clone(), true), (near, false), (within, false)] {
        let mut initiatives = InitiativeListing::of(InitiativeCriteria {
            place: place.clone(),
            ..InitiativeCriteria::default()
        });
        let mut spaces = SpaceListing::of(SpaceFilter {
            place: place.clone(),
            ..SpaceFilter::default()
        });
        let mut organizations = OrganizationListing {
            filter: Arc::new(OrganizationFilter {
                place,
                ..OrganizationFilter::default()
            }),
            order: OrganizationOrder::default(),
        };
        if by_distance {
            initiatives.sort = InitiativeSort::Distance(centre);
            spaces.order = SpaceOrder::Distance(centre);
            organizations.order = OrganizationOrder::Distance(centre);
        }
        for (index, plans) in [
            ("initiative_cell", plans(connection, &initiatives).await?),
            ("coworking_space_cell", plans(connection, &spaces).await?),
            (
                "organization_site_cell",
                plans(connection, &organizations).await?,
            ),
        ] {
            for plan in plans {
                ensure!(plan.contains(index), "not by {index}:\n{plan}");
            }
        }
    }
    server.stop().await
}
