//! Two contents that somebody said to be two.

use anyhow::{Context as _, ensure};
use entity::values::Role;
use entity::{change, probable_duplicate};
use maillage::id::Kind;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, Set};
use serde_json::{Value, json};
use tests::fixtures::{Fixtures, global_id};
use tests::{Backend, Outcome, Server, cases};

use super::{code, created, found, initiative, said, say, shown};

cases![
    what_is_dismissed_stays_so_until_it_is_restored,
    two_at_once_make_one_row,
    a_decision_asked_again_is_the_first_one,
    who_may_write_one_of_both_decides,
    what_cannot_be_compared_is_told,
    pairs_of_erased_drafts_are_forgotten,
];

const DISMISS: &str = "probableDuplicateDismiss";
const RESTORE: &str = "probableDuplicateRestore";

/// Two public initiatives of one title in the commune 99001.
async fn twins(fixtures: &Fixtures) -> anyhow::Result<[String; 2]> {
    let mut ids = [String::new(), String::new()];
    for id in &mut ids {
        let one = fixtures.initiative(|row| row.title = Set("Jardin partagé".to_owned()));
        let one = one.await?;
        fixtures.concerns(one, &["99001"]).await?;
        *id = global_id(Kind::Initiative, one);
    }
    Ok(ids)
}

async fn rows(server: &Server) -> anyhow::Result<Vec<probable_duplicate::Model>> {
    let rows = probable_duplicate::Entity::find().all(&server.app.database);
    Ok(rows.await?)
}

/// What the change log says of pairs: who did what.
async fn log(server: &Server) -> anyhow::Result<Vec<(String, String)>> {
    let changes = change::Entity::find()
        .filter(change::Column::EntityKind.eq("duplicate"))
        .order_by_asc(change::Column::Version)
        .all(&server.app.database)
        .await?;
    ensure!(
        changes.iter().all(|change| !change.is_public),
        "{changes:?}"
    );
    Ok(changes
        .into_iter()
        .map(|change| (change.actor, change.action))
        .collect())
}

async fn what_is_dismissed_stays_so_until_it_is_restored(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    let fixtures = Fixtures::of(&server).await?;
    fixtures.territory(&server).await?;
    let author = server.account(Role::ProjectHolder, None).await?;
    let [one, other] = twins(&fixtures).await?;
    let draft = created(
        &server,
        &author.token,
        initiative("Jardin partagé", "99001"),
    )
    .await?;
    let id = draft["initiative"]["id"].as_str().context("an id")?;
    let asked = format!(
        "{{ initiative(id: \"{id}\") {{ review {{ probableDuplicates {{ reason content {{ id }} }} }} }} }}"
    );
    let form = format!(r#"id: "{id}", title: "Jardin partagé", communes: ["99001"]"#);
    let told = async || {
        let answer = server.send_as(&author.token, &asked, Value::Null).await?;
        let kept = shown(&answer.body["data"]["initiative"]["review"]["probableDuplicates"])?;
        let form = found(&server, &author.token, "initiativeDuplicates", &form).await?;
        let ids = |list: Vec<(String, String)>| {
            let mut ids: Vec<String> = list.into_iter().map(|(id, _)| id).collect();
            ids.sort();
            ids
        };
        let (kept, form) = (ids(kept), ids(form));
        ensure!(kept == form, "{kept:?} and {form:?}");
        anyhow::Ok(kept)
    };
    let mut both = vec![one.clone(), other.clone()];
    both.sort();
    ensure!(told().await? == both);

    let pair = said(&server, &author.token, DISMISS, [&one, id]).await?;
    ensure!(
        pair["verdict"] == "DIFFERENT" && pair["decidedAt"].is_string(),
        "{pair}"
    );
    ensure!(told().await? == [other.as_str()]);
    let row = rows(&server)
        .await?
        .into_iter()
        .find(|row| row.decided_at.is_some());
    let row = row.context("a decided pair")?;
    ensure!(row.decided_by_id == Some(author.account), "{row:?}");
    ensure!(row.left_id < row.right_id, "{row:?}");
    // In the other order it is the same pair, of which the same was said already.
    said(&server, &author.token, DISMISS, [id, &one]).await?;
    // Nor does writing it again find it again.
    let query = "mutation ($input: InitiativeUpdateInput!) {
        initiativeUpdate(input: $input) { errors { message } } }";
    let input = json!({ "id": id, "expectedRevision": 1, "title": "Le jardin partagé" });
    let answer = server.send_as(&author.token, query, json!({ "input": input }));
    let answer = answer.await?.body;
    ensure!(
        answer["data"]["initiativeUpdate"]["errors"] == json!([]),
        "{answer}"
    );
    ensure!(told().await? == [other.as_str()]);

    let pair = said(&server, &author.token, RESTORE, [id, &one]).await?;
    ensure!(
        pair["verdict"] == "OPEN" && pair["decidedAt"].is_null(),
        "{pair}"
    );
    ensure!(told().await? == both);
    let by = global_id(Kind::Account, author.account);
    let log = log(&server).await?;
    let actions: Vec<&str> = log.iter().map(|(_, action)| action.as_str()).collect();
    ensure!(actions == ["dismissed", "restored"], "{log:?}");
    ensure!(log.iter().all(|(actor, _)| *actor == by), "{log:?}");
    server.stop().await
}

