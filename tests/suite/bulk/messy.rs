//! An agent imports a messy spreadsheet, sees row by row what is wrong, and loses nothing.

use anyhow::{Context as _, ensure};
use entity::values::Role;
use serde_json::{Value, json};
use tests::{Backend, Outcome, Server, Signed, cases};

use super::sheets::{Table, workbook};
use super::{ask, count, done, number, rows, tried_and_written, uploaded};

cases![
    every_format_says_the_same_of_a_messy_spreadsheet,
    what_was_tried_is_written_once_and_under_the_agent_s_name,
    an_archived_theme_is_given_to_nothing_and_stays_where_it_is,
    identifiers_of_two_registers_are_kept_apart,
    numbers_and_days_of_a_workbook_are_understood
];

const IMPORT: &str = "initiativesImport";

/// Two organizations of the registry, by which initiatives are led.
const LEADS: &str = "Nom;SIRET;Forme juridique;Commune\n\
    L'Épi d'essai;90909090400014;Association;Sceaux\n\
    La Régie d'essai;01234567400019;SCIC;Sceaux\n";

fn messy() -> Table {
    let row = |cells: [Value; 8]| cells.to_vec();
    Table {
        columns: vec![
            "Titre *",
            "RÉSUMÉ",
            "Thématiques",
            "Ville",
            "CP",
            "SIRET de la structure porteuse",
            "État d'avancement",
            "Site web",
        ],
        rows: vec![
            row([
                json!("L'Épicerie d'essai"),
                json!("Une épicerie solidaire."),
                json!("Aînés, reemploi"),
                json!("SCEAUX"),
                json!(92330),
                // A narrow no-break space, as French typography has it.
                json!("909\u{202f}090\u{202f}904\u{a0}00014"),
                json!("En cours"),
                json!("www.example.org"),
            ]),
            row([
                json!("La Ressourcerie d'essai"),
                json!("Des objets réparés."),
                json!("Réemploi et ressourceries ; Licornes"),
                json!("Sceaux"),
                json!(92330),
                json!("90909090400015"),
                json!("Bientôt peut-être"),
                Value::Null,
            ]),
            row([
                json!("Le Jardin d'essai"),
                json!("Un jardin partagé."),
                Value::Null,
                json!("Trifouilly-les-Oies"),
                json!("9233"),
                json!("909090904"),
                json!("Idée"),
                json!("ceci n'est pas un site"),
            ]),
            // The first row again.
            row([
                json!("L'Épicerie d'essai"),
                json!("Une épicerie solidaire."),
                json!("Aînés, reemploi"),
                json!("SCEAUX"),
                json!(92330),
                json!("90909090400014"),
                json!("En cours"),
                json!("https://example.org"),
            ]),
            row([
                Value::Null,
                json!("Sans titre."),
                Value::Null,
                json!("Sceaux"),
                json!(92330),
                Value::Null,
                Value::Null,
                Value::Null,
            ]),
            row([
                json!("Le Café d'essai"),
                json!("é".repeat(301)),
                Value::Null,
                json!("Sceaux"),
                json!(92330),
                Value::Null,
                Value::Null,
                Value::Null,
            ]),
            row([
                json!("L'Atelier d'essai"),
                json!("Un atelier."),
                Value::Null,
                json!("Sceaux"),
                json!(92330),
                // Nobody in the registry has it.
                json!("35600000000048"),
                json!("Terminée"),
                Value::Null,
            ]),
            // Spreadsheets have many of these below their last row.
            vec![Value::Null; 8],
        ],
    }
}

/// What is found in each row that is more than a spelling, without where.
fn grave(row: &Value) -> Vec<String> {
    let findings = row["findings"].as_array().into_iter().flatten();
    findings
        .filter(|finding| finding["severity"] != "UNDERSTOOD")
        .map(|finding| {
            let text = |name: &str| finding[name].as_str().unwrap_or_default().to_owned();
            format!("{} {}", text("code"), text("column"))
        })
        .collect()
}

