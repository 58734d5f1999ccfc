//! Tokens of another issuer: whose they are, and which prove nothing.

use anyhow::{Context as _, ensure};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use entity::values::Role;
use entity::{account, account_identity, change};
use futures::future::try_join_all;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use maillage::clock::Clock;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _, QueryOrder as _,
};
use serde_json::{Value, json};
use tests::{Backend, Behaviour, Binary, Issuer, Outcome, Provider, Server, cases, eventually};

cases![
    an_account_is_bound_to_who_comes_first,
    many_first_requests_bind_once,
    who_is_nobody_here_is_told_why,
    what_becomes_of_an_account_holds_at_the_next_request,
    an_invitation_is_accepted_by_the_first_token,
    whoever_is_vouched_for_may_sign_up_where_a_setting_says_so,
    a_claim_bounds_the_role;
    once:
    forged_tokens_are_refused,
    an_issuer_that_misbehaves_is_not_believed,
    tokens_are_those_of_accepted_clients;
    with "npm":
    a_real_provider_proves_who_asks,
    tokens_of_a_real_provider_for_others_are_refused,
    keys_outlast_the_issuer_and_change_with_it,
];

const QUERY: &str = "{ viewer { role account { id email role } } }";
const CAMILLE: &str = "camille@example.org";

/// A server that trusts `issuer`.
async fn server(
    backend: Backend,
    issuer: &str,
    settings: &[(&'static str, &str)],
) -> anyhow::Result<Server> {
    let mut all = vec![("OIDC_ISSUER", issuer), ("OIDC_AUDIENCE", "maillage")];
    all.extend(settings);
    Server::start(backend, &all, false, Clock::system()).await
}

/// Somebody of this role, with the address `email`.
async fn account_of(server: &Server, role: Role, email: &str) -> anyhow::Result<tests::Signed> {
    let mut signed = server.account(role, None).await?;
    account::Entity::update_many()
        .col_expr(account::Column::Email, Expr::val(email))
        .filter(account::Column::Id.eq(signed.account))
        .exec(&server.app.database)
        .await?;
    email.clone_into(&mut signed.email);
    Ok(signed)
}

/// Who asks by `token`.
async fn viewer(server: &Server, token: &str) -> anyhow::Result<Value> {
    let answer = server.send_as(token, QUERY, Value::Null).await?;
    let viewer = answer.body["data"]["viewer"].clone();
    ensure!(viewer.is_object(), "{}", answer.body);
    Ok(viewer)
}

/// That `token` is refused for this reason.
async fn refused(server: &Server, token: &str, reason: &str) -> Outcome {
    let answer = server.send_as(token, QUERY, Value::Null).await?;
    let told = &answer.body["errors"][0]["extensions"];
    let (status, code) = match reason {
        "ISSUER_SILENT" => (503, "UNAVAILABLE"),
        _ => (401, "UNAUTHENTICATED"),
    };
    ensure!(
        answer.status == status
            && told["code"] == code
            && told["reason"] == reason
            && answer.body.get("data").is_none(),
        "not {reason}: {}",
        answer.body
    );
    Ok(())
}

/// Signs tokens for people of `issuer` now.
fn token(server: &Server, issuer: &Issuer, subject: &str, email: &str) -> anyhow::Result<String> {
    issuer.token(&issuer.claims(subject, email, server.app.clock.now()))
}

/// What the change log says of an account.
async fn changes_of(server: &Server, signed: &tests::Signed) -> anyhow::Result<Vec<Value>> {
    let rows = change::Entity::find()
        .filter(change::Column::EntityId.eq(signed.account))
        .order_by_asc(change::Column::Version)
        .all(&server.app.database)
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| json!({ "action": row.action, "actor": row.actor, "details": row.details }))
        .collect())
}

