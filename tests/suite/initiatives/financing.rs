//! How initiatives are financed, read from both sides.

use anyhow::ensure;
use chrono::NaiveDate;
use entity::financing_line;
use entity::values::{FinancingStatus, Publication};
use maillage::id::Kind;
use sea_orm::Set;
use serde_json::json;
use tests::fixtures::{Fixtures, funding_source, global_id};
use tests::{Backend, Outcome, Server, cases};
use uuid::Uuid;

cases![
    an_initiative_and_its_sources_know_each_other,
    a_hidden_side_of_a_line_hides_it,
    financing_costs_the_same_statements_whatever_its_length,
];

async fn finance(
    fixtures: &Fixtures,
    initiative: Uuid,
    source: Uuid,
    edit: impl FnOnce(&mut financing_line::ActiveModel),
) -> Outcome {
    let mut line = financing_line::ActiveModel {
        id: Set(fixtures.id()),
        initiative_id: Set(initiative),
        funding_source_id: Set(source),
        status: Set(FinancingStatus::Planned),
        requested_cents: Set(None),
        granted_cents: Set(None),
        decided_on: Set(None),
        agreement_reference: Set(None),
    };
    edit(&mut line);
    fixtures.insert(line).await
}

async fn an_initiative_and_its_sources_know_each_other(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    let fixtures = Fixtures::of(&server).await?;
    let commune = funding_source(&fixtures.connection, "Commune", |_| ()).await?;
    let bank = funding_source(&fixtures.connection, "Banque", |_| ()).await?;
    let idle = funding_source(&fixtures.connection, "Autre", |_| ()).await?;
    let first = fixtures.initiative(|_| ()).await?;
    let second = fixtures.initiative(|_| ()).await?;
    finance(&fixtures, first, commune, |line| {
        line.status = Set(FinancingStatus::Paid);
        line.requested_cents = Set(Some(5_000_000));
        line.granted_cents = Set(Some(300_000_000_000));
        line.decided_on = Set(NaiveDate::from_ymd_opt(2026, 3, 2));
        line.agreement_reference = Set(Some("2026-17".to_owned()));
    })
    .await?;
    finance(&fixtures, first, bank, |_| ()).await?;
    finance(&fixtures, first, commune, |line| {
        line.status = Set(FinancingStatus::Refused);
    })
    .await?;
    finance(&fixtures, second, commune, |_| ()).await?;
    let initiative = |id: Uuid, fields: &str| {
        format!(
            r#"{{ initiative(id: "{}") {{ {fields} }} }}"#,
            global_id(Kind::Initiative, id)
        )
    };
    let line = |name: &str, status: &str| {
        json!({"fundingSource": {"name": name}, "status": status, "requested": null,
            "granted": null, "decidedOn": null, "agreementReference": null})
    };
    let fields = "financingLines { fundingSource { name } status requested granted decidedOn
        agreementReference } fundingSources { name } one: fundingSources(first: 1) { name }";
    let data = server.data(&initiative(first, fields)).await?;
    ensure!(
        data["initiative"]
            == json!({
                "financingLines": [
                    {"fundingSource": {"name": "Commune"}, "status": "PAID",
                     "requested": 5_000_000, "granted": 300_000_000_000_i64,
                     "decidedOn": "2026-03-02", "agreementReference": "2026-17"},
                    line("Banque", "PLANNED"),
                    line("Commune", "REFUSED"),
                ],
                "fundingSources": [{"name": "Commune"}, {"name": "Banque"}],
                "one": [{"name": "Commune"}],
            }),
        "{data}"
    );
    for (source, expected) in [
        (commune, vec![second, first]),
        (bank, vec![first]),
        (idle, vec![]),
    ] {
        let id = global_id(Kind::FundingSource, source);
        let data = server
            .data(&format!(
                r#"{{ fundingSource(id: "{id}") {{ initiatives {{ totalCount nodes {{ id }} }} }} }}"#
            ))
            .await?;
        let nodes: Vec<_> = expected
            .iter()
            .map(|id| json!({"id": global_id(Kind::Initiative, *id)}))
            .collect();
        ensure!(
            data["fundingSource"]["initiatives"]
                == json!({"totalCount": nodes.len(), "nodes": nodes}),
            "{data}"
        );
    }
    for first_asked in [0, 101] {
        let query = initiative(
            first,
            &format!("fundingSources(first: {first_asked}) {{ name }}"),
        );
        let code = server.error_code(&query).await?;
        ensure!(code == "BAD_INPUT", "{first_asked}: {code}");
    }
    server.stop().await
}

