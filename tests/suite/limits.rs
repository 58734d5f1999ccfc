//! What is refused at the border, within milliseconds and with a code.

use std::time::{Duration, Instant};

use anyhow::ensure;
use maillage::clock::Clock;
use sea_orm::TransactionTrait as _;
use serde_json::{Value, json};
use tests::{Answer, Backend, Outcome, Server, cases};

cases![
    slow_statements_are_stopped_in_the_database,
    without_a_free_connection_clients_are_told_to_come_back,
    the_cost_counts_lists_by_their_size;
    once:
    hostile_documents_are_refused_in_milliseconds,
    the_cost_counts_what_fragments_and_typenames_hide,
    expensive_operations_are_refused,
    introspection_is_bounded_on_its_own,
    introspection_passes_under_the_lowest_limits,
    long_lists_in_inputs_are_refused,
    errors_are_few_and_short,
    a_client_has_so_many_points_a_minute,
    only_a_trusted_proxy_tells_who_asks,
];

async fn refused(server: &Server, query: &str, code: &str) -> anyhow::Result<Answer> {
    let begun = Instant::now();
    let answer = server.send(query, Value::Null).await?;
    let taken = begun.elapsed();
    let head: String = query.chars().take(80).collect();
    ensure!(
        answer.status == 400 && answer.body["errors"][0]["extensions"]["code"] == code,
        "{head}: {answer:?}"
    );
    // Unoptimised, and next to other tests.
    ensure!(taken < Duration::from_millis(500), "{head}: {taken:?}");
    ensure!(answer.body.to_string().len() < 1000, "{answer:?}");
    Ok(answer)
}

async fn hostile_documents_are_refused_in_milliseconds(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    let lists = format!(
        "{{ communes(x: {}{}) {{ totalCount }} }}",
        "[".repeat(1500),
        "]".repeat(1500)
    );
    let objects = format!(
        "{{ communes(x: {}1{}) {{ totalCount }} }}",
        "{a:".repeat(1000),
        "}".repeat(1000)
    );
    let hidden = format!("{{ communes(x: \"\"\"\" {}) }}", "[".repeat(1500));
    let selections = format!("{}id{}", "{ a ".repeat(1000), "}".repeat(1000));
    let mut doubling = String::from("{ ...F0 }");
    for level in 0..9 {
        doubling.push_str(&format!(
            "fragment F{level} on Query {{ ...F{0} ...F{0} }}",
            level + 1
        ));
    }
    doubling.push_str("fragment F9 on Query { __typename __schema { queryType { name } } }");
    let mut many_doubling = String::from("{ ...F0 }");
    for level in 0..40 {
        many_doubling.push_str(&format!(
            "fragment F{level} on Query {{ ...F{0} ...F{0} }}",
            level + 1
        ));
    }
    many_doubling.push_str("fragment F40 on Query { __typename }");
    let aliases: String = (0..400)
        .map(|index| format!("a{index}: __typename "))
        .collect();
    let thousand: String = (0..1000)
        .map(|index| format!("a{index}:__typename "))
        .collect();
    let directives = format!("{{ __typename {} }}", "@include(if: true) ".repeat(30));
    let deep = format!(
        "{}{{ name }}{}",
        "{ departement(code: \"92\") { communes { nodes ".repeat(6),
        "}".repeat(18)
    );
    for (query, code) in [
        (lists, "COMPLEXITY_EXCEEDED"),
        (objects, "COMPLEXITY_EXCEEDED"),
        (hidden, "BAD_INPUT"),
        (selections, "COMPLEXITY_EXCEEDED"),
        (doubling, "COMPLEXITY_EXCEEDED"),
        (many_doubling, "COMPLEXITY_EXCEEDED"),
        (format!("{{ {aliases} }}"), "COMPLEXITY_EXCEEDED"),
        (format!("{{ {thousand} }}"), "COMPLEXITY_EXCEEDED"),
        (directives, "COMPLEXITY_EXCEEDED"),
        (deep, "COMPLEXITY_EXCEEDED"),
        (
            "{ ".to_owned() + &"x".repeat(40_000) + " }",
            "COMPLEXITY_EXCEEDED",
        ),
        (
            "{ ...F } fragment F on Query { ...F }".to_owned(),
            "BAD_INPUT",
        ),
    ] {
        refused(&server, &query, code).await?;
    }
    // The largest that may pass is validated fast as well.
    let wide = format!("{{ {} }}", "__typename ".repeat(990));
    let begun = Instant::now();
    let answer = server.send(&wide, Value::Null).await?;
    ensure!(answer.body["data"]["__typename"] == "Query", "{answer:?}");
    ensure!(
        begun.elapsed() < Duration::from_secs(2),
        "{:?}",
        begun.elapsed()
    );
    let mut nested = json!(1);
    for _ in 0..100 {
        nested = json!([nested]);
    }
    let answer = server.send("{ __typename }", json!({"a": nested})).await?;
    ensure!(
        answer.status == 400
            && answer.body["errors"][0]["extensions"]["code"] == "COMPLEXITY_EXCEEDED",
        "{answer:?}"
    );
    server.stop().await
}