async fn an_account_is_bound_to_who_comes_first(backend: Backend) -> Outcome {
    let issuer = Issuer::start(now())?;
    let server = server(backend, &issuer.url, &[]).await?;
    let camille = account_of(&server, Role::Staff, CAMILLE).await?;
    let dominique = account_of(&server, Role::Staff, "dominique@example.org").await?;
    // Addresses are the same in any case.
    let first = token(&server, &issuer, "1", "Camille@Example.ORG")?;
    let viewer_is = async |token: &str, expected: &str| {
        let viewer = viewer(&server, token).await?;
        ensure!(viewer["account"]["email"] == expected, "{viewer}");
        anyhow::Ok(viewer)
    };
    let told = viewer_is(&first, CAMILLE).await?;
    ensure!(told["role"] == "STAFF", "{told}");
    let id = told["account"]["id"].clone();
    let logged = changes_of(&server, &camille).await?;
    ensure!(
        logged
            == [json!({ "action": "updated", "actor": id,
                        "details": { "fields": ["identity"] } })],
        "{logged:?}"
    );
    // The issuer gives the address to somebody else: they do not get the account.
    let second = token(&server, &issuer, "2", CAMILLE)?;
    refused(&server, &second, "ACCOUNT_OF_OTHER_PERSON").await?;
    // The first one has another address there now, even that of another account of ours.
    let moved = token(&server, &issuer, "1", &dominique.email)?;
    viewer_is(&moved, CAMILLE).await?;
    let mut silent = issuer.claims("1", CAMILLE, server.app.clock.now());
    silent["email_verified"] = json!(false);
    viewer_is(&issuer.token(&silent)?, CAMILLE).await?;
    // Who holds the machine may forget who the account is to the issuer.
    let url = server.app.settings.database_url.clone();
    let binary = Binary::new(&[("DATABASE_URL", url.as_str())])?;
    let output = binary.run(&["user", "unbind", "--email", CAMILLE]).await?;
    ensure!(output.status.success(), "{output:?}");
    viewer_is(&second, CAMILLE).await?;
    refused(&server, &first, "ACCOUNT_OF_OTHER_PERSON").await?;
    let logged = changes_of(&server, &camille).await?;
    ensure!(
        logged.len() == 3 && logged[1]["actor"] == "operator",
        "{logged:?}"
    );
    server.stop().await
}

async fn many_first_requests_bind_once(backend: Backend) -> Outcome {
    let issuer = Issuer::start(now())?;
    let server = server(backend, &issuer.url, &[("OIDC_SIGN_UP", "true")]).await?;
    account_of(&server, Role::Member, CAMILLE).await?;
    for (subject, email) in [("1", CAMILLE), ("2", "sacha@example.org")] {
        let token = token(&server, &issuer, subject, email)?;
        let all = try_join_all((0..8).map(|_| viewer(&server, &token))).await?;
        ensure!(all.iter().all(|one| *one == all[0]), "{all:?}");
    }
    let bound = account_identity::Entity::find()
        .count(&server.app.database)
        .await?;
    ensure!(bound == 2, "{bound}");
    server.stop().await
}

async fn who_is_nobody_here_is_told_why(backend: Backend) -> Outcome {
    let issuer = Issuer::start(now())?;
    let server = server(backend, &issuer.url, &[]).await?;
    account_of(&server, Role::Admin, CAMILLE).await?;
    let unknown = token(&server, &issuer, "1", "absent@example.org")?;
    refused(&server, &unknown, "ACCOUNT_UNKNOWN").await?;
    for (claim, value) in [
        ("email_verified", json!(false)),
        ("email_verified", json!("true")),
        ("email_verified", Value::Null),
        ("email", Value::Null),
        ("email", json!("camille")),
    ] {
        let mut claims = issuer.claims("2", CAMILLE, server.app.clock.now());
        claims[claim] = value;
        refused(&server, &issuer.token(&claims)?, "EMAIL_UNVERIFIED").await?;
    }
    // A program has no address, and is nobody's account.
    server.account(Role::ApiClient, None).await?;
    let bound = account_identity::Entity::find()
        .count(&server.app.database)
        .await?;
    ensure!(bound == 0, "{bound}");
    // A request without a token is that of a visitor, and our own tokens are taken as ever.
    let answer = server.send(QUERY, Value::Null).await?;
    ensure!(answer.body["data"]["viewer"].is_null(), "{}", answer.body);
    let own = server.account(Role::Staff, None).await?;
    let told = viewer(&server, &own.token).await?;
    ensure!(told["account"]["email"] == own.email, "{told}");
    server.stop().await
}

