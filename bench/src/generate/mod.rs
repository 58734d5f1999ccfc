//! Fills a database with as much content as a large network would have: the same content
//! for the same scale and seed.

mod content;
mod copy;
mod random;
mod words;

use std::collections::BTreeMap;
use std::time::Instant;

use anyhow::{Context as _, ensure};
use chrono::DateTime;
use maillage::app::App;
use maillage::clock::Clock;
use maillage::command::apply_migrations;
use maillage::database::Purpose;
use maillage::search;
use maillage::seed;
use maillage::settings::Settings;
use tokio_postgres::{Client, NoTls};

use crate::say;
use content::{Content, Place};

/// How much of everything.
#[derive(Clone, Copy, Debug)]
pub struct Scale {
    pub initiatives: usize,
    pub organizations: usize,
    pub spaces: usize,
    pub members: usize,
    pub funding_sources: usize,
}

impl Scale {
    /// The scale of a network with so many initiatives.
    pub fn of(initiatives: usize) -> Self {
        Self {
            initiatives,
            organizations: (initiatives / 10).clamp(50, 20_000),
            spaces: (initiatives / 100).clamp(20, 2_000),
            members: (initiatives / 40).clamp(50, 5_000),
            funding_sources: 200,
        }
    }
}

/// Migrates the empty database at `url` and fills it.
///
/// # Errors
/// When it is not empty, or cannot be written.
pub async fn generate(url: &str, scale: Scale, seed: u64) -> anyhow::Result<()> {
    let begun = Instant::now();
    let places = prepare(url).await?;
    let client = connect(url).await?;
    let filled: i64 = client
        .query_one(
            "select count(*) from funding_source where slug like 'source-%'",
            &[],
        )
        .await?
        .get(0);
    ensure!(filled == 0, "this database is already filled");
    // Neither triggers nor foreign keys are checked row by row: what is written is whole.
    client
        .batch_execute("set session_replication_role = replica; set synchronous_commit = off")
        .await?;
    let themes = themes(&client).await?;
    Content::new(scale, seed, places, themes)
        .write(&client)
        .await?;
    client
        .batch_execute(
            "truncate initiative_tally;
             insert into initiative_tally (commune_insee, scope, published)
             select '', scope, count(*) from initiative
             where publication = 'PUBLISHED' group by scope
             union all
             select c.commune_insee, scope, count(*)
             from initiative join initiative_commune c on initiative_id = id
             where publication = 'PUBLISHED' group by c.commune_insee, scope;
             truncate initiative_theme_tally;
             insert into initiative_theme_tally (commune_insee, theme_id, published)
             select '', theme_id, count(*)
             from initiative join initiative_theme t on t.initiative_id = id
             where publication = 'PUBLISHED' group by theme_id
             union all
             select c.commune_insee, theme_id, count(*)
             from initiative join initiative_theme t on t.initiative_id = id
             join initiative_commune c on c.initiative_id = id
             where publication = 'PUBLISHED' group by c.commune_insee, theme_id;
             set session_replication_role = origin",
        )
        .await?;
    say(&format!("content written in {:.1?}", begun.elapsed()));
    index(url).await?;
    client.batch_execute("vacuum (analyze)").await?;
    say(&format!("ready after {:.1?}", begun.elapsed()));
    Ok(())
}

/// A connection of our own to the database at `url`.
///
/// # Errors
/// When it cannot be reached.
pub async fn connect(url: &str) -> anyhow::Result<Client> {
    let (client, connection) = tokio_postgres::connect(url, NoTls)
        .await
        .with_context(|| format!("cannot connect to {url}"))?;
    tokio::spawn(connection);
    Ok(client)
}

async fn app(url: &str) -> anyhow::Result<std::sync::Arc<App>> {
    let values = BTreeMap::from([("DATABASE_URL", url.to_owned())]);
    let settings = Settings::from_values(&values)?;
    // The demonstration is older than all that is generated, as the meeting that it tells.
    let founded = DateTime::from_timestamp(1_448_618_400, 0).unwrap_or_default();
    Ok(App::open(settings, Clock::fixed(founded), Purpose::Batch).await?)
}

/// Migrates and seeds; the communes in which content can be.
async fn prepare(url: &str) -> anyhow::Result<Vec<Place>> {
    let app = app(url).await?;
    apply_migrations(&app.database).await?;
    seed::seed(&app).await?;
    app.gazetteer.refresh(&app.database).await?;
    let places: Vec<Place> = app
        .gazetteer
        .current()
        .communes()
        .iter()
        .filter_map(|commune| {
            Some(Place {
                insee_code: commune.insee_code.clone(),
                name: commune.name.clone(),
                postal_code: commune.postal_codes.first().cloned(),
                centre: commune.centroid?,
            })
        })
        .collect();
    ensure!(!places.is_empty(), "the registry knows no commune");
    app.database.close_by_ref().await?;
    Ok(places)
}

/// The themes of the registry, or as many as it would have.
async fn themes(client: &Client) -> anyhow::Result<Vec<uuid::Uuid>> {
    let ids: Vec<uuid::Uuid> = client
        .query("select id from theme order by position, slug", &[])
        .await?
        .iter()
        .map(|row| row.get(0))
        .collect();
    if !ids.is_empty() {
        return Ok(ids);
    }
    let slugs = [
        "developpement-durable",
        "vieillissement",
        "mobilite",
        "insertion-par-l-emploi",
        "cohesion-sociale",
        "services-a-la-personne",
        "reemploi",
        "tiers-lieux",
        "numerique",
        "alimentation",
        "logement",
        "culture",
    ];
    for (position, slug) in (0_i32..).zip(slugs) {
        let id = maillage::id::of_code(maillage::id::Kind::Theme, slug);
        client
            .execute(
                "insert into theme (id, slug, name, position) values ($1, $2, $2, $3)",
                &[&id, &slug, &position],
            )
            .await?;
    }
    Box::pin(themes(client)).await
}

/// Fills the search index by the registry's own analysis.
async fn index(url: &str) -> anyhow::Result<()> {
    let app = app(url).await?;
    let indexed = search::reindex(&app.database, app.clock.now()).await?;
    say(&format!(
        "{} documents in the search index",
        indexed.documents
    ));
    app.database.close_by_ref().await?;
    Ok(())
}
