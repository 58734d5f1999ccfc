//! What is kept about people, and what becomes of it.

mod consent;
mod erasure;
mod freshness;
mod planted;
mod upkeep;

use chrono::TimeDelta;
use maillage::clock::Clock;
use maillage::id::{GlobalId, Kind};
use sea_orm::{ConnectionTrait as _, DatabaseConnection, DbBackend, Statement};
use serde_json::json;
use tests::{Server, Signed, fixtures};
use uuid::Uuid;

use crate::accounts::From;

/// The tests of this topic.
pub fn cases() -> Vec<tests::Case> {
    [
        consent::cases(),
        erasure::cases(),
        freshness::cases(),
        planted::cases(),
        upkeep::cases(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The network address from which tests ask.
pub const HOME: &str = "198.51.100.7";

/// A global identifier.
pub fn global(kind: Kind, uuid: Uuid) -> String {
    GlobalId { kind, uuid }.to_string()
}

/// The entry of the directory of somebody elected, of whom staff say that this account is
/// theirs.
pub async fn linked(
    database: &DatabaseConnection,
    staff: &From<'_>,
    name: &str,
    person: &Signed,
) -> anyhow::Result<Uuid> {
    let member = fixtures::member(database, name, |row| {
        row.display_name = sea_orm::Set(Some(name.to_owned()));
    })
    .await?;
    let input = json!({
        "id": global(Kind::Account, person.account),
        "member": global(Kind::Member, member),
    });
    let linked = staff
        .ask("accountLinkMember", input, "account { member { id } }")
        .await?;
    anyhow::ensure!(
        linked.done("account")?["member"]["id"] == global(Kind::Member, member),
        "{}",
        linked.body
    );
    Ok(member)
}

/// Lets days pass, and what is due be done.
pub async fn pass(server: &Server, clock: &Clock, days: i64) -> anyhow::Result<()> {
    clock.advance(TimeDelta::days(days));
    let app = &server.app;
    maillage::upkeep::everything(app, &app.database).await?;
    Ok(())
}

/// The rows of all tables in which `text` is, in small letters, whatever the column, each as
/// the name of its table and what it holds. The indexes of SQLite's search are read too.
pub async fn rows_with(
    database: &DatabaseConnection,
    text: &str,
) -> anyhow::Result<Vec<(String, String)>> {
    let backend = database.get_database_backend();
    let texts = async |sql: String| -> anyhow::Result<Vec<String>> {
        let rows = database
            .query_all_raw(Statement::from_string(backend, sql))
            .await?;
        Ok(rows
            .iter()
            .map(|row| row.try_get_by_index(0))
            .collect::<Result<_, _>>()?)
    };
    let mut found = Vec::new();
    match backend {
        DbBackend::Sqlite => {
            // Bytes and texts alike, as hexadecimal.
            let pattern: String = text.bytes().map(|byte| format!("{byte:02X}")).collect();
            let tables = texts(
                "select name from sqlite_master where type = 'table'
                 and sql not like 'create virtual%' and sql not like 'CREATE VIRTUAL%'"
                    .to_owned(),
            )
            .await?;
            anyhow::ensure!(tables.len() > 30, "{tables:?}");
            for table in tables {
                let columns = texts(format!("select name from pragma_table_info('{table}')"));
                let columns: Vec<String> = columns
                    .await?
                    .iter()
                    .map(|column| {
                        format!("coalesce(hex(lower(cast(\"{column}\" as text))), '') || ' ' || coalesce(hex(cast(\"{column}\" as blob)), '')")
                    })
                    .collect();
                let row = columns.join(" || ' ' || ");
                for row in texts(format!("select {row} from \"{table}\"")).await? {
                    if row.contains(&pattern) {
                        found.push((table.clone(), row));
                    }
                }
            }
        }
        _ => {
            let tables = texts(
                "select table_name::text from information_schema.tables
                 where table_schema = 'public'"
                    .to_owned(),
            )
            .await?;
            anyhow::ensure!(tables.len() > 30, "{tables:?}");
            for table in tables {
                for row in texts(format!("select lower(t::text) from \"{table}\" t")).await? {
                    if row.contains(text) {
                        found.push((table.clone(), row));
                    }
                }
            }
        }
    }
    Ok(found)
}
