//! How accounts begin, and how a forgotten password is replaced.

use anyhow::{Context as _, ensure};
use chrono::TimeDelta;
use entity::values::Role;
use serde_json::json;
use tests::{Backend, Binary, Outcome, cases};

use super::{Answered, From, OTHER_PASSWORD, PASSWORD, TOKENS, server, token_in};

cases![
    an_address_that_is_known_is_answered_as_one_that_is_not,
    a_link_works_once_and_for_a_time,
    weak_passwords_are_refused,
    staff_invite_members_and_administrators_anybody,
    a_forgotten_password_is_replaced_by_a_link;
    once:
    the_first_administrator_is_made_by_command,
];

const HOME: &str = "198.51.100.7";
const CAMILLE: &str = "camille@example.org";

async fn an_address_that_is_known_is_answered_as_one_that_is_not(backend: Backend) -> Outcome {
    let (server, clock) = server(backend).await?;
    let home = From::address(&server, HOME);
    home.open(CAMILLE, PASSWORD).await?;
    let sign_up = |email: &str| {
        let (home, input) = (home.clone(), json!({ "email": email }));
        async move { home.ask("accountSignUp", input, "requested").await }
    };
    let (known, unknown) = (
        sign_up(CAMILLE).await?,
        sign_up("personne@example.org").await?,
    );
    ensure!(
        known.body == unknown.body,
        "{} {}",
        known.body,
        unknown.body
    );
    known.done("requested")?;
    // The owner gets a letter, which changes nothing by itself.
    let letters = server.letters_to(CAMILLE, 2).await?;
    ensure!(
        letters[1].text.contains("/password-reset#"),
        "{}",
        letters[1].text
    );
    home.sign_in(CAMILLE, PASSWORD).await?.done("tokens")?;
    let reset = |email: &str| {
        let (home, input) = (home.clone(), json!({ "email": email }));
        async move { home.ask("passwordResetRequest", input, "requested").await }
    };
    let (known, unknown) = (reset(CAMILLE).await?, reset("absent@example.org").await?);
    ensure!(
        known.body == unknown.body,
        "{} {}",
        known.body,
        unknown.body
    );
    // Neither an account that is not there, nor one whose address is not confirmed, nor a
    // wrong password is told from the others.
    let wrong = home.sign_in(CAMILLE, OTHER_PASSWORD).await?;
    for email in ["absent@example.org", "personne@example.org", "no address"] {
        let refused = home.sign_in(email, PASSWORD).await?;
        ensure!(
            refused.body == wrong.body,
            "{} {}",
            refused.body,
            wrong.body
        );
        refused.refused("WRONG_CREDENTIALS")?;
    }
    clock.advance(TimeDelta::minutes(2));
    ensure!(
        server.letters_to("absent@example.org", 0).await?.is_empty(),
        "a letter"
    );
    sign_up("no address").await?.refused("INVALID")?;
    server.stop().await
}

async fn a_link_works_once_and_for_a_time(backend: Backend) -> Outcome {
    let (server, clock) = server(backend).await?;
    let home = From::address(&server, HOME);
    let verify = |token: String| {
        let (home, input) = (
            home.clone(),
            json!({ "token": token, "password": PASSWORD }),
        );
        async move { home.ask("accountVerifyEmail", input, "verified").await }
    };
    let mut tokens = Vec::new();
    for count in 1..=2 {
        let input = json!({ "email": CAMILLE });
        home.ask("accountSignUp", input, "requested")
            .await?
            .done("requested")?;
        let letters = server.letters_to(CAMILLE, count).await?;
        tokens.push(token_in(&letters[count - 1].text)?);
    }
    let [first, second] = tokens.try_into().ok().context("two links")?;
    verify(first).await?.refused("EXPIRED")?;
    // A link is good for its own purpose only.
    let input = json!({ "token": second, "password": PASSWORD });
    home.ask("invitationAccept", input, "accepted")
        .await?
        .refused("EXPIRED")?;
    clock.advance(TimeDelta::hours(47));
    verify(second.clone()).await?.done("verified")?;
    verify(second).await?.refused("EXPIRED")?;
    let input = json!({ "email": "sacha@example.org" });
    home.ask("accountSignUp", input, "requested")
        .await?
        .done("requested")?;
    let letters = server.letters_to("sacha@example.org", 1).await?;
    clock.advance(TimeDelta::hours(48));
    verify(token_in(&letters[0].text)?)
        .await?
        .refused("EXPIRED")?;
    server.stop().await
}