async fn what_becomes_of_an_account_holds_at_the_next_request(backend: Backend) -> Outcome {
    let issuer = Issuer::start(now())?;
    let server = server(backend, &issuer.url, &[]).await?;
    let admin = server.account(Role::Admin, None).await?;
    account_of(&server, Role::Staff, CAMILLE).await?;
    let token = token(&server, &issuer, "1", CAMILLE)?;
    let told = viewer(&server, &token).await?;
    let id = &told["account"]["id"];
    let act = async |mutation: &str, input: &str| {
        let query = format!(
            "mutation {{ {mutation}(input: {{id: {id}{input}}}) {{ errors {{ code }} }} }}"
        );
        let answer = server.send_as(&admin.token, &query, Value::Null).await?;
        ensure!(
            answer.body["data"][mutation]["errors"] == json!([]),
            "{}",
            answer.body
        );
        anyhow::Ok(())
    };
    act("accountUpdateRole", ", role: PROJECT_HOLDER").await?;
    let told = viewer(&server, &token).await?;
    ensure!(told["role"] == "PROJECT_HOLDER", "{told}");
    act("accountDeactivate", "").await?;
    refused(&server, &token, "ACCOUNT_CLOSED").await?;
    // Nor is it bound to somebody else, or made anew.
    let other = self::token(&server, &issuer, "2", CAMILLE)?;
    refused(&server, &other, "ACCOUNT_CLOSED").await?;
    act("accountReactivate", "").await?;
    viewer(&server, &token).await?;
    server.stop().await
}

async fn an_invitation_is_accepted_by_the_first_token(backend: Backend) -> Outcome {
    let issuer = Issuer::start(now())?;
    let server = server(backend, &issuer.url, &[]).await?;
    let admin = server.account(Role::Admin, None).await?;
    let invite = format!(
        "mutation {{ accountInvite(input: {{email: \"{CAMILLE}\", role: STAFF, language: FR}}) \
         {{ errors {{ code }} }} }}"
    );
    let answer = server.send_as(&admin.token, &invite, Value::Null).await?;
    ensure!(
        answer.body["data"]["accountInvite"]["errors"] == json!([]),
        "{}",
        answer.body
    );
    let token = token(&server, &issuer, "1", CAMILLE)?;
    let told = viewer(&server, &token).await?;
    ensure!(told["role"] == "STAFF", "{told}");
    // Its link, which somebody may have read since, opens nothing any more.
    let letters = server.letters_to(CAMILLE, 1).await?;
    let (_, secret) = letters[0].text.split_once('#').context("a link")?;
    let secret = secret.split_whitespace().next().context("a secret")?;
    let accept = format!(
        "mutation {{ invitationAccept(input: {{token: \"{secret}\", \
         password: \"corbeau-lampe-violet-38\", displayName: \"Camille\"}}) \
         {{ errors {{ code }} }} }}"
    );
    let answer = server.send(&accept, Value::Null).await?;
    ensure!(
        answer.body["data"]["invitationAccept"]["errors"][0]["code"] == "EXPIRED",
        "{}",
        answer.body
    );
    server.stop().await
}

async fn whoever_is_vouched_for_may_sign_up_where_a_setting_says_so(backend: Backend) -> Outcome {
    let issuer = Issuer::start(now())?;
    let server = server(backend, &issuer.url, &[("OIDC_SIGN_UP", "true")]).await?;
    let token = token(&server, &issuer, "1", "Sacha@example.org")?;
    let query = "{ viewer { role account { email displayName } } }";
    for _ in 0..2 {
        let answer = server.send_as(&token, query, Value::Null).await?;
        ensure!(
            answer.body["data"]["viewer"]
                == json!({ "role": "PROJECT_HOLDER", "account":
                    { "email": "sacha@example.org", "displayName": "Sacha Exemple" } }),
            "{}",
            answer.body
        );
    }
    let mut unverified = issuer.claims("2", "other@example.org", server.app.clock.now());
    unverified["email_verified"] = json!(false);
    refused(&server, &issuer.token(&unverified)?, "EMAIL_UNVERIFIED").await?;
    let accounts = account::Entity::find().count(&server.app.database).await?;
    ensure!(accounts == 1, "{accounts}");
    server.stop().await
}

