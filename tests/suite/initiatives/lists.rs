//! Filters, orders, pages, totals and facets, against the same asked of a plain list.

use anyhow::{Context as _, ensure};
use chrono::{DateTime, Duration, NaiveDate, SecondsFormat, Utc};
use entity::values::{Need, Publication, Scope, Stage};
use maillage::geo::Point;
use maillage::id::Kind;
use sea_orm::Set;
use tests::fixtures::{Fixtures, global_id, put_initiative, texts};
use tests::{Backend, Outcome, Server, cases, shown_tally, tally};
use uuid::Uuid;

cases![
    every_filter_and_order_answers_what_it_should,
    pages_of_any_size_give_every_row_once_both_ways,
    pages_do_not_shift_when_rows_come,
    wrong_arguments_are_refused,
];

/// An initiative as the test knows it.
struct Item {
    slug: String,
    communes: Vec<&'static str>,
    themes: Vec<usize>,
    needs: Vec<Need>,
    scope: Scope,
    stage: Stage,
    lead: Option<Uuid>,
    point: Option<Point>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    starts_on: Option<NaiveDate>,
}

struct World {
    server: Server,
    /// Published ones, in the order of creation.
    items: Vec<Item>,
    themes: Vec<Uuid>,
    leads: Vec<Uuid>,
    station: Uuid,
}

const COMMUNES: [&str; 4] = ["99001", "99002", "99003", "99004"];
const NEEDS: [Need; 3] = [Need::Funding, Need::Premises, Need::Volunteers];
const NEAR: (f64, f64) = (48.02, 2.01);

/// Sixty initiatives of every kind; one of four is not public.
async fn world(backend: Backend) -> anyhow::Result<World> {
    let server = Server::empty(backend).await?;
    let fixtures = Fixtures::of(&server).await?;
    let station = fixtures.territory(&server).await?;
    let parent = fixtures.theme("parent", None).await?;
    let themes = vec![
        parent,
        fixtures.theme("child", Some(parent)).await?,
        fixtures.theme("other", None).await?,
    ];
    server.read_reference_again().await?;
    let leads = vec![
        fixtures.organization(|_| {}).await?,
        fixtures.organization(|_| {}).await?,
    ];
    let start = DateTime::from_timestamp(1_600_000_000, 0).context("an instant")?;
    let mut items = Vec::new();
    for number in 0..60_usize {
        let seconds = i64::try_from(number)?;
        let item = Item {
            // Not in the order of creation.
            slug: format!("slug-{:03}", number * 7 % 60),
            communes: COMMUNES
                .into_iter()
                .enumerate()
                .filter(|(index, _)| (number >> index) & 1 == 1)
                .map(|(_, code)| code)
                .collect(),
            themes: (0..3)
                .filter(|theme| (number + theme) % 3 < 2 - number % 2)
                .collect(),
            needs: NEEDS
                .into_iter()
                .enumerate()
                .filter(|(index, _)| number % (index + 2) == 0)
                .map(|(_, need)| need)
                .collect(),
            scope: Scope::ALL[number / 3 % 4],
            stage: Stage::ALL[number % 6],
            lead: [None, Some(leads[0]), Some(leads[1])][number % 3],
            point: (number % 4 != 0)
                .then(|| {
                    let step = f64::from(u32::try_from(number).unwrap_or_default());
                    Point::new(48.0 + step * 0.0007, 2.0 + (step * 13.0 % 60.0) * 0.0005)
                })
                .flatten(),
            created_at: start + Duration::seconds(seconds),
            // Several at one instant, and with a fraction for some.
            updated_at: start + Duration::milliseconds(seconds * 37 % 11 * 500),
            starts_on: (number % 5 != 0)
                .then(|| NaiveDate::from_ymd_opt(2020, 1, 1))
                .flatten()
                .map(|day| day + Duration::days(seconds)),
        };
        let publication = match number % 16 {
            3 => Publication::Draft,
            7 => Publication::Submitted,
            11 => Publication::Rejected,
            15 => Publication::Archived,
            _ => Publication::Published,
        };
        let id = fixtures
            .initiative(|row| {
                row.slug = Set(item.slug.clone());
                row.scope = Set(item.scope);
                row.stage = Set(item.stage);
                row.lead_organization_id = Set(item.lead);
                row.created_at = Set(item.created_at);
                row.updated_at = Set(item.updated_at);
                row.starts_on = Set(item.starts_on);
                row.publication = Set(publication);
                row.rejection_reason = Set(Some("no".to_owned()));
                if let Some(point) = item.point {
                    put_initiative(row, point.latitude(), point.longitude());
                }
            })
            .await?;
        fixtures.concerns(id, &item.communes).await?;
        let own: Vec<Uuid> = item.themes.iter().map(|theme| themes[*theme]).collect();
        fixtures.has_themes(id, &own).await?;
        fixtures.needs(id, &item.needs).await?;
        if publication == Publication::Published {
            items.push(item);
        }
    }
    Ok(World {
        server,
        items,
        themes,
        leads,
        station,
    })
}

