//! Funding sources and rules, as a front end reads them.

use anyhow::{Context as _, ensure};
use chrono::NaiveDate;
use entity::values::{
    FunderKind, FundingAudience, FundingForm, FundingTerritoryKind, Publication, Recurrence,
    StateAidRegime,
};
use maillage::id::{GlobalId, Kind};
use sea_orm::Set;
use serde_json::{Value, json};
use tests::fixtures::{funding_for, funding_rule, funding_source};
use tests::{Backend, Outcome, Server, cases};

cases![
    a_source_tells_all_that_is_known_of_it,
    filters_keep_what_they_ask,
    a_territory_finds_its_own_sources_and_wider_ones,
    sources_without_a_last_day_come_after_those_that_have_one,
    facets_count_the_filtered_sources,
    a_source_has_its_own_rules_and_those_of_its_kind_of_funder,
    an_unpublished_source_is_on_no_path,
    a_list_of_sources_costs_the_same_statements_whatever_its_length,
];

fn day(text: &str) -> anyhow::Result<NaiveDate> {
    text.parse().with_context(|| format!("a date: {text}"))
}

fn names(list: &Value) -> Vec<&str> {
    list["nodes"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|node| node["name"].as_str())
        .collect()
}

async fn listed(server: &Server, filter: &str) -> anyhow::Result<Vec<String>> {
    let query = format!(
        "{{ fundingSources(filter: {{{filter}}}, order: NAME_ASC) {{ totalCount nodes {{ name }} }} }}"
    );
    let data = server.data(&query).await?;
    let list = &data["fundingSources"];
    let names: Vec<String> = names(list).into_iter().map(str::to_owned).collect();
    ensure!(list["totalCount"] == names.len(), "{filter}: {list}");
    Ok(names)
}

