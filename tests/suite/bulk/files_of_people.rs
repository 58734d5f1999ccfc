//! Files as people have them: what is understood of them, and what is told.

use anyhow::{Context as _, ensure};
use entity::values::Role;
use serde_json::{Value, json};
use tests::{Backend, Outcome, Server, Signed, cases};

use super::{ask, done, rows, tried_and_written, uploaded};

cases![
    numbers_places_and_hours_are_read_as_people_write_them,
    a_quote_that_never_closes_costs_its_own_row,
    lines_in_another_encoding_are_told,
    titles_above_the_heading_are_passed_over,
    a_public_namesake_is_told_by_the_dry_run,
    a_file_without_its_key_or_without_rows_is_refused,
    keys_and_their_order_change_nothing,
    staff_follow_an_import_without_being_refused,
];

const IMPORT: &str = "organizationsImport";

fn codes(row: &Value) -> Vec<&str> {
    let findings = row["findings"].as_array();
    let codes = findings.into_iter().flatten();
    codes.filter_map(|one| one["code"].as_str()).collect()
}

async fn read(
    server: &Server,
    staff: &Signed,
    name: &str,
    bytes: impl Into<Vec<u8>>,
) -> anyhow::Result<Vec<Value>> {
    let file = uploaded(server, staff, name, bytes).await?;
    let input = json!({ "fileId": file, "source": name });
    let (_, written) = tried_and_written(server, staff, IMPORT, input).await?;
    rows(server, staff, &written["id"], &[]).await
}

async fn organization(server: &Server, row: &Value) -> anyhow::Result<Value> {
    let id = &row["nodes"][0]["id"];
    ensure!(id.is_string(), "{row}");
    let query = format!(
        "{{ organization(id: {id}) {{ name siren rna sites(first: 1) {{ nodes {{
            siret openingHours commune {{ inseeCode }}
            location {{ latitude longitude precision }} }} }} }} }}"
    );
    let mut data = server.data(&query).await?;
    let mut found = data["organization"].take();
    found["site"] = found["sites"]["nodes"][0].take();
    Ok(found)
}

async fn numbers_places_and_hours_are_read_as_people_write_them(backend: Backend) -> Outcome {
    let server = Server::with_territory(backend).await?;
    let staff = server.account(Role::Staff, None).await?;
    let file = "Identifiant;Nom;SIREN;SIRET;RNA;Horaires;Adresse;Latitude;Longitude;CP;Commune\n\
        1;Un;;501000400017;W9R1009999;lundi au vendredi 9h-12h;3 rue A;0;0;92330;Sceaux\n\
        2;Deux;909091001;73282932000074;;09:00-12:00;3 rue B;48.7786, 2.2906;;92330;SCEAUX CEDEX\n\
        3;Trois;;11122233344455;W2A1009999;;3 rue C;48.7786;;92210;Saint\u{2011}Cloud\n\
        4;Quatre;;7,32829E+13;;;3 rue D;2.2906;48.7786;92330;Sceaux\n";
    let rows = read(&server, &staff, "un.csv", file).await?;
    ensure!(rows.len() == 4, "{rows:?}");
    let one = organization(&server, &rows[0]).await?;
    ensure!(
        one["siren"] == "005010004"
            && one["rna"] == "W9R1009999"
            && one["site"]["siret"] == "00501000400017"
            && one["site"]["openingHours"] == "Mo-Fr 09:00-12:00"
            && one["site"]["location"]["precision"] == "COMMUNE",
        "{one}"
    );
    for code in ["LEADING_ZERO", "HOURS_REWRITTEN", "COORDINATE"] {
        ensure!(codes(&rows[0]).contains(&code), "{}", rows[0]);
    }
    let two = organization(&server, &rows[1]).await?;
    ensure!(
        two["siren"].is_null()
            && two["site"]["siret"].is_null()
            && two["site"]["openingHours"].is_null()
            && two["site"]["location"]["latitude"] == json!(48.7786)
            && two["site"]["commune"]["inseeCode"] == "92071",
        "{two}"
    );
    for code in ["SIRET_OF_ANOTHER_UNIT", "HOURS_WITHOUT_DAY"] {
        ensure!(codes(&rows[1]).contains(&code), "{}", rows[1]);
    }
    let three = organization(&server, &rows[2]).await?;
    ensure!(
        three["site"]["siret"].is_null()
            && three["rna"] == "W2A1009999"
            && three["site"]["commune"]["inseeCode"] == "92064",
        "{three}"
    );
    for code in ["SIRET_CHECKSUM", "COORDINATE"] {
        ensure!(codes(&rows[2]).contains(&code), "{}", rows[2]);
    }
    for code in ["SCIENTIFIC_NOTATION", "PROBABLY_SWAPPED"] {
        ensure!(codes(&rows[3]).contains(&code), "{}", rows[3]);
    }
    server.stop().await
}

