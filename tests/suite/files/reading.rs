//! Who reads a file, and how.

use anyhow::ensure;
use entity::values::Role;
use image::ImageFormat;
use serde_json::{Value, json};
use tests::{Backend, Outcome, Server, cases};

use super::samples::{image, pdf};
use super::{get, initiative, status, step, uploaded};

cases![
    parts_and_tags_are_answered,
    a_file_is_as_public_as_what_it_is_attached_to,
    a_file_that_waits_for_review_is_seen_by_who_reviews,
    only_one_s_own_files_are_attached
];

async fn parts_and_tags_are_answered(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    let who = server.account(Role::ProjectHolder, None).await?;
    let bytes = pdf(&"0123456789".repeat(100));
    let body = uploaded(&server, &who, "Été 2026.pdf", bytes.clone()).await?;
    let ask = || get(&server, &body["url"], Some(&who.token));
    let whole = ask().header("accept-encoding", "br").send().await?;
    let header = |name: &str| whole.headers().get(name).cloned();
    let tag = header("etag").and_then(|tag| tag.to_str().map(str::to_owned).ok());
    let tag = tag.unwrap_or_default();
    ensure!(tag.len() == 66 && tag.starts_with('"'), "{tag}");
    ensure!(header("accept-ranges").is_some_and(|value| value == "bytes"));
    ensure!(
        header("content-disposition").is_some_and(|value| value
            == "inline; filename=\"_t_ 2026.pdf\"; filename*=UTF-8''%C3%89t%C3%A9%202026.pdf"),
        "{whole:?}"
    );
    ensure!(whole.bytes().await? == bytes);

    for (range, expected, told) in [
        (
            "bytes=0-7",
            &bytes[..8],
            format!("bytes 0-7/{}", bytes.len()),
        ),
        (
            "bytes=-6",
            &bytes[bytes.len() - 6..],
            format!(
                "bytes {}-{}/{}",
                bytes.len() - 6,
                bytes.len() - 1,
                bytes.len()
            ),
        ),
        (
            "bytes=1000-",
            &bytes[1000..],
            format!("bytes 1000-{}/{}", bytes.len() - 1, bytes.len()),
        ),
    ] {
        let part = ask().header("range", range).send().await?;
        ensure!(part.status() == 206, "{range}: {part:?}");
        ensure!(part.headers()["content-range"] == told.as_str(), "{part:?}");
        ensure!(part.bytes().await? == expected, "{range}");
    }
    let outside = ask().header("range", "bytes=5000-").send().await?;
    ensure!(outside.status() == 416, "{outside:?}");
    let told = format!("bytes */{}", bytes.len());
    ensure!(
        outside.headers()["content-range"] == told.as_str(),
        "{outside:?}"
    );
    for (condition, expected) in [(tag.as_str(), 206), ("\"other\"", 200)] {
        let part = ask()
            .header("range", "bytes=0-7")
            .header("if-range", condition);
        ensure!(part.send().await?.status() == expected, "{condition}");
    }
    for (tags, expected) in [(tag.as_str(), 304), ("\"other\"", 200), ("*", 304)] {
        let answer = ask().header("if-none-match", tags).send().await?;
        ensure!(answer.status() == expected, "{tags}: {answer:?}");
        ensure!(answer.headers()["etag"] == tag.as_str(), "{answer:?}");
    }
    let url = format!("{}{}", server.url, body["url"].as_str().unwrap_or_default());
    let head = server
        .client
        .head(&url)
        .bearer_auth(&who.token)
        .send()
        .await?;
    ensure!(head.status() == 200, "{head:?}");
    ensure!(
        head.headers()["content-length"] == bytes.len().to_string().as_str(),
        "{head:?}"
    );
    // Nobody gives it another name.
    let other = body["url"]
        .as_str()
        .unwrap_or_default()
        .replace("2026", "2027");
    ensure!(status(&server, &Value::from(other), Some(&who.token)).await? == 404);
    server.stop().await
}

