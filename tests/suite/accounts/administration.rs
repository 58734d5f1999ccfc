//! What staff and administrators do to accounts.

use anyhow::ensure;
use entity::values::Role;
use maillage::id::{GlobalId, Kind};
use sea_orm::EntityTrait as _;
use serde_json::{Value, json};
use tests::{Backend, Outcome, Signed, cases};

use super::{From, PASSWORD, server};

cases![
    another_role_holds_at_the_next_request,
    a_closed_account_is_signed_out_at_once,
    the_last_administrator_stays,
    only_staff_and_administrators_see_accounts,
    programs_read_by_a_key_until_it_is_revoked,
    what_is_done_to_accounts_is_logged_without_a_word_about_people,
];

const HOME: &str = "198.51.100.7";
const CAMILLE: &str = "camille@example.org";

fn id(signed: &Signed) -> String {
    let kind = Kind::Account;
    let uuid = signed.account;
    GlobalId { kind, uuid }.to_string()
}

async fn another_role_holds_at_the_next_request(backend: Backend) -> Outcome {
    let (server, _) = server(backend).await?;
    let home = From::address(&server, HOME);
    let admin = server.account(Role::Admin, None).await?;
    let camille = server.account(Role::ProjectHolder, None).await?;
    let list = "{ accounts { totalCount } }";
    let asking = home.bearing(&camille.token);
    asking.send(list, json!({})).await?.failed("NOT_FOUND")?;
    let input = json!({ "id": id(&camille), "role": "STAFF" });
    asking
        .ask("accountUpdateRole", input.clone(), "account { role }")
        .await?
        .failed("FORBIDDEN")?;
    let updated = home
        .bearing(&admin.token)
        .ask("accountUpdateRole", input, "account { role }")
        .await?;
    ensure!(
        updated.done("account")?["role"] == "STAFF",
        "{}",
        updated.body
    );
    let listed = asking.send(list, json!({})).await?;
    ensure!(
        listed.body["data"]["accounts"]["totalCount"] == 2,
        "{}",
        listed.body
    );
    let input = json!({ "id": id(&camille), "role": "STAFF", "commune": "92071" });
    home.bearing(&admin.token)
        .ask("accountUpdateRole", input, "account { role }")
        .await?
        .refused("INVALID")?;
    server.stop().await
}

async fn a_closed_account_is_signed_out_at_once(backend: Backend) -> Outcome {
    let (server, _) = server(backend).await?;
    let home = From::address(&server, HOME);
    home.open(CAMILLE, PASSWORD).await?;
    let admin = home.bearing(&server.account(Role::Admin, None).await?.token);
    let staff = home.bearing(&server.account(Role::Staff, None).await?.token);
    let sacha = home.bearing(&server.account(Role::Member, None).await?.token);
    let query = "{ viewer { account { id } } }";
    let mut signed_in = home.sign_in(CAMILLE, PASSWORD).await?;
    let mut camille = home.bearing(&signed_in.token("accessToken")?);
    let own = camille.send(query, json!({})).await?;
    let input = json!({ "id": own.body["data"]["viewer"]["account"]["id"] });
    let what = "account { deactivatedAt }";
    sacha
        .ask("accountDeactivate", input.clone(), what)
        .await?
        .refused("NOT_FOUND")?;
    staff
        .ask("accountDeactivate", input.clone(), what)
        .await?
        .failed("FORBIDDEN")?;
    for by_owner in [false, true] {
        let by = if by_owner { &camille } else { &admin };
        let closed = by.ask("accountDeactivate", input.clone(), what).await?;
        ensure!(
            closed.done("account")?["deactivatedAt"].is_string(),
            "{}",
            closed.body
        );
        let refused = camille.send(query, json!({})).await?;
        ensure!(refused.status == 401, "{}", refused.body);
        home.sign_in(CAMILLE, PASSWORD)
            .await?
            .refused("WRONG_CREDENTIALS")?;
        let token = json!({ "refreshToken": signed_in.token("refreshToken")? });
        home.ask("sessionRefresh", token, super::TOKENS)
            .await?
            .refused("EXPIRED")?;
        staff
            .ask("accountReactivate", input.clone(), what)
            .await?
            .failed("FORBIDDEN")?;
        let opened = admin.ask("accountReactivate", input.clone(), what).await?;
        ensure!(
            opened.done("account")?["deactivatedAt"].is_null(),
            "{}",
            opened.body
        );
        let refused = camille.send(query, json!({})).await?;
        ensure!(
            refused.status == 401,
            "an ended session goes on: {}",
            refused.body
        );
        signed_in = home.sign_in(CAMILLE, PASSWORD).await?;
        camille = home.bearing(&signed_in.token("accessToken")?);
    }
    server.stop().await
}

async fn the_last_administrator_stays(backend: Backend) -> Outcome {
    let (server, _) = server(backend).await?;
    let home = From::address(&server, HOME);
    let first = server.account(Role::Admin, None).await?;
    let admin = home.bearing(&first.token);
    let (close, demote) = (
        json!({ "id": id(&first) }),
        json!({ "id": id(&first), "role": "STAFF" }),
    );
    admin
        .ask("accountDeactivate", close.clone(), "account { id }")
        .await?
        .refused("CONFLICT")?;
    admin
        .ask("accountUpdateRole", demote, "account { id }")
        .await?
        .refused("CONFLICT")?;
    server.account(Role::Admin, None).await?;
    admin
        .ask("accountDeactivate", close, "account { id }")
        .await?
        .done("account")?;
    server.stop().await
}

