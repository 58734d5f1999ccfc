//! Real registries, imported as they are, and read back over HTTP.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Cursor;
use std::ops::ControlFlow;
use std::path::Path;

use anyhow::{Context as _, ensure};
use maillage::app::App;
use maillage::clock::Clock;
use maillage::database::Purpose;
use maillage::import::{
    self, Code, Duplicate, Finding, Mapping, Observer, Options, Progress, Report, RowReport,
};
use sea_orm::{ConnectionTrait as _, Statement};
use serde_json::{Value, json};
use tests::{Backend, Outcome, Server, cases, real};

cases![
    establishments_of_the_region_import_twice,
    places_with_a_digital_adviser_import_twice,
    habilitated_structures_import_twice,
    places_of_the_south_import_twice,
    places_of_the_centre_import_twice,
    aids_to_territories_import_twice,
    places_of_other_departements_import_twice,
    an_import_cut_short_and_run_again_ends_as_one_run,
    a_dry_run_keeps_nothing,
    one_structure_in_two_sources_is_reported_and_not_merged,
    communes_and_intercommunalities_of_another_departement_import_twice,
    a_changed_row_is_updated_and_keeps_its_identifier,
    every_encoding_and_separator_says_the_same,
];

/// An observer that keeps all it is told, and stops after some batches if asked.
#[derive(Default)]
struct Kept {
    rows: Vec<RowReport>,
    findings: Vec<Finding>,
    duplicates: Vec<Duplicate>,
    stop_after: Option<u64>,
}

impl Observer for Kept {
    fn row(&mut self, row: &RowReport) {
        self.rows.push(row.clone());
    }

    fn finding(&mut self, finding: &Finding) {
        self.findings.push(finding.clone());
    }

    fn duplicate(&mut self, duplicate: &Duplicate) {
        self.duplicates.push(duplicate.clone());
    }

    fn progress(&mut self, progress: Progress) -> ControlFlow<()> {
        match self.stop_after {
            Some(batches) if progress.batches >= batches => ControlFlow::Break(()),
            _ => ControlFlow::Continue(()),
        }
    }
}

impl Kept {
    fn lines(&self, code: Code) -> Vec<u64> {
        self.findings
            .iter()
            .filter(|finding| finding.code == code)
            .map(|finding| finding.line)
            .collect()
    }
}

/// Imports a file into the database of a server, as the command does.
async fn run(
    server: &Server,
    mapping: &str,
    path: &Path,
    options: &Options,
    kept: &mut Kept,
) -> anyhow::Result<Report> {
    let mapping = Mapping::named(mapping)?.context("the mapping")?;
    let app = App::open(server.app.settings.clone(), Clock::system(), Purpose::Batch).await?;
    let mut file = File::open(path)?;
    let report = import::import(&app, &mapping, &mut file, options, kept).await?;
    app.database.close_by_ref().await?;
    Ok(report)
}

/// Imports a real file twice, and answers what the first time found.
async fn twice(server: &Server, mapping: &str, path: &Path) -> anyhow::Result<(Report, Kept)> {
    let mut kept = Kept::default();
    let options = Options::default();
    let first = run(server, mapping, path, &options, &mut kept).await?;
    ensure!(first.complete, "{first:?}");
    let second = run(server, mapping, path, &options, &mut Kept::default()).await?;
    ensure!(
        (second.rows.created, second.rows.updated) == (0, 0),
        "the second run wrote: {:?}",
        second.rows
    );
    ensure!(
        second.rows.unchanged == first.rows.created + first.rows.updated + first.rows.unchanged
            && second.rows.refused == first.rows.refused,
        "{:?}\n{:?}",
        first.rows,
        second.rows
    );
    ensure!(
        second.duplicates == 0 && second.findings == first.findings,
        "{:?}\n{:?}",
        first.findings,
        second.findings
    );
    Ok((first, kept))
}

async fn count(server: &Server, sql: &str) -> anyhow::Result<i64> {
    let backend = server.app.database.get_database_backend();
    let row = server
        .app
        .database
        .query_one_raw(Statement::from_string(backend, sql))
        .await?
        .context("a count")?;
    Ok(row.try_get_by_index::<i64>(0)?)
}