async fn with_leads(backend: Backend) -> anyhow::Result<(Server, Signed)> {
    let server = Server::with_territory(backend).await?;
    let staff = server.account(Role::Staff, None).await?;
    let file = uploaded(&server, &staff, "structures.csv", LEADS).await?;
    let input = json!({ "fileId": file });
    let (_, written) = tried_and_written(&server, &staff, "organizationsImport", input).await?;
    ensure!(written["counts"]["created"] == 2, "{written}");
    Ok((server, staff))
}

async fn every_format_says_the_same_of_a_messy_spreadsheet(backend: Backend) -> Outcome {
    let (server, staff) = with_leads(backend).await?;
    let before = count(&server, "initiative").await?;
    let table = messy();
    let files = [
        ("acteurs.csv", table.csv(';').into_bytes()),
        ("acteurs-anciens.csv", table.latin1('\t')),
        ("acteurs.xlsx", table.xlsx()),
        ("acteurs.json", table.json()),
    ];
    let mut told = Vec::new();
    for (name, bytes) in files {
        let file = uploaded(&server, &staff, name, bytes).await?;
        let tried = done(&server, &staff, IMPORT, json!({ "fileId": file })).await?;
        ensure!(
            tried["state"] == "SUCCEEDED"
                && tried["fileName"] == name
                && tried["progress"]["percent"] == 100
                && tried["rowsLeftOut"] == 0,
            "{name}: {tried}"
        );
        let mut rows = rows(&server, &staff, &tried["id"], &[]).await?;
        for row in &mut rows {
            // A text and a workbook begin at the second line; an object where it is written.
            let line = row["line"].take();
            ensure!(
                name == "acteurs.json"
                    || line == json!(row["number"].as_i64().map(|number| number + 1))
            );
            for finding in row["findings"].as_array_mut().context("findings")? {
                let value = finding["value"].as_str().unwrap_or_default();
                finding["value"] = json!(value.replace('\u{202f}', "\u{a0}"));
            }
        }
        told.push((
            name,
            tried["counts"].clone(),
            tried["findings"].clone(),
            rows,
        ));
    }
    let (_, counts, findings, rows) = &told[0];
    for (name, other_counts, other_findings, other_rows) in &told[1..] {
        ensure!(other_counts == counts, "{name}: {other_counts} {counts}");
        ensure!(
            other_findings == findings,
            "{name}: {other_findings}\n{findings}"
        );
        ensure!(other_rows == rows, "{name}: {other_rows:#?}\n{rows:#?}");
    }
    ensure!(
        *counts
            == json!({
                "total": 7, "created": 4, "updated": 0, "unchanged": 0, "refused": 3,
                "skipped": 0,
            }),
        "{counts}"
    );
    let found: Vec<Vec<String>> = rows.iter().map(grave).collect();
    let expected: [&[&str]; 7] = [
        &[],
        &[
            "UNKNOWN_CODE État d'avancement",
            "UNREADABLE État d'avancement",
            "THEME_UNKNOWN Thématiques",
            "SIRET_CHECKSUM SIRET de la structure porteuse",
        ],
        &["URL Site web", "COMMUNE_UNKNOWN Ville"],
        &[],
        &["MISSING Titre *"],
        &["TOO_LONG RÉSUMÉ", "UNREADABLE RÉSUMÉ"],
        &["LEAD_UNKNOWN SIRET de la structure porteuse"],
    ];
    ensure!(found == expected, "{found:#?}");
    let codes = |row: usize| -> Vec<&str> {
        let findings = rows[row]["findings"].as_array().into_iter().flatten();
        findings.filter_map(|one| one["code"].as_str()).collect()
    };
    ensure!(codes(0).contains(&"THOUSANDS_SEPARATORS"), "{:?}", codes(0));
    ensure!(codes(2).contains(&"LEADING_ZERO"), "{:?}", codes(2));
    ensure!(
        codes(2).contains(&"SIREN_IN_PLACE_OF_SIRET"),
        "{:?}",
        codes(2)
    );
    ensure!(codes(3).contains(&"REPEATED_KEY"), "{:?}", codes(3));
    let wrong = rows[1]["findings"].as_array().context("findings")?;
    let siret = wrong.iter().find(|one| one["code"] == "SIRET_CHECKSUM");
    let siret = siret.context("the wrong SIRET")?;
    ensure!(siret["value"] == "90909090400015", "{siret}");
    ensure!(
        siret["message"] == "Ces 14 chiffres ne sont pas un SIRET : la clé est fausse.",
        "{siret}"
    );
    ensure!(
        count(&server, "initiative").await? == before,
        "it was written"
    );
    server.stop().await
}

