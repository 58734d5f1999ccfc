//! Changes of e-mail address.

use anyhow::ensure;
use chrono::TimeDelta;
use serde_json::json;
use tests::{Backend, Outcome, Server, cases};

use super::{Answered, From, OTHER_PASSWORD, PASSWORD, server, token_in};

cases![
    both_addresses_confirm_a_change,
    the_address_of_another_account_is_not_told_and_not_taken,
];

const HOME: &str = "198.51.100.7";
const CAMILLE: &str = "camille@example.org";
const NEW: &str = "nouvelle@example.org";

async fn request(from: &From<'_>, email: &str, password: &str) -> anyhow::Result<Answered> {
    let input = json!({ "email": email, "password": password });
    from.ask("emailChangeRequest", input, "requested").await
}

async fn confirm(from: &From<'_>, token: &str) -> anyhow::Result<Answered> {
    let input = json!({ "token": token });
    from.ask("emailChangeConfirm", input, "progress").await
}

async fn token(server: &Server, address: &str, number: usize) -> anyhow::Result<String> {
    let letters = server.letters_to(address, number).await?;
    token_in(&letters[number - 1].text)
}

async fn both_addresses_confirm_a_change(backend: Backend) -> Outcome {
    let (server, clock) = server(backend).await?;
    let home = From::address(&server, HOME);
    home.open(CAMILLE, PASSWORD).await?;
    let signed_in = home.sign_in(CAMILLE, PASSWORD).await?;
    let camille = home.bearing(&signed_in.token("accessToken")?);
    request(&home, NEW, PASSWORD)
        .await?
        .failed("UNAUTHENTICATED")?;
    request(&camille, "none", PASSWORD)
        .await?
        .refused("INVALID")?;
    request(&camille, NEW, OTHER_PASSWORD)
        .await?
        .refused("WRONG_CREDENTIALS")?;
    request(&camille, NEW, PASSWORD).await?.done("requested")?;
    let first = token(&server, CAMILLE, 2).await?;
    // Asked for again, what was sent before is void.
    request(&camille, NEW, PASSWORD).await?.done("requested")?;
    let old = token(&server, CAMILLE, 3).await?;
    let new = token(&server, NEW, 2).await?;
    confirm(&home, &first).await?.refused("EXPIRED")?;
    let half = confirm(&home, &new).await?;
    ensure!(half.done("progress")? == "HALF_CONFIRMED", "{}", half.body);
    confirm(&home, &new).await?.refused("EXPIRED")?;
    home.sign_in(NEW, PASSWORD)
        .await?
        .refused("WRONG_CREDENTIALS")?;
    clock.advance(TimeDelta::hours(47));
    let changed = confirm(&home, &old).await?;
    ensure!(changed.done("progress")? == "CHANGED", "{}", changed.body);
    home.sign_in(NEW, PASSWORD).await?.done("tokens")?;
    home.sign_in(CAMILLE, PASSWORD)
        .await?
        .refused("WRONG_CREDENTIALS")?;
    server.stop().await
}

async fn the_address_of_another_account_is_not_told_and_not_taken(backend: Backend) -> Outcome {
    let (server, _) = server(backend).await?;
    let home = From::address(&server, HOME);
    home.open(CAMILLE, PASSWORD).await?;
    home.open("sacha@example.org", OTHER_PASSWORD).await?;
    let signed_in = home.sign_in(CAMILLE, PASSWORD).await?;
    let camille = home.bearing(&signed_in.token("accessToken")?);
    let taken = request(&camille, "sacha@example.org", PASSWORD).await?;
    let old = token(&server, CAMILLE, 2).await?;
    let half = confirm(&home, &old).await?;
    ensure!(half.done("progress")? == "HALF_CONFIRMED", "{}", half.body);
    let free = request(&camille, NEW, PASSWORD).await?;
    ensure!(taken.body == free.body, "{} {}", taken.body, free.body);
    let (old, new) = (
        token(&server, CAMILLE, 3).await?,
        token(&server, NEW, 1).await?,
    );
    ensure!(
        server.letters_to("sacha@example.org", 1).await?.len() == 1,
        "a letter"
    );
    // Somebody signs up with the address before it is confirmed.
    let input = json!({ "email": NEW });
    let elsewhere = From::address(&server, "203.0.113.5");
    elsewhere
        .ask("accountSignUp", input, "requested")
        .await?
        .done("requested")?;
    confirm(&home, &new).await?.done("progress")?;
    let last = confirm(&home, &old).await?;
    last.refused("TAKEN")?;
    server.stop().await
}