async fn two_at_once_make_one_row(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    let fixtures = Fixtures::of(&server).await?;
    fixtures.territory(&server).await?;
    let staff = server.account(Role::Staff, None).await?.token;
    let [one, other] = twins(&fixtures).await?;
    let all = (0..8).map(|number| {
        let pair: [&str; 2] = if number % 2 == 0 {
            [&one, &other]
        } else {
            [&other, &one]
        };
        said(&server, &staff, DISMISS, pair)
    });
    let all = futures::future::try_join_all(all).await?;
    ensure!(
        all.iter().all(|pair| pair["verdict"] == "DIFFERENT"),
        "{all:?}"
    );
    let rows = rows(&server).await?;
    ensure!(rows.len() == 1, "{rows:?}");
    let log = log(&server).await?;
    ensure!(log.len() == 1, "{log:?}");
    server.stop().await
}

async fn a_decision_asked_again_is_the_first_one(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    let fixtures = Fixtures::of(&server).await?;
    fixtures.territory(&server).await?;
    let staff = server.account(Role::Staff, None).await?.token;
    let [one, other] = twins(&fixtures).await?;
    let [third, _] = twins(&fixtures).await?;
    let keyed =
        |left: &str, right: &str| json!({ "left": left, "right": right, "idempotencyKey": "once" });
    let first = say(&server, &staff, DISMISS, keyed(&one, &other)).await?;
    ensure!(first["data"]["done"]["errors"] == json!([]), "{first}");
    said(&server, &staff, RESTORE, [&one, &other]).await?;
    // Sent again late, it does not undo what was decided since.
    let again = say(&server, &staff, DISMISS, keyed(&other, &one)).await?;
    let pair = &again["data"]["done"]["probableDuplicate"];
    ensure!(pair["verdict"] == "OPEN", "{again}");
    let reused = say(&server, &staff, DISMISS, keyed(&one, &third)).await?;
    let error = &reused["data"]["done"]["errors"][0];
    ensure!(error["code"] == "KEY_REUSED", "{reused}");
    server.stop().await
}

async fn who_may_write_one_of_both_decides(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    let fixtures = Fixtures::of(&server).await?;
    fixtures.territory(&server).await?;
    let author = server.account(Role::ProjectHolder, None).await?;
    let stranger = server.account(Role::ProjectHolder, None).await?;
    let inside = server.account(Role::Member, Some("99001")).await?;
    let outside = server.account(Role::Member, Some("99004")).await?;
    let staff = server.account(Role::Staff, None).await?;
    let admin = server.account(Role::Admin, None).await?;
    let program = server.account(Role::ApiClient, None).await?;
    let [one, other] = twins(&fixtures).await?;
    for mutation in [DISMISS, RESTORE] {
        for (who, expected) in [
            (&stranger, "FORBIDDEN"),
            (&author, "FORBIDDEN"),
            (&outside, "FORBIDDEN"),
            (&program, "FORBIDDEN"),
            (&inside, ""),
            (&staff, ""),
            (&admin, ""),
        ] {
            let input = json!({ "left": one, "right": other });
            let answer = say(&server, &who.token, mutation, input).await?;
            ensure!(
                code(&answer) == expected,
                "{mutation} by {}: {answer}",
                who.email
            );
        }
    }
    let visitor = format!(
        r#"mutation {{ {DISMISS}(input: {{left: "{one}", right: "{other}"}}) {{ errors {{ code }} }} }}"#
    );
    ensure!(server.error_code(&visitor).await? == "UNAUTHENTICATED");

    // An author decides of their own; for who does not see it, it does not exist.
    let draft = created(
        &server,
        &author.token,
        initiative("Jardin partagé", "99001"),
    )
    .await?;
    let draft = draft["initiative"]["id"].as_str().context("an id")?;
    for (left, right, field) in [(draft, &*one, "left"), (&*one, draft, "right")] {
        let input = json!({ "left": left, "right": right });
        let answer = say(&server, &stranger.token, DISMISS, input).await?;
        let errors = &answer["data"]["done"]["errors"];
        ensure!(errors[0]["code"] == "NOT_FOUND", "{answer}");
        ensure!(errors[0]["field"] == json!([field]), "{answer}");
    }
    let pair = said(&server, &author.token, DISMISS, [&one, draft]).await?;
    ensure!(pair["verdict"] == "DIFFERENT", "{pair}");
    server.stop().await
}

