//! Signing in, staying signed in, and signing out.

use anyhow::{Context as _, ensure};
use chrono::TimeDelta;
use serde_json::json;
use tests::{Backend, Outcome, cases};

use super::{Answered, From, OTHER_PASSWORD, PASSWORD, TOKENS, server};

cases![
    who_signs_up_signs_in_stays_and_signs_out,
    a_refresh_token_used_twice_ends_the_session,
    a_lost_answer_may_be_asked_for_again,
    a_session_ends_when_it_is_not_used,
    sessions_are_seen_and_ended_by_their_owner,
    another_password_ends_the_other_sessions,
    many_who_refresh_at_once_share_one_successor,
    of_many_who_change_the_password_at_once_one_does,
];

const HOME: &str = "198.51.100.7";
const CAMILLE: &str = "camille@example.org";

async fn refresh(from: &From<'_>, token: &str) -> anyhow::Result<Answered> {
    let input = json!({ "refreshToken": token });
    from.ask("sessionRefresh", input, TOKENS).await
}

async fn is_signed_in(from: &From<'_>, token: &str) -> anyhow::Result<bool> {
    let asked = from.bearing(token);
    let answered = asked
        .send("{ viewer { account { email } } }", json!({}))
        .await?;
    Ok(answered.status == 200 && answered.body["data"]["viewer"]["account"].is_object())
}

async fn who_signs_up_signs_in_stays_and_signs_out(backend: Backend) -> Outcome {
    let (server, _) = server(backend).await?;
    let home = From::address(&server, HOME);
    let visitor = home
        .send("{ viewer { account { email } } }", json!({}))
        .await?;
    ensure!(
        visitor.body == json!({"data": {"viewer": null}}),
        "{}",
        visitor.body
    );
    home.open(CAMILLE, PASSWORD).await?;
    let signed_in = home.sign_in("Camille@Example.org ", PASSWORD).await?;
    ensure!(signed_in.caching == "no-store", "{}", signed_in.caching);
    ensure!(signed_in.cookies.is_empty(), "{:?}", signed_in.cookies);
    let (access, refreshing) = (
        signed_in.token("accessToken")?,
        signed_in.token("refreshToken")?,
    );
    let viewer = home
        .bearing(&access)
        .send(
            "{ viewer { account { email role displayName language } } }",
            json!({}),
        )
        .await?;
    ensure!(viewer.caching == "no-store", "{}", viewer.caching);
    ensure!(
        viewer.body["data"]["viewer"]["account"]
            == json!({"email": CAMILLE, "role": "PROJECT_HOLDER",
                      "displayName": "Dominique Exemple", "language": "FR"}),
        "{}",
        viewer.body
    );
    let refreshed = refresh(&home, &refreshing).await?;
    let (next, next_refreshing) = (
        refreshed.token("accessToken")?,
        refreshed.token("refreshToken")?,
    );
    ensure!(
        next != access && next_refreshing != refreshing,
        "the same tokens"
    );
    ensure!(is_signed_in(&home, &next).await?, "not signed in");
    home.bearing(&next)
        .ask("sessionDelete", json!({}), "signedOut")
        .await?
        .done("signedOut")?;
    ensure!(!is_signed_in(&home, &next).await?, "still signed in");
    refresh(&home, &next_refreshing).await?.refused("EXPIRED")?;
    home.ask("sessionDelete", json!({}), "signedOut")
        .await?
        .failed("UNAUTHENTICATED")?;
    let again = home.sign_in(CAMILLE, PASSWORD).await?;
    let input = json!({ "refreshToken": again.token("refreshToken")? });
    home.ask("sessionDelete", input, "signedOut")
        .await?
        .done("signedOut")?;
    let access = again.token("accessToken")?;
    ensure!(!is_signed_in(&home, &access).await?, "still signed in");
    server.stop().await
}

async fn a_refresh_token_used_twice_ends_the_session(backend: Backend) -> Outcome {
    let (server, clock) = server(backend).await?;
    let home = From::address(&server, HOME);
    home.open(CAMILLE, PASSWORD).await?;
    let elsewhere = home.sign_in(CAMILLE, PASSWORD).await?;
    let first = home
        .sign_in(CAMILLE, PASSWORD)
        .await?
        .token("refreshToken")?;
    let second = refresh(&home, &first).await?;
    let access = second.token("accessToken")?;
    clock.advance(TimeDelta::seconds(11));
    refresh(&home, &first).await?.refused("EXPIRED")?;
    // Whoever of the two is the thief, both are signed out.
    refresh(&home, &second.token("refreshToken")?)
        .await?
        .refused("EXPIRED")?;
    ensure!(!is_signed_in(&home, &access).await?, "the family goes on");
    let other = elsewhere.token("accessToken")?;
    ensure!(is_signed_in(&home, &other).await?, "another session ended");
    refresh(&home, "what never was").await?.refused("EXPIRED")?;
    server.stop().await
}