async fn a_file_is_as_public_as_what_it_is_attached_to(backend: Backend) -> Outcome {
    let server = Server::with_territory(backend).await?;
    let holder = server.account(Role::ProjectHolder, None).await?;
    let other = server.account(Role::ProjectHolder, None).await?;
    let member = server.account(Role::Member, Some("92071")).await?;
    let staff = server.account(Role::Staff, None).await?;
    let file = uploaded(
        &server,
        &holder,
        "photo.png",
        image(400, 300, ImageFormat::Png),
    )
    .await?;
    let url = &file["url"];
    let seen = async |expected: [u16; 5]| {
        let tokens = [
            Some(&holder.token),
            Some(&staff.token),
            Some(&member.token),
            Some(&other.token),
            None,
        ];
        for (token, expected) in tokens.into_iter().zip(expected) {
            let found = status(&server, url, token.map(String::as_str)).await?;
            ensure!(found == expected, "{found} where {expected} was expected");
        }
        anyhow::Ok(())
    };
    // Attached to nothing.
    seen([200, 404, 404, 404, 404]).await?;
    let documents = json!([
        { "title": "Photo", "file": file["id"] },
        { "title": "Plus", "url": "https://jardin.example.org" }
    ]);
    let payload = initiative(&server, &holder, documents).await?;
    ensure!(payload["errors"] == json!([]), "{payload}");
    let id = &payload["initiative"]["id"];
    ensure!(
        payload["initiative"]["documents"]
            == json!([
                { "title": "Photo", "url": url, "mediaType": "image/png",
                  "byteSize": file["byteSize"] },
                { "title": "Plus", "url": "https://jardin.example.org", "mediaType": null,
                  "byteSize": null }
            ]),
        "{payload}"
    );
    // Attached to a draft.
    seen([200, 200, 200, 404, 404]).await?;
    for (who, mutation) in [(&holder, "initiativeSubmit"), (&staff, "initiativeApprove")] {
        let errors = step(&server, who, mutation, id, 1, "").await?;
        ensure!(errors == json!([]), "{mutation}: {errors}");
    }
    seen([200, 200, 200, 200, 200]).await?;
    let answer = get(&server, url, None).send().await?;
    ensure!(
        answer.headers()["cache-control"] == "public, max-age=300",
        "{answer:?}"
    );
    let errors = step(&server, &staff, "initiativeArchive", id, 1, "").await?;
    ensure!(errors == json!([]), "{errors}");
    seen([200, 200, 200, 404, 404]).await?;
    server.stop().await
}

async fn a_file_that_waits_for_review_is_seen_by_who_reviews(backend: Backend) -> Outcome {
    let server = Server::with_territory(backend).await?;
    let holder = server.account(Role::ProjectHolder, None).await?;
    let staff = server.account(Role::Staff, None).await?;
    let payload = initiative(&server, &holder, json!([])).await?;
    let id = &payload["initiative"]["id"];
    step(&server, &holder, "initiativeSubmit", id, 1, "").await?;
    step(&server, &staff, "initiativeApprove", id, 1, "").await?;
    let file = uploaded(&server, &holder, "bilan.pdf", pdf("bilan")).await?;
    let documents = format!(", documents: [{{title: \"Bilan\", file: {}}}]", file["id"]);
    let errors = step(&server, &holder, "initiativeUpdate", id, 1, &documents).await?;
    ensure!(errors == json!([]), "{errors}");
    ensure!(status(&server, &file["url"], None).await? == 404);
    ensure!(status(&server, &file["url"], Some(&staff.token)).await? == 200);
    // Who reviews does not own the file, and approves it nevertheless.
    let errors = step(&server, &staff, "initiativeApprove", id, 2, "").await?;
    ensure!(errors == json!([]), "{errors}");
    ensure!(status(&server, &file["url"], None).await? == 200);
    // An earlier content has it no more; who keeps the initiative still sees it.
    let errors = step(
        &server,
        &staff,
        "initiativeUpdate",
        id,
        2,
        ", documents: []",
    )
    .await?;
    ensure!(errors == json!([]), "{errors}");
    let errors = step(&server, &staff, "initiativeApprove", id, 3, "").await?;
    ensure!(errors == json!([]), "{errors}");
    ensure!(status(&server, &file["url"], None).await? == 404);
    let restore = ", revision: 2";
    let errors = step(&server, &staff, "initiativeRestoreRevision", id, 3, restore).await?;
    ensure!(errors == json!([]), "{errors}");
    server.stop().await
}

async fn only_one_s_own_files_are_attached(backend: Backend) -> Outcome {
    let server = Server::with_territory(backend).await?;
    let holder = server.account(Role::ProjectHolder, None).await?;
    let other = server.account(Role::ProjectHolder, None).await?;
    let file = uploaded(&server, &other, "a.pdf", pdf("a")).await?;
    for (documents, field, code) in [
        (
            json!([{ "title": "A", "file": file["id"] }]),
            json!(["documents", "0", "file"]),
            "NOT_FOUND",
        ),
        (
            json!([{ "title": "A" }]),
            json!(["documents", "0", "url"]),
            "INVALID",
        ),
        (
            json!([{ "title": "A", "file": file["id"], "url": "https://a.example.org" }]),
            json!(["documents", "0", "url"]),
            "INVALID",
        ),
    ] {
        let payload = initiative(&server, &holder, documents).await?;
        let error = &payload["errors"][0];
        ensure!(
            error["code"] == code && error["field"] == field,
            "{payload}"
        );
    }
    // What is attached to one thing is not attached to another.
    let documents = json!([{ "title": "A", "file": file["id"] }]);
    let payload = initiative(&server, &other, documents.clone()).await?;
    ensure!(payload["errors"] == json!([]), "{payload}");
    let payload = initiative(&server, &other, documents).await?;
    ensure!(payload["errors"][0]["code"] == "INVALID", "{payload}");
    server.stop().await
}