async fn establishments_of_the_region_import_twice(backend: Backend) -> Outcome {
    let Some(path) = real("etablissements-handicap-adultes-idf.csv")? else {
        return Ok(());
    };
    let server = Server::with_territory(backend).await?;
    let (report, _) = twice(&server, "etablissements-handicap-adultes-idf", &path).await?;
    ensure!(
        report.encoding == "UTF-8 with BOM"
            && report.line_ends == Some(import::LineEnds::CrLf)
            && report.separator == Some(';'),
        "{report:?}"
    );
    ensure!(
        report.rows.created == 858 && report.rows.refused == 0,
        "{:?}",
        report.rows
    );
    // 62 of 858 have no SIRET; the others are sound.
    ensure!(report.count(Code::SiretByLuhn) == 796, "{report:?}");
    ensure!(report.count(Code::SiretChecksum) == 0, "{report:?}");
    for (kind, expected) in [("ESAT", 191), ("EA", 37)] {
        let sql = format!("select count(*) from organization where structure_kind = '{kind}'");
        ensure!(count(&server, &sql).await? == expected, "{kind}");
    }
    let inside = count(
        &server,
        "select count(*) from organization_site where commune_insee like '92%'",
    )
    .await?;
    ensure!(
        inside == 134,
        "{inside} sites in the communes of the registry"
    );
    server.stop().await
}

async fn places_with_a_digital_adviser_import_twice(backend: Backend) -> Outcome {
    let Some(path) = real("lieux-conseillers-numeriques-idf-2022.json")? else {
        return Ok(());
    };
    let server = Server::with_territory(backend).await?;
    let (report, _) = twice(&server, "lieux-conseillers-numeriques-idf-2022", &path).await?;
    ensure!(report.rows.created == 241, "{:?}", report.rows);
    let entities = &report.entities;
    ensure!(
        entities["organization"].created == 241 && entities["initiative"].created == 241,
        "{entities:?}"
    );
    ensure!(report.count(Code::ThemeUnknown) == 0, "{report:?}");
    let themes = count(&server, "select count(*) from initiative_theme").await?;
    ensure!(themes == 241, "{themes} themes");
    // 213 have hours, of which 208 are in the syntax of OpenStreetMap.
    ensure!(report.count(Code::OpeningHours) == 5, "{report:?}");
    let hours = "select count(*) from organization_site where opening_hours is not null";
    ensure!(count(&server, hours).await? == 208, "opening hours");
    let led = "select count(*) from initiative i join organization o \
               on o.id = i.lead_organization_id \
               where i.title = 'Accompagnement numérique : ' || o.name";
    ensure!(count(&server, led).await? == 241, "leads");
    let inside = "select count(*) from organization_site where commune_insee like '92%'";
    let inside = count(&server, inside).await?;
    ensure!(inside == 26, "{inside} in the communes of the registry");
    server.stop().await
}

async fn habilitated_structures_import_twice(backend: Backend) -> Outcome {
    let Some(path) = real("aidants-connect-2023.json")? else {
        return Ok(());
    };
    let server = Server::with_territory(backend).await?;
    let (report, kept) = twice(&server, "aidants-connect-2023", &path).await?;
    ensure!(
        report.rows.total() == 3_407 && report.rows.created == 3_407,
        "{:?}",
        report.rows
    );
    // 3,303 SIRET of 14 digits: 106 fail Luhn, of which 92 are of La Poste.
    let by_luhn = report.count(Code::SiretByLuhn);
    let of_la_poste = report.count(Code::SiretOfLaPoste);
    let wrong = report.count(Code::SiretChecksum);
    ensure!(
        (by_luhn, of_la_poste, wrong) == (3_197, 92, 14),
        "{by_luhn} {of_la_poste} {wrong}"
    );
    let shorter = report.count(Code::SiretLength) + report.count(Code::SirenInPlaceOfSiret);
    ensure!(shorter == 104, "{report:?}");
    ensure!(report.count(Code::LeadingZero) == 225, "{report:?}");
    let ones = kept
        .findings
        .iter()
        .filter(|finding| finding.code == Code::SiretLength && finding.value == "1");
    ensure!(ones.count() == 53, "a SIRET of 1");
    // A refused identifier spares its row, and tells its line.
    let line = *kept.lines(Code::SiretChecksum).first().context("a line")?;
    let text = std::fs::read_to_string(&path)?;
    let row: String = text
        .lines()
        .skip(usize::try_from(line)? - 1)
        .take(5)
        .collect();
    ensure!(
        row.trim_start().starts_with('{') && row.contains("\"SIRET\""),
        "{row}"
    );
    ensure!(
        count(&server, "select count(*) from organization").await? >= 3_407,
        "organizations"
    );
    let logged = count(
        &server,
        "select count(*) from change where actor = 'import aidants-connect'",
    )
    .await?;
    ensure!(logged == 3_407, "{logged} changes");
    server.stop().await
}