async fn what_cannot_be_compared_is_told(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    let fixtures = Fixtures::of(&server).await?;
    fixtures.territory(&server).await?;
    let staff = server.account(Role::Staff, None).await?.token;
    let [one, other] = twins(&fixtures).await?;
    let space = global_id(Kind::CoworkingSpace, fixtures.space(|_| {}).await?);
    let member = global_id(Kind::Member, fixtures.member(|_| {}).await?);
    let gone = "initiative_01h455vb4pex5vsknk084sn02q";
    for (mutation, left, right, expected, field) in [
        (DISMISS, &*one, &*one, "INVALID", "right"),
        (DISMISS, &*one, &*space, "INVALID", "right"),
        (DISMISS, &*member, &*one, "INVALID", "left"),
        (DISMISS, &*one, gone, "NOT_FOUND", "right"),
        (RESTORE, gone, &*one, "NOT_FOUND", "left"),
        // Nobody and nothing brought these two together.
        (RESTORE, &*one, &*other, "NOT_FOUND", "right"),
    ] {
        let input = json!({ "left": left, "right": right });
        let answer = say(&server, &staff, mutation, input).await?;
        let error = &answer["data"]["done"]["errors"][0];
        ensure!(error["code"] == expected, "{left} {right}: {answer}");
        ensure!(error["field"] == json!([field]), "{answer}");
        let message = error["message"].as_str().unwrap_or_default();
        ensure!(message.ends_with('.'), "{answer}");
    }
    let malformed = say(
        &server,
        &staff,
        DISMISS,
        json!({ "left": "x", "right": one }),
    )
    .await?;
    ensure!(code(&malformed) == "BAD_INPUT", "{malformed}");
    // What the registry does not find alike may be said to be two all the same.
    let far = fixtures.initiative(|row| row.title = Set("Ressourcerie".to_owned()));
    let far = global_id(Kind::Initiative, far.await?);
    let pair = said(&server, &staff, DISMISS, [&far, &one]).await?;
    ensure!(
        pair["reason"] == "COMPARED" && pair["verdict"] == "DIFFERENT",
        "{pair}"
    );
    server.stop().await
}

async fn pairs_of_erased_drafts_are_forgotten(backend: Backend) -> Outcome {
    let server = Server::empty(backend).await?;
    let fixtures = Fixtures::of(&server).await?;
    fixtures.territory(&server).await?;
    let author = server.account(Role::ProjectHolder, None).await?;
    let admin = server.account(Role::Admin, None).await?.token;
    let [one, _] = twins(&fixtures).await?;
    let draft = created(
        &server,
        &author.token,
        initiative("Jardin partagé", "99001"),
    )
    .await?;
    let draft = draft["initiative"]["id"].as_str().context("an id")?;
    said(&server, &author.token, DISMISS, [&one, draft]).await?;
    ensure!(rows(&server).await?.len() == 2);
    let id = global_id(Kind::Account, author.account);
    let query =
        "mutation ($input: AccountEraseInput!) { accountErase(input: $input) { errors { code } } }";
    let erased = server.send_as(&admin, query, json!({ "input": { "id": id } }));
    let erased = erased.await?.body;
    ensure!(
        erased["data"]["accountErase"]["errors"] == json!([]),
        "{erased}"
    );
    let left = rows(&server).await?;
    ensure!(left.is_empty(), "{left:?}");
    server.stop().await
}
