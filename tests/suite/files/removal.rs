//! Files that are removed.

use anyhow::ensure;
use chrono::{DateTime, TimeDelta};
use entity::values::{FileType, Role};
use entity::{change, file};
use maillage::clock::Clock;
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _, QueryOrder as _, Set,
};
use serde_json::{Value, json};
use tests::{Backend, Outcome, Server, Signed, cases, eventually};

use super::samples::pdf;
use super::{initiative, status, uploaded};

cases![
    what_is_attached_to_nothing_is_removed_after_a_day,
    what_a_killed_process_left_is_removed,
    who_uploaded_a_file_removes_it
];

fn clock() -> Clock {
    let instant = DateTime::parse_from_rfc3339("2026-06-01T08:00:00Z").expect("an instant");
    Clock::fixed(instant.to_utc())
}

async fn what_is_attached_to_nothing_is_removed_after_a_day(backend: Backend) -> Outcome {
    let clock = clock();
    let server = Server::start(backend, &[], true, clock.clone()).await?;
    let who = server.account(Role::ProjectHolder, None).await?;
    uploaded(&server, &who, "loose.pdf", pdf("loose")).await?;
    let kept = uploaded(&server, &who, "kept.pdf", pdf("kept")).await?;
    let documents = json!([{ "title": "A", "file": kept["id"] }]);
    let payload = initiative(&server, &who, documents).await?;
    ensure!(payload["errors"] == json!([]), "{payload}");
    clock.advance(TimeDelta::hours(23));
    tokio::time::sleep(std::time::Duration::from_millis(2500)).await;
    ensure!(server.kept_files()?.len() == 2);
    clock.advance(TimeDelta::hours(2));
    eventually("the file is still there", async || {
        let rows = file::Entity::find().count(&server.app.database).await?;
        Ok(rows == 1 && server.kept_files()?.len() == 1)
    })
    .await?;
    let log = change::Entity::find()
        .filter(change::Column::EntityKind.eq("file"))
        .order_by_asc(change::Column::Version)
        .all(&server.app.database)
        .await?;
    let actions: Vec<&str> = log.iter().map(|entry| entry.action.as_str()).collect();
    ensure!(
        actions == ["created", "created", "updated", "deleted"],
        "{actions:?}"
    );
    ensure!(log.iter().all(|entry| !entry.is_public));
    server.stop().await
}

async fn what_a_killed_process_left_is_removed(backend: Backend) -> Outcome {
    let clock = clock();
    let server = Server::start(backend, &[], false, clock.clone()).await?;
    let who = server.account(Role::ProjectHolder, None).await?;
    // The row that comes before the objects, and one of the objects.
    let id = server.app.clock.new_id();
    let row = file::ActiveModel {
        id: Set(id),
        owner_account_id: Set(Some(who.account)),
        name: Set("half.pdf".to_owned()),
        media_type: Set(FileType::Pdf),
        byte_size: Set(9),
        sha256: Set("0".repeat(64)),
        variants: Set(json!([])),
        created_at: Set(clock.now()),
        ..Default::default()
    };
    file::Entity::insert(row)
        .exec_without_returning(&server.app.database)
        .await?;
    server.app.files.storage.put(id, None, pdf("half")).await?;
    ensure!(server.kept_files()?.len() == 1);
    clock.advance(TimeDelta::minutes(90));
    eventually("the half file is still there", async || {
        let rows = file::Entity::find().count(&server.app.database).await?;
        Ok(rows == 0 && server.kept_files()?.is_empty())
    })
    .await?;
    server.stop().await
}

async fn delete(server: &Server, who: Option<&Signed>, id: &Value) -> anyhow::Result<Value> {
    let query =
        format!("mutation {{ fileDelete(input: {{id: {id}}}) {{ deletedId errors {{ code }} }} }}");
    let answer = match who {
        Some(who) => server.send_as(&who.token, &query, Value::Null).await?,
        None => server.send(&query, Value::Null).await?,
    };
    Ok(answer.body)
}

async fn who_uploaded_a_file_removes_it(backend: Backend) -> Outcome {
    let server = Server::with_territory(backend).await?;
    let who = server.account(Role::ProjectHolder, None).await?;
    let other = server.account(Role::Staff, None).await?;
    let program = server.account(Role::ApiClient, None).await?;
    let file = uploaded(&server, &who, "a.pdf", pdf("a")).await?;
    let id = &file["id"];
    let body = delete(&server, None, id).await?;
    ensure!(
        body["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED",
        "{body}"
    );
    let body = delete(&server, Some(&program), id).await?;
    ensure!(
        body["errors"][0]["extensions"]["code"] == "FORBIDDEN",
        "{body}"
    );
    let body = delete(&server, Some(&other), id).await?;
    ensure!(
        body["data"]["fileDelete"]["errors"][0]["code"] == "NOT_FOUND",
        "{body}"
    );
    let body = delete(&server, Some(&who), id).await?;
    ensure!(
        body["data"]["fileDelete"] == json!({ "deletedId": id, "errors": [] }),
        "{body}"
    );
    ensure!(status(&server, &file["url"], Some(&who.token)).await? == 404);
    ensure!(server.kept_files()?.is_empty());
    let file = uploaded(&server, &who, "b.pdf", pdf("b")).await?;
    initiative(&server, &who, json!([{ "title": "B", "file": file["id"] }])).await?;
    let body = delete(&server, Some(&who), &file["id"]).await?;
    ensure!(
        body["data"]["fileDelete"]["errors"][0]["code"] == "ILLEGAL_TRANSITION",
        "{body}"
    );
    server.stop().await
}