async fn places_of_the_south_import_twice(backend: Backend) -> Outcome {
    let Some(path) = real("lieux-paca-2022.csv")? else {
        return Ok(());
    };
    let server = Server::with_territory(backend).await?;
    let (report, kept) = twice(&server, "lieux-paca-2022", &path).await?;
    ensure!(
        report.encoding == "UTF-8" && report.separator == Some(';'),
        "{report:?}"
    );
    ensure!(report.replacement_characters == 7_639, "{report:?}");
    ensure!(report.rows.created == 1_245, "{:?}", report.rows);
    let zeros = kept
        .findings
        .iter()
        .filter(|finding| {
            finding.code == Code::LeadingZero && finding.column == "adresse_code_postal"
        })
        .count();
    ensure!(zeros == 545, "{zeros} postal codes without their zero");
    ensure!(report.count(Code::HoursRewritten) == 133, "{report:?}");
    ensure!(report.count(Code::HoursWithoutDay) == 4, "{report:?}");
    ensure!(report.count(Code::OpeningHours) == 49, "{report:?}");
    ensure!(
        report.entities["space"].created >= 144,
        "{:?}",
        report.entities
    );
    let associations = "select count(*) from organization where legal_form = 'ASSOCIATION'";
    let associations = count(&server, associations).await?;
    ensure!(associations >= 219, "{associations} associations");
    // The row whose cells are shifted keeps its name; its wrong values are refused.
    let sirets = kept.lines(Code::SiretLength);
    ensure!(sirets.len() == 1, "{sirets:?}");
    let shifted: Vec<&str> = kept
        .findings
        .iter()
        .filter(|finding| sirets.contains(&finding.line))
        .map(|finding| finding.column.as_str())
        .collect();
    ensure!(shifted.contains(&"nature_juridique"), "{shifted:?}");
    // Spaces are there for front ends at once.
    let data = server
        .data(
            r#"{
                coworkingSpace(slug: "lumen") {
                    name kinds website address { street postalCode } commune { name }
                    location { latitude precision outsideTerritory }
                }
            }"#,
        )
        .await?;
    ensure!(
        data["coworkingSpace"]
            == json!({
                "name": "Lumen",
                "kinds": ["THIRD_PLACE"],
                "website": "https://www.lumen.dignelesbains.fr/",
                "address": { "street": "45 avenue du 8 mai 1945", "postalCode": "04000" },
                "commune": null,
                "location": {
                    "latitude": 44.089876, "precision": "EXACT", "outsideTerritory": true,
                },
            }),
        "{data}"
    );
    let spaces = server
        .data("{ coworkingSpaces(first: 1) { totalCount } }")
        .await?;
    ensure!(
        spaces["coworkingSpaces"]["totalCount"].as_u64() >= Some(144),
        "{spaces}"
    );
    server.stop().await
}

async fn places_of_the_centre_import_twice(backend: Backend) -> Outcome {
    let Some(path) = real("lieux-centre-val-de-loire-2021.json")? else {
        return Ok(());
    };
    let server = Server::with_territory(backend).await?;
    let (report, _) = twice(&server, "lieux-centre-val-de-loire-2021", &path).await?;
    ensure!(report.rows.created == 426, "{:?}", report.rows);
    ensure!(
        report.entities["space"].created == 80,
        "{:?}",
        report.entities
    );
    for (kind, expected) in [("COWORKING", 27), ("FABLAB", 17), ("TELEWORK", 70)] {
        let sql = format!("select count(*) from coworking_space_kind where kind = '{kind}'");
        let found = count(&server, &sql).await?;
        ensure!(found == expected, "{found} {kind}");
    }
    let siren = report.count(Code::Siren);
    ensure!(siren >= 22, "{siren} refused SIREN");
    server.stop().await
}

