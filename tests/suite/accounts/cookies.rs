//! Refresh tokens that browsers keep in a cookie.

use anyhow::{Context as _, ensure};
use serde_json::json;
use tests::{Backend, Outcome, cases};

use super::{Answered, From, ORIGIN, PASSWORD, TOKENS, server};

cases![
    a_browser_keeps_the_refresh_token_out_of_reach_of_scripts,
    pages_of_other_sites_cannot_use_the_cookie,
];

const HOME: &str = "198.51.100.7";
const CAMILLE: &str = "camille@example.org";

fn cookie(answered: &Answered) -> anyhow::Result<(String, String)> {
    let [cookie] = answered.cookies.as_slice() else {
        anyhow::bail!("{:?}", answered.cookies);
    };
    let (pair, attributes) = cookie.split_once("; ").context("no attributes")?;
    Ok((pair.to_owned(), attributes.to_owned()))
}

async fn sign_in(from: &From<'_>) -> anyhow::Result<Answered> {
    let input = json!({ "email": CAMILLE, "password": PASSWORD, "cookie": true });
    from.ask("sessionCreate", input, TOKENS).await
}

async fn a_browser_keeps_the_refresh_token_out_of_reach_of_scripts(backend: Backend) -> Outcome {
    let (server, _) = server(backend).await?;
    let home = From::address(&server, HOME);
    home.open(CAMILLE, PASSWORD).await?;
    let signed_in = sign_in(&home).await?;
    ensure!(
        signed_in.done("tokens")?["refreshToken"].is_null(),
        "{}",
        signed_in.body
    );
    let (first, attributes) = cookie(&signed_in)?;
    ensure!(first.starts_with("maillage_refresh="), "{first}");
    ensure!(
        attributes == "Max-Age=2592000; HttpOnly; Secure; SameSite=Strict; Path=/graphql",
        "{attributes}"
    );
    let browser = home
        .with("origin", ORIGIN)
        .with("sec-fetch-site", "same-origin");
    let refreshed = browser
        .with("cookie", format!("theme=dark; {first}"))
        .ask("sessionRefresh", json!({}), TOKENS)
        .await?;
    ensure!(
        refreshed.done("tokens")?["refreshToken"].is_null(),
        "{}",
        refreshed.body
    );
    let (second, _) = cookie(&refreshed)?;
    ensure!(first != second, "not rotated");
    let ended = browser
        .with("cookie", second.clone())
        .ask("sessionDelete", json!({}), "signedOut")
        .await?;
    ended.done("signedOut")?;
    let (empty, attributes) = cookie(&ended)?;
    ensure!(
        empty == "maillage_refresh=" && attributes.starts_with("Max-Age=0;"),
        "{attributes}"
    );
    browser
        .with("cookie", second)
        .ask("sessionRefresh", json!({}), TOKENS)
        .await?
        .refused("EXPIRED")?;
    browser
        .ask("sessionRefresh", json!({}), TOKENS)
        .await?
        .refused("REQUIRED")?;
    server.stop().await
}

async fn pages_of_other_sites_cannot_use_the_cookie(backend: Backend) -> Outcome {
    let (server, _) = server(backend).await?;
    let home = From::address(&server, HOME);
    home.open(CAMILLE, PASSWORD).await?;
    let (pair, _) = cookie(&sign_in(&home).await?)?;
    let with_cookie = home.with("cookie", pair.clone());
    for foreign in [
        with_cookie.with("origin", "https://evil.example.net"),
        with_cookie.with("origin", "null"),
        with_cookie.with("sec-fetch-site", "cross-site"),
        with_cookie
            .with("origin", ORIGIN)
            .with("sec-fetch-site", "same-site"),
        with_cookie.with("cookie", "maillage_refresh=another"),
    ] {
        for (mutation, selection) in [("sessionRefresh", TOKENS), ("sessionDelete", "signedOut")] {
            let refused = foreign.ask(mutation, json!({}), selection).await?;
            refused.failed("FORBIDDEN")?;
            ensure!(refused.cookies.is_empty(), "{:?}", refused.cookies);
        }
    }
    // The cookie proves nothing to what is not about itself.
    let viewer = with_cookie
        .send("{ viewer { account { email } } }", json!({}))
        .await?;
    ensure!(
        viewer.body == json!({"data": {"viewer": null}}),
        "{}",
        viewer.body
    );
    let refreshed = with_cookie.ask("sessionRefresh", json!({}), TOKENS).await?;
    refreshed.done("tokens")?;
    server.stop().await
}
