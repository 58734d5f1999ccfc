//! Files and wishes that are refused, and how that is told.

use anyhow::{Context as _, ensure};
use entity::values::Role;
use serde_json::{Value, json};
use tests::{Backend, Outcome, Server, cases};

use super::sheets::workbook;
use super::{ask, done, send, uploaded};

cases![
    files_from_which_nothing_can_be_read_are_refused,
    an_import_tells_why_it_failed,
    what_cannot_be_asked_is_told_with_its_field,
    data_is_attached_to_no_content
];

const IMPORT: &str = "initiativesImport";

async fn files_from_which_nothing_can_be_read_are_refused(backend: Backend) -> Outcome {
    let server = Server::with_territory(backend).await?;
    let staff = server.account(Role::Staff, None).await?;
    let far = r#"<row r="1"><c r="XFD1"><v>1</v></c></row>"#;
    let bomb = " ".repeat(201 * 1024 * 1024);
    let no_data = "Ce fichier n'est ni un CSV, ni un classeur XLSX sans macros, ni un JSON.";
    let too_large = "Ce classeur est plus grand, une fois décompressé, que ce qu'un tableur \
                     peut être.";
    for (name, bytes, expected) in [
        (
            "page.csv",
            b"<!DOCTYPE html><html></html>".to_vec(),
            no_data,
        ),
        ("plan.pdf", b"%PDF-1.7\n%%EOF\n".to_vec(), no_data),
        ("programme.csv", b"MZ\x90\0\x03\0\0\0".to_vec(), no_data),
        (
            "archive.xlsx",
            b"PK\x03\x04 and no archive".to_vec(),
            no_data,
        ),
        ("bombe.xlsx", workbook(&bomb), too_large),
    ] {
        let (status, body) = send(&server.url, &staff.token, name, bytes).await?;
        ensure!(status == 415, "{name}: {status} {body}");
        let error = &body["errors"][0];
        ensure!(error["extensions"]["code"] == "BAD_INPUT", "{name}: {body}");
        ensure!(error["message"] == expected, "{name}: {body}");
    }
    let large = vec![b'a'; 25 * 1024 * 1024 + 1];
    let (status, body) = send(&server.url, &staff.token, "grand.csv", large).await?;
    ensure!(status == 413, "{status} {body}");
    ensure!(
        body["errors"][0]["message"] == "Le corps est trop grand : 26214400 octets au plus.",
        "{body}"
    );
    // As a document, a text is refused as before.
    let request = server
        .client
        .post(format!("{}/files?name=a.csv", server.url));
    let response = request
        .bearer_auth(&staff.token)
        .body("a;b\n")
        .send()
        .await?;
    ensure!(response.status() == 415, "{response:?}");
    let request = server
        .client
        .post(format!("{}/files?purpose=autre", server.url));
    let response = request
        .bearer_auth(&staff.token)
        .body("a;b\n")
        .send()
        .await?;
    ensure!(response.status() == 400, "{response:?}");
    // What unpacks to little, but spreads over more columns than any spreadsheet, is told by
    // the import.
    let file = uploaded(&server, &staff, "large.xlsx", workbook(far)).await?;
    let told = done(&server, &staff, IMPORT, json!({ "fileId": file })).await?;
    ensure!(told["failure"]["code"] == "TOO_LARGE", "{told}");
    server.stop().await
}

async fn an_import_tells_why_it_failed(backend: Backend) -> Outcome {
    let server = Server::with_territory(backend).await?;
    let staff = server.account(Role::Staff, None).await?;
    let rows = r#"<row><c t="inlineStr"><is><t>Titre</t></is></c></row>"#;
    let many = format!("Titre;Résumé\n{}", "a;b\n".repeat(100_001));
    for (name, bytes, sheet, failure) in [
        (
            "colonnes.csv",
            b"Prix;Poids\n1;2\n".to_vec(),
            None,
            json!({
                "code": "NO_KNOWN_COLUMN", "line": null,
                "message": "La première ligne ne nomme aucune colonne connue : comparez-la au \
                            modèle.",
            }),
        ),
        (
            "coupe.json",
            b"[{\"Titre\": \"A\"},\n{\"Titre\"".to_vec(),
            None,
            json!({
                "code": "UNREADABLE", "line": 2,
                "message": "Le fichier est abîmé, ou n'est pas de son format.",
            }),
        ),
        (
            "feuille.xlsx",
            workbook(rows),
            Some("Autre"),
            json!({
                "code": "NO_SUCH_SHEET", "line": null,
                "message": "Le classeur n'a pas de feuille de ce nom.",
            }),
        ),
        (
            "longue.csv",
            many.into_bytes(),
            None,
            json!({
                "code": "TOO_MANY_ROWS", "line": null,
                "message": "Le fichier a plus de 100 000 lignes : partagez-le.",
            }),
        ),
    ] {
        if name == "longue.csv" && server.app.settings.database_url.starts_with("postgres") {
            // Slow to come to, and the same on both.
            continue;
        }
        let file = uploaded(&server, &staff, name, bytes).await?;
        let input = json!({ "fileId": file, "sheet": sheet });
        let told = done(&server, &staff, IMPORT, input.clone()).await?;
        ensure!(
            told["state"] == "FAILED" && told["failure"] == failure,
            "{name}: {told}"
        );
        // What failed was not tried.
        let mut write = input;
        write["dryRun"] = json!(false);
        let refused = ask(&server, &staff, IMPORT, write).await?;
        ensure!(
            refused["errors"][0]["code"] == "ILLEGAL_TRANSITION",
            "{refused}"
        );
    }
    server.stop().await
}