async fn weak_passwords_are_refused(backend: Backend) -> Outcome {
    let (server, _) = server(backend).await?;
    let home = From::address(&server, HOME);
    let input = json!({ "email": CAMILLE, "displayName": "Camille Exemplaire" });
    home.ask("accountSignUp", input, "requested")
        .await?
        .done("requested")?;
    let letters = server.letters_to(CAMILLE, 1).await?;
    let token = token_in(&letters[0].text)?;
    let long = "aB3$".repeat(33);
    for (password, code) in [
        ("court", "TOO_SHORT"),
        (long.as_str(), "TOO_LONG"),
        ("passwordpassword", "TOO_COMMON"),
        ("camilleexemplaire", "TOO_COMMON"),
    ] {
        let input = json!({ "token": token, "password": password });
        let refused = home.ask("accountVerifyEmail", input, "verified").await?;
        refused.refused(code)?;
        ensure!(
            refused.payload["errors"][0]["field"] == json!(["password"]),
            "{}",
            refused.body
        );
    }
    let input = json!({ "token": token, "password": PASSWORD });
    home.ask("accountVerifyEmail", input, "verified")
        .await?
        .done("verified")?;
    server.stop().await
}

async fn invite(from: &From<'_>, email: &str, role: &str) -> anyhow::Result<Answered> {
    let input = json!({ "email": email, "role": role, "language": "EN" });
    from.ask("accountInvite", input, "account { email role }")
        .await
}

async fn staff_invite_members_and_administrators_anybody(backend: Backend) -> Outcome {
    let (server, clock) = server(backend).await?;
    let home = From::address(&server, HOME);
    let staff = home.bearing(&server.account(Role::Staff, None).await?.token);
    let admin = home.bearing(&server.account(Role::Admin, None).await?.token);
    let member = home.bearing(&server.account(Role::Member, None).await?.token);
    invite(&home, CAMILLE, "MEMBER")
        .await?
        .failed("UNAUTHENTICATED")?;
    invite(&member, CAMILLE, "MEMBER")
        .await?
        .failed("FORBIDDEN")?;
    for role in ["STAFF", "ADMIN"] {
        invite(&staff, CAMILLE, role).await?.failed("FORBIDDEN")?;
    }
    invite(&admin, CAMILLE, "API_CLIENT")
        .await?
        .refused("INVALID")?;
    invite(&admin, "boss@example.org", "ADMIN")
        .await?
        .done("account")?;
    // Staff cannot make an invitation of an administrator theirs.
    invite(&staff, "boss@example.org", "MEMBER")
        .await?
        .refused("TAKEN")?;
    let invited = invite(&staff, CAMILLE, "PROJECT_HOLDER").await?;
    ensure!(
        *invited.done("account")? == json!({"email": CAMILLE, "role": "PROJECT_HOLDER"}),
        "{}",
        invited.body
    );
    invite(&staff, CAMILLE, "MEMBER").await?.done("account")?;
    for (field, code) in [("commune", "99999"), ("intercommunality", "999999999")] {
        let mut input = json!({ "email": CAMILLE, "role": "MEMBER", "language": "FR" });
        input[field] = json!(code);
        let refused = staff.ask("accountInvite", input, "account { id }").await?;
        refused.refused("NOT_FOUND")?;
    }
    let letters = server.letters_to(CAMILLE, 2).await?;
    ensure!(
        letters[1].header("subject").contains("invited"),
        "{}",
        letters[1].text
    );
    let accept = |token: String| {
        let home = home.clone();
        async move {
            let input = json!({
                "token": token, "password": PASSWORD, "displayName": "Camille Exemple"
            });
            home.ask("invitationAccept", input, "accepted").await
        }
    };
    accept(token_in(&letters[0].text)?)
        .await?
        .refused("EXPIRED")?;
    clock.advance(TimeDelta::hours(7 * 24 - 1));
    accept(token_in(&letters[1].text)?)
        .await?
        .done("accepted")?;
    let signed_in = home.sign_in(CAMILLE, PASSWORD).await?;
    let viewer = home
        .bearing(&signed_in.token("accessToken")?)
        .send(
            "{ viewer { account { displayName role language } } }",
            json!({}),
        )
        .await?;
    ensure!(
        viewer.body["data"]["viewer"]["account"]
            == json!({"displayName": "Camille Exemple", "role": "MEMBER", "language": "EN"}),
        "{}",
        viewer.body
    );
    server.stop().await
}