async fn aids_to_territories_import_twice(backend: Backend) -> Outcome {
    let Some(path) = real("aides-territoires-periurbain-2022.csv")? else {
        return Ok(());
    };
    let server = Server::with_territory(backend).await?;
    let before = count(&server, "select count(*) from funding_source").await?;
    let (report, _) = twice(&server, "aides-territoires-periurbain-2022", &path).await?;
    ensure!(report.separator == Some(','), "{report:?}");
    ensure!(report.rows.created == 274, "{:?}", report.rows);
    ensure!(report.count(Code::UnknownCode) == 0, "{report:?}");
    let all = count(&server, "select count(*) from funding_source").await?;
    ensure!(all - before == 274, "{all}");
    let of_source = "select count(*) from {table} p join external_reference r \
                     on r.entity_id = p.{id} and r.source = 'aides-territoires' where {condition}";
    for (table, id, condition, expected) in [
        ("funding_source", "id", "p.closes_on is null", 252),
        ("funding_source", "id", "p.call_for_projects", 24),
        ("funding_source", "id", "p.territory_code = '77'", 50),
        (
            "funding_source_form",
            "funding_source_id",
            "p.form = 'GRANT'",
            65,
        ),
        (
            "funding_source_form",
            "funding_source_id",
            "p.form = 'TECHNICAL_ENGINEERING'",
            240,
        ),
        (
            "funding_source_audience",
            "funding_source_id",
            "p.audience = 'LOCAL_PUBLIC_COMPANY'",
            65,
        ),
    ] {
        let sql = of_source
            .replace("{table}", table)
            .replace("{id}", id)
            .replace("{condition}", condition);
        let found = count(&server, &sql).await?;
        ensure!(found == expected, "{found} of {table} where {condition}");
    }
    let data = server
        .data("{ fundingSources(first: 1) { totalCount } }")
        .await?;
    ensure!(data["fundingSources"]["totalCount"] == 274, "{data}");
    server.stop().await
}

async fn places_of_other_departements_import_twice(backend: Backend) -> Outcome {
    let Some(gironde) = real("lieux-gironde-2021.json")? else {
        return Ok(());
    };
    let Some(maine) = real("lieux-maine-et-loire-2023.json")? else {
        return Ok(());
    };
    let server = Server::with_territory(backend).await?;
    let (report, _) = twice(&server, "lieux-gironde-2021", &gironde).await?;
    ensure!(report.rows.created == 347, "{:?}", report.rows);
    // Its latitudes stand under X: read so, no point is exchanged.
    ensure!(report.count(Code::ProbablySwapped) == 0, "{report:?}");
    let bordeaux = "select count(*) from organization_site where latitude between 44 and 46 \
                    and longitude between -1.5 and 0.5 and outside_territory";
    let bordeaux = count(&server, bordeaux).await?;
    ensure!(bordeaux >= 340, "{bordeaux} in Gironde");
    let (report, kept) = twice(&server, "lieux-maine-et-loire-2023", &maine).await?;
    ensure!(report.rows.skipped == 18, "{:?}", report.rows);
    ensure!(
        report.rows.refused == 3 && report.count(Code::Missing) == 3,
        "{:?}",
        report.rows
    );
    ensure!(report.rows.total() == 243, "{:?}", report.rows);
    let dates = kept
        .findings
        .iter()
        .filter(|finding| finding.code == Code::Date && finding.value == "09/0102023")
        .count();
    ensure!(dates <= 39 && dates > 0, "{dates} wrong dates");
    let angers = "select count(*) from organization_site where latitude between 46.9 and 47.9 \
                  and longitude between -1.5 and 0.3";
    let angers = count(&server, angers).await?;
    ensure!(angers >= 200, "{angers} in Maine-et-Loire");
    server.stop().await
}

/// All that an import writes, without identifiers and instants.
async fn dump(server: &Server) -> anyhow::Result<BTreeMap<String, Vec<String>>> {
    let tables = [
        (
            "organization",
            "select slug || '|' || name || '|' || legal_form || '|' || coalesce(siren, '') \
             || '|' || revision from organization",
        ),
        (
            "site",
            "select o.slug || '|' || coalesce(s.siret, '') || '|' || coalesce(s.street, '') \
             || '|' || coalesce(s.postal_code, '') || '|' || coalesce(s.commune_insee, '') \
             from organization_site s join organization o on o.id = s.organization_id",
        ),
        (
            "reference",
            "select r.external_id || '|' || r.fingerprint || '|' || o.slug \
             from external_reference r join organization o on o.id = r.entity_id",
        ),
        (
            "duplicate",
            "select case when a.slug < b.slug then a.slug || '|' || b.slug \
             else b.slug || '|' || a.slug end || '|' || d.reason from probable_duplicate d \
             join organization a on a.id = d.left_id join organization b on b.id = d.right_id",
        ),
        (
            "change",
            "select entity_kind || '|' || action || '|' || count(*) from change \
             group by entity_kind, action",
        ),
    ];
    let backend = server.app.database.get_database_backend();
    let mut dump = BTreeMap::new();
    for (name, sql) in tables {
        let mut rows = server
            .app
            .database
            .query_all_raw(Statement::from_string(backend, sql))
            .await?
            .iter()
            .map(|row| row.try_get_by_index::<String>(0))
            .collect::<Result<Vec<_>, _>>()?;
        rows.sort();
        dump.insert(name.to_owned(), rows);
    }
    Ok(dump)
}

