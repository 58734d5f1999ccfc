//! The territory, as a front end reads it.

use anyhow::ensure;
use serde_json::json;
use tests::{Backend, Outcome, Server, cases};

cases![
    communes_climb_and_descend,
    stations_are_near,
    wrong_pages_are_refused
];

async fn communes_climb_and_descend(backend: Backend) -> Outcome {
    let server = Server::seeded(backend).await?;
    let data = server
        .data(
            r#"{
                commune(inseeCode: "92071") {
                    name
                    postalCodes
                    departement { code communes(first: 2) { totalCount nodes { slug } } }
                    intercommunalities { name kind communes(first: 1) { totalCount } }
                    past: intercommunalities(on: "2015-11-27") { kind }
                    outline
                }
            }"#,
        )
        .await?;
    let sceaux = &data["commune"];
    ensure!(
        sceaux["name"] == "Sceaux" && sceaux["postalCodes"] == json!(["92330"]),
        "{sceaux}"
    );
    ensure!(
        sceaux["departement"]["communes"]["totalCount"] == 36,
        "{sceaux}"
    );
    ensure!(
        sceaux["departement"]["communes"]["nodes"]
            == json!([{"slug": "antony"}, {"slug": "asnieres-sur-seine"}]),
        "{sceaux}"
    );
    let ept = sceaux["intercommunalities"]
        .as_array()
        .and_then(|all| all.iter().find(|one| one["kind"] == "EPT"));
    ensure!(
        ept.is_some_and(|ept| ept["communes"]["totalCount"] == 11),
        "{sceaux}"
    );
    ensure!(sceaux["past"] == json!([]), "{sceaux}");
    ensure!(sceaux["outline"]["type"] == "Polygon", "{sceaux}");
    server.stop().await
}

async fn stations_are_near(backend: Backend) -> Outcome {
    let server = Server::seeded(backend).await?;
    let data = server
        .data(
            r#"{
                nearestStations(location: {latitude: 48.892, longitude: 2.238}, first: 1) {
                    distanceMetres
                    distance { approximate }
                    station { name lines { name mode } }
                }
            }"#,
        )
        .await?;
    let nearest = &data["nearestStations"][0];
    ensure!(nearest["station"]["name"] == "La Défense", "{nearest}");
    ensure!(nearest["distance"]["approximate"] == false, "{nearest}");
    let lines = nearest["station"]["lines"].as_array().map(Vec::len);
    ensure!(lines.is_some_and(|lines| lines >= 5), "{nearest}");
    server.stop().await
}

async fn wrong_pages_are_refused(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    for arguments in [
        "first: 0",
        "first: 101",
        "last: -1",
        "first: 1, last: 1",
        r#"after: "x""#,
    ] {
        let query = format!("{{ communes({arguments}) {{ totalCount }} }}");
        let code = server.error_code(&query).await?;
        ensure!(code == "BAD_INPUT", "{arguments}: {code}");
    }
    server.stop().await
}