async fn what_was_tried_is_written_once_and_under_the_agent_s_name(backend: Backend) -> Outcome {
    let (server, staff) = with_leads(backend).await?;
    let other = server.account(Role::Admin, None).await?;
    let before = count(&server, "initiative").await?;
    let file = uploaded(&server, &staff, "acteurs.xlsx", messy().xlsx()).await?;
    let input = json!({ "fileId": file, "dryRun": false });

    // Nothing is written that was not tried, and by the same agent.
    let refused = ask(&server, &staff, IMPORT, input.clone()).await?;
    let untried = json!([{
        "code": "ILLEGAL_TRANSITION", "field": ["dryRun"],
        "message": "Essayez d'abord : il faut un essai terminé du même fichier, avec la même \
                    correspondance, par vous-même.",
    }]);
    ensure!(
        refused["errors"] == untried && refused["import"].is_null(),
        "{refused}"
    );
    let tried = done(&server, &staff, IMPORT, json!({ "fileId": file })).await?;
    ensure!(
        tried["dryRun"] == true && tried["counts"]["created"] == 4,
        "{tried}"
    );
    ensure!(tried["account"]["email"] == json!(staff.email), "{tried}");
    ensure!(
        count(&server, "initiative").await? == before,
        "it was written"
    );
    let same = uploaded(&server, &other, "acteurs.xlsx", messy().xlsx()).await?;
    let stolen = json!({ "fileId": same, "dryRun": false });
    let refused = ask(&server, &other, IMPORT, stolen).await?;
    ensure!(refused["errors"] == untried, "{refused}");
    for (name, value) in [("source", "acteurs-2025"), ("sheet", "Acteurs")] {
        let mut otherwise = input.clone();
        otherwise[name] = json!(value);
        let refused = ask(&server, &staff, IMPORT, otherwise).await?;
        ensure!(refused["errors"] == untried, "{name}: {refused}");
    }

    let written = done(&server, &staff, IMPORT, input.clone()).await?;
    ensure!(
        written["state"] == "SUCCEEDED"
            && written["confirmsId"] == tried["id"]
            && written["counts"] == tried["counts"],
        "{written}"
    );
    ensure!(count(&server, "initiative").await? == before + 4);
    let query = r#"{ initiative(slug: "l-epicerie-d-essai") {
        id title stage website themes { slug } leadOrganization { name } communes { name } } }"#;
    let data = server.data(query).await?;
    let initiative = &data["initiative"];
    ensure!(
        initiative["stage"] == "RUNNING"
            && initiative["website"] == "http://www.example.org"
            && initiative["leadOrganization"]["name"] == "L'Épi d'essai"
            && initiative["communes"] == json!([{ "name": "Sceaux" }])
            && initiative["themes"]
                .as_array()
                .is_some_and(|themes| themes.len() == 2),
        "{data}"
    );
    let all = rows(&server, &staff, &written["id"], &[]).await?;
    ensure!(all[0]["nodes"][0]["id"] == initiative["id"], "{}", all[0]);
    let refused = rows(&server, &staff, &written["id"], &["REFUSED"]).await?;
    let numbers: Vec<_> = refused.iter().map(|row| row["number"].as_i64()).collect();
    ensure!(numbers == [Some(2), Some(5), Some(6)], "{refused:?}");
    ensure!(refused[0]["nodes"] == json!([]), "{}", refused[0]);
    let actor = maillage::accounts::actor(staff.account);
    let sql = format!(
        "select count(*) from change where actor = '{actor}' and action = 'imported' \
         and entity_kind = 'initiative' and is_public"
    );
    ensure!(number(&server, &sql).await? == 4, "the change log");

    // The same file again changes nothing.
    let (again, rewritten) =
        tried_and_written(&server, &staff, IMPORT, json!({ "fileId": file })).await?;
    for import in [again, rewritten] {
        let counts = &import["counts"];
        ensure!(
            counts["created"] == 0 && counts["updated"] == 0 && counts["unchanged"] == 4,
            "{import}"
        );
    }
    ensure!(count(&server, "initiative").await? == before + 4);

    // The report as a file, in the language of the reader.
    let url = format!(
        "{}{}",
        server.url,
        written["reportUrl"].as_str().context("a URL")?
    );
    let french = server.client.get(&url).bearer_auth(&other.token);
    let french = french.send().await?.text().await?;
    ensure!(
        french.starts_with(
            "\u{feff}ligne;nature;code;colonne;valeur du fichier;valeur conservée;explication"
        ) && french.contains("6;ligne;refusée;;"),
        "{french}"
    );
    let request = server.client.get(url).bearer_auth(&other.token);
    let response = request.header("accept-language", "en").send().await?;
    ensure!(response.status() == 200, "{response:?}");
    let disposition = &response.headers()["content-disposition"];
    ensure!(
        disposition.to_str()?.starts_with("attachment"),
        "{disposition:?}"
    );
    let report = response.text().await?;
    let lines: Vec<&str> = report.lines().collect();
    ensure!(
        lines[0] == "\u{feff}line;kind;code;column;value in the file;value kept;reason",
        "{report}"
    );
    ensure!(
        lines.iter().any(|line| line.starts_with("6;row;refused;;")),
        "{report}"
    );
    ensure!(
        report.contains(
            "3;value refused;SIRET_CHECKSUM;SIRET de la structure porteuse;90909090400015;;\
             These 14 digits are no SIRET: the check digit is wrong."
        ),
        "{report}"
    );
    server.stop().await
}

