//! What is done on one server holds on the others, within a second.

use std::time::{Duration, Instant};

use anyhow::ensure;
use entity::values::Role;
use maillage::id::{GlobalId, Kind};
use serde_json::json;
use tests::{Backend, Outcome, cases};

use super::{From, OTHER_PASSWORD, PASSWORD, server};

cases![
    a_sign_out_holds_on_every_server,
    what_administrators_do_holds_on_every_server,
    a_guesser_waits_on_every_server,
];

const HOME: &str = "198.51.100.7";
const CAMILLE: &str = "camille@example.org";
const VIEWER: &str = "{ viewer { role } }";

/// Within which time every server knows.
const SOON: Duration = Duration::from_secs(1);

/// Who asks by their token, once `holds` does of the answer.
async fn soon(from: &From<'_>, holds: impl Fn(&serde_json::Value) -> bool) -> anyhow::Result<()> {
    let begun = Instant::now();
    loop {
        let asked = Instant::now();
        let answered = from.send(VIEWER, json!({})).await?;
        if holds(&answered.body) {
            return Ok(());
        }
        ensure!(
            asked - begun < SOON,
            "still, after a second: {}",
            answered.body
        );
    }
}

fn is_refused(body: &serde_json::Value) -> bool {
    body["errors"][0]["extensions"]["reason"] == "SESSION_ENDED"
}

async fn a_sign_out_holds_on_every_server(backend: Backend) -> Outcome {
    let (one, _) = server(backend).await?;
    let other = one.replica(|_| {}).await?;
    let (here, there) = (From::address(&one, HOME), From::address(&other, HOME));
    here.open(CAMILLE, PASSWORD).await?;
    // A session begun on the one goes on on the other.
    let signed_in = here.sign_in(CAMILLE, PASSWORD).await?;
    let input = json!({ "refreshToken": signed_in.token("refreshToken")? });
    let refreshed = there.ask("sessionRefresh", input, super::TOKENS).await?;
    let (access, refreshing) = (
        refreshed.token("accessToken")?,
        refreshed.token("refreshToken")?,
    );
    for from in [&here, &there] {
        soon(&from.bearing(&access), |body| {
            body["data"]["viewer"]["role"] == "PROJECT_HOLDER"
        })
        .await?;
    }
    let signed_out = here.bearing(&access);
    signed_out
        .ask("sessionDelete", json!({}), "signedOut")
        .await?
        .done("signedOut")?;
    soon(&there.bearing(&access), is_refused).await?;
    let input = json!({ "refreshToken": refreshing });
    there
        .ask("sessionRefresh", input, super::TOKENS)
        .await?
        .refused("EXPIRED")?;
    other.stop().await?;
    one.stop().await
}

async fn what_administrators_do_holds_on_every_server(backend: Backend) -> Outcome {
    let (one, _) = server(backend).await?;
    let other = one.replica(|_| {}).await?;
    let admin = one.account(Role::Admin, None).await?;
    let camille = one.account(Role::ProjectHolder, None).await?;
    let id = GlobalId {
        kind: Kind::Account,
        uuid: camille.account,
    };
    let id = id.to_string();
    let (here, there) = (From::address(&one, HOME), From::address(&other, HOME));
    let (admin, camille) = (here.bearing(&admin.token), there.bearing(&camille.token));
    soon(&camille, |body| {
        body["data"]["viewer"]["role"] == "PROJECT_HOLDER"
    })
    .await?;
    admin
        .ask(
            "accountUpdateRole",
            json!({ "id": id, "role": "STAFF" }),
            "account { id }",
        )
        .await?
        .done("account")?;
    soon(&camille, |body| body["data"]["viewer"]["role"] == "STAFF").await?;
    admin
        .ask("accountDeactivate", json!({ "id": id }), "account { id }")
        .await?
        .done("account")?;
    soon(&camille, is_refused).await?;
    other.stop().await?;
    one.stop().await
}

async fn a_guesser_waits_on_every_server(backend: Backend) -> Outcome {
    let (one, _) = server(backend).await?;
    let other = one.replica(|_| {}).await?;
    From::address(&one, HOME).open(CAMILLE, PASSWORD).await?;
    // Each guess comes from another address, to the one server and the other in turn.
    for number in 1..=10 {
        let server = if number % 2 == 0 { &one } else { &other };
        let guess = From::address(server, &format!("203.0.113.{number}"));
        let refused = guess.sign_in(CAMILLE, OTHER_PASSWORD).await?;
        refused.refused("WRONG_CREDENTIALS")?;
    }
    for (server, address) in [(&one, "203.0.113.11"), (&other, "203.0.113.12")] {
        let right = From::address(server, address)
            .sign_in(CAMILLE, PASSWORD)
            .await?;
        right.refused("TOO_MANY_ATTEMPTS")?;
    }
    // So do attempts from one address.
    let from = |server| From::address(server, "203.0.113.99");
    for number in 0..10 {
        let server = if number % 2 == 0 { &one } else { &other };
        let email = format!("nobody-{number}@example.org");
        let refused = from(server).sign_in(&email, PASSWORD).await?;
        refused.refused("WRONG_CREDENTIALS")?;
    }
    for server in [&one, &other] {
        let refused = from(server).sign_in("nobody@example.org", PASSWORD).await?;
        refused.refused("TOO_MANY_ATTEMPTS")?;
    }
    other.stop().await?;
    one.stop().await
}
