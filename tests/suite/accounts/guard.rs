//! What slows down who guesses, and nobody else.

use anyhow::ensure;
use chrono::TimeDelta;
use serde_json::json;
use tests::{Backend, Outcome, cases};

use super::{From, OTHER_PASSWORD, PASSWORD, server};

cases![
    a_guesser_waits_and_the_owner_at_home_does_not,
    one_address_has_ten_attempts_a_minute,
    unknown_accounts_are_guarded_as_known_ones,
    nobody_is_flooded_with_letters,
];

const HOME: &str = "198.51.100.7";
const CAMILLE: &str = "camille@example.org";

async fn a_guesser_waits_and_the_owner_at_home_does_not(backend: Backend) -> Outcome {
    let (server, clock) = server(backend).await?;
    let home = From::address(&server, HOME);
    home.open(CAMILLE, PASSWORD).await?;
    home.sign_in(CAMILLE, PASSWORD).await?.done("tokens")?;
    // Each guess comes from another address.
    let guess = |number: u8| From::address(&server, &format!("203.0.113.{number}"));
    for number in 1..=10 {
        let refused = guess(number).sign_in(CAMILLE, OTHER_PASSWORD).await?;
        refused.refused("WRONG_CREDENTIALS")?;
    }
    // Even the right password is not looked at, nor told from a wrong one.
    let right = guess(11).sign_in(CAMILLE, PASSWORD).await?;
    right.refused("TOO_MANY_ATTEMPTS")?;
    home.sign_in(CAMILLE, PASSWORD).await?.done("tokens")?;
    guess(12)
        .sign_in(CAMILLE, PASSWORD)
        .await?
        .refused("TOO_MANY_ATTEMPTS")?;
    clock.advance(TimeDelta::seconds(61));
    let refused = guess(13).sign_in(CAMILLE, OTHER_PASSWORD).await?;
    refused.refused("WRONG_CREDENTIALS")?;
    clock.advance(TimeDelta::seconds(61));
    guess(14)
        .sign_in(CAMILLE, PASSWORD)
        .await?
        .refused("TOO_MANY_ATTEMPTS")?;
    clock.advance(TimeDelta::seconds(60));
    guess(15).sign_in(CAMILLE, PASSWORD).await?.done("tokens")?;
    server.stop().await
}

async fn one_address_has_ten_attempts_a_minute(backend: Backend) -> Outcome {
    let (server, clock) = server(backend).await?;
    let home = From::address(&server, HOME);
    home.open(CAMILLE, PASSWORD).await?;
    let guesser = From::address(&server, "203.0.113.1");
    for number in 0..10 {
        let email = format!("nobody-{number}@example.org");
        guesser
            .sign_in(&email, PASSWORD)
            .await?
            .refused("WRONG_CREDENTIALS")?;
    }
    let refused = guesser.sign_in(CAMILLE, PASSWORD).await?;
    refused.refused("TOO_MANY_ATTEMPTS")?;
    home.sign_in(CAMILLE, PASSWORD).await?.done("tokens")?;
    clock.advance(TimeDelta::seconds(60));
    guesser.sign_in(CAMILLE, PASSWORD).await?.done("tokens")?;
    server.stop().await
}

async fn unknown_accounts_are_guarded_as_known_ones(backend: Backend) -> Outcome {
    let (server, _) = server(backend).await?;
    let home = From::address(&server, HOME);
    home.open(CAMILLE, PASSWORD).await?;
    let mut answers = Vec::new();
    for email in [CAMILLE, "absent@example.org"] {
        let mut bodies = Vec::new();
        for number in 1..=12 {
            let from = From::address(&server, &format!("203.0.113.{number}"));
            bodies.push(from.sign_in(email, OTHER_PASSWORD).await?.body);
        }
        answers.push(bodies);
    }
    ensure!(answers[0] == answers[1], "{answers:?}");
    server.stop().await
}

async fn nobody_is_flooded_with_letters(backend: Backend) -> Outcome {
    let (server, clock) = server(backend).await?;
    let from = |number: usize| From::address(&server, &format!("203.0.113.{number}"));
    for number in 0..8 {
        let input = json!({ "email": CAMILLE });
        let asked = from(number)
            .ask("accountSignUp", input, "requested")
            .await?;
        asked.done("requested")?;
    }
    // A letter asked for later is sent later than all of those.
    let input = json!({ "email": "sacha@example.org" });
    from(9)
        .ask("accountSignUp", input, "requested")
        .await?
        .done("requested")?;
    server.letters_to("sacha@example.org", 1).await?;
    let letters = server.letters_to(CAMILLE, 5).await?;
    ensure!(letters.len() == 5, "{} letters", letters.len());
    clock.advance(TimeDelta::hours(1));
    let input = json!({ "email": CAMILLE });
    from(9)
        .ask("accountSignUp", input, "requested")
        .await?
        .done("requested")?;
    server.letters_to(CAMILLE, 6).await?;
    server.stop().await
}