async fn an_import_cut_short_and_run_again_ends_as_one_run(backend: Backend) -> Outcome {
    let Some(first) = real("lieux-conseillers-numeriques-idf-2022.json")? else {
        return Ok(());
    };
    let Some(second) = real("aidants-connect-2023.json")? else {
        return Ok(());
    };
    let options = Options::default();
    let mut dumps = Vec::new();
    for cuts in [0, 2] {
        let server = Server::with_territory(backend.clone()).await?;
        let name = "lieux-conseillers-numeriques-idf-2022";
        run(&server, name, &first, &options, &mut Kept::default()).await?;
        if cuts > 0 {
            let mut kept = Kept {
                stop_after: Some(cuts),
                ..Kept::default()
            };
            let report = run(
                &server,
                "aidants-connect-2023",
                &second,
                &options,
                &mut kept,
            )
            .await?;
            ensure!(
                !report.complete && report.rows.created == cuts * 500,
                "{:?}",
                report.rows
            );
            // Another one dies in the middle of a transaction.
            let mut kept = Kept::default();
            let running = run(
                &server,
                "aidants-connect-2023",
                &second,
                &options,
                &mut kept,
            );
            let died = tokio::time::timeout(std::time::Duration::from_millis(150), running).await;
            ensure!(died.is_err(), "the import was faster than its death");
        }
        let mut kept = Kept::default();
        let report = run(
            &server,
            "aidants-connect-2023",
            &second,
            &options,
            &mut kept,
        )
        .await?;
        ensure!(
            report.complete
                && report.rows.created + report.rows.unchanged == 3_407
                && report.rows.unchanged >= cuts * 500,
            "{:?}",
            report.rows
        );
        dumps.push(dump(&server).await?);
        server.stop().await?;
    }
    for (table, rows) in &dumps[0] {
        ensure!(
            *rows == dumps[1][table],
            "{table}: {} and {} rows",
            rows.len(),
            dumps[1][table].len()
        );
    }
    Ok(())
}

async fn a_dry_run_keeps_nothing(backend: Backend) -> Outcome {
    let Some(path) = real("lieux-conseillers-numeriques-idf-2022.json")? else {
        return Ok(());
    };
    let server = Server::with_territory(backend).await?;
    let before = dump(&server).await?;
    let options = Options {
        dry_run: true,
        ..Options::default()
    };
    let name = "lieux-conseillers-numeriques-idf-2022";
    let report = run(&server, name, &path, &options, &mut Kept::default()).await?;
    ensure!(report.rows.created == 241, "{:?}", report.rows);
    ensure!(dump(&server).await? == before, "the dry run wrote");
    server.stop().await
}

async fn one_structure_in_two_sources_is_reported_and_not_merged(backend: Backend) -> Outcome {
    let Some(first) = real("lieux-conseillers-numeriques-idf-2022.json")? else {
        return Ok(());
    };
    let Some(second) = real("aidants-connect-2023.json")? else {
        return Ok(());
    };
    let server = Server::with_territory(backend).await?;
    let options = Options::default();
    let name = "lieux-conseillers-numeriques-idf-2022";
    run(&server, name, &first, &options, &mut Kept::default()).await?;
    let before = count(&server, "select count(*) from organization").await?;
    let mut kept = Kept::default();
    run(
        &server,
        "aidants-connect-2023",
        &second,
        &options,
        &mut kept,
    )
    .await?;
    let reason = |name: &str, other: &str| {
        kept.duplicates
            .iter()
            .find(|pair| pair.name == name && pair.other_name == other)
            .map(|pair| pair.reason.as_str())
    };
    let louise = reason(
        "Centre socioculturel Louise Michel",
        "CENTRE SOCIOCULTUREL LOUISE MICHEL",
    );
    ensure!(
        louise == Some("SAME_SIRET"),
        "{louise:?} {:?}",
        kept.duplicates
    );
    let web = reason("TOUS AU WEB", "Association Tous au Web");
    ensure!(
        web == Some("SIMILAR_NAME_AND_PLACE"),
        "{web:?} {:?}",
        kept.duplicates
    );
    let after = count(&server, "select count(*) from organization").await?;
    ensure!(after - before == 3_407, "{before} {after}");
    let open = "select count(*) from probable_duplicate where verdict = 'OPEN'";
    let open = count(&server, open).await?;
    ensure!(
        u64::try_from(open)? == kept.duplicates.len() as u64,
        "{open}"
    );
    server.stop().await
}