async fn a_claim_bounds_the_role(backend: Backend) -> Outcome {
    let issuer = Issuer::start(now())?;
    let settings = [
        ("OIDC_SIGN_UP", "true"),
        ("OIDC_ROLE_CLAIM", "realm_access.roles"),
        ("OIDC_ROLES", "registry-staff=staff,registry-admin=admin"),
    ];
    let server = server(backend, &issuer.url, &settings).await?;
    account_of(&server, Role::Staff, CAMILLE).await?;
    let role = async |subject: &str, email: &str, roles: Value| {
        let mut claims = issuer.claims(subject, email, server.app.clock.now());
        claims["realm_access"] = json!({ "roles": roles });
        let told = viewer(&server, &issuer.token(&claims)?).await?;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        anyhow::Ok((text(&told["role"]), text(&told["account"]["role"])))
    };
    let is = |told: (String, String), role: &str, of_account: &str| {
        ensure!(told == (role.to_owned(), of_account.to_owned()), "{told:?}");
        Ok(())
    };
    // An issuer takes away, and never gives more than the account has.
    let told = role("1", CAMILLE, json!(["registry-admin"])).await?;
    is(told, "STAFF", "STAFF")?;
    let told = role("1", CAMILLE, json!(["registry-staff", "other"])).await?;
    is(told, "STAFF", "STAFF")?;
    let told = role("1", CAMILLE, json!(["other"])).await?;
    is(told, "PROJECT_HOLDER", "STAFF")?;
    // Whoever signs up begins with what the claim says, as the settings read it.
    let told = role("2", "sacha@example.org", json!(["registry-staff"])).await?;
    is(told, "STAFF", "STAFF")?;
    let told = role("3", "other@example.org", json!(["admin"])).await?;
    is(told, "PROJECT_HOLDER", "PROJECT_HOLDER")?;
    let told = role("3", "other@example.org", json!(["registry-admin"])).await?;
    is(told, "PROJECT_HOLDER", "PROJECT_HOLDER")?;
    server.stop().await
}

async fn forged_tokens_are_refused(backend: Backend) -> Outcome {
    let issuer = Issuer::start(now())?;
    let server = server(backend, &issuer.url, &[]).await?;
    account_of(&server, Role::Admin, CAMILLE).await?;
    let claims = issuer.claims("1", CAMILLE, server.app.clock.now());
    let with = |change: fn(&mut Header)| {
        let mut header = issuer.header();
        change(&mut header);
        issuer.signed(&header, &claims)
    };
    viewer(&server, &issuer.token(&claims)?).await?;
    viewer(&server, &with(|header| header.typ = None)?).await?;
    viewer(&server, &with(|header| header.typ = Some("JWT".into()))?).await?;
    for (change, reason) in [
        (
            (|header| header.typ = Some("logout+jwt".into())) as fn(&mut Header),
            "TOKEN_TYPE",
        ),
        (|header| header.kid = None, "TOKEN_KEY"),
        (|header| header.kid = Some("other".into()), "TOKEN_KEY"),
        (
            |header| header.crit = Some(vec!["b64".into()]),
            "TOKEN_MALFORMED",
        ),
    ] {
        refused(&server, &with(change)?, reason).await?;
    }
    let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    for alg in ["none", "HS256", "ES512", ""] {
        let header = part(&json!({ "alg": alg, "kid": issuer.kid }));
        let token = format!("{header}.{}.", part(&claims));
        refused(&server, &token, "TOKEN_ALGORITHM").await?;
    }
    // Another key under the same name.
    let mut other = Issuer::start(server.app.clock.now())?;
    other.kid.clone_from(&issuer.kid);
    refused(&server, &other.token(&claims)?, "TOKEN_SIGNATURE").await?;
    // What another issuer says of itself, and what this one says of another or of us.
    let theirs = other.claims("1", CAMILLE, server.app.clock.now());
    refused(&server, &other.token(&theirs)?, "TOKEN_ISSUER").await?;
    refused(&server, &issuer.token(&theirs)?, "TOKEN_ISSUER").await?;
    let mut ours = claims.clone();
    ours["iss"] = json!(server.app.settings.token_issuer);
    refused(&server, &issuer.token(&ours)?, "TOKEN_KEY").await?;
    for (name, value, reason) in [
        ("aud", json!("other"), "TOKEN_AUDIENCE"),
        ("exp", json!(1), "TOKEN_EXPIRED"),
        ("nbf", json!(4_000_000_000_u32), "TOKEN_NOT_YET_VALID"),
        ("iat", json!(4_000_000_000_u32), "TOKEN_NOT_YET_VALID"),
        ("exp", Value::Null, "TOKEN_MALFORMED"),
        ("sub", json!(""), "TOKEN_MALFORMED"),
    ] {
        let mut claims = claims.clone();
        claims[name] = value;
        refused(&server, &issuer.token(&claims)?, reason).await?;
    }
    let mut long = claims.clone();
    long["more"] = json!("x".repeat(20_000));
    refused(&server, &issuer.token(&long)?, "TOKEN_MALFORMED").await?;
    server.stop().await
}