async fn a_lost_answer_may_be_asked_for_again(backend: Backend) -> Outcome {
    let (server, clock) = server(backend).await?;
    let home = From::address(&server, HOME);
    home.open(CAMILLE, PASSWORD).await?;
    let first = home
        .sign_in(CAMILLE, PASSWORD)
        .await?
        .token("refreshToken")?;
    refresh(&home, &first).await?.token("refreshToken")?;
    clock.advance(TimeDelta::seconds(9));
    let again = refresh(&home, &first).await?.token("refreshToken")?;
    clock.advance(TimeDelta::minutes(10));
    refresh(&home, &again).await?.token("refreshToken")?;
    // Once what was given in its place has been used, its answer was not lost.
    let start = home
        .sign_in(CAMILLE, PASSWORD)
        .await?
        .token("refreshToken")?;
    let next = refresh(&home, &start).await?.token("refreshToken")?;
    let last = refresh(&home, &next).await?.token("refreshToken")?;
    refresh(&home, &start).await?.refused("EXPIRED")?;
    refresh(&home, &last).await?.refused("EXPIRED")?;
    server.stop().await
}

async fn a_session_ends_when_it_is_not_used(backend: Backend) -> Outcome {
    let (server, clock) = server(backend).await?;
    let home = From::address(&server, HOME);
    home.open(CAMILLE, PASSWORD).await?;
    let mut token = home
        .sign_in(CAMILLE, PASSWORD)
        .await?
        .token("refreshToken")?;
    for _ in 0..2 {
        clock.advance(TimeDelta::days(29));
        token = refresh(&home, &token).await?.token("refreshToken")?;
    }
    clock.advance(TimeDelta::days(30));
    refresh(&home, &token).await?.refused("EXPIRED")?;
    server.stop().await
}

async fn sessions_are_seen_and_ended_by_their_owner(backend: Backend) -> Outcome {
    let (server, clock) = server(backend).await?;
    let home = From::address(&server, HOME);
    home.open(CAMILLE, PASSWORD).await?;
    home.open("sacha@example.org", OTHER_PASSWORD).await?;
    let long = "Exemple/1.0 ".repeat(30);
    let phone = home.with("user-agent", long.clone());
    let phone = phone.sign_in(CAMILLE, PASSWORD).await?;
    clock.advance(TimeDelta::minutes(1));
    let desk = home
        .with("user-agent", "Bureau")
        .sign_in(CAMILLE, PASSWORD)
        .await?;
    let sacha = home.sign_in("sacha@example.org", OTHER_PASSWORD).await?;
    let at_desk = home.bearing(&desk.token("accessToken")?);
    let query = "{ viewer { sessions { id device isCurrent lastUsedAt expiresAt } } }";
    let listed = at_desk.send(query, json!({})).await?;
    let sessions = listed.body["data"]["viewer"]["sessions"]
        .as_array()
        .with_context(|| listed.body.to_string())?;
    ensure!(sessions.len() == 2, "{sessions:?}");
    ensure!(
        sessions[0]["device"] == "Bureau" && sessions[0]["isCurrent"] == true,
        "{sessions:?}"
    );
    ensure!(
        sessions[1]["device"] == long[..200] && sessions[1]["isCurrent"] == false,
        "{sessions:?}"
    );
    let other = json!({ "id": sacha.done("tokens")?["session"]["id"] });
    at_desk
        .ask("sessionRevoke", other, "revoked")
        .await?
        .refused("NOT_FOUND")?;
    at_desk
        .ask(
            "sessionRevoke",
            json!({ "id": sessions[1]["id"] }),
            "revoked",
        )
        .await?
        .done("revoked")?;
    ensure!(
        !is_signed_in(&home, &phone.token("accessToken")?).await?,
        "not revoked"
    );
    refresh(&home, &phone.token("refreshToken")?)
        .await?
        .refused("EXPIRED")?;
    home.sign_in(CAMILLE, PASSWORD).await?.done("tokens")?;
    let kept = json!({ "keepThis": true });
    let ended = at_desk
        .ask("sessionsDelete", kept, "signedOutCount")
        .await?;
    ensure!(ended.done("signedOutCount")? == 1, "{}", ended.body);
    let ended = at_desk
        .ask("sessionsDelete", json!({}), "signedOutCount")
        .await?;
    ensure!(ended.done("signedOutCount")? == 1, "{}", ended.body);
    at_desk
        .send(query, json!({}))
        .await?
        .failed("UNAUTHENTICATED")?;
    ensure!(
        is_signed_in(&home, &sacha.token("accessToken")?).await?,
        "somebody else's"
    );
    home.ask("sessionsDelete", json!({}), "signedOutCount")
        .await?
        .failed("UNAUTHENTICATED")?;
    server.stop().await
}