async fn what_cannot_be_asked_is_told_with_its_field(backend: Backend) -> Outcome {
    let server = Server::with_territory(backend).await?;
    let staff = server.account(Role::Staff, None).await?;
    let other = server.account(Role::Staff, None).await?;
    let file = uploaded(&server, &staff, "a.csv", "Titre;Résumé\nA;B\n").await?;
    let long = "a".repeat(101);
    for (who, field, input) in [
        (&other, "fileId NOT_FOUND", json!({ "fileId": file })),
        (
            &staff,
            "mapping NOT_FOUND",
            json!({ "fileId": file, "mapping": "inconnue" }),
        ),
        (
            &staff,
            "mapping INVALID",
            json!({ "fileId": file, "mapping": "name = 1" }),
        ),
        (
            &staff,
            "mapping INVALID",
            json!({ "fileId": file, "mapping": "lieux-gironde-2021" }),
        ),
        (
            &staff,
            "mapping TOO_LONG",
            json!({ "fileId": file, "mapping": "a = 1\n".repeat(20_000) }),
        ),
        (
            &staff,
            "source TOO_LONG",
            json!({ "fileId": file, "source": long }),
        ),
        (
            &staff,
            "sheet INVALID",
            json!({ "fileId": file, "sheet": "a\nb" }),
        ),
        (
            &staff,
            "idempotencyKey INVALID",
            json!({ "fileId": file, "idempotencyKey": "" }),
        ),
    ] {
        let refused = ask(&server, who, IMPORT, input).await?;
        let error = &refused["errors"][0];
        let told = format!(
            "{} {}",
            error["field"][0].as_str().unwrap_or_default(),
            error["code"].as_str().unwrap_or_default()
        );
        ensure!(
            told == field && refused["import"].is_null(),
            "{field}: {refused}"
        );
    }
    // A mapping of the caller's own is used.
    let mapping = r#"
        name = "à moi"
        title = "La mienne"
        keys = [["Nom"]]
        [source]
        name = "mienne"
        url = ""
        licence = ""
        attribution = ""
        seen_on = "2026-01-01"
        [[entities]]
        kind = "initiative"
        constants = { summary = "Un essai." }
        fields = { title = "Nom", commune_name = "Où" }
    "#;
    let file = uploaded(&server, &staff, "b.csv", "Nom;Où\nA;Sceaux\n").await?;
    let input = json!({ "fileId": file, "mapping": mapping });
    let told = done(&server, &staff, IMPORT, input).await?;
    ensure!(
        told["counts"]["created"] == 1 && told["mappingName"] == "à moi",
        "{told}"
    );
    server.stop().await
}

async fn data_is_attached_to_no_content(backend: Backend) -> Outcome {
    let server = Server::with_territory(backend).await?;
    let staff = server.account(Role::Staff, None).await?;
    let file = uploaded(&server, &staff, "a.csv", "Titre;Résumé\nA;B\n").await?;
    let query = "mutation ($file: ID!) { initiativeCreate(input: {
        title: \"Un essai\", summary: \"Un essai.\", scope: LOCAL, stage: IDEA,
        documents: [{ title: \"Données\", file: $file }] }) { errors { code field message } } }";
    let answer = server
        .send_as(&staff.token, query, json!({ "file": file }))
        .await?;
    let errors = &answer.body["data"]["initiativeCreate"]["errors"];
    ensure!(
        errors[0]["code"] == "INVALID"
            && errors[0]["message"] == "Ce fichier ne peut servir qu'à un import.",
        "{}",
        answer.body
    );
    // While an import may read it, it is not removed.
    let tried = done(&server, &staff, IMPORT, json!({ "fileId": file })).await?;
    ensure!(tried["state"] == "SUCCEEDED", "{tried}");
    let query = format!("mutation {{ fileDelete(input: {{id: {file}}}) {{ errors {{ code }} }} }}");
    let answer = server.send_as(&staff.token, &query, Value::Null).await?;
    let code = answer.body["data"]["fileDelete"]["errors"][0]["code"].as_str();
    ensure!(
        code.context("an error")? == "ILLEGAL_TRANSITION",
        "{}",
        answer.body
    );
    server.stop().await
}