async fn a_quote_that_never_closes_costs_its_own_row(backend: Backend) -> Outcome {
    let server = Server::with_territory(backend).await?;
    let staff = server.account(Role::Staff, None).await?;
    let file = "Identifiant;Nom;Description;E-mail\n\
        1;Un;\"Texte;un@example.org\n\
        2;Deux;Texte;deux@example.org\n\
        3;Trois;Texte;trois@example.org\n\
        4;Qua";
    let rows = read(&server, &staff, "guillemet.csv", file).await?;
    let outcomes: Vec<(&Value, &Value)> = rows
        .iter()
        .map(|row| (&row["line"], &row["outcome"]))
        .collect();
    ensure!(
        outcomes
            == [
                (&json!(2), &json!("REFUSED")),
                (&json!(3), &json!("CREATED")),
                (&json!(4), &json!("CREATED")),
                (&json!(5), &json!("REFUSED")),
            ],
        "{rows:#?}"
    );
    ensure!(codes(&rows[0]).contains(&"UNREADABLE"), "{}", rows[0]);
    let data = server
        .data("{ search(text: \"example.org\", first: 5) { totalCount } }")
        .await?;
    ensure!(data["search"]["totalCount"] == 0, "{data}");
    server.stop().await
}

async fn lines_in_another_encoding_are_told(backend: Backend) -> Outcome {
    let server = Server::with_territory(backend).await?;
    let staff = server.account(Role::Staff, None).await?;
    let mut file = "Identifiant;Nom;Commune\n1;Fédération des œuvres;Sceaux\n2;Caf"
        .as_bytes()
        .to_vec();
    file.extend(b"\xe9 d'essai;Sceaux\n");
    let rows = read(&server, &staff, "mixte.csv", file).await?;
    let names = [
        organization(&server, &rows[0]).await?["name"].clone(),
        organization(&server, &rows[1]).await?["name"].clone(),
    ];
    ensure!(
        names == [json!("Fédération des œuvres"), json!("Café d'essai")],
        "{names:?}"
    );
    let told: Vec<bool> = rows
        .iter()
        .map(|row| codes(row).contains(&"GUESSED_ENCODING"))
        .collect();
    ensure!(told == [false, true], "{rows:#?}");
    server.stop().await
}

async fn titles_above_the_heading_are_passed_over(backend: Backend) -> Outcome {
    let server = Server::with_territory(backend).await?;
    let staff = server.account(Role::Staff, None).await?;
    let file = "sep=;\nIdentifiant;Nom;Commune\n1;Un d'essai;Sceaux\n";
    let rows = read(&server, &staff, "sep.csv", file).await?;
    ensure!(
        rows[0]["outcome"] == "CREATED" && rows[0]["line"] == 3,
        "{rows:?}"
    );
    let file = "Liste des associations;;\n;;\nIdentifiant;Nom;Commune\n1;Deux d'essai;Sceaux\n";
    let rows = read(&server, &staff, "titre.csv", file).await?;
    ensure!(rows[0]["outcome"] == "CREATED", "{rows:?}");
    ensure!(codes(&rows[0]).contains(&"ROWS_ABOVE_HEADING"), "{rows:?}");
    server.stop().await
}