async fn tokens_are_those_of_accepted_clients(backend: Backend) -> Outcome {
    let issuer = Issuer::start(now())?;
    let server = server(backend, &issuer.url, &[("OIDC_CLIENTS", "front, back")]).await?;
    account_of(&server, Role::Staff, CAMILLE).await?;
    let mut claims = issuer.claims("1", CAMILLE, server.app.clock.now());
    viewer(&server, &issuer.token(&claims)?).await?;
    claims["azp"] = json!("other");
    refused(&server, &issuer.token(&claims)?, "TOKEN_CLIENT").await?;
    server.stop().await
}

async fn an_issuer_that_misbehaves_is_not_believed(backend: Backend) -> Outcome {
    for behaviour in [
        Behaviour::AsAnother,
        Behaviour::KeysInClear,
        Behaviour::Redirects,
        Behaviour::Fails,
        Behaviour::TooLong,
        Behaviour::NoJson,
    ] {
        let issuer = Issuer::start(now())?;
        issuer.behave(behaviour);
        let server = server(backend.clone(), &issuer.url, &[]).await?;
        account_of(&server, Role::Staff, CAMILLE).await?;
        let token = token(&server, &issuer, "1", CAMILLE)?;
        refused(&server, &token, "ISSUER_SILENT")
            .await
            .with_context(|| format!("{behaviour:?}"))?;
        // Everybody else is answered as ever.
        let own = server.account(Role::Staff, None).await?;
        viewer(&server, &own.token).await?;
        server.stop().await?;
    }
    // Once it is well, it is believed again.
    let issuer = Issuer::start(now())?;
    issuer.behave(Behaviour::Fails);
    let server = server(backend, &issuer.url, &[]).await?;
    account_of(&server, Role::Staff, CAMILLE).await?;
    let token = token(&server, &issuer, "1", CAMILLE)?;
    refused(&server, &token, "ISSUER_SILENT").await?;
    issuer.behave(Behaviour::Well);
    eventually("the issuer was not asked again", async || {
        Ok(viewer(&server, &token).await.is_ok())
    })
    .await?;
    server.stop().await
}

fn camille() -> Value {
    json!({ "sub": "42", "email": CAMILLE, "email_verified": true, "name": "Camille" })
}

async fn a_real_provider_proves_who_asks(backend: Backend) -> Outcome {
    let provider = Provider::start("first").await?;
    let audience = [("OIDC_AUDIENCE", "urn:maillage")];
    let server = server(backend, &provider.issuer, &audience).await?;
    account_of(&server, Role::Member, CAMILLE).await?;
    let tokens = provider
        .sign_in("front", "urn:maillage", &camille())
        .await?;
    let told = viewer(&server, &tokens.access).await?;
    ensure!(
        told["account"]["email"] == CAMILLE && told["role"] == "MEMBER",
        "{told}"
    );
    // Its keys were asked for once.
    for _ in 0..3 {
        viewer(&server, &tokens.access).await?;
    }
    ensure!(provider.asked().await? == 1);
    let unverified = json!({ "sub": "43", "email": CAMILLE, "email_verified": false });
    let tokens = provider
        .sign_in("front", "urn:maillage", &unverified)
        .await?;
    refused(&server, &tokens.access, "EMAIL_UNVERIFIED").await?;
    let other = json!({ "sub": "43", "email": CAMILLE, "email_verified": true });
    let tokens = provider.sign_in("front", "urn:maillage", &other).await?;
    refused(&server, &tokens.access, "ACCOUNT_OF_OTHER_PERSON").await?;
    let absent = json!({ "sub": "44", "email": "absent@example.org", "email_verified": true });
    let tokens = provider.sign_in("front", "urn:maillage", &absent).await?;
    refused(&server, &tokens.access, "ACCOUNT_UNKNOWN").await?;
    server.stop().await
}