/// Writes a small file for one test.
fn file(text: &[u8]) -> Cursor<Vec<u8>> {
    Cursor::new(text.to_vec())
}

async fn run_text(
    server: &Server,
    mapping: &Mapping,
    text: &[u8],
    kept: &mut Kept,
) -> anyhow::Result<Report> {
    let app = App::open(server.app.settings.clone(), Clock::system(), Purpose::Batch).await?;
    let options = Options {
        departement: Some("49".to_owned()),
        ..Options::default()
    };
    let report = import::import(&app, mapping, &mut file(text), &options, kept).await?;
    app.database.close_by_ref().await?;
    Ok(report)
}

async fn communes_and_intercommunalities_of_another_departement_import_twice(
    backend: Backend,
) -> Outcome {
    const COMMUNES: &str = include_str!("../fixtures/decoupage/communes.json");
    const EPCI: &str = include_str!("../fixtures/decoupage/epci.json");
    let server = Server::with_territory(backend).await?;
    let communes = Mapping::named("decoupage-communes")?.context("the mapping")?;
    let epci = Mapping::named("decoupage-epci")?.context("the mapping")?;
    let kept = &mut Kept::default();
    let first = run_text(&server, &communes, COMMUNES.as_bytes(), kept).await?;
    ensure!(
        first.rows.created == 2 && first.rows.skipped == 2,
        "{:?}",
        first.rows
    );
    let first = run_text(&server, &epci, EPCI.as_bytes(), kept).await?;
    ensure!(
        first.rows.created == 1 && first.rows.skipped == 1,
        "{:?}",
        first.rows
    );
    for (mapping, text) in [(&communes, COMMUNES), (&epci, EPCI)] {
        let again = run_text(&server, mapping, text.as_bytes(), kept).await?;
        ensure!(
            again.rows.created + again.rows.updated == 0,
            "{:?}",
            again.rows
        );
    }
    server.app.gazetteer.refresh(&server.app.database).await?;
    let query = r#"{
        departement(code: "49") { name communes(first: 10) { nodes { name } } }
        commune(inseeCode: "49002") {
            slug postalCodes intercommunalities { name kind }
        }
    }"#;
    let data = server.data(query).await?;
    ensure!(data["departement"]["name"] == "Maine-et-Loire", "{data}");
    ensure!(data["commune"]["postalCodes"][0] == "49650", "{data}");
    ensure!(
        data["commune"]["intercommunalities"][0]["name"] == "CA Saumur Val de Loire",
        "{data}"
    );
    // Rows that name these communes now have them.
    if let Some(path) = real("lieux-maine-et-loire-2023.json")? {
        let name = "lieux-maine-et-loire-2023";
        run(
            &server,
            name,
            &path,
            &Options::default(),
            &mut Kept::default(),
        )
        .await?;
        let sql = "select count(*) from organization_site where commune_insee = '49002' \
                   and not outside_territory";
        ensure!(count(&server, sql).await? > 0, "sites in Allonnes");
    }
    // A later edition moves the commune to another intercommunality.
    let moved = EPCI
        .replace("200071876", "200060010")
        .replace("CA Saumur Val de Loire", "CC de la fixture");
    run_text(&server, &epci, moved.as_bytes(), kept).await?;
    server.app.gazetteer.refresh(&server.app.database).await?;
    let data = server.data(query).await?;
    ensure!(
        data["commune"]["intercommunalities"]
            .as_array()
            .is_some_and(|bodies| bodies.len() == 1 && bodies[0]["name"] == "CC de la fixture"),
        "{data}"
    );
    server.stop().await
}