async fn an_archived_theme_is_given_to_nothing_and_stays_where_it_is(backend: Backend) -> Outcome {
    let server = Server::with_territory(backend).await?;
    let staff = server.account(Role::Staff, None).await?;
    let table =
        |title: &str| format!("Titre;Résumé;Thèmes;Commune\n{title};Un essai.;aines;Sceaux\n");
    let file = uploaded(&server, &staff, "un.csv", table("Un")).await?;
    let (_, written) =
        tried_and_written(&server, &staff, IMPORT, json!({ "fileId": file })).await?;
    ensure!(written["findings"].as_array().is_some_and(|all| {
        all.iter()
            .all(|finding| finding["code"] != "THEME_ARCHIVED")
    }));
    let data = server
        .data("{ theme(slug: \"aines\") { id revision } }")
        .await?;
    let archive = format!(
        "mutation {{ themeArchive(input: {{id: {}, expectedRevision: {}}}) {{ errors {{ code }} }} }}",
        data["theme"]["id"], data["theme"]["revision"]
    );
    let answer = server.send_as(&staff.token, &archive, Value::Null).await?;
    ensure!(
        answer.body["data"]["themeArchive"]["errors"] == json!([]),
        "{}",
        answer.body
    );
    let both = format!("{}Deux;Un essai.;aines;Sceaux\n", table("Un"));
    let file = uploaded(&server, &staff, "deux.csv", both).await?;
    let (_, written) =
        tried_and_written(&server, &staff, IMPORT, json!({ "fileId": file })).await?;
    let rows = rows(&server, &staff, &written["id"], &[]).await?;
    for row in &rows {
        ensure!(grave(row) == ["THEME_ARCHIVED Thèmes"], "{row}");
    }
    let themes = "{ un: initiative(slug: \"un\") { themes { slug } }
        deux: initiative(slug: \"deux\") { themes { slug } } }";
    let data = server.data(themes).await?;
    ensure!(
        data["un"]["themes"] == json!([{ "slug": "aines" }]),
        "{data}"
    );
    ensure!(data["deux"]["themes"] == json!([]), "{data}");
    server.stop().await
}

async fn numbers_and_days_of_a_workbook_are_understood(backend: Backend) -> Outcome {
    let (server, staff) = with_leads(backend).await?;
    let table = Table {
        columns: vec![
            "Titre",
            "Résumé",
            "CP",
            "Commune",
            "SIREN porteur",
            "Latitude",
            "Longitude",
        ],
        rows: vec![vec![
            json!("La Régie"),
            json!("Un essai."),
            json!(92330),
            json!("Sceaux"),
            // A SIRET that has lost its zero, as every number has.
            json!(1_234_567_400_019_i64),
            json!(48.7786),
            json!(2.2906),
        ]],
    };
    let file = uploaded(&server, &staff, "a.xlsx", table.xlsx()).await?;
    let (_, written) =
        tried_and_written(&server, &staff, IMPORT, json!({ "fileId": file })).await?;
    ensure!(written["counts"]["created"] == 1, "{written}");
    let kept = rows(&server, &staff, &written["id"], &[]).await?;
    let findings = kept[0]["findings"].as_array().context("findings")?;
    let codes: Vec<&str> = findings
        .iter()
        .filter_map(|one| one["code"].as_str())
        .collect();
    ensure!(
        codes
            == [
                "DEFAULT_VALUE",
                "DEFAULT_VALUE",
                "LEADING_ZERO",
                "SIRET_BY_LUHN"
            ],
        "{codes:?}"
    );
    let query = "{ initiative(slug: \"la-regie\") { leadOrganization { name }
        location { latitude longitude } } }";
    let data = server.data(query).await?;
    ensure!(
        data["initiative"]
            == json!({
                "leadOrganization": { "name": "La Régie d'essai" },
                "location": { "latitude": 48.7786, "longitude": 2.2906 },
            }),
        "{data}"
    );
    // A sheet says a day in its own way.
    let rows_of_days = r#"<row><c t="inlineStr"><is><t>Nom</t></is></c>
        <c t="inlineStr"><is><t>Date de clôture</t></is></c></row>
        <row><c t="inlineStr"><is><t>Aide d'essai</t></is></c>
        <c t="d"><v>2030-12-31T00:00:00</v></c></row>"#;
    let file = uploaded(&server, &staff, "b.xlsx", workbook(rows_of_days)).await?;
    let input = json!({ "fileId": file });
    tried_and_written(&server, &staff, "fundingSourcesImport", input).await?;
    let data = server
        .data("{ fundingSource(slug: \"aide-d-essai\") { closesOn } }")
        .await?;
    ensure!(data["fundingSource"]["closesOn"] == "2030-12-31", "{data}");
    server.stop().await
}

