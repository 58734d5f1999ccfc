//! The first content of a registry: reference data of the Hauts-de-Seine, then the
//! demonstration.

mod data;
mod funding;
mod initiatives;
mod members;
mod organizations;
mod rules;
mod spaces;
mod territory;
mod themes;
mod writer;

use sea_orm::{DbErr, EntityTrait as _, PaginatorTrait as _};

use crate::app::App;
use crate::change;
use crate::database;

/// Who the change log says wrote the first content.
const ACTOR: &str = "seed";

/// Why the first content could not be written.
#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    #[error("the database refused the first content")]
    Database(#[from] DbErr),
    #[error("the reference data {file} cannot be read: {reason}")]
    Data { file: &'static str, reason: String },
}

/// How much is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Content {
    Reference,
    Demonstration,
}

/// Fills a registry that is empty with the reference data of the Hauts-de-Seine and the
/// demonstration; leaves any that has content as it is.
///
/// # Errors
/// When the database refuses a row; nothing is then written.
pub async fn seed(app: &App) -> Result<(), SeedError> {
    fill(app, Content::Demonstration).await
}

/// Fills a registry that is empty with its territory and its themes only; leaves any that
/// has content as it is.
///
/// # Errors
/// When the database refuses a row; nothing is then written.
pub async fn seed_reference_data(app: &App) -> Result<(), SeedError> {
    fill(app, Content::Reference).await
}

async fn fill(app: &App, content: Content) -> Result<(), SeedError> {
    let transaction = database::begin(&app.database).await?;
    let departements = entity::departement::Entity::find()
        .count(&transaction)
        .await?;
    if departements > 0 || change::version(&transaction).await? > 0 {
        return Ok(());
    }
    let mut changes = territory::load(&transaction, &app.clock).await?;
    let mut writer = writer::Writer::new(&transaction, &app.clock).await?;
    themes::load(&mut writer).await?;
    if content == Content::Demonstration {
        organizations::load(&mut writer).await?;
        spaces::load(&mut writer).await?;
        funding::load(&mut writer).await?;
        initiatives::load(&mut writer).await?;
        members::load(&mut writer).await?;
    }
    changes.append(&mut writer.into_changes());
    change::record(&transaction, app.clock.now(), ACTOR, changes).await?;
    transaction.commit().await?;
    tracing::info!("the registry was filled with its first content");
    Ok(())
}