async fn cost(server: &Server, query: &str) -> anyhow::Result<i64> {
    let data = server.data(query).await?;
    data["rateLimit"]["cost"]
        .as_i64()
        .ok_or_else(|| anyhow::anyhow!("no cost: {data}"))
}

async fn the_cost_counts_lists_by_their_size(backend: Backend) -> Outcome {
    let server = Server::seeded(backend).await?;
    let ten = cost(
        &server,
        "{ rateLimit { cost } communes(first: 10) { nodes { name } } }",
    )
    .await?;
    let hundred = cost(
        &server,
        "{ rateLimit { cost } communes(first: 100) { nodes { name } } }",
    )
    .await?;
    ensure!(hundred == 10 * ten && ten >= 20, "{ten} {hundred}");
    let data = server
        .data_with(
            "query($first: Int!) { rateLimit { cost limit remaining resetAt } communes(first: $first) { nodes { name } } }",
            json!({"first": 10}),
        )
        .await?;
    ensure!(
        data["rateLimit"]
            == json!({"cost": ten, "limit": null, "remaining": null, "resetAt": null}),
        "{data}"
    );
    server.stop().await
}

async fn the_cost_counts_what_fragments_and_typenames_hide(backend: Backend) -> Outcome {
    let server = Server::seeded(backend).await?;
    let plain = cost(
        &server,
        "{ rateLimit { cost } communes(first: 10) { nodes { name slug } } }",
    )
    .await?;
    let typename = cost(
        &server,
        "{ rateLimit { cost } communes(first: 10) { nodes { name __typename } } }",
    )
    .await?;
    ensure!(typename == plain, "{typename} {plain}");
    let department =
        server.data("{ departement(code: \"92\") { id } }").await?["departement"]["id"].take();
    let inline = cost(
        &server,
        &format!(
            "{{ rateLimit {{ cost }} node(id: {department}) {{ ... on Departement {{ communes(first: 50) {{ nodes {{ name }} }} }} }} }}"
        ),
    )
    .await?;
    let spread = cost(
        &server,
        &format!(
            "{{ rateLimit {{ cost }} node(id: {department}) {{ ...D }} }} fragment D on Departement {{ communes(first: 50) {{ nodes {{ name }} }} }}"
        ),
    )
    .await?;
    ensure!(inline == spread && spread >= 100, "{inline} {spread}");
    server.stop().await
}

async fn expensive_operations_are_refused(backend: Backend) -> Outcome {
    let server = Server::seeded(backend).await?;
    let query =
        "{ communes(first: 100) { nodes { nearestStations(first: 100) { station { name } } } } }";
    let answer = refused(&server, query, "COMPLEXITY_EXCEEDED").await?;
    let message = answer.body["errors"][0]["message"]
        .as_str()
        .unwrap_or_default();
    ensure!(message.contains("10000"), "{message}");
    server.stop().await
}

const STANDARD_INTROSPECTION: &str = "query IntrospectionQuery { __schema { queryType { name } mutationType { name } \
    subscriptionType { name } types { ...FullType } directives { name description locations args { ...InputValue } } } } \
    fragment FullType on __Type { kind name description fields(includeDeprecated: true) { name description \
    args { ...InputValue } type { ...TypeRef } isDeprecated deprecationReason } inputFields { ...InputValue } \
    interfaces { ...TypeRef } enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason } \
    possibleTypes { ...TypeRef } } fragment InputValue on __InputValue { name description type { ...TypeRef } defaultValue } \
    fragment TypeRef on __Type { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name \
    ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } } } } } } }";

async fn introspection_is_bounded_on_its_own(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    let data = server.data(STANDARD_INTROSPECTION).await?;
    ensure!(
        data["__schema"]["types"]
            .as_array()
            .is_some_and(|types| types.len() > 20),
        "{data}"
    );
    let circular =
        "{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }";
    refused(&server, circular, "COMPLEXITY_EXCEEDED").await?;
    let repeated: String = (0..28)
        .map(|index| format!("a{index}: __schema {{ types {{ fields {{ args {{ type {{ name ofType {{ name }} }} }} }} }} }} "))
        .collect();
    refused(&server, &format!("{{ {repeated} }}"), "COMPLEXITY_EXCEEDED").await?;
    server.stop().await
}

