//! Numbers that are kept rather than counted, and the number of statements.

use anyhow::ensure;
use entity::values::{Publication, Scope, Stage};
use entity::{
    initiative, initiative_commune, initiative_document, initiative_lesson, initiative_theme,
};
use sea_orm::{ActiveModelTrait as _, EntityTrait as _, Set};
use serde_json::Value;
use tests::fixtures::Fixtures;
use tests::{Backend, Outcome, Server, cases};
use uuid::Uuid;

cases![
    numbers_kept_are_those_counted_after_every_write,
    the_numbers_by_commune_and_scope_cost_one_statement,
    statements_do_not_grow_with_rows,
];

/// Compares what is kept with what is counted: the filter on every stage changes nothing
/// but forces the count.
async fn kept_is_counted(server: &Server, after: &str) -> anyhow::Result<Value> {
    let fields = "totalCount facets { scopes { scope count } \
                  communes { commune { inseeCode } count scopes { scope count } } \
                  themes { theme { slug } count } }";
    let every = "stage: {in: [IDEA, PREPARATION, RUNNING, PAUSED, COMPLETED, ABANDONED]}";
    let mut total = Value::Null;
    for filter in [
        String::new(),
        "scope: {in: [LOCAL, NATIONAL]}".to_owned(),
        r#"territory: {commune: "99001"}"#.to_owned(),
        r#"territory: {commune: "99002"}, scope: {eq: LOCAL}"#.to_owned(),
        r#"theme: {eq: "one"}"#.to_owned(),
        r#"theme: {eq: "two"}, territory: {commune: "99001"}"#.to_owned(),
        r#"theme: {eq: "two"}, scope: {eq: LOCAL}"#.to_owned(),
        r#"theme: {in: ["one", "two"]}"#.to_owned(),
    ] {
        let data = server
            .data(&format!(
                "{{ kept: initiatives(filter: {{{filter}}}) {{ {fields} }} \
                    counted: initiatives(filter: {{{filter} {every}}}) {{ {fields} }} }}"
            ))
            .await?;
        ensure!(
            data["kept"] == data["counted"],
            "after {after}, {filter}: {data}"
        );
        if filter.is_empty() {
            total = data["kept"]["totalCount"].clone();
        }
    }
    Ok(total)
}

async fn numbers_kept_are_those_counted_after_every_write(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    let fixtures = Fixtures::of(&server).await?;
    fixtures.territory(&server).await?;
    let connection = &fixtures.connection;
    let edit = |id: Uuid| initiative::ActiveModel {
        id: Set(id),
        ..Default::default()
    };
    let first = fixtures.theme("one", None).await?;
    let second = fixtures.theme("two", None).await?;
    server.read_reference_again().await?;
    ensure!(kept_is_counted(&server, "nothing").await? == 0);

    let one = fixtures.initiative(|_| {}).await?;
    ensure!(kept_is_counted(&server, "insert").await? == 1);
    fixtures.concerns(one, &["99001", "99002"]).await?;
    kept_is_counted(&server, "communes").await?;
    fixtures.has_themes(one, &[first, second]).await?;
    kept_is_counted(&server, "themes").await?;

    let draft = fixtures
        .initiative(|row| row.publication = Set(Publication::Draft))
        .await?;
    fixtures.concerns(draft, &["99001"]).await?;
    fixtures.has_themes(draft, &[first]).await?;
    ensure!(kept_is_counted(&server, "a draft").await? == 1);
    let mut row = edit(draft);
    row.publication = Set(Publication::Published);
    row.update(connection).await?;
    ensure!(kept_is_counted(&server, "publication").await? == 2);

    let mut row = edit(one);
    row.scope = Set(Scope::National);
    row.update(connection).await?;
    ensure!(kept_is_counted(&server, "another scope").await? == 2);
    let mut row = edit(one);
    row.title = Set("Another title".to_owned());
    row.stage = Set(Stage::Paused);
    row.update(connection).await?;
    ensure!(kept_is_counted(&server, "another title").await? == 2);

    initiative_commune::Entity::delete_by_id((one, "99002".to_owned()))
        .exec(connection)
        .await?;
    kept_is_counted(&server, "a commune less").await?;
    fixtures.concerns(draft, &["99002"]).await?;
    kept_is_counted(&server, "a commune more").await?;
    initiative_commune::Entity::update_many()
        .set(initiative_commune::ActiveModel {
            commune_insee: Set("99003".to_owned()),
            ..Default::default()
        })
        .exec(connection)
        .await
        .err();
    kept_is_counted(&server, "a refused change of all communes").await?;
    let mut moved = initiative_commune::Entity::update_many();
    moved = sea_orm::QueryFilter::filter(
        moved,
        sea_orm::ColumnTrait::eq(&initiative_commune::Column::InitiativeId, one),
    );
    moved
        .set(initiative_commune::ActiveModel {
            commune_insee: Set("99004".to_owned()),
            ..Default::default()
        })
        .exec(connection)
        .await?;
    kept_is_counted(&server, "another commune").await?;
    initiative_theme::Entity::delete_by_id((one, second))
        .exec(connection)
        .await?;
    kept_is_counted(&server, "a theme less").await?;
    let mut changed = initiative_theme::Entity::update_many();
    changed = sea_orm::QueryFilter::filter(
        changed,
        sea_orm::ColumnTrait::eq(&initiative_theme::Column::InitiativeId, one),
    );
    changed
        .set(initiative_theme::ActiveModel {
            theme_id: Set(second),
            ..Default::default()
        })
        .exec(connection)
        .await?;
    kept_is_counted(&server, "another theme").await?;

    let mut row = edit(one);
    row.publication = Set(Publication::Archived);
    row.update(connection).await?;
    ensure!(kept_is_counted(&server, "archiving").await? == 1);
    initiative::Entity::delete_by_id(draft)
        .exec(connection)
        .await?;
    ensure!(kept_is_counted(&server, "deletion").await? == 0);
    initiative::Entity::delete_by_id(one)
        .exec(connection)
        .await?;
    ensure!(kept_is_counted(&server, "deletion of an archived one").await? == 0);
    server.stop().await
}