async fn only_staff_and_administrators_see_accounts(backend: Backend) -> Outcome {
    let (server, _) = server(backend).await?;
    let home = From::address(&server, HOME);
    home.open("rare_nom@example.org", PASSWORD).await?;
    let member = server.account(Role::Member, None).await?;
    let staff = server.account(Role::Staff, None).await?;
    let query = "query($id: ID!) { account(id: $id) { email } }";
    let variables = json!({ "id": id(&member) });
    let answer = |token: Option<&str>| {
        let from = token.map_or(home.clone(), |token| home.bearing(token));
        let variables = variables.clone();
        async move { from.send(query, variables).await }
    };
    for token in [None, Some(member.token.as_str())] {
        let hidden = answer(token).await?;
        ensure!(
            hidden.body == json!({"data": {"account": null}}),
            "{}",
            hidden.body
        );
    }
    let shown = answer(Some(&staff.token)).await?;
    ensure!(
        shown.body["data"]["account"]["email"] == member.email,
        "{}",
        shown.body
    );
    home.send("{ accounts { totalCount } }", json!({}))
        .await?
        .failed("NOT_FOUND")?;
    let emails = |filter: Value| {
        let staff = home.bearing(&staff.token);
        let query = "query($filter: AccountFilter) { accounts(filter: $filter, first: 5) \
                     { nodes { email } } }";
        async move {
            let listed = staff.send(query, json!({ "filter": filter })).await?;
            anyhow::Ok(listed.body["data"]["accounts"]["nodes"].clone())
        }
    };
    let members = emails(json!({ "role": { "eq": "MEMBER" } })).await?;
    ensure!(members == json!([{ "email": member.email }]), "{members}");
    let rare = json!([{ "email": "rare_nom@example.org" }]);
    for text in ["RARE_NOM", "dominique"] {
        let found = emails(json!({ "text": text })).await?;
        ensure!(found == rare, "{text}: {found}");
    }
    let none = emails(json!({ "text": "rare%nom" })).await?;
    ensure!(none == json!([]), "{none}");
    server.stop().await
}

async fn programs_read_by_a_key_until_it_is_revoked(backend: Backend) -> Outcome {
    let (server, _) = server(backend).await?;
    let home = From::address(&server, HOME);
    let admin = home.bearing(&server.account(Role::Admin, None).await?.token);
    let staff = home.bearing(&server.account(Role::Staff, None).await?.token);
    let what = "apiClient { key account { id role displayName email } }";
    let input = json!({ "name": "Portail d'exemple" });
    staff
        .ask("apiClientCreate", input.clone(), what)
        .await?
        .failed("FORBIDDEN")?;
    admin
        .ask("apiClientCreate", json!({ "name": "  " }), what)
        .await?
        .refused("REQUIRED")?;
    let made = admin.ask("apiClientCreate", input, what).await?;
    let made = made.done("apiClient")?;
    let key = made["key"].as_str().unwrap_or_default();
    ensure!(key.starts_with("maillage_") && key.len() == 52, "{key}");
    let program = home.bearing(key);
    let query = "{ viewer { account { role displayName } sessions { id } } }";
    let viewer = program.send(query, json!({})).await?;
    ensure!(
        viewer.body["data"]["viewer"]
            == json!({"account": {"role": "API_CLIENT", "displayName": "Portail d'exemple"},
                      "sessions": []}),
        "{}",
        viewer.body
    );
    program
        .ask("sessionsDelete", json!({}), "signedOutCount")
        .await?
        .failed("FORBIDDEN")?;
    let input = json!({ "id": made["account"]["id"] });
    admin
        .ask("apiClientRevoke", input, "account { deactivatedAt }")
        .await?
        .done("account")?;
    let refused = program.send(query, json!({})).await?;
    ensure!(refused.status == 401, "{}", refused.body);
    server.stop().await
}

async fn what_is_done_to_accounts_is_logged_without_a_word_about_people(
    backend: Backend,
) -> Outcome {
    let (server, _) = server(backend).await?;
    let home = From::address(&server, HOME);
    home.open(CAMILLE, PASSWORD).await?;
    let signed_in = home.sign_in(CAMILLE, PASSWORD).await?;
    home.bearing(&signed_in.token("accessToken")?)
        .ask("sessionDelete", json!({}), "signedOut")
        .await?
        .done("signedOut")?;
    let changes = entity::change::Entity::find()
        .all(&server.app.database)
        .await?;
    let changes: Vec<_> = changes
        .iter()
        .filter(|change| change.entity_kind == "account")
        .collect();
    let actions: Vec<&str> = changes.iter().map(|one| one.action.as_str()).collect();
    ensure!(
        actions == ["signed_up", "verified", "signed_in", "signed_out"],
        "{actions:?}"
    );
    ensure!(changes[0].actor == "visitor", "{changes:?}");
    for change in changes {
        ensure!(!change.is_public, "{change:?}");
        let text = format!("{change:?}");
        ensure!(
            !text.contains("camille") && !text.contains("Dominique"),
            "{text}"
        );
    }
    server.stop().await
}