async fn a_forgotten_password_is_replaced_by_a_link(backend: Backend) -> Outcome {
    let (server, clock) = server(backend).await?;
    let home = From::address(&server, HOME);
    home.open(CAMILLE, PASSWORD).await?;
    let before = home.sign_in(CAMILLE, PASSWORD).await?;
    let request = |count: usize| {
        let (home, server) = (home.clone(), &server);
        async move {
            let input = json!({ "email": CAMILLE });
            let asked = home.ask("passwordResetRequest", input, "requested").await?;
            asked.done("requested")?;
            let letters = server.letters_to(CAMILLE, count).await?;
            token_in(&letters[count - 1].text)
        }
    };
    let reset = |token: String| {
        let (home, input) = (
            home.clone(),
            json!({ "token": token, "password": OTHER_PASSWORD }),
        );
        async move { home.ask("passwordReset", input, "changed").await }
    };
    let late = request(2).await?;
    clock.advance(TimeDelta::minutes(60));
    reset(late).await?.refused("EXPIRED")?;
    let token = request(3).await?;
    reset(token.clone()).await?.done("changed")?;
    reset(token).await?.refused("EXPIRED")?;
    home.sign_in(CAMILLE, PASSWORD)
        .await?
        .refused("WRONG_CREDENTIALS")?;
    home.sign_in(CAMILLE, OTHER_PASSWORD)
        .await?
        .done("tokens")?;
    let input = json!({ "refreshToken": before.token("refreshToken")? });
    home.ask("sessionRefresh", input, TOKENS)
        .await?
        .refused("EXPIRED")?;
    server.letters_to(CAMILLE, 4).await?;
    server.stop().await
}

async fn the_first_administrator_is_made_by_command(_: Backend) -> Outcome {
    let binary = Binary::new(&[
        ("DATABASE_URL", "sqlite:registry.sqlite?mode=rwc"),
        ("LINK_BASE", "https://www.example.org/"),
    ])?;
    let migrated = binary.run(&["migrate", "up"]).await?;
    ensure!(migrated.status.success(), "{migrated:?}");
    let create = [
        "user",
        "create",
        "--email",
        "premiere@example.org",
        "--role",
        "admin",
    ];
    let mut links = Vec::new();
    for _ in 0..2 {
        let output = binary.run(&create).await?;
        ensure!(output.status.success(), "{output:?}");
        links.push(String::from_utf8(output.stdout)?);
    }
    ensure!(links[0] != links[1], "the same link twice");
    let secret = links[1]
        .trim()
        .strip_prefix("https://www.example.org/invitation#");
    ensure!(secret.is_some_and(|secret| secret.len() == 43), "{links:?}");
    let output = binary
        .run(&["user", "create", "--email", "nobody", "--role", "admin"])
        .await?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    ensure!(
        !output.status.success() && said.lines().count() == 1,
        "{said}"
    );
    Ok(())
}
