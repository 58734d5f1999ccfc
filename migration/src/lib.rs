//! The schema of the database, one file per step, the same on SQLite and PostgreSQL.

use sea_orm_migration::MigrationTrait;
pub use sea_orm_migration::{MigrationStatus, MigratorTrait, seaql_migrations};

mod dialect;
mod m20261123_000001_territory;
mod m20261123_000002_organizations;
mod m20261123_000003_themes;
mod m20261123_000004_initiatives;
mod m20261123_000005_spaces;
mod m20261123_000006_funding;
mod m20261123_000007_members;
mod m20261123_000008_changes;
mod m20261123_000009_imports;
mod m20261123_000010_search;
mod m20261123_000011_tallies;
mod m20261124_000012_theme_tallies;
mod m20261124_000013_accounts;
mod m20261124_000014_outbox;
mod m20261124_000015_review;
mod m20261124_000016_files;
mod m20261125_000017_theme_lifecycle;
mod m20261125_000018_consent;
mod m20261125_000020_identities;
mod m20261125_000021_freshness;
mod m20261125_000022_duplicates;
mod m20261125_000023_import_jobs;
mod m20261127_000030_sources;
mod m20261127_000031_refresh_successor;

/// Brings a database from one version of the schema to another.
pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261123_000001_territory::Migration),
            Box::new(m20261123_000002_organizations::Migration),
            Box::new(m20261123_000003_themes::Migration),
            Box::new(m20261123_000004_initiatives::Migration),
            Box::new(m20261123_000005_spaces::Migration),
            Box::new(m20261123_000006_funding::Migration),
            Box::new(m20261123_000007_members::Migration),
            Box::new(m20261123_000008_changes::Migration),
            Box::new(m20261123_000009_imports::Migration),
            Box::new(m20261123_000010_search::Migration),
            Box::new(m20261123_000011_tallies::Migration),
            Box::new(m20261124_000012_theme_tallies::Migration),
            Box::new(m20261124_000013_accounts::Migration),
            Box::new(m20261124_000014_outbox::Migration),
            Box::new(m20261124_000015_review::Migration),
            Box::new(m20261124_000016_files::Migration),
            Box::new(m20261125_000017_theme_lifecycle::Migration),
            Box::new(m20261125_000018_consent::Migration),
            Box::new(m20261125_000020_identities::Migration),
            Box::new(m20261125_000021_freshness::Migration),
            Box::new(m20261125_000022_duplicates::Migration),
            Box::new(m20261125_000023_import_jobs::Migration),
            Box::new(m20261127_000030_sources::Migration),
            Box::new(m20261127_000031_refresh_successor::Migration),
        ]
    }
}
