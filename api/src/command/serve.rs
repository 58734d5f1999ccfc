//! `maillage serve`.

use anyhow::Context as _;

use super::migrate;
use crate::app::App;
use crate::clock::Clock;
use crate::database::Purpose;
use crate::settings::Settings;
use crate::{http, seed};

pub async fn serve(settings: Settings, clock: Clock) -> anyhow::Result<()> {
    prepare(&settings, &clock).await?;
    let app = App::open(settings, clock, Purpose::Serve).await?;
    let server = http::start(app).await?;
    super::print(&format!(
        "Maillage listens on {address}\nGraphiQL: {address}/graphql\n",
        address = server.url()
    ));
    server
        .run_until_stopped()
        .await
        .context("the server failed")
}

/// Migrates and seeds the database as the settings ask.
async fn prepare(settings: &Settings, clock: &Clock) -> anyhow::Result<()> {
    if !settings.migrate_on_start && !settings.seed_on_start {
        return Ok(());
    }
    let app = App::open(settings.clone(), clock.clone(), Purpose::Batch).await?;
    if settings.migrate_on_start {
        migrate::up(&app.database).await?;
    }
    if settings.seed_on_start {
        migrate::alone(&app.database, async { Ok(seed::seed(&app).await?) }).await?;
    }
    // The last connection to close tidies a file of SQLite, for which it locks everybody out.
    app.database.close_by_ref().await?;
    Ok(())
}