async fn identifiers_of_two_registers_are_kept_apart(backend: Backend) -> Outcome {
    let server = Server::with_territory(backend).await?;
    let staff = server.account(Role::Staff, None).await?;
    let table =
        |title: &str| format!("Identifiant;Titre;Résumé;Commune\n1;{title};Un essai.;Sceaux\n");
    for (source, title, created) in [
        (Some("registre-a"), "Un", 1),
        (Some("registre-b"), "Deux", 1),
        // Renamed in its register, it is the same.
        (Some("registre-a"), "Trois", 0),
        // Nobody said whose identifiers these are: they do not count.
        (None, "Quatre", 1),
        (None, "Cinq", 1),
    ] {
        let file = uploaded(&server, &staff, "a.csv", table(title)).await?;
        let input = json!({ "fileId": file, "source": source });
        let (_, written) = tried_and_written(&server, &staff, IMPORT, input).await?;
        ensure!(
            written["counts"]["created"] == created,
            "{title}: {written}"
        );
        let expected = source.unwrap_or("tableur-initiatives");
        ensure!(written["source"] == expected, "{written}");
    }
    let data = server.data("{ initiatives { nodes { title } } }").await?;
    let mut titles: Vec<&str> = data["initiatives"]["nodes"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|node| node["title"].as_str())
        .collect();
    titles.sort_unstable();
    ensure!(titles == ["Cinq", "Deux", "Quatre", "Trois"], "{titles:?}");
    server.stop().await
}