async fn introspection_passes_under_the_lowest_limits(backend: Backend) -> Outcome {
    let settings = [("QUERY_COST", "100")];
    let server = Server::start(backend, &settings, false, Clock::system()).await?;
    let answer = server.send(STANDARD_INTROSPECTION, Value::Null).await?;
    ensure!(
        answer.status == 200 && answer.body.get("errors").is_none(),
        "{:?}",
        answer.status
    );
    refused(
        &server,
        "{ communes(first: 100) { nodes { name } } }",
        "COMPLEXITY_EXCEEDED",
    )
    .await?;
    server.stop().await
}

async fn long_lists_in_inputs_are_refused(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    let ids = |count: usize| json!({"ids": vec!["x"; count]});
    let query = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }";
    for count in [251, 101] {
        let answer = server.send(query, ids(count)).await?;
        ensure!(
            answer.body["errors"][0]["extensions"]["code"] == "BAD_INPUT",
            "{count}: {answer:?}"
        );
    }
    let literal = format!("{{ nodes(ids: [{}]) {{ id }} }}", "\"x\" ".repeat(251));
    refused(&server, &literal, "BAD_INPUT").await?;
    server.stop().await
}

async fn errors_are_few_and_short(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    let fields: String = (0..100).map(|index| format!("nothing{index} ")).collect();
    let answer = server.send(&format!("{{ {fields} }}"), Value::Null).await?;
    let errors = answer.body["errors"].as_array().map(Vec::len);
    ensure!(errors == Some(20), "{answer:?}");
    for query in [
        format!("{{ {} }}", "x".repeat(20_000)),
        format!("{{ {} {{", "x".repeat(20_000)),
        format!(
            "{{ commune(inseeCode: {{a: \"{}\"}}) {{ name }} }}",
            "y".repeat(20_000)
        ),
        format!(
            "{{ communes(first: {}) {{ totalCount }} }}",
            "9".repeat(20_000)
        ),
        format!(
            "query A {{ __typename }} fragment {} on Query {{ __typename }}",
            "z".repeat(20_000)
        ),
    ] {
        let answer = server.send(&query, Value::Null).await?;
        let message = answer.body["errors"][0]["message"]
            .as_str()
            .unwrap_or_default();
        ensure!(
            !message.is_empty() && message.chars().count() <= 300,
            "{} characters: {message}",
            message.chars().count()
        );
        ensure!(!message.contains(&"x".repeat(100)), "{message}");
        for error in answer.body["errors"].as_array().into_iter().flatten() {
            ensure!(error["extensions"]["code"] == "BAD_INPUT", "{error}");
        }
    }
    server.stop().await
}

async fn a_client_has_so_many_points_a_minute(backend: Backend) -> Outcome {
    let settings = [("RATE_LIMIT_POINTS", "300")];
    let server = Server::start(backend, &settings, true, Clock::system()).await?;
    let query = "{ rateLimit { cost limit remaining resetAt } communes(first: 36) { nodes { name slug } } }";
    let response = server
        .client
        .post(format!("{}/graphql", server.url))
        .json(&json!({"query": query}))
        .send()
        .await?;
    let header = |name: &str| {
        response.headers()[name]
            .to_str()
            .unwrap_or_default()
            .parse::<i64>()
    };
    let (cost, limit) = (header("x-ratelimit-cost")?, header("x-ratelimit-limit")?);
    let (remaining, reset) = (
        header("x-ratelimit-remaining")?,
        header("x-ratelimit-reset")?,
    );
    ensure!(cost > 100 && limit == 300, "{cost} of {limit}");
    ensure!(
        (remaining - (300 - cost)).abs() <= 1 && reset > 1_700_000_000,
        "{remaining} {reset}"
    );
    let body: Value = response.json().await?;
    ensure!(
        body["data"]["rateLimit"]["cost"] == cost
            && body["data"]["rateLimit"]["remaining"] == remaining
            && body["data"]["rateLimit"]["resetAt"].is_string(),
        "{body}"
    );
    let mut answered = 1;
    let refused = loop {
        let response = server
            .client
            .post(format!("{}/graphql", server.url))
            .json(&json!({"query": query}))
            .send()
            .await?;
        if response.status() != 200 {
            break response;
        }
        answered += 1;
        ensure!(answered < 10, "never refused");
    };
    ensure!(refused.status() == 429, "{refused:?}");
    let wait: u64 = refused.headers()["retry-after"].to_str()?.parse()?;
    ensure!((1..=60).contains(&wait), "{wait}");
    let body: Value = refused.json().await?;
    ensure!(
        body["errors"][0]["extensions"]["code"] == "RATE_LIMITED",
        "{body}"
    );
    server.stop().await
}

