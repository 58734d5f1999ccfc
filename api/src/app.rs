//! What every request shares.

use std::sync::Arc;

use sea_orm::{DatabaseConnection, DbErr};

use crate::auth::{Auth, AuthError};
use crate::clock::Clock;
use crate::database::{self, Purpose, Readers};
use crate::files::{Files, StorageError};
use crate::rate::Buckets;
use crate::search::Vocabulary;
use crate::settings::Settings;
use crate::telemetry::metrics::Metrics;
use crate::territory::Gazetteer;
use crate::themes::Taxonomy;

/// The parts of one running registry.
pub struct App {
    pub settings: Settings,
    pub database: DatabaseConnection,
    pub readers: Option<Arc<Readers>>,
    pub clock: Clock,
    pub metrics: Arc<Metrics>,
    pub gazetteer: Gazetteer,
    pub taxonomy: Taxonomy,
    pub vocabulary: Vocabulary,
    pub buckets: Buckets,
    pub auth: Auth,
    pub files: Files,
}

/// Why the registry could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("the database cannot be opened")]
    Database(#[from] DbErr),
    #[error("the metrics cannot be set up")]
    Metrics(#[from] prometheus::Error),
    #[error(transparent)]
    Auth(#[from] AuthError),
    #[error(transparent)]
    Files(#[from] StorageError),
}

impl App {
    /// Connects to the database that `settings` name.
    ///
    /// # Errors
    /// When it cannot be reached, a server has nothing to recognize people by, or the place of files cannot
    /// be used.
    pub async fn open(
        settings: Settings,
        clock: Clock,
        purpose: Purpose,
    ) -> Result<Arc<Self>, OpenError> {
        let metrics = Arc::new(Metrics::new()?);
        let database = database::connect(&settings, purpose, Arc::clone(&metrics)).await?;
        let readers = Readers::of(&database, settings.threads());
        Ok(Arc::new(Self {
            buckets: Buckets::new(settings.rate_limit_points),
            auth: Auth::open(&settings, clock.clone(), purpose)?,
            files: Files::open(&settings.files)?,
            settings,
            readers,
            database,
            clock,
            metrics,
            gazetteer: Gazetteer::default(),
            taxonomy: Taxonomy::default(),
            vocabulary: Vocabulary::default(),
        }))
    }
}
