//! What a sign-in costs, and tells of accounts that there are not.

use std::ops::RangeInclusive;
use std::time::Instant;

use anyhow::{Context as _, ensure};
use entity::account;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use serde_json::Value;
use tests::{Backend, Outcome, Server, cases};

use super::{From, OTHER_PASSWORD, PASSWORD, server};

cases![
    a_sign_in_makes_the_hash_anew_where_more_is_asked;
    once: unknown_accounts_take_the_same_words_and_time
];

const HOME: &str = "198.51.100.7";
const CAMILLE: &str = "camille@example.org";

async fn hash(server: &Server) -> anyhow::Result<String> {
    let found = account::Entity::find()
        .filter(account::Column::Email.eq(CAMILLE))
        .one(&server.app.database)
        .await?;
    found
        .and_then(|account| account.password_hash)
        .context("no hash")
}

async fn a_sign_in_makes_the_hash_anew_where_more_is_asked(backend: Backend) -> Outcome {
    let (server, _) = server(backend).await?;
    let home = From::address(&server, HOME);
    home.open(CAMILLE, PASSWORD).await?;
    let before = hash(&server).await?;
    ensure!(
        before.starts_with("$argon2id$v=19$m=8,t=1,p=1$"),
        "{before}"
    );
    let costlier = server
        .replica(|settings| {
            settings.password_memory_kib = 64;
            settings.password_iterations = 2;
        })
        .await?;
    let there = From::address(&costlier, HOME);
    // A wrong password changes nothing.
    let refused = there.sign_in(CAMILLE, OTHER_PASSWORD).await?;
    refused.refused("WRONG_CREDENTIALS")?;
    ensure!(hash(&server).await? == before, "another hash");
    there.sign_in(CAMILLE, PASSWORD).await?.done("tokens")?;
    let after = hash(&server).await?;
    ensure!(after.starts_with("$argon2id$v=19$m=64,t=2,p=1$"), "{after}");
    // From then on it stays, on servers that ask as much or less.
    for from in [&there, &home] {
        from.sign_in(CAMILLE, PASSWORD).await?.done("tokens")?;
        ensure!(hash(&server).await? == after, "another hash");
    }
    let refused = home.sign_in(CAMILLE, OTHER_PASSWORD).await?;
    refused.refused("WRONG_CREDENTIALS")?;
    costlier.stop().await?;
    server.stop().await
}

async fn unknown_accounts_take_the_same_words_and_time(backend: Backend) -> Outcome {
    let (server, _) = server(backend).await?;
    let home = From::address(&server, HOME);
    home.open(CAMILLE, PASSWORD).await?;
    // So much that the rest of a request is little beside it.
    let costly = server
        .replica(|settings| {
            settings.password_memory_kib = 4096;
            settings.password_iterations = 4;
        })
        .await?;
    // First with a hash of less effort, which a sign-in then makes anew.
    same_words_and_time(&costly, 1..=4).await?;
    let there = From::address(&costly, HOME);
    there.sign_in(CAMILLE, PASSWORD).await?.done("tokens")?;
    same_words_and_time(&costly, 5..=8).await?;
    costly.stop().await?;
    server.stop().await
}

async fn same_words_and_time(server: &Server, rounds: RangeInclusive<u8>) -> Outcome {
    let mut bodies: Vec<Value> = Vec::new();
    let mut times = [Vec::new(), Vec::new()];
    for round in rounds {
        for (place, email) in [CAMILLE, "absent@example.org"].into_iter().enumerate() {
            let from = From::address(server, &format!("203.0.113.{round}"));
            let begun = Instant::now();
            let answered = from.sign_in(email, OTHER_PASSWORD).await?;
            times[place].push(begun.elapsed().as_secs_f64());
            answered.refused("WRONG_CREDENTIALS")?;
            bodies.push(answered.body);
        }
    }
    ensure!(bodies.iter().all(|body| *body == bodies[0]), "{bodies:?}");
    // The least of several: whatever else the machine does only adds to them.
    let [known, unknown] = times.map(|times| times.into_iter().fold(f64::MAX, f64::min));
    ensure!(
        (0.5..2.0).contains(&(known / unknown)),
        "{known} s for an account, {unknown} s for none"
    );
    Ok(())
}
