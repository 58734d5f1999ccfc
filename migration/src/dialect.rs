//! One DDL text for both databases.
//!
//! Steps are written as the SQL that both understand, with PostgreSQL's names of
//! types; SQLite has no types of its own for instants, dates, identifiers and JSON,
//! so there the names become the ones that the ORM reads back.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DatabaseBackend;

const SQLITE_TYPES: [(&str, &str); 5] = [
    (" timestamptz", " timestamp_with_timezone_text"),
    (" date", " date_text"),
    (" uuid", " uuid_blob"),
    (" jsonb", " jsonb_text"),
    (" double precision", " double"),
];

/// Columns of a thing that has an address and perhaps a point.
///
/// `geo_cell` is the place of the point on a space-filling curve, so that a box is a
/// few ranges of one B-tree; `geo_x`, `geo_y`, `geo_z` are its unit vector, so that
/// ordering by great-circle distance needs no trigonometry in the database.
pub const PLACE_COLUMNS: &str = "
    street text check (length(street) <= 300),
    postal_code text check (length(postal_code) = 5),
    commune_insee text references commune (insee_code) on delete restrict,
    latitude double precision check (latitude between -90 and 90),
    longitude double precision check (longitude between -180 and 180),
    location_precision text check (location_precision in ('EXACT', 'STREET', 'COMMUNE')),
    outside_territory boolean not null default false,
    geo_cell bigint,
    geo_x double precision,
    geo_y double precision,
    geo_z double precision";

/// What holds of the place columns together. SQLite wants constraints after all columns.
pub const PLACE_CHECKS: &str = "
    check ((latitude is null) = (longitude is null)),
    check ((latitude is null) = (location_precision is null)),
    check ((latitude is null) = (geo_cell is null))";

/// Columns of a thing that is reviewed before the public sees it.
pub const LIFECYCLE_COLUMNS: &str = "
    publication text not null default 'DRAFT'
        check (publication in ('DRAFT', 'SUBMITTED', 'PUBLISHED', 'REJECTED', 'ARCHIVED')),
    revision integer not null default 1 check (revision >= 1),
    created_at timestamptz not null,
    updated_at timestamptz not null,
    published_at timestamptz";

/// What holds of the lifecycle columns together.
pub const LIFECYCLE_CHECKS: &str = "
    check (publication not in ('PUBLISHED', 'ARCHIVED') or published_at is not null)";

/// Runs `sql`, which both databases understand once its types are named for them.
pub async fn run(manager: &SchemaManager<'_>, sql: &str) -> Result<(), DbErr> {
    let connection = manager.get_connection();
    let sql = sql
        .replace("{place}", PLACE_COLUMNS.trim())
        .replace("{place_checks}", PLACE_CHECKS.trim())
        .replace("{lifecycle}", LIFECYCLE_COLUMNS.trim())
        .replace("{lifecycle_checks}", LIFECYCLE_CHECKS.trim());
    let sql = match manager.get_database_backend() {
        DatabaseBackend::Sqlite => SQLITE_TYPES
            .iter()
            .fold(sql, |sql, (from, to)| replace_word(&sql, from, to)),
        // Slugs order lists: by bytes, as SQLite and Rust do, whatever the server's locale.
        _ => sql.replace(" slug text", " slug text collate \"C\""),
    };
    connection.execute_unprepared(&sql).await?;
    Ok(())
}

/// Runs the text meant for the database at hand.
pub async fn run_for(
    manager: &SchemaManager<'_>,
    sqlite: &str,
    postgres: &str,
) -> Result<(), DbErr> {
    match manager.get_database_backend() {
        DatabaseBackend::Sqlite => run(manager, sqlite).await,
        _ => run(manager, postgres).await,
    }
}

/// Drops `tables`, the last one first.
pub async fn drop_tables(manager: &SchemaManager<'_>, tables: &[&str]) -> Result<(), DbErr> {
    for table in tables.iter().rev() {
        run(manager, &format!("drop table {table}")).await?;
    }
    Ok(())
}

/// Replaces `from` where it is not the beginning of a longer word.
fn replace_word(text: &str, from: &str, to: &str) -> String {
    let mut replaced = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(from) {
        replaced.push_str(before);
        let whole_word = !after.starts_with(|next: char| next.is_alphanumeric() || next == '_');
        replaced.push_str(if whole_word { to } else { from });
        rest = after;
    }
    replaced.push_str(rest);
    replaced
}

#[cfg(test)]
mod tests {
    use super::replace_word;

    #[test]
    fn types_are_renamed_only_as_whole_words() {
        assert_eq!(
            replace_word(
                "on date, seen date not null, x dated",
                " date",
                " date_text"
            ),
            "on date_text, seen date_text not null, x dated"
        );
    }
}