async fn only_a_trusted_proxy_tells_who_asks(backend: Backend) -> Outcome {
    for (trusted, statuses) in [("127.0.0.0/8", [200, 200, 429]), ("", [200, 429, 429])] {
        let settings = [("RATE_LIMIT_POINTS", "100"), ("TRUSTED_PROXIES", trusted)];
        let server = Server::start(backend.clone(), &settings, true, Clock::system()).await?;
        let query = "{ communes(first: 45) { nodes { name } } }";
        for (address, status) in ["192.0.2.1", "192.0.2.2", "192.0.2.1"].iter().zip(statuses) {
            let response = server
                .client
                .post(format!("{}/graphql", server.url))
                .header("x-forwarded-for", *address)
                .json(&json!({"query": query}))
                .send()
                .await?;
            ensure!(
                response.status() == status,
                "{trusted:?} {address}: {response:?}"
            );
        }
        server.stop().await?;
    }
    Ok(())
}

async fn slow_statements_are_stopped_in_the_database(backend: Backend) -> Outcome {
    use sea_orm::{ConnectionTrait as _, Statement};
    let postgres = backend.is_postgres();
    let settings = [
        ("OPERATION_TIMEOUT_MS", "400"),
        ("DATABASE_CONNECTIONS", "1"),
    ];
    let server = Server::start(backend, &settings, true, Clock::system()).await?;
    let endless = if postgres {
        "select pg_sleep(30)"
    } else {
        "with recursive n(i) as (select 1 union all select i + 1 from n) select max(i) from n"
    };
    let database = &server.app.database;
    for _ in 0..2 {
        let begun = Instant::now();
        let statement = Statement::from_string(database.get_database_backend(), endless);
        let stopped = database.query_one_raw(statement).await;
        let trouble = stopped
            .as_ref()
            .err()
            .and_then(|error| maillage::database::trouble(error));
        ensure!(
            trouble == Some(maillage::database::Trouble::TooSlow),
            "{stopped:?} after {:?}",
            begun.elapsed()
        );
        ensure!(
            begun.elapsed() < Duration::from_secs(3),
            "{:?}",
            begun.elapsed()
        );
    }
    // The connection is as good as before.
    let data = server.data("{ coworkingSpaces { totalCount } }").await?;
    ensure!(data["coworkingSpaces"]["totalCount"].is_number(), "{data}");
    server.stop().await
}

async fn without_a_free_connection_clients_are_told_to_come_back(backend: Backend) -> Outcome {
    let settings = [("DATABASE_CONNECTIONS", "1")];
    let server = Server::start(backend.clone(), &settings, true, Clock::system()).await?;
    let held = server.app.database.begin().await?;
    let query = json!({"query": "{ coworkingSpaces { totalCount } }"});
    let send = || {
        server
            .client
            .post(format!("{}/graphql", server.url))
            .json(&query)
            .send()
    };
    let response = send().await?;
    ensure!(response.status() == 503, "{response:?}");
    ensure!(
        response.headers().contains_key("retry-after"),
        "{response:?}"
    );
    let body: Value = response.json().await?;
    ensure!(
        body["errors"][0]["extensions"]["code"] == "UNAVAILABLE" && body.get("data").is_none(),
        "{body}"
    );
    held.rollback().await?;
    ensure!(send().await?.status() == 200);
    server.stop().await?;
    // With less time than it takes to find out, the operation as a whole is given up.
    let settings = [
        ("DATABASE_CONNECTIONS", "1"),
        ("OPERATION_TIMEOUT_MS", "300"),
    ];
    let server = Server::start(backend, &settings, true, Clock::system()).await?;
    let held = server.app.database.begin().await?;
    let response = server
        .client
        .post(format!("{}/graphql", server.url))
        .json(&query)
        .send()
        .await?;
    ensure!(response.status() == 504, "{response:?}");
    let body: Value = response.json().await?;
    ensure!(
        body["errors"][0]["extensions"]["code"] == "TIMEOUT",
        "{body}"
    );
    held.rollback().await?;
    server.stop().await
}