type Accepts<'a> = Box<dyn Fn(&Item) -> bool + 'a>;

fn concerns(item: &Item, codes: &[&str]) -> bool {
    item.communes.iter().any(|code| codes.contains(code))
}

fn within(item: &Item, centre: (f64, f64), metres: f64) -> bool {
    Point::new(centre.0, centre.1)
        .zip(item.point)
        .is_some_and(|(centre, point)| centre.distance_metres(point) <= metres)
}

/// Every filter, and what it should accept.
fn filters(world: &World) -> Vec<(String, Accepts<'_>)> {
    let at = |item: usize| {
        world.items[item]
            .created_at
            .to_rfc3339_opts(SecondsFormat::Secs, true)
    };
    let (from, before) = (world.items[10].created_at, world.items[30].created_at);
    let (child, other) = (world.themes[1], world.themes[2]);
    let lead = world.leads[1];
    let near = format!(
        "near: {{location: {{latitude: {}, longitude: {}}}, maxMetres: 1500}}",
        NEAR.0, NEAR.1
    );
    vec![
        (String::new(), Box::new(|_: &Item| true) as Accepts<'_>),
        (
            r#"territory: {commune: "99002"}"#.to_owned(),
            Box::new(|item| concerns(item, &["99002"])),
        ),
        (
            r#"territory: {commune: "99002"}, scope: {eq: LOCAL}"#.to_owned(),
            Box::new(|item| concerns(item, &["99002"]) && item.scope == Scope::Local),
        ),
        (
            r#"territory: {intercommunality: "999999999"}"#.to_owned(),
            Box::new(|item| concerns(item, &COMMUNES[..3])),
        ),
        (
            r#"territory: {departement: "99"}"#.to_owned(),
            Box::new(|item| concerns(item, &COMMUNES)),
        ),
        (
            r#"territory: {commune: "00000"}"#.to_owned(),
            Box::new(|_| false),
        ),
        (
            r#"territory: {intercommunality: "000000000"}"#.to_owned(),
            Box::new(|_| false),
        ),
        (
            format!(
                r#"territory: {{commune: "99001"}}, theme: {{eq: "{}"}}"#,
                global_id(Kind::Theme, other)
            ),
            Box::new(|item| concerns(item, &["99001"]) && item.themes.contains(&2)),
        ),
        (
            r#"theme: {eq: "child"}"#.to_owned(),
            Box::new(|item| item.themes.contains(&1)),
        ),
        (
            format!(
                r#"theme: {{in: ["{}", "other"]}}"#,
                global_id(Kind::Theme, child)
            ),
            Box::new(|item| item.themes.contains(&1) || item.themes.contains(&2)),
        ),
        (
            r#"theme: {eq: "parent", withDescendants: true}"#.to_owned(),
            Box::new(|item| item.themes.contains(&0) || item.themes.contains(&1)),
        ),
        (
            "scope: {in: [REGIONAL, NATIONAL]}".to_owned(),
            Box::new(|item| matches!(item.scope, Scope::Regional | Scope::National)),
        ),
        (
            "stage: {eq: PAUSED}".to_owned(),
            Box::new(|item| item.stage == Stage::Paused),
        ),
        (
            "need: {in: [PREMISES, VOLUNTEERS]}".to_owned(),
            Box::new(|item| {
                item.needs.contains(&Need::Premises) || item.needs.contains(&Need::Volunteers)
            }),
        ),
        (
            format!(
                r#"leadOrganization: {{eq: "{}"}}"#,
                global_id(Kind::Organization, lead)
            ),
            Box::new(move |item| item.lead == Some(lead)),
        ),
        (
            format!(r#"createdAt: {{from: "{}", before: "{}"}}"#, at(10), at(30)),
            Box::new(move |item| (from..before).contains(&item.created_at)),
        ),
        (
            r#"startsOn: {from: "2020-01-11", to: "2020-01-20"}"#.to_owned(),
            Box::new(|item| {
                item.starts_on.is_some_and(|day| {
                    ("2020-01-11"..="2020-01-20").contains(&day.to_string().as_str())
                })
            }),
        ),
        (near.clone(), Box::new(|item| within(item, NEAR, 1500.0))),
        (
            format!("{near}, need: {{eq: FUNDING}}"),
            Box::new(|item| within(item, NEAR, 1500.0) && item.needs.contains(&Need::Funding)),
        ),
        (
            format!(
                r#"nearStation: {{station: "{}", maxMetres: 900}}"#,
                global_id(Kind::Station, world.station)
            ),
            Box::new(|item| within(item, (48.01, 2.0), 900.0)),
        ),
        (
            "within: {south: 48.01, west: 2.005, north: 48.03, east: 2.02}".to_owned(),
            Box::new(|item| {
                item.point.is_some_and(|point| {
                    (48.01..=48.03).contains(&point.latitude())
                        && (2.005..=2.02).contains(&point.longitude())
                })
            }),
        ),
    ]
}

/// What a filter should answer in an order.
fn expected(world: &World, accepts: &Accepts<'_>, filter: &str, order: &str) -> Vec<String> {
    let mut found: Vec<(usize, &Item)> = world
        .items
        .iter()
        .enumerate()
        .filter(|(_, item)| accepts(item))
        .collect();
    let centre = if filter.contains("nearStation") {
        (48.01, 2.0)
    } else {
        NEAR
    };
    let metres = |item: &Item| {
        Point::new(centre.0, centre.1)
            .zip(item.point)
            .map_or(f64::MAX, |(centre, point)| centre.distance_metres(point))
    };
    match order {
        "CREATED_AT_DESC" => found.reverse(),
        "UPDATED_AT_DESC" => {
            found.sort_by_key(|(number, item)| std::cmp::Reverse((item.updated_at, *number)));
        }
        "TITLE_ASC" => found.sort_by(|a, b| a.1.slug.cmp(&b.1.slug)),
        "DISTANCE" => found.sort_by(|a, b| metres(a.1).total_cmp(&metres(b.1))),
        _ => {}
    }
    found
        .into_iter()
        .map(|(_, item)| item.slug.clone())
        .collect()
}

fn orders(filter: &str) -> Vec<&'static str> {
    let mut orders = vec![
        "CREATED_AT_DESC",
        "CREATED_AT_ASC",
        "UPDATED_AT_DESC",
        "TITLE_ASC",
    ];
    if filter.contains("near") {
        orders.push("DISTANCE");
    }
    orders
}

async fn every_filter_and_order_answers_what_it_should(backend: Backend) -> Outcome {
    let world = world(backend).await?;
    for (filter, accepts) in filters(&world) {
        for order in orders(&filter) {
            let data = world
                .server
                .data(&format!(
                    "{{ initiatives(filter: {{{filter}}}, order: {order}, first: 100) \
                       {{ nodes {{ slug }} totalCount }} }}"
                ))
                .await?;
            let list = &data["initiatives"];
            let slugs = texts(&list["nodes"], "slug")?;
            let wanted = expected(&world, &accepts, &filter, order);
            ensure!(
                slugs == wanted,
                "{filter} {order}: {slugs:?} rather than {wanted:?}"
            );
            ensure!(list["totalCount"] == wanted.len(), "{filter}: {list}");
        }
        facets_hold(&world, &filter, &accepts).await?;
    }
    world.server.stop().await
}

async fn facets_hold(world: &World, filter: &str, accepts: &Accepts<'_>) -> anyhow::Result<()> {
    let data = world
        .server
        .data(&format!(
            "{{ initiatives(filter: {{{filter}}}) {{ facets {{ \
                 themes {{ theme {{ slug }} count }} scopes {{ scope count }} \
                 stages {{ stage count }} needs {{ need count }} \
                 communes {{ commune {{ inseeCode }} count scopes {{ scope count }} }} }} }} }}"
        ))
        .await?;
    let facets = &data["initiatives"]["facets"];
    let found: Vec<&Item> = world.items.iter().filter(|item| accepts(item)).collect();
    let slugs = ["parent", "child", "other"];
    let themes = tally(
        found
            .iter()
            .flat_map(|item| &item.themes)
            .map(|theme| slugs[*theme]),
    );
    let scopes = tally(found.iter().map(|item| item.scope.as_str()));
    let stages = tally(found.iter().map(|item| item.stage.as_str()));
    let needs = tally(
        found
            .iter()
            .flat_map(|item| &item.needs)
            .map(|need| need.as_str()),
    );
    let communes = tally(found.iter().flat_map(|item| &item.communes).copied());
    for (facet, value, wanted) in [
        ("themes", "/theme/slug", &themes),
        ("scopes", "/scope", &scopes),
        ("stages", "/stage", &stages),
        ("needs", "/need", &needs),
        ("communes", "/commune/inseeCode", &communes),
    ] {
        let shown = shown_tally(&facets[facet], value)?;
        ensure!(
            shown == *wanted,
            "{filter} {facet}: {shown:?} rather than {wanted:?}"
        );
    }
    for commune in facets["communes"].as_array().into_iter().flatten() {
        let code = commune["commune"]["inseeCode"].as_str().unwrap_or_default();
        let of_it = found.iter().filter(|item| item.communes.contains(&code));
        let wanted = tally(of_it.map(|item| item.scope.as_str()));
        let shown = shown_tally(&commune["scopes"], "/scope")?;
        ensure!(
            shown == wanted,
            "{filter} {code}: {shown:?} rather than {wanted:?}"
        );
    }
    Ok(())
}

async fn pages_of_any_size_give_every_row_once_both_ways(backend: Backend) -> Outcome {
    let world = world(backend).await?;
    for (filter, accepts) in filters(&world) {
        // Those that the databases answer by different ways.
        let paged = ["", "territory", "near"]
            .iter()
            .any(|kind| filter == *kind || (!kind.is_empty() && filter.starts_with(kind)));
        if !paged {
            continue;
        }
        for order in orders(&filter) {
            let wanted = expected(&world, &accepts, &filter, order);
            for size in [1, 4, 13] {
                if size == 1 && wanted.len() > 20 {
                    continue;
                }
                let forward = world
                    .server
                    .walk("initiatives", &filter, order, size, true)
                    .await?;
                ensure!(forward == wanted, "{filter} {order} {size}: {forward:?}");
                let backward = world
                    .server
                    .walk("initiatives", &filter, order, size, false)
                    .await?;
                ensure!(backward == wanted, "{filter} {order} -{size}: {backward:?}");
            }
        }
    }
    world.server.stop().await
}

async fn pages_do_not_shift_when_rows_come(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    let fixtures = Fixtures::of(&server).await?;
    for _ in 0..4 {
        fixtures.initiative(|_| {}).await?;
    }
    let first = server
        .data("{ initiatives(first: 2) { nodes { slug } pageInfo { endCursor } } }")
        .await?;
    fixtures.initiative(|_| {}).await?;
    let cursor = &first["initiatives"]["pageInfo"]["endCursor"];
    let second = server
        .data(&format!(
            "{{ initiatives(first: 2, after: {cursor}) {{ nodes {{ slug }} }} }}"
        ))
        .await?;
    ensure!(
        texts(&second["initiatives"]["nodes"], "slug")? == ["initiative-00001", "initiative-00000"],
        "{first} {second}"
    );
    server.stop().await
}

async fn wrong_arguments_are_refused(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    let fixtures = Fixtures::of(&server).await?;
    for _ in 0..2 {
        fixtures.initiative(|_| {}).await?;
    }
    let data = server
        .data("{ initiatives(first: 1, order: TITLE_ASC) { pageInfo { endCursor } } }")
        .await?;
    let cursor = &data["initiatives"]["pageInfo"]["endCursor"];
    for arguments in [
        "first: 0".to_owned(),
        "first: 101".to_owned(),
        "first: 1, last: 1".to_owned(),
        "order: DISTANCE".to_owned(),
        format!("order: CREATED_AT_DESC, after: {cursor}"),
        r#"filter: {leadOrganization: {eq: "x"}}"#.to_owned(),
        "filter: {within: {south: 2, west: 0, north: 1, east: 1}}".to_owned(),
        "filter: {near: {location: {latitude: 91, longitude: 0}}}".to_owned(),
    ] {
        let query = format!("{{ initiatives({arguments}) {{ nodes {{ slug }} }} }}");
        let code = server.error_code(&query).await?;
        ensure!(code == "BAD_INPUT", "{arguments}: {code}");
    }
    server.stop().await
}