async fn a_public_namesake_is_told_by_the_dry_run(backend: Backend) -> Outcome {
    let server = Server::seeded(backend).await?;
    let staff = server.account(Role::Staff, None).await?;
    let file = "Identifiant;Nom;Types;Code postal;Commune\n1;Casaco;Coworking;92240;Malakoff\n";
    let file = uploaded(&server, &staff, "lieux.csv", file).await?;
    let tried = done(
        &server,
        &staff,
        "coworkingSpacesImport",
        json!({ "fileId": file }),
    )
    .await?;
    let rows = rows(&server, &staff, &tried["id"], &[]).await?;
    ensure!(codes(&rows[0]).contains(&"PROBABLE_DUPLICATE"), "{rows:?}");
    server.stop().await
}

async fn a_file_without_its_key_or_without_rows_is_refused(backend: Backend) -> Outcome {
    let server = Server::with_territory(backend).await?;
    let staff = server.account(Role::Staff, None).await?;
    for (file, failure) in [
        ("Ville;CP\nSceaux;92330\n", "NO_KNOWN_COLUMN"),
        ("Identifiant;Nom;Commune\n", "UNREADABLE"),
    ] {
        let file = uploaded(&server, &staff, "sans.csv", file).await?;
        let tried = done(&server, &staff, IMPORT, json!({ "fileId": file })).await?;
        ensure!(
            tried["state"] == "FAILED" && tried["failure"]["code"] == failure,
            "{tried}"
        );
    }
    server.stop().await
}

async fn keys_and_their_order_change_nothing(backend: Backend) -> Outcome {
    let server = Server::with_territory(backend).await?;
    let staff = server.account(Role::Staff, None).await?;
    let heading = "Identifiant;Nom;Commune\n";
    let [one, two, three, four] = [
        "A-1;Un d'essai;Sceaux\n",
        "A/1;Deux d'essai;Sceaux\n",
        "D1;Trois d'essai;Sceaux\n",
        "D1;Quatre d'essai;Sceaux\n",
    ];
    let first = [heading, one, two, three, four].concat();
    let created = read(&server, &staff, "cles.csv", first).await?;
    ensure!(
        created.iter().all(|row| row["outcome"] == "CREATED"),
        "{created:?}"
    );
    ensure!(!codes(&created[1]).contains(&"REPEATED_KEY"), "{created:?}");
    let again = [heading, four, two, three, one].concat();
    let file = uploaded(&server, &staff, "cles.csv", again).await?;
    let input = json!({ "fileId": file, "source": "cles.csv" });
    let (_, written) = tried_and_written(&server, &staff, IMPORT, input).await?;
    ensure!(written["counts"]["unchanged"] == 4, "{written}");
    server.stop().await
}

async fn staff_follow_an_import_without_being_refused(backend: Backend) -> Outcome {
    let server = Server::with_territory(backend).await?;
    let staff = server.account(Role::Staff, None).await?;
    let file = "Identifiant;Nom;Commune\n1;Un d'essai;Sceaux\n";
    let file = uploaded(&server, &staff, "suivi.csv", file).await?;
    let asked = ask(&server, &staff, IMPORT, json!({ "fileId": file })).await?;
    let id = &asked["import"]["id"];
    let query = format!(
        "{{ import(id: {id}) {{ state progress {{ percent }} counts {{ total }}
            findings {{ code count message }} }} rateLimit {{ cost limit }} }}"
    );
    for _ in 0..60 {
        let answer = server.send_as(&staff.token, &query, Value::Null).await?;
        let cost = answer.body["data"]["rateLimit"]["cost"].as_i64();
        let cost = cost.with_context(|| answer.body.to_string())?;
        ensure!(cost <= 30, "{cost}");
    }
    server.stop().await
}