async fn a_hidden_side_of_a_line_hides_it(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    let fixtures = Fixtures::of(&server).await?;
    let shown = funding_source(&fixtures.connection, "Source", |_| ()).await?;
    let hidden = funding_source(&fixtures.connection, "SECRET", |source| {
        source.publication = Set(Publication::Draft);
    })
    .await?;
    let public = fixtures.initiative(|_| ()).await?;
    let draft = fixtures
        .initiative(|row| {
            row.title = Set("SECRET".to_owned());
            row.publication = Set(Publication::Submitted);
        })
        .await?;
    for (initiative, source) in [(public, hidden), (public, shown), (draft, shown)] {
        finance(&fixtures, initiative, source, |_| ()).await?;
    }
    let data = server
        .data(
            "{ initiatives { nodes { financingLines { fundingSource { name } }
                 fundingSources { name } } }
               fundingSources { nodes { initiatives { totalCount nodes { title }
                 facets { scopes { count } } } } } }",
        )
        .await?;
    ensure!(!data.to_string().contains("SECRET"), "{data}");
    ensure!(
        data["initiatives"]["nodes"]
            == json!([{"financingLines": [{"fundingSource": {"name": "Source"}}],
                       "fundingSources": [{"name": "Source"}]}]),
        "{data}"
    );
    // Read with it, of one that has others and of one that has no other.
    let alone = fixtures.initiative(|_| ()).await?;
    finance(&fixtures, alone, hidden, |_| ()).await?;
    for (initiative, expected) in [(public, json!([{"name": "Source"}])), (alone, json!([]))] {
        let id = global_id(Kind::Initiative, initiative);
        let query = format!("{{ initiative(id: \"{id}\") {{ fundingSources {{ name }} }} }}");
        let found = server.data(&query).await?;
        ensure!(found["initiative"]["fundingSources"] == expected, "{found}");
    }
    let of_source = &data["fundingSources"]["nodes"][0]["initiatives"];
    ensure!(of_source["totalCount"] == 1, "{data}");
    ensure!(
        of_source["facets"]["scopes"] == json!([{"count": 1}]),
        "{data}"
    );
    server.stop().await
}

async fn financing_costs_the_same_statements_whatever_its_length(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    let fixtures = Fixtures::of(&server).await?;
    for number in 0..12 {
        let name = format!("Source {number}");
        let source = funding_source(&fixtures.connection, &name, |_| ()).await?;
        let initiative = fixtures.initiative(|_| ()).await?;
        finance(&fixtures, initiative, source, |_| ()).await?;
    }
    let mut spent = Vec::new();
    for first in [2, 12] {
        let before = server.statements().await?;
        let data = server
            .data(&format!(
                "{{ initiatives(first: {first}) {{ nodes {{
                    financingLines {{ fundingSource {{ name initiatives(first: 3) {{
                        totalCount nodes {{ title }} }} }} }}
                    fundingSources(first: 5) {{ name }} }} }} }}"
            ))
            .await?;
        let nodes = data["initiatives"]["nodes"].as_array().map(Vec::len);
        ensure!(nodes == Some(first), "{data}");
        ensure!(!data.to_string().contains("[]"), "{data}");
        spent.push(server.statements().await? - before);
    }
    ensure!(spent.first() == spent.last(), "{spent:?}");
    server.stop().await
}