async fn a_source_tells_all_that_is_known_of_it(backend: Backend) -> Outcome {
    let server = Server::seeded(backend).await?;
    let (opens_on, closes_on) = (day("2026-01-05")?, day("2026-03-31")?);
    let id = funding_source(&server.app.database, "Coup de pouce local", |source| {
        source.funder_name = Set(Some("Ville de Sceaux".to_owned()));
        source.funder_kind = Set(FunderKind::Commune);
        source.min_amount_cents = Set(Some(100_000));
        source.max_amount_cents = Set(Some(1_500_000));
        source.max_share_percent = Set(Some(70.0));
        source.recurrence = Set(Some(Recurrence::Recurring));
        source.call_for_projects = Set(true);
        source.opens_on = Set(Some(opens_on));
        source.closes_on = Set(Some(closes_on));
        source.state_aid_regime = Set(StateAidRegime::DeMinimis);
        source.territory_kind = Set(FundingTerritoryKind::Commune);
        source.territory_code = Set(Some("92071".to_owned()));
    })
    .await?;
    let database = &server.app.database;
    funding_for(
        database,
        id,
        FundingForm::Grant,
        FundingAudience::Association,
    )
    .await?;
    let fields = r#"
        name funderName funderKind forms audiences minAmount maxAmount maxSharePercent recurrence
        callForProjects opensOn closesOn before: isOpenOn(date: "2026-01-04")
        lastDay: isOpenOn(date: "2026-03-31") stateAidRegime
        territory { kind code part { __typename ... on Commune { name } } }"#;
    let expected = json!({
        "name": "Coup de pouce local", "funderName": "Ville de Sceaux", "funderKind": "COMMUNE",
        "forms": ["GRANT"], "audiences": ["ASSOCIATION"], "minAmount": 100_000,
        "maxAmount": 1_500_000, "maxSharePercent": 70.0, "recurrence": "RECURRING",
        "callForProjects": true, "opensOn": "2026-01-05", "closesOn": "2026-03-31",
        "before": false, "lastDay": true, "stateAidRegime": "DE_MINIMIS",
        "territory": {"kind": "COMMUNE", "code": "92071",
                      "part": {"__typename": "Commune", "name": "Sceaux"}},
    });
    let id = GlobalId {
        kind: Kind::FundingSource,
        uuid: id,
    };
    for look_up in [
        format!(r#"found: fundingSource(id: "{id}") {{ {fields} }}"#),
        format!(r#"found: fundingSource(slug: "coup-de-pouce-local") {{ {fields} }}"#),
        format!(r#"found: node(id: "{id}") {{ ... on FundingSource {{ {fields} }} }}"#),
    ] {
        let data = server.data(&format!("{{ {look_up} }}")).await?;
        ensure!(data["found"] == expected, "{look_up}: {data}");
    }
    server.stop().await
}

async fn filters_keep_what_they_ask(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    let database = &server.app.database;
    let spring = (day("2026-03-01")?, day("2026-05-31")?);
    let loan = funding_source(database, "Banque", |source| {
        source.funder_kind = Set(FunderKind::Bank);
        source.recurrence = Set(Some(Recurrence::Permanent));
        source.min_amount_cents = Set(Some(1_000_000));
    })
    .await?;
    funding_for(database, loan, FundingForm::Loan, FundingAudience::Company).await?;
    let grant = funding_source(database, "Fondation", |source| {
        source.funder_kind = Set(FunderKind::Foundation);
        source.recurrence = Set(Some(Recurrence::OneOff));
        source.call_for_projects = Set(true);
        source.opens_on = Set(Some(spring.0));
        source.closes_on = Set(Some(spring.1));
        source.max_amount_cents = Set(Some(500_000));
        source.state_aid_regime = Set(StateAidRegime::DeMinimisSgei);
    })
    .await?;
    let audience = FundingAudience::Association;
    funding_for(database, grant, FundingForm::Grant, audience).await?;
    funding_source(database, "Ministère", |_| ()).await?;

    for (filter, expected) in [
        ("", &["Banque", "Fondation", "Ministère"][..]),
        (
            "funderKind: {in: [BANK, FOUNDATION]}",
            &["Banque", "Fondation"],
        ),
        ("form: {eq: GRANT}", &["Fondation"]),
        ("audience: {eq: COMPANY}", &["Banque"]),
        (
            "recurrence: {in: [PERMANENT, ONE_OFF]}",
            &["Banque", "Fondation"],
        ),
        ("stateAidRegime: {eq: DE_MINIMIS_SGEI}", &["Fondation"]),
        ("callForProjects: false", &["Banque", "Ministère"]),
        (r#"openOn: "2026-05-31""#, &["Banque", "Fondation"]),
        (r#"openOn: "2026-06-01""#, &["Banque"]),
        ("minAmount: 600000", &["Banque"]),
        ("maxAmount: 600000", &["Fondation"]),
        (
            "minAmount: 400000, maxAmount: 2000000",
            &["Banque", "Fondation"],
        ),
        ("form: {eq: GRANT}, audience: {eq: COMPANY}", &[]),
    ] {
        let found = listed(&server, filter).await?;
        ensure!(found == expected, "{filter}: {found:?}");
    }
    server.stop().await
}

async fn a_territory_finds_its_own_sources_and_wider_ones(backend: Backend) -> Outcome {
    let server = Server::seeded(backend).await?;
    let data = server
        .data(r#"{ commune(inseeCode: "92071") { intercommunalities { kind siren } } }"#)
        .await?;
    let siren = data["commune"]["intercommunalities"]
        .as_array()
        .into_iter()
        .flatten()
        .find(|body| body["kind"] == "EPT")
        .and_then(|body| body["siren"].as_str())
        .context("the EPT of Sceaux")?;
    let database = &server.app.database;
    for (name, kind, code) in [
        ("Zone Sceaux", FundingTerritoryKind::Commune, Some("92071")),
        (
            "Zone Nanterre",
            FundingTerritoryKind::Commune,
            Some("92050"),
        ),
        (
            "Zone EPT",
            FundingTerritoryKind::Intercommunality,
            Some(siren),
        ),
        (
            "Zone département",
            FundingTerritoryKind::Departement,
            Some("92"),
        ),
        ("Zone région", FundingTerritoryKind::Region, Some("11")),
        ("Zone Bretagne", FundingTerritoryKind::Region, Some("53")),
        ("Zone Europe", FundingTerritoryKind::Europe, None),
        ("Zone inconnue", FundingTerritoryKind::Unspecified, None),
    ] {
        funding_source(database, name, |source| {
            source.territory_kind = Set(kind);
            source.territory_code = Set(code.map(str::to_owned));
        })
        .await?;
    }
    for (part, expected) in [
        (
            r#"commune: "92071""#.to_owned(),
            &[
                "Zone département",
                "Zone EPT",
                "Zone Europe",
                "Zone région",
                "Zone Sceaux",
            ][..],
        ),
        (
            format!(r#"intercommunality: "{siren}""#),
            &["Zone département", "Zone EPT", "Zone Europe", "Zone région"],
        ),
        (
            r#"departement: "92""#.to_owned(),
            &["Zone département", "Zone Europe", "Zone région"],
        ),
    ] {
        let found = listed(&server, &format!("territory: {{{part}}}")).await?;
        let zones: Vec<&String> = found
            .iter()
            .filter(|name| name.starts_with("Zone"))
            .collect();
        ensure!(zones == expected, "{part}: {zones:?}");
    }
    server.stop().await
}

async fn sources_without_a_last_day_come_after_those_that_have_one(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    for (name, closes_on) in [
        ("Sans fin", None),
        ("Juin", Some(day("2026-06-30")?)),
        ("Toujours", None),
        ("Mars", Some(day("2026-03-31")?)),
    ] {
        funding_source(&server.app.database, name, |source| {
            source.closes_on = Set(closes_on);
        })
        .await?;
    }
    let mut found = Vec::new();
    let mut after = Value::Null;
    loop {
        let data = server
            .data_with(
                "query($after: String) {
                    fundingSources(order: CLOSES_ON_ASC, first: 1, after: $after) {
                        nodes { name } pageInfo { hasNextPage endCursor }
                    }
                }",
                json!({ "after": after }),
            )
            .await?;
        let list = &data["fundingSources"];
        found.extend(names(list).into_iter().map(str::to_owned));
        ensure!(found.len() <= 4, "{found:?}");
        if list["pageInfo"]["hasNextPage"] == false {
            break;
        }
        after = list["pageInfo"]["endCursor"].clone();
    }
    ensure!(
        found == ["Mars", "Juin", "Sans fin", "Toujours"],
        "{found:?}"
    );
    let data = server
        .data("{ fundingSources(order: CLOSES_ON_ASC, last: 3) { nodes { name } } }")
        .await?;
    let last = names(&data["fundingSources"]);
    ensure!(last == ["Juin", "Sans fin", "Toujours"], "{last:?}");
    server.stop().await
}

async fn facets_count_the_filtered_sources(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    let database = &server.app.database;
    for (name, kind, form) in [
        ("A", FunderKind::Bank, FundingForm::Loan),
        ("B", FunderKind::Bank, FundingForm::Guarantee),
        ("C", FunderKind::Region, FundingForm::Loan),
    ] {
        let id = funding_source(database, name, |source| source.funder_kind = Set(kind)).await?;
        funding_for(database, id, form, FundingAudience::Company).await?;
    }
    let data = server
        .data(
            "{
                fundingSources(filter: {form: {eq: LOAN}}) {
                    facets {
                        funderKinds { funderKind count }
                        forms { form count }
                        audiences { audience count }
                    }
                }
            }",
        )
        .await?;
    ensure!(
        data["fundingSources"]["facets"]
            == json!({
                "funderKinds": [{"funderKind": "BANK", "count": 1},
                                {"funderKind": "REGION", "count": 1}],
                "forms": [{"form": "LOAN", "count": 2}],
                "audiences": [{"audience": "COMPANY", "count": 2}],
            }),
        "{data}"
    );
    server.stop().await
}

async fn a_source_has_its_own_rules_and_those_of_its_kind_of_funder(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    let database = &server.app.database;
    let one = funding_source(database, "Un", |source| {
        source.funder_kind = Set(FunderKind::Departement);
    })
    .await?;
    let other = funding_source(database, "Deux", |source| {
        source.funder_kind = Set(FunderKind::Region);
    })
    .await?;
    funding_rule(database, "B_KIND", Some(FunderKind::Departement), None).await?;
    funding_rule(database, "A_OWN", None, Some(one)).await?;
    funding_rule(database, "C_OTHER", None, Some(other)).await?;
    let data = server
        .data("{ fundingSources(order: CREATED_AT_ASC) { nodes { rules { code outcome } } } }")
        .await?;
    ensure!(
        data["fundingSources"]["nodes"]
            == json!([
                {"rules": [{"code": "A_OWN", "outcome": "INELIGIBLE"},
                           {"code": "B_KIND", "outcome": "INELIGIBLE"}]},
                {"rules": [{"code": "C_OTHER", "outcome": "INELIGIBLE"}]},
            ]),
        "{data}"
    );
    let data = server
        .data("{ fundingRules { code funderKind citation fundingSource { name } } }")
        .await?;
    ensure!(
        data["fundingRules"][0]
            == json!({"code": "A_OWN", "funderKind": null, "citation": "CGCT, article L1511-2",
                      "fundingSource": {"name": "Un"}}),
        "{data}"
    );
    ensure!(
        data["fundingRules"][1]["funderKind"] == "DEPARTEMENT",
        "{data}"
    );
    server.stop().await
}

async fn an_unpublished_source_is_on_no_path(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    let database = &server.app.database;
    for publication in [
        Publication::Draft,
        Publication::Submitted,
        Publication::Rejected,
        Publication::Archived,
    ] {
        let name = format!("Caché {}", publication.as_str());
        let hidden = funding_source(database, &name, |source| {
            source.publication = Set(publication);
        })
        .await?;
        let (form, audience) = (FundingForm::Grant, FundingAudience::Association);
        funding_for(database, hidden, form, audience).await?;
        funding_rule(database, publication.as_str(), None, Some(hidden)).await?;
        let id = GlobalId {
            kind: Kind::FundingSource,
            uuid: hidden,
        };
        let slug = maillage::text::slug(&name);
        let data = server
            .data(&format!(
                r#"{{
                    id: fundingSource(id: "{id}") {{ name }}
                    slug: fundingSource(slug: "{slug}") {{ name }}
                    node(id: "{id}") {{ id }}
                    nodes(ids: ["{id}"]) {{ id }}
                    fundingSources {{
                        totalCount nodes {{ name }}
                        facets {{
                            funderKinds {{ count }} forms {{ count }} audiences {{ count }}
                        }}
                    }}
                    fundingRules {{ code }}
                }}"#
            ))
            .await?;
        ensure!(
            data == json!({
                "id": null, "slug": null, "node": null, "nodes": [null],
                "fundingSources": {
                    "totalCount": 0, "nodes": [],
                    "facets": {"funderKinds": [], "forms": [], "audiences": []},
                },
                "fundingRules": [],
            }),
            "{publication:?}: {data}"
        );
    }
    server.stop().await
}

async fn a_list_of_sources_costs_the_same_statements_whatever_its_length(
    backend: Backend,
) -> Outcome {
    let server = Server::empty(backend).await?;
    let database = &server.app.database;
    for number in 0..12 {
        let id = funding_source(database, &format!("Source {number}"), |_| ()).await?;
        funding_for(database, id, FundingForm::Grant, FundingAudience::Company).await?;
        funding_rule(database, &format!("R{number}"), None, Some(id)).await?;
    }
    let mut spent = Vec::new();
    for first in [2, 12] {
        let before = server.statements().await?;
        let data = server
            .data(&format!(
                "{{ fundingSources(first: {first}) {{
                    totalCount
                    nodes {{ name forms audiences rules {{ code fundingSource {{ name }} }} }}
                }} }}"
            ))
            .await?;
        ensure!(
            names(&data["fundingSources"]).len() == first,
            "{first}: {data}"
        );
        spent.push(server.statements().await? - before);
    }
    ensure!(spent.first() == spent.last(), "{spent:?}");
    server.stop().await
}