async fn another_password_ends_the_other_sessions(backend: Backend) -> Outcome {
    let (server, _) = server(backend).await?;
    let home = From::address(&server, HOME);
    home.open(CAMILLE, PASSWORD).await?;
    let other = home
        .sign_in(CAMILLE, PASSWORD)
        .await?
        .token("accessToken")?;
    let this = home
        .sign_in(CAMILLE, PASSWORD)
        .await?
        .token("accessToken")?;
    let signed_in = home.bearing(&this);
    for (current, new, code) in [
        (OTHER_PASSWORD, OTHER_PASSWORD, "WRONG_CREDENTIALS"),
        (PASSWORD, "court", "TOO_SHORT"),
        (PASSWORD, "camille@example.org", "TOO_COMMON"),
    ] {
        let input = json!({ "currentPassword": current, "newPassword": new });
        let refused = signed_in.ask("passwordChange", input, "changed").await?;
        refused.refused(code)?;
    }
    let input = json!({ "currentPassword": PASSWORD, "newPassword": OTHER_PASSWORD });
    let changed = signed_in.ask("passwordChange", input, "changed").await?;
    changed.done("changed")?;
    ensure!(is_signed_in(&home, &this).await?, "this session ended");
    ensure!(
        !is_signed_in(&home, &other).await?,
        "the other session goes on"
    );
    home.sign_in(CAMILLE, PASSWORD)
        .await?
        .refused("WRONG_CREDENTIALS")?;
    home.sign_in(CAMILLE, OTHER_PASSWORD)
        .await?
        .done("tokens")?;
    let letters = server.letters_to(CAMILLE, 2).await?;
    ensure!(
        letters[1].text.contains("mot de passe"),
        "{}",
        letters[1].text
    );
    server.stop().await
}

async fn many_who_refresh_at_once_share_one_successor(backend: Backend) -> Outcome {
    let (server, _) = server(backend).await?;
    let home = From::address(&server, HOME);
    home.open(CAMILLE, PASSWORD).await?;
    let first = home
        .sign_in(CAMILLE, PASSWORD)
        .await?
        .token("refreshToken")?;
    let asked = (0..20).map(|_| refresh(&home, &first));
    let mut successors = Vec::new();
    for answered in futures::future::join_all(asked).await {
        successors.push(answered?.token("refreshToken")?);
    }
    ensure!(successors[0] != first, "the same token again");
    let one = &successors[0];
    ensure!(
        successors.iter().all(|token| token == one),
        "{successors:?}"
    );
    // There is one branch: once it goes on, what is older ends it.
    let next = refresh(&home, one).await?.token("refreshToken")?;
    refresh(&home, &first).await?.refused("EXPIRED")?;
    refresh(&home, &next).await?.refused("EXPIRED")?;
    server.stop().await
}

async fn of_many_who_change_the_password_at_once_one_does(backend: Backend) -> Outcome {
    let (server, _) = server(backend).await?;
    let home = From::address(&server, HOME);
    home.open(CAMILLE, PASSWORD).await?;
    let access = home
        .sign_in(CAMILLE, PASSWORD)
        .await?
        .token("accessToken")?;
    let signed_in = home.bearing(&access);
    let asked = (0..4).map(|number| {
        let new = format!("une phrase de passe nouvelle {number}");
        let input = json!({ "currentPassword": PASSWORD, "newPassword": new });
        let signed_in = &signed_in;
        async move { signed_in.ask("passwordChange", input, "changed").await }
    });
    let mut changed = Vec::new();
    for (number, answered) in futures::future::join_all(asked)
        .await
        .into_iter()
        .enumerate()
    {
        let answered = answered?;
        if answered.done("changed").is_ok() {
            changed.push(number);
        } else {
            answered.refused("WRONG_CREDENTIALS")?;
        }
    }
    ensure!(changed.len() == 1, "{changed:?}");
    let held = format!("une phrase de passe nouvelle {}", changed[0]);
    home.sign_in(CAMILLE, &held).await?.token("accessToken")?;
    server.stop().await
}