const SMALL: &str = r#"
    name = "small"
    title = "A small source"
    format = "csv"
    keys = [["id"]]
    [source]
    name = "small"
    url = "https://example.org"
    licence = "x"
    attribution = "x"
    seen_on = "2022-01-01"
    [[entities]]
    kind = "space"
    constants = { kinds = "COWORKING" }
    fields = { name = "nom", postal_code = "cp", commune_name = "ville", latitude = "lat", longitude = "lon", website = "site" }
"#;

async fn a_changed_row_is_updated_and_keeps_its_identifier(backend: Backend) -> Outcome {
    let server = Server::with_territory(backend).await?;
    let mapping = Mapping::parse(SMALL)?;
    let text = "id;nom;cp;ville;lat;lon;site\n\
                1;L'Atelier d'essai;92330;SCEAUX;;;www.example.org\n\
                2;;92330;SCEAUX;;;\n\
                3;Au bout du monde;92330;Sceaux;2.29;48.77;ttps://example.org\n";
    let mut kept = Kept::default();
    let report = run_text(&server, &mapping, text.as_bytes(), &mut kept).await?;
    ensure!(
        report.rows.created == 2 && report.rows.refused == 1,
        "{:?}",
        report.rows
    );
    let missing = kept
        .findings
        .iter()
        .find(|finding| finding.code == Code::Missing);
    ensure!(
        missing.is_some_and(|finding| finding.line == 3),
        "{:?}",
        kept.findings
    );
    let query = r#"{
        atelier: coworkingSpace(slug: "l-atelier-d-essai") {
            id name website kinds commune { inseeCode }
            location { precision outsideTerritory }
        }
        swapped: coworkingSpace(slug: "au-bout-du-monde") {
            website location { latitude outsideTerritory }
        }
    }"#;
    let data = server.data(query).await?;
    let atelier = data["atelier"].clone();
    ensure!(
        atelier["location"]["precision"] == "COMMUNE"
            && atelier["location"]["outsideTerritory"] == false
            && atelier["commune"]["inseeCode"] == "92071"
            && atelier["website"] == "http://www.example.org",
        "{data}"
    );
    ensure!(
        data["swapped"]["location"]["latitude"] == 2.29
            && data["swapped"]["location"]["outsideTerritory"] == true
            && data["swapped"]["website"] == Value::Null,
        "{data}"
    );
    let text = text.replace("L'Atelier d'essai", "Le Grand Atelier");
    let report = run_text(&server, &mapping, text.as_bytes(), &mut kept).await?;
    ensure!(
        report.rows.updated == 1 && report.rows.unchanged == 1,
        "{:?}",
        report.rows
    );
    let data = server.data(query).await?;
    ensure!(
        data["atelier"]["id"] == atelier["id"] && data["atelier"]["name"] == "Le Grand Atelier",
        "{data}"
    );
    server.stop().await
}

async fn every_encoding_and_separator_says_the_same(backend: Backend) -> Outcome {
    let server = Server::with_territory(backend).await?;
    let mapping = Mapping::parse(SMALL)?;
    let text = "id;nom;cp;ville;lat;lon;site\n1;Épicerie « Aînés »;92290;Châtenay-Malabry;;;\n";
    let latin: Vec<u8> = text
        .chars()
        .map(|character| u8::try_from(u32::from(character)).unwrap_or(b'?'))
        .collect();
    let utf16: Vec<u8> = std::iter::once(0xFEFF)
        .chain(text.encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    let with_bom = [b"\xEF\xBB\xBF", text.replace(';', "\t").as_bytes()].concat();
    let crlf = text.replace(';', "|").replace('\n', "\r\n").into_bytes();
    let mut kept = Kept::default();
    let first = run_text(&server, &mapping, text.as_bytes(), &mut kept).await?;
    ensure!(first.rows.created == 1, "{first:?}");
    for (bytes, encoding, separator) in [
        (latin, "ISO-8859-1", ';'),
        (utf16, "UTF-16LE with BOM", ';'),
        (with_bom, "UTF-8 with BOM", '\t'),
        (crlf, "UTF-8", '|'),
    ] {
        let report = run_text(&server, &mapping, &bytes, &mut kept).await?;
        ensure!(
            report.encoding == encoding && report.separator == Some(separator),
            "{report:?}"
        );
        ensure!(report.rows.unchanged == 1, "{encoding}: {:?}", report.rows);
    }
    server.stop().await
}
