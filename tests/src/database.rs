//! Databases of one test each.

use std::sync::OnceLock;

use anyhow::Context as _;
use sea_orm::ConnectionTrait as _;
use tempfile::TempDir;
use uuid::Uuid;

/// The kind of database of a test.
#[derive(Clone, Debug)]
pub enum Backend {
    Sqlite,
    /// A PostgreSQL server, by the address of one of its databases.
    Postgres(String),
}

/// A database of one test, removed after it.
pub struct Database {
    pub url: String,
    backend: Backend,
    name: String,
    _folder: Option<TempDir>,
}

impl Backend {
    /// The PostgreSQL that `TEST_POSTGRES_URL` names.
    pub fn postgres() -> Option<Self> {
        static URL: OnceLock<Option<String>> = OnceLock::new();
        URL.get_or_init(|| std::env::var("TEST_POSTGRES_URL").ok())
            .clone()
            .map(Self::Postgres)
    }

    /// An empty database.
    pub async fn create(&self) -> anyhow::Result<Database> {
        #[expect(clippy::disallowed_methods, reason = "a name no other test has")]
        let name = format!("maillage_test_{}", Uuid::now_v7().simple());
        match self {
            Self::Sqlite => {
                let folder = tempfile::tempdir()?;
                let url = format!(
                    "sqlite:{}?mode=rwc",
                    folder.path().join("test.sqlite").display()
                );
                Ok(Database {
                    url,
                    backend: self.clone(),
                    name,
                    _folder: Some(folder),
                })
            }
            Self::Postgres(server) => {
                administer(server, &format!("create database {name}")).await?;
                let (base, _) = server.rsplit_once('/').context("no database in the URL")?;
                Ok(Database {
                    url: format!("{base}/{name}"),
                    backend: self.clone(),
                    name,
                    _folder: None,
                })
            }
        }
    }

    /// Whether it is PostgreSQL.
    pub fn is_postgres(&self) -> bool {
        matches!(self, Self::Postgres(_))
    }
}

impl Database {
    /// A connection of the test's own.
    pub async fn connect(&self) -> anyhow::Result<sea_orm::DatabaseConnection> {
        let mut options = sea_orm::ConnectOptions::new(&self.url);
        options.max_connections(2).sqlx_logging(false);
        Ok(sea_orm::Database::connect(options).await?)
    }

    /// Removes the database; call it once its server has stopped.
    pub async fn remove(self) -> anyhow::Result<()> {
        if let Backend::Postgres(server) = &self.backend {
            let statement = format!("drop database if exists {} with (force)", self.name);
            administer(server, &statement).await?;
        }
        Ok(())
    }
}

async fn administer(server: &str, statement: &str) -> anyhow::Result<()> {
    let mut options = sea_orm::ConnectOptions::new(server);
    options.max_connections(1).sqlx_logging(false);
    let connection = sea_orm::Database::connect(options).await?;
    connection.execute_unprepared(statement).await?;
    connection.close().await?;
    Ok(())
}