/// How many statements a query costs.
async fn cost(server: &Server, query: &str) -> anyhow::Result<u64> {
    Ok(server.counted(query).await?.1)
}

async fn the_numbers_by_commune_and_scope_cost_one_statement(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    let fixtures = Fixtures::of(&server).await?;
    fixtures.territory(&server).await?;
    let id = fixtures.initiative(|_| {}).await?;
    fixtures.concerns(id, &["99001", "99003"]).await?;
    let statements = cost(
        &server,
        "{ initiatives { facets { communes { commune { name } count scopes { scope count } } } } }",
    )
    .await?;
    ensure!(statements == 1, "{statements}");
    let statements = cost(&server, "{ initiatives { totalCount } }").await?;
    ensure!(statements == 1, "{statements}");
    server.stop().await
}

/// Each reads a table at one level only: what two levels ask of one table is answered
/// together or apart, as it happens.
const DEEP: [&str; 4] = [
    "{ initiatives(first: 50) {
        totalCount
        nodes {
            id description descriptionHtml
            themes { slug } needs communes { name } commune { name }
            lessons { kind content } documents { title }
            inspiredBy { title }
            inspired(first: 2) { nodes { title } }
            revisions(first: 2) { totalCount nodes { number } }
            nearestStations(first: 1) { distanceMetres }
        }
        facets {
            themes { count } scopes { count } stages { count } needs { count }
            communes { count }
        }
    } }",
    "{ communes(first: 4) { nodes { initiatives(first: 2) {
        totalCount
        nodes { title themes { slug } }
        facets { stages { stage count } }
    } } } }",
    "{ departement(code: \"99\") { communes(first: 5) { nodes { intercommunalities {
        initiatives(first: 2) { totalCount nodes { title needs } }
    } } } } }",
    "{ themes { initiatives(first: 2) { totalCount nodes { title communes { name } } } } }",
];

async fn statements_do_not_grow_with_rows(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    let fixtures = Fixtures::of(&server).await?;
    fixtures.territory(&server).await?;
    let themes = [
        fixtures.theme("a", None).await?,
        fixtures.theme("b", None).await?,
    ];
    server.read_reference_again().await?;
    let mut last = None;
    let mut costs = Vec::new();
    for rows in [2, 50] {
        for _ in 0..rows {
            let id = fixtures
                .initiative(|row| {
                    row.inspired_by_id = Set(last);
                    row.description = Set(Some("*What* it is".to_owned()));
                })
                .await?;
            fixtures.concerns(id, &["99001", "99004"]).await?;
            fixtures.has_themes(id, &themes).await?;
            fixtures.needs(id, entity::values::Need::ALL).await?;
            fixtures
                .insert(initiative_lesson::ActiveModel {
                    id: Set(fixtures.id()),
                    initiative_id: Set(id),
                    kind: Set(entity::values::LessonKind::Worked),
                    content: Set("It did".to_owned()),
                    position: Set(0),
                })
                .await?;
            fixtures
                .insert(initiative_document::ActiveModel {
                    id: Set(fixtures.id()),
                    initiative_id: Set(id),
                    title: Set("A document".to_owned()),
                    url: Set("https://example.org/a.pdf".to_owned()),
                    media_type: Set(None),
                    position: Set(0),
                    file_id: Set(None),
                })
                .await?;
            last = Some(id);
        }
        let mut each = Vec::new();
        for query in DEEP {
            each.push(cost(&server, query).await?);
        }
        costs.push(each);
    }
    ensure!(costs[0] == costs[1] && costs[0][0] > 10, "{costs:?}");
    server.stop().await
}