async fn tokens_of_a_real_provider_for_others_are_refused(backend: Backend) -> Outcome {
    let provider = Provider::start("first").await?;
    let start = async |clock: Clock| {
        let settings = [
            ("OIDC_ISSUER", provider.issuer.as_str()),
            ("OIDC_AUDIENCE", "urn:maillage"),
            ("OIDC_CLIENTS", "front"),
        ];
        let server = Server::start(backend.clone(), &settings, false, clock).await?;
        account_of(&server, Role::Admin, CAMILLE).await?;
        anyhow::Ok(server)
    };
    let server = start(Clock::system()).await?;
    let good = provider
        .sign_in("front", "urn:maillage", &camille())
        .await?;
    viewer(&server, &good.access).await?;
    let tokens = provider.sign_in("front", "urn:other", &camille()).await?;
    refused(&server, &tokens.access, "TOKEN_AUDIENCE").await?;
    // An ID token tells the client who signed in; it is no access to us.
    refused(&server, &good.id, "TOKEN_AUDIENCE").await?;
    let tokens = provider
        .sign_in("other", "urn:maillage", &camille())
        .await?;
    refused(&server, &tokens.access, "TOKEN_CLIENT").await?;
    let elsewhere = Provider::start("first").await?;
    let tokens = elsewhere
        .sign_in("front", "urn:maillage", &camille())
        .await?;
    refused(&server, &tokens.access, "TOKEN_ISSUER").await?;
    // A key known to everybody must not pass for a shared secret.
    let parts: Vec<&str> = good.access.split('.').collect();
    let claims: Value = serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(parts[1])?)?;
    let keys = provider.keys().await?;
    let modulus = keys["keys"][0]["n"].as_str().context("a modulus")?;
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(modulus)?;
    for secret in [bytes.as_slice(), modulus.as_bytes()] {
        let header = Header {
            typ: Some("at+jwt".to_owned()),
            kid: Some("first".to_owned()),
            ..Header::new(Algorithm::HS256)
        };
        let token = jsonwebtoken::encode(&header, &claims, &EncodingKey::from_secret(secret))?;
        refused(&server, &token, "TOKEN_ALGORITHM").await?;
    }
    let header = json!({ "alg": "RS256", "typ": "at+jwt", "kid": "other" }).to_string();
    let header = BASE64_URL_SAFE_NO_PAD.encode(header);
    let token = format!("{header}.{}.{}", parts[1], parts[2]);
    refused(&server, &token, "TOKEN_KEY").await?;
    server.stop().await?;
    for (hours, reason) in [(1, "TOKEN_EXPIRED"), (-1, "TOKEN_NOT_YET_VALID")] {
        let server = start(Clock::fixed(now() + TimeDelta::hours(hours))).await?;
        refused(&server, &good.access, reason).await?;
        server.stop().await?;
    }
    Ok(())
}

async fn keys_outlast_the_issuer_and_change_with_it(backend: Backend) -> Outcome {
    let mut provider = Provider::start("first").await?;
    let settings = [("OIDC_AUDIENCE", "urn:maillage")];
    let server = server(backend, &provider.issuer, &settings).await?;
    account_of(&server, Role::Member, CAMILLE).await?;
    let first = provider
        .sign_in("front", "urn:maillage", &camille())
        .await?
        .access;
    viewer(&server, &first).await?;
    // Anyone may name keys that never were: the issuer is not asked for each.
    let (_, rest) = first.split_once('.').context("a header")?;
    for number in 0..20 {
        let header = json!({ "alg": "RS256", "typ": "at+jwt", "kid": format!("k{number}") });
        let header = BASE64_URL_SAFE_NO_PAD.encode(header.to_string());
        refused(&server, &format!("{header}.{rest}"), "TOKEN_KEY").await?;
    }
    let asked = provider.asked().await?;
    ensure!(asked <= 2, "asked {asked} times");
    provider.stop().await?;
    viewer(&server, &first).await?;
    // It signs with another key from now on.
    provider.restart("second").await?;
    let second = provider
        .sign_in("front", "urn:maillage", &camille())
        .await?
        .access;
    eventually("the new key was not found", async || {
        Ok(viewer(&server, &second).await.is_ok())
    })
    .await?;
    refused(&server, &first, "TOKEN_KEY").await?;
    server.stop().await
}

#[expect(
    clippy::disallowed_methods,
    reason = "tokens are valid by the real time"
)]
fn now() -> chrono::DateTime<chrono::Utc> {
    chrono::Utc::now()
}
